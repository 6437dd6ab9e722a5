"""How long `brygga run` takes from start to ready on a ledger of 10,000 items, and what it holds in memory when idle.

    python -m benchmarks.idle [--items 10000] [--members 5000] [--seconds 20]

Prints each figure beside its limit: ready within 3 s, 180 MB resident. The mailbox and the mail server are real, each in
a process of its own, so that the program idles as it does in life: in IMAP IDLE, with its pages served.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks.intake import imap_server
from storage.database import Database
from storage.migrate import upgrade
from storage.models import Content, Delivery, Inbound, Item, Member, Post
from storage.words import ContentKind, DeliveryState, InboxState, Kind

ROOT = Path(__file__).parents[1]
ROUNDS = 3
LETTERS_AN_ITEM = 20

SETTINGS = """
[list]
address = "kluster@lista.example.se"
[imap]
url = "imap://{user}@127.0.0.1:{imap}/INBOX"
password = "{password}"
[smtp]
url = "smtp://127.0.0.1:{smtp}"
[web]
port = 0
"""


async def fill(path: Path, items: int, members: int) -> None:
    """A ledger as it looks after years of use."""
    database = Database(f"sqlite:///{path}")
    await upgrade(database)
    began = datetime.now(UTC) - timedelta(days=900)
    async with database.write() as session:
        people = [{"email": f"m{n}@example.se", "name": f"Medlem {n}", "created_at": began} for n in range(members)]
        await session.execute(insert(Member), people)
        for start in range(0, items, 500):
            some = range(start + 1, min(start + 500, items) + 1)
            at = {n: began + timedelta(hours=2 * n) for n in some}
            raw = b"From: m0@example.se\r\nSubject: x\r\n\r\n" + b"text " * 400
            await session.execute(
                insert(Inbound),
                [
                    {
                        "id": n,
                        "source": "mail",
                        "remote_key": f"k{n}",
                        "raw": raw,
                        "size": len(raw),
                        "received_at": at[n],
                    }
                    | {"state": InboxState.DONE, "fingerprint": f"f{n}"}
                    for n in some
                ],
            )
            await session.execute(
                insert(Item),
                [
                    {"id": n, "kind": Kind.INVITATION, "title": f"Träff {n}", "text": "Välkommen " * 100, "inbox_id": n}
                    | {"author_id": 1 + n % members, "created_at": at[n], "updated_at": at[n]}
                    for n in some
                ],
            )
            await session.execute(
                insert(Content),
                [
                    {"id": n, "key": f"item:{n}:0", "kind": ContentKind.ITEM, "item_id": n, "message_id": f"<{n}@x>"}
                    | {"created_at": at[n], "data": {}}
                    for n in some
                ],
            )
            await session.execute(
                insert(Post), [{"bridge": "mail", "remote_id": f"<{n}@x>", "item_id": n, "ours": True} for n in some]
            )
            await session.execute(
                insert(Delivery),
                [
                    {"key": f"item:{n}:0:mail:m{m}@example.se", "content_id": n, "kind": ContentKind.ITEM}
                    | {"destination": f"mail:m{m}@example.se", "state": DeliveryState.SENT, "attempts": 1}
                    | {"next_at": at[n], "created_at": at[n], "sent_at": at[n]}
                    for n in some
                    for m in range(1, LETTERS_AN_ITEM + 1)
                ],
            )
    await database.close()


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MB (proc(5))."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def ready(line: bytes) -> bool:
    return b"run.ready" in line


def measure(config: Path, seconds: float) -> tuple[list[float], float]:
    """Seconds from start to ready, three times; and MB when the last has idled."""
    times = []
    resident = 0.0
    for _ in range(ROUNDS):
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run", "--config", str(config)], stderr=subprocess.PIPE, cwd=ROOT
        ) as program:
            assert program.stderr is not None
            next(line for line in program.stderr if ready(line))
            times.append(time.monotonic() - began)
            if len(times) == ROUNDS:
                time.sleep(seconds)
                resident = resident_mb(program.pid)
            program.terminate()
    return times, resident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    kind = "dovecot" if shutil.which("dovecot", path="/usr/sbin:/usr/bin") else "pymap"
    with (
        tempfile.TemporaryDirectory() as folder,
        imap_server(kind) as mailbox,
        subprocess.Popen(
            [sys.executable, "benchmarks/sink.py", "--port", "0"], stdout=subprocess.PIPE, cwd=ROOT
        ) as sink,
    ):
        try:
            assert sink.stdout is not None
            path = Path(folder) / "brygga.db"
            asyncio.run(fill(path, options.items, options.members))
            config = Path(folder) / "brygga.toml"
            config.write_text(
                SETTINGS.format(
                    user=mailbox.user,
                    password=mailbox.password,
                    imap=mailbox.port,
                    smtp=int(sink.stdout.readline().split()[-1]),
                )
            )
            config.chmod(0o600)
            times, resident = measure(config, options.seconds)
            size = path.stat().st_size / 1e6
        finally:
            sink.kill()
    deliveries = options.items * LETTERS_AN_ITEM
    print(f"ledger: {options.items} items, {deliveries} deliveries, {options.members} members, {size:.0f} MB; {kind}")
    print(f"start to ready  {min(times):5.2f}–{max(times):.2f} s   limit 3 s      {max(times) / 3:.2f} of it")
    print(f"idle memory     {resident:5.0f} MB        limit 180 MB   {resident / 180:.2f} of it")


if __name__ == "__main__":
    main()
