"""What stands in an edition, and where: chosen from values alone. An item is in the first edition after it came, and once
more only when its last day or its start is near, or when it has changed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from storage.ids import ItemId
from storage.words import EventStatus, Intent, Kind, Section

#: Days from the edition's own during which a last day, or a start, is near.
NEAR = timedelta(days=6)
#: What came longer ago, and before the last edition, is no news.
NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The when of an item's event, in days where the network is."""

    first: date
    last: date  # inclusive
    deadline: date | None = None  # the last day to sign up
    status: EventStatus = EventStatus.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item that might stand in the edition."""

    item_id: ItemId
    kind: Kind
    intent: Intent
    created_at: datetime
    changed_at: datetime | None = None  # when what it says was last changed
    occasion: Occasion | None = None
    votes: int = 0
    shown_at: datetime | None = None  # when the last edition that it stood in went out
    dropped: bool = False  # an editor took it out of an earlier edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands."""

    item_id: ItemId
    section: Section
    dropped: bool = False


def choose(candidates: Iterable[Candidate], day: date, since: datetime) -> list[Place]:
    """The edition of a day, section by section. `since`: what came before, and was in no edition, is too old to be new."""
    found = [(section, one) for one in candidates if (section := _section(one, day, since)) is not None]
    order = list(Section)
    found.sort(key=lambda pair: (order.index(pair[0]), _within(*pair)))
    return [Place(item_id=one.item_id, section=section) for section, one in found]


def _section(one: Candidate, day: date, since: datetime) -> Section | None:
    """Where an item belongs; None when it has nothing to do in this edition."""
    new = one.shown_at is None and not one.dropped and one.created_at >= since
    if one.intent is Intent.RECORDING:
        return Section.RECORDINGS if new else None
    plain = {Kind.TIP: Section.HORIZON, Kind.NEWSLETTER: Section.NEWSLETTERS, Kind.QUESTION: Section.QUESTIONS}
    if one.kind in plain:
        return plain[one.kind] if new else None
    return _section_of_invitation(one, day, new=new)


def _section_of_invitation(one: Candidate, day: date, *, new: bool) -> Section | None:
    occasion = one.occasion
    if occasion is None:  # its day is not known yet, or is called off
        off = one.intent is Intent.CANCELLATION
        return (Section.CHANGED if off else Section.LATER) if new or _has_changed(one) else None
    if occasion.last < day or (one.dropped and not _has_changed(one)):
        return None
    off = occasion.status is EventStatus.CANCELLED or one.intent is Intent.CANCELLATION
    if _has_changed(one) or (new and (off or occasion.status is EventStatus.MOVED)):
        return Section.CHANGED
    known = new or one.shown_at is not None
    if off or not known:
        return None
    if occasion.deadline is not None and day <= occasion.deadline <= day + NEAR:
        return Section.DEADLINES
    if occasion.first <= end_of_week(day):
        return Section.THIS_WEEK
    return Section.LATER if new else None


def _has_changed(one: Candidate) -> bool:
    """Whether readers of an earlier edition, or of none, have to hear of it anew."""
    return one.shown_at is not None and one.changed_at is not None and one.changed_at > one.shown_at


def end_of_week(day: date) -> date:
    """The Sunday of the edition's week; an edition on a Sunday tells of the week that comes."""
    return day + timedelta(days=(6 - day.weekday()) or 7)


def _within(section: Section, one: Candidate) -> tuple[object, ...]:
    """The order within a section: by what presses, by day, by votes, or the newest first."""
    newest = -one.created_at.timestamp()
    occasion = one.occasion
    day = occasion.first if occasion else date.max
    match section:
        case Section.DEADLINES:
            return ((occasion.deadline if occasion else None) or date.max, day, one.item_id)
        case Section.THIS_WEEK | Section.LATER | Section.CHANGED:
            return (day, one.item_id)
        case Section.HORIZON:
            return (-one.votes, newest, one.item_id)
        case _:
            return (newest, one.item_id)


def keep_arranged(chosen: Sequence[Place], kept: Sequence[Place], arranged: Collection[str]) -> list[Place]:
    """The choice of today without what editors took out, and in their order in the sections that they put in one; there
    new items come last. `kept`: the draft as it stands.
    """
    dropped = {place.item_id for place in kept if place.dropped}
    rank = {place.item_id: number for number, place in enumerate(kept)}
    placed: list[Place] = []
    for section, places in groupby(chosen, key=lambda place: place.section):
        found = list(places)
        if section in arranged:
            found.sort(key=lambda place: rank.get(place.item_id, len(rank)))
        placed += [replace(place, dropped=place.item_id in dropped) for place in found]
    return placed
