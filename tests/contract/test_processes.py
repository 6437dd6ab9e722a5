"""Several `brygga run` on one ledger: who lives, and who does what only one may do."""

from sqlalchemy import select, update

from storage.columns import database_now
from storage.database import Database
from storage.ids import ProcessId
from storage.models import Delivery, Process
from storage.outbox import claim
from storage.processes import beat, hold, is_alive, new_process_id, register, retire
from storage.words import DeliveryState
from tests.fixtures.letters import NOON, fill

ONE, TWO = ProcessId("one"), ProcessId("two")


async def dies(database: Database, who: ProcessId) -> None:
    """Its time has run out."""
    async with database.write() as session:
        await session.execute(update(Process).where(Process.id == who).values(alive_until=database_now()))


async def test_a_process_lives_as_long_as_it_beats(database: Database) -> None:
    async with database.write() as session:
        await register(session, ONE, alone=False)
        assert await is_alive(session, ONE)
        assert not await is_alive(session, ONE, spare=60)
        assert not await is_alive(session, TWO)
    await dies(database, ONE)
    async with database.write() as session:
        assert not await is_alive(session, ONE)
        await beat(session, ONE)
        assert await is_alive(session, ONE, spare=10)


async def test_a_task_is_held_by_one_until_it_dies_or_stops(database: Database) -> None:
    async with database.write() as session:
        await register(session, ONE, alone=False)
        await register(session, TWO, alone=False)
        assert await hold(session, "receive", ONE)
        assert await hold(session, "receive", ONE)
        assert not await hold(session, "receive", TWO)
        assert await hold(session, "feeds", TWO)
    await dies(database, ONE)
    async with database.write() as session:
        assert await hold(session, "receive", TWO)
        await beat(session, ONE)
        assert not await hold(session, "receive", ONE)
        await retire(session, TWO)
        assert await hold(session, "receive", ONE)


async def test_the_only_process_on_a_file_has_everything_at_once(sqlite_database: Database) -> None:
    await fill(sqlite_database, ["anna@example.se"], now=NOON)
    async with sqlite_database.write() as session:
        await register(session, ONE, alone=True)
        assert await hold(session, "receive", ONE)
        assert len(await claim(session, ONE, "mail", NOON, 10)) == 1
    # Killed this instant; the next start need not wait for its time to run out.
    async with sqlite_database.write() as session:
        assert await register(session, TWO, alone=True) == 1
        assert await hold(session, "receive", TWO)
    async with sqlite_database.read() as session:
        assert (await session.scalars(select(Delivery.state))).all() == [DeliveryState.QUEUED]


async def test_who_stops_gives_back_what_it_had_claimed(database: Database) -> None:
    await fill(database, ["anna@example.se"], now=NOON)
    async with database.write() as session:
        await register(session, ONE, alone=False)
        await claim(session, ONE, "mail", NOON, 10)
        await retire(session, ONE)
        assert len(await claim(session, TWO, "mail", NOON, 10)) == 1


def test_no_two_runs_have_the_same_name() -> None:
    assert len({new_process_id() for _ in range(100)}) == 100
