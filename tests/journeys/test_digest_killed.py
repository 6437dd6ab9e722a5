"""The digest by hand and by the clock at once, from several processes, and killed in the middle: everybody gets it once."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bridges.standins.mailroom_imap import MailroomImap
from storage.database import Database
from storage.models import Item
from storage.words import Kind
from tests.fixtures.crowd import CONNECTIONS, MEMBERS, Sink, everyone, settings
from tests.fixtures.mailrooms import until
from tests.fixtures.program import Program
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.village import LIST

KILLS = 6 if FULL else 1


def due_now() -> str:
    """Settings by which today's digest is due at this moment."""
    now = datetime.now(ZoneInfo("Europe/Stockholm"))
    # After 18.00 nothing is made up any more, unless it goes later than that.
    hour = "18:00" if now.hour >= 18 else "00:00"
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[now.weekday()]
    return f'[digest]\nday = "{day}"\ntime = "{hour}"\n'


async def something_to_tell(url: str) -> None:
    """Items of the last days."""
    at = datetime.now(UTC) - timedelta(days=1)
    database = Database(url)
    async with database.write() as session:
        for n in range(5):
            title = f"Tips nummer {n}"
            session.add(Item(kind=Kind.TIP, title=title, text="Läs gärna.", created_at=at, updated_at=at))
    await database.close()


def check(received: list[tuple[str, str]], kills: int) -> None:
    """Everyone, by a letter of their own; repeated at most once a connection and kill, under the same Message-ID."""
    ours = [pair for pair in received if pair[0] in everyone()]
    ids: dict[str, set[str]] = {}
    for address, message_id in ours:
        ids.setdefault(address, set()).add(message_id)
    assert set(ids) == everyone()
    assert all(len(found) == 1 for found in ids.values())
    assert len({message_id for found in ids.values() for message_id in found}) == MEMBERS
    repeats = sum(Counter(ours).values()) - MEMBERS
    assert repeats <= CONNECTIONS * kills, f"{repeats} repeats after {kills} kills"


@FULL_ONLY
async def test_killed_again_and_again(make_program: Callable[[str], Program], sink: Sink, people: Path):
    dice = random.Random(11)
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port) + due_now())
        await asyncio.to_thread(program, "members", "import", str(people))
        await something_to_tell(f"sqlite:///{program.folder}/brygga.db")
        await asyncio.to_thread(program.start)  # and the clock sees that the digest is due
        for kill in range(KILLS):
            share = MEMBERS * kill // KILLS + dice.randrange(MEMBERS // KILLS // 2)
            await until(lambda share=share: len(sink.received()) >= share, 60)
            await asyncio.sleep(dice.random() * 0.05)
            await asyncio.to_thread(program.kill)
            await asyncio.to_thread(program.start)
        await until(lambda: {address for address, _ in sink.received()} >= everyone(), 90)
        await asyncio.sleep(1.0)  # long enough for a letter that should not come
        check(sink.received(), KILLS)


async def test_two_processes_and_somebody_by_hand_and_one_dies(
    make_program: Callable[[str], Program], sink: Sink, people: Path, empty_postgres_url: str
):
    async with MailroomImap() as room:
        server = room.add(LIST, "hemligt")
        program = make_program(settings(server.port, sink.port, empty_postgres_url) + due_now())
        await asyncio.to_thread(program, "members", "import", str(people))
        await something_to_tell(empty_postgres_url)
        outcomes = await asyncio.gather(
            asyncio.to_thread(program.start),
            asyncio.to_thread(program.start),
            asyncio.to_thread(program, "digest", "send", "--yes"),
        )
        await until(lambda: len(sink.received()) >= MEMBERS // 4, 60)
        await asyncio.to_thread(program.kill, outcomes[0])
        await until(lambda: {address for address, _ in sink.received()} >= everyone(), 90)
        await asyncio.sleep(1.0)
        check(sink.received(), 1)
