"""How IMAP writes things: mailbox names, sets of mails, dates, and the lines of an answer; nothing here talks to anyone."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT) (\d+)", re.IGNORECASE)
_FETCH = re.compile(rb"\d+ FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"', re.IGNORECASE)
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)", re.IGNORECASE)
_SHORT_BODY = re.compile(rb'\bBODY\[\] "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_MOMENT = re.compile(r" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Selected:
    """The mailbox as it was when it was opened."""

    uidvalidity: int | None
    uidnext: int | None  # what the next mail's UID will be, or less than that
    exists: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in the mailbox, before it is fetched."""

    uid: int
    size: int  # bytes, as the server says
    arrived: datetime | None  # INTERNALDATE


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server has it."""

    uid: int
    seen: bool
    raw: bytes


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 §4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def modified_utf7(name: str) -> str:
    """A mailbox name as IMAP writes it (RFC 3501 §5.1.3): "Grön lista" is "Gr&APY-n lista"."""
    parts = re.split(r"([^\x20-\x7e]+)", name)  # plain, other, plain, …
    written = []
    for index, part in enumerate(parts):
        if index % 2 == 0:
            written.append(part.replace("&", "&-"))
        else:
            code = base64.b64encode(part.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
            written.append(f"&{code.decode()}-")
    return "".join(written)


def uid_set(uids: Iterable[int]) -> str:
    """UIDs as a short set: 1:3,7."""
    spans: list[list[int]] = []
    for uid in sorted(set(uids)):
        if spans and uid == spans[-1][1] + 1:
            spans[-1][1] = uid
        else:
            spans.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in spans)


def day(of: date) -> str:
    """A day as SEARCH takes it; strftime would write the month in the machine's language."""
    return f"{of.day}-{_MONTHS[of.month - 1]}-{of.year}"


def moment(text: str) -> datetime | None:
    """An INTERNALDATE; None when it is not one."""
    match = _MOMENT.fullmatch(text)
    if match is None or match[2].title() not in _MONTHS:
        return None
    offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
    zone = timezone(-offset if match[7] == "-" else offset)
    month = _MONTHS.index(match[2].title()) + 1
    try:
        return datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), int(match[6]), tzinfo=zone)
    except ValueError:
        return None


def selected(lines: Sequence[bytes]) -> Selected:
    """The answer to SELECT."""
    codes = {code.upper(): int(number) for line in lines for code, number in _CODE.findall(line)}
    counts = [int(words[0]) for line in lines if len(words := line.upper().split()) == 2 and words[1] == b"EXISTS"]
    return Selected(codes.get(b"UIDVALIDITY"), codes.get(b"UIDNEXT"), counts[-1] if counts else 0)


def numbers(lines: Sequence[bytes]) -> list[int]:
    """The answer to SEARCH; the last line is "Search completed (0.001 secs)" or the like."""
    return [int(word) for line in lines[:-1] for word in line.split() if word.isdigit()]


def waiting(lines: Sequence[bytes]) -> list[Waiting]:
    """The answer to FETCH (UID RFC822.SIZE INTERNALDATE)."""
    found = []
    for text, _ in _answers(lines):
        if (uid := _UID.search(text)) and (size := _SIZE.search(text)):
            arrived = _ARRIVED.search(text)
            found.append(Waiting(int(uid[1]), int(size[1]), moment(arrived[1].decode()) if arrived else None))
    return found


def fetched(lines: Sequence[bytes]) -> list[Fetched]:
    """The answer to FETCH (UID FLAGS BODY[]); what has no body in it is somebody else's change of flags."""
    found = []
    for text, literal in _answers(lines):
        raw = literal
        if raw is None and (short := _SHORT_BODY.search(text)):
            raw = re.sub(rb"\\(.)", rb"\1", short[1])
        if raw is not None and (uid := _UID.search(text)):
            flags = match[1].lower().split() if (match := _FLAGS.search(text)) else []
            found.append(Fetched(int(uid[1]), rb"\seen" in flags, raw))
    return found


def _answers(lines: Sequence[bytes]) -> Iterator[tuple[bytes, bytes | None]]:
    """Each mail's answer: the text around its literal, and the literal, which aioimaplib hands over as a bytearray."""
    text: list[bytes] = []
    literal: bytes | None = None
    for line in lines:
        if isinstance(line, bytearray):
            literal = bytes(line)
        elif _FETCH.match(line):
            if text:
                yield b" ".join(text), literal
            text, literal = [line], None
        elif text:
            text.append(line)
    if text:
        yield b" ".join(text), literal


def clean(text: str | bytes) -> str:
    """What a server said, fit for one line of a log."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes | bytearray) else text
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]
