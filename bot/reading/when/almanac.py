"""Which day is meant: the year that nobody wrote, the weekday that must fit, and the weeks of a year (ISO 8601)."""

from dataclasses import dataclass
from datetime import date, timedelta

from storage.words import Doubt

#: A day without a year may be this many days ago: invitations are passed on late.
LATE = timedelta(days=2)
#: A day without a year that would come only after so long was more probably this year's, and is over.
FAR = timedelta(days=320)
#: So long ago a day is told of as over.
RECENT = timedelta(days=60)
_YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Named:
    """A day as it was written: what was not is None."""

    day: int
    month: int
    year: int | None = None
    weekday: int | None = None  # Monday = 0


#: The first and the last day of an occasion; the same for one day.
Pair = tuple[Named, Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Days as they stand in the text: one occasion, or several after each other."""

    begin: int
    stop: int
    pairs: tuple[Pair, ...]
    week: bool = False  # the pairs are Mondays, and no day is known
    either: bool = False  # between them is to be chosen
    near: tuple[date, ...] = ()  # "nästa onsdag": the days that it may be
    loose: bool = False  # may be no date at all: "3/4", "den 15"
    relative: bool = False  # counted from the mail's date


@dataclass(frozen=True, slots=True)
class Placed:
    """The day that is meant, and why it is not certain."""

    day: date
    doubt: Doubt | None = None
    choices: tuple[date, ...] = ()


def place(named: Named, sent: date, *, after: date | None = None) -> Placed | None:
    """The day that was meant in a mail of that date; None when there is no such day.

    Without a year it is the first on or after the mail's date, or two days before; `after`: the day that it must not
    come before. A weekday that does not fit is a doubt: the writer erred in one or the other.
    """
    if named.year is not None:
        day = _day(named.year, named)
        return None if day is None else _with_weekday(day, named.weekday, sent)
    earliest = after if after is not None else sent - LATE
    days = [day for year in range(earliest.year - 1, earliest.year + 9) if (day := _day(year, named))]
    first = next((day for day in days if day >= earliest), None)
    if first is None:
        return None
    before = next((day for day in reversed(days) if day < first), None)
    fits = named.weekday in (None, first.weekday())
    if not fits and before is not None and before.weekday() == named.weekday and sent - before < RECENT:
        return Placed(before, Doubt.PAST)
    if fits and (named.weekday is not None or first - sent <= FAR or after is not None):
        return Placed(first)
    if fits:
        return Placed(first, Doubt.YEAR, (first,) if before is None else (first, before))
    following = next((day for day in days if day > first), None)
    nextly = following is not None and following.weekday() == named.weekday
    if nextly and following is not None and first < sent:
        return Placed(following)
    placed = _with_weekday(first, named.weekday, sent)
    return Placed(first, placed.doubt, (*placed.choices, following)) if nextly and following is not None else placed


def _day(year: int, named: Named) -> date | None:
    try:
        return date(year, named.month, named.day) if year in _YEARS else None
    except ValueError:
        return None


def _with_weekday(day: date, weekday: int | None, sent: date) -> Placed:
    if weekday is None or day.weekday() == weekday:
        return Placed(day, Doubt.PAST) if day < sent - LATE else Placed(day)
    return Placed(day, Doubt.WEEKDAY, (day, nearest(day, weekday)))


def nearest(day: date, weekday: int) -> date:
    """The day with that weekday that is nearest to another."""
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)


def coming(sent: date, weekday: int) -> date:
    """The first day after the mail's with that weekday."""
    return sent + timedelta(days=(weekday - sent.weekday() - 1) % 7 + 1)


def monday(week: int, sent: date, year: int | None = None) -> date | None:
    """The Monday of a week: of that year, else of the first that is not over. None when no near year has such a week."""
    for one in (year,) if year is not None else (sent.year - 1, sent.year, sent.year + 1):
        try:
            day = date.fromisocalendar(one, week, 1)
        except ValueError:
            continue
        if year is not None or day + timedelta(days=6) >= sent - LATE:
            return day
    return None


def months_on(day: date, months: int) -> date:
    """The same day some months later, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year not in _YEARS:
        return day
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return day


def weekday_in_month(count: int, weekday: int, year: int, month: int) -> date | None:
    """The third Thursday of a month, for 3 and Thursday."""
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
    return day if day.month == month else None


def day_of_month(day: int, weekday: int | None, sent: date) -> Named | None:
    """The 15th: of this month, or of the next, or of the last, that its weekday fits; the coming one when none fits."""
    month = sent.replace(day=1)
    named = [
        Named(day, one.month, one.year, weekday) for one in (months_on(month, ahead) for ahead in (0, 1, 2, 3, -1))
    ]
    found = [(name, there) for name in named if (there := _day(name.year or 0, name)) is not None]
    ahead = [(name, there) for name, there in found if there >= sent - LATE]
    fitting = [name for name, there in (*ahead[:2], *found) if weekday is not None and there.weekday() == weekday]
    near = [name for name in fitting if abs((date(name.year or 1, name.month, day) - sent).days) < RECENT.days]
    return next(iter(near), ahead[0][0] if ahead else None)
