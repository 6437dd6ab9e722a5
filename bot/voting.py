"""Votes for tips, one vocabulary for Slack, pages and mail: each member once, and nobody for their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.audience import is_for
from bot.house import House
from bot.slack.showing import redraw_item
from storage.ids import ItemId, MemberId
from storage.models import Item, Member
from storage.tips import cast_vote, count_votes, has_voted, take_back_vote
from storage.words import ItemStatus, Kind, MemberStatus


@dataclass(frozen=True, slots=True)
class Voted:
    """What became of a vote."""

    outcome: Literal["voted", "taken_back", "own", "gone", "left"]
    title: str = ""
    votes: int = 0  # the tip's, now


async def vote(
    house: House,
    item_id: ItemId,
    member_id: MemberId,
    via: str,
    *,
    on: bool | None = None,
    within: AsyncSession | None = None,
) -> Voted:
    """Vote for a tip, or take the vote back. `on`: True and False make it so however often; None turns it around."""
    now = house.now()
    async with transaction(house, within) as session:
        member = await session.get(Member, member_id)
        if member is None or member.status is MemberStatus.LEFT:
            return Voted("left")
        item = await tip_for(session, item_id, member)
        if item is None:
            return Voted("gone")
        if item.author_id == member_id:
            return Voted("own", item.title, await count_votes(session, item_id))
        wanted = on if on is not None else not await has_voted(session, item_id, member_id)
        if await _set(session, item_id, member_id, via, now, wanted=wanted):
            await redraw_item(session, house, item_id, now, gather=True)
        return Voted("voted" if wanted else "taken_back", item.title, await count_votes(session, item_id))


async def tip_for(session: AsyncSession, item_id: int, member: Member) -> Item | None:
    """The tip, when it is one, stands and is meant for this member too."""
    item = await session.get(Item, ItemId(item_id))
    if item is None or item.kind is not Kind.TIP or item.status is not ItemStatus.PUBLISHED:
        return None
    return item if item.author_id == member.id or await is_for(session, item, member) else None


async def _set(
    session: AsyncSession, item_id: ItemId, member_id: MemberId, via: str, now: datetime, *, wanted: bool
) -> bool:
    if wanted:
        return await cast_vote(session, item_id, member_id, via, now)
    return await take_back_vote(session, item_id, member_id)
