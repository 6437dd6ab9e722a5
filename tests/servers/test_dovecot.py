"""What only a full mail server shows: TLS, encoded mailbox names, a mail it will not hand over, a thousand at once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bridges.mail.imap import Connection, ConnectionLost, ImapTrouble
from bridges.mail.servers import ImapServer
from storage.database import Database
from storage.models import Inbound, Mailbox
from tests.fixtures.dovecot import Dovecot, DovecotRoom
from tests.fixtures.intake import reading
from tests.fixtures.mailrooms import mail, until
from tests.fixtures.proxy import Road
from tests.fixtures.require import FULL

ROOT = Path(__file__).parents[2]


async def test_tls_is_believed_by_the_given_authority_only(dovecot_room: DovecotRoom, dovecot: Dovecot):
    server = replace(dovecot_room.server, tls=True, port=dovecot.tls_port)
    await dovecot_room.deliver(mail(1, size=200_000))
    async with Connection(replace(server, ca_file=dovecot.certificate)) as connection:
        await connection.select("INBOX")
        waiting = await connection.look(await connection.uids(0))
        assert [entry.raw for entry in await connection.fetch(waiting)] == [mail(1, size=200_000)]
    with pytest.raises(ConnectionLost, match="cannot be trusted: self-signed certificate"):
        async with Connection(server):
            pass
    with pytest.raises(ImapTrouble, match="cannot be used: No such file"):
        async with Connection(replace(server, ca_file=dovecot.folder / "nowhere.pem")):
            pass


async def test_a_mailbox_with_a_swedish_name_is_read(dovecot_room: DovecotRoom, sqlite_database: Database):
    dovecot_room.add_folder(".Gr&APY-n lista &- mer")
    server = replace(dovecot_room.server, mailbox="Grön lista & mer")
    async with reading(server, sqlite_database) as watch:
        await until(watch.is_up)
        await dovecot_room.deliver(mail(1), folder=".Gr&APY-n lista &- mer")
        await watch.has(1)


async def test_a_mail_that_the_server_does_not_hand_over_keeps_no_other_back(
    dovecot_room: DovecotRoom, sqlite_database: Database
):
    async with reading(dovecot_room.server, sqlite_database, retry_seconds=0.2, poll_seconds=0.1) as watch:
        await until(watch.is_up)
    mails = [mail(number) for number in range(12)]
    for raw in mails:
        await dovecot_room.deliver(raw)
    async with Connection(dovecot_room.server) as connection:  # Dovecot gives them their UIDs
        await connection.select("INBOX")
        uids = await connection.uids(0)
    broken = sorted((dovecot_room.maildir / "cur").iterdir())[5]
    rights = broken.stat()
    broken.chmod(0)
    os.chown(broken, 0, 0) if os.geteuid() == 0 else None
    async with reading(dovecot_room.server, sqlite_database, retry_seconds=0.2, poll_seconds=0.1) as watch:
        await watch.has(11)
        assert await watch.inbox() == [raw for raw in mails if raw != mails[5]]
        await until(lambda: f"does not hand over mail with UID {uids[5]}" in watch.reason())
        assert watch.is_up()
        os.chown(broken, rights.st_uid, rights.st_gid)
        broken.chmod(0o600)
        await watch.has(12)
        assert (await watch.inbox())[-1] == mails[5]
        await until(lambda: watch.reason() == "")
    async with sqlite_database.read() as session:
        assert await session.scalar(select(Mailbox.refused)) == {}


async def test_many_mails_of_all_sizes_arrive_whole(dovecot_room: DovecotRoom, sqlite_database: Database):
    async with reading(dovecot_room.server, sqlite_database) as watch:
        await until(watch.is_up)
    sizes = [0] * (2000 if FULL else 300) + [3_000_000] * 8 + [50_000_000 if FULL else 12_000_000] + [10] * 20
    for number, size in enumerate(sizes):
        await dovecot_room.deliver(mail(number, size), datetime.now(UTC))
    async with reading(dovecot_room.server, sqlite_database, patience=30) as watch:
        await watch.has(len(sizes), seconds=60)
        async with sqlite_database.read() as session:
            kept = (await session.scalars(select(Inbound.size).order_by(Inbound.id))).all()
            assert list(kept) == [len(mail(number, size)) for number, size in enumerate(sizes)]
            assert await session.scalar(select(func.sum(func.length(Inbound.raw)))) == sum(kept)


async def test_dovecot_is_stopped_and_started(dovecot_room: DovecotRoom, dovecot: Dovecot, sqlite_database: Database):
    async with reading(dovecot_room.server, sqlite_database) as watch:
        await until(watch.is_up)
        dovecot.stop()
        try:
            await until(watch.is_down)
            await dovecot_room.deliver(mail(1))
        finally:
            dovecot.start()  # in this thread: with the thread that started it, it would end
        await watch.has(1)
        await until(watch.is_up)


async def test_killed_before_the_commit_and_before_the_marking_it_takes_everything_once(
    dovecot_room: DovecotRoom, sqlite_url: str, road_to: Callable[[int], Awaitable[Road]]
):
    database = Database(sqlite_url)
    road = await road_to(dovecot_room.server.port)
    server = road.server(dovecot_room.server)
    async with reading(server, database) as watch:
        await until(watch.is_up)
    mails = [mail(number, size=2000) for number in range(250)]
    for raw in mails:
        await dovecot_room.deliver(raw)

    # Half of the first portion has come.
    road.stall_after(100_000)
    async with killed(server, sqlite_url):
        await until(lambda: road.stalled)
        assert await watch.inbox() == []
    road.resume()
    # The first portion is committed; that it is so never reaches the mailbox.
    road.trap(b" STORE ", "stall")
    async with killed(server, sqlite_url):
        await until(lambda: road.stalled)
        assert await watch.inbox() == mails[:100]
    assert not any(await dovecot_room.seen())
    road.resume()
    async with killed(server, sqlite_url):
        await watch.has(250)

        async def marked() -> bool:
            return all(await dovecot_room.seen())

        await until(marked)
    assert await watch.inbox() == mails
    await database.close()


@asynccontextmanager
async def killed(server: ImapServer, url: str) -> AsyncIterator[None]:
    """An intake in a process of its own, killed at the end of the block."""
    words = (server.host, str(server.port), server.user, server.password, url)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.fixtures.intake", *words, cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        await process.wait()
