"""Days that are counted from the mail's own date: tomorrow, on Thursday, next week, in two weeks; and weeks by number."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.reading.when.almanac import Named, Written, coming, day_of_month, monday, months_on, weekday_in_month
from bot.reading.when.folding import Folded, matches
from bot.reading.when.words import (
    ANY_WEEKDAY,
    MONTH,
    NUMBER,
    ORDINAL,
    ORDINALS,
    WEEKDAY,
    month_of,
    number_of,
    weekday_of,
)

_NEXT_WEEK = r"(?:nästa vecka|nästkommande vecka|next week)"
_THIS_WEEK = r"(?:denna vecka(?:n)?|den här veckan|innevarande vecka|this week)"
_LAST_WEEK = r"(?:förra veckan|last week)"
_B = r"(?<![\wåäö])"
_E = r"(?![\wåäö])"

_WEEK = re.compile(
    rf"{_B}(?:(?P<weekday>{ANY_WEEKDAY})(?:\s*(?:-|till|to|och|&)\s*(?P<until>{ANY_WEEKDAY}))?\s*,?\s*\(?(?:i\s+|in\s+|of\s+)?)?"
    r"(?:(?:vecka|veckan|veckorna|week|weeks|wk)\.?\s?|v\.?\s?)(?P<week>\d{1,2})(?!\d|[.:,]\d|/|\s?(?:%|kg|hk))"
    r"(?P<more>(?:\s*(?:-|,|&|och|eller|till|to|and|or)\s*(?:v\.?\s?|vecka\s)?\d{1,2}(?!\d|[.:/]\d|\s?[/.:]\d)){0,8})"
    r"(?:[\s,]*(?:år\s+)?(?P<year>20\d\d)(?!\d))?"
)
_RELATIVE = re.compile(
    rf"{_B}(?:(?P<after>dagen efter i\s?morgon|the day after tomorrow|day after tomorrow|i\s?övermorgon|övermorgon)"
    r"|(?P<before>i\s?förrgår|the day before yesterday)|(?P<tomorrow>i\s?morgon|i\s?morron|imorrn|tomorrow|nästa dag)"
    r"|(?P<yesterday>i\s?går|yesterday|igår kväll)|(?P<today>i\s?dag|i\s?kväll|i\s?eftermiddag|i\s?förmiddag|today|tonight"
    rf"|this (?:evening|afternoon|morning)|min dag)){_E}"
)
_AHEAD = re.compile(
    rf"{_B}(?:om|in|within)\s+(?P<count>{NUMBER})\s+(?P<unit>dag(?:ar)?|veck(?:a|or)|månad(?:er)?|days?|weeks?|months?|arbetsdagar){_E}"
    r"(?: från (?P<base>nu|i\s?dag|i\s?morgon))?"
    rf"|{_B}(?P<count2>{NUMBER})\s+(?P<unit2>dagar|veckor|{WEEKDAY}|days|weeks)\s+(?:från|from|efter|senare)\s?(?P<base2>nu|i\s?dag|i\s?morgon|now|today|tomorrow)?{_E}"
)
_AGO = re.compile(
    rf"{_B}(?P<parts>(?:(?:{NUMBER}|några)\s+(?:dag(?:ar)?|veck(?:a|or)|månad(?:er)?|år|days?|weeks?|months?|years?)(?:\s+och)?\s+){{1,3}})"
    rf"(?P<way>sedan|sen|ago|före i\s?går|före i\s?dag|senare|efter i\s?dag){_E}"
)
_WEEK_ALONE = re.compile(
    rf"{_B}(?:(?:i\s+|under\s+)?(?P<next>{_NEXT_WEEK})|(?:i\s+|under\s+)?(?P<this>{_THIS_WEEK})|om\s+(?P<weeks>{NUMBER})\s+veckor){_E}"
)
_BY_WEEKDAY = re.compile(
    rf"{_B}(?:(?P<lead>nu\s+på|på|nu|nästkommande|kommande|närmaste|(?:den|det) här|denna|this coming|this|coming|on)\s+"
    r"|(?P<nextly>nästa|next)\s+|(?P<last>förra|last|i)\s+(?=\S)"
    rf"|(?P<nextweek>(?:i\s+|på\s+)?{_NEXT_WEEK}s?[\s,]+(?:på\s+|on\s+)?)|(?P<every>varje|alla|every|most|vissa|några)\s+)?"
    rf"(?P<weekday>{WEEKDAY})(?:\s*(?:-|till|to|och)\s*(?P<until>{WEEKDAY}))?"
    rf"(?:[\s,]+(?:i\s+|in\s+)?(?:(?P<n>{_NEXT_WEEK})|(?P<t>{_THIS_WEEK})|(?P<l>{_LAST_WEEK})|om\s+(?P<weeks>{NUMBER})\s+veck(?:a|or))(?:{_E}))?"
)
_ALONE = re.compile(
    rf"{_B}(?:(?P<weekday>{WEEKDAY})\s+)?(?:den|the)\s+(?:(?P<day>3[01]|[12]\d|0?[1-9])(?!\d|[-/.:]\d|,\d)(?:\s?:?(?:e|a|st|nd|rd|th)(?![a-zåäö]))?"
    rf"|(?P<word>{ORDINAL}){_E})"
    r"(?=(?P<month>\s+(?:i\s+)?(?:nästa|denna|den här|next|this)\s+(?:månad|månaden|month))?)"
    r"(?=\s*(?:$|[.,;!?)\n]|kl\b|klockan|mellan|between|at\b|är\b|blir\b|i\s+(?:nästa|denna|den här)\b|nästa\b|denna\b|den här\b|next\b|på\b|eller\b|och\b|hos\b))"
)
_ORDINAL_WEEKDAY = re.compile(
    rf"{_B}(?:den\s+|the\s+)?(?P<count>första|andra|tredje|fjärde|femte|sista|first|second|third|fourth|last)\s+(?P<weekday>{WEEKDAY})"
    rf"(?:\s+(?:i|in|of)?\s*(?:(?P<month>{MONTH})(?:\s+(?P<year>20\d\d))?|(?P<next>nästa månad|next month)|(?P<last>förra månaden)|(?P<this>den här månaden|denna månad)))?"
)
#: "Den sista oktober", "sista dagen i november", "the last of May".
_LAST_OF_MONTH = re.compile(
    rf"{_B}(?:(?:den|the)\s+)?(?:sista|siste|last)(?:\s+(?:dagen|dag|day))?\s+(?:(?:i|of|in)\s+)?(?P<month>{MONTH})(?:\s+(?P<year>20\d\d)(?!\d))?(?!\s?\d)"
)
_EVERY = re.compile(r"\s+(?:(?:i|in|of)\s+)?(?:varje|var|each|every)\b")
_COUNTS = {
    "första": 1,
    "andra": 2,
    "tredje": 3,
    "fjärde": 4,
    "femte": 5,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
}


def relative_days(folded: Folded, sent: date) -> list[Written]:
    """The days and weeks of a folded text that are told by counting, as far as they are known; overlaps are possible."""
    return [
        one for pattern, read in _SHAPES for match in matches(pattern, folded) if (one := read(match, sent)) is not None
    ]


def _fixed(day: date) -> Named:
    return Named(day.day, day.month, day.year)


def _written(match: re.Match[str], *days: date, loose: bool = False, near: tuple[date, ...] = ()) -> Written:
    pair = (_fixed(days[0]), _fixed(days[-1]))
    return Written(begin=match.start(), stop=match.end(), pairs=(pair,), loose=loose, relative=True, near=near)


def _week(match: re.Match[str], sent: date) -> Written | None:
    year = int(match["year"]) if match["year"] else None
    if re.match(r"v\d", match.group()) and (len(match["week"]) < 2 and not match["weekday"]):
        return None  # "V8" is an engine
    numbers = [int(match["week"]), *(int(more) for more in re.findall(r"\d{1,2}", match["more"]))]
    mondays = [day for number in numbers if (day := monday(number, sent, year)) is not None]
    if not mondays:
        return None
    if match["weekday"]:
        first = mondays[0] + timedelta(days=weekday_of(match["weekday"]))
        until = mondays[0] + timedelta(days=weekday_of(match["until"])) if match["until"] else first
        stop = match.end() if not match["more"] else match.end("week")
        return Written(begin=match.start(), stop=stop, pairs=((_fixed(first), _fixed(max(first, until))),))
    joined = len(mondays) == 2 and re.search(r"-|till|to\b", match["more"]) is not None and mondays[0] < mondays[1]
    alone = tuple((_fixed(day), _fixed(day)) for day in mondays)
    pairs = ((_fixed(mondays[0]), _fixed(mondays[1])),) if joined else alone
    either = re.search(r"eller|or\b", match["more"]) is not None
    return Written(begin=match.start(), stop=match.end(), pairs=pairs, week=True, either=either)


def _relative(match: re.Match[str], sent: date) -> Written | None:
    ahead = {"after": 2, "before": -2, "tomorrow": 1, "yesterday": -1, "today": 0}[match.lastgroup or "today"]
    return _written(match, sent + timedelta(days=ahead))


def _ahead(match: re.Match[str], sent: date) -> Written | None:
    count = number_of(match["count"] or match["count2"])
    unit = match["unit"] or match["unit2"]
    base = match["base"] or match["base2"] or ""
    start = sent + timedelta(days=1) if base.endswith(("morgon", "tomorrow")) else sent
    if match["count2"] and not base and not match.group().endswith("senare"):
        return None
    if unit.startswith(("må", "mo")) and not unit.startswith(("månd", "mond")):
        return _written(match, months_on(start, count), loose=True)
    if re.fullmatch(WEEKDAY, unit):
        return _written(match, coming(start, weekday_of(unit)) + timedelta(days=7 * (count - 1)), loose=True)
    days = count * (7 if unit.startswith(("v", "w")) else 1)
    day = start + timedelta(days=days)
    return _written(match, _working_day(start, count) if unit == "arbetsdagar" else day, loose=True)


def _working_day(day: date, count: int) -> date:
    """The day so many working days later; holidays are not known here."""
    for _ in range(count):
        day += timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    return day


def _ago(match: re.Match[str], sent: date) -> Written | None:
    way = -1 if match["way"] in ("sedan", "sen", "ago") or match["way"].startswith("före") else 1
    day = sent - timedelta(days=1) if re.search(r"före i\s?går", match["way"]) else sent
    for count, unit in re.findall(rf"({NUMBER}|några)\s+(\S+)", match["parts"]):
        number = 3 if count == "några" else number_of(count)
        if unit.startswith(("må", "mo")):
            day = months_on(day, way * number)
        elif unit.startswith(("år", "y")):
            day = months_on(day, way * 12 * number)
        else:
            day += timedelta(days=way * number * (7 if unit.startswith(("v", "w")) else 1))
    return _written(match, day, loose=True)


def _week_alone(match: re.Match[str], sent: date) -> Written | None:
    weeks = 0 if match["this"] else number_of(match["weeks"]) if match["weeks"] else 1
    day = _fixed(sent - timedelta(days=sent.weekday()) + timedelta(weeks=weeks))
    loose = not match["next"]
    return Written(begin=match.start(), stop=match.end(), pairs=((day, day),), week=True, loose=loose, relative=True)


def _by_weekday(match: re.Match[str], sent: date) -> Written | None:
    word = match["weekday"]
    if match["every"] or _EVERY.match(match.string, match.end()) or re.search(r"dagar(?:na)?$|days$", word):
        return None
    wanted = weekday_of(word)
    this = sent - timedelta(days=sent.weekday()) + timedelta(days=wanted)
    next_one = coming(sent, wanted)
    if match["last"] or match["l"]:
        if match["last"] == "i" and not re.match(r"(?:\S+dag)s\b", word):
            return None
        return _written(match, this - timedelta(days=7) if match["l"] else next_one - timedelta(days=7), loose=True)
    if re.search(r"dags$", word):
        return None
    if match["weeks"]:
        return _written(match, next_one + timedelta(weeks=number_of(match["weeks"])))
    until = (weekday_of(match["until"]) - wanted) % 7 if match["until"] else 0
    if match["nextweek"] or match["n"]:
        return _written(match, this + timedelta(days=7), this + timedelta(days=7 + until))
    if match["t"]:
        return _written(match, this, this + timedelta(days=until))
    if match["nextly"]:
        later = this + timedelta(days=7)
        other = next_one if next_one != later else later + timedelta(days=7)
        return _written(match, later, near=(later, other))
    return _written(match, next_one, next_one + timedelta(days=until), loose=not match["lead"])


def _alone(match: re.Match[str], sent: date) -> Written | None:
    day = ORDINALS[match["word"]] if match["word"] else int(match["day"])
    weekday = weekday_of(match["weekday"]) if match["weekday"] else None
    start = sent
    if match["month"] and re.search(r"nästa|next", match["month"]):
        start = months_on(sent.replace(day=1), 1)
        start += timedelta(days=2)  # from its first day on
    named = day_of_month(day, weekday, start)
    if named is None:
        return None
    if match["word"] and not match["weekday"] and not match["month"] and match["word"] in ("andra", "första", "tredje"):
        return None  # "den första", "den andra": mostly somebody
    stop = match.end("month") if match["month"] else match.end()
    loose = weekday is None and not match["month"]
    return Written(begin=match.start(), stop=stop, pairs=((named, named),), loose=loose, relative=True)


def _ordinal_weekday(match: re.Match[str], sent: date) -> Written | None:
    if _EVERY.match(match.string, match.end()):
        return None
    weekday, year, month = weekday_of(match["weekday"]), sent.year, sent.month
    if re.search(r"dagar(?:na)?$|days$|dags$", match["weekday"]):
        return None
    if match["month"]:
        month = month_of(match["month"])
        year = int(match["year"]) if match["year"] else sent.year + (month < sent.month)
    elif match["next"] or match["last"]:
        other = months_on(sent.replace(day=1), 1 if match["next"] else -1)
        year, month = other.year, other.month
    elif not match["this"] and match["count"] in ("sista", "last"):
        return None
    if match["count"] in ("sista", "last"):
        day = weekday_in_month(5, weekday, year, month) or weekday_in_month(4, weekday, year, month)
    else:
        day = weekday_in_month(_COUNTS[match["count"]], weekday, year, month)
    return _written(match, day, loose=not match["month"]) if day is not None else None


def _last_of_month(match: re.Match[str], sent: date) -> Written:
    month = month_of(match["month"])
    year = int(match["year"]) if match["year"] else sent.year + (month < sent.month)
    last = months_on(date(year, month, 1), 1) - timedelta(days=1)
    return _written(match, last)


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Written | None]], ...] = (
    (_WEEK, _week),  # v. 47, onsdagen i vecka 46
    (_RELATIVE, _relative),  # imorgon
    (_AHEAD, _ahead),  # om två veckor
    (_AGO, _ago),  # för två dagar sedan
    (_WEEK_ALONE, _week_alone),  # i nästa vecka
    (_BY_WEEKDAY, _by_weekday),  # nu på fredag, nästa onsdag
    (_ALONE, _alone),  # fredagen den 15:e
    (_LAST_OF_MONTH, _last_of_month),  # den sista oktober
    (_ORDINAL_WEEKDAY, _ordinal_weekday),  # första torsdagen i december
)
