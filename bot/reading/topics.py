"""What a mail is about: the network's topics, found by a table of words that an administrator can extend."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

#: For each topic the beginnings of words that surely speak of it; a topic's own name is always one. Only sure ones:
#: whoever follows other topics does not get what has a topic. `[topic_words]` in the settings adds to this.
TOPIC_WORDS: Mapping[str, tuple[str, ...]] = {
    "krisberedskap": (
        *("krisberedskap", "livsmedelsberedskap", "hemberedskap", "civil beredskap", "beredskapslager", "totalförsvar"),
        *("civilt försvar", "civila försvar", "samhällskris", "krigsplacer", "reservkraft", "krisövning"),
    ),
    "självförsörjning": ("självförsörj", "självhushåll", "försörjningsgrad", "försörjningsförmåg", "livsmedelsförsörj"),
    "beredskap": ("beredskap", "totalförsvar", "civilt försvar", "civila försvar", "reservkraft", "försörjningstrygg"),
    "kapitalförsörjning": (
        *("kapitalförsörj", "riskkapital", "såddkapital", "investeringskapital", "kapitalbehov", "kapitalanskaff"),
        *(
            "lånegaranti",
            "kreditgaranti",
            "gräsrotsfinans",
            "crowdfund",
            "affärsängl",
            "tillväxtlån",
            "finansieringsform",
        ),
        *("finansieringslösning", "gårdsfinansier", "agrofinans", "agro-finans"),
    ),
    "regler och villkor": (
        *("regelförenkl", "regelkrång", "regelbörd", "regelverk", "regelråd", "regelefterlev", "tillståndspröv"),
        *("tillståndsprocess", "villkorspröv", "omprövning", "lagförslag", "lagstiftn", "lagrådsremiss", "remissvar"),
        *("djurskyddskontroll", "myndighetskontroll", "konkurrensvillkor", "förenklingsarbet"),
    ),
    "nya affärsmodeller": (
        *("affärsmodell", "affärsutveckl", "affärsidé", "tjänstefier", "andelsjordbruk", "andelslantbruk", "reko-ring"),
        *("rekoring", "gårdsförsälj", "delningsekonomi", "cirkulär ekonomi", "cirkulära affär", "prenumerationsmodell"),
        *("business model",),
    ),
    "kompetensförsörjning": (
        *(
            "kompetensförsörj",
            "kompetensutveckl",
            "kompetensbrist",
            "kompetensbehov",
            "arbetskraftsbrist",
            "yrkeshögskol",
        ),
        *("yh-utbildn", "rekryteringsbehov", "personalförsörj", "naturbruksgymnas", "generationsskift"),
    ),
    "vatten": (
        *(
            "vatten",
            "vattn",
            "bevattn",
            "torka",
            "våtmark",
            "dräner",
            "tvåstegsdik",
            "översvämn",
            "avrinning",
            "dikning",
        ),
        *("dagvatten", "grundvatten", "vattenhushåll", "övergödning"),
    ),
    "klimat": ("klimat", "växthusgas", "kolinlagr", "koldioxid", "utsläpp", "fossilfri"),
    "digitalisering": (
        "digitaliser",
        "precisionsodl",
        "precisionsjordbruk",
        "artificiell intelligens",
        "drönar",
        "agtech",
    ),
    "innovation": ("innovation", "testbädd", "eip-agri", "innovativ"),
}
#: Of a name so short only the beginning of a word counts: "vall" is in "intervall" too.
_SHORT = 5
_READ = 30_000  # characters
#: Words that hold a topic's and mean something else.
_OTHER = re.compile(
    r"\bvattenfall\w*|\bvattenstämpel\w*|\bvattentät\w*|\bvattendela\w*|\bi ur och skur\b|\btorka av\b|\btorkar av\b"
    r"|\bi beredskap att\b|(?:https?://|www\.)\S+|(?<!\S)\S{1,80}@\S{1,200}",
    re.IGNORECASE,
)


def topics_in(text: str, topics: Sequence[str], more: Mapping[str, Sequence[str]] | None = None) -> tuple[str, ...]:
    """Which of the network's topics a text speaks of, in their order. `more`: words of the settings for each topic."""
    if not topics:
        return ()
    folded = " ".join(_OTHER.sub(" ", text[:_READ]).casefold().split())
    own = {name.casefold().strip(): tuple(words) for name, words in (more or {}).items()}
    return tuple(topic for topic in topics if _names(topic, own.get(topic.casefold().strip(), ())).search(folded))


@lru_cache(maxsize=256)
def _names(topic: str, more: tuple[str, ...]) -> re.Pattern[str]:
    name = topic.casefold().strip()
    words = sorted({word.casefold().strip() for word in (name, *TOPIC_WORDS.get(name, ()), *more)} - {""})
    return re.compile("|".join(map(_found, words)) or r"(?!)")


def _found(word: str) -> str:
    """Where a word is found: inflected always, and inside a compound unless it is too short to be sure of."""
    spelt = r"\s+".join(map(re.escape, word.split()))
    return rf"\b{spelt}" if len(word) < _SHORT else spelt
