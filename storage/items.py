"""Items as the command line lists, searches and shows them, and mail that waits for a person."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from storage.ids import InboxId, ItemId, MemberId
from storage.models import Cluster, Comment, Content, Delivery, Event, Held, Inbound, Item
from storage.words import ContentKind, EventStatus, InboxState, ItemStatus, Kind

#: SQLite's lower() knows a–z alone, and PostgreSQL's what its locale says: these are ours to lower.
_CAPITALS = "ÅÄÖÉÈÜÆØÁÍÓÚÔÇŠŽČĐŊŦ"
#: Of a raw mail, enough to see who wrote it and what it is called.
_HEAD = 65_536


async def list_items(
    session: AsyncSession,
    *,
    kind: Kind | None = None,
    status: ItemStatus | None = None,
    cluster: str = "",
    limit: int | None = None,
) -> Sequence[Item]:
    """Items, the newest first, each with its author and cluster."""
    rows = _with_people().order_by(Item.created_at.desc(), Item.id.desc()).limit(limit)
    if kind is not None:
        rows = rows.where(Item.kind == kind)
    if status is not None:
        rows = rows.where(Item.status == status)
    if cluster:
        rows = rows.join(Cluster).where(Cluster.slug == cluster.lower())
    return (await session.scalars(rows)).all()


async def search_items(session: AsyncSession, words: str, *, limit: int | None = None) -> Sequence[Item]:
    """Items in whose title, text or author every word is found, also as a part of one: titles first, then the newest."""
    wanted = unicodedata.normalize("NFC", words).lower().split()
    if not wanted:
        return []
    title, text, author = (_lower(column) for column in (Item.title, Item.text, Item.author_name))
    everywhere = (or_(*(place.contains(word, autoescape=True) for place in (title, text, author))) for word in wanted)
    in_title = and_(*(title.contains(word, autoescape=True) for word in wanted))
    rows = _with_people().where(*everywhere).order_by(in_title.desc(), Item.created_at.desc(), Item.id.desc())
    return (await session.scalars(rows.limit(limit))).all()


async def get_item(session: AsyncSession, item_id: ItemId) -> Item | None:
    """One item with its events and files."""
    return await session.scalar(
        _with_people().options(selectinload(Item.events), selectinload(Item.attachments)).where(Item.id == item_id)
    )


async def coming_items(session: AsyncSession, now: datetime, limit: int = 20) -> Sequence[Item]:
    """Items whose event is still to come, the soonest first, with their events and clusters."""
    soonest = (
        select(Event.item_id, func.min(Event.starts_at).label("at"))
        .where(Event.starts_at > now, Event.status != EventStatus.CANCELLED)
        .group_by(Event.item_id)
        .subquery()
    )
    rows = (
        _with_people()
        .options(selectinload(Item.events))
        .join(soonest, soonest.c.item_id == Item.id)
        .where(Item.status == ItemStatus.PUBLISHED)
        .order_by(soonest.c.at, Item.id)
        .limit(limit)
    )
    return (await session.scalars(rows)).all()


async def items_by(session: AsyncSession, member_id: MemberId, limit: int = 20) -> Sequence[Item]:
    """What a member has shared and not taken back unseen, the newest first."""
    rows = (
        _with_people()
        .options(selectinload(Item.events))
        .where(Item.author_id == member_id, Item.status != ItemStatus.UNDONE)
        .order_by(Item.created_at.desc(), Item.id.desc())
        .limit(limit)
    )
    return (await session.scalars(rows)).all()


async def comments_of(session: AsyncSession, item_id: ItemId) -> Sequence[Comment]:
    """An item's comments, the oldest first, without those that were taken away."""
    rows = select(Comment).options(selectinload(Comment.author))
    rows = rows.where(Comment.item_id == item_id, Comment.deleted_at.is_(None))
    return (await session.scalars(rows.order_by(Comment.created_at, Comment.id))).all()


async def deliveries_of(session: AsyncSession, item_id: ItemId) -> dict[str, int]:
    """How many of the item's letters are in each state."""
    rows = await session.execute(
        select(Delivery.state, func.count())
        .join(Content, Content.id == Delivery.content_id)
        .where(Content.item_id == item_id, Content.kind == ContentKind.ITEM)
        .group_by(Delivery.state)
    )
    return {row[0].value: row[1] for row in rows}


async def readers_of(session: AsyncSession, item_id: ItemId) -> Sequence[Delivery]:
    """Who got the item, or will, or did not."""
    rows = (
        select(Delivery)
        .join(Content, Content.id == Delivery.content_id)
        .where(Content.item_id == item_id, Content.kind == ContentKind.ITEM)
        .order_by(Delivery.destination, Delivery.id)
    )
    return (await session.scalars(rows)).all()


# -- mail that waits for a person ---------------------------------------------------------------------------------


async def list_waiting(
    session: AsyncSession, states: Sequence[InboxState] = (InboxState.PARKED, InboxState.HELD)
) -> Sequence[Row[Inbound, Held | None, bytes]]:
    """Mail that could not be understood, or waits for an editor: the row, the held post, and the head of the mail."""
    rows = (
        select(Inbound, Held, func.substr(Inbound.raw, 1, _HEAD))
        .outerjoin(Held, Held.inbox_id == Inbound.id)
        .where(Inbound.state.in_(states))
        .order_by(Inbound.id)
    )
    return (await session.execute(rows)).all()


async def again(session: AsyncSession, inbox_id: InboxId, now: datetime) -> InboxState | None:
    """Let a parked mail be read anew, as after a fix. Answers its state before; None when there is none."""
    row = await session.get(Inbound, inbox_id, with_for_update=True)
    if row is None:
        return None
    before = row.state
    if before is InboxState.PARKED:
        row.state, row.reason, row.detail = InboxState.NEW, "", ""
        row.attempts, row.handled_at = 0, None
    return before


def _with_people() -> Select[Item]:
    return select(Item).options(selectinload(Item.author), selectinload(Item.cluster))


def _lower(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    lowered: ColumnElement[str] = func.lower(column)
    for letter in _CAPITALS:
        lowered = func.replace(lowered, letter, letter.lower())
    return lowered
