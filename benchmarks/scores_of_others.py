"""Scores on mails, calendars, phrases and bounces that others have collected."""

import ast
import csv
import re
import tarfile
import tempfile
from base64 import encodebytes
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dates import score
from benchmarks.scores import HEAD, Figure, plainly, read, share
from bridges.mail.calendar_in import CalendarUnreadable, all_events
from bridges.urls import canonical


def talon(folder: Path) -> Iterator[Figure]:
    """The person's text stands in a file beside the mail, else it is "Hello". It may end with a signature, which we cut."""
    mails, missed = sorted(folder.glob("*.eml")), []
    for mail in mails:
        beside = mail.with_name(f"{mail.stem}_reply_text")
        wanted = beside.read_text(encoding="utf-8", errors="replace") if beside.exists() else "Hello"
        said, _ = read(mail.read_bytes())
        kept, both = plainly(said["text"]), plainly(f"{said['text']} {said['trimmed']}")
        if not kept or not plainly(wanted).startswith(kept) or not both.startswith(plainly(wanted)):
            missed.append(f"{mail.name}: {plainly(said['text'])[:100]!r}")
    yield Figure("replies, talon", len(mails) - len(missed), "mails", target=len(mails), missed=missed)


def other_replies(folder: Path) -> Iterator[Figure]:
    """Texts without a wanted answer: whatever is kept, and whatever is cut, no word may be lost."""
    texts = [path for name in ("github", "crisp") for path in sorted((folder / name).glob("*.txt"))]
    missed = []
    for path in texts:
        text = path.read_text(encoding="utf-8", errors="replace")
        head = HEAD + "In-Reply-To: <0@x.se>\nSubject: SV: x\nContent-Type: text/plain; charset=utf-8\n\n"
        said, _ = read((head + text).encode("utf-8"))
        lost = Counter(_words(text)) - Counter(_words(f"{said['text']} {said['trimmed']}"))
        if lost:
            missed.append(f"{path.name} loses {' '.join(lost)[:80]!r}")
    yield share("replies, others': no word lost", len(texts) - len(missed), len(texts), missed=missed)


def _words(text: str) -> list[str]:
    """Without marks and without addresses, which lead straight to their pages when they are passed on."""
    return plainly(re.sub(r"https?://\S+|[<>]", " ", text)).split()


def whole_mails(folder: Path) -> Iterator[Figure]:
    """Read, or refused with a reason; none slow."""
    mails = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "LICENSE"]
    slowest, refused, missed = 0.0, 0, []
    for path in mails:
        try:
            said, seconds = read(path.read_bytes())
        except Exception as error:  # noqa: BLE001  what a score is for
            missed.append(f"{path.name}: {error!r}")
            continue
        slowest = max(slowest, seconds)
        refused += said["disposition"] == "empty"
        if not said["reason"]:
            missed.append(f"{path.name}: without a reason")
    yield share("mails read or refused with a reason", len(mails) - len(missed), len(mails), 100, missed)
    yield Figure("  of them refused", refused, "mails")
    yield Figure("  slowest", slowest, "s", limit=1.0)


def winmails(folder: Path) -> Iterator[Figure]:
    """The names of the files in each winmail.dat, all of them and no others; a text is no file."""
    parcels, missed = sorted(folder.glob("*.tnef")), []
    for path in parcels:
        wanted = [
            name
            for name in path.with_suffix(".list").read_text(encoding="utf-8", errors="replace").splitlines()
            if name and not name.startswith("body.")
        ]
        body = encodebytes(path.read_bytes()).decode()
        head = f"{HEAD}Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        said, _ = read(f"{head}Content-Transfer-Encoding: base64\n\n{body}\n--b--\n".encode())
        names = [file["name"] for file in said["attachments"]]  # type: ignore[attr-defined]
        if sorted(names) != sorted(wanted):
            missed.append(f"{path.name}: {names}, not {wanted}")
    yield Figure("winmail.dat, by names", len(parcels) - len(missed), "files", target=17, missed=missed)


def calendars(folder: Path) -> Iterator[Figure]:
    """An event, or the error that says there is none."""
    files, missed, events = sorted(folder.rglob("*.ics")), [], 0
    slowest = 0.0
    for path in files:
        data = path.read_bytes()
        try:
            events += bool(all_events(data, "Europe/Stockholm"))
        except CalendarUnreadable:
            pass
        except Exception as error:  # noqa: BLE001  as above
            missed.append(f"{path.name}: {error!r}")
        _, seconds = read((HEAD + "Subject: x\nContent-Type: text/calendar; charset=utf-8\n\n").encode() + data)
        slowest = max(slowest, seconds)
    yield share("calendars: an event or a typed error", len(files) - len(missed), len(files), 100, missed)
    yield Figure("  of them with an event", events, "files")
    yield Figure("  slowest in a mail", slowest, "s", limit=1.0)


def days_named(folder: Path) -> Iterator[Figure]:
    """Microsoft's Swedish phrases that name a day, each told from a day of its own."""
    for path in sorted(folder.glob("*.json")):
        found = score(path)
        yield share("days that are named, Microsoft", found.right, found.of, 80, found.missed)
        yield Figure("  found where none is named", len(found.invented), "phrases", missed=list(found.invented))


def tracking(folder: Path) -> Iterator[Figure]:
    """Parameters that tell one reader from another are never passed on."""
    with (folder / "tracking_params.csv").open(encoding="utf-8") as opened:
        names = [row["name"].strip() for row in csv.DictReader(opened) if (row["unique_per_visitor"] or "").strip()]
    left = [name for name in names if name in canonical(f"https://example.se/sida?a=1&{name}=Zq81kLmPx07")]
    yield share("links without what tells readers apart", len(names) - len(left), len(names), 100, left)


def bounces(place: Path) -> Iterator[Figure]:
    """By the table of flufl.bounce's own tests: which addresses, and whether it lasts."""
    if place.is_file():
        with tempfile.TemporaryDirectory() as folder, tarfile.open(place) as archive:
            archive.extractall(folder, filter="data")
            yield from bounces(Path(folder))
        return
    table = next(iter(sorted(place.rglob("test_detectors.py"))), None)
    rows = list(_rows(ast.parse(table.read_text(encoding="utf-8")))) if table else []
    mails = {path.name: path for path in place.rglob("*.txt")}
    missed, lasting = [], 0
    for name, addresses, temporary in rows:
        said, _ = read(mails[name].read_bytes())
        found = {bounce["address"]: bounce["permanent"] for bounce in said["bounces"]}  # type: ignore[attr-defined]
        if set(found) != {address.lower() for address in addresses}:
            missed.append(f"{name}: {sorted(found)}, not {sorted(addresses)}")
        lasting += set(found.values()) == ({not temporary} if addresses else set())
    yield share("bounces, addresses exact", len(rows) - len(missed), len(rows), 97, missed)
    yield share("  hard and soft as that table has it", lasting, len(rows))


def _rows(tree: ast.AST) -> Iterator[tuple[str, list[str], bool]]:
    """The rows (detector, file, addresses, temporary) of the table."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple) or len(node.elts) != 4:
            continue
        try:
            _, name, addresses, temporary = ast.literal_eval(node)
        except ValueError:
            continue
        if isinstance(addresses, list) and str(name).endswith(".txt"):
            yield name, [address.decode() for address in addresses], bool(temporary)
