"""A letter whose shared parts are made once, and whose copies are dressed by bytes: an address and a few tokens each."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.quoprimime import body_encode
from enum import StrEnum
from urllib.parse import quote

from bridges.mail.headers import display_name, mailbox, one_line


class Slot(StrEnum):
    """What differs from copy to copy."""

    TO = "to"  # the name and address it goes to
    LEAVE = "leave"  # tokens of the reader
    MUTE = "mute"
    UNDO = "undo"
    DESK = "desk"
    VOTE = "vote"
    WHEN = "when"
    DIGEST = "digest"  # opens the page of an edition
    MESSAGE = "message"  # a Message-ID of its own, with its brackets (`Tokens.message_id_for`)

    @property
    def mark(self) -> str:
        """What stands in the shared letter where this goes; nobody outside this process can write one."""
        return f"{_SECRET}{self.value}{_SECRET}"


_SECRET = f"slot{secrets.token_hex(8)}x"  # letters and digits only, so that no escaping and no encoding changes it
_MARKS = re.compile(f"{_SECRET}({'|'.join(Slot)}){_SECRET}")
_MARKS_BYTES = re.compile(_MARKS.pattern.encode())


@dataclass(frozen=True, slots=True)
class Copy:
    """What one reader's copy needs."""

    address: str
    name: str = ""
    tokens: Mapping[Slot, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SharedLetter:
    """A finished letter with gaps."""

    subject: str
    plain: str  # the text twin, with marks; for knowing our own words again
    automatic: bool  # a notice: it goes out with the null envelope sender (RFC 3834 §3.3)
    pieces: tuple[bytes, ...]  # one more than gaps
    gaps: tuple[Slot, ...]

    @classmethod
    def of(cls, raw: bytes, *, subject: str, plain: str, automatic: bool) -> "SharedLetter":
        """The letter that these bytes with marks are."""
        parts = _MARKS_BYTES.split(raw)
        gaps = tuple(Slot(part.decode()) for part in parts[1::2])
        return cls(subject=subject, plain=plain, automatic=automatic, pieces=tuple(parts[::2]), gaps=gaps)

    @property
    def size(self) -> int:
        """Bytes held for all copies together."""
        return sum(map(len, self.pieces))

    @property
    def tokens(self) -> frozenset[Slot]:
        """What every copy must bring: tokens, and a Message-ID where each has its own."""
        return frozenset(self.gaps) - {Slot.TO}

    def dress(self, copy: Copy) -> bytes:
        """One reader's copy, with CRLF line ends, ready for SMTP's DATA but for its dots."""
        fills = {slot: token.encode("ascii") for slot, token in copy.tokens.items()}
        fills[Slot.TO] = mailbox(display_name(copy.name), _bare(copy.address)).encode("utf-8")
        out = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            out += (fills[gap], piece)
        return b"".join(out)


def _bare(address: str) -> str:
    """An address as it stands in a header: no white space, no line break."""
    usual = address.isascii() and address.isprintable() and " " not in address
    return address if usual else one_line(address).replace(" ", "")


# -- MIME ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes
    method: str = ""  # of a calendar file of ours


def text_part(subtype: str, text: str) -> bytes:
    """A text in quoted-printable. Each mark stands on a line of its own between soft line breaks (RFC 2045 §6.7), so
    that whatever fills it, no line grows too long and none of it is encoded.
    """
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    pieces = _MARKS.split(lines)
    encoded = [_quoted(piece) if number % 2 == 0 else Slot(piece).mark for number, piece in enumerate(pieces)]
    body = "=\r\n".join(encoded)
    # A line that begins with "From " is changed by old mailboxes, which would break the signature.
    return (head + re.sub(r"(?m)^From ", "=46rom ", body)).encode("ascii")


def _quoted(text: str) -> str:
    # 75, not 76: the soft line break after the last line needs its sign.
    return body_encode(text.encode("utf-8", "replace").decode("latin-1"), maxlinelen=75, eol="\r\n")


_CONTENT_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")


def file_part(file: File) -> bytes:
    """An attachment; a composite or doubtful type goes as plain bytes (RFC 2046 §5.2.1 forbids base64 for messages)."""
    kind = file.content_type.lower().partition(";")[0].strip()
    if not _CONTENT_TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    calendar = f"; charset=utf-8; method={file.method}" if file.method else ""
    name = _file_name(file.name)
    shown = f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name, safe='')}"
    head = (
        f"Content-Type: {kind}{calendar}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {shown}\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(file.content).replace(b"\n", b"\r\n")


def _file_name(name: str) -> str:
    stem, dot, ending = re.sub(r'["\\/\r\n]', "_", one_line(name, 500)).rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = f"{stem}{dot}{ending}", "", ""
    return f"{stem[:80]}{dot}{ending}" or "fil"


def multipart(subtype: str, parts: Sequence[bytes], seed: str) -> bytes:
    """Parts under one roof. The boundary holds `=_`, which neither quoted-printable nor base64 can (RFC 2045 §6.7)."""
    boundary = f"=_{hashlib.sha256(f'{subtype}:{seed}'.encode()).hexdigest()[:24]}"
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + b"--" + boundary.encode() + b"--\r\n"


def message(headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Header lines as they stand, then the body with its own MIME headers."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lines.encode("utf-8") + b"MIME-Version: 1.0\r\n" + body
