"""Titles of events: how alike two are, what tells one of a series from the next, and whether they say anything."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from bridges.mail.replies import bare_subject

#: Titles so alike are of one event, if all else fits; less alike, somebody is asked; least, they are two.
ALIKE, PERHAPS = 0.8, 0.6

#: What a title says of the state of things, and what kind of letter it stands in.
_STATUS = re.compile(
    r"\b(?:inställ(?:t|d|da)|ställs in|avlys(?:t|ta)|avbokad|cancel(?:l?ed)|flytta(?:d|t|s)(?: till)?|framflyttad|uppskjut(?:en|et)"
    r"|senarelagd|postponed|rescheduled|nytt datum|nya datum|ny tid|ny dag|ny plats|ny lokal|new date|new time|new venue"
    r"|(?:sista |vänlig )?påminnelse(?: om)?|(?:final |friendly )?reminder|sista chansen(?: att anmäla (?:sig|dig)(?: till)?)?|last chance"
    r"|sista anmälningsdag(?: till| för)?|förlängd anmälan(?: till)?|fullboka(?:t|d)|några platser kvar|platser kvar|uppdatera(?:d|t) inbjudan"
    r"|(?:uppdatera(?:d|t)|ändra(?:d|t)|updated?)(?: tid| datum| plats| program| inbjudan)?|uppdatering|rättelse|korrigering|correction|obs"
    r"|save the date|spara datumet|boka (?:in )?datumet|inbjudan(?: till)?|välkommen till|välkomna till|invitation(?: to)?|kallelse(?: till)?"
    r"|inspelning(?:en)?(?: från| av)?|recording(?: of| from)?|glöm inte(?: att anmäla (?:dig|er)(?: till)?)?|webinar|webbinarium(?: om)?)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"^\s*\[[^\]]{1,40}\]\s*")
_MONTHS = r"(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-zåäö]*"
#: A title's own day is compared as a day.
_WHEN = re.compile(
    rf"\b(?:(?:mån|tis|ons|tors?|fre|lör|sön)(?:dag(?:en)?)?\.?\s+)?(?:den\s+)?\d{{1,2}}(?:\s*[-–]\s*\d{{1,2}})?(?::?[ea])?\.?\s+{_MONTHS}\b\.?"
    r"(?:\s+20\d\d)?|\b20\d\d-\d\d-\d\d\b|(?<!\()\b\d{1,2}/\d{1,2}(?:-\d\d)?\b|\bv(?:ecka)?\.?\s*\d{1,2}\b|\b(?:kl|klockan)\.?\s*\d{1,2}(?:[.:]\d\d)?"
    r"(?:\s*[-–]\s*\d{1,2}(?:[.:]\d\d)?)?|\b\d{1,2}[.:]\d\d(?:\s*[-–]\s*\d{1,2}[.:]\d\d)?|\b(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?\b|\b20\d\d\b",
    re.IGNORECASE,
)
#: What tells one of a series from the next: the kind of part, and which.
_PARTS = re.compile(
    r"\b(?P<kind>dag|del|omgång|pass|grupp|modul|steg|avsnitt|träff|tillfälle|kurstillfälle|nr|nummer|session|part|day|module|group|round)\s*"
    r"(?P<which>\d{1,3}|(?-i:[IVX]{1,4})|ett|två|tre|fyra|fem|sex|one|two|three|four|(?-i:[A-D]))\b"
    r"|#\s*(?P<hash>\d{1,4})\b|\((?P<paren>\d{1,2})(?:\s*(?:/|av)\s*\d{1,2})?\)|\b(?P<of>\d{1,2})\s*/\s*\d{1,2}\s*$"
    r"|\b(?P<ordinal>första|andra|tredje|fjärde|femte|first|second|third|\d{1,2}:[ea])\s+(?:dagen|delen|omgången|passet|träffen|tillfället|session\w*)"
    r"|\b(?P<half>förmiddag|eftermiddag|kväll|fm|em|morning|afternoon|evening)(?:en|s|spass|spasset|ens)?\b",
    re.IGNORECASE,
)
_NUMBERS = {
    **{word: str(number) for number, word in enumerate(("ett", "två", "tre", "fyra", "fem", "sex"), 1)},
    **{word: str(number) for number, word in enumerate(("one", "two", "three", "four"), 1)},
    **{word: str(number) for number, word in enumerate(("första", "andra", "tredje", "fjärde", "femte"), 1)},
    **{word: str(number) for number, word in enumerate(("first", "second", "third"), 1)},
    **{word: str(number) for number, word in enumerate(("i", "ii", "iii", "iv", "v", "vi"), 1)},
    "fm": "förmiddag",
    "em": "eftermiddag",
    "morning": "förmiddag",
    "afternoon": "eftermiddag",
    "evening": "kväll",
}
_SMALL = frozenset(
    (
        *(
            "om",
            "på",
            "i",
            "för",
            "och",
            "till",
            "med",
            "den",
            "det",
            "en",
            "ett",
            "av",
            "hos",
            "vid",
            "som",
            "är",
            "din",
        ),
        *(
            "ditt",
            "vår",
            "vårt",
            "dig",
            "er",
            "hur",
            "vad",
            "när",
            "så",
            "att",
            "kring",
            "inom",
            "genom",
            "mot",
            "mellan",
        ),
        *("efter", "under", "nu", "the", "a", "an", "on", "in", "for", "and", "to", "with", "at", "of", "from"),
    )
)
#: Titles made of these alone could be any event's.
_ANYBODYS = re.compile(
    r"(?:nätverks|frukost|lunch|dialog|informations|info|års|vår|höst|digital|fält|skogs|gårds|tema|kurs|studie|regional|kluster|medlems|styrgrupps|avstämnings"
    r"|uppstarts|start|slut)*(?:träff|möte|mötet|träffen|vandring|vandringen|dag|dagen|kväll|kvällen|webbinarium|seminarium|workshop|konferens|besök|besöket"
    r"|stämma|fika|mingel|frukost|lunch|samling|utbildning|kurs|webinar|seminar|meeting|fältvandring)(?:ar|er|en|et)?|mässa|fika|invigning|öppet|hus",
    re.IGNORECASE,
)
_LONGEST_TITLE = 300


def alike(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1, without what they say of the state of things and of the day.

    A title that says all of the other and more is like it; two that each say something of their own are not.
    """
    ours, theirs = _kernel(one), _kernel(other)
    if not ours or not theirs:
        return 0.0
    if ours == theirs:
        return 1.0
    whole = ratio(" ".join(sorted(ours)), " ".join(sorted(theirs)))
    left, right = _without(ours, theirs), _without(theirs, ours)
    if left and right:  # each names something that the other does not
        return min(whole, ALIKE - 0.01)
    # One says all of the other: surely if that is something to go by.
    said = min(ours, theirs, key=len)
    return max(whole, 0.9 if len(said) >= 2 and not _is_anybodys(said) else PERHAPS)


def marks(title: str) -> dict[str, str]:
    """Which of a series a title names: {"dag": "1"}, {"half": "förmiddag"}."""
    found: dict[str, str] = {}
    for part in _PARTS.finditer(_WHEN.sub(" ", title[:_LONGEST_TITLE])):
        kind = part["kind"] or ("half" if part["half"] else "number")
        which = part["which"] or part["hash"] or part["paren"] or part["of"] or part["ordinal"] or part["half"] or ""
        which = which.casefold().split(":")[0].lstrip("0")
        found.setdefault(_ONE_KIND.get(kind.casefold(), kind.casefold()), _NUMBERS.get(which, which))
    return found


#: Different words for the number of one in a series.
_ONE_KIND = dict.fromkeys(
    ("del", "omgång", "träff", "tillfälle", "kurstillfälle", "nr", "nummer", "part", "avsnitt", "round"), "number"
) | {"day": "dag", "module": "modul", "group": "grupp"}


def telling(one: str, other: str) -> bool:
    """Whether both titles say what the event is about."""
    return not _is_anybodys(_kernel(one)) and not _is_anybodys(_kernel(other))


def _is_anybodys(kernel: Sequence[str]) -> bool:
    return all(_ANYBODYS.fullmatch(word) for word in kernel)


@lru_cache(maxsize=4096)
def _kernel(title: str) -> tuple[str, ...]:
    """The words of a title that say what it is about."""
    text = unicodedata.normalize("NFC", bare_subject(title[:_LONGEST_TITLE]))
    text = _PARTS.sub(" ", _WHEN.sub(" ", _BRACKETS.sub("", text)))
    bare = tokens(_STATUS.sub(" ", text))
    return bare or tokens(text)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text that say something, folded."""
    return tuple(word for word in re.findall(r"\w+", text.casefold()) if word not in _SMALL)


def _without(some: Sequence[str], others: Sequence[str]) -> list[str]:
    """The words of some that none of the others is, in another form or with a slip of the pen."""
    return [word for word in some if not any(word == other or ratio(word, other) >= _ONE_WORD for other in others)]


#: Words so alike are one word: inflected, or mistyped.
_ONE_WORD = 0.8


def ratio(one: str, other: str) -> float:
    """How alike two texts are, letter by letter, 0 to 1."""
    from rapidfuzz import fuzz  # noqa: PLC0415  a tenth of a second, and `explain` compares nothing

    return fuzz.ratio(one, other) / 100
