"""How far each mailbox has been read, so that a mail is taken once, whatever stops us in between."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import database_now
from storage.models import Kept, Mailbox

#: The name under which `kept` says when a backup was restored.
RESTORED = "restored_at"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to read on. UIDs only grow; they mean nothing under another UIDVALIDITY (RFC 3501 §2.3.1.1)."""

    uidvalidity: int
    last_uid: int  # everything up to here is in the inbox, or was not for us
    marked_uid: int  # everything up to here is marked read, where it was taken
    started_at: datetime  # mail that came before is not ours to take
    dated_until: int  # up to this UID `started_at` decides; above it everything is new, whatever its date
    refused: dict[int, int]  # UIDs that the server would not hand over, and how often it was asked
    restored_at: datetime | None = None  # when the database was made anew from a backup


async def open_cursor(
    session: AsyncSession, name: str, uidvalidity: int, uidnext: int, since: datetime | None = None
) -> Cursor:
    """Where to read on in a mailbox that was just opened; the first time, that is after the mail it holds already.

    With `since`, mail from then on is taken too; the inbox knows what it has. When the server has numbered its mails
    anew (another UIDVALIDITY), everything since the first start is looked through again, likewise.
    """
    row = await session.get(Mailbox, name)
    last = max(uidnext - 1, 0)
    if row is None:
        # The database's clock, because the mail server's dates are real time even where our clock is shifted. Whole
        # seconds, because INTERNALDATE has no more.
        started = await session.scalar(select(database_now()))
        assert started is not None  # noqa: S101  a clock always answers
        row = Mailbox(name=name, started_at=started.replace(microsecond=0), uidvalidity=uidvalidity, refused={})
        row.last_uid = row.marked_uid = last
        row.dated_until = 0
        session.add(row)
    elif row.uidvalidity != uidvalidity or last < row.last_uid:
        # The second is a mailbox restored from a backup by a server that should have said so, and did not.
        row.uidvalidity, row.refused = uidvalidity, {}
        _look_again(row, last)
    if since is not None and since < row.started_at:
        row.started_at = since
        _look_again(row, last)
    await session.flush()
    restored = await session.get(Kept, RESTORED)
    return replace(_cursor(row), restored_at=datetime.fromisoformat(restored.value) if restored else None)


def _look_again(row: Mailbox, last: int) -> None:
    row.last_uid = row.marked_uid = 0
    row.dated_until = last


async def advance(session: AsyncSession, name: str, cursor: Cursor, last_uid: int, marked_uid: int) -> None:
    """Move on, in the same transaction that keeps the mails. Never back: another process may have read further."""
    further = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    await session.execute(
        update(Mailbox)
        .where(Mailbox.name == name, Mailbox.uidvalidity == cursor.uidvalidity)
        .values(last_uid=further(Mailbox.last_uid, last_uid), marked_uid=further(Mailbox.marked_uid, marked_uid))
    )


async def note_refused(session: AsyncSession, name: str, cursor: Cursor, refused: dict[int, int]) -> None:
    """Remember which mails the server would not hand over, so that they are asked for again."""
    await session.execute(
        update(Mailbox)
        .where(Mailbox.name == name, Mailbox.uidvalidity == cursor.uidvalidity)
        .values(refused={str(uid): tries for uid, tries in refused.items()})
    )


def _cursor(row: Mailbox) -> Cursor:
    return Cursor(
        uidvalidity=row.uidvalidity,
        last_uid=row.last_uid,
        marked_uid=row.marked_uid,
        started_at=row.started_at,
        dated_until=row.dated_until,
        refused={int(uid): int(tries) for uid, tries in row.refused.items()},
    )
