"""When and where, as a mail tells it; in this first reading from its calendar file alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.words import Attendance, Doubt, EventStatus, Precision

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
    def needs_confirmation(self) -> bool:
        """Whether its sender is to be asked before it counts as known."""
        return self.uncertain is not None


def from_calendars(calendars: Sequence[bytes], timezone: str) -> tuple[EventReading | None, tuple[str, ...]]:
    """The event of the first calendar that holds one, and what was odd about the calendars."""
    from bridges.mail.calendar_in import CalendarUnreadable, first_event  # noqa: PLC0415  most mails have none

    warnings: list[str] = []
    for data in calendars:
        try:
            event = first_event(data, timezone)
        except CalendarUnreadable:
            warnings.append("calendar_unreadable")
            continue
        if event.method in _ANSWERS:
            warnings.append("calendar_answer")
            continue
        if event.recurring:
            warnings.append("calendar_recurring")  # the first day alone is shown
        return (
            EventReading(
                title=event.title,
                start=_wall(event.start),
                end=_wall(event.end) if event.end is not None else None,
                timezone=event.timezone,
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
            ),
            tuple(warnings),
        )
    return None, tuple(dict.fromkeys(warnings))


def _wall(moment: date | datetime) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def _attendance(*, onsite: bool, online: bool) -> Attendance | None:
    if onsite and online:
        return Attendance.HYBRID
    if online:
        return Attendance.ONLINE
    return Attendance.ONSITE if onsite else None
