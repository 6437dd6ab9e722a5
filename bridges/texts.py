"""Everything a reader sees, in their language: Swedish or English words, dates, clocks and numbers.

The English text stands in the code and is the key; the Swedish stands in `locale/sv/*.po`, one file a room.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Final, Protocol

LANGUAGES: Final = ("sv", "en")

_LOCALE = Path(__file__).parent / "locale"
_WEEKDAYS: Final = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_LONG_WEEKDAYS: Final = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "sv": ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_LONG_MONTHS: Final = {
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds


def spoken_language(environment: Mapping[str, str]) -> str:
    """English where the machine speaks it, else Swedish."""
    spoken = next((environment[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(key)), "")
    return "en" if spoken.lower().startswith("en") else "sv"


class When(Protocol):
    """The when of an event, as `storage.models.Event` has it."""

    @property
    def start(self) -> str: ...  # "2026-08-26T13:00", or a day, or a week's Monday
    @property
    def end(self) -> str | None: ...  # likewise; a day counts in full
    @property
    def precision(self) -> str: ...  # time, day, week


class Texts:
    """One language. Callable: `t = Texts("sv"); t("It is gone")`. An unknown language is the network's first, Swedish."""

    def __init__(self, lang: str) -> None:
        short = lang[:2].lower()
        self.lang = short if short in LANGUAGES else LANGUAGES[0]

    def __call__(self, english: str, /, **values: object) -> str:
        """The text with its values in place."""
        return _translations(self.lang).get(english, (english,))[0].format(**values)

    t = __call__

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """One of two texts, by number; `{n}` is the number, written as the language does."""
        forms = _translations(self.lang).get(one, (one, many))
        return forms[0 if n == 1 else -1].format(n=self.number(n), **values)

    def day(self, day: date, today: date) -> str:
        """Such as "ons 26 aug"; with the year when it is not this one."""
        year = "" if day.year == today.year else f" {day.year}"
        return f"{_WEEKDAYS[self.lang][day.weekday()]} {day.day} {_MONTHS[self.lang][day.month - 1]}{year}"

    def month_day(self, day: date) -> str:
        """Such as "den 20 oktober": of a day whose weekday is spoken of."""
        month = _LONG_MONTHS[self.lang][day.month - 1]
        return f"den {day.day} {month}" if self.lang == "sv" else f"{day.day} {month}"

    def weekday(self, day: date) -> str:
        """Such as "måndag": of a day that is near, or in a week that was named."""
        return _LONG_WEEKDAYS[self.lang][day.weekday()]

    def clocks(self, first: time, last: time) -> str:
        """Such as "kl. 07.30–18.00"."""
        return f"{self.clock(first)}–{self._bare(last)}"

    def clock(self, clock: time) -> str:
        """Such as "kl. 13.00", "13:00"."""
        return f"kl. {self._bare(clock)}" if self.lang == "sv" else self._bare(clock)

    def week(self, day: date, today: date | None = None) -> str:
        """Such as "v. 48"; with the year when it is not that of `today`."""
        year, number, _ = day.isocalendar()
        name = f"v. {number}" if self.lang == "sv" else f"week {number}"
        return name if today is None or year == today.isocalendar().year else f"{name} {year}"

    def when(self, event: When, today: date) -> str:
        """When an event is, no more exactly than it is known."""
        first, clock = _split(event.start)
        last, until = _split(event.end) if event.end else (first, None)
        if event.precision == "week":
            return self.week(first, today)
        if event.precision == "day" or clock is None:
            return self.day(first, today) + (f" – {self.day(last, today)}" if last > first else "")
        if last > first:
            return f"{self._moment(first, clock, today)} – {self._moment(last, until, today)}"
        begins = self._moment(first, clock, today)
        return begins if until is None or until <= clock else f"{begins}–{self._bare(until)}"

    def in_days(self, days: int) -> str:
        """How far away a day is: "i dag", "i morgon", "om 5 dagar"."""
        if days == 0:
            return self.t("today")
        if days == 1:
            return self.t("tomorrow")
        return self.plural("in {n} day", "in {n} days", days)

    def number(self, number: int) -> str:
        """Such as "1 200", "1,200"."""
        return f"{number:,}".replace(",", " ") if self.lang == "sv" else f"{number:,}"

    def size(self, size: int) -> str:
        """Of a file: "340 kB", "1,2 MB"."""
        if size < 1_000_000:
            return f"{max(1, round(size / 1000))} kB"
        megabytes = f"{size / 1_000_000:.1f}".removesuffix(".0")
        return f"{megabytes.replace('.', ',') if self.lang == 'sv' else megabytes} MB"

    def duration(self, seconds: float) -> str:
        """Such as "2 minuter": in the largest unit that says it exactly."""
        whole = round(seconds)
        if whole >= _DAY and whole % _DAY == 0:
            return self.plural("{n} day", "{n} days", whole // _DAY)
        if whole >= _HOUR and whole % _HOUR == 0:
            return self.plural("{n} hour", "{n} hours", whole // _HOUR)
        if whole >= _MINUTE and whole % _MINUTE == 0:
            return self.plural("{n} minute", "{n} minutes", whole // _MINUTE)
        return self.plural("{n} second", "{n} seconds", whole)

    def _moment(self, day: date, clock: time | None, today: date) -> str:
        if clock is None:
            return self.day(day, today)
        return f"{self.day(day, today)}{' ' if self.lang == 'sv' else ', '}{self.clock(clock)}"

    def _bare(self, clock: time) -> str:
        return clock.strftime("%H.%M" if self.lang == "sv" else "%H:%M")


def _split(wall: str) -> tuple[date, time | None]:
    """A wall time taken apart; no clock when only the day is known."""
    moment = datetime.fromisoformat(wall)
    return moment.date(), moment.time() if "T" in wall or " " in wall else None


@cache
def _translations(lang: str) -> Mapping[str, tuple[str, ...]]:
    """All texts of a language by their English, read once; the first form, then the plural."""
    files = sorted((_LOCALE / lang).glob("*.po"))
    if not files:
        return {}
    from babel.messages.pofile import read_po  # noqa: PLC0415  late: English alone needs no catalogue

    texts: dict[str, tuple[str, ...]] = {}
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
                if key and all(forms) and not message.fuzzy:
                    texts[key] = forms
    return texts
