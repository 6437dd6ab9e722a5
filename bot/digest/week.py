"""The weeks of this network's digest, and how tokens name one."""

from datetime import datetime, time

from bot.house import House
from bot.settings import Settings
from schedules.weeks import Rhythm, read_week, week_after
from storage.ids import Week

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def rhythm_of(settings: Settings) -> Rhythm:
    """When this network's digest goes."""
    digest = settings.digest
    return Rhythm(
        timezone=settings.network.timezone,
        day=_DAYS.index(digest.day),
        hour=time.fromisoformat(digest.time),
        preview_day=_DAYS.index(digest.preview_day),
        preview_hour=time.fromisoformat(digest.preview_time),
        holidays=frozenset(Week(week) for week in digest.holidays),
    )


def current_week(house: House, now: datetime) -> Week:
    """The edition that one means who names none: this week's on its day, until it is too late for it; else the next."""
    rhythm = rhythm_of(house.settings)
    week = rhythm.week_of(now)
    return week if now < rhythm.closes_at(week) else week_after(week)


def week_number(week: Week) -> int:
    """A week as tokens carry it: 202648 of "2026-W48"."""
    year, _, number = week.partition("-W")
    return int(year) * 100 + int(number)


def week_named(number: int) -> Week:
    """The other way round. Raises NoSuchWeek."""
    return read_week(f"{number // 100:04}-W{number % 100:02}")
