"""One conversation with an SMTP server: connects and logs in by aiosmtplib, then hands over letters one by one."""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, cast

import aiosmtplib

from bridges.mail.servers import SmtpServer
from bridges.mail.wire import Lost, Reply, Wire


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the server. RFC 5321 §4.5.3.2 allows it more; an alarm after two minutes allows it less."""

    connect: float = 20
    command: float = 60
    #: After the final dot a server may scan for long; who hangs up early sends the letter twice.
    verdict: float = 600
    #: A connection that rests for so long is closed.
    idle: float = 60


class Refused(Exception):
    """The server answered, and the answer was no."""

    def __init__(self, stage: str, reply: Reply) -> None:
        """`stage`: "connect", "login", "sender", "recipient" or "letter": what it was that the server refused."""
        super().__init__(str(reply))
        self.stage = stage
        self.reply = reply


class Connection:
    """An open, logged-in connection; use it from one task at a time."""

    def __init__(
        self, transport: asyncio.Transport, wire: Wire, extensions: dict[str, str], patience: Patience
    ) -> None:
        self._transport = transport
        self._wire = wire
        self._patience = patience
        self._pipelining = "pipelining" in extensions
        #: The last letter was refused half-way: RSET comes first.
        self._unfinished = False
        self.eight_bit = "8bitmime" in extensions
        self.utf8 = "smtputf8" in extensions
        self.size = "size" in extensions
        #: The largest letter the server takes, in bytes; 0 = it does not say.
        self.limit = int(extensions["size"]) if extensions.get("size", "").isdigit() else 0
        #: Letters taken on this connection.
        self.letters = 0
        #: In the middle of a letter.
        self.busy = False

    @classmethod
    async def open(cls, server: SmtpServer, tls: ssl.SSLContext | None, patience: Patience) -> Self:
        """Connect, say hello, encrypt and log in as the settings say. Raises Refused or Lost."""
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=tls,
            username=server.user or None,
            password=server.password if server.user and not server.token else None,
            oauth_token_generator=server.token if server.user else None,
            local_hostname=_own_name(),
            timeout=patience.connect,
        )
        try:
            async with asyncio.timeout(patience.connect):
                await client.connect()
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo()
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            stage = "login" if isinstance(error, aiosmtplib.SMTPAuthenticationError) else "connect"
            raise Refused(stage, Reply(error.code, _one_line(error.message))) from error
        except ssl.SSLError as error:
            client.close()
            raise Lost(f"no trusted encryption with {server.host}: {_one_line(str(error))}") from error
        except Exception as error:  # what else an unknown server, its name or its access token may raise
            client.close()
            why = f"no answer within {patience.connect:g} seconds" if isinstance(error, TimeoutError) else str(error)
            raise Lost(_one_line(f"{server.host}:{server.port}: {why or type(error).__name__}")) from error
        # From here the wire is ours: aiosmtplib waits for each answer before the next command, and looks through every
        # letter three times. Its own protocol is not told of the rest.
        transport = cast(asyncio.Transport, client.transport)
        wire = Wire()
        transport.set_protocol(wire)
        return cls(transport, wire, client.esmtp_extensions, patience)

    @property
    def open_still(self) -> bool:
        """Whether the other side has not hung up."""
        return not (self._wire.lost or self._transport.is_closing())

    async def deliver(self, sender: bytes, recipient: bytes, options: bytes, letter: bytes) -> Reply:
        """Hand over one letter to one recipient; `letter` as `on_the_wire` makes it.

        Raises Refused, after which the connection is good for the next letter if it is `open_still`; or Lost.
        """
        self.busy = True
        try:
            return await self._deliver(sender, recipient, options, letter)
        except (Lost, asyncio.CancelledError):
            self.close()
            raise
        except Refused as refused:
            if refused.reply.code == 421:  # RFC 5321 §3.8: the server closes after this answer
                self.close()
            raise
        finally:
            self.busy = False

    async def _deliver(self, sender: bytes, recipient: bytes, options: bytes, letter: bytes) -> Reply:
        if self._wire.answers:  # "421 timeout, closing": said while nobody asked
            raise Lost(str(self._wire.answers.popleft()))
        commands = [
            ("sender", b"MAIL FROM:<%b>%b\r\n" % (sender, options)),
            ("recipient", b"RCPT TO:<%b>\r\n" % recipient),
            ("letter", b"DATA\r\n"),
        ]
        if self._unfinished:
            commands.insert(0, ("sender", b"RSET\r\n"))
        self._unfinished = True
        await (self._all_at_once(commands) if self._pipelining else self._step_by_step(commands))
        verdict = await self._hand_over(letter)
        self._unfinished = False
        self.letters += 1
        return verdict

    async def _all_at_once(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """RFC 2920 §3.1: all commands up to DATA in one segment, then all answers."""
        self._transport.write(b"".join(command for _, command in commands))
        try:
            replies = await self._wire.replies(len(commands), self._patience.command)
        except Lost:
            # What it said before it hung up says more.
            replies = list(self._wire.answers)
            if (refused := _refused(commands, replies)) is None:
                raise
            raise refused from None
        if (refused := _refused(commands, replies)) is None:
            return
        if replies[-1].code == _GO_AHEAD:  # the server waits for a letter to nobody: an empty one, which it refuses
            self._transport.write(b".\r\n")
            await self._wire.replies(1, self._patience.command)
        raise refused

    async def _step_by_step(self, commands: Sequence[tuple[str, bytes]]) -> None:
        for command in commands:
            self._transport.write(command[1])
            replies = await self._wire.replies(1, self._patience.command)
            if (refused := _refused([command], replies)) is not None:
                raise refused

    async def _hand_over(self, letter: bytes) -> Reply:
        self._transport.write(letter)
        try:
            await self._wire.drained(self._patience.verdict)
        except Lost:  # the end was not written: it cannot have been taken
            if self._wire.answers:
                raise Refused("letter", self._wire.answers.popleft()) from None
            raise
        try:
            (verdict,) = await self._wire.replies(1, self._patience.verdict)
        except Lost as lost:
            raise Lost(f"{lost} after the letter was handed over", letter_given=True) from None
        if not verdict.good:
            raise Refused("letter", verdict)
        return verdict

    def leave(self) -> None:
        """Say goodbye and hang up, without waiting for the answer."""
        self._transport.write(b"QUIT\r\n")
        self._transport.close()

    async def quit(self) -> None:
        """Say goodbye and hang up, without waiting long for the answer."""
        if self.open_still and not self.busy:
            with contextlib.suppress(Lost):
                self._transport.write(b"QUIT\r\n")
                await self._wire.replies(1, 1)
        self.close()

    def close(self) -> None:
        """Hang up at once: what is not yet written is never sent, so that no half-given letter arrives after all."""
        self._transport.abort()


def on_the_wire(letter: bytes) -> bytes:
    """A letter as DATA wants it: lines end in CRLF and nothing else, leading dots are doubled, a dot ends it.

    A bare CR or LF left in could be read as an end of letter by some servers, and what follows as commands.
    """
    text = b"".join(letter.split(b"\r\n"))
    if b"\n" in text or b"\r" in text:
        letter = _BARE.sub(b"\r\n", letter)
    if (dot := letter.find(b"\r\n.")) >= 0:  # RFC 5321 §4.5.2
        letter = letter[:dot] + letter[dot:].replace(b"\r\n.", b"\r\n..")
    if letter.startswith(b"."):
        letter = b"." + letter
    return letter + (b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n")


_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
#: "Start mail input" (RFC 5321 §4.2.3).
_GO_AHEAD = 354


def _refused(commands: Sequence[tuple[str, bytes]], replies: Sequence[Reply]) -> Refused | None:
    """The first answer that is a no."""
    for (stage, command), reply in zip(commands, replies, strict=False):
        if reply.code != _GO_AHEAD if command == b"DATA\r\n" else not reply.good:
            return Refused(stage, reply)
    return None


def _own_name() -> str:
    """What to say at EHLO: a full name, or an address in brackets (RFC 5321 §4.1.4); asking DNS could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _one_line(text: str) -> str:
    return " ".join(text.split())
