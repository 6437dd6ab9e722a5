"""kill -9 at any moment: nobody is missed, and nobody gets the same letter twice but for the one in flight."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from bridges.standins.mailroom_imap import MailroomImap
from tests.fixtures.crowd import MEMBERS, Sink, check, everyone, settings
from tests.fixtures.mailrooms import until
from tests.fixtures.program import Program
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.village import LIST, letter

KILLS = 8 if FULL else 2


async def test_killed_again_and_again_during_a_fan_out(
    make_program: Callable[[str], Program], sink: Sink, people: Path
):
    dice = random.Random(5)
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port))
        await asyncio.to_thread(program, "members", "import", str(people))
        await asyncio.to_thread(program.start)
        await room.deliver(LIST, letter("Anna <anna@vreta.example.se>", "Till alla", "Kom på fredag.\n").as_bytes())
        for kill in range(KILLS):
            # At a moment that no one chose: after a share of the letters, and a little more.
            share = MEMBERS * kill // KILLS + dice.randrange(MEMBERS // KILLS // 2)
            await until(lambda share=share: len(sink.received()) >= share, 60)
            await asyncio.sleep(dice.random() * 0.05)
            await asyncio.to_thread(program.kill)
            await asyncio.to_thread(program.start)
        await until(lambda: {address for address, _ in sink.received()} >= everyone(), 90)
        await asyncio.sleep(1.0)  # long enough for a letter that should not come
        check(sink.received(), KILLS)
        assert await asyncio.to_thread(program.json, "outbox", "list") == []


@FULL_ONLY
async def test_killed_between_fetching_and_understanding(
    make_program: Callable[[str], Program], sink: Sink, people: Path
):
    """Many mails come while the program dies again and again: each becomes one item."""
    mails = 60 if FULL else 20
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port) + "[limits]\nitems_per_hour = 1000\n")
        rows = "email,name,cluster,role,locale,mode,topics,slack_user\nanna@vreta.example.se,Anna,,staff,sv,each,,\n"
        await asyncio.to_thread(people.write_text, rows + "bo@example.se,Bo,,reader,sv,each,,\n", encoding="utf-8")
        await asyncio.to_thread(program, "members", "import", str(people))
        await asyncio.to_thread(program.start)
        dice = random.Random(7)
        for start in range(0, mails, 10):
            for n in range(start, start + 10):
                text = f"Det här är mejl nummer {n}.\n"
                await room.deliver(LIST, letter("Anna <anna@vreta.example.se>", f"Nummer {n}", text).as_bytes())
            await asyncio.sleep(dice.random() * 0.3)
            await asyncio.to_thread(program.kill)
            await asyncio.to_thread(program.start)
        await until(lambda: sum(address == "bo@example.se" for address, _ in sink.received()) >= mails, 60)
        await asyncio.sleep(0.5)
        items = await asyncio.to_thread(program.json, "items", "list")
        assert sorted(item["title"] for item in items) == sorted(f"Nummer {n}" for n in range(mails))


@FULL_ONLY
async def test_one_of_three_processes_dies(
    make_program: Callable[[str], Program], sink: Sink, people: Path, empty_postgres_url: str
):
    """Three share one PostgreSQL; one is killed in mid-sending, and the others send what it had claimed."""
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port, empty_postgres_url))
        await asyncio.to_thread(program, "members", "import", str(people))
        for _ in range(3):
            await asyncio.to_thread(program.start)
        await room.deliver(LIST, letter("Anna <anna@vreta.example.se>", "Till alla", "Kom på fredag.\n").as_bytes())
        await until(lambda: len(sink.received()) >= MEMBERS // 4, 60)
        await asyncio.to_thread(program.kill, program.running[0])
        await until(lambda: {address for address, _ in sink.received()} >= everyone(), 90)
        await asyncio.sleep(1.0)
        check(sink.received(), 1)
