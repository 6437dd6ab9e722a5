"""Days that are told in one breath, and the hours that belong to them: by what stands between."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.reading.when.almanac import Named, Written
from bot.reading.when.clocks import Clock, Strength, clocks
from bot.reading.when.folding import Folded

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
_ANOTHER_MATTER = re.compile(r"senast|anmäl|osa\b|register|deadline|before|öppnar|publicer|skicka")


@dataclass(slots=True)
class Group:
    """Days told in one breath, and the hours that were found for them."""

    days: list[Written]
    hours: list[Clock] = field(default_factory=list)
    before: bool = False  # the hours stand before the days

    @property
    def begin(self) -> int:
        """Where the first of its words begins in the folded text."""
        return min([self.days[0].begin, *(clock.begin for clock in self.hours)])

    @property
    def stop(self) -> int:
        """After the last of its words."""
        return max([self.days[-1].stop, *(clock.stop for clock in self.hours)])


def groups_in(folded: Folded, days: Sequence[Written]) -> list[Group]:
    """The days of a folded text that are told together, in order, with their hours."""
    return _with_hours(_groups(days, folded.text), apart(clocks(folded), days), folded.text)


def _groups(days: Sequence[Written], text: str) -> list[Group]:
    """Days that are told in one breath: "28 okt-2 nov", "3 nov, 10 nov och 17 nov", "tisdag 17 november (v. 47)"."""
    groups: list[Group] = []
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
        groups.append(Group([one]))
    return groups


def _joins(last: Written, one: Written, gap: str, group: Group) -> bool:
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


def apart(found: Sequence[Clock], days: Sequence[Written]) -> list[Clock]:
    """The hours that are no part of a day: not the 12 of "12 november"."""
    kept, index = [], 0
    for clock in found:
        while index < len(days) and days[index].stop <= clock.begin:
            index += 1
        if index == len(days) or clock.stop <= days[index].begin:
            kept.append(clock)
    return kept


def _with_hours(groups: list[Group], found: Sequence[Clock], text: str) -> list[Group]:
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


def _is_beside(group: Group, clock: Clock, text: str) -> bool:
    return _TIGHT.fullmatch(_gap(group, clock, text)) is not None


def _gap(group: Group, clock: Clock, text: str) -> str:
    """What stands between a day and an hour; the stop of a sentence that ends with the day is part of it."""
    stop = max(group.days[-1].stop, group.hours[-1].stop if group.hours else 0)
    return text[stop - bool(_WHOLE_MONTH.search(text, max(0, stop - 12), stop)) : clock.begin]


_WHOLE_MONTH = re.compile(r"(?:[a-z]{3}ari|mars|april|maj|juni|juli|augusti|ember|ober|20\d\d)\.$")


def _may_follow(group: Group, clock: Clock, text: str) -> bool:
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


def _may_lead(clock: Clock, group: Group, text: str) -> bool:
    gap = text[clock.stop : group.days[0].begin]
    return (
        len(gap) <= 24
        and not group.hours
        and not group.days[0].week
        and "\n\n" not in gap
        and _TIGHT_BEFORE.fullmatch(gap) is not None
    )
