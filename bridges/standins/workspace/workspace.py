"""The local workspace: Slack on this machine, with people who do things, for the demo and the tests alone."""

import asyncio
import contextlib
import importlib
import socket
from collections.abc import Callable

from aiohttp import web

from bridges.standins.workspace import api_chat, api_conversations, api_files, api_people, api_views, keeping
from bridges.standins.workspace.answers import Answers
from bridges.standins.workspace.api_chat import permalink
from bridges.standins.workspace.api_files import Shelf, file_object, store
from bridges.standins.workspace.calls import Api
from bridges.standins.workspace.delivery import Delivery
from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.knobs import Knobs
from bridges.standins.workspace.people import Person
from bridges.standins.workspace.posts import replies_to, shown
from bridges.standins.workspace.records import Call, Json, Ping, StoredFile
from bridges.standins.workspace.room import HOST, Room
from bridges.standins.workspace.sockets import Sockets
from bridges.standins.workspace.town import Town

FAMILIES = (api_chat, api_conversations, api_files, api_people, api_views)


class Workspace(Knobs, Town):
    """One workspace; `await start()`, then everything happens in this event loop."""

    def __init__(self) -> None:
        self.room = Room()
        self.faults = Faults()
        self._sockets = Sockets(self.room)
        self.delivery = self.room.delivery = Delivery(self.room, self._sockets, self.faults)
        self._people: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None
        self._listener: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._take_manifest()

    def _take_manifest(self) -> None:
        """The app is installed as its manifest asks, when there is one."""
        with contextlib.suppress(ImportError, AttributeError):
            manifest = importlib.import_module("bridges.slack.manifest")
            self.room.scopes = set(manifest.BOT_SCOPES)
            self.room.events = set(manifest.EVENTS)

    def kept(self) -> Json:
        """Everything worth keeping between two starts, as JSON; files without their bytes."""
        return keeping.kept(self.room)

    def restore(self, data: Json, contents: dict[str, bytes]) -> None:
        """What `kept` made, and the bytes of files by id, in a workspace that has not been opened yet."""
        keeping.restore(self.room, data, contents)
        self._people |= {user: Person(self.room, user) for user in self.room.people if user != self.bot_user}

    # --- opening and closing ------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        """Open; 0 takes a free port, told by `.port`."""
        app = web.Application(client_max_size=1 << 30)
        api, shelf = Api(self.room, self.faults), Shelf(self.room, self.faults)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link/", self._sockets.link)
        app.router.add_post("/upload/v1/{file}", shelf.upload)
        app.router.add_get(r"/files-pri/{team:[A-Z0-9]+}-{file:[A-Z0-9]+}/{rest:.+}", shelf.download)
        app.router.add_post("/actions/{team}/{key}", Answers(self.room, self.faults).handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        self.room.port = port
        self._open()
        assert self._opening is not None  # noqa: S101
        await self._opening
        self.faults.close_listener, self.faults.open_listener = self._shut, self._open
        self.faults.end_sockets, self.faults.set_deaf = self._sockets.end, self._sockets.set_deaf

    def _open(self) -> None:
        if self._listener is not None:
            return
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((HOST, self.room.port))
        self._listener.listen(128)
        self._listener.setblocking(False)
        self.room.port = self._listener.getsockname()[1]
        self._opening = asyncio.get_running_loop().create_task(self._serve(self._listener))

    async def _serve(self, listener: socket.socket) -> None:
        assert self._runner is not None and self._runner.server is not None  # noqa: PT018, S101
        self._server = await asyncio.get_running_loop().create_server(self._runner.server, sock=listener)

    def _shut(self) -> None:
        if self._opening is not None and not self._opening.done():
            self._opening.cancel()
        if self._server is not None:
            self._server.close()
        if self._listener is not None:
            self._listener.close()
        self._server = self._listener = None
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                if connection.transport is not None:
                    connection.transport.abort()

    async def close(self) -> None:
        """Close for good."""
        await self.delivery.close()
        self._shut()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what can be seen ---------------------------------------------------------------------------------------

    def messages(self, channel: str, thread: str | None = None) -> list[Json]:
        """As conversations.history shows them, or conversations.replies; oldest first, without the deleted."""
        where = self.room.channels[channel]
        if thread is not None:
            posts = [where.posts[thread], *replies_to(where, thread)] if thread in where.posts else []
        else:
            posts = [
                post
                for post in where.posts.values()
                if post.get("thread_ts") in (None, post["ts"]) or post.get("subtype") == "thread_broadcast"
            ]
        return [shown(where, post, metadata=True) for post in posts if post.get("subtype") != "tombstone"]

    def dm(self, user: str) -> str:
        """The direct messages between the app and this person."""
        return self.room.dm(user).id

    def whispers(self, user: str) -> list[Json]:
        """What this person alone was shown."""
        return self.room.whispers.get(user, [])

    def home(self, user: str) -> Json | None:
        """The app's Home as this person has it."""
        record = self.room.views.get(self.room.homes.get(user, ""))
        return api_views.view_object(self.room, record) if record else None

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API."""
        return self.room.calls

    @property
    def impatient(self) -> list[Call]:
        """Calls that came before the time told in Retry-After was over."""
        return self.room.impatient

    @property
    def pings(self) -> list[Ping]:
        """Everything that notified people in the app's posts."""
        return self.room.pings

    def file(self, file_id: str) -> StoredFile:
        """A file and its bytes."""
        return self.room.files[file_id]

    def add_file(self, user: str, name: str, content_type: str, content: bytes) -> StoredFile:
        """A file that is not shared yet."""
        return store(self.room, user, name, content_type, content)

    def file_object(self, file_id: str) -> Json:
        """A file as Slack describes it."""
        return file_object(self.room, self.room.files[file_id])

    def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        where = self.room.channels[channel]
        return permalink(self.room, where, where.posts[ts])

    async def until(
        self, condition: Callable[[], bool], timeout: float = 10, what: str = "what was waited for"
    ) -> None:
        """Wait until something is so in the workspace; TimeoutError when it does not become so."""
        await self.room.until(condition, timeout, what)

    @property
    def sockets(self) -> int:
        """How many the app has open."""
        return len(self._sockets.open)

    async def connected(self, sockets: int = 1, timeout: float = 10) -> None:
        """Wait until the app has so many sockets open."""
        await self.room.until(lambda: self.sockets >= sockets, timeout, "sockets")

    @property
    def undelivered(self) -> int:
        """How many events and interactions were not acked yet."""
        return self.delivery.undelivered

    async def delivered(self, timeout: float = 10) -> None:
        """Wait until everything was acked, or given up on."""
        await self.room.until(lambda: not self.undelivered, timeout, f"acks of {self.undelivered}")

    @property
    def unacked(self) -> list[Json]:
        """The events that were given up on."""
        return self.delivery.unacked
