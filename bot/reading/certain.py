"""What is known of an event whose day or hour is in doubt, what its sender's answer makes of it, and how that is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.reading.event import EventReading
from storage.words import Attendance, Doubt, EventStatus, Precision


def known_part(event: EventReading | None) -> EventReading | None:
    """The event as far as it is certain: the day that all readings share, else their week; None when not even that.

    One that is not in doubt is known as it is.
    """
    if event is None or event.uncertain is None:
        return event
    choices = event.uncertain.choices or (event.start,)
    days = {choice[:10] for choice in choices}
    if len(days) == 1 and event.uncertain.doubt is Doubt.CLOCK:
        return _vaguely(event, days.pop(), Precision.DAY)
    weeks = {_monday(day) for day in days}
    if event.date_precision is Precision.WEEK or (event.uncertain.doubt in _SAME_WEEK and len(weeks) == 1):
        return _vaguely(event, weeks.pop(), Precision.WEEK)
    return None


#: Doubts in which what all choices have in common is sure.
_SAME_WEEK = (Doubt.WEEKDAY, Doubt.NEAR, Doubt.SEVERAL, Doubt.CLOCK)


def _vaguely(event: EventReading, start: str, precision: Precision) -> EventReading:
    return replace(event, start=start, end=None, date_precision=precision, all_day=False)


def _monday(day: str) -> str:
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def settled(event: EventReading, answer: str) -> EventReading:
    """The event when it is on the day, or at the wall time, that its sender says. An answer that names no hour leaves the
    hour as it was written, unless that was in doubt.
    """
    doubt = event.uncertain.doubt if event.uncertain else None
    exact = event.date_precision is Precision.TIME and "T" in event.start and doubt is not Doubt.CLOCK
    start = f"{answer}{event.start[10:]}" if "T" not in answer and exact else answer
    precision = Precision.TIME if "T" in start or event.all_day else Precision.DAY
    return replace(event, start=start, end=_end(event, start), date_precision=precision, uncertain=None)


def _end(event: EventReading, start: str) -> str | None:
    """The end moves with the start, where both are as exact as before."""
    if event.end is None or event.date_precision is Precision.WEEK or ("T" in event.end) != ("T" in start):
        return None
    moved = date.fromisoformat(start[:10]) - date.fromisoformat(event.start[:10])
    end = datetime.fromisoformat(event.end) + moved
    wall = end.isoformat(timespec="minutes") if "T" in event.end else end.date().isoformat()
    return wall if wall >= start else None


# -- an answer in one word ------------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "ma[ji]", "jun", "jul", "aug", "sep", "o[kc]t", "nov", "dec")
_WEEKDAYS = ("mån|mon", "tis|tue", "ons|wed", "tor|thu", "fre|fri", "lör|sat", "sön|sun")
_CLOCK = re.compile(r"\b(?:kl\.?|klockan|at)?\s*(\d{1,2})[.:](\d{2})\b|\b(?:kl\.?|klockan|at)\s*(\d{1,2})\b")


def chosen(text: str, choices: Sequence[str]) -> str | None:
    """Which of the choices the first line of an answer means: its number, its day, its weekday, its hour; None when it
    means none or several.
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "").casefold().strip(" .!*_>")
    if line.isascii() and line.isdecimal() and len(line) <= 2 and 1 <= int(line) <= len(choices):
        return choices[int(line) - 1]
    found = [choice for choice in choices if _means(line, choice, choices)]
    return found[0] if len(found) == 1 else None


def _means(line: str, choice: str, choices: Sequence[str]) -> bool:
    """Whether all that the line says fits the choice, and it says enough to be none of the others."""
    day, clock = date.fromisoformat(choice[:10]), choice[11:16]
    signs = [_day_fits(line, day), _weekday_fits(line, day), _clock_fits(line, clock)]
    return False not in signs and True in signs


def _day_fits(line: str, day: date) -> bool | None:
    month = rf"(?:{_MONTHS[day.month - 1]})[a-zå]*"
    if re.search(r"\d{4}-\d{2}-\d{2}", line):
        return day.isoformat() in line
    named = re.search(
        rf"\b(\d{{1,2}})(?::?[ea]|st|nd|rd|th)?\.?\s+(?:of\s+)?(?:{'|'.join(_MONTHS)})|\b(\d{{1,2}})/(\d{{1,2}})\b",
        line,
    )
    if named is None:
        alone = re.fullmatch(r"(?:den\s+)?(\d{1,2})(?::?[ea])?", line)
        return int(alone[1]) == day.day if alone else None
    if named[1]:
        return int(named[1]) == day.day and bool(re.search(rf"\d\S*\s+(?:of\s+)?{month}", line))
    return (int(named[2]), int(named[3])) == (day.day, day.month)


def _weekday_fits(line: str, day: date) -> bool | None:
    said = [number for number, names in enumerate(_WEEKDAYS) if re.search(rf"\b(?:{names})[a-zåäö]*", line)]
    return day.weekday() in said if said else None


def _clock_fits(line: str, clock: str) -> bool | None:
    found = _CLOCK.search(line)
    if found is None or not clock:
        return None
    said = f"{int(found[1] or found[3]):02}:{found[2] or '00'}"
    return said == clock


# -- kept while the answer is waited for ----------------------------------------------------------------------------------


def as_kept(event: EventReading) -> dict[str, Any]:
    """All that a mail says of an event, ready for JSON; what is in doubt is kept beside it."""
    return {name: value for name, value in asdict(event).items() if name != "uncertain"}


def from_kept(kept: Mapping[str, Any]) -> EventReading:
    """The event again."""
    words: dict[str, Any] = dict(kept)
    words["date_precision"] = Precision(words["date_precision"])
    words["status"] = EventStatus(words["status"])
    words["mode"] = Attendance(words["mode"]) if words.get("mode") else None
    words["co_organisers"] = tuple(words.get("co_organisers") or ())
    return EventReading(**words)
