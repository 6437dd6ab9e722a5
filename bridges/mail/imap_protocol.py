"""aioimaplib, which speaks IMAP for us, taught to tell what it keeps to itself: new mail, and a lost connection."""

import asyncio
import logging
import os
import re
import ssl
from collections.abc import Callable
from typing import Any

import aioimaplib
from aioimaplib.aioimaplib import IMAP4ClientProtocol

from bridges.mail.imap_lines import clean

# At DEBUG it logs whole mails, at INFO lines that it did not expect, which may be parts of mails.
logging.getLogger("aioimaplib").setLevel(logging.WARNING)

#: The result of a command whose answer never came.
LOST = "LOST"

_EXISTS = re.compile(rb"\* \d+ EXISTS", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b ?(.*)", re.IGNORECASE)


class Protocol(IMAP4ClientProtocol):  # type: ignore[misc]
    """Keeps what aioimaplib lets fall: news that come while another command runs, and why the server hung up."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.news = asyncio.Event()
        self.lost: asyncio.Future[str] = loop.create_future()

    def _untagged_response(self, line: bytes) -> Any:
        if _EXISTS.match(line):
            self.news.set()
        elif match := _BYE.match(line):
            self.hang_up(f"the server hung up: {clean(match[1])}")
        return super()._untagged_response(line)

    def _continuation(self, line: bytes) -> None:
        pending = self.pending_sync_command
        if pending is not None and pending.name == "AUTHENTICATE":
            # The token was refused, with a reason; the server says NO only after an empty answer (RFC 7628 §3.2.3).
            self.send("")
        else:
            super()._continuation(line)

    async def welcome(self, command: bytes) -> None:
        try:
            await super().welcome(command)
        except (aioimaplib.AioImapException, IndexError) as error:
            self.hang_up(f"the server does not greet as IMAP does: {clean(str(error))}")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.hang_up(f"the connection broke: {reason(exc)}" if exc else "the server closed the connection")

    def hang_up(self, why: str) -> None:
        """The connection is of no more use: everybody who waits for an answer is told so.

        Some wait inside a lock that others need to be cancelled; without this they would all wait for ever.
        """
        if not self.lost.done():
            self.lost.set_result(why)
        for command in (self.pending_sync_command, *self.pending_async_commands.values()):
            if command is not None:
                command.close(b"connection lost", LOST)


class Client(aioimaplib.IMAP4):  # type: ignore[misc]
    """aioimaplib's client on our protocol, with or without TLS."""

    protocol: Protocol

    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[[Exception | None], None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        running = asyncio.get_running_loop()
        self.protocol = Protocol(running)
        self._client_task = running.create_task(
            running.create_connection(lambda: self.protocol, host, port, ssl=ssl_context)
        )


def reason(error: BaseException) -> str:
    """An error in one line, for a person."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return clean(error.verify_message)
    if isinstance(error, OSError) and error.errno is not None:  # below zero: the name service's own
        return os.strerror(error.errno) if error.errno > 0 else clean(error.strerror or "")
    return clean(str(error)) or type(error).__name__
