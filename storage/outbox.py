"""The outbox: what is to go out to whom, who is sending it, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import database_now
from storage.ids import ContentId, DeliveryId, Destination, MemberId, ProcessId
from storage.models import Content, Delivery, Process
from storage.turns import due_in_turn, goes_by, next_in_turn
from storage.words import ContentKind, DeliveryState

#: After so long nobody expects the letter any more; a person decides.
PATIENCE = timedelta(days=5)

#: Past the session's bookkeeping, straight to the table: there may be thousands of rows.
_OUTBOX: Any = Delivery.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One reader of a content, as planning decided."""

    destination: Destination
    member_id: MemberId | None
    name: str
    language: str
    next_at: datetime  # not before
    priority: int
    picks: str = ""  # of a digest: the reader's items, "12 15 9"


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process has claimed from the outbox and must settle."""

    id: DeliveryId
    content_id: ContentId
    kind: ContentKind
    destination: Destination
    member_id: MemberId | None
    name: str
    language: str
    attempts: int  # this one included
    picks: str = ""  # of a digest: the items chosen for this reader, "12 15 9"

    @property
    def address(self) -> str:
        """The destination without its bridge: an address, or a channel."""
        return self.destination.partition(":")[2]


async def enqueue(session: AsyncSession, content: Content, planned: Sequence[Planned], now: datetime) -> int:
    """Store a content and its deliveries in the caller's transaction; what is there already stays as it is.

    Answers how many deliveries are new.
    """
    content_id = await _stored(session, content)
    if not planned:
        return 0
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite_insert if sqlite else postgres_insert
    rows = [
        {
            "key": f"{content.key}:{copy.destination}",
            "content_id": content_id,
            "kind": content.kind,
            "destination": copy.destination,
            "member_id": copy.member_id,
            "name": copy.name,
            "language": copy.language,
            "state": DeliveryState.QUEUED,
            "priority": copy.priority,
            "attempts": 0,
            "next_at": copy.next_at,
            "created_at": now,
            "picks": copy.picks,
            "reason": "",
            "remote_id": "",
        }
        for copy in planned
    ]
    new = insert(_OUTBOX).on_conflict_do_nothing(index_elements=["key"])
    if sqlite:  # counts by itself; a thousand rows without RETURNING take two thirds of the time
        return int((await (await session.connection()).execute(new, rows)).rowcount)
    return len((await session.execute(new.returning(_OUTBOX.c.id), rows)).all())


async def _stored(session: AsyncSession, content: Content) -> ContentId:
    """The content's number; one with the same key, stored before, is the same content."""
    known = select(Content.id).where(Content.key == content.key)
    with session.no_autoflush:
        found = await session.scalar(known)
    if found is not None:
        return found
    try:
        async with session.begin_nested():
            session.add(content)
    except IntegrityError:  # another process was first
        found = await session.scalar(known)
        if found is None:
            raise
        return found
    return content.id


async def claim(
    session: AsyncSession, owner: ProcessId, bridge: str, now: datetime, limit: int, *, serial: bool = False
) -> list[Claim]:
    """Take what is due for this bridge, the most urgent first; each row is taken by one process only.

    `serial`: at most one row is on its way to a destination, and those behind one that was tried and waits, wait too.
    """
    if serial:
        turns = due_in_turn(bridge, now).subquery("turns")
        due = select(turns.c.id).order_by(turns.c.priority, turns.c.next_at, turns.c.id).limit(limit).cte("due")
    else:
        due = (
            select(Delivery.id)
            .where(Delivery.state == DeliveryState.QUEUED, Delivery.next_at <= now, goes_by(bridge))
            .order_by(Delivery.priority, Delivery.next_at, Delivery.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # PostgreSQL; on SQLite there is one writer at a time
            .cte("due")
        )
    taken = (
        update(_OUTBOX)
        .where(_OUTBOX.c.id.in_(select(due.c.id)))
        .values(state=DeliveryState.SENDING, owner=owner, attempts=_OUTBOX.c.attempts + 1)
        .returning(
            _OUTBOX.c.priority,
            _OUTBOX.c.next_at,
            *(_OUTBOX.c[column] for column in Claim.__slots__),
        )
    )
    if serial:  # nothing is locked while it is chosen: another process may have taken it meanwhile
        taken = taken.where(_OUTBOX.c.state == DeliveryState.QUEUED)
    # RETURNING promises no order.
    rows = sorted((await session.execute(taken)).all(), key=lambda row: row[:3])
    return [Claim(*row[2:]) for row in rows]


async def next_due(
    session: AsyncSession, bridge: str, *, serial: bool = False, now: datetime | None = None
) -> datetime | None:
    """When the next delivery of this bridge may go; None when nothing waits. `serial` (with `now`): as in claiming, so
    that what is held back is not due.
    """
    if serial and now is not None:
        found = (await session.execute(next_in_turn(bridge, now))).one()
        return min((moment for moment in found if moment is not None), default=None)
    waiting = select(func.min(Delivery.next_at)).where(Delivery.state == DeliveryState.QUEUED, goes_by(bridge))
    return await session.scalar(waiting)


async def give_back(session: AsyncSession, owner: ProcessId, keep: Collection[DeliveryId] = ()) -> int:
    """Whatever is claimed by this process, except `keep`, waits again as if never claimed."""
    ours = update(_OUTBOX).where(
        _OUTBOX.c.state == DeliveryState.SENDING, _OUTBOX.c.owner == owner, _OUTBOX.c.id.not_in(list(keep))
    )
    back = ours.values(state=DeliveryState.QUEUED, owner=None, attempts=_OUTBOX.c.attempts - 1)
    return len((await session.execute(back.returning(_OUTBOX.c.id))).all())


async def take_back(session: AsyncSession) -> int:
    """What a dead process had claimed waits again; it may have been sent, so the try counts."""
    living = select(Process.id).where(Process.alive_until >= database_now())
    lost = update(_OUTBOX).where(
        _OUTBOX.c.state == DeliveryState.SENDING, or_(_OUTBOX.c.owner.is_(None), _OUTBOX.c.owner.not_in(living))
    )
    back = lost.values(state=DeliveryState.QUEUED, owner=None)
    return len((await session.execute(back.returning(_OUTBOX.c.id))).all())


async def park_stale(session: AsyncSession, now: datetime) -> int:
    """Park what has waited for more than five days, as after restoring an old backup: a person decides."""
    stale = update(_OUTBOX).where(
        _OUTBOX.c.state == DeliveryState.QUEUED, _OUTBOX.c.created_at < now - PATIENCE, _OUTBOX.c.next_at <= now
    )
    parked = stale.values(state=DeliveryState.PARKED, reason=f"not sent within {PATIENCE.days} days")
    return len((await session.execute(parked.returning(_OUTBOX.c.id))).all())


async def withdraw(session: AsyncSession, content_ids: Sequence[ContentId]) -> tuple[int, int]:
    """Take contents back as far as possible. Answers how many copies were stopped, and how many letters had gone: a post
    in Slack can be taken away again, a letter cannot.
    """
    waiting = update(_OUTBOX).where(
        _OUTBOX.c.content_id.in_(content_ids), _OUTBOX.c.state.in_((DeliveryState.QUEUED, DeliveryState.PARKED))
    )
    stopped = await session.execute(waiting.values(state=DeliveryState.DROPPED).returning(_OUTBOX.c.id))
    dropped = len(stopped.all())
    gone = select(func.count()).where(
        Delivery.content_id.in_(content_ids),
        Delivery.state.in_((DeliveryState.SENDING, DeliveryState.SENT)),
        goes_by("mail"),
    )
    return dropped, await session.scalar(gone) or 0


# -- for people ------------------------------------------------------------------------------------------------------


async def counts(session: AsyncSession, bridge: str | None = None) -> dict[DeliveryState, int]:
    """How many deliveries, of this bridge or of all, are in each state."""
    wanted = select(Delivery.state, func.count()).group_by(Delivery.state)
    found = await session.execute(wanted if bridge is None else wanted.where(goes_by(bridge)))
    return dict.fromkeys(DeliveryState, 0) | {row[0]: row[1] for row in found}


async def oldest_seconds(session: AsyncSession, now: datetime) -> float | None:
    """How long the oldest delivery that is on its way has waited; None when nothing waits."""
    unsent = (DeliveryState.QUEUED, DeliveryState.SENDING)
    oldest = await session.scalar(select(func.min(Delivery.created_at)).where(Delivery.state.in_(unsent)))
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())


async def list_outbox(
    session: AsyncSession,
    *,
    states: Collection[DeliveryState] = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.PARKED),
    kind: ContentKind | None = None,
    address: str = "",
    limit: int | None = None,
) -> Sequence[Delivery]:
    """The rows in these states, the oldest first; `address` is a part of the destination."""
    rows = select(Delivery).where(Delivery.state.in_(states)).order_by(Delivery.id).limit(limit)
    if kind is not None:
        rows = rows.where(Delivery.kind == kind)
    if address:
        rows = rows.where(func.lower(Delivery.destination).contains(address.lower(), autoescape=True))
    return (await session.scalars(rows)).all()


def _waits_for_slack() -> ColumnElement[bool]:
    """Tried, and to be tried again: a channel that was closed may be open now."""
    return and_(Delivery.state == DeliveryState.QUEUED, Delivery.attempts > 0, goes_by("slack"))


async def retry(session: AsyncSession, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
    """Send again, at once: these deliveries if they wait or are parked, or (None) all that are parked and what waits for a
    channel in Slack. Answers which.
    """
    chosen = (
        or_(_OUTBOX.c.state == DeliveryState.PARKED, _waits_for_slack())
        if ids is None
        else _OUTBOX.c.id.in_(ids) & _OUTBOX.c.state.in_((DeliveryState.PARKED, DeliveryState.QUEUED))
    )
    # A person's wish is a new beginning: the five days count from here. In Slack what was tried is looked for first.
    again = (
        update(_OUTBOX)
        .where(chosen)
        .values(
            state=DeliveryState.QUEUED,
            attempts=case((goes_by("slack"), _OUTBOX.c.attempts), else_=0),
            next_at=now,
            created_at=now,
        )
    )
    return sorted((await session.scalars(again.returning(_OUTBOX.c.id))).all())


async def drop(session: AsyncSession, ids: Collection[DeliveryId]) -> list[DeliveryId]:
    """Never send these, if they wait or are parked. Answers which."""
    chosen = _OUTBOX.c.id.in_(ids) & _OUTBOX.c.state.in_((DeliveryState.PARKED, DeliveryState.QUEUED))
    dropped = update(_OUTBOX).where(chosen).values(state=DeliveryState.DROPPED)
    return sorted((await session.scalars(dropped.returning(_OUTBOX.c.id))).all())
