"""The event in a calendar file that somebody sends: what, when by the clock on the wall there, and where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from urllib.parse import urlsplit

from bridges.mail.calendar_lines import Component, Property, calendars_in, component, lines_of, without_tags
from bridges.mail.zones import Zones, blocks, zone_of

MAX_BYTES = 2_000_000  # of a calendar file that is looked at
MAX_EVENT = 200_000  # characters of one event
MAX_LINE = 50_000  # characters; longer lines of an event that is too long are passed over
MAX_LINES = 2_000
MAX_EVENTS = 500  # of one file
MAX_SERIES = 2_000  # that are tried, good or bad
MAX_DAYS = 50  # of one series that are looked at
MAX_DESCRIPTION = 50_000  # characters
#: What is read of an event; the rest is passed over.
_READ = frozenset(
    {"DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "UID", "SEQUENCE", "STATUS"}
    | {"ORGANIZER", "CONFERENCE", "X-GOOGLE-CONFERENCE", "RECURRENCE-ID", "RRULE", "RDATE"}
    | {"X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-MICROSOFT-CDO-ALLDAYEVENT"}
)
#: Where the calendar programs note the address to meet at, surest first.
_LINKS = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-GOOGLE-CONFERENCE", "CONFERENCE")
_NOTHING = Property("")

_MEETING_HOSTS = (
    "teams.microsoft.com",
    "teams.live.com",
    "teams.cloud.microsoft",
    "zoom.us",
    "meet.google.com",
    "webex.com",
    "whereby.com",
    "meet.jit.si",
    "connect.sunet.se",
    "meet.goto.com",
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
    day_of_series: date | datetime | None = None  # the day, as it was planned, that this one stands for; None: all

    @property
    def online(self) -> bool:
        """Has an address to meet at, or says that it is held online."""
        return bool(self.online_url) or bool(_ONLINE_WORDS.search(self.place))

    @property
    def onsite(self) -> bool:
        """Names a place that one can travel to, not only a meeting program."""
        return bool(re.sub(r"[\W\d_]+", "", _NO_PLACE.sub("", _URL.sub("", self.place))))


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
    lines = lines_of(data[:MAX_BYTES])
    zones = Zones(lines, timezone)
    for method, pattern, days in islice(_series(lines), MAX_SERIES):
        try:
            event = _event(pattern, method, zones)
        except CalendarUnreadable as error:
            yield error
            continue
        yield _as_moved(event, days, zones)


def _series(lines: Sequence[str]) -> Iterator[tuple[str, Component, list[Component]]]:
    """The events of a file, each once: its calendar's method, what it says, and single days of it that say otherwise.

    Where the pattern of a series is not there, one day of it stands for itself.
    """
    patterns: dict[str, tuple[str, Component]] = {}
    days: dict[str, list[Component]] = {}
    for calendar in calendars_in(lines):
        method = _method(calendar)
        for block in blocks(calendar, "VEVENT"):
            if sum(map(len, block)) > MAX_EVENT:
                block = [line for line in block if len(line) <= MAX_LINE][:MAX_LINES]  # noqa: PLW2901
            event = component(block, _READ)
            uid = event["UID"].line if "UID" in event else f"number {len(patterns)}"
            if "RECURRENCE-ID" in event:
                days.setdefault(uid, []).append(event)
            if "RECURRENCE-ID" not in event or uid not in patterns:
                known = patterns.get(uid)
                if known is None or "RECURRENCE-ID" in known[1]:
                    patterns[uid] = (method, event)
    for uid, (method, event) in patterns.items():
        yield method, event, days.get(uid, []) if "RECURRENCE-ID" not in event else []


def _method(lines: Sequence[str]) -> str:
    return next((line.partition(":")[2].strip().upper() for line in lines if line.upper().startswith("METHOD:")), "")


def _as_moved(event: CalendarEvent, days: list[Component], zones: Zones) -> CalendarEvent:
    """The series as it begins: its first day may have been moved."""
    for day in days[:MAX_DAYS]:
        try:
            moved = _event(day, event.method, zones)
        except CalendarUnreadable:
            continue
        if moved.day_of_series == event.start and not moved.cancelled:
            return replace(moved, recurring=True, day_of_series=None)
    return event


# -- the event -------------------------------------------------------------------------------------------------------


def _event(said: Component, method: str, zones: Zones) -> CalendarEvent:
    start, zone = _moment(said, "DTSTART", zones, None)
    if start is None:
        raise CalendarUnreadable("the event has no start")
    end = _end(said, start, zones, zone)
    all_day = not isinstance(start, datetime)
    if isinstance(start, datetime) and _whole_days(said, start, end):
        start, all_day = start.date(), True
        end = end.date() - timedelta(days=1) if isinstance(end, datetime) else None
    if end is not None and isinstance(end, datetime) is not isinstance(start, datetime):
        end = None
    if end is not None and (end < start or (end == start and not all_day)):
        end = None
    place = _line(said, "LOCATION")
    description = without_tags(said.get("DESCRIPTION", _NOTHING).text.strip()[:MAX_DESCRIPTION])
    url = _web(_line(said, "URL"))
    organiser, address = _organiser(said)
    return CalendarEvent(
        title=_line(said, "SUMMARY"),
        start=start,
        end=end if end is not None else (start if all_day else None),
        timezone=zone,
        all_day=all_day,
        place="" if _web(place) else place,
        online_url=_online_url(said, place, url, description),
        url=url,
        organiser=organiser or address,
        organiser_email=address,
        description=description,
        cancelled=method == "CANCEL" or _line(said, "STATUS").upper() in ("CANCELLED", "CANCELED"),
        uid=_line(said, "UID")[:500],
        sequence=_number(_line(said, "SEQUENCE")),
        method=method,
        recurring="RRULE" in said or "RDATE" in said,
        day_of_series=_moment(said, "RECURRENCE-ID", zones, zone)[0],
    )


def _moment(said: Component, name: str, zones: Zones, wanted: str | None) -> tuple[date | datetime | None, str]:
    """A date or wall time, and its zone. `wanted`: the zone it is to be told in."""
    prop = said.get(name, _NOTHING)
    moment = prop.moment
    zone = wanted or zones.fallback
    if not isinstance(moment, datetime):
        return moment, zone
    tzid = prop.parameters.get("TZID", "")
    if moment.tzinfo is None and tzid:
        moment, named = zones.place(moment, tzid)
        if wanted in (None, named):
            return moment, named
        moment = moment.replace(tzinfo=zone_of(named))
    if moment.tzinfo is None:
        return moment, zone  # floating: the clock wherever one is (RFC 5545 §3.3.5)
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None), zone


def _end(said: Component, start: date | datetime, zones: Zones, zone: str) -> date | datetime | None:
    end, _ = _moment(said, "DTEND", zones, zone)
    if end is None:
        length = said.get("DURATION", _NOTHING).duration
        if length is None:
            return None
        end = start + length
    if not isinstance(end, datetime) and not isinstance(start, datetime):
        return max(start, end - timedelta(days=1))  # DTEND is the day after the last (RFC 5545 §3.6.1)
    return end


def _whole_days(said: Component, start: datetime, end: date | datetime | None) -> bool:
    """Outlook writes an all-day event as midnight to midnight and says so in a line of its own."""
    flag = _line(said, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE"
    midnights = start.time() == time() and isinstance(end, datetime) and end.time() == time() and end > start
    return flag and midnights


def _line(said: Component, name: str) -> str:
    return said.get(name, _NOTHING).line


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _organiser(said: Component) -> tuple[str, str]:
    prop = said.get("ORGANIZER", _NOTHING)
    name = Property(prop.parameters.get("CN", "")).line.strip("\"' ")
    address = re.sub(r"^mailto:", "", prop.line, flags=re.IGNORECASE).lower()
    return name, address if "@" in address and " " not in address else ""


def _web(text: str) -> str:
    match = _URL.fullmatch(text.strip())
    return match.group() if match else ""


def _online_url(said: Component, place: str, url: str, description: str) -> str:
    """Where to join: what the calendar programs note for it, or a link to a known meeting service."""
    for name in _LINKS:
        if link := _web(_line(said, name)):
            return link
    if link := _web(place):
        return link
    for match in _URL.finditer(f"{url} {place} {description[:20_000]}"):
        link = match.group().rstrip(".,;)>")
        host = (urlsplit(link).hostname or "").removeprefix("www.") if "[" not in link else ""
        if any(host == known or host.endswith("." + known) for known in _MEETING_HOSTS):
            return link
    return ""
