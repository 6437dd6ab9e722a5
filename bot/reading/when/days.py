"""The days and weeks that a text names, in every way of writing them, and before it is known which year is meant."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.reading.when.almanac import Named, Pair, Written
from bot.reading.when.folding import Folded, matches
from bot.reading.when.relative import relative_days
from bot.reading.when.words import ANY_WEEKDAY, MONTH, ORDINAL, ORDINALS, month_of, weekday_of

_DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])(?!\d)(?: ?:?(?:e|a|st|nd|rd|th)(?![a-zåäö]))?\.?)"
_DAY_OR_WORD = rf"(?:{_DAY}|{ORDINAL}(?![a-zåäö]))"
_AND = r"(?:och|samt|eller|respektive|resp\.|till|to|and|or|t\.? ?o\.? ?m\.?|till och med)"
_SEP = rf"\s*(?:-|,\s*{_AND}(?![a-zåäö])|,|&|\+|{_AND}(?![a-zåäö]))\s*"
_MORE = rf"(?:{_SEP}(?:{ANY_WEEKDAY}\s*)?(?:(?:den|the)\s+)?{_DAY_OR_WORD})"
_WEEKDAYS = rf"(?:{ANY_WEEKDAY}(?:\s*(?:-|,|&|(?:och|till|to|and|eller|or)(?![a-zåäö]))\s*{ANY_WEEKDAY}){{0,6}})"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])(?!\d)"
_NOT_BEFORE = r"(?<![\w.:/])(?<!\d-)(?<!\d,)"

_DAY_MONTH = re.compile(
    rf"{_NOT_BEFORE}(?:(?P<between>mellan|between)\s+)?(?:(?P<weekdays>{_WEEKDAYS})[\s,]*\(?(?:(?:den|the|d\.)\s+)?|(?:den|the)\s+)?"
    rf"(?P<days>{_DAY_OR_WORD}{_MORE}{{0,20}})"
    rf"(?:\s*(?:i\s+|of\s+|-\s?)?(?P<month>{MONTH})|\s?/\s?(?P<number>{_MONTH_NUMBER}))"
    rf"(?:\s*,?\s*(?:år\s+)?(?P<year>{_YEAR})(?!\d|[.:]\d|-\d{{4}})"
    rf"|\s?[/'-]\s?(?P<short>20\d\d|\d\d)(?!\d|[.:]\d|\s?[/-]\s?\d|\s*(?:{MONTH})))?",
)
_MONTH_DAY = re.compile(
    rf"{_NOT_BEFORE}(?<!\bi )(?<!\bin )(?:(?P<weekdays>{_WEEKDAYS})[\s,]*)?(?P<month>{MONTH})\s+(?:the\s+)?"
    rf"(?P<days>{_DAY}(?:\s*-\s*{_DAY}|(?:\s*,\s*{_DAY}){{0,20}}\s*,?\s*(?:and|&|och)\s*{_DAY})?)(?!\d|[.:]\d|\s?-\s?\d|\s?[ap]\.?m\b)(?:,?\s+(?P<year>{_YEAR})(?!\d|[.:]\d|-\d{{4}}))?",
)
_NUMERIC = re.compile(
    rf"(?<![\w./-])(?:(?P<weekdays>{_WEEKDAYS})[\s,]*\(?(?:den\s+)?)?"
    rf"(?:(?P<y>{_YEAR}|2\d|3[0-5])(?P<s>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>3[01]|[12]\d|0?[1-9])(?![\d/]|-\d(?!\d{{3}}-))"
    rf"(?:\s?-\s?(?P<to>{_YEAR}-\d\d-\d\d)(?!\d))?"
    rf"|(?P<d2>3[01]|[12]\d|0?[1-9])(?:\.?\s?-\s?(?P<last2>3[01]|[12]\d|0?[1-9]))?\.(?P<m2>0?[1-9]|1[0-2])\.(?P<y2>{_YEAR}|2\d|3[0-5])"
    rf"(?!\d|[.:]\d)"
    rf"|(?P<d3>3[01]|[12]\d|0?[1-9])-(?P<m3>0?[1-9]|1[0-2])-(?P<y3>20\d\d)(?!\d)"
    rf"|(?P<y4>20\d\d)[-/ ](?P<month4>{MONTH})[-/ ](?P<d4>3[01]|[12]\d|0?[1-9])(?!\d))"
)
_PACKED = re.compile(
    r"\b(?:datum|date|dag|dagen)\W{0,4}(?P<all>(?P<y>(?:20)?[23]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d))"
)
_INNER = re.compile(
    rf"(?P<weekday>{ANY_WEEKDAY})|(?P<word>{ORDINAL}(?![a-zåäö]))|(?P<day>\d{{1,2}})|(?P<sep>-|,|&|\+|{_AND}(?![a-zåäö]))"
)
_RANGE = frozenset({"-", "till", "to"})
_CHOICE = frozenset({"eller", "or"})


def written_days(folded: Folded, sent: date) -> list[Written]:
    """The days that stand in a folded text, in order, none over another."""
    read = ((reader, match) for pattern, reader in _SHAPES for match in matches(pattern, folded))
    found = [one for reader, match in read if (one := reader(match, sent)) is not None]
    found += relative_days(folded, sent)
    found.sort(key=lambda one: (one.begin, -one.stop))
    kept: list[Written] = []
    for one in found:
        if not kept or one.begin >= kept[-1].stop:
            kept.append(one)
        elif kept[-1].relative and not one.relative and one.stop > kept[-1].stop:
            kept[-1] = replace(one, begin=kept[-1].begin)  # "nästa onsdag, den 7 oktober": the date is sure
    return kept


def _day_month(match: re.Match[str], sent: date) -> Written | None:
    month = month_of(match["month"]) if match["month"] else int(match["number"])
    year, stop = _year(match, sent)
    text, begin = match.string, match.start()
    after_kl = _NOT_ITS_DAY.search(text[max(0, begin - 12) : begin]) is not None
    pairs, either, skipped = _pairs(match, month, year, after_kl=after_kl)
    begin = match.start("days") + skipped if skipped else begin
    loose = (
        match["number"] is not None and match["weekdays"] is None and year is None and not _leads(text, begin, match)
    )
    return Written(begin=begin, stop=stop, pairs=pairs, either=either, loose=loose) if pairs else None


#: Behind these words stands another number than a day's: "kl 9, 13 november", "dag 1, tisdag 10 november".
_NOT_ITS_DAY = re.compile(
    r"\b(?:kl|klockan|dag|day|tillfälle|del|träff|omgång|steg|modul|pass|block|nr|kväll|session)[.:]? ?$"
)


def _leads(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether "den" stands before "3/4", or it is too much for a fraction."""
    return match.group().startswith(("den", "the")) or int(match["number"]) > 10 or len(match["days"]) > 3


def _month_day(match: re.Match[str], sent: date) -> Written | None:
    year = int(match["year"]) if match["year"] else None
    pairs, either, _ = _pairs(match, month_of(match["month"]), year)
    return Written(begin=match.start(), stop=match.end(), pairs=pairs, either=either) if pairs else None


def _year(match: re.Match[str], sent: date) -> tuple[int | None, int]:
    """The year that stands behind the month, and where the date ends: two digits may be something else."""
    if match["year"]:
        return int(match["year"]), match.end()
    if match["short"]:
        year = int(match["short"]) + (2000 if len(match["short"]) == 2 else 0)
        if len(match["short"]) == 4 or sent.year - 2 <= year <= sent.year + 4:
            return year, match.end()
        return None, max(match.end("month"), match.end("number"))
    return None, match.end()


def _pairs(
    match: re.Match[str], month: int, year: int | None, *, after_kl: bool = False
) -> tuple[tuple[Pair, ...], bool, int]:
    """The occasions of "3, 10 och 17" or "3-4", whether one of them is to be chosen, and how many characters are none."""
    days: list[tuple[int, int | None]] = []
    seps: list[str] = []
    places: list[int] = []
    weekday: int | None = None
    place = 0
    for part in _INNER.finditer(match["days"]):
        if part["weekday"]:
            weekday, place = weekday_of(part["weekday"]), part.start()
        elif part["sep"]:
            if len(seps) < len(days):
                seps.append(part["sep"])
            elif seps and part["sep"] != ",":
                seps[-1] = part["sep"]  # ", och"
        else:
            days.append((ORDINALS[part["word"]] if part["word"] else int(part["day"]), weekday))
            places.append(place if weekday is not None else part.start())
            weekday = None
    hours = 0 if not after_kl or len(days) < 2 else 2 if seps[0] in _RANGE and len(days) > 2 else 1
    first = len(days) - 1
    while first > hours and days[first - 1][0] < days[first][0]:
        first -= 1  # what does not rise is something before: "kl 9, 3 november"
    days, seps = days[first:], seps[first:]
    names = _weekdays(match)
    if len(names) == len(days) or len(names) == 1:
        days = [
            (day, own if own is not None else names[index] if index < len(names) else None)
            for index, (day, own) in enumerate(days)
        ]
    elif len(names) == 2 and len(days) > 2:
        days = [(day, None) for day, _ in days]
    between = "between" in match.groupdict() and bool(match["between"])
    return *_occasions(days, seps, month, year, between=between), places[first] if first else 0


def _weekdays(match: re.Match[str]) -> list[int]:
    words = re.findall(ANY_WEEKDAY, match["weekdays"] or "")
    plural = len(words) == 1 and words[0].endswith(("dagar", "dagarna", "days"))
    return [weekday_of(words[0])] * 21 if plural else [weekday_of(word) for word in words]


def _occasions(
    days: list[tuple[int, int | None]], seps: list[str], month: int, year: int | None, *, between: bool
) -> tuple[tuple[Pair, ...], bool]:
    named = [Named(day, month, year, weekday) for day, weekday in days]
    joins = [re.sub(r"t\.? ?o\.? ?m\.?|till och med", "-", sep) for sep in seps]
    whole = len(named) > 1 and (
        (between and len(named) == 2) or (_follow(named) and not any(sep in _RANGE or sep in _CHOICE for sep in joins))
    )
    if whole:
        return ((named[0], named[-1]),), False
    pairs: list[Pair] = []
    for index, one in enumerate(named):
        if index and joins[index - 1] in _RANGE and pairs[-1][0] is pairs[-1][1]:
            pairs[-1] = (pairs[-1][0], one)
        else:
            pairs.append((one, one))
    return tuple(pairs), any(sep in _CHOICE for sep in joins)


def _follow(named: list[Named]) -> bool:
    """3, 4 och 5 november: one occasion over days that follow each other."""
    return all(after.day == before.day + 1 for before, after in itertools.pairwise(named))


def _numeric(match: re.Match[str], sent: date) -> Written | None:
    weekday = next(iter(_weekdays(match)), None)
    last: Named | None = None
    if match["y"]:
        first = _checked(match["y"], int(match["m"]), match["d"], weekday)
        if match["to"]:
            last = _checked(match["to"][:4], int(match["to"][5:7]), match["to"][8:], None)
    elif match["y2"]:
        first = _checked(match["y2"], int(match["m2"]), match["d2"], weekday)
        if match["last2"]:
            first, last = _checked(match["y2"], int(match["m2"]), match["d2"], weekday), first
            last = _checked(match["y2"], int(match["m2"]), match["last2"], None)
    elif match["y3"]:
        first = _checked(match["y3"], int(match["m3"]), match["d3"], weekday)
    else:
        first = _checked(match["y4"], month_of(match["month4"]), match["d4"], weekday)
    if first is None:
        return None
    return Written(begin=match.start(), stop=match.end(), pairs=((first, last or first),))


def _packed(match: re.Match[str], sent: date) -> Written | None:
    first = _checked(match["y"], int(match["m"]), match["d"], None)
    if first is None:
        return None
    return Written(begin=match.start("all"), stop=match.end("all"), pairs=((first, first),))


def _checked(year: str, month: int, day: str, weekday: int | None) -> Named | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        date(number, month, int(day))
    except ValueError:
        return None
    return Named(int(day), month, number, weekday)


#: How days are written, with what reads each.
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Written | None]], ...] = (
    (_DAY_MONTH, _day_month),  # torsdag den 19 oktober; 3-4/11; 3, 10 och 17 november
    (_MONTH_DAY, _month_day),  # October 19th, 2026
    (_NUMERIC, _numeric),  # 2026-10-19, 19.10.2026
    (_PACKED, _packed),  # datum 261019
)
