"""Backups by themselves, of both databases: made at night, proved by restoring, told of when they cannot be made."""

import asyncio
import gzip
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.backups import back_up
from bot.house import House
from bot.jobs import timetable
from bot.settings import Settings
from bridges.health import Health
from bridges.tokens import Tokens
from schedules import backups
from storage.backup import backup, restore
from storage.backup_file import BadBackup, check, made_at
from storage.database import Database
from storage.ids import ItemId
from storage.migrate import upgrade
from storage.models import Content, Item, Member
from storage.processes import new_process_id, register, retire
from storage.words import Kind, Role
from tests.fixtures.ledger import fill
from tests.fixtures.reader import Reader
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.web import Hands

EVENING = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SLACK = {"bot_token": "xoxb-1", "channels": {"desk": "redaktion"}}
EDITOR, DESK = "mail:hanna@lrf.example.se", "slack:redaktion"


@pytest.fixture(params=["sqlite", "postgres"] if FULL else ["sqlite"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database that has been brought up to date, as only such a one can be backed up."""
    url = f"sqlite:///{tmp_path}/brygga.db" if request.param == "sqlite" else None
    database = Database(url or request.getfixturevalue("empty_postgres_url"))
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
async def reader(ledger: Database, tmp_path: Path) -> Reader:
    """A house with an editor, in the evening."""
    clock = Hands(EVENING)
    me = new_process_id()
    async with ledger.write() as session:
        await register(session, me, alone=ledger.sqlite)
        session.add(Member(email="hanna@lrf.example.se", name="Hanna", role=Role.EDITOR, created_at=EVENING))
    settings = Settings(folder=tmp_path, slack=SLACK)
    return Reader(House(settings, ledger, Tokens("a secret of the tests"), clock, Health(clock), me), clock)


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_week_of_nights(reader: Reader, tmp_path: Path):
    """Asked every hour for nine days, of which the machine sleeps through two nights."""
    house = replace(reader.house, settings=Settings(folder=tmp_path, backup={"keep": 5}))
    folder = tmp_path / "backups"
    made: dict[str, datetime] = {}
    for hour in range(24 * 9):
        reader.clock.at = EVENING + timedelta(hours=hour, minutes=45)
        if 24 * 4 < hour < 24 * 6 - 5:
            continue
        await back_up(house)
        for name in files(folder):
            made.setdefault(name, reader.clock.at)
    assert [at.strftime("%d %H") for _, at in sorted(made.items())] == [
        "26 20",  # the first at once
        *("27 02", "28 02", "29 02", "30 02"),  # then at 3.45 in Stockholm
        "02 15",  # when it woke
        *("03 02", "04 02", "05 02"),
    ]
    assert files(folder) == ["brygga-2026-11-30.gz", *(f"brygga-2026-12-0{day}.gz" for day in (2, 3, 4, 5))]


async def test_a_backup_is_private_and_comes_back(reader: Reader, ledger: Database, tmp_path: Path):
    async with ledger.write() as session:
        session.add(Item(kind=Kind.TIP, title="Åäö", text="Hej", created_at=EVENING, updated_at=EVENING))
    await back_up(reader.house)
    folder = tmp_path / "backups"
    assert files(folder) == ["brygga-2026-11-26.gz"], "and nothing is left of the trial"
    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made_at(file) == EVENING
    other = Database("sqlite:///other.db", tmp_path)
    await restore(other, file, EVENING)
    async with other.read() as session:
        assert (await session.get(Item, ItemId(1))).title == "Åäö"
    await other.close()
    assert await reader.notices() == []


async def test_one_with_something_in_every_table_proves_itself(ledger: Database, tmp_path: Path):
    await fill(ledger)
    made = await backups.make(ledger, tmp_path / "backups", EVENING, STOCKHOLM, 3)
    assert made.rows == check(made.file).total > 50
    # What was restored once knows of it, and is no less whole for that.
    again = Database("sqlite:///again.db", tmp_path)
    await restore(again, made.file, EVENING)
    await backups.make(again, tmp_path / "backups", EVENING, STOCKHOLM, 3)
    await again.close()


async def test_an_empty_ledger_is_nothing_to_back_up(ledger: Database, tmp_path: Path):
    clock = Hands(EVENING)
    house = House(Settings(folder=tmp_path), ledger, Tokens("x"), clock, Health(clock))
    await back_up(house)
    assert not (tmp_path / "backups").exists()
    async with ledger.write() as session:
        session.add(Member(email="anna@vreta.example.se", created_at=EVENING))
    await back_up(replace(house, settings=Settings(folder=tmp_path, backup={"folder": ""})))
    assert not (tmp_path / "backups").exists(), "nor is one made where it is turned off"
    await back_up(house)
    assert files(tmp_path / "backups") == ["brygga-2026-11-26.gz"]


async def test_what_others_put_there_stays(reader: Reader, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    mine = [f"brygga-2026-10-{day:02}.gz" for day in range(1, 21)]
    theirs = ["before.gz", "brygga-2026-10-01.gz.old", "brygga-2026-10-1.gz", "xbrygga-2026-10-01.gz", "notes.txt"]
    for name in (*mine, *theirs):
        (folder / name).write_bytes(b"")
    (folder / "brygga-2020-01-01.gz").mkdir()
    (folder / "brygga-2020-01-02.gz").symlink_to(folder / "notes.txt")
    theirs += ["brygga-2020-01-01.gz", "brygga-2020-01-02.gz"]
    # What a killed try left is ours, too.
    (folder / ".brygga-untried-brygga-2026-10-20.gz").write_bytes(b"half")
    (folder / "..brygga-untried-brygga-2026-10-20.gz.part").write_bytes(b"half")
    (folder / ".brygga-trial-abc").mkdir()
    (folder / ".brygga-trial-abc/trial.db").write_bytes(b"half")
    await back_up(reader.house)
    assert files(folder) == sorted([*theirs, *mine[-13:], "brygga-2026-11-26.gz"])


async def test_what_cannot_be_read_is_no_backup_of_tonight(reader: Reader, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "brygga-2026-11-26.gz").write_bytes(b"not gzip at all")
    await back_up(reader.house)
    assert check(folder / "brygga-2026-11-26.gz").made_at == EVENING
    # Nor is one that a wrong clock made.
    reader.clock.at = EVENING.replace(year=2030)
    await back_up(reader.house)
    reader.clock.at = EVENING + timedelta(days=1)
    await back_up(reader.house)
    assert "brygga-2026-11-27.gz" in files(folder)


async def test_a_backup_that_lacks_rows_is_not_believed(ledger: Database, tmp_path: Path):
    await fill(ledger)
    file = tmp_path / "b.gz"
    whole = await backup(ledger, file, EVENING)
    await backups.prove(file, whole, EVENING)
    with pytest.raises(BadBackup, match="9 rows of items went into the backup, and 3 came back"):
        await backups.prove(file, replace(whole, rows=whole.rows | {"items": 9}), EVENING)
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).replace(b'"end"', b'"End"')))
    with pytest.raises(BadBackup):
        await backups.prove(file, whole, EVENING)
    assert not any(name.startswith(".brygga-") for name in files(tmp_path))


async def test_a_ledger_that_does_not_come_back_gives_no_backup_and_an_alarm(
    reader: Reader, ledger: Database, tmp_path: Path
):
    """A row that points to one that is not there, as a disk may lose one: it can be written out, but not taken in."""
    await back_up(reader.house)
    orphan = "INSERT INTO follows (item_id, member_id, muted, why) VALUES (77, 77, false, '')"
    if ledger.path:
        with closing(sqlite3.connect(ledger.path)) as connection, connection:
            connection.execute(orphan)  # SQLite's own way is to believe whoever writes
    else:
        async with ledger.write() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(text(orphan))
    reader.clock.at += timedelta(days=1)
    await back_up(reader.house)
    assert files(tmp_path / "backups") == ["brygga-2026-11-26.gz"]
    assert await reader.notices() == ["backup_failed", "backup_failed"]


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("/sys/brygga-backups", "denied"),  # where nobody may write, root included
        ("not-mounted/backups", "missing"),
        ("brygga.toml/backups", "missing"),
    ],
)
async def test_a_folder_that_takes_nothing_is_told_of_once_a_day(
    reader: Reader, tmp_path: Path, folder: str, reason: str
):
    (tmp_path / "brygga.toml").touch()
    well = reader.house
    await back_up(well)
    reader.house = replace(well, settings=Settings(folder=tmp_path, slack=SLACK, backup={"folder": folder}))
    for hours in (10, 11, 12):  # 7, 8 and 9 in the morning
        reader.clock.at = EVENING + timedelta(hours=hours)
        await back_up(reader.house)
    assert sorted(row.destination for row in await reader.waiting()) == [EDITOR, DESK]
    assert {row.data["reason"] for row in await reader.rows(Content)} == {reason}
    reader.clock.at += timedelta(days=1)
    await back_up(reader.house)
    assert len(await reader.waiting()) == 4
    await back_up(well)
    assert len(files(tmp_path / "backups")) == 2, "and once it is mended one is made at the next asking"


async def test_of_several_processes_one_makes_them(reader: Reader, ledger: Database, tmp_path: Path):
    await back_up(reader.house)
    reader.clock.at += timedelta(days=1)
    async with ledger.write() as session:
        await register(session, other := new_process_id(), alone=False)
    elsewhere = Settings(folder=tmp_path, backup={"folder": "elsewhere"})
    theirs = replace(reader.house, me=other, settings=elsewhere)
    await back_up(theirs)
    assert not (tmp_path / "elsewhere").exists()
    async with ledger.write() as session:
        await retire(session, reader.house.me)
    await back_up(theirs)
    assert files(tmp_path / "elsewhere") == ["brygga-2026-11-27.gz"]


@FULL_ONLY
async def test_told_to_stop_it_stops_and_leaves_nothing(ledger: Database, tmp_path: Path):
    async with ledger.write() as session:
        long = "x" * 2_000
        session.add_all(
            Item(kind=Kind.TIP, title=f"Nr {number}", text=long, created_at=EVENING, updated_at=EVENING)
            for number in range(8_000)
        )
    folder = tmp_path / "backups"
    making = asyncio.create_task(backups.make(ledger, folder, EVENING, STOCKHOLM, 3))
    async with asyncio.timeout(30):
        while not list(folder.glob(".brygga-trial-*/trial.db")):
            await asyncio.sleep(0.005)
            assert not making.done()
    making.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert time.monotonic() - began < 5
    assert files(folder) == []


async def test_the_timetable_asks_for_it_every_hour(reader: Reader, tmp_path: Path):
    [job] = [job for job in timetable(reader.house) if job.name == "backup"]
    assert set(job.when) == {"minute"}
    await job.run()
    assert files(tmp_path / "backups") == ["brygga-2026-11-26.gz"]
