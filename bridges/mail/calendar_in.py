"""The event in a calendar file that somebody sends: what, when by the clock on the wall there, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from urllib.parse import urlsplit

from bridges.mail.charsets import clean, one_line
from bridges.mail.zones import Zones, blocks, zone_of

MAX_BYTES = 2_000_000  # of a calendar file that is looked at
MAX_EVENT = 200_000  # characters of one event
MAX_EVENTS = 500  # of one file
_YEARS = range(1900, 2200)

_MEETING_HOSTS = (
    "teams.microsoft.com",
    "teams.live.com",
    "zoom.us",
    "meet.google.com",
    "webex.com",
    "whereby.com",
    "meet.jit.si",
    "gotomeeting.com",
    "gotowebinar.com",
)
_ONLINE_WORDS = re.compile(
    r"\b(?:teams|zoom|google meet|webex|digitalt|digital|online|webbinarium|webinar|distans|länk (?:kommer|skickas))",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"\b(?:microsoft|teams|zoom|google|meet|webex|digitalt?|online|virtuellt?|möte|mötet|meeting|webbinarium|webinar"
    r"|sammanträde|länk|kommer|skickas|distans|ut|via|på|on|i|och|eller|the|and|or)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"'\\]{4,2000}", re.IGNORECASE)


class CalendarUnreadable(ValueError):
    """The calendar holds no event that can be understood: no start, no dates that exist, or no calendar at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event as its sender's calendar tells it."""

    title: str
    start: date | datetime  # a date when all-day; else wall time in `timezone`, without an offset
    end: date | datetime | None  # likewise; the last day itself when all-day
    timezone: str
    all_day: bool
    place: str
    online_url: str
    url: str
    organiser: str  # the name, else the address
    organiser_email: str
    description: str
    cancelled: bool
    uid: str
    sequence: int
    method: str  # "PUBLISH", "REQUEST", "CANCEL", "REPLY" …; "" when the file says none
    recurring: bool

    @property
    def online(self) -> bool:
        """Has an address to meet at, or says that it is held online."""
        return bool(self.online_url) or bool(_ONLINE_WORDS.search(self.place))

    @property
    def onsite(self) -> bool:
        """Names a place that one can travel to, not only a meeting program."""
        return bool(re.sub(r"[\W\d_]+", "", _NO_PLACE.sub("", self.place)))


def first_event(data: bytes, timezone: str) -> CalendarEvent:
    """The first event of a calendar file; of a series, its pattern. Raises CalendarUnreadable, nothing else.

    `timezone` is where times are shown that have no zone of their own, or one that nobody else knows.
    """
    return _first(_events(data, timezone))


def all_events(data: bytes, timezone: str) -> tuple[CalendarEvent, ...]:
    """Every event of a calendar file in the file's order, a series once. Raises CalendarUnreadable when there is none.

    Events that cannot be understood are left out when there are others.
    """
    found = _events(data, timezone)
    first = _first(found)
    return (first, *(event for event in islice(found, MAX_EVENTS - 1) if isinstance(event, CalendarEvent)))


def _first(events: Iterator[CalendarEvent | CalendarUnreadable]) -> CalendarEvent:
    """The first that is an event; when none is, the first reason why."""
    reason: CalendarUnreadable | None = None
    for event in events:
        if isinstance(event, CalendarEvent):
            return event
        reason = reason or event
    raise reason or CalendarUnreadable("the calendar holds no event")


def _events(data: bytes, timezone: str) -> Iterator[CalendarEvent | CalendarUnreadable]:
    lines = _unfolded(clean(data[:MAX_BYTES].decode("utf-8", "replace")))
    zones = Zones(lines, timezone)
    for block, method in _series(lines):
        try:
            yield _event(block, method, zones.fresh())
        except CalendarUnreadable as error:
            yield error
        except Exception as error:  # noqa: BLE001 - the library raises whatever it meets
            yield CalendarUnreadable(f"the calendar cannot be read: {type(error).__name__}")


# -- lines -----------------------------------------------------------------------------------------------------------


def _unfolded(text: str) -> list[str]:
    """Content lines whole again (RFC 5545 §3.1)."""
    return [line for line in re.sub(r"\n[ \t]", "", text).split("\n") if line.strip()]


def _calendars(lines: list[str]) -> Iterator[list[str]]:
    """The calendars of a file, one by one: each has its own method. A file without the frame is one."""
    starts = [number for number, line in enumerate(lines) if line.strip().upper() == "BEGIN:VCALENDAR"]
    starts = [0, *starts[1:], len(lines)]
    for start, end in pairwise(starts):
        yield lines[start:end]


def _series(lines: list[str]) -> list[tuple[list[str], str]]:
    """The events of a file, each once, with their calendar's method.

    Of a series it is the pattern; one day of it only when the pattern is not there.
    """
    found: dict[str, tuple[list[str], str]] = {}
    days: set[str] = set()
    for calendar in _calendars(lines):
        method = _method(calendar)
        for block in blocks(calendar, "VEVENT"):
            names = {name: line for line in _without_parts(block) if (name := _name(line)) in _TELLING}
            uid = names.get("UID", "").partition(":")[2].strip() or f"number {len(found)}"
            if uid in found and (uid not in days or "RECURRENCE-ID" in names):
                continue
            found[uid] = (block, method)
            (days.add if "RECURRENCE-ID" in names else days.discard)(uid)
    return list(found.values())


_TELLING = frozenset({"UID", "RECURRENCE-ID"})


def _name(line: str) -> str:
    return re.split("[;:]", line, maxsplit=1)[0].strip().upper()


def _event(block: list[str], method: str, zones: Zones) -> CalendarEvent:
    kept: list[str] = []
    for line in _without_parts(block):
        name = _name(line)
        if name in _READ:
            tzid = _TZID.match(line) if name in ("DTSTART", "DTEND") else None
            if tzid is not None:  # the library would work out the zone's rules; ours are looked up by name
                zones.named[name] = tzid.group(2).strip('"')
                kept.append(line[: tzid.start(1)] + line[tzid.end(1) :])
            else:
                kept.append(line)
    if sum(map(len, kept)) > MAX_EVENT:
        raise CalendarUnreadable("the event is too long")
    import icalendar  # noqa: PLC0415  a third of a second, for few mails

    component = icalendar.Event.from_ical("\r\n".join(kept) + "\r\n")
    recurring = any(line.upper().startswith(("RRULE", "RDATE")) for line in block)
    return _read(component, method, zones, recurring=recurring)


_TZID = re.compile(r"[^:\"]*(;\s*TZID\s*=\s*(\"[^\"]*\"|\([^)]*\)[^;:]*|[^;:]*))", re.IGNORECASE)
#: What is read of an event; the rest is not even parsed.
_READ = frozenset(
    {"BEGIN", "END", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "UID", "SEQUENCE"}
    | {"STATUS", "ORGANIZER", "CONFERENCE", "X-GOOGLE-CONFERENCE"}
    | {"X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-CDO-ALLDAYEVENT"}
)


def _without_parts(block: list[str]) -> list[str]:
    """The event without its alarms and other components inside."""
    out: list[str] = []
    depth = 0
    for line in block:
        mark = line.strip().upper()
        depth += mark.startswith("BEGIN:")
        if depth <= 1:
            out.append(line)
        depth -= mark.startswith("END:")
    return out


def _method(lines: list[str]) -> str:
    return next((line.partition(":")[2].strip().upper() for line in lines if line.upper().startswith("METHOD:")), "")


# -- the event -------------------------------------------------------------------------------------------------------


def _read(component: Any, method: str, zones: Zones, *, recurring: bool) -> CalendarEvent:
    start, zone = _moment(component, "DTSTART", zones, None)
    if start is None:
        raise CalendarUnreadable("the event has no start")
    end = _end(component, start, zones, zone)
    all_day = not isinstance(start, datetime)
    if isinstance(start, datetime) and _whole_days(component, start, end):
        start, all_day = start.date(), True
        end = end.date() - timedelta(days=1) if isinstance(end, datetime) else None
    if end is not None and isinstance(end, datetime) is not isinstance(start, datetime):
        end = None
    if end is not None and (end < start or (end == start and not all_day)):
        end = None
    place = _text(component, "LOCATION", one=True)
    description = _text(component, "DESCRIPTION")
    url = _web(_text(component, "URL", one=True))
    organiser, address = _organiser(component)
    return CalendarEvent(
        title=_text(component, "SUMMARY", one=True),
        start=start,
        end=end if end is not None else (start if all_day else None),
        timezone=zone,
        all_day=all_day,
        place="" if _web(place) else place,
        online_url=_online_url(component, place, url, description),
        url=url,
        organiser=organiser or address,
        organiser_email=address,
        description=description,
        cancelled=method == "CANCEL" or _text(component, "STATUS", one=True).upper() == "CANCELLED",
        uid=_text(component, "UID", one=True)[:500],
        sequence=_number(_text(component, "SEQUENCE", one=True)),
        method=method,
        recurring=recurring,
    )


def _moment(component: Any, name: str, zones: Zones, wanted: str | None) -> tuple[date | datetime | None, str]:
    """A date or wall time, and its zone. `wanted`: the zone it is to be told in."""
    value = component.get(name)
    moment = _dt(value[0] if isinstance(value, list) and value else value)
    zone = wanted or zones.fallback
    if not isinstance(moment, date) or moment.year not in _YEARS:
        return None, zone
    if not isinstance(moment, datetime):
        return moment, zone
    tzid = zones.named.get(name, "")
    if moment.tzinfo is None and tzid and tzid.upper() not in ("UTC", "GMT", "ETC/UTC"):
        wall, named = zones.place(moment, tzid)
        if wanted in (None, named):
            return wall, named
        return wall.replace(tzinfo=zone_of(named)).astimezone(zone_of(zone)).replace(tzinfo=None), zone
    if moment.tzinfo is None and not tzid:
        return moment, zone  # floating: the clock wherever one is (RFC 5545 §3.3.5)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(zone_of(zone)).replace(tzinfo=None), zone


def _dt(value: Any) -> Any:
    from icalendar.error import BrokenCalendarProperty  # noqa: PLC0415  few mails hold a calendar

    try:
        return getattr(value, "dt", None)
    except BrokenCalendarProperty:  # the library keeps what it cannot parse, and says so when asked
        return None


def _end(component: Any, start: date | datetime, zones: Zones, zone: str) -> date | datetime | None:
    end, _ = _moment(component, "DTEND", zones, zone)
    if end is None:
        length = _dt(component.get("DURATION"))
        if not isinstance(length, timedelta) or not timedelta(0) <= length < timedelta(days=3660):
            return None
        end = start + length
    if not isinstance(end, datetime) and not isinstance(start, datetime):
        return max(start, end - timedelta(days=1))  # DTEND is the day after the last (RFC 5545 §3.6.1)
    return end


def _whole_days(component: Any, start: datetime, end: date | datetime | None) -> bool:
    """Outlook writes an all-day event as midnight to midnight and says so in a line of its own."""
    flag = _text(component, "X-MICROSOFT-CDO-ALLDAYEVENT", one=True).upper() == "TRUE"
    midnights = start.time() == time() and isinstance(end, datetime) and end.time() == time() and end > start
    return flag and midnights


def _text(component: Any, name: str, *, one: bool = False) -> str:
    value = component.get(name)
    value = value[0] if isinstance(value, list) and value else value
    text = "" if value is None else str(value)
    return one_line(text) if one else clean(text).strip()


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _organiser(component: Any) -> tuple[str, str]:
    value = component.get("ORGANIZER")
    value = value[0] if isinstance(value, list) and value else value
    if value is None:
        return "", ""
    name = one_line(str(getattr(value, "params", {}).get("CN", ""))).strip("\"' ")
    address = re.sub(r"^mailto:", "", one_line(str(value)), flags=re.IGNORECASE).lower()
    return name, address if "@" in address and " " not in address else ""


def _web(text: str) -> str:
    match = _URL.fullmatch(text.strip())
    return match.group() if match else ""


def _online_url(component: Any, place: str, url: str, description: str) -> str:
    """Where to join: what the calendar programs note for it, or a link to a known meeting service."""
    for name in ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-GOOGLE-CONFERENCE", "CONFERENCE"):
        if link := _web(_text(component, name, one=True)):
            return link
    if link := _web(place):
        return link
    for match in _URL.finditer(f"{url} {place} {description[:20_000]}"):
        link = match.group().rstrip(".,;)>")
        host = (urlsplit(link).hostname or "").removeprefix("www.") if "[" not in link else ""
        if any(host == known or host.endswith("." + known) for known in _MEETING_HOSTS):
            return link
    return ""
