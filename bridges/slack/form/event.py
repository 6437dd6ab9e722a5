"""When and where, as a form's fields say it; what they do not say is left open, never guessed."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from bridges.slack.form.draft import LONGEST_URL, Draft
from storage.words import Attendance, Kind, Precision

_WEEK = re.compile(r"(?:v|vecka|w|week)\.?\s*(\d{1,3})(?:[\s,/-]+(20\d\d))?\.?", re.ASCII | re.IGNORECASE)
_ISO_WEEK = re.compile(r"(20\d\d)[\s,-]*(?:v|vecka|w|week)\.?\s*(\d{1,3})", re.ASCII | re.IGNORECASE)
_DAYS = re.compile(r"(20\d\d-\d\d-\d\d)(?:\s*[-–]\s*(20\d\d-\d\d-\d\d))?", re.ASCII)
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>,;:/?]+@[^\s@<>,;:/?]+\.[^\s@<>,;:/?.]+)(?:\?\S*)?", re.IGNORECASE)


class NoSuchWeek(ValueError):
    """A week that the year does not have."""

    def __init__(self, week: int, year: int | None) -> None:
        """`year`: None when no year has it."""
        super().__init__(week, year)
        self.week, self.year = week, year


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFields:
    """An event as the ledger keeps it; the fields mean what they mean in `storage.models.Event`."""

    start: str = ""  # wall time "2026-08-26T13:00", a day alone, a week's Monday; "" = not known
    end: str | None = None  # likewise; the last day, inclusive, when all-day
    precision: Precision = Precision.TIME
    all_day: bool = False
    mode: Attendance | None = None
    place: str = ""
    online_url: str = ""
    registration_url: str = ""
    registration_email: str = ""
    registration_deadline: str = ""  # a day
    when_words: str = ""  # what was said of the when and is neither a day nor a week


@dataclass(frozen=True, slots=True)
class _When:
    start: str = ""
    end: str | None = None
    precision: Precision = Precision.TIME
    all_day: bool = False
    words: str = ""


def event_of(draft: Draft, zone: str, today: date) -> EventFields | None:
    """The event that a form tells of; None when it tells of none. Without a start nothing can stand in a calendar.

    `zone`, `today`: of the network. A link alone makes an event of an invitation only: in a tip it is what the tip is.
    """
    when = _when(draft, ZoneInfo(zone), today)
    said = (draft.start, when.words, draft.mode, draft.place, draft.registration_url, draft.registration_deadline)
    if not any(said) and not when.start and not (draft.online_url and draft.kind is Kind.INVITATION):
        return None
    mail = mail_address(draft.registration_url)
    return EventFields(
        start=when.start,
        end=when.end,
        precision=when.precision,
        all_day=when.all_day,
        mode=draft.mode,
        place=draft.place,
        online_url=draft.online_url,
        registration_url="" if mail else draft.registration_url,
        registration_email=mail,
        registration_deadline=draft.registration_deadline.isoformat() if draft.registration_deadline else "",
        when_words=when.words,
    )


def _when(draft: Draft, zone: ZoneInfo, today: date) -> _When:
    """What was chosen counts; words beside it stay words."""
    if draft.start is None:
        return _in_words(draft.when_text, today)
    start = draft.start.astimezone(zone)
    end = draft.end.astimezone(zone) if draft.end and draft.end > draft.start else None
    if not draft.all_day:
        return _When(_minute(start), _minute(end) if end else None, words=draft.when_text)
    last = end.date().isoformat() if end and end.date() > start.date() else None
    return _When(start.date().isoformat(), last, Precision.DAY, all_day=True, words=draft.when_text)


def _in_words(words: str, today: date) -> _When:
    try:
        monday = week_of(words, today)
    except NoSuchWeek:
        return _When(words=words)
    if monday:
        return _When(monday.isoformat(), precision=Precision.WEEK)
    if found := _DAYS.fullmatch(words.strip()):
        try:
            first, last = (date.fromisoformat(day) if day else None for day in found.groups())
        except ValueError:
            return _When(words=words)
        if first and (last is None or last >= first):
            until = last.isoformat() if last and last > first else None
            return _When(first.isoformat(), until, Precision.DAY)
    return _When(words=words)


def _minute(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def week_of(words: str, today: date) -> date | None:
    """The Monday of "v. 47", "vecka 47", "v 47 2026", "week 47", "2026-W47"; None when it is something else.

    Without a year it is the next such week, this one included. Raises NoSuchWeek.
    """
    if found := _ISO_WEEK.fullmatch(words.strip()):
        return _monday(int(found[1]), int(found[2]))
    if not (found := _WEEK.fullmatch(words.strip())):
        return None
    week = int(found[1])
    if found[2]:
        return _monday(int(found[2]), week)
    this_year = today.isocalendar().year
    for year in (this_year, this_year + 1):
        try:
            monday = _monday(year, week)
        except NoSuchWeek:
            continue
        if monday + timedelta(days=6) >= today:
            return monday
    raise NoSuchWeek(week, this_year + 1 if week == 53 else None)  # a week 53 years ahead would be a guess


def _monday(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise NoSuchWeek(week, year if week == 53 else None) from None


# -- links ----------------------------------------------------------------------------------------------------------------


def is_web(url: str) -> bool:
    """Whether it is an address of the web that can be opened, and that Slack takes in a field for one."""
    if len(url) > LONGEST_URL or any(char.isspace() or char in '<>"' for char in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def mail_address(words: str) -> str:
    """The address of "mailto:anna@example.se" or "anna@example.se"; "" for anything else."""
    found = _MAIL.fullmatch(words.strip())
    return unquote(found[1]) if found and "%" not in found[1] else ""
