"""Where an event is: the place that one can travel to, how people meet, and where they join online."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard
from zoneinfo import ZoneInfo

from bot.reading.events.labels import Field, Label, first
from bot.reading.events.lines import Page
from bot.reading.when import Span, hours, spans
from storage.words import Attendance

MEETING_HOSTS = (
    "teams.microsoft.com", "teams.live.com", "zoom.us", "meet.google.com", "webex.com", "whereby.com", "meet.jit.si",
    "gotomeeting.com", "gotowebinar.com", "skype.com", "bigbluebutton.org", "sunet.se/j",
)  # fmt: skip
_ONLINE = re.compile(
    r"\b(?:via|på|över|i|on|by)\s+(?:microsoft |ms )?(?:teams|zoom|google meet|skype|webex|länk|webben|nätet)\b|\bteams(?:möte|-möte|länk|-länk)?\b|\bzoom(?:möte|-möte|länk|-länk)?\b"
    r"|\bdigitalt\b|\bdigital(?:a|en)? (?:\w*träff|\w*möte|\w*frukost|\w*lunch|\w*utbildning|kurs|\w*föreläsning|konferens|workshop|\w*seminari|\w*fika|nätverk|info|mingel|dialog)|\bonline\b|\bwebb?inari|\bwebinar|\blunchwebb|\bwebb(?:möte|träff|utbildning|sänd|kurs|fika|lunch|frukost)|\bpå distans\b|\bdistansmöte|\blivesänd|\bstream(?:as|ing|ad)|\bvirtuell?t?\b|\bvirtual(?:ly)?\b|\bgoogle meet\b|\bwebex\b",
    re.IGNORECASE,
)
_MEETING_WORDS = re.compile(r"digital|online|teams|zoom|meet|webb|webex|skype|distans|länk|virtu", re.IGNORECASE)
_HYBRID = re.compile(
    r"\bhybrid|\b(?:både|antingen) (?:på plats|digitalt|fysiskt|online)|\bpå plats (?:eller|och|samt|alternativt|/) (?:\w+ )?(?:digitalt|online|via|på (?:teams|zoom|distans))|\b(?:digitalt|online|via teams|via zoom|på distans) (?:eller|och|samt) (?:på plats|fysiskt|i )"
    r"|\b(?:delta|följ|vara med|medverka|ansluta)(?: \w+){0,2} (?:även |också |eller )?(?:digitalt|online|via (?:teams|zoom|länk)|på distans)|\b(?:även|också|eller|alternativt) (?:att \w+ )?(?:digitalt|online|via (?:teams|zoom|länk)|på distans|på teams|på zoom)|\bonsite (?:or|and) online|\bin person (?:or|and) online"
    r"|\b(?:finns )?möjlig(?:het|t) (?:finns )?att (?:delta|följa|vara med|ansluta)(?: \w+){0,2} (?:digitalt|online|på distans|via)|\bsänds (?:också|även) (?:digitalt|online|via)|\bor online\b|\band online\b",
    re.IGNORECASE,
)
_ONLY_ONLINE = re.compile(
    r"\b(?:microsoft|ms|teams|zoom|google|meet|webex|skype|digitalt?|digital|online|virtuellt?|möte|mötet|träff|meeting|webb?inari(?:um|et)|webinar|länk(?:en)?|kommer|skickas|skickar|distans|ut|via|på|on|i|och|eller|the|and|or|till|er|dig|alla"
    r"|anmälda|deltagare|med|dagen|dagarna|innan|före|efter|anmälan|anmäld|får|du|ni|fås|här|klicka|nedan|anslut|join|here|link|hybrid|fysiskt|plats|även|också|webben|möjlighet|att|delta|finns|alternativt|samt|meddelas|meddelar|participants?|attendees|shared|provided|after|all|emailed|invited|guests|senare|tba|tbd|återkommer|bestäms|ej|klart|ännu|inte|information|inom|kort|by|mejl|mail|separat|bifogas|to|be|sent|will|registered|registration|livesänt|sänds|live|youtube)\b",
    re.IGNORECASE,
)
#: Small words that go on within a place's name.
_PLACE_NOUNS = (
    r"(?:lokal\w*|kluster\w*|folkhögskola\w*|\w*gård(?:en)?|\w*slott(?:et)?|herrgård\w*|hotell?\w*|\w*center|\w*centrum|\w*hus(?:et)?|universitet\w*"
    r"|\w*högskola\w*|\w*skola[ns]?|konferens\w*|museum|museet|bibliotek\w*|kontor\w*|\w*sal(?:en)?|auditorium|lada\w*|\w*park(?:en)?|mässa\w*|säteri|bruk"
    r"|krog|värdshus\w*|restaurang\w*|campus|län|stad|torg|\w*gata\w*|\w*väg(?:en)?|station\w*|församlingshem\w*|gymnasi\w*|institut\w*|\w*hall(?:en)?|arena\w*"
    r"|plan \d+|våning \d+|rum \w+|försöksstation\w*|och|i|på|vid|utanför|strax|nära|norra|södra|östra|västra|&|of|the|room|hall|hotel|street)"
)
#: What ends a sentence after a place without being part of its name.
_NO_NOUN = (
    r"(?:imorgon|idag|ikväll|igen|också|tillsammans|gratis|nu|ihop|kostnadsfritt|där|här|efteråt|då|sedan|hela|båda|under|efter|digitalt"
    r"|online|samtidigt|tomorrow|today|together|again|hybrid|varmt|istället)"
)
_PLACE = (
    rf"(?:(?:lokal|lokalen|konferensrum|sal|salen|hörsal|rum|restaurang|hotell|herrgården|slottet|biblioteket|bygdegården|kommunhuset|stadshuset)\s"
    r"|(?!\w*(?:kväll|veck|morgon|dag|middag|höst|vår|vinter|sommar|slut|börja|mitt|form|helg|tid|natt|månad|fråga|arbet|projekt|möte|träff|stund|samband|samarbet|listan|länken))[a-zåäö]{2,25}(?:en|et|an)\s(?:på|i|hos|vid)\s)?"
    rf"[A-ZÅÄÖ](?:[\wåäöÅÄÖé:&'-]|\.(?=\w)){{0,30}}(?:,?\s(?!(?:Läs|Anmäl|Mer|Klicka|Till|Länk|Sista|OSA|Read|Register|Här)\w*\b)(?:[A-ZÅÄÖ\d][\wåäöÅÄÖé:&'-]{{0,30}}|{_PLACE_NOUNS}(?![\wåäö])|(?!{_NO_NOUN}\b)[a-zåäö]{{3,20}}(?=\s(?:i|på|utanför)\s[A-ZÅÄÖ]))){{0,9}}"
    rf"(?:\s(?!{_NO_NOUN}\b)[a-zåäö]{{3,20}}(?=\s?(?:[.,)\n]|$)))?"
)
_PLACE_AFTER = re.compile(rf"[\s,]*(?:(?:i|på|hos|vid|at|in)\s+(?:the\s+)?(?P<place>{_PLACE}))")
_PLACE_BEFORE = re.compile(
    rf"(?:\b(?:på|hos|vid|i|at|in)\s+(?:the\s+)?(?P<place>{_PLACE}))[\s,]*(?:nu\s+)?(?:(?:på|den|on|någon gång|någon dag|under|i)\s+){{0,2}}$"
)
#: "kl. 9-12, Bibliotekshuset i Mellanstad."
_PLACE_BESIDE = re.compile(
    rf"(?:[\s,]{{1,2}}(?:heldag|hela dagen|halvdag|förmiddag|eftermiddag|kväll|all day|lunch till lunch))?\s?[,.(–-]\s?(?P<place>{_PLACE}(?:,\s{_PLACE})?)\s?(?:[.):\n]|$)"
)
#: "Samma ställe, Folkets Hus i Tierby", "same venue (The Dairy, Lund)".
_PLACE_AS_BEFORE = re.compile(
    rf"\b(?i:samma (?:plats|ställe|lokal)|same (?:venue|place|location)|ny(?:a)? (?:plats|lokal)(?:en)?(?: är| blir)?|new venue(?: is)?|vi (?:håller till|är|ses|träffas)|lokalen är)(?:\s+som \w+)?\s?[,:(–-]?\s?(?:[Tt]he\s+|i\s+|på\s+|hos\s+)?(?P<place>{_PLACE}(?:,\s{_PLACE})?)",
)
#: What a place is called, when only the town's name has a capital: "bygdegården i Hult".
_NOUN_BEFORE = re.compile(
    r"(?P<noun>(?:[A-ZÅÄÖ]\w{2,20} )?\b\w{0,20}(?:gården|lokalen|hallen|huset|skolan|salen|hotellet|hemmet|kyrkan|biblioteket|museet|slottet|herrgården|parken|torget|ladan|logen|Hus|hotell|folkhögskola|värdshus|bruk))\s(?P<prep>i|på|utanför|vid)\s(?:[A-ZÅÄÖ][\w-]{1,20}\s)?$"
)
_TOURS = re.compile(
    r"\b(?:studieresa|bussresa|studiebesök|fältvandring|fältdag|gårdsbesök|gårdsvandring|skogsvandring|markvandring|marknad|bussen|study (?:visit|tour))",
    re.IGNORECASE,
)
_PLACE_AFTER_HOUR = re.compile(rf"\d[.:]\d\d\s?,\s(?P<place>{_PLACE}(?:,\s{_PLACE})?)\s?(?:[.)\n]|$)")
#: "Vi ses på Navet", where the day stands elsewhere.
_PLACE_OF_MEETING = re.compile(
    rf"\b(?:ses|träffas|samlas|möts|håller(?: vi)? till|äger rum|hålls|arrangeras|anordnas)\s+(?:vi\s+)?(?:på|hos|vid|i)\s+(?P<place>{_PLACE})"
)
#: A line of its own below the day.
_PLACE_LINE = re.compile(
    rf"[^\n.]{{0,30}}\n(?:(?:[Kk][Ll]|Öppet|Tid|\d)[^\n]{{1,25}}\n)?\s*(?P<place>{_PLACE}(?:,\s{_PLACE})?)\s*(?:\n|$)"
)
_PLACE_LATER = re.compile(rf"\b(?:på|hos|vid|i|at|in)\s+(?:the\s+)?(?P<place>{_PLACE})")
#: Behind these words a place is another matter.
_ELSE = re.compile(
    r"anmäl|\bosa\b|frågor|kontakt|senast|läs mer|hälsning|\bmvh\b|https?:|@|regist|\btalar|\bfrån\b|parker",
    re.IGNORECASE,
)
_PLACE_IN_TITLE = re.compile(rf"\b(?:på|hos)\s+(?P<place>{_PLACE})\s*$")
_PLACE_TAIL = re.compile(r"(?:[\s,]+(?:och|i|på|vid|utanför|strax|nära|of|the|&))+$")
_BROKEN_AT = 50  # characters: a line so long may have been broken for its length
_NOT_PLACES = re.compile(
    r"^(?:Anmäl|OSA|Välkom|Länk|Vi|Du|Ni|Det|Den|För|Ingen|Med|Program|Hälsning|Vänlig|MVH|Mvh|Slut|Kaffe|Fika|Lunch|Föreläs|Tema|Då|Alla|Samma|Tid|Plats|Hej|Kl|KL|Start|Sista|Kostnad|Pris|Digital|Online|Webb|Register|Ostprov|Fri|FRI|OSTPROV|Samling|Obs|OBS|Teams|Zoom|Microsoft|Google|Webex|Skype|Facebook|LinkedIn|Youtube|YouTube|Sverige|Europa|EU|Januari|Svenska|Engelska)\b|^(?:[A-ZÅÄÖ]{2,}\s?)+[!:]"
)


def place_and_mode(
    fields: Sequence[Field], span: Span | None, page: Page, about: str
) -> tuple[str, Attendance | None, str]:
    """The place that one can travel to, how people meet, and where to join online. `about`: title and the event's part."""
    field = first(fields, Label.WHERE)
    said = field.value if field is not None else ""
    both = first(fields, Label.BOTH)
    if not said and both is not None:
        said = _rest_of(both.value)
    labelled = bool(said)
    if not said:
        said = _nearby(page.text, span, about.partition("\n")[0])
    online_url = _join_link(fields, page)
    place = _without_online(said)
    online_said = bool(_ONLINE.search(said)) or (not place and labelled and bool(_MEETING_WORDS.search(said)))
    online_about = bool(_ONLINE.search(about)) or first(fields, Label.JOIN) is not None or bool(online_url)
    hybrid = bool(_HYBRID.search(said)) or bool(_HYBRID.search(about))
    joined = first(fields, Label.JOIN)
    either = joined is not None and joined.name.startswith(("digital", "teams", "zoom", "möteslänk", "online"))
    if place and (hybrid or either or (labelled and online_said)):
        return place, Attendance.HYBRID, online_url
    if place:
        return (
            place,
            Attendance.ONSITE if labelled or not online_about else Attendance.HYBRID if hybrid else Attendance.ONSITE,
            online_url,
        )
    if hybrid and not labelled:
        return "", Attendance.HYBRID, online_url
    if online_said or online_about:
        return "", Attendance.ONLINE, online_url
    return "", Attendance.ONSITE if _TOURS.search(about[:600]) else None, online_url


def _rest_of(value: str) -> str:
    """What is left of "tisdag 3 november kl 13, Vreta kluster" when the time is taken away."""
    stop = max(
        [span.stop for span in spans(value, datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")))]
        + [one.stop for one in hours(value)],
        default=0,
    )
    return re.sub(r"^[\s,.;:|)–-]+(?:(?:i|på|hos|at|in)\s+)?", "", value[stop:]) if stop else value


def _without_online(said: str) -> str:
    """A place as it was said, or "" when it is only a meeting program."""
    said = re.sub(r"\s+", " ", said).strip(" .,;:|–-")
    if not re.sub(r"[\W\d_]+", "", _ONLY_ONLINE.sub("", said)):
        return ""
    said = re.sub(
        r"\s*[,;(–-]?\s*\(?(?:eller|och|samt|alternativt|men även|även|or|and)\s+(?:\w+ ){0,3}?(?:digitalt|online|via (?:microsoft )?(?:teams|zoom|länk)|på (?:teams|zoom|distans)|teams|zoom)\b.*$",
        "",
        said,
        flags=re.IGNORECASE,
    )
    said = re.sub(
        r"^(?:digitalt|online|via (?:teams|zoom)|teams|zoom)\s+(?:eller|och|samt|or|and)\s+(?:på plats\s+)?(?:(?:i|på|hos)\s+)?",
        "",
        said,
        flags=re.IGNORECASE,
    )
    said = re.sub(r"\s*\((?:hybrid|digitalt|online|även digitalt)[^)]*\)", "", said, flags=re.IGNORECASE)
    return said.strip(" .,;:|–-")[:200]


def _nearby(text: str, span: Span | None, title: str) -> str:
    """A place that is said near the day, where people are said to meet, or at the end of the title; likeliest first."""
    beside = _beside(text, span) if span is not None else ()
    elsewhere = (_PLACE_OF_MEETING.search(text[:3000]), _PLACE_IN_TITLE.search(title))
    as_before = _PLACE_AS_BEFORE.search(text, span.stop, span.stop + 200) if span is not None else None
    places = [_whole(found) for found in (as_before, *beside, *elsewhere) if _is_place(found)]
    town = _whole(beside[2]) if beside and _is_place(beside[2]) else ""
    if places and re.fullmatch(r"\w+", town) and not re.search(r",|\si\s", places[0]) and town not in places[0]:
        return f"{places[0]}, {town}"  # "in Haparanda, Tuesday 19th January, at Hotel Bothnia"
    return next(iter(places), "")


def _is_place(found: re.Match[str] | None) -> TypeGuard[re.Match[str]]:
    return found is not None and not _NOT_PLACES.match(found["place"])


def _whole(found: re.Match[str]) -> str:
    """A place with what it is called before its town."""
    place = _PLACE_TAIL.sub("", found["place"])
    before = _NOUN_BEFORE.search(found.string[max(0, found.start("place") - 70) : found.start("place")])
    return f"{before['noun']} {before['prep']} {place}" if before is not None else place


def _broken_from(text: str, place: int) -> int:
    """Where the line of a place begins; the line before, where it was only broken for its length."""
    line = text.rfind("\n", 0, place) + 1
    above = text.rfind("\n", 0, max(0, line - 1)) + 1
    return above if line - above > _BROKEN_AT and text[line : line + 1].islower() else line


def _beside(text: str, span: Span) -> tuple[re.Match[str] | None, ...]:
    end = min(len(text), span.stop + 200)
    line = max(0, span.begin - 90, _broken_from(text, span.begin))
    paragraph = re.search(r"\n\s*\n|$", text[span.stop : span.stop + 400])
    follows = text[span.stop : span.stop + (paragraph.start() if paragraph else 0)]
    later = (found for found in _PLACE_LATER.finditer(follows) if not _ELSE.search(follows[: found.start()]))
    return (
        _PLACE_AFTER.match(text, span.stop, end),  # "… kl 13 på Torsta"
        _PLACE_LATER.search(text, span.begin, span.stop),  # "den 3 november på Torsta kl 13"
        _PLACE_BEFORE.search(text[line : span.begin]),  # "på Torsta den 3 november"
        _PLACE_BESIDE.match(text, span.stop, end),  # "kl 13, Torsta."
        _PLACE_LINE.match(text, span.stop, end),  # a line of its own
        _PLACE_AFTER_HOUR.search(follows),
        next(later, None),
    )


def _join_link(fields: Sequence[Field], page: Page) -> str:
    field = first(fields, Label.JOIN)
    links = [*(field.links if field else ()), *(link for line in page.lines for link in line.links)]
    return next((link.url for link in links if is_meeting(link.url)), "")


def is_of(url: str, hosts: Sequence[str]) -> bool:
    folded = url.lower().split("?")[0]
    return any(host in folded for host in hosts)


def is_meeting(url: str) -> bool:
    """Whether one joins a meeting there; its program's page to register on is none."""
    return is_of(url, MEETING_HOSTS) and "regist" not in url.lower()
