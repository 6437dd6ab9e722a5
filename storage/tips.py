"""Tips and their votes: which item is the tip of a page, and how many readers find it worth reading."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import ItemId, MemberId
from storage.models import Item, Tip, Vote
from storage.words import ItemStatus

#: So many ids fit in one question to either database.
_AT_ONCE = 500


async def hold_page(session: AsyncSession, key: str) -> None:
    """Until the end of the transaction nobody else makes this page a tip: who comes at the same instant waits, and then
    sees ours. On SQLite one transaction writes at a time anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 4712))"), {"key": f"tip:{key}"})


async def tip_of(session: AsyncSession, key: str, *, hold: bool = False) -> Item | None:
    """The item that is the tip of this page; None when there is none, or it was taken back. `hold`: until the end of
    the transaction nobody takes it back.
    """
    found = select(Item).join(Tip, Tip.item_id == Item.id)
    found = found.where(Tip.key == key, Item.status == ItemStatus.PUBLISHED)
    return await session.scalar(found.with_for_update(of=Item, key_share=True) if hold else found)


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
    """How many find each worth reading, its author not counted; those without votes are left out."""
    counted: dict[ItemId, int] = {}
    for start in range(0, len(items), _AT_ONCE):
        rows = await session.execute(
            select(Vote.item_id, func.count())
            .join(Item, Item.id == Vote.item_id)
            .where(Vote.item_id.in_(items[start : start + _AT_ONCE]), Vote.member_id.is_distinct_from(Item.author_id))
            .group_by(Vote.item_id)
        )
        counted.update((item_id, count) for item_id, count in rows)
    return counted


async def count_votes(session: AsyncSession, item_id: ItemId) -> int:
    """The same for one item."""
    return (await votes_of(session, [item_id])).get(item_id, 0)
