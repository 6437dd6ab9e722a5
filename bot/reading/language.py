"""Which language a text is in: Swedish or English for the readers' sake, another only when it is surely that.

What readers are shown around a text (labels, dates) is theirs, never the text's: of an item its language says how it is
read aloud and hyphenated. So a neighbour's language may be told, and a doubtful text is Swedish.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: The small words of each language that say most; what two neighbours share is told apart by what they do not share.
SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "sv": _words(
        "och att det som en ett på är för av med till den inte vi om har jag du kan från ska hej eller när var ni oss "
        "er de nu så här där vid men hur vad vill alla även efter under mellan mycket vår vårt våra ert era samt "
        "också dig mig sig dag tack hälsningar välkommen välkomna anmäl anmälan senast gärna något någon hos utan ej "
        "blir finns kommer måndag tisdag onsdag torsdag fredag lördag söndag mvh bästa inbjudan"
    ),
    "en": _words(
        "the and of to is that for we you with are on be this have will from your not can please it at or when our us "
        "an as by if do does has was were been what who how there here all also more about any would could should "
        "they their its but so just than then into out up new now regards thanks thank dear hello welcome register "
        "monday tuesday wednesday thursday friday saturday sunday best kind invitation invited join"
    ),
    "no": _words(
        "og å det som en et på er for av med til den ikke vi om har jeg du kan fra skal hei eller når dere oss de nå "
        "så her der ved men hvordan hva vil alle etter under mellom mye vår vårt våre også noe noen uten blir finnes "
        "kommer mandag tirsdag onsdag torsdag fredag lørdag søndag hilsen velkommen takk påmelding gjerne bare være "
        "hvor hvem seg meg deg mer dette denne vennlig"
    ),
    "da": _words(
        "og at det som en et på er for af med til den ikke vi om har jeg du kan fra skal hej eller når jer os de nu "
        "så her der ved men hvordan hvad vil alle efter under mellem meget vores også noget nogen uden bliver findes "
        "kommer mandag tirsdag onsdag torsdag fredag lørdag søndag hilsen velkommen tak tilmelding gerne kun være "
        "hvor hvem sig mig dig mere dette denne venlig blive havde"
    ),
    "fi": _words(
        "ja on ei että se hän joka mutta myös kuin tai sekä ovat oli voi tämä mukaan kanssa jos niin nyt kun hei sinä "
        "me te olemme olet tervetuloa kiitos terveisin ilmoittaudu klo maanantaina tiistaina keskiviikkona torstaina "
        "perjantaina meidän teidän mitä missä vielä ole hyvää päivää tapahtuma"
    ),
    "de": _words(
        "und der die das ist nicht ein eine einen zu den von mit sich auf für im dem des auch es an als wir sie ich "
        "ihr ihnen uns bei oder aber wie werden wird sind hat haben nach zum zur über aus durch noch nur bitte vielen "
        "dank grüße grüßen herzlich willkommen liebe sehr geehrte montag dienstag mittwoch donnerstag freitag "
        "anmeldung"
    ),
}
#: Letters that a language has and Swedish has not.
_LETTERS: Mapping[str, str] = {"no": "øæ", "da": "øæ", "de": "ßü"}
_OURS = ("sv", "en")
_READ = 20_000  # characters
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S{1,80}@\S{1,200}")
#: A language that is neither Swedish nor English is believed from so many of its words, and so many to each of theirs.
_SURE_WORDS, _SURE_RATIO = 6, 1.3


def language_of(text: str) -> str:
    """`sv` or `en`; `no`, `da`, `fi` or `de` when that is sure; Swedish when the words do not tell."""
    words = Counter(_WORD.findall(_ADDRESS.sub(" ", text[:_READ]).casefold()))
    counted = {language: _count(words, small) for language, small in SMALL_WORDS.items()}
    ours = "en" if _leans_english(words, counted) else "sv"
    other = max(
        (language for language in counted if language not in _OURS), key=lambda one: _weight(one, words, counted)
    )
    sure = counted[other] >= _SURE_WORDS and counted[other] >= _SURE_RATIO * max(counted[one] for one in _OURS)
    return other if sure else ours


def _count(words: Counter[str], small: AbstractSet[str]) -> int:
    return sum(words[word] for word in words.keys() & small)


def _leans_english(words: Iterable[str], counted: Mapping[str, int]) -> bool:
    if counted["en"] != counted["sv"]:
        # One English word is a title or a name: "Save the date", "Farm to Fork".
        return counted["en"] > counted["sv"] and (
            counted["en"] > 1 or not any(set(word) & set("åäö") for word in words)
        )
    return False


def _weight(language: str, words: Counter[str], counted: Mapping[str, int]) -> float:
    """How much speaks for a language: its small words first, its own letters where those are even."""
    letters = set(_LETTERS.get(language, ""))
    own = sum(count for word, count in words.items() if not letters.isdisjoint(word)) if letters else 0
    return counted[language] + 0.01 * own
