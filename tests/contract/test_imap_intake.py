"""Mail in, on each IMAP server and each database: taken once, in order, kept before it is marked, whatever happens."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bridges.mail.fetch import Intake
from bridges.mail.imap import Connection
from bridges.standins.mailroom_imap import MailroomImap
from storage.database import Database
from storage.models import Mailbox
from tests.fixtures.intake import Watch, clock, reading, uidvalidity
from tests.fixtures.mailrooms import Mailroom, mail, until
from tests.fixtures.postgres import Postgres, make_tables
from tests.fixtures.proxy import Road
from tests.fixtures.pymap import PymapRoom
from tests.fixtures.require import FULL

#: What we say when the road is cut, or stalls.
CUTS = [b"CAPABILITY", b"LOGIN", b"IDLE", b"BODY.PEEK", b"STORE"]
STALLS = [b"CAPABILITY", b"SELECT", b"SEARCH", b"BODY.PEEK", b"DONE"]
if FULL:
    CUTS += [b"SELECT", b"SEARCH", b"RFC822.SIZE", b"DONE", b"NOOP"]
    STALLS += [b"LOGIN", b"RFC822.SIZE", b"STORE", b"IDLE", b"NOOP"]

RoadTo = Callable[[int], Awaitable[Road]]


async def test_the_first_start_takes_only_mail_that_comes_later(mailroom: Mailroom, database: Database):
    await mailroom.deliver(mail(1))
    async with reading(mailroom.server, database) as watch:
        await until(watch.is_up)
        await mailroom.deliver(mail(2))
        await watch.has(1)
        assert await watch.inbox() == [mail(2)]
        await until(lambda: watch.told == 1)

        async def marked() -> bool:
            return await mailroom.seen() == [False, True]

        await until(marked)


async def test_since_takes_older_mail_but_none_from_before_that_day(mailroom: Mailroom, database: Database):
    today = datetime.now(UTC)
    await mailroom.deliver(mail(1), today - timedelta(days=40))
    await mailroom.deliver(mail(2), today - timedelta(days=3))
    await mailroom.deliver(mail(3), today - timedelta(hours=1))
    async with reading(mailroom.server, database) as watch:  # a first start without it
        await until(watch.is_up)
    since = (today - timedelta(days=5)).date()
    for _ in range(2):  # the second time there is nothing left to take
        async with reading(mailroom.server, database, since=since) as watch:
            await watch.has(2)
            assert await watch.inbox() == [mail(2), mail(3)]
            await until(watch.is_up)


async def test_what_waited_while_we_were_stopped_comes_once_and_in_order(mailroom: Mailroom, database: Database):
    async with reading(mailroom.server, database) as watch:
        await until(watch.is_up)
    mails = [mail(number) for number in range(250)]
    for raw in mails:
        await mailroom.deliver(raw)
    async with reading(mailroom.server, database) as watch:
        await watch.has(250)
        assert await watch.inbox() == mails
    async with reading(mailroom.server, database) as watch:
        await until(watch.is_up)
        await mailroom.deliver(mail(250))
        await watch.has(251)
        assert await watch.inbox() == [*mails, mail(250)]
        assert watch.told == 1


async def test_after_the_server_numbers_anew_nothing_comes_twice_and_nothing_old_comes(
    mailroom: Mailroom, database: Database
):
    await mailroom.deliver(mail(0), datetime.now(UTC) - timedelta(days=3))
    async with reading(mailroom.server, database) as watch:
        await until(watch.is_up)
        await mailroom.deliver(mail(1))
        await mailroom.deliver(mail(2))
        await watch.has(2)
    await mailroom.deliver(mail(3))  # never read under the old numbers
    await mailroom.renumber()
    before = await uidvalidity(database)
    async with reading(mailroom.server, database) as watch:
        await watch.has(3)
        assert await watch.inbox() == [mail(1), mail(2), mail(3)]
        assert await uidvalidity(database) != before
        # An old date on a mail that came later is no reason to leave it: somebody moved it here.
        await mailroom.deliver(mail(4), datetime.now(UTC) - timedelta(days=20))
        await watch.has(4)


async def test_a_mail_pushed_by_the_server_is_in_the_inbox_at_once(mailroom: Mailroom, sqlite_database: Database):
    async with reading(mailroom.server, sqlite_database, poll_seconds=300) as watch:
        await until(watch.is_up)
        for number in range(3):
            start = time.monotonic()
            await mailroom.deliver(mail(number))
            await watch.has(number + 1)
            # Dovecot itself gathers news for up to half a second.
            assert time.monotonic() - start < 2


async def test_a_mail_is_marked_only_when_the_database_has_it(pymap_room: PymapRoom, own_postgres: Postgres):
    url = own_postgres.url()
    database = Database(url)
    async with database.writer.begin() as connection:  # the tests' server is quick rather than safe; not here
        await connection.execute(text("ALTER DATABASE postgres SET synchronous_commit TO on"))
    await database.close()
    await make_tables(url)
    async with reading(pymap_room.server, database) as watch:
        await until(watch.is_up)
        own_postgres.stop()
        await pymap_room.deliver(mail(1))
        await until(lambda: "database" in watch.health.parts and not watch.health.parts["database"].up)
        assert await pymap_room.seen() == [False]
        assert watch.told == 0
        own_postgres.start()
        await watch.has(1)
        await until(lambda: watch.health.ready)
        assert await watch.inbox() == [mail(1)]
    assert await pymap_room.seen() == [True]
    await database.close()


async def test_what_a_killed_process_kept_and_could_not_mark_is_marked_later(
    mailroom: Mailroom, database: Database, road_to: RoadTo
):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), database, patience=60) as watch:
        await until(watch.is_up)
        road.trap(b" STORE ", "stall")
        await mailroom.deliver(mail(1))
        await watch.has(1)
    assert await mailroom.seen() == [False]
    road.resume()
    async with reading(road.server(mailroom.server), database) as watch:

        async def marked() -> bool:
            return await mailroom.seen() == [True]

        await until(marked)
        assert await watch.inbox() == [mail(1)]


@pytest.mark.parametrize("word", CUTS)
async def test_a_connection_cut_at_any_word_loses_and_doubles_nothing(
    mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo, word: bytes
):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), sqlite_database) as watch:
        await until(watch.is_up)
        road.trap(word, "cut")
        if word in (b"LOGIN", b"CAPABILITY", b"SELECT"):
            road.cut()
        await mailroom.deliver(mail(1))
        await watch.has(1)
        await mailroom.deliver(mail(2))
        await watch.has(2)
        assert await watch.inbox() == [mail(1), mail(2)]
        await until(watch.is_up)


@pytest.mark.parametrize("word", STALLS)
async def test_a_server_that_falls_silent_at_any_word_is_left_for_a_new_connection(
    mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo, word: bytes
):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), sqlite_database, patience=0.3, poll_seconds=0.1) as watch:
        await until(watch.is_up)
        road.trap(word, "stall")
        if word in (b"LOGIN", b"CAPABILITY", b"SELECT"):
            road.cut()
        await mailroom.deliver(mail(1))
        await until(watch.is_down)
        road.resume()
        await watch.has(1)
        await until(watch.is_up)
        assert await watch.inbox() == [mail(1)]


async def test_a_large_mail_that_stalls_half_way_comes_whole_the_next_time(
    mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo
):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), sqlite_database, patience=0.3) as watch:
        await until(watch.is_up)
        road.stall_after(200_000)
        large = mail(1, size=500_000)
        await mailroom.deliver(large)
        await until(watch.is_down)
        assert await watch.inbox() == []
        road.resume()
        await watch.has(1)
        assert await watch.inbox() == [large]


async def test_the_server_goes_and_comes_back(mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), sqlite_database) as watch:
        await until(watch.is_up)
        await road.refuse()
        road.cut()
        await until(watch.is_down)
        await mailroom.deliver(mail(1))
        await until(lambda: "cannot be reached: Connection refused" in watch.reason())
        await road.open()
        await watch.has(1)
        await until(watch.is_up)


async def test_cancelled_it_stops_at_once_wherever_it_is(
    mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo
):
    road = await road_to(mailroom.server.port)

    async def stop(watch_down: bool) -> float:
        server = road.server(mailroom.server)
        task = asyncio.create_task(Intake(server, sqlite_database, clock, watch.health, watch.on_mail).run())
        await until(watch.is_down if watch_down else watch.is_up)
        start = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return time.monotonic() - start

    watch = Watch(sqlite_database)
    assert await stop(watch_down=False) < 2  # in IDLE
    watch = Watch(sqlite_database)
    watch.health.expect("imap")
    road.stall()
    assert await stop(watch_down=True) < 2  # waiting for a greeting
    await road.refuse()
    assert await stop(watch_down=True) < 2  # before the next try
    assert len(asyncio.all_tasks()) <= 6, "nothing is left behind"


async def test_without_pushes_mail_is_found_by_looking(sqlite_database: Database):
    async with MailroomImap(push=False) as imap:
        server = imap.add("kluster@lista.example.se")
        async with reading(server, sqlite_database, poll_seconds=0.2) as watch:
            await until(watch.is_up)
            await imap.deliver(server.user, mail(1))
            await watch.has(1)


async def test_who_does_not_hold_the_lease_reads_nothing(pymap_room: PymapRoom, sqlite_database: Database):
    asked, mine = 0, False

    async def hold() -> bool:
        nonlocal asked
        asked += 1
        return mine

    async with reading(pymap_room.server, sqlite_database, hold=hold, standby_seconds=0.02, poll_seconds=0.05) as watch:
        await until(lambda: asked > 2)
        assert watch.is_up(), "it is another's to say"
        async with sqlite_database.read() as session:
            assert await session.scalar(select(Mailbox.name)) is None
        mine = True

        async def started() -> bool:
            async with sqlite_database.read() as session:
                return await session.scalar(select(Mailbox.name)) is not None

        await until(started)
        await pymap_room.deliver(mail(1))
        await watch.has(1)
        mine = False
        before = asked
        await until(lambda: asked > before + 2)
        await pymap_room.deliver(mail(2))
        before = asked
        await until(lambda: asked > before + 3)
        assert await watch.inbox() == [mail(1)]


async def test_a_mail_over_which_every_connection_dies_keeps_no_other_back(
    mailroom: Mailroom, sqlite_database: Database, road_to: RoadTo
):
    road = await road_to(mailroom.server.port)
    async with reading(road.server(mailroom.server), sqlite_database) as watch:
        await until(watch.is_up)
    mails = [mail(number) for number in range(40)]
    for raw in mails:
        await mailroom.deliver(raw)
    async with Connection(mailroom.server) as connection:
        await connection.select("INBOX")
        deadly = (await connection.uids(0))[17]

    def kills(said: bytes) -> bool:
        fetched = re.search(rb"FETCH (\S+) \(UID FLAGS BODY.PEEK", said)
        spans = [span.split(b":") for span in fetched[1].split(b",")] if fetched else []
        return any(int(span[0]) <= deadly <= int(span[-1]) for span in spans)

    road.poison(kills)
    async with reading(road.server(mailroom.server), sqlite_database, retry_seconds=0.2, poll_seconds=0.1) as watch:
        await watch.has(39)
        assert await watch.inbox() == mails[:17] + mails[18:]
        road.poison(lambda _: False)
        await watch.has(40)
        assert (await watch.inbox())[-1] == mails[17]
        await until(lambda: watch.is_up() and watch.reason() == "")


async def test_what_a_person_must_mend_is_said_and_mended_without_a_restart(
    pymap_room: PymapRoom, sqlite_database: Database
):
    server = replace(pymap_room.server, mailbox="Grön lista")
    async with reading(server, sqlite_database) as watch:
        await until(lambda: watch.is_down() and "the mailbox Grön lista cannot be opened: NO" in watch.reason())
        await pymap_room.imap.add_folder(server.user, "Grön lista")
        await until(watch.is_up)
        await pymap_room.imap.deliver(server.user, mail(1), folder="Grön lista")
        await watch.has(1)
    async with reading(replace(server, password="fel"), sqlite_database, steps=(0.02, 30)) as watch:
        await until(lambda: watch.is_down() and "log-in refused" in watch.reason())
        assert "fel" not in watch.reason().replace("refused", "")
