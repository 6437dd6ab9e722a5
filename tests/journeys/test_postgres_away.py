"""PostgreSQL is taken away in the middle of a fan-out and given back: work waits, resumes, nothing lost, nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bridges.standins.mailroom_imap import MailroomImap
from tests.fixtures.crowd import MEMBERS, Sink, everyone, settings
from tests.fixtures.mailrooms import until
from tests.fixtures.postgres import Postgres
from tests.fixtures.program import Program
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.village import LIST, letter

AWAY = 20.0 if FULL else 3.0  # seconds


async def test_taken_away_in_mid_sending(
    make_program: Callable[[str], Program], sink: Sink, people: Path, own_postgres: Postgres
):
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port, own_postgres.url()))
        await asyncio.to_thread(program, "members", "import", str(people))
        await asyncio.to_thread(program.start)
        await room.deliver(LIST, letter("Anna <anna@vreta.example.se>", "Till alla", "Kom på fredag.\n").as_bytes())
        await until(lambda: len(sink.received()) >= 20, 60)
        await asyncio.to_thread(own_postgres.stop)
        at_stop = len(sink.received())
        await until(lambda: not program.healthy(), 20)
        # A mail that comes meanwhile waits at the mail server, unmarked.
        await room.deliver(LIST, letter("Anna <anna@vreta.example.se>", "Medan den var borta", "Hej.\n").as_bytes())
        await asyncio.sleep(AWAY)
        assert len(sink.received()) - at_stop < MEMBERS // 4  # what nobody can note is not sent
        assert not (await room.mails(LIST))[-1].seen
        await asyncio.to_thread(own_postgres.start)
        await until(lambda: len(sink.received()) >= 2 * MEMBERS, 120)
        await until(program.healthy, 30)
        await asyncio.sleep(1.0)  # long enough for a letter that should not come
        copies = Counter(entry for entry in sink.received() if entry[0] != "anna@vreta.example.se")
        assert {address for address, _ in copies} == everyone()
        assert set(copies.values()) == {1}
        assert len({message_id for _, message_id in copies}) == 2


@FULL_ONLY
async def test_away_when_the_program_starts(make_program: Callable[[str], Program], sink: Sink, own_postgres: Postgres):
    """The machine came up before its database did: the program waits, and stops when told to."""
    program = make_program(settings(1, sink.port, own_postgres.url()))
    own_postgres.stop()
    process = await asyncio.to_thread(lambda: program.start(wait=False))
    await until(lambda: "run.database_away" in program.log(), 20)
    assert process.poll() is None
    await asyncio.to_thread(own_postgres.start)
    await until(lambda: "run.ready" in program.log(), 20)
    assert await asyncio.to_thread(program.stop) == 0
