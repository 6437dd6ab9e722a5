"""The mail room's door: takes letters in over real SMTP, as the providers of everybody in the demo would."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import format_datetime, getaddresses
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
#: Bytes of one letter; providers take about as much.
LARGEST = 35 * 1024 * 1024
#: Letters that one connection may address at once.
MOST_RECIPIENTS = 50
#: Seconds that `slow@` takes: long enough to be seen, shorter than any sender's patience.
SLOW_SECONDS = 5.0

#: Local parts that fail on purpose, and what the server answers when a letter is addressed to them.
REFUSALS = {
    "tempfail": "451 4.3.0 The mailbox is out of order for now, try again later",
    "permfail": "550 5.1.1 No such mailbox here",
}
#: What is answered for somebody's own mailbox while it is made to fail.
FAULTS = {
    "temporary": "451 4.2.1 The mailbox is out of order for now, try again later",
    "permanent": "550 5.1.1 The mailbox does not exist any more",
}
SLOW = "slow"

_HEADERS = BytesHeaderParser(policy=default)

#: Puts a letter in a mailbox.
Deliver = Callable[[str, bytes], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where the letters of one envelope go; nowhere for `slow@`, which takes them and reads none."""

    boxes: tuple[str, ...]
    slow: bool


class MailroomSmtp:
    """An SMTP server on this machine; `async with MailroomSmtp(…) as door`."""

    def __init__(
        self,
        box_of: Callable[[str], str | None],
        deliver: Deliver,
        now: Callable[[], datetime],
        *,
        name: str,
        port: int = 0,
        size: int = LARGEST,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        """`box_of`: whose mailbox an address is; None = nobody's. `name`: of the server, as its headers say."""
        self.port = port
        self.faults: dict[str, str] = {}  # mailboxes that fail, and how: words of FAULTS
        self._box_of, self._deliver, self._now = box_of, deliver, now
        self._name, self._size, self._slow_seconds = name, size, slow_seconds
        self._server: asyncio.Server | None = None
        self._visits: set[_Visit] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open; port 0 takes a free one, told by `.port`."""
        self._server = await asyncio.get_running_loop().create_server(self._visit, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for visit in list(self._visits):
            visit.hang_up()

    def _visit(self) -> SMTP:
        return _Visit(self, self._visits, self._name, self._size)

    # -- what the server answers; the names are aiosmtpd's -------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Anybody may send; the null sender comes in its brackets, for aiosmtpd takes "" for "not said yet"."""
        envelope.mail_from = address.removeprefix("<>") or "<>"
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whose letters are taken."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        local = _local(address)
        if local in REFUSALS:
            return REFUSALS[local]
        box = self._box_of(address)
        if local != SLOW and box is None:
            return f"550 5.1.1 <{address}> is nobody here"
        if box in self.faults:
            return FAULTS[self.faults[box]]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Put the letter on the shelves, and only then say that it was taken."""
        where = self._sorted(envelope)
        if where.slow:
            await asyncio.sleep(self._slow_seconds)
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101  nothing was decoded
        sender = (envelope.mail_from or "").removeprefix("<>")
        raw = traced(content, sender, self._name, session.host_name or "", self._now())
        try:
            for box in where.boxes:
                await self._deliver(box, raw)
        except OSError:
            return "451 4.3.1 There is no room on the shelves"
        return "250 2.0.0 Ok, delivered"

    def _sorted(self, envelope: Envelope) -> Sorted:
        """One copy a mailbox, however many of its addresses were named."""
        boxes = [box for address in envelope.rcpt_tos if (box := self._box_of(address)) is not None]
        return Sorted(tuple(dict.fromkeys(boxes)), any(_local(address) == SLOW for address in envelope.rcpt_tos))


class _Visit(SMTP):
    """One connection."""

    def __init__(self, room: MailroomSmtp, visits: "set[_Visit]", name: str, size: int) -> None:
        super().__init__(room, hostname=name, ident="Mailroom", data_size_limit=size, enable_SMTPUTF8=True)
        self._visits = visits

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._visits.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._visits.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


def traced(content: bytes, sender: str, name: str, peer: str, now: datetime) -> bytes:
    """A letter with what a provider writes on top of it: how it came, and what it thinks of the sender.

    `sender`: of the envelope. Whoever sends in their own domain's name passes (RFC 8601); a From of another domain
    than the envelope's fails DMARC, as such a letter would (RFC 7489 §3.1).
    """
    domain = _domain(sender)
    found = _HEADERS.parsebytes(content)
    said = _from_domain(found)
    spf = f"spf=pass smtp.mailfrom={domain}" if domain else "spf=none"
    if not domain:
        dmarc = f"dmarc=none header.from={said}"
    else:
        dmarc = f"dmarc={'pass' if said == domain else 'fail'} header.from={said}"
    lines = (
        f"Return-Path: <{_plain(sender)}>",
        f"Authentication-Results: {name}; {spf}; {dmarc}",
        f"Received: from {_plain(peer) or 'unknown'} by {name} with ESMTP; {format_datetime(now)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace") + content


def _from_domain(headers: EmailMessage) -> str:
    written = [str(value) for value in headers.get_all("From", [])]
    return next((_domain(address) for _, address in getaddresses(written) if "@" in address), "")


def _local(address: str) -> str:
    return address.rpartition("@")[0].partition("+")[0].lower()


def _domain(address: str) -> str:
    return _plain(address.rpartition("@")[2].lower())


def _plain(text: str) -> str:
    """A word of somebody else's as a header can hold it."""
    return "".join(sign for sign in text if sign.isprintable() and sign not in ' ;<>()"')[:255]
