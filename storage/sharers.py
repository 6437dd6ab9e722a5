"""Events that may be told of again, and who shared each besides its author."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import HeldId, ItemId, MemberId
from storage.models import Cluster, Event, Item, Likeness, Member, Sharer
from storage.words import ItemStatus, Kind

#: An event is told of again until it has been.
_OVER = timedelta(days=2)
#: So many are compared with what comes in, the newest.
_MOST = 1_000


async def hold_events(session: AsyncSession) -> None:
    """Until the end of the transaction nobody else shares an invitation: who comes at the same instant waits, and then
    sees ours. On SQLite one transaction writes at a time anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('events', 4713))"))


async def known_events(session: AsyncSession, uid: str, now: datetime) -> Sequence[tuple[Item, Event]]:
    """The invitations that are there, each with its event: those to come, and whichever has this UID."""
    to_come = Event.starts_at > now - _OVER
    rows = await session.execute(
        select(Item, Event)
        .join(Event, Event.item_id == Item.id)
        .where(
            Item.status == ItemStatus.PUBLISHED,
            Item.kind == Kind.INVITATION,
            or_(to_come, Event.uid == uid) if uid else to_come,
        )
        .order_by(Item.id.desc())
        .limit(_MOST)
    )
    return [(item, event) for item, event in rows]


async def add_sharer(session: AsyncSession, item_id: ItemId, member_id: MemberId, now: datetime) -> bool:
    """The member shared it too; whether that is new."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    done = await session.scalars(
        insert(Sharer)
        .values(item_id=item_id, member_id=member_id, at=now)
        .on_conflict_do_nothing(index_elements=["item_id", "member_id"])
        .returning(Sharer.member_id)
    )
    return done.one_or_none() is not None


async def is_sharer(session: AsyncSession, item_id: ItemId, member_id: MemberId) -> bool:
    """Whether the member shared it too."""
    return await session.get(Sharer, (item_id, member_id)) is not None


async def sharers_of(session: AsyncSession, item_id: ItemId) -> tuple[str, ...]:
    """Who shared it too, the first first: by their clusters, each once; a person without one by name."""
    rows = await session.execute(
        select(Cluster.name, Member.name)
        .select_from(Sharer)
        .join(Member, Member.id == Sharer.member_id)
        .outerjoin(Cluster, Cluster.id == Member.cluster_id)
        .where(Sharer.item_id == item_id)
        .order_by(Sharer.at, Sharer.member_id)
    )
    return tuple(dict.fromkeys(filter(None, (cluster or name for cluster, name in rows))))


async def note_likeness(session: AsyncSession, held_id: HeldId, item_id: ItemId) -> None:
    """A held post may tell of this item's event."""
    session.add(Likeness(held_id=held_id, item_id=item_id))
    await session.flush()


async def likeness_of(session: AsyncSession, held_id: HeldId) -> Item | None:
    """The item whose event a held post may tell of; None when there is none, or it was taken back."""
    return await session.scalar(
        select(Item)
        .join(Likeness, Likeness.item_id == Item.id)
        .where(Likeness.held_id == held_id, Item.status == ItemStatus.PUBLISHED)
    )
