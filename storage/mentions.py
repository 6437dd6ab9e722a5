"""What items tell of beside their own, and which item each has become."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import ItemId, MentionId
from storage.models import Item, Mention
from storage.words import Audience, ItemStatus, Kind

#: So many events of one day are looked for in other letters.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """Something that an item tells of, and what it is shared as."""

    mention: Mention
    shared_as: ItemId | None  # an item that stands; None: nobody shares it, or it was taken back


async def told_by(session: AsyncSession, item_id: ItemId) -> list[Told]:
    """What an item tells of, in its order: events, then pages."""
    shared = aliased(Item)
    stands: ColumnElement[bool] = shared.status == ItemStatus.PUBLISHED
    rows = await session.execute(
        select(Mention, shared.id)
        .outerjoin(shared, (shared.id == Mention.shared_as) & stands)
        .where(Mention.item_id == item_id)
        .order_by(Mention.number, Mention.id)
    )
    return [Told(mention, shared_as) for mention, shared_as in rows]


async def mention(session: AsyncSession, mention_id: int, *, hold: bool = False) -> Told | None:
    """One of them; None when there is none any more. `hold`: until the end of the transaction nobody else shares it."""
    found = select(Mention).where(Mention.id == mention_id)
    found = found.with_for_update().execution_options(populate_existing=True) if hold else found
    row = await session.scalar(found)
    if row is None:
        return None
    stands = (Item.id == row.shared_as, Item.status == ItemStatus.PUBLISHED)
    return Told(row, await session.scalar(select(Item.id).where(*stands)) if row.shared_as is not None else None)


async def others_of(session: AsyncSession, one: Mention) -> frozenset[ItemId]:
    """The items that are not this mention, as the letter tells of both: the letter itself, and what else of it is shared."""
    rows = await session.scalars(select(Mention.shared_as).where(Mention.item_id == one.item_id, Mention.id != one.id))
    return frozenset({one.item_id, *filter(None, rows)})


async def forget_open(session: AsyncSession, item_id: ItemId) -> Sequence[Mention]:
    """Take away what an item told of and nobody has shared; answers what is left."""
    told = await told_by(session, item_id)
    gone: list[MentionId] = [one.mention.id for one in told if one.shared_as is None]
    await session.execute(delete(Mention).where(Mention.id.in_(gone)))
    return [one.mention for one in told if one.shared_as is not None]


async def open_on(session: AsyncSession, day: str) -> Sequence[Mention]:
    """The events on this day ("2026-11-12") that letters to all tell of and nobody has shared, the newest first."""
    shared = aliased(Item)
    rows = await session.scalars(
        select(Mention)
        .join(Item, Item.id == Mention.item_id)
        .outerjoin(shared, shared.id == Mention.shared_as)
        .where(
            Mention.kind == Kind.INVITATION,
            Mention.start.between(
                day, f"{day}T99"
            ),  # by the index, and then exactly: databases order signs differently
            func.substr(Mention.start, 1, 10) == day,
            Item.status == ItemStatus.PUBLISHED,
            Item.audience == Audience.ALL,
            (Mention.shared_as.is_(None)) | (shared.status != ItemStatus.PUBLISHED),
        )
        .order_by(Mention.id.desc())
        .limit(_MOST)
    )
    return rows.all()


async def tellers_of(session: AsyncSession, item_id: ItemId) -> Sequence[ItemId]:
    """The items that tell of what is shared as this one."""
    rows = await session.scalars(select(Mention.item_id).where(Mention.shared_as == item_id).distinct())
    return rows.all()
