"""The calendar file that goes with an invitation: METHOD:PUBLISH, so that nobody's calendar fills by itself.

Times are written in UTC. A single meeting needs no more, every calendar shows it in the reader's own zone, and a zone
description (VTIMEZONE) that a library writes from tzdata is hundreds of lines of past changes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bridges.mail.headers import one_line
from bridges.occasions import headline
from bridges.texts import Texts
from storage import models
from storage.words import Attendance, EventStatus, Precision

_LONGEST_TEXT = 2000  # characters of a description; the whole text stands in the letter and on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event as letters and calendars need it; the fields mean what they mean in `storage.models.Event`."""

    title: str
    start: str
    end: str | None = None
    timezone: str
    starts_at: datetime
    ends_at: datetime | None = None
    precision: Precision = Precision.TIME
    all_day: bool = False
    mode: Attendance | None = None
    place: str = ""
    online_url: str = ""
    registration_url: str = ""
    registration_email: str = ""
    registration_deadline: str = ""
    organiser: str = ""
    status: EventStatus = EventStatus.CONFIRMED
    uid: str
    sequence: int = 0
    uncertain: bool = False  # its sender is asked: no calendar is to hold it yet

    @property
    def timed(self) -> bool:
        """Whether the clock is known."""
        return self.precision is Precision.TIME and not self.all_day and "T" in self.start

    @property
    def first_day(self) -> date:
        """The day it begins; the week's Monday when only the week is known."""
        return datetime.fromisoformat(self.start).date()

    @property
    def last_day(self) -> date:
        """The day it ends, inclusive."""
        return datetime.fromisoformat(self.end).date() if self.end else self.first_day

    @property
    def off(self) -> bool:
        """Whether it is cancelled."""
        return self.status is EventStatus.CANCELLED


def event_view(row: models.Event) -> EventView:
    """An event of the ledger, for those who show it."""
    return EventView(
        title=row.title,
        start=row.start,
        end=row.end,
        timezone=row.timezone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        precision=row.precision,
        all_day=row.all_day,
        mode=row.mode,
        place=row.place,
        online_url=row.online_url,
        registration_url=row.registration_url,
        registration_email=row.registration_email,
        registration_deadline=row.registration_deadline,
        organiser=row.organiser,
        status=row.status,
        uid=row.uid,
        sequence=row.sequence,
        uncertain=row.uncertain,
    )


def calendar_file(
    event: EventView, *, text: str, url: str, organiser: tuple[str, str], stamp: datetime, t: Texts
) -> bytes:
    """The `.ics` of an event (RFC 5545, RFC 5546 §3.2.1). `text`: plain; `url`: its page; `organiser`: name, address.

    The address is the network's: an answer that a calendar program sends must reach Brygga, and PUBLISH and CANCEL
    must name an organiser.
    """
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415  late: 50 ms and 10 MB

    entry = Event()
    entry.add("uid", one_line(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("summary", _summary(event, t))
    _add_times(entry, event)
    entry.add("status", "CANCELLED" if event.off else "CONFIRMED" if event.timed or event.all_day else "TENTATIVE")
    if location := ", ".join(filter(None, (one_line(event.place), one_line(event.online_url, 500)))):
        entry.add("location", location)
    entry.add("url", url)
    entry.add("description", _description(event, text, url, t))
    address = vCalAddress(f"mailto:{organiser[1]}")
    address.params["CN"] = vText(one_line(event.organiser or organiser[0], 100).replace('"', "'"))
    entry.add("organizer", address)
    calendar = Calendar()
    calendar.add("prodid", "-//Brygga//SV")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method(event))
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def method(event: EventView) -> str:
    """PUBLISH, or CANCEL when it is off (RFC 5546 §3.2.5)."""
    return "CANCEL" if event.off else "PUBLISH"


def _add_times(entry: "Event", event: EventView) -> None:  # type: ignore[name-defined]  # noqa: F821
    if event.timed:
        entry.add("dtstart", event.starts_at.astimezone(UTC))
        if event.ends_at and event.ends_at > event.starts_at:  # an end that nobody gave is not invented
            entry.add("dtend", event.ends_at.astimezone(UTC))
        return
    last = event.first_day + timedelta(days=6) if event.precision is Precision.WEEK else event.last_day
    entry.add("dtstart", event.first_day)
    entry.add("dtend", last + timedelta(days=1))  # exclusive (RFC 5545 §3.6.1)
    entry.add("transp", "TRANSPARENT")  # nobody is busy all day because the hour is not known


def _summary(event: EventView, t: Texts) -> str:
    title = one_line(event.title)
    if event.off:
        return headline(t.t("Cancelled"), title)
    return f"{title} ({t.week(event.first_day)})" if event.precision is Precision.WEEK else title


def _description(event: EventView, text: str, url: str, t: Texts) -> str:
    lines = []
    if event.precision is Precision.WEEK:
        lines.append(t.t("The day is not decided yet."))
    elif not event.timed and not event.all_day:
        lines.append(t.t("The hour is not known yet."))
    if register := event.registration_url or event.registration_email:
        lines.append(t.t("Sign up: {where}", where=one_line(register, 500)))
    short = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(None, 1)[0] + " …"
    return "\n\n".join([*lines, short, url]).strip()
