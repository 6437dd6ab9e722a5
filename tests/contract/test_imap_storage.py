"""What mail in writes, on both databases: the inbox that keeps a mail once, and the cursor that never goes back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from storage.database import Database
from storage.inbox import keep, raw_key
from storage.mailboxes import Cursor, advance, note_refused, open_cursor
from storage.models import Inbound
from storage.words import InboxState
from tests.fixtures.require import FULL

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NAME = "kluster@mx.example.se:993/INBOX"


async def opened(database: Database, uidvalidity: int, uidnext: int, since: datetime | None = None) -> Cursor:
    async with database.write() as session:
        return await open_cursor(session, NAME, uidvalidity, uidnext, since)


async def test_a_mail_is_kept_once_as_it_came_and_in_order(database: Database):
    odd = [b"", b"\x00\xff\r\n", "Ämne: å".encode("latin-1"), b"x" * 100_000]
    raws = [*odd, *(b"mail %d" % number for number in range(450)), odd[1], b"mail 3"]
    async with database.write() as session:
        assert await keep(session, "mail", raws, NOW) == 454
    async with database.write() as session:
        assert await keep(session, "mail", [b"mail 3", b"another", *raws], NOW + timedelta(hours=1)) == 1
        assert await keep(session, "slack", [b"mail 3"], NOW) == 1, "another source, another key"
        assert await keep(session, "mail", [], NOW) == 0
    async with database.read() as session:
        rows = (
            await session.scalars(
                select(Inbound).where(Inbound.source == "mail").options(undefer(Inbound.raw)).order_by(Inbound.id)
            )
        ).all()
    assert [row.raw for row in rows] == [*raws[:454], b"another"]
    first = rows[1]
    assert (first.remote_key, first.size, first.received_at) == (raw_key(odd[1]), 4, NOW)
    assert (first.state, first.reason, first.attempts) == (InboxState.NEW, "", 0)


async def test_very_large_mails_are_kept_whole(database: Database):
    size = 50_000_000 if FULL else 9_000_000
    raws = [bytes([number]) * size for number in range(3)]
    async with database.write() as session:
        assert await keep(session, "mail", raws, NOW) == 3
    async with database.read() as session:
        assert await session.scalar(select(func.sum(func.length(Inbound.raw)))) == 3 * size


async def test_the_first_start_begins_after_what_is_there(database: Database):
    cursor = await opened(database, 7, 41)
    assert (cursor.last_uid, cursor.marked_uid, cursor.dated_until) == (40, 40, 0)
    assert abs(cursor.started_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert cursor.started_at.microsecond == 0
    assert await opened(database, 7, 60) == cursor, "later starts read on from there"


async def test_the_cursor_never_goes_back_and_belongs_to_its_uidvalidity(database: Database):
    cursor = await opened(database, 7, 1)
    async with database.write() as session:
        await advance(session, NAME, cursor, 30, 20)
        await advance(session, NAME, cursor, 25, 25)  # a process that had lost its turn
    now = await opened(database, 7, 31)
    assert (now.last_uid, now.marked_uid) == (30, 25)
    renumbered = await opened(database, 8, 11)
    assert (renumbered.last_uid, renumbered.marked_uid, renumbered.dated_until) == (0, 0, 10)
    assert renumbered.started_at == cursor.started_at
    async with database.write() as session:
        await advance(session, NAME, cursor, 30, 30)  # still under the old numbers
    assert (await opened(database, 8, 11)).last_uid == 0


async def test_a_mailbox_restored_from_a_backup_is_looked_through_again(database: Database):
    cursor = await opened(database, 7, 1)
    async with database.write() as session:
        await advance(session, NAME, cursor, 30, 30)
    assert (await opened(database, 7, 31)).last_uid == 30
    restored = await opened(database, 7, 21)
    assert (restored.last_uid, restored.dated_until) == (0, 20)


async def test_older_mail_is_asked_for_once(database: Database):
    first = await opened(database, 7, 41)
    since = first.started_at - timedelta(days=30)
    older = await opened(database, 7, 43, since)
    assert (older.last_uid, older.dated_until, older.started_at) == (0, 42, since)
    async with database.write() as session:
        await advance(session, NAME, older, 42, 42)
    again = await opened(database, 7, 43, since)
    assert again.last_uid == 42
    later = await opened(database, 7, 43, first.started_at)
    assert (later.last_uid, later.started_at) == (42, since)


async def test_what_was_refused_is_remembered_until_the_numbers_change(database: Database):
    cursor = await opened(database, 7, 41)
    async with database.write() as session:
        await note_refused(session, NAME, cursor, {12: 1, 15: 3})
    assert (await opened(database, 7, 41)).refused == {12: 1, 15: 3}
    assert (await opened(database, 8, 41)).refused == {}
