"""The days of the seeded network, counted from today, so that the demo is timely whenever it is started.

"+3 wed" is the Wednesday of the third week from now; "+4" is a working day about four days from now. Nothing is
arranged when Sweden has a day off.
"""

import re
from datetime import date, datetime, timedelta

from babel.dates import format_date

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_IN_WEEKS = re.compile(rf"\+(\d{{1,2}}) ({'|'.join(_WEEKDAYS)})", re.ASCII)
_IN_DAYS = re.compile(r"\+(\d{1,2})", re.ASCII)

#: Month and day: New Year, Epiphany, Labour Day, the National Day, Christmas and New Year's Eve with theirs.
_DAYS_OFF = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})
#: Days from Easter Sunday: Good Friday, Easter Monday, Ascension.
_AROUND_EASTER = (-2, 1, 39)


class BadDay(ValueError):
    """What stands for a day is none."""


def day_of(words: str, today: date, *, length: int = 1) -> date:
    """The first day of what takes `length` days. Raises BadDay.

    Of "+3 wed" the same weekday a week later, and so on, when a day of it is off. Of "+4" the working day before, as
    long as that lies ahead, else the one after.
    """
    if found := _IN_WEEKS.fullmatch(words):
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(weeks=int(found[1]), days=_WEEKDAYS.index(found[2]))
        while day <= today or any(_quiet(day + timedelta(days=number)) for number in range(length)):
            day += timedelta(weeks=1)
        return day
    if found := _IN_DAYS.fullmatch(words):
        return _working_day(today + timedelta(days=max(1, int(found[1]))), today)
    raise BadDay(f"“{words}” is no day: write for example “+3 wed” (in weeks) or “+4” (in days)")


def _working_day(wanted: date, today: date) -> date:
    day = wanted
    while day > today and not _works(day):
        day -= timedelta(days=1)
    if day > today:
        return day
    while not _works(wanted):
        wanted += timedelta(days=1)
    return wanted


def _works(day: date) -> bool:
    return day.weekday() < 5 and not is_off(day)


def is_off(day: date) -> bool:
    """Whether it is a public holiday in Sweden, or an eve that is kept as one."""
    midsummer_eve = day.month == 6 and day.weekday() == 4 and 19 <= day.day <= 25
    moved = {easter(day.year) + timedelta(days=number) for number in _AROUND_EASTER}
    return (day.month, day.day) in _DAYS_OFF or midsummer_eve or day in moved


def _quiet(day: date) -> bool:
    """Off, or in the fortnight of Christmas when nobody arranges anything."""
    return is_off(day) or (day.month == 12 and day.day > 20) or (day.month == 1 and day.day < 7)


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher's rule for the Gregorian calendar)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def day_words(day: date, today: date, language: str) -> str:
    """Write a day as a person does, "torsdag 3 december"; with the year when it is another than today's."""
    year = "" if day.year == today.year else " y"
    return str(format_date(day, f"EEEE d MMMM{year}", locale="sv" if language == "sv" else "en_GB"))


def time_words(start: datetime, end: datetime, today: date, language: str) -> str:
    """Write a time as a person does, "torsdag 3 december kl. 13.00–15.30", or from one day to another."""
    swedish = language == "sv"
    clock = "%H.%M" if swedish else "%H:%M"
    at = " kl. " if swedish else " at "
    first = f"{day_words(start.date(), today, language)}{at}{start.strftime(clock)}"
    if start.date() == end.date():
        return f"{first}–{end.strftime(clock)}"
    between = " till " if swedish else " to "
    return f"{first}{between}{day_words(end.date(), today, language)}{at}{end.strftime(clock)}"
