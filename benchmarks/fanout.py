"""Mail out: one mail in the inbox becomes a personal, durable, individually addressed letter to every member.

    python -m benchmarks.fanout [--members 5000] [--connections 10] [--database sqlite|postgres] [--rounds 3]
                                [--loop uvloop|asyncio] [--no-pipelining] [--profile]

The yardstick of the same run: a bare asyncio loop of aiosmtplib.SMTP.sendmail on as many connections, which sends the
same bytes to the same server and writes nothing down. The server is benchmarks/sink.py in its own process. SQLite runs
with synchronous=FULL, PostgreSQL as it comes.
"""

import argparse
import asyncio
import cProfile
import gc
import logging
import pstats
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

import aiosmtplib
import structlog
import uvloop
from sqlalchemy import func, insert, select

from bot.house import House, list_house
from bot.inbox import take_in_waiting
from bot.settings import ListSettings, Settings
from bridges.contract import Claim
from bridges.health import Health
from bridges.mail.letters import LedgerLetters
from bridges.mail.send import Dressed, SmtpBridge
from bridges.mail.servers import SmtpServer
from bridges.relay import Relay
from bridges.tokens import Tokens
from storage import outbox, processes
from storage.database import Database
from storage.ids import ProcessId
from storage.inbox import keep
from storage.models import Base, Cluster, Delivery, Member
from storage.words import DeliveryState, Mode, Role

TARGET = 1.0  # × bare sendmail
LIST = "kluster@lista.example.se"
#: Letters of the yardstick: enough to measure, few enough to hold.
MOST_BARE = 2000
TEXT = """Hej alla!

Välkommen till fältvandring om mellangrödor på Norrby gård onsdagen den 26 augusti 2026 kl. 13.00–15.30.

Vi går genom odlingarna tillsammans med rådgivare från Hushållningssällskapet, ser på sorter och såtidpunkter, och talar
om vad som fungerade i fjol och vad som inte gjorde det. Fika finns. Ta med stövlar: det kan vara blött i de lägre
delarna av fältet. Programmet börjar vid ladan klockan ett, och vi är tillbaka senast halv fyra.

Anmälan senast den 19 augusti på https://vreta.example.se/faltvandring så att vi vet hur mycket kaffe vi ska koka.

Hälsningar
Anna Åkesson
Vreta Kluster
"""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Result:
    letters: int
    seconds: float
    processor: float  # seconds of it, all threads of this process
    parts: dict[str, float]
    commits: int = 0
    memory_mb: float = 0.0

    def __str__(self) -> str:
        return f"{self.rate:5.0f}/s, processor {1e6 * self.processor / self.letters:4.0f} µs a letter"

    @property
    def rate(self) -> float:
        return self.letters / self.seconds


# -- the server, and the database --------------------------------------------------------------------------------------


@contextmanager
def sink(*, pipelining: bool) -> Iterator[SmtpServer]:
    command = [sys.executable, str(Path(__file__).with_name("sink.py")), "--port", "0"]
    process = subprocess.Popen(command + ([] if pipelining else ["--no-pipelining"]), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield SmtpServer(host="127.0.0.1", port=int(process.stdout.readline()), security="none")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def databases(kind: str) -> Iterator[Callable[[], str]]:
    """Answers the URL of a fresh database each time."""
    folder = Path(tempfile.mkdtemp(prefix="brygga-fanout-"))
    try:
        if kind == "sqlite":
            yield lambda: f"sqlite:///{folder}/{time.time_ns()}.db"
            return
        from tests.fixtures import postgres  # noqa: PLC0415  only where it is asked for

        (folder / "programs").mkdir()
        server = postgres.Postgres(folder, folder / "programs", {"listen_addresses": ""})
        server.start()

        def fresh() -> str:
            name = f"fanout_{time.time_ns()}"
            asyncio.run(postgres.ask(server.url(), f"CREATE DATABASE {name}"))
            return server.url(name)

        yield fresh
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def populate(database: Database, members: int) -> None:
    """The tables, the members, and one mail in the inbox."""
    async with database.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    mail = EmailMessage(policy=SMTP_POLICY.clone(max_line_length=998))
    mail["From"] = "Anna Åkesson <anna@vreta.example.se>"
    mail["To"] = LIST
    mail["Date"] = now()
    mail["Subject"] = "Inbjudan: fältvandring om mellangrödor på Norrby gård"
    mail["Message-ID"] = f"<{time.time_ns()}@vreta.example.se>"
    mail.set_content(TEXT)
    anna = {"email": "anna@vreta.example.se", "name": "Anna Åkesson", "role": Role.STAFF}
    others = [{"email": f"medlem{n}@kluster{n % 19}.example.se", "name": f"Medlem Nr {n}"} for n in range(members)]
    rows = [
        {"role": Role.READER, "cluster_id": 1, "mode": Mode.EACH, "created_at": now(), "locale": "sv"} | row
        for row in (anna, *others)
    ]
    async with database.write() as session:
        await session.execute(insert(Cluster), [{"id": 1, "slug": "vreta", "name": "Vreta Kluster", "region": "ÖG"}])
        await session.execute(insert(Member), rows)
        await keep(session, "mail", [mail.as_bytes()], now())


# -- ours ----------------------------------------------------------------------------------------------------------------


class TimedLetters(LedgerLetters):
    """LedgerLetters, with a watch."""

    seconds = 0.0

    async def dress(self, claim: Claim) -> Dressed:
        began = time.perf_counter()
        try:
            return await super().dress(claim)
        finally:
            self.seconds += time.perf_counter() - began


async def ours(url: str, server: SmtpServer, members: int, connections: int) -> Result:
    """From the mail in the inbox to the last letter durably settled."""
    database = Database(url)
    await populate(database, members)
    settings = Settings(list=ListSettings(address=LIST, undo_seconds=0))
    tokens, health, me = Tokens("hemlig"), Health(now), ProcessId("fanout")
    letters = TimedLetters(database, tokens, list_house(settings), now)
    bridge = SmtpBridge(server, letters, connections, 0, health)
    relay = Relay(database, bridge, me, now, health)
    house = House(settings=settings, database=database, tokens=tokens, now=now, health=health, me=me)
    async with database.write() as session:
        await processes.register(session, me, alone=True)
    relaying = asyncio.create_task(relay.run())
    await true(lambda: "smtp" in health.parts)
    gc.collect()

    began, processor = time.perf_counter(), time.process_time()
    await take_in_waiting(house)
    planned = time.perf_counter()
    relay.poke()
    async with database.read() as session:
        expected = await session.scalar(select(func.count(Delivery.id))) or 0
    memory = resident_mb()
    await true(lambda: relay.settler.done["sent"] >= expected)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    grown = resident_mb() - memory
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
    async with database.read() as session:
        counts = await outbox.counts(session)
    await database.close()
    assert counts[DeliveryState.SENT] == expected >= members, counts
    send = relay.seconds["send"]
    parts = {
        "understand and plan": planned - began,
        "claim": relay.seconds["claim"],
        "dress": letters.seconds,
        "SMTP, a line": (send - letters.seconds) / connections,
        "commit": relay.settler.seconds,
    }
    return Result(expected, seconds, processor, parts, relay.settler.commits, grown)


async def true(what: Callable[[], bool]) -> None:
    while not what():  # noqa: ASYNC110  nobody tells
        await asyncio.sleep(0.01)


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


# -- the yardstick ---------------------------------------------------------------------------------------------------------


async def some_letters(url: str, count: int) -> list[Dressed]:
    """The same bytes that we send."""
    database = Database(url)
    await populate(database, count)
    settings = Settings(list=ListSettings(address=LIST, undo_seconds=0))
    tokens, health = Tokens("hemlig"), Health(now)
    house = House(settings=settings, database=database, tokens=tokens, now=now, health=health, me=ProcessId("some"))
    letters = LedgerLetters(database, tokens, list_house(settings), now)
    async with database.write() as session:
        await processes.register(session, house.me, alone=True)
    await take_in_waiting(house)
    async with database.write() as session:
        claims = await outbox.claim(session, house.me, "mail", now(), count)
    dressed = [await letters.dress(claim) for claim in claims]
    await database.close()
    return dressed


async def bare(server: SmtpServer, letters: list[Dressed], connections: int) -> Result:
    """aiosmtplib as its manual has it, on several connections."""
    waiting = deque(letters)

    async def line() -> None:
        async with aiosmtplib.SMTP(hostname=server.host, port=server.port, start_tls=False) as smtp:
            while waiting:
                letter = waiting.popleft()
                await smtp.sendmail(letter.sender, [letter.recipient], letter.data)

    gc.collect()
    began, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*(line() for _ in range(connections)))
    return Result(len(letters), time.perf_counter() - began, time.process_time() - processor, {})


# -- both ------------------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--loop", choices=("uvloop", "asyncio"), default="uvloop", help="ours; the yardstick has asyncio"
    )
    parser.add_argument("--no-pipelining", action="store_true", help="the server does not offer it")
    parser.add_argument("--profile", action="store_true", help="show where our processor time goes")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    run: Callable[[Coroutine[Any, Any, Result]], Result] = uvloop.run if chosen.loop == "uvloop" else asyncio.run
    us, them = [], []
    with sink(pipelining=not chosen.no_pipelining) as server, databases(chosen.database) as fresh:
        letters = asyncio.run(some_letters(fresh(), min(chosen.members, MOST_BARE)))
        size = statistics.mean(len(letter.data) for letter in letters)
        print(f"{chosen.members} members, letters of {size / 1000:.1f} kB, {chosen.connections} connections,", end=" ")
        print(f"{chosen.database}, {chosen.loop}, {'no ' * chosen.no_pipelining}pipelining")
        for number in range(chosen.rounds):
            them.append(asyncio.run(bare(server, letters, chosen.connections)))
            profile = cProfile.Profile() if chosen.profile else None
            if profile:
                profile.enable()
            us.append(run(ours(fresh(), server, chosen.members, chosen.connections)))
            if profile:
                profile.disable()
                pstats.Stats(profile).sort_stats("tottime").print_stats(30)
            print(f"round {number + 1}:  bare {them[-1]}   ours {us[-1]}")
    report(us, them)


def report(us: list[Result], them: list[Result]) -> None:
    last = us[-1]
    print(f"\nwhere the time goes ({last.seconds:.2f} s, {1e6 * last.seconds / last.letters:.0f} µs a letter):")
    for name, seconds in last.parts.items():
        print(f"  {name:20} {seconds:6.2f} s  {1e6 * seconds / last.letters:6.0f} µs a letter")
    print(f"  {last.commits} commits, {last.letters / last.commits:.1f} letters each; sending and committing overlap")
    print(f"memory grew by {last.memory_mb:.1f} MB while sending; peak {peak_mb():.0f} MB with the yardstick's letters")
    ours_rate, bare_rate = (statistics.median(result.rate for result in results) for results in (us, them))
    # Round by round, because other work on the machine weighs on both sides of a round.
    ratio = statistics.median(our.rate / bare.rate for our, bare in zip(us, them, strict=True))
    print(f"\nmedian: bare {bare_rate:.0f}/s, ours {ours_rate:.0f}/s; of the rounds {ratio:.2f} × (target {TARGET})")
    sys.exit(0 if ratio >= TARGET else 1)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
