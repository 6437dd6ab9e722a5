"""The hours that a text names: "kl 13", "8.30-9.15", "halv nio", "6 pm", and what kind of hour each is."""

import re
from dataclasses import dataclass
from enum import IntEnum

from bot.reading.when.folding import Folded, matches
from bot.reading.when.words import NUMBERS

#: Minutes after midnight.
Minutes = int
_NOON = 720
_DAY = 1440
#: The latest that a meeting which begins in the evening may go on to, the morning after.
_NIGHT = 360


class Strength(IntEnum):
    """How sure it is that it is an hour at all."""

    WEAK = 1  # "9-11": beside a date alone
    FAIR = 2  # "13.30": beside a date, or where a line says so
    STRONG = 3  # "kl 13", "13:00-15:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """An hour, or from one to another."""

    begin: int
    stop: int
    start: Minutes
    end: Minutes | None = None  # more than a day: after midnight
    strength: Strength = Strength.STRONG
    twofold: bool = False  # "kl 3" may be either half of the day
    role: str = ""  # "doors": before it begins; "end": when it is over; "start": when it begins, said so
    zone: str = ""  # a zone that was named: "utc", "eet"
    said: bool = False  # an hour of the half-day was said: "em", "pm", "på kvällen"


_H = r"(?:2[0-4]|1\d|0?\d)"
_M = r"[0-5]\d"
_TIME = rf"(?:(?:[01]\d|2[0-3]){_M}(?![\d.:])|{_H}(?:[.:]{_M}(?:[.:]00(?!\d))?)?(?!\d))"
_HALF = r"(?:\s?(?:a\.m\.|p\.m\.|am|pm|f\.m\.|e\.m\.|fm|em|a\.m|p\.m)(?![a-zåäö]))"
_ABOUT = r"(?:(?:ca|cirka|c:a|ungefär|vid|omkring|runt|about|around|strax före|approx)\.?\s*)?"
_KL = r"(?:(?:kl|klockan|klocka|klo)(?![a-zåäö])\s?[.:]?\s*)"
_LEAD = (
    r"(?P<doors>(?:insläpp|drop-?in|dörrar(?:na)?(?: öppnar?| öppnas)?|samling|registrering|incheckning|kaffe|fika|fikamingel"
    r"|frukost|mingel|frukostmingel|ankomst|doors(?: open)?|check-?in|registration|coffee|arrival|logga in|inloggning"
    r"|vi öppnar|lokalen öppnar)(?: (?:från|from|at|och \w{1,15}|serveras|öppnar|is open))? ?:?\s*)?"
    r"(?P<opens>(?:programmet |mötet |the programme )?(?:start(?:ar|tid)?|starts?|börja(?:r|n)|inleds|begins?|programstart|mötesstart|sändningen startar)"
    r"(?: (?:vi|med|at|från|programmet|mötet))? ?:?\s*)?"
    r"(?P<ends>(?:slut(?:ar|tid)?|avslut(?:as|ning)?|ends?|tillbaka|hemma(?: igen)?|hemkomst|återkomst|åter|klara|back|till|fram till|senast|until)\s*:?\s*)?"
)
_CLOCK = re.compile(
    rf"(?<![\w.,/+])(?<!\d[:-]){_LEAD}"
    rf"(?P<word>(?:mellan|between|från|from|fr\.? ?o\.? ?m\.?|at|@|mellan)\s*)?{_ABOUT}(?P<kl>{_KL})?{_ABOUT}(?P<start>{_TIME})(?P<half>{_HALF})?"
    rf"(?:\s*(?P<to>-|till|to|until|t\.? ?o\.? ?m\.?|och|and|fram till)\s*(?P<kl2>{_KL})?{_ABOUT}(?P<end>{_TIME})(?P<half2>{_HALF})?)?"
    r"(?![\d]|[.,:]\d|-\d|/\d|\s?(?:%|°|:-|[-/]\d))"
    r"(?:\s?\(?(?P<zone>cest|cet|eest|eet|utc|gmt|bst|svensk tid|finsk tid|swedish time|finnish time|uk time|stockholm time|local time|lokal tid)\)?(?![a-zåäö]))?"
)
_NUMBER_WORDS = (
    r"(?:"
    + "|".join(sorted((w for w in NUMBERS if len(w) > 2 and w not in ("ett", "one")), key=len, reverse=True))
    + r"|ett|one)"
)
_QUARTERS = {"kvart i": -15, "kvart över": 15, "fem i": -5, "fem över": 5, "tio i": -10, "tio över": 10, "tjugo i": -20, "tjugo över": 20,
             "fem i halv": -35, "fem över halv": -25, "halv": -30, "half past": 30, "quarter past": 15, "quarter to": -15}  # fmt: skip
_WORDS = re.compile(
    rf"(?<![\wåäö])(?:(?P<kl>klockan|kl\.?|at)\s+)?(?:(?P<shift>{'|'.join(sorted(_QUARTERS, key=len, reverse=True))})\s+)?"
    rf"(?P<hour>{_NUMBER_WORDS}|noon|(?<=halv )\d\d?|(?<=över )\d\d?|(?<=vart i )\d\d?)(?![\wåäö])"
    rf"(?:\s*(?:-|till|to)\s*(?:(?:klockan|kl\.?)\s+)?{_ABOUT}(?:(?P<shift2>{'|'.join(sorted(_QUARTERS, key=len, reverse=True))})\s+)?"
    rf"(?P<hour2>(?!ett\s[a-zåäö]){_NUMBER_WORDS}|(?<=över )\d\d?|(?<=halv )\d\d?|(?<=vart i )\d\d?)(?![\wåäö]))?"
)
_NOON_WORDS = re.compile(r"(?<![\wåäö])(?:at|until|till|-|to)\s*(?:12\s)?noon(?![a-z])")
_EVENING = re.compile(r"(?:på|i)\s?(?:kvällen|kväll|eftermiddagen|eftermiddag)|in the (?:evening|afternoon)|tonight")
_MORNING = re.compile(r"(?:på|i) (?:morgonen|förmiddagen|förmiddag)|in the morning")
_DAY_AFTER = re.compile(
    r"\s*,?\s?(?:dagen (?:efter|därpå)|nästa (?:dag|morgon|förmiddag)|följande (?:dag|morgon)|morgonen efter|(?:the )?(?:next|following) (?:day|morning)|the day after)\b"
)
_NEAR = 30  # characters in which "på kvällen" belongs to an hour


def clocks(folded: Folded) -> list[Clock]:
    """The hours that stand in a folded text, in order, none over another."""
    found = [clock for match in matches(_CLOCK, folded) if (clock := _read(match)) is not None]
    found += [clock for match in matches(_WORDS, folded) if (clock := _in_words(match)) is not None]
    found.sort(key=lambda clock: (clock.begin, -clock.stop))
    kept: list[Clock] = []
    for clock in found:
        if not kept or clock.begin >= kept[-1].stop:
            kept.append(clock)
    return kept


def _read(match: re.Match[str]) -> Clock | None:
    start, start_half = match["start"], (match["half"] or "").strip()
    end, end_half = match["end"], (match["half2"] or "").strip()
    if match["to"] in ("och", "and") and not (match["word"] or "").startswith(("mellan", "between")):
        end = None
    stop = match.end() if end or not match["end"] else match.end("half") if match["half"] else match.end("start")
    strength = _strength(match, end)
    if strength is None:
        return None
    first, twofold = _minutes(start, start_half or (end_half if _rises(start, end) else ""))
    if first is None:
        return None
    last: Minutes | None = None
    if end:
        last, _ = _minutes(end, end_half)
        if last is None:
            return None
        last = last + _DAY if _DAY_AFTER.match(match.string, stop) else _after(first, last)
        twofold = twofold and not end_half and "." not in end and ":" not in end
    begin = _begin(match)
    around = match.string[max(0, begin - _NEAR) : begin] + "|" + match.string[stop : stop + _NEAR].split("\n")[0]
    first, last, twofold, said = _half_of_day(first, last, around, twofold=twofold)
    twofold = twofold and not start_half and not (end and end_half) and strength is Strength.STRONG
    role = "doors" if match["doors"] else "end" if match["ends"] and not end else "start" if match["opens"] else ""
    return Clock(
        begin=begin,
        stop=stop,
        start=first,
        end=last,
        strength=strength,
        twofold=twofold,
        role=role,
        zone=match["zone"] or "",
        said=said or bool(start_half or end_half),
    )


def _begin(match: re.Match[str]) -> int:
    role = next((name for name in ("doors", "opens", "ends") if match[name]), None)
    if role is not None:
        return match.start(role)
    return match.start("kl") if match["kl"] else match.start("word") if match["word"] else match.start("start")


def _strength(match: re.Match[str], end: str | None) -> Strength | None:
    """How sure it is; None when it is only a number."""
    start = match["start"]
    if match["kl"] or match["half"] or (end and (match["half2"] or match["kl2"])) or match["zone"]:
        return Strength.STRONG
    minutes, colon = _has_minutes(start), ":" in start
    if end and (minutes or _has_minutes(end)) and (minutes or colon or ":" in end or len(end) >= 4):
        return Strength.STRONG if (minutes and _has_minutes(end)) or ":" in start + end else Strength.FAIR
    if colon:
        return Strength.STRONG if match["word"] or match["doors"] or match["opens"] else Strength.FAIR
    led = match["doors"] or match["opens"] or match["ends"] or match["word"]
    if minutes:
        return Strength.FAIR if "." in start or end or led else Strength.WEAK
    if end:
        spoken_range = match["word"] and match["to"] != "-"  # "från 9 till 15"
        return Strength.FAIR if spoken_range or len(start) > 2 or len(end) > 2 else Strength.WEAK
    return Strength.WEAK if led else None


def _has_minutes(time: str) -> bool:
    return "." in time or ":" in time or len(time) >= 4


def _rises(start: str, end: str | None) -> bool:
    """As in "3-5 pm" is all in the afternoon; "11-1 pm" is not."""
    return (
        bool(end)
        and int(re.split("[.:]", start)[0]) <= int(re.split("[.:]", end or "0")[0])
        and not start.startswith("12")
    )


def _minutes(time: str, half: str) -> tuple[Minutes | None, bool]:
    """Minutes after midnight, and whether the half of the day is open."""
    if re.fullmatch(r"\d{4}", time):
        hour, minute, plain = int(time[:2]), int(time[2:]), False
    else:
        parts = re.split("[.:]", time)
        hour, minute = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
        plain = len(parts) == 1 and len(parts[0]) == 1
    half = half.replace(".", "")
    if half in ("pm", "em") and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if hour > 24 or (hour == 24 and minute):
        return None, False
    return hour * 60 + minute, plain and 1 <= hour <= 6 and not half


def _after(first: Minutes, last: Minutes) -> Minutes | None:
    """The end that comes after the start: "9-4" is four in the afternoon, "18-01" is in the night."""
    if last > first:
        return last
    if first < _NOON and first < last + _NOON <= _DAY:
        return last + _NOON
    if first >= 17 * 60 and last <= _NIGHT:
        return last + _DAY
    return None


def _half_of_day(
    first: Minutes, last: Minutes | None, around: str, *, twofold: bool
) -> tuple[Minutes, Minutes | None, bool, bool]:
    """With what is said beside it: "kl 7 på kvällen"."""
    if _EVENING.search(around) and first < _NOON and first >= 60:
        moved = last + _NOON if last is not None and last <= _NOON else last
        return first + _NOON, moved, False, True
    if _MORNING.search(around):
        return first, last, False, True
    if twofold:
        moved = last + _NOON if last is not None and last <= _NOON else last
        return first + _NOON, moved, True, False
    return first, last, False, False


def _in_words(match: re.Match[str]) -> Clock | None:
    """Klockan nio, halv nio, kvart över tio."""
    shift, word = match["shift"], match["hour"]
    if not match["kl"] and not shift and word != "noon":
        return None
    if shift in ("fem i", "tio i", "tio över", "fem över", "tjugo i", "tjugo över") and not match["kl"]:
        return None  # "fem i laget"
    hour = 12 if word == "noon" else int(word) if word.isdigit() else NUMBERS[word]
    if not 1 <= hour <= (24 if word.isdigit() else 12):
        return None
    if (
        word == "noon"
        and not match["kl"]
        and not re.search(r"(?:until|till|to|-)\s*(?:12\s)?$", match.string[max(0, match.start() - 12) : match.start()])
    ):
        return None
    minutes = (hour * 60 + (_QUARTERS[shift] if shift else 0)) % _DAY
    last = _end_in_words(match)
    around = (
        match.string[max(0, match.start() - _NEAR) : match.start()]
        + "|"
        + match.string[match.end() : match.end() + _NEAR].split("\n")[0]
    )
    twofold = minutes < 6.5 * 60 and not (word.isdigit() and int(word) > 12)
    first, last, twofold, said = _half_of_day(minutes, last, around, twofold=twofold)
    end = _after(first, last) if last is not None else None
    return Clock(begin=match.start(), stop=match.end(), start=first, end=end, twofold=twofold, said=said)


def _end_in_words(match: re.Match[str]) -> Minutes | None:
    """As in "från halv nio till kvart i tolv"."""
    word = match["hour2"]
    if not word:
        return None
    hour = int(word) if word.isdigit() else NUMBERS[word]
    return (hour * 60 + (_QUARTERS[match["shift2"]] if match["shift2"] else 0)) % _DAY


def spoken(minutes: Minutes) -> str:
    """As a wall clock shows it: 13:05."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
