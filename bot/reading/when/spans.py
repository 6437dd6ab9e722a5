"""When something is, as a text tells it: days and hours put together, in the order they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.reading.event import Uncertain
from bot.reading.when.almanac import Named, Placed, Written, place
from bot.reading.when.clocks import Clock, Strength, clocks, spoken
from bot.reading.when.days import written_days
from bot.reading.when.folding import Folded, fold
from bot.reading.when.groups import Group, apart, groups_in
from storage.words import Doubt, Precision

_YEARS = range(1970, 2190)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One occasion that a text tells of."""

    start: str  # wall time "2026-08-26T13:00"; a day alone; the week's Monday
    end: str | None = None  # likewise; the last day, inclusive
    precision: Precision = Precision.DAY
    all_day: bool = False
    uncertain: Uncertain | None = None
    begin: int  # characters of the text: from the first that tells the day or hour …
    stop: int  # … to after the last
    weekday: bool = False  # it was told
    loose: bool = False  # may be no date at all: "3/4", "fredag" in passing
    loose_weekday: bool = False  # nothing but a weekday: of which week is not said
    relative: bool = False  # counted from the mail's date
    either: bool = False  # one of several between which is to be chosen
    group: int = 0  # occasions told in one breath share it

    @property
    def day(self) -> str:
        """The day it begins."""
        return self.start[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours without a day, for a line that says of itself that it tells them."""

    start: str  # "13:00"
    end: str | None
    begin: int
    stop: int
    strong: bool  # said to be hours, not only numbers that could be
    twofold: bool
    role: str
    over_midnight: bool = False


_LONGEST_SAID = 200  # characters of them that are quoted
_ALL_DAY = re.compile(r"\bhel ?dag(?!ar)|\bhela dagen|\ball day|\bfull[ -]day")


def spans(text: str, sent: datetime) -> tuple[Span, ...]:
    """The occasions that a text names. `sent`: the mail's Date, aware, in the zone whose wall time is wanted."""
    folded = fold(text)
    return tuple(_spans(folded, sent))


def hours(text: str) -> tuple[Hours, ...]:
    """The hours in a piece of text that says nothing of a day."""
    folded = fold(text)
    found = []
    days = written_days(folded, date(2026, 1, 1))  # which year it is makes no hour of a day
    for clock in apart(clocks(folded), days):
        begin, stop = folded.written(clock.begin, clock.stop)
        found.append(
            Hours(
                start=spoken(clock.start),
                end=spoken(clock.end) if clock.end is not None else None,
                begin=begin,
                stop=stop,
                strong=clock.strength is not Strength.WEAK,
                twofold=clock.twofold,
                role=clock.role,
                over_midnight=clock.end is not None and clock.end >= 1440,
            )
        )
    return tuple(found)


def _spans(folded: Folded, sent: datetime) -> Iterator[Span]:
    if sent.year not in _YEARS:
        return
    days = written_days(folded, sent.date())
    if not days:
        return
    groups = groups_in(folded, days)
    earlier: list[Span] = []
    for number, group in enumerate(groups):
        earlier += _told(group, number, folded, sent)
    yield from _joined(earlier, folded)


# -- what they tell --------------------------------------------------------------------------------------------------


def _told(group: Group, number: int, folded: Folded, sent: datetime) -> Iterator[Span]:
    """The occasions of days told in one breath."""
    begin, stop = folded.written(group.begin, group.stop)
    stop -= folded.source[stop - 1] == "."  # it ends a sentence, whatever it shortens
    pairs = [(pair, one) for one in group.days for pair in one.pairs]
    year = next((pair[1].year for pair, _ in reversed(pairs) if pair[1].year is not None), None)
    either = any(one.either for one in group.days)
    after: date | None = None
    for pair, one in pairs:
        placed = _placed(pair, year, sent.date(), after)
        if placed is None:
            continue
        first, last = placed
        after = first.day
        hour = _hour(group.hours)
        span = Span(
            start=first.day.isoformat(),
            end=last.isoformat() if last != first.day else None,
            precision=Precision.WEEK if one.week else Precision.DAY,
            all_day=not one.week and not group.hours and _all_day(folded.text, group),
            begin=begin,
            stop=stop,
            weekday=pair[0].weekday is not None,
            loose=one.loose and not group.hours,
            loose_weekday=one.loose and one.relative,
            relative=one.relative,
            either=either,
            group=number,
        )
        if hour is not None and not one.week:
            span = _at(span, first.day, last, hour, sent)
        yield replace(span, uncertain=_uncertain(first, one, hour, span, said_in=folded, group=group))


def _placed(pair: tuple[Named, Named], year: int | None, sent: date, after: date | None) -> tuple[Placed, date] | None:
    """The first and the last day that are meant; a year that is told last holds for all."""
    first, last = pair
    if last.year is None and first.year is None and year is not None:
        last = replace(last, year=year)
    if first.year is None and last.year is not None:
        earlier = (first.month, first.day) <= (last.month, last.day)
        first = replace(first, year=last.year if earlier else last.year - 1)
    begins = place(first, sent, after=after if first.year is None else None)
    if begins is None:
        return None
    if pair[0] == pair[1]:
        return begins, begins.day
    ends = place(last if last.year is not None else replace(last, weekday=None), sent, after=begins.day)
    if ends is None or not begins.day <= ends.day <= begins.day + timedelta(days=366):
        return begins, begins.day
    return begins, ends.day


def _hour(found: Sequence[Clock]) -> Clock | None:
    """When it begins: doors open before, and an hour said to be the end is none."""
    starts = [clock for clock in found if clock.role not in ("doors", "end")] or [
        clock for clock in found if clock.role == "doors"
    ]
    if not starts:
        return None
    first = starts[0]
    ends = [clock for clock in found if clock.role == "end" and clock.start > first.start and clock.begin > first.begin]
    return replace(first, end=ends[0].start) if ends and first.end is None else first


def _at(span: Span, first: date, last: date, hour: Clock, sent: datetime) -> Span:
    day_and_time = datetime.combine(first, time()) + timedelta(minutes=hour.start)
    shift = _shift(hour.zone, day_and_time, sent)
    ends = None
    if hour.end is not None:
        ends = datetime.combine(last, time()) + timedelta(minutes=hour.end) + shift
    elif last != first:
        return replace(span, start=_wall(day_and_time + shift), precision=Precision.TIME)
    return replace(
        span,
        start=_wall(day_and_time + shift),
        end=_wall(ends) if ends is not None else None,
        precision=Precision.TIME,
    )


def _wall(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _shift(zone: str, wall: datetime, sent: datetime) -> timedelta:
    """From the clock of a zone that was named to that of the mail's; Central European time is said in summer too."""
    if zone in ("utc", "gmt"):
        return wall.replace(tzinfo=sent.tzinfo).utcoffset() or timedelta()
    if zone in ("eet", "eest", "finsk tid", "finnish time"):
        return timedelta(hours=-1) if _is_central(sent) else timedelta()
    if zone in ("bst", "uk time"):
        return timedelta(hours=1) if _is_central(sent) else timedelta()
    return timedelta()


def _is_central(sent: datetime) -> bool:
    """Whether the zone is that of Stockholm: one hour before UTC in winter."""
    return datetime(2026, 1, 15, tzinfo=UTC).astimezone(sent.tzinfo).utcoffset() == timedelta(hours=1)


def _all_day(text: str, group: Group) -> bool:
    begin = max(text.rfind("\n", 0, group.begin) + 1, group.begin - 60)
    end = text.find("\n", group.stop)
    stop = min(end if end >= 0 else len(text), group.stop + 60)
    return _ALL_DAY.search(text, begin, stop) is not None


def _uncertain(
    first: Placed, one: Written, hour: Clock | None, span: Span, *, said_in: Folded, group: Group
) -> Uncertain | None:
    clock = span.start[10:] if span.precision is Precision.TIME else ""
    begin, stop = said_in.written(group.begin, group.stop)
    said = " ".join(re.sub(r"[*\\\u00ad]", "", said_in.source[begin : min(stop, begin + _LONGEST_SAID)]).split())
    if first.doubt is Doubt.WEEKDAY:
        return Uncertain(Doubt.WEEKDAY, said, tuple(f"{day.isoformat()}{clock}" for day in first.choices))
    if one.near:
        return Uncertain(Doubt.NEAR, said, tuple(f"{day.isoformat()}{clock}" for day in one.near))
    if one.week:
        return Uncertain(Doubt.WEEK, said)
    if first.doubt is not None:
        return Uncertain(first.doubt, said, tuple(f"{day.isoformat()}{clock}" for day in first.choices))
    if hour is not None and hour.twofold:
        other = datetime.fromisoformat(span.start) - timedelta(hours=12)
        return Uncertain(Doubt.CLOCK, said, (span.start, _wall(other)))
    return None


def _joined(found: list[Span], folded: Folded) -> Iterator[Span]:
    """A day and hour "till" another day and hour is one occasion."""
    last: Span | None = None
    for span in found:
        if last is not None and last.group != span.group and _goes_on(last, span, folded):
            last = replace(last, end=span.start if span.precision is last.precision else span.day, stop=span.stop)
            if last.precision is Precision.TIME and span.precision is not Precision.TIME:
                last = replace(last, end=None)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


_GOES_ON = re.compile(
    r"[\s,)*]*(?:-|–|—|till|to|until|t\.?o\.?m\.?|till och med"
    r"|(?:och|samt|and)?\s?(?:vi\s|är\s|we\s)?(?:slutar|avslutar|avslutas|är klara|är tillbaka|åker hem|hemresa|tillbaka|åter|hemkomst|ends?|finish)(?:\s(?:efter|med|med en|after|with)\s\w{3,15})?)"
    r"\s*(?:den\s+|the\s+|på\s+|on\s+)?",
    re.IGNORECASE,
)


def _goes_on(last: Span, span: Span, folded: Folded) -> bool:
    if (
        Precision.WEEK in (last.precision, span.precision)
        or span.end is not None
        or not last.start < span.start
        or span.day > _month_on(last.day)
    ):
        return False
    return span.begin - last.stop <= 45 and _GOES_ON.fullmatch(folded.source, last.stop, span.begin) is not None


def _month_on(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=31)).isoformat()
