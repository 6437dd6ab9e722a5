"""What counts as the database being away, as real servers say it: waiting helps, or it does not."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text

from storage.database import Database, is_outage
from tests.fixtures.postgres import Postgres


async def trouble(database: Database, statement: str) -> BaseException:
    """What a statement raises."""
    with pytest.raises(Exception) as caught:
        async with database.write() as session:
            await session.execute(text(statement))
    return caught.value


async def test_who_reads_sees_one_moment(database: Database):
    count = text("SELECT count(*) FROM kept")
    add = text("INSERT INTO kept (name, value) VALUES ('ett', '1')")
    async with database.read() as reading:
        assert await reading.scalar(count) == 0
        async with database.write() as writing:
            await writing.execute(add)
        assert await reading.scalar(count) == 0
    async with database.read() as reading, database.write() as writing:
        assert await reading.scalar(count) == await writing.scalar(count) == 1


async def test_whoever_is_cancelled_while_writing_stands_in_nobodys_way(database: Database):
    async def write(name: str) -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO kept (name, value) VALUES (:name, '1')"), {"name": name})
            await session.execute(text("SELECT count(*) FROM kept"))

    for moment in range(40):
        writing = [asyncio.create_task(write(f"{moment} {one}")) for one in range(3)]
        await asyncio.sleep(moment / 10_000)
        for task in writing:
            task.cancel()
        await asyncio.wait(writing)
        await write(f"{moment} after")  # else the file is locked for five seconds, and then it fails


async def test_a_mistake_of_ours_is_no_outage(database: Database):
    for statement in ("SELECT * FROM no_such_table", "INSERT INTO kept (name) VALUES (NULL)", "SELEKT 1"):
        assert not is_outage(await trouble(database, statement)), statement


async def test_a_locked_file_is(sqlite_database: Database):
    assert sqlite_database.path
    lock = sqlite3.connect(sqlite_database.path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert is_outage(await trouble(sqlite_database, "DELETE FROM kept"))
    lock.close()


async def test_every_moment_of_a_restart_is(own_postgres: Postgres):
    """Asked again and again while PostgreSQL goes down and comes up, it is never taken for a mistake."""
    database = Database(own_postgres.url())
    seen: set[str] = set()
    stop = asyncio.Event()

    async def ask() -> None:
        while not stop.is_set():
            try:
                async with database.write() as session:
                    await session.execute(text("SELECT pg_sleep(0.005)"))
            except Exception as error:  # noqa: BLE001  all kinds are what is looked for
                seen.add(f"{is_outage(error)} {type(error).__name__}: {str(error).splitlines()[0]}")
            await asyncio.sleep(0)

    asking = [asyncio.create_task(ask()) for _ in range(4)]
    for quickly in (True, False, True):
        await asyncio.to_thread(own_postgres.stop, quickly=quickly)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(own_postgres.start)
        await asyncio.sleep(0.2)
    stop.set()
    await asyncio.gather(*asking)
    await database.close()
    assert seen
    assert not [word for word in seen if word.startswith("False")]
