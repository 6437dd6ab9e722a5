"""When something is, as a text tells it: days and hours put together, in the order they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.reading.event import Uncertain
from bot.reading.when.almanac import Named, Placed, Written, place
from bot.reading.when.clocks import Clock, Strength, clocks, spoken
from bot.reading.when.days import written_days
from bot.reading.when.folding import Folded, fold
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


@dataclass(slots=True)
class _Group:
    """Days told in one breath, and the hours that were found for them."""

    days: list[Written]
    hours: list[Clock] = field(default_factory=list)
    before: bool = False  # the hours stand before the days

    @property
    def begin(self) -> int:
        return min([self.days[0].begin, *(clock.begin for clock in self.hours)])

    @property
    def stop(self) -> int:
        return max([self.days[-1].stop, *(clock.stop for clock in self.hours)])


_LIST_GAP = re.compile(r"\s*(?:,|&|och|samt|eller|respektive|and|or|,\s*(?:och|and))\s*(?:(?:den|the|på)\s+)?")
_RANGE_GAP = re.compile(r"\s*\(?(?:-|till|to|t\.? ?o\.? ?m\.?|till och med|until)\s*(?:(?:den|the)\s+)?")
_CHOICE_GAP = re.compile(r"\s*,?\s*(?:eller|or)\s*(?:den\s+)?")
_SAME_DAY = re.compile(r"[\s,(-]*(?:i\s+|in\s+)?")
#: "Nästa onsdag, den 7 oktober": told twice, and the second is sure.
_AS_WELL = re.compile(r"[\s,(]{1,3}(?:den\s+|the\s+|dvs\.?\s+|alltså\s+)?")
_TIGHT = re.compile(
    r"[\s,.;:()|>•·-]{0,12}(?:(?:och|med|tid|tiden|tidpunkt|time|start|starttid|mellan|between|from|at|klockslag|när|preliminärt|prel"
    r"|ca|cirka|men|dag|heldag|lunch|frukost|kväll|kvällen|morgon|på|förmiddagen|eftermiddagen|redan|dygnet|(?:19|20)\d\d)[\s,.;:()|-]{1,4}){0,3}"
)
_TIGHT_BEFORE = re.compile(r"[\s,.;()|-]{0,6}(?:(?:den|på|on|the|i|nu|of|datum|date|dag|day)[\s:]{1,2}){0,3}")
_SENTENCE_ENDS = re.compile(r"[!?]\s|\.\s+(?!\d)|\n\s*\n|\n[^\n]*\n")
_FAR_STRONG, _FAR_FAIR = 140, 40  # characters between a day and its hour
_LONGEST_LIST = 40  # days told in one breath
_LONGEST_SAID = 200  # characters of them that are quoted
_ANOTHER_MATTER = re.compile(r"senast|anmäl|osa\b|register|deadline|before|öppnar|publicer|skicka")
_ALL_DAY = re.compile(r"\bhel ?dag(?!ar)|\bhela dagen|\ball day|\bfull[ -]day")


def spans(text: str, sent: datetime) -> tuple[Span, ...]:
    """The occasions that a text names. `sent`: the mail's Date, aware, in the zone whose wall time is wanted."""
    folded = fold(text)
    return tuple(_spans(folded, sent))


def hours(text: str) -> tuple[Hours, ...]:
    """The hours in a piece of text that says nothing of a day."""
    folded = fold(text)
    found = []
    days = written_days(folded.text, date(2026, 1, 1))  # which year it is makes no hour of a day
    for clock in _apart(clocks(folded.text), days):
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
    today, text = sent.date(), folded.text
    days = written_days(text, today)
    if not days:
        return
    groups = _with_hours(_groups(days, text), _apart(clocks(text), days), text)
    earlier: list[Span] = []
    for number, group in enumerate(groups):
        earlier += _told(group, number, folded, sent)
    yield from _joined(earlier, folded)


# -- which belong together -------------------------------------------------------------------------------------------


def _groups(days: Sequence[Written], text: str) -> list[_Group]:
    """Days that are told in one breath: "28 okt-2 nov", "3 nov, 10 nov och 17 nov", "tisdag 17 november (v. 47)"."""
    groups: list[_Group] = []
    for one in days:
        if groups:
            last = groups[-1].days[-1]
            gap = text[last.stop : one.begin]
            if len(gap) <= 12 and last.week != one.week and _SAME_DAY.fullmatch(gap):
                groups[-1].days[-1] = replace(last if one.week else one, begin=last.begin, stop=one.stop)
                continue
            if len(gap) <= 12 and last.relative and not one.relative and _AS_WELL.fullmatch(gap):
                groups[-1].days[-1] = replace(one, begin=last.begin)
                continue
            if (
                len(gap) <= 16
                and len(groups[-1].days) < _LONGEST_LIST
                and last.week == one.week
                and not one.near
                and not last.near
                and _joins(last, one, gap, groups[-1])
            ):
                continue
        groups.append(_Group([one]))
    return groups


def _joins(last: Written, one: Written, gap: str, group: _Group) -> bool:
    single = len(one.pairs) == 1 and one.pairs[0][0] == one.pairs[0][1]
    if "\n" in gap:
        return False
    if _RANGE_GAP.fullmatch(gap) and single and last.pairs[-1][0] == last.pairs[-1][1]:
        pairs = (*last.pairs[:-1], (last.pairs[-1][0], one.pairs[0][1]))
        group.days[-1] = replace(last, pairs=pairs, stop=one.stop, loose=last.loose and one.loose)
        return True
    if _LIST_GAP.fullmatch(gap) and not (last.relative or one.relative):
        either = _CHOICE_GAP.fullmatch(gap) is not None
        if single and not either and not last.week and "," not in gap and _is_next_day(last.pairs[-1], one.pairs[0]):
            pairs = (*last.pairs[:-1], (last.pairs[-1][0], one.pairs[0][1]))
            group.days[-1] = replace(last, pairs=pairs, stop=one.stop, loose=last.loose and one.loose)
            return True
        group.days.append(replace(one, either=one.either or either))
        return True
    return False


def _is_next_day(last: tuple[Named, Named], one: tuple[Named, Named]) -> bool:
    """As in "14/11 och 15/11": one occasion over two days."""
    return last[0] == last[1] and last[0].month == one[0].month and last[0].day + 1 == one[0].day


def _apart(found: Sequence[Clock], days: Sequence[Written]) -> list[Clock]:
    """The hours that are no part of a day: not the 12 of "12 november"."""
    kept, index = [], 0
    for clock in found:
        while index < len(days) and days[index].stop <= clock.begin:
            index += 1
        if index == len(days) or clock.stop <= days[index].begin:
            kept.append(clock)
    return kept


def _with_hours(groups: list[_Group], found: Sequence[Clock], text: str) -> list[_Group]:
    index = 0
    for clock in found:
        while index < len(groups) and groups[index].days[0].begin < clock.begin:
            index += 1
        before = groups[index - 1] if index else None
        after = groups[index] if index < len(groups) else None
        follows = before is not None and _may_follow(before, clock, text)
        leads = after is not None and _may_lead(clock, after, text)
        if follows and before is not None and not (leads and (before.before or not _is_beside(before, clock, text))):
            before.hours.append(clock)
        elif leads and after is not None:
            after.hours.append(clock)
            after.before = True
    return groups


def _is_beside(group: _Group, clock: Clock, text: str) -> bool:
    return _TIGHT.fullmatch(_gap(group, clock, text)) is not None


def _gap(group: _Group, clock: Clock, text: str) -> str:
    """What stands between a day and an hour; the stop of a sentence that ends with the day is part of it."""
    stop = max(group.days[-1].stop, group.hours[-1].stop if group.hours else 0)
    return text[stop - bool(_WHOLE_MONTH.search(text, max(0, stop - 12), stop)) : clock.begin]


_WHOLE_MONTH = re.compile(r"(?:[a-z]{3}ari|mars|april|maj|juni|juli|augusti|ember|ober|20\d\d)\.$")


def _may_follow(group: _Group, clock: Clock, text: str) -> bool:
    gap = _gap(group, clock, text)
    if len(gap) > _FAR_STRONG or group.days[-1].week:
        return False
    if group.hours and not group.before:
        return (
            len(gap) <= 80 and not _SENTENCE_ENDS.search(gap) and (clock.role != "" or group.hours[-1].role == "doors")
        )
    if group.before:
        return clock.role == "end" and len(gap) <= 40
    if _TIGHT.fullmatch(gap):
        return gap.count("\n") <= 2 and (clock.strength > Strength.WEAK or "\n" not in gap)
    if clock.strength is Strength.WEAK or _SENTENCE_ENDS.search(gap) or _ANOTHER_MATTER.search(gap):
        return False
    if clock.strength is Strength.FAIR:
        return len(gap) <= _FAR_FAIR and "\n" not in gap
    return True


def _may_lead(clock: Clock, group: _Group, text: str) -> bool:
    gap = text[clock.stop : group.days[0].begin]
    return (
        len(gap) <= 24
        and not group.hours
        and not group.days[0].week
        and "\n\n" not in gap
        and _TIGHT_BEFORE.fullmatch(gap) is not None
    )


# -- what they tell --------------------------------------------------------------------------------------------------


def _told(group: _Group, number: int, folded: Folded, sent: datetime) -> Iterator[Span]:
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


def _all_day(text: str, group: _Group) -> bool:
    begin = max(text.rfind("\n", 0, group.begin) + 1, group.begin - 60)
    end = text.find("\n", group.stop)
    stop = min(end if end >= 0 else len(text), group.stop + 60)
    return _ALL_DAY.search(text, begin, stop) is not None


def _uncertain(
    first: Placed, one: Written, hour: Clock | None, span: Span, *, said_in: Folded, group: _Group
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
    r"[\s,)*]*(?:-|–|—|till|to|until|t\.?o\.?m\.?|till och med)\s*(?:den\s+|the\s+|på\s+)?", re.IGNORECASE
)


def _goes_on(last: Span, span: Span, folded: Folded) -> bool:
    if (
        Precision.WEEK in (last.precision, span.precision)
        or span.end is not None
        or not last.start < span.start
        or span.day > _month_on(last.day)
    ):
        return False
    return span.begin - last.stop <= 12 and _GOES_ON.fullmatch(folded.source, last.stop, span.begin) is not None


def _month_on(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=31)).isoformat()
