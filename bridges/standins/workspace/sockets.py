"""Socket Mode: the connections an app keeps open, and what goes over them."""

import asyncio
import contextlib
import json
from collections.abc import Sequence

from aiohttp import WSMsgType, web

from bridges.standins.workspace.records import Json
from bridges.standins.workspace.room import HOST, Room

MOST_SOCKETS = 10
PING_SECONDS = 10.0


class Socket:
    """One connection."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.ws = ws
        self.transport = transport
        self.deaf = False
        self.pongs = True
        self.leaving = False
        self.waiting: dict[str, asyncio.Future[Json | None]] = {}  # by envelope_id

    async def say(self, frame: Json) -> None:
        """Send a frame, unless nothing gets through."""
        if not self.deaf:
            await self.ws.send_str(json.dumps(frame))


class Sockets:
    """All connections of the app."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._tickets: set[str] = set()
        self._all: list[Socket] = []
        self.ping_every = PING_SECONDS

    @property
    def open(self) -> list[Socket]:
        """Those that carry envelopes; a deaf one counts, for nobody knows that it is."""
        return [socket for socket in self._all if not socket.leaving and not socket.ws.closed]

    def ticket(self) -> str:
        """Where the app may connect, once."""
        ticket = self._room.uuid()
        self._tickets.add(ticket)
        return f"ws://{HOST}:{self._room.port}/link/?ticket={ticket}&app_id={self._room.app_id}"

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(ws, request.transport)
        if len(self.open) >= MOST_SOCKETS:
            await socket.say(
                {"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "applink-1"}}
            )
            await ws.close()
            return ws
        self._all.append(socket)
        pinging = asyncio.get_running_loop().create_task(self._ping(socket))
        try:
            await socket.say(self._hello())
            self._room.touch()
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self._heard(socket, message.data)
                elif message.type is WSMsgType.PING and socket.pongs:
                    await ws.pong(message.data)
        except ConnectionError:
            pass
        finally:
            pinging.cancel()
            self._all.remove(socket)
            for waiting in socket.waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the socket is gone"))
            self._room.touch()
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {"host": "applink-1", "build_number": 42, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._room.app_id},
        }

    async def _ping(self, socket: Socket) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.sleep(self.ping_every)
                if socket.pongs:
                    await socket.ws.ping(b"Ping from applink-1")

    def _heard(self, socket: Socket, data: str) -> None:
        if socket.deaf:
            return
        try:
            frame = json.loads(data)
        except ValueError:
            return
        waiting = socket.waiting.get(str(frame.get("envelope_id"))) if isinstance(frame, dict) else None
        if waiting is not None and not waiting.done():
            payload = frame.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else None)

    async def send(self, envelope: Json) -> Json | None:
        """Send it over one of the connections; what the app answers."""
        socket = self._room.random.choice(self.open)
        key = envelope["envelope_id"]
        socket.waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await socket.say(envelope)
            return await socket.waiting[key]
        finally:
            del socket.waiting[key]

    def end(self, frame: bool, reason: str) -> Sequence[asyncio.Future[None]]:
        """Let all of them end."""
        ending = list(self._all)
        for socket in ending:
            socket.leaving = True
        return [asyncio.ensure_future(self._end(socket, frame, reason)) for socket in ending]

    async def _end(self, socket: Socket, frame: bool, reason: str) -> None:
        with contextlib.suppress(ConnectionError):
            if frame:
                await socket.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
                await socket.ws.close()
            elif socket.transport is not None:
                socket.transport.abort()

    def set_deaf(self, on: bool, pongs: bool) -> None:
        """Those that are open now."""
        for socket in self._all:
            socket.deaf = on
            socket.pongs = pongs if on else True
