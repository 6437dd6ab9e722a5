"""A form that was opened for something that a letter tells of: what it is of, and what it has become."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.again import Told as Again
from bot.again import tell_again
from bot.house import House
from bot.publishing import Outcome
from bot.slack.acts import Done
from bot.slack.people import Visitor
from bot.taking_up import may_take_up, note_shared, open_mention
from bridges.slack.form.draft import Meta
from storage.ids import ItemId
from storage.mentions import Told, others_of
from storage.models import Inbound, Item, Member
from storage.words import InboxState


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that a letter tells of, held until the end of the transaction."""

    told: Told
    letter: Item
    others: frozenset[ItemId]  # items that are something else, as the letter tells of both


async def taken_from(session: AsyncSession, who: Visitor, meta: Meta) -> Taken | None:
    """What the form was opened for, when that is there and theirs to share; else they share something of their own."""
    found = await open_mention(session, meta.mention_id) if meta.mention_id is not None else None
    member = await session.get(Member, who.known.member_id) if who.known else None
    if found is None or not may_take_up(found[1], member):
        return None
    told, letter = found
    return Taken(told, letter, await others_of(session, told.mention))


async def tell_it_is_shared(
    session: AsyncSession, house: House, row: Inbound, who: Visitor, taken: Taken, now: datetime
) -> Done:
    """Somebody was first: say who, and where it is."""
    there = await session.get_one(Item, taken.told.shared_as)
    own, by = there.author_id == who.author.member_id, there.author_name or there.author_email
    known = Again("shared", there.id, there.title, by, there.created_at, own=own)
    await tell_again(session, house, known, who.author, now, once=str(row.id))
    return Done(Outcome(InboxState.DONE, "mention_known"))


async def note_taken(
    session: AsyncSession, house: House, taken: Taken | None, item_id: ItemId | None, who: Visitor, now: datetime
) -> None:
    """It is that item now, unless an editor has to look first, or somebody has shared it meanwhile."""
    if taken is None or item_id is None or taken.told.shared_as is not None:
        return
    actor = who.author.email or f"slack:{who.user}"
    await note_shared(session, house, taken.told, item_id, actor, "slack", now)
