"""The inbox: everything that comes in is kept here raw, before anybody tries to understand it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import InboxId
from storage.models import Inbound
from storage.words import InboxState

#: What one INSERT may hold: far below SQLite's 32,766 parameters, and one large mail more than a few small.
_ROWS_AT_ONCE = 200
_BYTES_AT_ONCE = 16_000_000


def raw_key(raw: bytes) -> str:
    """What makes a mail the same mail, however often it is fetched, and from whichever mailbox."""
    return f"sha256:{sha256(raw).hexdigest()}"


async def keep(
    session: AsyncSession, source: str, raws: Sequence[bytes], now: datetime, *, parked: str | None = None
) -> int:
    """Keep what came in, in this order; what is there already stays as it is. Returns how many were new.

    `parked`: why it waits for a person instead of being taken in.
    """
    state = InboxState.NEW if parked is None else InboxState.PARKED
    new = 0
    for part in _parts(raws):
        rows = [
            {
                "source": source,
                "remote_key": raw_key(raw),
                "raw": raw,
                "size": len(raw),
                "received_at": now,
                "state": state,
                "reason": parked or "",
                "detail": "",
                "attempts": 0,
            }
            for raw in part
        ]
        kept = await session.execute(_insert_or_ignore(session), rows)
        new += len(kept.all())
    return new


async def keep_one(session: AsyncSession, source: str, remote_key: str, raw: bytes, now: datetime) -> bool:
    """Keep one thing under its own key; whether it is new."""
    row = {"source": source, "remote_key": remote_key, "raw": raw, "size": len(raw), "received_at": now}
    row |= {"state": InboxState.NEW, "reason": "", "detail": "", "attempts": 0}
    kept = await session.execute(_insert_or_ignore(session), [row])
    return bool(kept.all())


async def put_back(session: AsyncSession, inbox_id: InboxId) -> None:
    """It could not be taken in yet, through no fault of its own: as if never begun."""
    await session.execute(
        update(Inbound)
        .where(Inbound.id == inbox_id, Inbound.state == InboxState.NEW)
        .values(attempts=Inbound.attempts - 1)
    )


def _insert_or_ignore(session: AsyncSession) -> Insert:
    table: Any = Inbound.__table__
    once = [table.c.source, table.c.remote_key]
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=once).returning(table.c.id)
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=once).returning(table.c.id)


def _parts(raws: Sequence[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for raw in raws:
        if part and (len(part) >= _ROWS_AT_ONCE or size + len(raw) > _BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(raw)
        size += len(raw)
    if part:
        yield part
