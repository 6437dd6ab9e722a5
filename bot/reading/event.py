"""When and where, as a mail tells it, and what its calendar files say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from storage.words import Attendance, Doubt, EventStatus, Precision

if TYPE_CHECKING:
    from bridges.mail.calendar_in import CalendarEvent

#: Calendars that answer an invitation instead of making one (RFC 5546 §1.4).
_ANSWERS = frozenset({"REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"})


@dataclass(frozen=True, slots=True)
class Uncertain:
    """What its sender is asked about an event."""

    doubt: Doubt
    said: str = ""  # the words as they stood: "torsdag 20 oktober"
    choices: tuple[str, ...] = ()  # days or wall times that it may be, likeliest first; () = it has to be written


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReading:
    """The when and where of an invitation; what the mail does not say is empty, never guessed."""

    title: str
    start: str  # wall time "2026-08-26T13:00"; a day alone "2026-08-26"; the week's Monday
    end: str | None = None  # likewise; the last day, inclusive, when all-day
    timezone: str = "Europe/Stockholm"
    date_precision: Precision = Precision.TIME
    all_day: bool = False
    mode: Attendance | None = None
    place: str = ""
    online_url: str = ""
    registration_url: str = ""
    registration_email: str = ""
    registration_deadline: str = ""  # a day, or a time with offset
    organiser: str = ""
    co_organisers: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED
    uid: str = ""
    sequence: int = 0
    uncertain: Uncertain | None = None  # None: as it is written
    description: str = ""  # the calendar's own text

    @property
    def precision(self) -> Precision:
        """As events of the ledger call it, for who shows either."""
        return self.date_precision

    @property
    def needs_confirmation(self) -> bool:
        """Whether its sender is to be asked before it counts as known."""
        return self.uncertain is not None


def from_calendars(calendars: Sequence[bytes], timezone: str) -> tuple[tuple[EventReading, ...], tuple[str, ...]]:
    """The events of calendar files, each once, and what was odd about the files. An answer to an invitation is none."""
    from bridges.mail.calendar_in import CalendarUnreadable, all_events  # noqa: PLC0415  most mails have none

    found: dict[tuple[str, str], EventReading] = {}
    warnings: list[str] = []
    for data in calendars:
        try:
            events = all_events(data, timezone)
        except CalendarUnreadable:
            warnings.append("calendar_unreadable")
            continue
        for event in events:
            if event.method in _ANSWERS:
                warnings.append("calendar_answer")
                continue
            if event.recurring:
                warnings.append("calendar_recurring")  # the first day alone is shown
            reading = _reading(event)
            known = found.get(key := (reading.uid or reading.title, reading.start))
            if known is None or reading.sequence > known.sequence:
                found[key] = reading
    return tuple(found.values()), tuple(dict.fromkeys(warnings))


def _reading(event: "CalendarEvent") -> EventReading:
    return EventReading(
        title=event.title,
        start=_wall(event.start),
        end=_wall(event.end) if event.end is not None else None,
        timezone=event.timezone,
        date_precision=Precision.DAY if event.all_day else Precision.TIME,
        all_day=event.all_day,
        mode=_attendance(onsite=event.onsite, online=event.online),
        place=event.place,
        online_url=event.online_url,
        registration_url=event.url if event.url != event.online_url else "",
        organiser=event.organiser,
        status=EventStatus.CANCELLED if event.cancelled else EventStatus.CONFIRMED,
        uid=event.uid,
        sequence=event.sequence,
        description=event.description,
    )


def completed(event: EventReading, told: Sequence[EventReading]) -> EventReading:
    """A calendar's event with what the letter tells beside it: the calendar is right about when, the letter knows more."""
    same = [other for other in told if other.start[:10] == event.start[:10]] or list(told[:1] if len(told) == 1 else ())
    if not same:
        return event
    letter = same[0]
    return replace(
        event,
        mode=event.mode or letter.mode,
        place=event.place or letter.place,
        online_url=event.online_url or letter.online_url,
        registration_url=event.registration_url or letter.registration_url,
        registration_email=event.registration_email or letter.registration_email,
        registration_deadline=event.registration_deadline or letter.registration_deadline,
        organiser=event.organiser or letter.organiser,
        co_organisers=event.co_organisers or letter.co_organisers,
    )


def _wall(moment: date | datetime) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def _attendance(*, onsite: bool, online: bool) -> Attendance | None:
    if onsite and online:
        return Attendance.HYBRID
    if online:
        return Attendance.ONLINE
    return Attendance.ONSITE if onsite else None
