"""Who is running: each `brygga run` shows that it lives, and what a dead one held is free again."""

import os
import secrets
import socket
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage import outbox
from storage.columns import UtcDateTime, database_now
from storage.ids import ProcessId
from storage.models import Lease, Process

#: Seconds after its last beat that a process counts as dead, and between beats.
LIFETIME, BEAT = 15, 5
#: Seconds of life below which a beat is written; above, the last one is recent enough.
_FRESH = 12


class _in_seconds(FunctionElement[Any]):  # noqa: N801  SQL functions are written in lower case
    """That many seconds from now, by the database's own clock."""

    type = UtcDateTime()
    inherit_cache = False

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@compiles(_in_seconds)
def _in_seconds_postgres(element: _in_seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"clock_timestamp() + interval '{element.seconds:d} seconds'"


@compiles(_in_seconds, "sqlite")
def _in_seconds_sqlite(element: _in_seconds, compiler: SQLCompiler, **kw: Any) -> str:
    # The form SQLAlchemy itself writes, so that text comparison is time comparison.
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '+{element.seconds:d} seconds')"


def new_process_id() -> ProcessId:
    """A name for this run; readable in the outbox, and never used again."""
    return ProcessId(f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")


async def register(session: AsyncSession, me: ProcessId, *, alone: bool) -> int:
    """This process lives from now on. `alone`: no other can be running (one process to a SQLite file), so whatever
    others held is free at once. Answers how many deliveries that gave back.
    """
    if alone:
        await session.execute(delete(Process).where(Process.id != me))
        await session.execute(delete(Lease).where(Lease.owner != me))
    await beat(session, me)
    return await outbox.take_back(session)


async def beat(session: AsyncSession, me: ProcessId) -> None:
    """This process still lives. Costs no write when it was said a moment ago."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = insert(Process).values(id=me, host=socket.gethostname(), pid=os.getpid(), alive_until=_in_seconds(LIFETIME))
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Process.id],
            set_={"alive_until": row.excluded.alive_until},
            where=Process.alive_until < _in_seconds(_FRESH),
        )
    )


async def is_alive(session: AsyncSession, me: ProcessId, *, spare: int = 0) -> bool:
    """Whether the others still count this process as living, and will for `spare` seconds."""
    found = select(Process.id).where(Process.id == me, Process.alive_until > _in_seconds(spare))
    return await session.scalar(found) is not None


async def retire(session: AsyncSession, me: ProcessId) -> None:
    """This process stops: all it holds is free."""
    await session.execute(delete(Process).where(Process.id == me))
    await session.execute(delete(Lease).where(Lease.owner == me))
    await outbox.take_back(session)


async def hold(session: AsyncSession, name: str, me: ProcessId) -> bool:
    """Take a task that one process at a time does, or keep it: when it is free, ours, or its owner is dead."""
    if await session.scalar(select(Lease.owner).where(Lease.name == name)) == me:
        return True
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    living = select(Process.id).where(Process.alive_until >= database_now())
    taken = (
        insert(Lease)
        .values(name=name, owner=me)
        .on_conflict_do_update(index_elements=[Lease.name], set_={"owner": me}, where=Lease.owner.not_in(living))
        .returning(Lease.name)
    )
    return await session.scalar(taken) is not None
