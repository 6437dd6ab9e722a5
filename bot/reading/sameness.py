"""Whether two tell of the same event: yes, perhaps (somebody is asked), or no.

By the calendar's UID, by the page where people register, and by title, start and place. What a title says of the state of
things ("INSTÄLLT:", "Påminnelse:") is not part of it; what tells one of a series from the next ("del 2", "#55") is all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.reading.event import EventReading
from bot.reading.titles import ALIKE, PERHAPS, alike, marks, ratio, telling, tokens
from bridges.urls import canonical, comparison_key
from storage.words import Intent, Precision


class Sameness(StrEnum):
    """What comparing two events answers."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is compared of an event; what is not known is empty."""

    title: str
    start: str = ""  # wall time, a day, or the week's Monday; "" = the mail names none
    precision: Precision = Precision.TIME
    timezone: str = "Europe/Stockholm"
    place: str = ""
    online_url: str = ""
    registration_url: str = ""
    uid: str = ""


def occasion_of(title: str, event: EventReading | None) -> Occasion:
    """A reading's event as it is compared; `title`: the mail's own, for one that names no day."""
    if event is None:
        return Occasion(title=title)
    return Occasion(
        title=event.title or title,
        start=event.start,
        precision=event.date_precision,
        timezone=event.timezone,
        place=event.place,
        online_url=event.online_url,
        registration_url=event.registration_url,
        uid=event.uid,
    )


#: What speaks of an event that was told of before, so that its day may be another.
_OF_BEFORE = (Intent.UPDATE, Intent.CANCELLATION)
_ABOUT_KNOWN = (*_OF_BEFORE, Intent.REMINDER)


def compare(new: Occasion, known: Occasion, intent: Intent = Intent.NEW) -> Sameness:
    """Whether what came now is the event that is there. `intent`: what the new mail wants."""
    case = Case(new, known, intent)
    return next((answer for rule in _RULES if (answer := rule(case)) is not None), Sameness.DIFFERENT)


def likeliest(new: Occasion, known: Sequence[Occasion], intent: Intent = Intent.NEW) -> tuple[Sameness, int | None]:
    """Which of the known events it is, and how surely; several that fit equally well are asked about."""
    answers = [(compare(new, one, intent), number) for number, one in enumerate(known)]
    same = [number for answer, number in answers if answer is Sameness.SAME]
    if len(same) > 1:  # one of a series: the one on that day
        there = [number for number in same if Case(new, known[number], intent).starts is Starts.TOGETHER]
        same = there or same
        if len(same) > 1 and not _by_uid(new, [known[number] for number in same]):
            return Sameness.ASK, same[0]
    if same:
        return Sameness.SAME, same[0]
    asked = [number for answer, number in answers if answer is Sameness.ASK]
    return (Sameness.ASK, max(asked, key=lambda number: alike(new.title, known[number].title))) if asked else _NONE


_NONE: tuple[Sameness, int | None] = (Sameness.DIFFERENT, None)


def _by_uid(new: Occasion, known: Iterable[Occasion]) -> bool:
    return bool(new.uid) and any(one.uid == new.uid for one in known)


class Starts(StrEnum):
    """How two beginnings agree."""

    TOGETHER = "together"  # as far as either says
    SAME_DAY = "same_day"  # at other hours
    APART = "apart"
    UNSAID = "unsaid"  # one of them names no day


@dataclass(frozen=True, slots=True)
class Case:
    """Two events side by side."""

    new: Occasion
    known: Occasion
    intent: Intent

    @property
    def starts(self) -> Starts:
        """How their beginnings agree: a week holds its days, a day its hours."""
        return starts_of(self.new, self.known)

    @property
    def places(self) -> bool | None:
        """Whether it is one place; None when one of them names none."""
        return _one_place(self.new.place, self.known.place)

    @property
    def page(self) -> bool:
        """Whether people register, or meet online, at one address."""
        return _one_page(self.new.registration_url, self.known.registration_url)

    @property
    def room(self) -> bool:
        """Whether they meet in one room online."""
        return _one_page(self.new.online_url, self.known.online_url)

    @property
    def likeness(self) -> float:
        """How alike the titles are, 0 to 1."""
        return alike(self.new.title, self.known.title)

    @property
    def moved(self) -> bool:
        """Whether the new speaks of what was told before, whose day may be another."""
        return self.intent in _OF_BEFORE


# -- the rules ---------------------------------------------------------------------------------------------------------


def _same_uid(case: Case) -> Sameness | None:
    return Sameness.SAME if case.new.uid and case.new.uid == case.known.uid else None


def _other_in_series(case: Case) -> Sameness | None:
    """Day 1 is not day 2, though they have a title and a page in common."""
    ours, theirs = marks(case.new.title), marks(case.known.title)
    return Sameness.DIFFERENT if any(theirs.get(kind, said) != said for kind, said in ours.items()) else None


def _same_page(case: Case) -> Sameness | None:
    """One page to register at: the same day it is one event. On another day it may be moved, or the next of a series."""
    if not case.page:
        return None
    if case.starts is Starts.TOGETHER:
        return Sameness.SAME
    if case.starts is Starts.UNSAID:
        return Sameness.SAME if case.likeness >= PERHAPS or case.intent in _ABOUT_KNOWN else Sameness.ASK
    if case.likeness < PERHAPS:
        return Sameness.ASK if case.starts is Starts.SAME_DAY else Sameness.DIFFERENT
    return Sameness.SAME if case.moved or case.starts is Starts.SAME_DAY else Sameness.ASK


def _elsewhere(case: Case) -> Sameness | None:
    """The same words about another place are another event, unless that is what has changed."""
    if case.places is not False or case.room:
        return None
    if case.moved and case.likeness >= ALIKE and case.starts is Starts.TOGETHER:
        return Sameness.SAME
    return Sameness.DIFFERENT


def _same_room(case: Case) -> Sameness | None:
    """One online room at one time; a person's own room is used for much else at others."""
    together = case.room and case.starts is Starts.TOGETHER
    return (Sameness.SAME if case.likeness >= PERHAPS else Sameness.ASK) if together else None


def _together(case: Case) -> Sameness | None:
    if case.starts is not Starts.TOGETHER:
        return None
    if case.likeness < PERHAPS:
        return None
    # A title that any event could have needs a place as well; so does a day without an hour.
    vague = not telling(case.new.title, case.known.title) and case.places is None
    return Sameness.SAME if case.likeness >= ALIKE and not vague else Sameness.ASK


def _moved_away(case: Case) -> Sameness | None:
    """The same title on another day, with words that say it was moved or is off."""
    if not case.moved or case.starts is Starts.TOGETHER or case.likeness < PERHAPS:
        return None
    sure = case.likeness >= ALIKE and telling(case.new.title, case.known.title)
    return Sameness.SAME if sure else Sameness.ASK


def _dayless(case: Case) -> Sameness | None:
    """What was told before, and no day: "Påminnelse: …"."""
    if case.starts is not Starts.UNSAID or case.intent not in _ABOUT_KNOWN or case.likeness < PERHAPS:
        return None
    sure = case.likeness >= ALIKE and telling(case.new.title, case.known.title)
    return Sameness.SAME if sure else Sameness.ASK


def _another_hour(case: Case) -> Sameness | None:
    """The same title the same day at another hour: a slip, a quiet change, or two sittings."""
    same = case.starts is Starts.SAME_DAY and case.likeness >= ALIKE and telling(case.new.title, case.known.title)
    return Sameness.ASK if same else None


#: First come, first decides; two, when nothing says otherwise.
_RULES: tuple[Callable[[Case], Sameness | None], ...] = (
    _same_uid,  # a calendar says so
    _other_in_series,  # "dag 1" and "dag 2"
    _same_page,  # one page to register at
    _elsewhere,  # two places
    _same_room,  # one link to a meeting, at one time
    _together,  # title, start and place
    _moved_away,  # "Nytt datum: …"
    _dayless,  # "INSTÄLLT: …", and no day
    _another_hour,
)


# -- when and where ----------------------------------------------------------------------------------------------------


def starts_of(one: Occasion, other: Occasion) -> Starts:
    """How two beginnings agree: a week holds its days, a day its hours."""
    if not one.start or not other.start:
        return Starts.UNSAID
    if Precision.WEEK in (one.precision, other.precision):
        return Starts.TOGETHER if _week(one.start) == _week(other.start) else Starts.APART
    if "T" in one.start and "T" in other.start:
        if _instant(one) == _instant(other):
            return Starts.TOGETHER
        return Starts.SAME_DAY if one.start[:10] == other.start[:10] else Starts.APART
    return Starts.TOGETHER if one.start[:10] == other.start[:10] else Starts.APART


def _week(start: str) -> tuple[int, int]:
    return date.fromisoformat(start[:10]).isocalendar()[:2]


def _instant(occasion: Occasion) -> datetime:
    moment = datetime.fromisoformat(occasion.start)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(occasion.timezone))


_ONLINE = re.compile(r"\b(?:digital\w*|online|teams|zoom|meet|webben|webb|distans|webex|länk)\b", re.IGNORECASE)


def _one_place(one: str, other: str) -> bool | None:
    ours, theirs = (set(tokens(_ONLINE.sub(" ", place))) for place in (one, other))
    if not ours or not theirs:
        return None  # unsaid, or only online: it may be both
    return bool(ours & theirs) or ratio(" ".join(sorted(ours)), " ".join(sorted(theirs))) >= ALIKE


def _one_page(one: str, other: str) -> bool:
    """Whether two addresses are one page that is about one thing: a front page is about all."""
    key = comparison_key(one) if one and other else ""
    front = not any(re.split(r"[/?#]", re.sub(r"^\w+://", "", canonical(one)))[1:]) if key else True
    return not front and key == comparison_key(other)
