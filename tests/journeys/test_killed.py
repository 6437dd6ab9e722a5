"""kill -9 at any moment: nobody is missed, and nobody gets the same letter twice but for the one in flight."""

import asyncio
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridges.standins.mailroom_imap import MailroomImap
from tests.fixtures.mailrooms import until
from tests.fixtures.program import Program
from tests.fixtures.require import FULL
from tests.fixtures.village import LIST, letter

MEMBERS = 2_000 if FULL else 200
KILLS = 8 if FULL else 4
CONNECTIONS = 5
ROOT = Path(__file__).parents[2]


@dataclass
class Sink:
    """A mail server of its own process, whose log survives whoever is killed."""

    port: int
    log: Path

    def received(self) -> list[tuple[str, str]]:
        """(recipient, Message-ID) of every letter, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(line.split("\t")[0].lower(), line.split("\t")[1]) for line in lines]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    log = tmp_path / "sink.log"
    process = subprocess.Popen(
        [sys.executable, "benchmarks/sink.py", "--port", "0", "--log", str(log)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    yield Sink(int(process.stdout.readline().split()[-1]), log)
    process.kill()
    process.wait()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = ["email,name,cluster,role,locale,mode,topics,slack_user", "anna@vreta.example.se,Anna,,staff,sv,each,,"]
    rows += [f"m{n}@example.se,Medlem {n},,reader,{'sv' if n % 3 else 'en'},each,," for n in range(MEMBERS)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def settings(imap: int, smtp: int, database: str = "sqlite:///brygga.db") -> str:
    return f"""
[network]
secret_key = "not a secret, this is a test"
[database]
url = "{database}"
[list]
address = "{LIST}"
undo_seconds = 0
[imap]
url = "imap://{LIST}@127.0.0.1:{imap}/INBOX"
password = "hemligt"
[smtp]
url = "smtp://127.0.0.1:{smtp}"
connections = {CONNECTIONS}
[web]
port = 0
"""


def check(received: list[tuple[str, str]], kills: int) -> None:
    """Everyone once, plus at most the letter in flight on each connection for each kill, under the same Message-ID."""
    shares = [(address, message_id) for address, message_id in received if address != "anna@vreta.example.se"]
    ids = {message_id for _, message_id in shares}
    assert len(ids) == 1
    copies = Counter(address for address, _ in shares)
    assert set(copies) == {f"m{n}@example.se" for n in range(MEMBERS)}
    repeats = sum(copies.values()) - MEMBERS
    assert repeats <= CONNECTIONS * kills, f"{repeats} repeats after {kills} kills"


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


def everyone() -> set[str]:
    return {f"m{n}@example.se" for n in range(MEMBERS)}
