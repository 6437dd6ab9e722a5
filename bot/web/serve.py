"""Serving the pages on a port, as one task among the others: it ends when it is cancelled, and closes politely."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.house import House
from bot.web.app import make_app

#: Seconds that answers under way have to finish when we stop; uvicorn's own ticks come on top.
_GRACE = 2
#: Seconds after which the task ends whatever hangs.
_PATIENCE = 3
#: Requests at once; the next is told to come back. Each costs little, a flood should not cost the relay its memory.
_AT_ONCE = 200
#: Bytes of request line and headers.
_HEAD = 16 * 1024


class PortTaken(Exception):
    """The pages cannot be served where the settings say: the port is another program's, or not ours to take."""


async def serve(house: House, host: str, port: int, ready: Callable[[int], None] | None = None) -> None:
    """Serve until cancelled; `ready` is told the port (which the system chose, when 0 was asked for).

    Raises PortTaken, with one line that says what to do, before anything is served.
    """
    listening = listen(host, port)
    await serve_app(make_app(house), listening, ready)


async def serve_app(app: ASGIApp, listening: socket.socket, ready: Callable[[int], None] | None = None) -> None:
    """Serve any pages on a socket that listens, until cancelled."""
    number: int = listening.getsockname()[1]
    config = uvicorn.Config(
        app,
        http="h11",  # the parser that is always there; the others come and go with what is installed
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,  # the house's own
        log_level="warning",
        access_log=False,  # paths hold tokens
        proxy_headers=False,  # the peer is who connects, whatever a header says
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
        limit_concurrency=_AT_ONCE,
        h11_max_incomplete_event_size=_HEAD,
    )
    server = _Server(config, lambda: ready(number) if ready else None)
    running = asyncio.create_task(server.serve(sockets=[listening]), name="pages")
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.stop()
        done, _ = await asyncio.wait([running], timeout=_PATIENCE)
        if not done:
            running.cancel()
        raise
    finally:
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn, without its own ideas of signals and of when to stop: those are the house's."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more requests, finish those under way."""
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()

    async def main_loop(self) -> None:
        """One tick a second, for the Date header; uvicorn's ten would keep an idle machine awake."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._stopping.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, taken before anything else starts: a busy port is found at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: asyncio turns Nagle's delay off only on sockets that say so, and with it each page takes 40 ms more.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(256)
        return listening
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {host} is taken by another program: stop it, or choose another with [web] port"
            raise PortTaken(message) from error
        why = error.strerror or str(error)
        message = f"cannot serve pages on {host}, port {port}: {why}; see [web] host and port"
        raise PortTaken(message) from error
