"""The weeks of the digest: which edition a moment belongs to, when it is shown to the editors, goes out, and is too late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.ids import Week
from storage.words import DigestState

#: A digest that was missed is made up until this hour of its day; after that the editors are asked.
LATEST = time(18)

#: Editors are asked about one that was missed until this long after; then the next one is near.
ASKED = timedelta(days=5)


class NoSuchWeek(ValueError):
    """What was named is not a week of the calendar. Write it as 2026-W48."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When the network's digest goes: wall times where the network is, so that summer time changes nothing."""

    timezone: str
    day: int = 0  # of the week, Monday is 0
    hour: time
    preview_day: int = 4
    preview_hour: time
    holidays: frozenset[Week] = frozenset()

    def day_of(self, week: Week) -> date:
        """The day the edition is for."""
        return monday_of(week) + timedelta(days=self.day)

    def goes_at(self, week: Week) -> datetime:
        """When the edition goes out."""
        return self._at(self.day_of(week), self.hour)

    def closes_at(self, week: Week) -> datetime:
        """When it is too late to make it up: in the evening of its day, at the latest at midnight."""
        day = self.day_of(week)
        return self._at(day, LATEST) if self.hour < LATEST else self._at(day + timedelta(days=1), time())

    def shown_at(self, week: Week) -> datetime:
        """When the editors see it: the last preview day and hour before it goes."""
        goes = self.goes_at(week)
        day = goes.date() - timedelta(days=(goes.date().weekday() - self.preview_day) % 7)
        shown = self._at(day, self.preview_hour)
        return shown if shown < goes else self._at(day - timedelta(days=7), self.preview_hour)

    def week_of(self, now: datetime) -> Week:
        """The week that a moment belongs to."""
        return week_of(now.astimezone(ZoneInfo(self.timezone)).date())

    def next_week(self, now: datetime) -> Week:
        """The week of the next edition that has not gone yet by the clock."""
        week = self.week_of(now)
        return week if now < self.goes_at(week) else week_after(week)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=ZoneInfo(self.timezone))


class Step(StrEnum):
    """What is to be done about an edition."""

    SHOW = "show"  # to the editors
    SEND = "send"
    ASK = "ask"  # its day went by: the editors are asked


#: Where an edition is left alone.
_DECIDED = (DigestState.SENT, DigestState.SKIPPED, DigestState.EMPTY, DigestState.MISSED)


def due(now: datetime, rhythm: Rhythm, states: Mapping[Week, DigestState]) -> list[tuple[Step, Week]]:
    """What is due and not done. `states`: of the editions that the ledger knows; asked a minute later or by another
    process it answers the same until somebody has done it.
    """
    steps: list[tuple[Step, Week]] = []
    for week in near(rhythm.week_of(now)):
        state, goes = states.get(week), rhythm.goes_at(week)
        if state in _DECIDED or now >= rhythm.closes_at(week) + ASKED:
            continue
        if now >= rhythm.closes_at(week):
            steps.append((Step.ASK, week))
        elif now >= goes:
            steps.append((Step.SEND, week))
        elif now >= rhythm.shown_at(week) and state is None:
            steps.append((Step.SHOW, week))
    return steps


def near(week: Week) -> tuple[Week, Week, Week]:
    """The week before, this one and the next: an edition of Sunday evening closes when another week has begun."""
    return week_of(monday_of(week) - timedelta(days=7)), week, week_after(week)


def week_of(day: date) -> Week:
    """The ISO week of a day: "2026-W53" of 1 January 2027."""
    year, number, _ = day.isocalendar()
    return Week(f"{year}-W{number:02}")


def week_after(week: Week) -> Week:
    """The next week, also where a year has 53."""
    return week_of(monday_of(week) + timedelta(days=7))


def monday_of(week: str) -> date:
    """The Monday of a week. Raises NoSuchWeek."""
    year, sep, number = week.strip().upper().partition("-W")
    digits = sep and len(year) == 4 and len(number) == 2 and (year + number).isascii() and (year + number).isdigit()
    try:
        return date.fromisocalendar(int(year), int(number), 1) if digits else _no(week)
    except ValueError:
        return _no(week)


def read_week(text: str) -> Week:
    """A week as somebody writes it. Raises NoSuchWeek."""
    return week_of(monday_of(text))


def _no(week: str) -> date:
    raise NoSuchWeek(f"{week!r} is not a week: write it as 2026-W48")
