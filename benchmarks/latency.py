"""Mail in, card out: how soon after the mail server has told of a new mail its card arrives in Slack.

    python -m benchmarks.latency [--count 100] [--members 1000] [--server dovecot|pymap]

The whole program between a real IMAP server, a mail sink and the local workspace, each in a process of its own; SQLite
with synchronous=FULL. Mails are put in one at a time, of all four kinds, so that their cards go to four channels.
Slack's own pace of one post a second and channel is not what is measured: `pace` is 0 on both sides. Each mail is for
every member; their letters wait out the undo window and are dropped before the next mail, as if the time had passed:
nobody shares a hundred items in two minutes. The yardstick of the same run: a bare aioimaplib in IDLE that fetches the mail and posts its subject with slack_sdk, and keeps nothing.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import formatdate, make_msgid
from itertools import pairwise
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import structlog
import uvloop
from aioimaplib.aioimaplib import IMAP4ClientProtocol
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert, update

from benchmarks.intake import client, imap_server
from bot.app import Running, run
from bot.settings import Settings, load_settings
from bridges.mail.servers import ImapServer
from bridges.standins.workspace import Workspace
from storage.database import Database
from storage.migrate import upgrade
from storage.models import Member
from storage.words import Role

ROOT = Path(__file__).parents[1]
MEDIAN, P95 = 0.150, 0.400  # seconds
KINDS = ("Inbjudan till träff", "Nyhetsbrev nr", "Tips om läsning", "Fråga om jordbearbetning")
SETTINGS = """
[network]
secret_key = "not a secret, this is a benchmark"
[list]
address = "kluster@lista.example.se"
[imap]
url = "imap://{user}@{host}:{imap}/INBOX"
password = "{password}"
[smtp]
url = "smtp://127.0.0.1:{smtp}"
[web]
port = 0
[limits]
items_per_hour = 1000000
[slack]
bot_token = "{bot}"
app_token = "{app}"
api_url = "{api}"
pace = 0.0
[slack.channels]
invitations = "inbjudningar"
newsletters = "nyhetsbrev"
tips = "tips"
questions = "fragor"
"""


def mail(number: int) -> bytes:
    """A small mail as a mail program writes it."""
    message = EmailMessage()
    message["From"] = "Anna Åkesson <anna@example.se>"
    message["To"] = "kluster@lista.example.se"
    message["Subject"] = f"{KINDS[number % len(KINDS)]} {number}"
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="example.se")
    message.set_content("Hej.\n\nVälkommen till klusterträffen i Vreta, läs https://vreta.example.se.\n\nAnna\n" * 8)
    return message.as_bytes()


# -- Slack, in a process of its own ----------------------------------------------------------------------------------


def _workspace(pipe: Pipe) -> None:
    async def serve() -> None:
        workspace = Workspace()
        workspace.pace = 0.0
        for number, name in enumerate(("inbjudningar", "nyhetsbrev", "tips", "fragor")):
            workspace.add_channel(f"C0{number}", name)
        await workspace.start()
        pipe.send((workspace.api_url, workspace.bot_token, workspace.app_token))
        told = 0
        while True:
            with suppress(TimeoutError):
                await workspace.until(lambda told=told: len(workspace.calls) > told, 60)  # type: ignore[misc]
            for call in workspace.calls[told:]:
                if call.method == "chat.postMessage":
                    pipe.send((call.at, str(call.arguments.get("text"))))
            told = len(workspace.calls)

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


@contextmanager
def local_workspace() -> Iterator[tuple[Pipe, tuple[str, str, str]]]:
    """A workspace that tells of every post: when, by the clock all processes share, and its text."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_workspace, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours, ours.recv()
    finally:
        process.terminate()
        process.join()


@contextmanager
def mail_sink() -> Iterator[int]:
    """A mail server for the receipts; its port."""
    command = [sys.executable, "benchmarks/sink.py", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


# -- what is measured ------------------------------------------------------------------------------------------------


class Clock:
    """When what happened: the server's push, and what the program says of itself on the way."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def note(self, name: str) -> None:
        """The first time since `clear` counts."""
        self.at.setdefault(name, time.monotonic())

    def clear(self) -> None:
        """For the next mail."""
        self.at.clear()

    def hear(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A processor of structlog: the program's own lines are the milestones."""
        self.note(str(event["event"]))
        if method in ("warning", "error", "critical"):
            return event
        raise structlog.DropEvent

    @contextmanager
    def of_pushes(self) -> Iterator[None]:
        """EXISTS, in whichever client is told of it."""
        original = IMAP4ClientProtocol._untagged_response  # noqa: SLF001

        def noted(protocol: IMAP4ClientProtocol, line: bytes) -> Any:
            if line.endswith(b" EXISTS"):
                self.note("EXISTS")
            return original(protocol, line)

        IMAP4ClientProtocol._untagged_response = noted  # noqa: SLF001
        yield
        IMAP4ClientProtocol._untagged_response = original  # noqa: SLF001


async def put_one_at_a_time(
    server: ImapServer, count: int, posts: Pipe, clock: Clock, let_time_pass: Callable[[], None] = lambda: None
) -> tuple[list[float], list[dict[str, float]]]:
    """Seconds from EXISTS to the post, for each mail; and of each the milestones between."""
    postman = await client(server)
    took, ways = [], []
    for number in range(count):
        await asyncio.to_thread(let_time_pass)
        await asyncio.sleep(0.2)  # until it waits in IDLE again
        raw = mail(number)
        subject = str(message_from_bytes(raw, policy=default)["Subject"])
        clock.clear()
        await postman.append(raw, "INBOX")
        while True:
            if not await asyncio.to_thread(posts.poll, 30):
                raise SystemExit(f"no post of {subject!r} within 30 s")
            at, text = posts.recv()
            if subject in text:
                break
        took.append(at - clock.at["EXISTS"])
        ways.append({**clock.at, "post": at})
    await postman.logout()
    return took, ways


async def bare(server: ImapServer, slack: tuple[str, str, str], count: int, posts: Pipe, clock: Clock) -> list[float]:
    """The same with nothing kept."""
    api, token, _ = slack
    web = AsyncWebClient(token=token, base_url=api)
    ready = asyncio.Event()

    async def relay() -> None:
        imap = await client(server)
        while True:
            idle = await imap.idle_start(timeout=600)
            ready.set()
            pushed: Sequence[bytes] = ()
            while not any(line.endswith(b"EXISTS") for line in pushed):
                pushed = await imap.wait_server_push()
            newest = next(line for line in pushed if line.endswith(b"EXISTS")).split()[0].decode()
            imap.idle_done()
            await idle
            answer = await imap.fetch(newest, "(BODY.PEEK[])")
            raw = next(bytes(line) for line in answer.lines if isinstance(line, bytearray))
            subject = str(message_from_bytes(raw, policy=default)["Subject"])
            await web.chat_postMessage(channel="inbjudningar", text=subject)

    task = asyncio.create_task(relay())
    await ready.wait()
    took, _ = await put_one_at_a_time(server, count, posts, clock)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return took


async def ours(settings: Settings, server: ImapServer, count: int, posts: Pipe, clock: Clock) -> tuple[Any, Any]:
    """The whole program."""
    running = Running()
    program = asyncio.create_task(run(settings, running=running, migrate=False))
    await running.ready.wait()
    while "imap_connected" not in clock.at or "slack.listening" not in clock.at:  # noqa: ASYNC110  it has no event
        await asyncio.sleep(0.05)

    def let_time_pass() -> None:
        with contextlib.closing(sqlite3.connect(settings.folder / "brygga.db", timeout=30)) as ledger, ledger:
            ledger.execute("delete from outbox where state = 'queued' and destination like 'mail:%' and priority = 5")

    measured = await put_one_at_a_time(server, count, posts, clock, let_time_pass)
    running.stop.set()
    await program
    return measured


async def fill(folder: Path, members: int) -> None:
    """A ledger with so many members, each of whom takes every mail."""
    database = Database(f"sqlite:///{folder / 'brygga.db'}")
    await upgrade(database)
    people = [{"email": f"m{n}@example.se", "created_at": datetime.now(UTC)} for n in range(members)]
    async with database.write() as session:
        await session.execute(insert(Member), people)
        await session.execute(update(Member).where(Member.id == 1).values(email="anna@example.se", role=Role.STAFF))
    await database.close()


async def main(options: argparse.Namespace, server: ImapServer, posts: Pipe, slack: tuple[str, str, str]) -> None:
    """Both, one after the other, on the same mailbox and workspace."""
    clock = Clock()
    structlog.configure(processors=[clock.hear, structlog.processors.JSONRenderer()])
    with tempfile.TemporaryDirectory() as name, mail_sink() as smtp, clock.of_pushes():
        folder = Path(name)
        await fill(folder, options.members)
        config = folder / "brygga.toml"
        api, bot, app = slack
        reach = {"user": server.user, "host": server.host, "imap": server.port, "password": server.password}
        config.write_text(SETTINGS.format(**reach, smtp=smtp, bot=bot, app=app, api=api), encoding="utf-8")
        config.chmod(0o600)
        peer = await bare(server, slack, options.count, posts, clock)
        took, ways = await ours(load_settings(config), server, options.count, posts, clock)
    print(
        f"{options.count} mails one at a time, {options.members} members, {options.server}; EXISTS push → chat.postMessage"
    )
    for what, seconds in (("brygga", took), ("bare aioimaplib + slack_sdk", peer)):
        print(f"  {what:<28} median {middle(seconds) * 1000:5.0f} ms   p95 {late(seconds) * 1000:5.0f} ms")
    print(
        f"  of the limits {MEDIAN * 1000:.0f} and {P95 * 1000:.0f} ms   {middle(took) / MEDIAN:5.2f} ×       {late(took) / P95:5.2f} ×"
    )
    print(f"  of the bare peer             {middle(took) / middle(peer):5.2f} ×       {late(took) / late(peer):5.2f} ×")
    print("  where the time goes, medians " + ", ".join(steps(ways)))


def steps(ways: list[dict[str, float]]) -> Iterator[str]:
    """From milestone to milestone."""
    milestones = (("EXISTS", ""), ("mail_kept", "kept"), ("inbox.done", "understood"), ("post", "posted"))
    for (before, _), (after, word) in pairwise(milestones):
        spent = [way[after] - way[before] for way in ways if before in way and after in way]
        if spent:
            yield f"{word} {statistics.median(spent) * 1000:.0f} ms"


def middle(seconds: list[float]) -> float:
    """The median."""
    return statistics.median(seconds)


def late(seconds: list[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--server", choices=["dovecot", "pymap"], default="pymap")
    options = parser.parse_args()
    options.count = max(2, options.count)
    with imap_server(options.server) as server, local_workspace() as (posts, slack):
        uvloop.run(main(options, server, posts, slack))  # as `brygga run` does
