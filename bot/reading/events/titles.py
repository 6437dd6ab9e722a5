"""What an event is called: the subject without what only says that something is sent, and without day and hour."""

import re
from datetime import datetime

from bot.reading.when import spans

_PREFIX = re.compile(
    r"^\W*(?:obs\W+)?(?:(?:obs|inbjudan|välkommen|välkomna|påminnelse|reminder|save the date|spara datumet|boka datumet|inställt|inställd|ställs in|avlyst|cancell?ed|flyttat|flyttad|flyttas|nytt datum|ny tid|uppdatering|uppdaterad|ändrat datum"
    r"|invitation|sista chansen|fullbokat|fullbokad|kallelse|vb|sv|fw|fwd|re|kom ihåg|info|påminner om|rättelse|extra|moved|new date|rescheduled|postponed|sista anmälningsdag|dags för|osa|glöm inte)"
    r"(?:\s?[!:–—|-]+\s*|\s+(?:till|på|om|to|for|för|av|att)\s+|\s*$)|(?:inbjudan|kallelse)\s+(?=\w))+",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*[-–—|,:(!]*\s*\b(?:är |har |blir )?(?:inställt|inställd|ställs in|avlyst|flyttas|flyttat|flyttad|framflyttad|framflyttat|fullbokat|fullbokad|nytt datum|ny tid|cancelled|påminnelse|anmäl dig(?: nu| idag)?|sista chansen|inbjudan|save the date)\)?[!.]*\s*$",
    re.IGNORECASE,
)
_LOOSE_ENDS = re.compile(
    r"(?:[\s,;:|(\[–—-]|\b(?:den|på|kl|klockan|till|från|i|om|med|the|on|at|at the|och|mellan|inför|för|nu)\.?)+$",
    re.IGNORECASE,
)
_LOOSE_BEGIN = re.compile(r"^[\s,;:.|)\]–—!-]+")
_SAYS_NOTHING = re.compile(
    r"\W*(?:inbjudan|välkommen|välkomna|info(?:rmation)?|träff|möte|event|evenemang|aktivitet|kalender|invitation|ny tid|hej|påminnelse|nyhetsbrev|kommande (?:aktiviteter|träffar|event)|program|datum|när|tid|inbjudningar|tips|(?:att )?(?:anmäl\w*|register) (?:dig|er|sig|nu|now)(?: nu| idag| här)?|två saker|vi ses|snart dags|hej alla|(?:här|nu) (?:kommer|följer|är)\b.*|here (?:is|are|comes?)\b.*)?\W*",
    re.IGNORECASE,
)
_WELCOME = re.compile(
    r"(?:[Vv]älkom(?:men|na)|[Bb]juder in|[Bb]juda in (?:dig|er|dem)|[Dd]ags för|(?:[Aa]rrangerar|[Aa]nordnar|[Oo]rdnar|[Hh]åller) vi|[Ii]nbjud(?:an|er)(?: \w+)?|[Ii]nvit\w+(?: you)?)(?: (?:till|på|to))? (?:(?:en|ett|vår|vårt|vår[at]?|årets|a|an|our|the) )?(?P<title>[^\n.!?]{4,120})"
)
_SIGN_UP_TO = re.compile(
    r"[Aa]nmäl(?:an| dig) till (?P<title>[A-ZÅÄÖ][^\n.,@]{3,80}?)(?=\s(?:den|på|som|kl|stänger|är|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|\d))"
)
_LONGEST = 160


def title_of(subject: str, sent: datetime) -> str:
    """What the subject calls it; "" when it says nothing."""
    text = " ".join(re.sub(r"[*\\]", "", subject).split())
    for _ in range(3):
        text = _LOOSE_BEGIN.sub("", _PREFIX.sub("", text))
        text = _without_times(text, sent)
        text = _SUFFIX.sub("", text)
    text = text.strip(" .,;:|–—-!")
    if text and text[0].islower():
        text = text[0].upper() + text[1:]
    return "" if _SAYS_NOTHING.fullmatch(text) else text[:_LONGEST]


def _without_times(text: str, sent: datetime) -> str:
    """Without a day and hour at its end or its beginning; one within stays, as the words hang on it."""
    found = spans(text, sent)
    if not found:
        return text
    first, last = found[0], found[-1]
    rest = text[last.stop :].strip(" .,;:!)]–—-")
    if not re.search(r"\w", rest) and first.begin > 0:
        text = _LOOSE_ENDS.sub("", text[: first.begin])
    elif not re.search(r"\w", text[: first.begin]):
        text = _LOOSE_BEGIN.sub("", text[last.stop :])
    elif first.group == last.group and re.match(r"\W*(?:i|på|hos|at|in|via)\s", text[last.stop :]) and first.begin > 8:
        text = _LOOSE_ENDS.sub("", text[: first.begin])
    return text


def welcomed_to(text: str, sent: datetime) -> str:
    """What the text welcomes to."""
    found = _WELCOME.search(text[:5_000]) or _SIGN_UP_TO.search(text[:5_000])
    return (
        title_of(re.split(r"\s(?:där|som|med fokus|för dig|hos oss)\b", found["title"])[0], sent)
        if found is not None
        else ""
    )
