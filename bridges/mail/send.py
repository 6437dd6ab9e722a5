"""The road out by mail: letters leave by one SMTP server, on a few lines, one recipient an envelope."""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from bridges.contract import Claim, GiveUp, Receipt, TryLater
from bridges.health import Health
from bridges.mail.bounces import refusal
from bridges.mail.servers import SmtpServer
from bridges.mail.smtp import Connection, Patience, Refused, on_the_wire
from bridges.mail.wire import Lost, Reply

#: So many letters in a row handed over and never confirmed: the road is closed, not those letters bad.
_UNCONFIRMED = 3
#: A line that cannot connect while others can: the server takes fewer connections than we want.
_CROWDED = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Dressed:
    """A letter in its envelope, ready to go."""

    sender: str  # of the envelope; "" = the null sender
    recipient: str
    data: bytes


class Letters(Protocol):
    """Where letters come from."""

    async def dress(self, claim: Claim) -> Dressed:
        """The letter of one claim. Raises GiveUp when there is none to send any more."""
        ...


class SmtpBridge:
    """Sends mail; implements bridges.contract.Bridge."""

    name = "mail"
    part = "smtp"

    def __init__(
        self,
        server: SmtpServer,
        letters: Letters,
        lines: int,
        per_minute: int,
        health: Health,
        *,
        patience: Patience | None = None,
    ) -> None:
        """`per_minute`: letters, of all lines together; 0 = no limit."""
        self.lines = lines
        self.letters = letters
        self.health = health
        self.pace = Pace(per_minute)
        self.patience = patience or Patience()
        #: Lines with a connection at this moment.
        self.connected: set[SmtpLine] = set()
        #: Letters in a row that were handed over and never confirmed.
        self.unconfirmed = 0
        self._server = server
        self._tls: ssl.SSLContext | None = None

    def line(self) -> "SmtpLine":
        """A line that connects when first used."""
        return SmtpLine(self)

    async def probe(self) -> None:
        """Connect, log in and hang up. Raises TryLater when the road is closed."""
        try:
            connection = await self.open()
        except (Refused, Lost) as error:
            raise TryLater(str(error), everyone=True) from error
        await connection.quit()

    async def knock(self) -> None:
        """See whether the server still greets, without logging in. Raises TryLater when it does not."""
        server = self._server
        try:
            async with asyncio.timeout(self.patience.connect):
                reader, writer = await asyncio.open_connection(server.host, server.port)
                try:
                    # Behind TLS from the first byte, that somebody takes the connection must do.
                    greeting = b"220" if server.security == "tls" else await reader.readline()
                    if server.security != "tls":
                        writer.write(b"QUIT\r\n")
                        await writer.drain()
                finally:
                    writer.close()
        except (OSError, ValueError) as error:
            raise TryLater(f"{server.host}:{server.port}: {error or type(error).__name__}", everyone=True) from error
        if not greeting.startswith(b"220"):
            said = greeting.decode(errors="replace").strip() or "hung up"
            raise TryLater(f"{server.host}:{server.port}: {said}", everyone=True)

    async def open(self) -> Connection:
        """A new connection. Raises Refused or Lost."""
        if self._tls is None and self._server.security != "none":
            self._tls = await asyncio.to_thread(_trust, self._server)
        connection = await Connection.open(self._server, self._tls, self.patience)
        self.health.up(self.part)
        return connection


class SmtpLine:
    """One connection, kept open between letters and made anew when it was lost."""

    def __init__(self, bridge: SmtpBridge) -> None:
        self._bridge = bridge
        self._connection: Connection | None = None
        self._used_at = 0.0
        self._closing: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._closing is not None:
            self._closing.cancel()
        if self._connection is not None:
            connection = self._connection
            self._drop()
            await connection.quit()

    async def send(self, claim: Claim) -> Receipt:
        """Deliver one claim. Raises TryLater or GiveUp when it does not get through."""
        bridge = self._bridge
        dressed = await bridge.letters.dress(claim)
        _check(dressed)
        letter = on_the_wire(dressed.data)
        if bridge.unconfirmed >= _UNCONFIRMED:
            bridge.unconfirmed -= 1  # the next one may try
            raise TryLater("letters were handed over and never confirmed", everyone=True)
        await bridge.pace.turn()
        verdict = await self._deliver(dressed, letter)
        bridge.unconfirmed = 0
        self._used_at = asyncio.get_running_loop().time()
        if self._closing is None:
            self._rest()
        return Receipt(str(verdict))

    async def _deliver(self, dressed: Dressed, letter: bytes) -> Reply:
        """On the open connection, or a new one; once more when the old one had only grown too old."""
        while True:
            connection = await self._connected()
            old = connection.letters > 0
            envelope = _envelope(dressed, len(letter), connection)
            try:
                return await connection.deliver(*envelope, letter)
            except Refused as refused:
                if not connection.open_still:
                    self._drop()
                    if old and refused.reply.code == 421:  # enough letters on this connection
                        continue
                raise judged(refused, dressed.recipient, null_sender=not dressed.sender) from refused
            except Lost as lost:
                self._drop()
                if lost.letter_given:
                    self._bridge.unconfirmed += 1
                    raise TryLater(str(lost)) from lost
                if old and not lost.silent:
                    continue
                raise self._no_road(str(lost)) from lost

    async def _connected(self) -> Connection:
        if self._connection is not None and self._connection.open_still:
            return self._connection
        self._drop()
        try:
            self._connection = await self._bridge.open()
        except Refused as refused:
            if refused.stage == "login":
                raise TryLater(f"log-in refused: {refused}", everyone=True) from refused
            raise await self._crowded(str(refused)) from refused
        except Lost as lost:
            raise await self._crowded(str(lost)) from lost
        self._bridge.connected.add(self)
        return self._connection

    async def _crowded(self, reason: str) -> TryLater:
        """No new connection. While other lines have one it is only this line that rests a little."""
        trouble = self._no_road(reason)
        if not trouble.everyone:
            await asyncio.sleep(1)
        return trouble

    def _no_road(self, reason: str) -> TryLater:
        others = any(line.is_connected for line in self._bridge.connected if line is not self)
        return TryLater(reason, after=_CROWDED) if others else TryLater(reason, everyone=True)

    @property
    def is_connected(self) -> bool:
        """Whether this line has a connection that the other side has not closed."""
        return self._connection is not None and self._connection.open_still

    def _drop(self) -> None:
        if self._connection is not None and not self._connection.open_still:
            self._connection.close()
        self._connection = None
        self._bridge.connected.discard(self)

    def _rest(self) -> None:
        """Close the connection when it has not been used for a while; one timer a line, not one a letter."""
        loop = asyncio.get_running_loop()
        self._closing = None
        if self._connection is None:
            return
        until = self._used_at + self._bridge.patience.idle
        if loop.time() < until:
            self._closing = loop.call_at(until, self._rest)
        elif not self._connection.busy:
            self._connection.leave()
            self._drop()


class Pace:
    """So many letters a minute, evenly."""

    def __init__(self, per_minute: int) -> None:
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next letter may go."""
        if not self._seconds:
            return
        now = asyncio.get_running_loop().time()
        wait = max(0.0, self._next - now)
        self._next = now + wait + self._seconds
        await asyncio.sleep(wait)


#: RFC 3463, at the beginning of an answer's text.
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
#: Answers about us, not about a letter: log-in wanted or refused, encryption wanted (RFC 4954 §6).
_ABOUT_US = (421, 454, 530, 534, 535, 538)
#: The server itself is full or closed (RFC 3463 §3.4).
_SERVER_SICK = ("4.3.1", "4.3.2")


def judged(refused: Refused, recipient: str = "", *, null_sender: bool = False) -> TryLater | GiveUp:
    """What a refusal means for the letter: wait, wait all, or give up; read as a bounce that comes back later is."""
    reply, reason = refused.reply, str(refused)
    enhanced = found[0] if (found := _ENHANCED.match(reply.text)) else ""
    if refused.stage in ("connect", "login") or reply.code in _ABOUT_US or enhanced in _SERVER_SICK:
        return TryLater(reason, everyone=True)
    if not 500 <= reply.code < 600:
        return TryLater(reason)
    if refused.stage == "sender":
        # May this account not send as the list, then nobody's letter gets through, and none is at fault; a server that
        # dislikes the null sender alone (RFC 5321 §4.5.5) refuses only notices.
        return GiveUp(reason) if null_sender else TryLater(reason, everyone=True)
    return GiveUp(reason, bounced=refusal(recipient, reply.code, reply.text, stage=refused.stage).dead)


_UNFIT = re.compile(r"[\x00-\x20\x7f<>\ud800-\udfff]")


def _check(dressed: Dressed) -> None:
    """CR or LF in an address would be a command of somebody else's (RFC 5321 §4.1.2 allows none)."""
    if _UNFIT.search(dressed.sender) or _UNFIT.search(dressed.recipient) or "@" not in dressed.recipient.strip("@"):
        raise GiveUp("not an address that mail can go to")


def _envelope(dressed: Dressed, size: int, connection: Connection) -> tuple[bytes, bytes, bytes]:
    """Sender, recipient and what MAIL says besides, as this server understands them."""
    if connection.limit and size > connection.limit:
        raise GiveUp(f"the letter has {size} bytes, the mail server takes {connection.limit}")
    sender, recipient = _ascii(dressed.sender), _ascii(dressed.recipient)
    options = b" SIZE=%d" % size if connection.size else b""  # RFC 1870
    if connection.eight_bit and not dressed.data.isascii():
        options += b" BODY=8BITMIME"  # RFC 6152
    if sender is None or recipient is None:
        if not connection.utf8:
            raise GiveUp("the mail server does not take addresses with letters such as å, ä, ö (SMTPUTF8)")
        options += b" SMTPUTF8"  # RFC 6531 §3.4
        sender, recipient = dressed.sender.encode(), dressed.recipient.encode()
    return sender, recipient, options


def _ascii(address: str) -> bytes | None:
    """The address in ASCII, its domain by IDNA if need be; None when that cannot be."""
    with suppress(UnicodeError):
        return address.encode("ascii")
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):
        return local.encode("ascii") + b"@" + domain.encode("idna")
    return None


def _trust(server: SmtpServer) -> ssl.SSLContext:
    """The system's certificate authorities, and those of the settings."""
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(cafile=server.ca_file)
    return context
