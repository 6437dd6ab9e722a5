"""Tips and their votes: which item is the tip of a page, and how many readers find it worth reading."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import ItemId, MemberId
from storage.models import Item, Tip, Vote
from storage.words import ItemStatus


async def hold_page(session: AsyncSession, key: str) -> None:
    """Until the end of the transaction nobody else makes this page a tip: who comes at the same instant waits, and then
    sees ours. On SQLite one transaction writes at a time anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 4712))"), {"key": f"tip:{key}"})


async def tip_of(session: AsyncSession, key: str) -> Item | None:
    """The item that is the tip of this page; None when there is none, or it was taken back."""
    found = select(Item).join(Tip, Tip.item_id == Item.id)
    return await session.scalar(found.where(Tip.key == key, Item.status == ItemStatus.PUBLISHED))


async def url_of(session: AsyncSession, item_id: ItemId) -> str:
    """The page that an item is the tip of, as it is opened; "" when it is none."""
    return await session.scalar(select(Tip.url).where(Tip.item_id == item_id)) or ""


async def make_tip(session: AsyncSession, key: str, url: str, item_id: ItemId) -> None:
    """From now on this item is the tip of the page, in place of whichever was, and of no other page."""
    await drop_tip(session, item_id)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(Tip).values(key=key, url=url, item_id=item_id)
    await session.execute(
        added.on_conflict_do_update(
            index_elements=["key"], set_={"url": added.excluded.url, "item_id": added.excluded.item_id}
        )
    )


async def drop_tip(session: AsyncSession, item_id: ItemId) -> None:
    """This item is the tip of no page any more."""
    await session.execute(delete(Tip).where(Tip.item_id == item_id))


# -- votes --------------------------------------------------------------------------------------------------------------


async def cast_vote(session: AsyncSession, item_id: ItemId, member_id: MemberId, via: str, now: datetime) -> bool:
    """The member finds it worth reading; whether that is new."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    done = await session.scalars(
        insert(Vote)
        .values(item_id=item_id, member_id=member_id, via=via, at=now)
        .on_conflict_do_nothing(index_elements=["item_id", "member_id"])
        .returning(Vote.member_id)
    )
    return done.one_or_none() is not None


async def take_back_vote(session: AsyncSession, item_id: ItemId, member_id: MemberId) -> bool:
    """The member does not any more; whether they did."""
    mine = (Vote.item_id == item_id, Vote.member_id == member_id)
    return (await session.scalars(delete(Vote).where(*mine).returning(Vote.member_id))).one_or_none() is not None


async def has_voted(session: AsyncSession, item_id: ItemId, member_id: MemberId) -> bool:
    """Whether the member's vote is there."""
    return await session.get(Vote, (item_id, member_id)) is not None


async def votes_of(session: AsyncSession, items: Sequence[ItemId]) -> dict[ItemId, int]:
    """How many votes each item has, its author's own not among them; every item that was asked for is in the answer."""
    counted = dict.fromkeys(items, 0)
    for start in range(0, len(items), 500):
        rows = await session.execute(
            select(Vote.item_id, func.count().label("votes"))
            .join(Item, Item.id == Vote.item_id)
            .where(Vote.item_id.in_(items[start : start + 500]), _of_another())
            .group_by(Vote.item_id)
        )
        counted |= {row.item_id: row.votes for row in rows}
    return counted


def _of_another() -> ColumnElement[bool]:
    return or_(Item.author_id.is_(None), Item.author_id != Vote.member_id)
