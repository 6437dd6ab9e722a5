"""The Monday digest: from the choice to a finished letter of each reader's own, in the outbox and dressed.

    python -m benchmarks.digest [--readers 10000] [--items 40]

Measured in processes of their own, with a tenth of the readers and with all of them, so that memory shows whether it
grows with the crowd. SQLite with synchronous=FULL. The limit is 60 seconds. The yardstick of the same run: the same
letters, composed anew for each reader, as who keeps nothing would.
"""

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.digest.sending import send
from bot.digest.week import current_week, rhythm_of
from bot.house import House, list_house
from bot.settings import ListSettings, Settings
from bridges.edition import Edition, sent_edition
from bridges.health import Health
from bridges.mail.compose import compose
from bridges.mail.letter import DigestLetter
from bridges.mail.letters import LedgerLetters
from bridges.tokens import Tokens
from storage import outbox, processes
from storage.database import Database
from storage.ids import ItemId, MessageId
from storage.migrate import upgrade
from storage.models import Cluster, Event, Item, Member
from storage.words import Audience, ClusterType, Kind, Mode, Precision, Role

LIMIT = 60.0  # seconds
TOPICS = ("krisberedskap", "regler och villkor", "kapitalförsörjning", "nya affärsmodeller", "vatten", "vall", "djur")
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
TEXT = "Vi går genom odlingarna tillsammans med rådgivare, ser på sorter och såtidpunkter. Fika finns. " * 6
#: Letters of the yardstick: enough to measure.
FEW = 100


async def fill(database: Database, readers: int, items: int) -> None:
    dice = random.Random(1)
    async with database.write() as session:
        session.add_all(
            Cluster(slug=f"k{n}", name=f"Kluster {n}", type=ClusterType.AREA if n % 5 == 0 else ClusterType.CLUSTER)
            for n in range(1, 20)
        )
        await session.flush()
        for start in range(0, readers, 1_000):
            rows: list[dict[str, Any]] = [
                {
                    "email": f"m{n}@example.se",
                    "name": f"Medlem {n}",
                    "cluster_id": dice.randint(1, 19),
                    "role": Role.READER,
                    "locale": dice.choice(("sv", "sv", "sv", "en")),
                    "mode": Mode.DIGEST,
                    "topics": tuple(sorted(dice.sample(TOPICS, dice.choice((0, 0, 1, 2, 3))))),
                    "created_at": MONDAY,
                }
                for n in range(start, min(start + 1_000, readers))
            ]
            await session.execute(insert(Member), rows)
        for n in range(1, items + 1):
            at = MONDAY - timedelta(hours=2 * n)
            kind = dice.choice((Kind.INVITATION, Kind.INVITATION, Kind.TIP, Kind.NEWSLETTER, Kind.QUESTION))
            session.add(
                Item(
                    id=ItemId(n),
                    kind=kind,
                    title=f"Fältvandring om mellangrödor och såtidpunkter, nummer {n}",
                    text=TEXT,
                    audience=dice.choice((Audience.ALL, Audience.ALL, Audience.ALL, Audience.CLUSTERS)),
                    topics=tuple(dice.sample(TOPICS, dice.choice((0, 1, 1, 2)))),
                    cluster_id=dice.randint(1, 19),
                    created_at=at,
                    updated_at=at,
                )
            )
            await session.flush()
            if kind is Kind.INVITATION:
                day = MONDAY + timedelta(days=dice.randint(0, 40))
                session.add(
                    Event(
                        item_id=ItemId(n),
                        title="Fältvandring",
                        start=f"{day:%Y-%m-%d}T13:00",
                        end=f"{day:%Y-%m-%d}T15:30",
                        starts_at=day,
                        precision=Precision.TIME,
                        place="Norrby gård, Tuna",
                        registration_url=f"https://anmal.example.se/{n}",
                        registration_deadline=f"{day - timedelta(days=7):%Y-%m-%d}",
                        uid=f"item-{n}@example.se",
                    )
                )


async def measure(readers: int, items: int) -> dict[str, Any]:
    """Choose, plan and enqueue; then claim every letter and dress it, as the relay does before it sends."""
    with tempfile.TemporaryDirectory(prefix="brygga-digest-") as folder:
        database = Database(f"sqlite:///{folder}/brygga.db")
        await upgrade(database)
        await fill(database, readers, items)
        settings = Settings(folder=Path(folder), list=ListSettings(address="kluster@lista.example.se"))
        tokens = Tokens("benchmark")
        house = House(
            settings=settings, database=database, tokens=tokens, now=lambda: MONDAY, health=Health(lambda: MONDAY)
        )
        me = processes.new_process_id()
        async with database.write() as session:
            await processes.register(session, me, alone=True)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        sent = await send(house, current_week(house, MONDAY), "cli")
        planned = time.perf_counter() - began
        letters = LedgerLetters(database, tokens, list_house(settings), lambda: MONDAY)
        dressed, largest = 0, 0
        variants: Counter[tuple[str, str]] = Counter()
        while True:
            async with database.write() as session:
                claims = await outbox.claim(session, me, "mail", MONDAY, 200)
            if not claims:
                break
            for claim in claims:
                letter = await letters.dress(claim)
                largest = max(largest, len(letter.data))
                variants[claim.language, claim.picks] += 1
                dressed += 1
        seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        week = current_week(house, MONDAY)
        async with database.read() as session:
            edition = await sent_edition(session, week, rhythm_of(settings).day_of(week))
        assert edition is not None
        anew = _anew(house, edition, variants)
        await database.close()
    assert dressed == sent.people
    return {
        "letters": dressed,
        "variants": len(variants),
        "planned": planned,
        "seconds": seconds,
        "anew": anew,
        "memory": memory,
        "grown": memory - before,
        "largest": largest,
    }


def _anew(house: House, edition: Edition, variants: Counter[tuple[str, str]]) -> float:
    """Seconds that all letters would take, each composed by itself."""
    few = list(variants.elements())[:: max(1, variants.total() // FEW)][:FEW]
    began = time.perf_counter()
    for number, (language, picks) in enumerate(few):
        compose(
            DigestLetter(
                language=language,
                message_id=MessageId(f"<{number}@example.se>"),
                created_at=MONDAY,
                edition=edition.only(ItemId(int(pick)) for pick in picks.split()),
            ),
            list_house(house.settings),
        )
    return (time.perf_counter() - began) / len(few) * variants.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--within", type=int, help=argparse.SUPPRESS)  # one measurement, printed as JSON
    options = parser.parse_args()
    if options.within:
        print(json.dumps(asyncio.run(measure(options.within, options.items))))
        return
    found = {}
    for readers in (options.readers // 10, options.readers):
        command = [sys.executable, "-m", "benchmarks.digest", "--within", str(readers), "--items", str(options.items)]
        found[readers] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    few, all_ = found.values()
    print(f"{options.items} items; {all_['letters']} letters in {all_['variants']} different choices")
    print(f"planned and in the outbox    {all_['planned']:6.1f} s")
    print(
        f"and every letter dressed     {all_['seconds']:6.1f} s     limit {LIMIT:.0f} s     {all_['seconds'] / LIMIT:.2f} of it"
    )
    print(
        f"each composed anew           {all_['anew']:6.1f} s     ours takes {all_['seconds'] / all_['anew']:.2f} of it"
    )
    print(
        f"memory, peak                 {all_['memory']:6.0f} MB    with a tenth of the readers {few['memory']:.0f} MB: "
        f"{all_['memory'] / few['memory']:.2f} times"
    )
    print(f"largest letter               {all_['largest'] / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
