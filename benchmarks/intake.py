"""Mail in: how fast waiting mail becomes durable, and how soon a new mail does after the server has told of it.

    python -m benchmarks.intake [--count 1000] [--pushes 30] [--server dovecot|pymap] [--size 3000] [--uvloop]

Real IMAP server in its own process, SQLite with synchronous=FULL. The yardstick of the same run: a bare aioimaplib that
fetches the same mails in the same batches and keeps nothing.
"""

import argparse
import asyncio
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Self

import aioimaplib
import structlog
from sqlalchemy import func, insert, select, update

from bot.house import House
from bot.inbox import read_inbox
from bot.settings import LimitSettings, Settings
from bridges.health import Health
from bridges.mail.fetch import Intake
from bridges.mail.imap import FETCH_MOST, Connection
from bridges.mail.imap_protocol import Protocol
from bridges.mail.servers import ImapServer
from bridges.standins.mailroom_imap import MailroomImap
from bridges.tokens import Tokens
from storage.database import Database
from storage.inbox import keep
from storage.mailboxes import advance, open_cursor
from storage.models import Base, Item, Member
from storage.words import Role

TARGET = 600  # mails a second
ROUNDS = 3


def mail(number: int, size: int) -> bytes:
    head = (
        f"Received: from mx.example.se by lista.example.se; Sat, 21 Nov 2026 12:00:00 +0100\r\n"
        f"From: =?utf-8?q?Anna_=C3=96berg?= <anna@example.se>\r\nTo: kluster@lista.example.se\r\n"
        f"Message-ID: <{number}.{time.time_ns()}@example.se>\r\nSubject: Inbjudan {number}\r\n\r\n"
    )
    return (head + "Välkommen till klusterträffen i Vreta.\r\n" * max(1, (size - len(head)) // 42)).encode()


# -- the server, in a process of its own -----------------------------------------------------------------------------


def _pymap(pipe: Pipe) -> None:
    async def serve() -> None:
        async with MailroomImap() as room:
            pipe.send(room.add("kluster@lista.example.se"))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


@contextmanager
def imap_server(kind: str) -> Iterator[ImapServer]:
    if kind == "dovecot":
        from tests.fixtures.dovecot import Dovecot  # noqa: PLC0415  only where there is one

        folder = Path(tempfile.mkdtemp(prefix="brygga-dovecot-"))
        folder.chmod(0o755)
        try:
            dovecot = Dovecot(folder)
            dovecot.start()
            yield dovecot.room().server
            dovecot.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_pymap, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


async def client(server: ImapServer) -> Any:
    imap = aioimaplib.IMAP4(server.host, server.port, timeout=60)
    await imap.wait_hello_from_server()
    await imap.login(server.user, server.password)
    await imap.select("INBOX")
    return imap


# -- what is measured ------------------------------------------------------------------------------------------------


async def bare(server: ImapServer, count: int) -> float:
    """Seconds that aioimaplib alone needs for all mails."""
    start = time.perf_counter()
    imap = await client(server)
    uids = (await imap.uid_search("ALL", charset=None)).lines[0].decode().split()
    got = 0
    for first in range(0, len(uids), FETCH_MOST):
        part = uids[first : first + FETCH_MOST]
        answer = await imap.uid("fetch", f"{part[0]}:{part[-1]}", "(UID FLAGS BODY.PEEK[])")
        got += sum(isinstance(line, bytearray) for line in answer.lines)
    seconds = time.perf_counter() - start
    assert got == count, f"{got} of {count}"
    await imap.logout()
    return seconds


class Run:
    """An intake on a fresh database, and when it told of mail."""

    def __init__(self, folder: Path, server: ImapServer, since: date | None) -> None:
        self.path = folder / f"{time.time_ns()}.db"
        self.database = Database(f"sqlite:///{self.path}")
        self.health = Health(lambda: datetime.now(UTC))
        self.told: list[float] = []
        self.news = asyncio.Event()
        self.came = asyncio.Event()
        self.ready: list[float] = []
        self._server, self._since = server, since

    async def __aenter__(self) -> Self:
        async with self.database.writer.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        intake = Intake(
            self._server, self.database, lambda: datetime.now(UTC), self.health, self._tell, since=self._since
        )
        self._task = asyncio.create_task(intake.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.database.close()

    def _tell(self) -> None:
        self.told.append(time.perf_counter())
        self.news.set()
        self.came.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[None]:
        """What came becomes items for 1,000 members meanwhile; `ready` says when each was."""
        people = [{"email": f"m{n}@example.se", "created_at": datetime.now(UTC)} for n in range(1000)]
        async with self.database.write() as session:
            await session.execute(insert(Member), people)
            await session.execute(update(Member).where(Member.id == 1).values(email="anna@example.se", role=Role.STAFF))
        settings = Settings(limits=LimitSettings(items_per_hour=1_000_000), folder=self.path.parent)
        house = House(
            settings=settings,
            database=self.database,
            tokens=Tokens("key"),
            now=lambda: datetime.now(UTC),
            health=self.health,
            poke_relay=lambda: self.ready.append(time.perf_counter()),
        )
        reading = asyncio.create_task(read_inbox(house, self.came))
        yield
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    async def items(self) -> int:
        async with self.database.read() as session:
            return (await session.scalar(select(func.count()).select_from(Item))) or 0

    async def kept(self) -> int:
        async with self.database.read() as session:
            return (await (await session.connection()).exec_driver_sql("SELECT count(*) FROM inbox")).scalar_one()


async def ours(server: ImapServer, count: int, folder: Path) -> float:
    """Seconds from the start of an intake until the last mail is committed."""
    imap = await client(server)
    await imap.uid("store", "1:*", "-FLAGS.SILENT", r"(\Seen)")
    await imap.logout()
    start = time.perf_counter()
    async with Run(folder, server, date(2000, 1, 1)) as run:
        while await run.kept() < count:
            run.news.clear()
            await run.news.wait()
        return run.told[-1] - start


async def parts(server: ImapServer, folder: Path) -> dict[str, float]:
    """Where the time goes: the steps of the same work, one by one."""
    spent = dict.fromkeys(("connect", "search", "sizes", "fetch", "commit", "mark"), 0.0)

    @contextmanager
    def clocked(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[name] += time.perf_counter() - start

    database = Database(f"sqlite:///{folder / 'parts.db'}")
    async with database.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    start = time.perf_counter()
    async with Connection(server) as imap:
        uidvalidity, uidnext = await imap.select("INBOX")
        spent["connect"] = time.perf_counter() - start
        async with database.write() as session:
            cursor = await open_cursor(session, server.name, uidvalidity, uidnext)
        with clocked("search"):
            uids = await imap.uids(0)
        for first in range(0, len(uids), FETCH_MOST):
            part = uids[first : first + FETCH_MOST]
            with clocked("sizes"):
                waiting = await imap.look(part)
            with clocked("fetch"):
                mails = await imap.fetch(waiting)
            with clocked("commit"):
                async with database.write() as session:
                    await keep(session, "mail", [entry.raw for entry in mails], datetime.now(UTC))
                    await advance(session, server.name, cursor, part[-1], part[-1])
            with clocked("mark"):
                await imap.mark_seen(part)
    await database.close()
    return spent


async def pushes(server: ImapServer, number: int, size: int, folder: Path) -> tuple[list[float], ...]:
    """Seconds from the server's EXISTS to the commit and to the item with its deliveries, and from the delivery's
    answer to the commit; one mail at a time."""
    exists: list[float] = []
    original = Protocol._untagged_response  # noqa: SLF001

    def noted(self: Protocol, line: bytes) -> Any:
        if line.endswith(b" EXISTS"):
            exists.append(time.perf_counter())
        return original(self, line)

    postman = await client(server)
    Protocol._untagged_response = noted  # type: ignore[method-assign]  # noqa: SLF001
    from_push, to_ready, from_delivery = [], [], []
    async with Run(folder, server, None) as run, run.read():
        while not run.health.parts.get("imap") or not run.health.parts["imap"].up:  # noqa: ASYNC110  it has no event
            await asyncio.sleep(0.01)
        for count in range(number):
            await asyncio.sleep(0.2)  # until it waits in IDLE again
            exists.clear()
            run.news.clear()
            start = time.perf_counter()
            await postman.append(mail(count, size), "INBOX")
            await run.news.wait()
            from_delivery.append(run.told[-1] - start)
            if exists:
                from_push.append(run.told[-1] - exists[0])
            while len(run.ready) <= count:  # noqa: ASYNC110  it has no event
                await asyncio.sleep(0.001)
            if exists:
                to_ready.append(run.ready[-1] - exists[0])
        assert await run.items() == number
    Protocol._untagged_response = original  # type: ignore[method-assign]  # noqa: SLF001
    await postman.logout()
    return from_push, to_ready, from_delivery


async def main(options: argparse.Namespace, server: ImapServer) -> None:
    folder = Path(tempfile.mkdtemp(prefix="brygga-intake-"))
    try:
        postman = await client(server)
        for number in range(options.count):
            await postman.append(mail(number, options.size), "INBOX")
        await postman.logout()
        bares, runs = [], []
        for _ in range(ROUNDS):
            bares.append(await bare(server, options.count))
            runs.append(await ours(server, options.count, folder))
        best_bare, best = min(bares), min(runs)
        rate = options.count / best
        print(f"{options.count} waiting mails of {options.size} bytes, {options.server}, best of {ROUNDS}")
        print(f"  bare aioimaplib, nothing kept   {options.count / best_bare:8.0f} mails/s")
        print(f"  brygga, committed (FULL)        {rate:8.0f} mails/s   target {TARGET}: {_verdict(rate >= TARGET)}")
        print(f"  ratio to bare                   {best_bare / best:8.2f}")
        spent = await parts(server, folder)
        total = sum(spent.values())
        print("  where the time goes             " + ", ".join(f"{k} {v / total:.0%}" for k, v in spent.items()))
        from_push, to_ready, from_delivery = await pushes(server, options.pushes, options.size, folder)
        print(f"a new mail, {options.pushes} times, milliseconds   median   p95")
        for name, times in (
            ("EXISTS push → committed", from_push),
            ("EXISTS push → item ready", to_ready),
            ("delivered → committed", from_delivery),
        ):
            if len(times) > 1:
                p95 = statistics.quantiles(times, n=20)[-1]
                print(f"  {name:<30} {statistics.median(times) * 1000:8.0f} {p95 * 1000:6.0f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--pushes", type=int, default=30)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--server", choices=["dovecot", "pymap"])
    parser.add_argument("--uvloop", action="store_true")
    options = parser.parse_args()
    options.server = options.server or ("dovecot" if shutil.which("dovecot", path="/usr/sbin:/usr/bin") else "pymap")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with imap_server(options.server) as server:
        if options.uvloop:
            import uvloop

            uvloop.run(main(options, server))
        else:
            asyncio.run(main(options, server))
