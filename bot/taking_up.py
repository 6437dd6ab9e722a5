"""Something that a letter tells of is taken up: a person makes it an item of its own, once however often it is pressed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.again import look_up
from bot.asking import ask
from bot.house import House
from bot.mentions import reading_of, with_source
from bot.publishing import Origin, share
from bot.slack.showing import redraw_item
from bot.telling import tell
from bot.tipping import Known
from bot.understanding import Author
from storage.audit import record
from storage.ids import ItemId, MemberId
from storage.mentions import Told, mention, others_of
from storage.models import Item, Member
from storage.readers import sender_by_member
from storage.sharers import add_sharer, hold_events
from storage.threads import follow
from storage.words import ItemStatus, MemberStatus, Role


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What became of taking something up."""

    outcome: Literal["shared", "already", "perhaps", "too_many", "not_allowed", "gone"]
    title: str = ""
    item_id: ItemId | None = None  # that it is now, was already, or perhaps is
    known_title: str = ""  # of an item that was there
    people: int = 0  # how many it goes to by mail


def may_take_up(letter: Item, member: Member | None) -> bool:
    """Whether what a letter tells of is theirs to share: staff and up, and whoever sent the letter."""
    if member is None or member.status is not MemberStatus.ACTIVE:
        return False
    return member.role is not Role.READER or member.id == letter.author_id


async def open_mention(session: AsyncSession, mention_id: int) -> tuple[Told, Item] | None:
    """A mention to be shared, held until the end of the transaction, with the letter that tells of it; None when either
    is gone. Who shares an invitation, or changes the letter, at the same instant waits: always in this order, so that no
    two wait for each other.
    """
    await hold_events(session)
    if (seen := await mention(session, mention_id)) is None:
        return None
    letter = await session.get(Item, seen.mention.item_id, with_for_update=True)
    told = await mention(session, mention_id, hold=True)
    if told is None or letter is None or letter.status is not ItemStatus.PUBLISHED:
        return None
    return told, letter


async def note_shared(
    session: AsyncSession, house: House, told: Told, item_id: ItemId, actor: str, via: str, now: datetime
) -> None:
    """From now on it is that item, and the letter's card says so."""
    told.mention.shared_as = item_id
    await session.flush()
    detail = {"from": told.mention.item_id, "item": item_id}
    await record(session, actor, "mention.shared", f"mention:{told.mention.id}", via, detail, now)
    await redraw_item(session, house, told.mention.item_id, now)


async def take_up(
    house: House,
    mention_id: int,
    member_id: MemberId,
    via: str,
    *,
    choice: Literal["", "same", "another"] = "",
    within: AsyncSession | None = None,
) -> TakenUp:
    """Share it as it stands. What the network has already is pointed at instead, and where that is not sure whoever
    shares it says: `choice`.
    """
    now = house.now()
    async with transaction(house, within) as session:
        found = await open_mention(session, mention_id)
        if found is None:
            return TakenUp("gone")
        told, letter = found
        title = told.mention.title
        member = await session.get(Member, member_id)
        if member is None or not may_take_up(letter, member):
            return TakenUp("not_allowed", title)
        if told.shared_as is not None:
            return await _already(session, title, told.shared_as)
        known = await sender_by_member(session, member, now)
        if known.items_last_hour >= house.settings.limits.items_per_hour:
            return TakenUp("too_many", title)
        author = _author(member)
        actor = member.email or f"member:{member.id}"
        reading, origin = reading_of(told.mention, letter), Origin(inbox_id=None, sent_at=now)
        reading = replace(reading, text=with_source(reading.text, house, letter))
        others = await others_of(session, told.mention)
        again = await look_up(session, house, reading, author, origin, now, apart_from=others)
        if again is not None and not again.sure and not choice:
            return TakenUp("perhaps", title, again.item.id, again.item.title)
        if again is not None and (again.sure or choice == "same"):
            await _join(session, house, again.item, author, now)
            await note_shared(session, house, told, again.item.id, actor, via, now)
            return TakenUp("already", title, again.item.id, again.item.title)
        published = await share(session, house, reading, author, origin, now)
        await note_shared(session, house, told, published.item_id, actor, via, now)
        if isinstance(published, Known):
            return TakenUp("already", title, published.item_id, published.title)
        await ask(session, house, published.item_id, author, now)
        reach = published.reach
        await tell(
            session,
            house,
            "shared",
            author,
            now,
            once=f"mention:{mention_id}:{published.item_id}",
            item_id=published.item_id,
            title=published.title,
            people=reach.people,
            clusters=reach.clusters,
            undo_seconds=house.settings.list.undo_seconds,
        )
        return TakenUp("shared", title, published.item_id, people=reach.people)


def _author(member: Member) -> Author:
    """They are told by mail, or in Slack when they have no address."""
    return Author(
        name=member.name,
        email=member.email or "",
        member_id=member.id,
        cluster_id=member.cluster_id,
        language=member.locale,
        slack_user=None if member.email else member.slack_user,
    )


async def _already(session: AsyncSession, title: str, item_id: ItemId) -> TakenUp:
    item = await session.get_one(Item, item_id)
    return TakenUp("already", title, item_id, item.title)


async def _join(session: AsyncSession, house: House, item: Item, author: Author, now: datetime) -> None:
    """One more who shares what is there."""
    if author.member_id is None or author.member_id == item.author_id:
        return
    await follow(session, item.id, author.member_id, "shared")
    if await add_sharer(session, item.id, author.member_id, now):
        await redraw_item(session, house, item.id, now, gather=True)
