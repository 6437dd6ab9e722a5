"""How fast mails are explained, and in how much memory: mutated, large, a thousand in one call, one from a cold start."""

import os
import random
import subprocess
import sys
import tempfile
import time
from base64 import encodebytes
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.scores import HEAD, Figure, read
from tests.fixtures.mutations import mutations

ROOT = Path(__file__).parents[1]
LARGE = 50_000_000  # bytes
MB = 1024  # kB, as the system counts memory

#: The command, and below its answers what the process took.
_CODE = """
import re, sys, time
from pathlib import Path
from bot.cli import run
code = run(sys.argv[1:])
memory = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]  # getrusage counts our parent's too
print(time.process_time(), memory, file=sys.stderr)
sys.exit(code)
"""
_PARAGRAPH = (
    "Välkommen till en fältvandring om mellangrödor på Norrby gård i Tuna. Vi går genom odlingarna tillsammans med rådgivare, "
    "ser på sorter och såtidpunkter och pratar om vad som har fungerat under året. Fika finns, och du får gärna ta med en granne. "
)


def mutated(folder: Path, ours: Path, count: int) -> Iterator[Figure]:
    """Mails of all collections, as they are not sent."""
    mails = [path.read_bytes()[:200_000] for place in (folder, ours) for path in sorted(place.rglob("*.eml"))]
    failed, slowest, began = [], 0.0, time.process_time()
    for number, raw in enumerate(mutations([raw for raw in mails if raw], count, seed=26)):
        try:
            _, seconds = read(raw)
        except Exception as error:  # noqa: BLE001  what a score is for
            failed.append(f"number {number}: {error!r}")
            continue
        slowest = max(slowest, seconds)
    took = (time.process_time() - began) / count
    yield Figure("mutated mails that were not explained", len(failed), "mails", note=f"of {count}", missed=failed)
    yield Figure("  slowest", slowest, "s", limit=1.0, note=f"mean {1000 * took:.1f} ms")


def large_mails() -> Iterator[Figure]:
    """What nobody should write, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="brygga-reading-") as folder:
        bare = _explained([_written(folder, "bare.eml", HEAD.encode() + b"Subject: x\n\nHej\n")])
        for name, make in LARGE_MAILS:
            taken = _explained([_written(folder, "large.eml", make())])
            yield Figure(f"{name}", max(0.0, taken[0] - bare[0]), "s", limit=1.0)
            yield Figure("  memory, peak", taken[1], "MB", limit=200)


def _text() -> bytes:
    return HEAD.encode() + b"Subject: x\n\n" + _PARAGRAPH.encode() * (LARGE // len(_PARAGRAPH.encode()))


def _html() -> bytes:
    line = f"<p>{_PARAGRAPH} <a href='https://example.se/anmal?id=7'>Anmäl dig</a></p>\n".encode()
    return HEAD.encode() + b"Subject: x\nContent-Type: text/html; charset=utf-8\n\n" + line * (LARGE // len(line))


def _file() -> bytes:
    head = f"{HEAD}Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHej\n--b\nContent-Type: image/png\n"
    body = encodebytes(random.Random(1).randbytes(57_000))
    return (
        f"{head}Content-Transfer-Encoding: base64\n\n".encode()
        + body.rstrip(b"\n=") * (LARGE // len(body))
        + b"\n--b--\n"
    )


def _parts() -> bytes:
    return (
        f"{HEAD}Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n".encode()
        + b"--b\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n" * 10_000
        + b"--b--\n"
    )


def _nested() -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(200))
    return f"{HEAD}Subject: x\n{opened}\n{_PARAGRAPH * 1000}".encode()


def _subject() -> bytes:
    return f"{HEAD}Subject: {'SV: Inbjudan till fältvandring den 12 maj kl. 13 ' * 20_000}\n\nHej".encode()


LARGE_MAILS: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("a text of 50 MB", _text),
    ("HTML of 50 MB", _html),
    ("a file of 50 MB", _file),
    ("10,000 parts", _parts),
    ("parts 200 deep", _nested),
    ("a subject of 1 MB", _subject),
)


def thousand_mails(count: int) -> Iterator[Figure]:
    """Mails of 10 KB in one call; and whether memory grows with their number."""
    with tempfile.TemporaryDirectory(prefix="brygga-reading-") as folder:
        files = [_written(folder, f"{n}.eml", ordinary(n)) for n in range(count)]
        few, all_ = _explained(files[: max(1, count // 10)]), _explained(files)
    yield Figure(f"{count} mails of 10 kB in one call", count / all_[0], "mails/s", target=60)
    yield Figure("  memory, peak", all_[1], "MB", limit=200, note=f"with a tenth of them {few[1]:.0f} MB")


def ordinary(number: int) -> bytes:
    """A mail of some 10 kB: an invitation, in HTML too, or an answer, or a newsletter."""
    dice = random.Random(number)
    lines = [f"{_PARAGRAPH[: dice.randrange(80, 240)]}" for _ in range(26)]
    when = f"Tid: torsdag {dice.randrange(1, 28)} maj kl. 13.00–15.30\nPlats: Norrby gård, Tuna\nAnmäl dig senast 3 maj på https://example.se/anmal/{number}\n"
    plain = "\n\n".join([*lines[:4], when, *lines[4:]])
    head = HEAD.replace("<1@", f"<{number}@") + "Date: Mon, 06 Apr 2026 09:00:00 +0200\n"
    if number % 3 == 0:
        quoted = "\n".join(f"> {line}" for line in plain.splitlines())
        head += "Subject: SV: Inbjudan\nIn-Reply-To: <0@x.se>\nContent-Type: text/plain; charset=utf-8\n\n"
        return f"{head}Vi kommer, fyra personer.\n\nDen 6 apr. 2026 kl. 09.00 skrev Bo Ek <bo@tuna.se>:\n\n{quoted}\n{plain[:3000]}".encode()
    rich = "".join(f"<tr><td style='padding:0'><p>{line}</p></td></tr>\n" for line in plain.split("\n\n"))
    head += f"Subject: Inbjudan {number}\nContent-Type: multipart/alternative; boundary=b\n"
    head += "List-Unsubscribe: <https://brev.example.se/av/1>\n" * (number % 3 == 1)
    parts = (("plain", plain), ("html", f"<html><body><table>{rich}</table></body></html>"))
    body = "".join(f"--b\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in parts)
    return f"{head}\n{body}--b--\n".encode()


def cold_start() -> Iterator[Figure]:
    """One mail, from nothing to its line."""
    with tempfile.TemporaryDirectory(prefix="brygga-reading-") as folder:
        file = _written(folder, "0.eml", ordinary(1))
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            _explained([file])
            seconds.append(time.perf_counter() - began)
    yield Figure("one mail from a cold start", sorted(seconds)[2], "s", limit=1.5)


def _written(folder: str, name: str, raw: bytes) -> str:
    (Path(folder) / name).write_bytes(raw)
    return str(Path(folder) / name)


def _explained(files: list[str]) -> tuple[float, float]:
    """Seconds of work and megabytes at the most, of the command."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BRYGGA_")}
    done = subprocess.run(
        [sys.executable, "-c", _CODE, "explain", "--json", *files],
        cwd=Path(files[0]).parent,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    seconds, memory = done.stderr.split()[-2:]
    return float(seconds), float(memory) / MB
