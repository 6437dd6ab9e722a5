"""A mail server that takes everything, offers PIPELINING and remembers little: for benchmarks and for kill tests.

    python benchmarks/sink.py --port 0 --log FILE

prints its port. Each accepted message is one line of FILE, "RCPT<TAB>MESSAGE-ID", written before the sender is told.
"""

import argparse
import asyncio
import contextlib
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"<([^>]*)>")
_END = b"\r\n.\r\n"


@dataclass
class Sink:
    """What all connections share."""

    log: int | None = None
    pipelining: bool = True
    refuse: bytes = b""  # a part of the recipients to refuse
    answer: bytes = b"450 4.2.0 greylisted"
    delay: float = 0.0
    #: What EHLO offers besides.
    extensions: bytes = b"250-8BITMIME\r\n250-SMTPUTF8\r\n"
    #: Say 354 even when no recipient was taken (RFC 2920 §3.1 has senders be ready for it).
    eager: bool = False
    accepted: int = 0
    size: int = 0
    sessions: int = 0

    def take(self, recipient: bytes, letter: bytes | bytearray) -> None:
        """Note one message, durably for those who kill the sender (not this sink)."""
        self.accepted += 1
        self.size += len(letter)
        if self.log is not None:
            found = _MESSAGE_ID.search(letter[:20_000])
            os.write(self.log, recipient + b"\t" + (found[1] if found else b"-") + b"\n")


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._in_letter = False
        self._recipient = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._sink.sessions += 1
        self._say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        out = bytearray()
        while True:
            if self._in_letter:
                # The dot may follow DATA at once: an empty letter.
                end = 0 if self._buffer.startswith(b".\r\n") else self._buffer.find(_END) + 2
                if end == 1:
                    break
                out += self._take(self._buffer[:end])
                del self._buffer[: end + 3]
                continue
            line, found, rest = self._buffer.partition(b"\r\n")
            if not found:
                break
            self._buffer = rest
            out += self._answer(bytes(line))
        if out:
            self._say(bytes(out))

    def _take(self, letter: bytearray) -> bytes:
        self._in_letter = False
        if not self._recipient:
            return b"554 5.5.1 no valid recipients\r\n"
        self._sink.take(self._recipient, letter)
        return b"250 2.0.0 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb in (b"MAIL", b"NOOP", b"RSET"):
            self._recipient = b""
            return b"250 2.0.0 ok\r\n"
        if verb == b"RCPT":
            address = found[1] if (found := _ADDRESS.search(line)) else b""
            if self._sink.refuse and self._sink.refuse in address:
                return self._sink.answer + b"\r\n"
            self._recipient = address
            return b"250 2.1.5 ok\r\n"
        if verb == b"DATA":
            if not self._recipient and not self._sink.eager:
                return b"554 5.5.1 no valid recipients\r\n"
            self._in_letter = True
            return b"354 go ahead\r\n"
        if verb in (b"EHLO", b"HELO"):
            pipelining = b"250-PIPELINING\r\n" if self._sink.pipelining else b""
            return b"250-sink\r\n" + pipelining + self._sink.extensions + b"250 SIZE 52428800\r\n"
        if verb == b"QUIT":
            asyncio.get_running_loop().call_later(0.01, self._transport.close)
            return b"221 2.0.0 bye\r\n"
        return b"502 5.5.2 what\r\n"

    def _say(self, text: bytes) -> None:
        if self._sink.delay:
            asyncio.get_running_loop().call_later(self._sink.delay, self._transport.write, text)
        else:
            self._transport.write(text)


async def serve(sink: Sink, port: int) -> None:
    """Print the port, then run until told to stop."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(sink), "127.0.0.1", port, backlog=200)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()
    print(f"{sink.accepted} messages, {sink.size} bytes", flush=True)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="one line for each accepted message; appended to")
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--refuse", default="", help="a part of the addresses to refuse")
    parser.add_argument("--answer", default="450 4.2.0 greylisted", help="what to tell them")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    chosen = parser.parse_args()
    log = os.open(chosen.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if chosen.log else None
    refuse = chosen.refuse.encode()
    sink = Sink(log, not chosen.no_pipelining, refuse, chosen.answer.encode(), chosen.delay)
    with contextlib.suppress(KeyboardInterrupt):
        if sys.platform == "win32":
            asyncio.run(serve(sink, chosen.port))
        else:
            import uvloop  # noqa: PLC0415  there is none on Windows

            uvloop.run(serve(sink, chosen.port))


if __name__ == "__main__":
    main()
