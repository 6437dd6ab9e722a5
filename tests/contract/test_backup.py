"""Backups: everything comes back, into either database; a file that is not whole touches nothing."""

import asyncio
import gzip
import random
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from storage.backup import InUse, NotEmpty, backup, restore
from storage.backup_file import BadBackup, check
from storage.database import Database
from storage.migrate import ForeignDatabase, head, upgrade, version
from storage.models import Attachment, Comment, Content, Delivery, Item, Member
from storage.processes import new_process_id, register
from storage.words import ContentKind, DeliveryState, Kind
from tests.fixtures.ledger import everything, fill
from tests.fixtures.migrating import migrate_and_die
from tests.fixtures.require import FULL

NOW = datetime(2026, 8, 24, 8, tzinfo=UTC)
PASSING = {"processes", "leases"}


def url_of(kind, name, request, tmp_path):
    return f"sqlite:///{tmp_path}/{name}.db" if kind == "sqlite" else request.getfixturevalue("empty_postgres_url")


@pytest.fixture
async def ledger(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request, tmp_path):
    database = Database(url_of(request.param, "either", request, tmp_path))
    await upgrade(database)
    yield database
    await database.close()


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")])
async def test_everything_comes_back_in_either_database(request, tmp_path, source, target):
    before = Database(url_of(source, "before", request, tmp_path))
    after = Database(url_of(target, "after", request, tmp_path))
    await upgrade(before)
    await fill(before)
    file = tmp_path / "backup.gz"
    made = await backup(before, file, NOW)
    assert check(file) == made
    assert made.made_at == NOW
    assert made.rows["items"] == 3
    assert await restore(after, file, datetime(2026, 8, 25, tzinfo=UTC)) == made
    assert await version(after) == head()
    was, came = await everything(before), await everything(after)
    for table, rows in was.items():
        if table in PASSING:
            assert came[table] == [], "who was running then is not running now"
        elif table != "outbox":  # which has a test of its own
            # What a restore adds is when it was.
            assert [row for row in came[table] if row[0] != "restored_at"] == rows
    async with after.write() as session:  # new rows get new numbers
        session.add(Member(email="new@example.se", created_at=NOW))
        session.add(Attachment(name="a", content_type="b", size=0, sha256="", content=b""))
    await before.close()
    await after.close()


async def test_postgres_to_postgres_in_place(request, tmp_path, either):
    await fill(either)
    file = tmp_path / "backup.gz"
    await backup(either, file, NOW)
    async with either.write() as session:
        await session.execute(text("UPDATE processes SET alive_until = '2020-01-01 00:00:00+00'"))
        (await session.get(Member, 1)).name = "Somebody else"
        session.add(Member(email="later@example.se", created_at=NOW))
    with pytest.raises(NotEmpty, match="--yes replaces"):
        await restore(either, file, NOW)
    await restore(either, file, NOW, replace=True)
    async with either.read() as session:
        assert (await session.get(Member, 1)).name != "Somebody else"
        assert await session.scalar(select(func.count()).select_from(Member)) == 3


async def test_letters_that_waited_long_wait_for_a_person(ledger, tmp_path):
    async with ledger.write() as session:
        session.add(Content(key="item:1:0", kind=ContentKind.ITEM, message_id="<a@b>", created_at=NOW))
        await session.flush()
        for name, state, days in [
            ("old", DeliveryState.QUEUED, 6),
            ("new", DeliveryState.QUEUED, 4),
            ("begun", DeliveryState.SENDING, 1),
            ("old-begun", DeliveryState.SENDING, 6),
            ("sent", DeliveryState.SENT, 9),
        ]:
            made = NOW - timedelta(days=days)
            row = Delivery(key=name, content_id=1, kind=ContentKind.ITEM, destination=f"mail:{name}@example.se")
            row.state, row.created_at, row.next_at, row.owner = state, made, made, "gone:1"
            session.add(row)
    await backup(ledger, tmp_path / "b", NOW)
    await restore(ledger, tmp_path / "b", NOW, replace=True)
    async with ledger.read() as session:
        rows = {row.key: (row.state.value, row.reason) for row in await session.scalars(select(Delivery))}
    assert rows == {
        "old": ("parked", "restored"),
        "new": ("queued", ""),
        "begun": ("queued", ""),
        "old-begun": ("parked", "restored"),
        "sent": ("sent", ""),
    }


async def test_a_backup_is_one_moment_however_much_is_written_meanwhile(either, tmp_path):
    async def busy():
        for number in range(10_000):
            async with either.write() as session:
                item = Item(kind=Kind.TIP, title=f"Tips {number}", text="x" * 2_000, created_at=NOW, updated_at=NOW)
                session.add(item)
                await session.flush()
                session.add(Comment(item_id=item.id, text="Tack!", created_at=NOW))
            await asyncio.sleep(0)

    writing = asyncio.create_task(busy())
    copies = []
    for number in range(4):
        file = tmp_path / f"{number}.gz"
        copies.append(await backup(either, file, NOW))
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert all(copy.rows["items"] == copy.rows["comments"] for copy in copies)
    assert copies[-1].rows["items"] > copies[0].rows["items"], "and it held nobody up"


async def test_a_file_that_is_not_whole_touches_nothing(ledger, tmp_path):
    await fill(ledger)
    file, bad = tmp_path / "good.gz", tmp_path / "bad.gz"
    await backup(ledger, file, NOW)
    before = await everything(ledger)
    whole = file.read_bytes()
    good = check(file)
    chance = random.Random(4)
    for place in range(0, len(whole), 1 if FULL else 97):
        bad.write_bytes(whole[:place])
        with pytest.raises(BadBackup):
            check(bad)
        flipped = whole[place] ^ (1 << chance.randrange(8))
        bad.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        with suppress(BadBackup):  # a few bits of gzip's own say nothing
            assert check(bad) == good
    bad.write_bytes(whole[:-1])
    with pytest.raises(BadBackup):
        await restore(ledger, bad, NOW, replace=True)
    assert await everything(ledger) == before


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (b"", "not whole"),
        (b"hello\n", "not a backup"),
        (b"3\n", "not whole"),
        (b'{"a":1}\n', "not a backup of Brygga"),
        (b'{"brygga":1,"version":"7777","made_at":"2026-01-01T00:00:00+00:00"}\n', "newer Brygga"),
        (b'{"brygga":9,"version":"0001","made_at":"2026-01-01T00:00:00+00:00"}\n', "newer Brygga"),
        (b'{"brygga":1,"version":"0001","made_at":"2026-01-01T00:00:00+00:00"}\n[1]\n', "damaged"),
    ],
)
def test_what_is_no_backup_says_so(tmp_path, lines, why):
    file = tmp_path / "file"
    file.write_bytes(gzip.compress(lines))
    with pytest.raises(BadBackup, match=why):
        check(file)


async def test_a_failed_backup_leaves_the_last_one(ledger, tmp_path):
    file = tmp_path / "backup.gz"
    await backup(ledger, file, NOW)
    good = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0, "it holds everything"
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(BadBackup, match="upgrade"):
        await backup(empty, file, NOW)
    await empty.close()
    assert file.read_bytes() == good
    assert not list(tmp_path.glob(".*part*"))


async def test_a_running_brygga_is_not_pulled_away_from_under_its_feet(empty_postgres_url, tmp_path):
    database = Database(empty_postgres_url)
    await upgrade(database)
    await backup(database, tmp_path / "b", NOW)
    async with database.write() as session:
        await register(session, new_process_id(), alone=False)
    with pytest.raises(InUse, match="stop it first"):
        await restore(database, tmp_path / "b", NOW, replace=True)
    await database.close()


async def test_a_database_of_somebody_else_is_not_replaced(ledger, tmp_path):
    await backup(ledger, tmp_path / "b", NOW)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    other = Database(f"sqlite:///{tmp_path}/other.db")
    with pytest.raises(ForeignDatabase, match="accounts"):
        await restore(other, tmp_path / "b", NOW, replace=True)
    await other.close()


async def test_killed_while_restoring_it_is_as_it_was(ledger, tmp_path):
    await fill(ledger, rows=2)
    await backup(ledger, tmp_path / "b", NOW)
    async with ledger.write() as session:
        (await session.get(Member, 1)).name = "Somebody else"
    before = await everything(ledger)
    moments = [*range(2, 260, 3 if FULL else 61)]
    killed = await asyncio.to_thread(
        migrate_and_die, str(ledger.url.set(drivername="sqlite")), moments, restore=tmp_path / "b"
    )
    assert killed[0]
    # Every process met what the one before it left: had one left half, the next would have failed.
    assert killed == sorted(killed, reverse=True)
    after = await everything(ledger)
    assert (after["members"] == before["members"]) == killed[-1]
