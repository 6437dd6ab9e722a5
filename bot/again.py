"""An event that is told of again: the same item changes, is reminded of, or has one more who shares it; never a second item."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.asking import ask
from bot.changing import News, change
from bot.comparing import as_known, event_reading, occasion
from bot.house import House
from bot.publishing import Origin, comment, is_old
from bot.reading import EventReading, Reading
from bot.reading.certain import known_part
from bot.reading.sameness import Occasion, Sameness, Starts, likeliest, occasion_of, starts_of
from bot.slack.showing import redraw_item
from bot.telling import tell
from bot.tipping import answers_for
from bot.understanding import Author
from storage.ids import ItemId
from storage.models import Attachment, Event, Item, Member
from storage.sharers import add_sharer, hold_events, is_sharer, known_events
from storage.threads import follow, remember_post
from storage.words import EventStatus, Intent, Kind, Precision, Role

#: What speaks of an event that was told of before, and says that it is otherwise.
_CHANGES = (Intent.UPDATE, Intent.CANCELLATION)


@dataclass(frozen=True, slots=True)
class Again:
    """An event that is there, and what somebody tells of it now."""

    item: Item
    sure: bool  # it is the same; else an editor is asked
    theirs: bool  # they may change it: its author, their cluster, who shared it too, an editor
    changes: bool  # what they say is meant to change it

    @property
    def needs_editor(self) -> str:
        """Why an editor decides first, a stable slug; "" when nobody need."""
        if not self.sure:
            return "same_event"
        return "not_their_event" if self.changes and not self.theirs else ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of telling of an event again."""

    outcome: Literal["changed", "unchanged", "reminded", "shared"]
    item_id: ItemId
    title: str
    by: str  # who shared it first, by name; "" when that is not known any more
    at: datetime  # when
    own: bool  # it was the same person
    off: bool = False


async def look_up(
    session: AsyncSession,
    house: House,
    reading: Reading,
    author: Author,
    origin: Origin,
    now: datetime,
    *,
    apart_from: Collection[ItemId] = (),
) -> Again | None:
    """The event that is there already, when an invitation tells of one. From here on nobody else shares an invitation
    until the transaction ends. `apart_from`: items that are known to be others.
    """
    if reading.kind is not Kind.INVITATION or is_old(origin.sent_at, now):
        return None
    await hold_events(session)
    uid = reading.event.uid if reading.event else ""
    known = [
        (item, event)
        for item, event in await known_events(session, uid, now)
        if item.id not in apart_from and await answers_for(session, item, reading, author)
    ]
    new = occasion_of(reading.title, as_known(reading.event))
    sameness, number = likeliest(new, [occasion(event) for _, event in known], reading.intent)
    if number is None:
        return None
    item, event = known[number]
    theirs = await may_change(session, item, author)
    own = author.member_id is not None and author.member_id == item.author_id
    changes = _is_meant_to_change(reading, item, event, new)
    if sameness is Sameness.ASK and own and reading.intent not in _CHANGES:
        return None  # who shares two events knows that they are two
    return Again(item, sameness is Sameness.SAME, theirs, changes)


async def merged(session: AsyncSession, item: Item, reading: Reading, author: Author) -> Again:
    """What an editor says is the same."""
    event = await session.scalar(select(Event).where(Event.item_id == item.id).order_by(Event.id).limit(1))
    new = occasion_of(reading.title, as_known(reading.event))
    changes = event is not None and _is_meant_to_change(reading, item, event, new)
    return Again(item, sure=True, theirs=await may_change(session, item, author), changes=changes)


async def may_change(session: AsyncSession, item: Item, author: Author) -> bool:
    """Whether an item is theirs to change: their own, their cluster's, one that they shared too, or any for an editor."""
    member = await session.get(Member, author.member_id) if author.member_id is not None else None
    if member is None:
        return False
    if member.id == item.author_id or member.role in (Role.EDITOR, Role.ADMIN):
        return True
    if await is_sharer(session, item.id, member.id) and member.role is not Role.READER:
        return True
    return member.role is Role.STAFF and member.cluster_id == item.cluster_id is not None


async def take(
    session: AsyncSession,
    house: House,
    again: Again,
    reading: Reading,
    author: Author,
    origin: Origin,
    now: datetime,
    *,
    via: str = "mail",
) -> Told:
    """Do what is told: change the event, remind of it, or count one more who shares it."""
    item = await session.get_one(Item, again.item.id, with_for_update=True)
    event = await session.scalar(select(Event).where(Event.item_id == item.id).order_by(Event.id).limit(1))
    own = author.member_id is not None and author.member_id == item.author_id
    outcome: Literal["changed", "unchanged", "reminded", "shared"] = "shared"
    if again.changes and event is not None:
        said = await _without_known_files(session, item, _overlaid(reading, item, event))
        done = await change(session, house, item, said, author, via, now, _news(reading, item, event))
        outcome = "changed" if done == "changed" else "unchanged"
        if said.event is not None and said.event.uncertain is not None:
            await ask(session, house, item.id, author, now)
    elif again.theirs and (own or reading.intent is Intent.REMINDER):
        outcome = "reminded"
    if outcome == "reminded":
        await comment(session, house, item.id, None, replace(reading, event=None), author, origin, now)
    else:
        await remember_post(session, "mail", origin.message_id, item.id, None, ours=False)
    if not own and author.member_id is not None:
        await follow(session, item.id, author.member_id, "shared")
        if await add_sharer(session, item.id, author.member_id, now):
            await redraw_item(session, house, item.id, now, gather=True)
    off = reading.intent is Intent.CANCELLATION
    by = item.author_name or item.author_email
    return Told(outcome, item.id, item.title, by, item.created_at, own=own, off=off)


async def tell_again(
    session: AsyncSession, house: House, told: Told, author: Author, now: datetime, *, once: str
) -> None:
    """Which event it is, who shared it first, and what came of telling of it again."""
    await tell(
        session,
        house,
        "event_again",
        author,
        now,
        once=once,
        item_id=told.item_id,
        title=told.title,
        by=told.by,
        at=told.at.isoformat(),
        own=told.own,
        outcome=told.outcome,
        off=told.off,
        url=f"{house.settings.network.public_url}/i/{told.item_id}",
    )


async def amend(
    session: AsyncSession, house: House, item_id: ItemId, reading: Reading, author: Author, now: datetime
) -> bool:
    """Whether an answer in a thread, by one who may, changed its event: "Tyvärr ställs träffen in". The answer stands
    there as well.
    """
    if reading.intent not in _CHANGES or (reading.intent is Intent.UPDATE and known_part(reading.event) is None):
        return False
    item = await session.get_one(Item, item_id, with_for_update=True)
    event = await session.scalar(select(Event).where(Event.item_id == item_id).order_by(Event.id).limit(1))
    if event is None or item.kind is not Kind.INVITATION or not await may_change(session, item, author):
        return False
    said = replace(_overlaid(reading, item, event), text=item.text, files=())
    return await change(session, house, item, said, author, "mail", now, _news(reading, item, event)) == "changed"


# -- what is new of it ----------------------------------------------------------------------------------------------------


def _is_meant_to_change(reading: Reading, item: Item, event: Event, new: Occasion) -> bool:
    """Whether it says so itself, its calendar is newer, it fills in what a saved date left open, or the day is another."""
    if reading.intent in _CHANGES:
        return True
    if reading.intent is Intent.REMINDER or reading.event is None:
        return False
    if reading.event.uid and reading.event.uid == event.uid:
        return reading.event.sequence >= event.sequence and _is_otherwise(reading.event, event)
    if item.intent is Intent.SAVE_THE_DATE or event.uncertain or event.precision is Precision.WEEK:
        return reading.intent is Intent.NEW
    return starts_of(new, occasion(event)) in (Starts.SAME_DAY, Starts.APART)


def _is_otherwise(new: EventReading, event: Event) -> bool:
    told = ("start", "end", "place", "online_url", "status")
    return any(getattr(new, name) != getattr(event, name) for name in told)


def _news(reading: Reading, item: Item, event: Event) -> News:
    """What becomes of the item's and the event's standing."""
    new = reading.event
    sequence = new.sequence if new is not None and new.uid == event.uid else 0
    if reading.intent is Intent.CANCELLATION or (new is not None and new.status is EventStatus.CANCELLED):
        return News(intent=Intent.CANCELLATION, status=EventStatus.CANCELLED, sequence=sequence)
    if item.intent is Intent.SAVE_THE_DATE and reading.intent is Intent.NEW:
        return News(intent=Intent.NEW, sequence=sequence)
    known = as_known(new)
    moved = known is not None and starts_of(occasion_of("", known), occasion(event)) in (Starts.SAME_DAY, Starts.APART)
    stands = EventStatus.CONFIRMED if event.status is EventStatus.CANCELLED else None
    return News(intent=Intent.UPDATE, status=EventStatus.MOVED if moved else stands, sequence=sequence)


def _overlaid(reading: Reading, item: Item, event: Event) -> Reading:
    """The item with what is new: what the letter leaves out stays as it was."""
    topics = tuple(dict.fromkeys((*item.topics, *reading.topics)))
    text = _beside(reading.text, item.text, whole=reading.intent is Intent.NEW)
    return replace(
        reading,
        kind=item.kind,
        title=item.title,
        text=text,
        audience=item.audience,
        topics=topics,
        event=_event_overlaid(event, reading),
    )


def _event_overlaid(event: Event, reading: Reading) -> EventReading:
    old, new = event_reading(event), reading.event
    if new is None or reading.intent is Intent.CANCELLATION:
        return old
    others = ("mode", "place", "online_url", "registration_url", "registration_email", "registration_deadline")
    kept = replace(old, **{name: getattr(new, name) or getattr(old, name) for name in (*others, "organiser")})
    vaguer = old.date_precision is Precision.TIME and new.date_precision is not Precision.TIME
    if vaguer and starts_of(occasion_of("", new), occasion(event)) is Starts.TOGETHER:
        return kept
    when = ("start", "end", "timezone", "date_precision", "all_day", "uncertain")
    return replace(kept, **{name: getattr(new, name) for name in when})


#: A letter that says so much of what was there, measured in characters, has all of it.
_WHOLE = 0.6
_RULE = "\n\n* * *\n\n"


def _beside(new: str, old: str, *, whole: bool) -> str:
    """The new words alone when they are an invitation of their own, else before those that were there."""
    if not new.strip() or _same_words(new, old):
        return old
    if whole or len(new) >= _WHOLE * len(old):
        return new
    return old if old.startswith(new) else f"{new}{_RULE}{old}"


def _same_words(one: str, other: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


async def _without_known_files(session: AsyncSession, item: Item, reading: Reading) -> Reading:
    have = set(await session.scalars(select(Attachment.sha256).where(Attachment.item_id == item.id)))
    return replace(reading, files=tuple(file for file in reading.files if file.sha256 not in have))
