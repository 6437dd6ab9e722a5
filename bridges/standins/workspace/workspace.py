"""The local workspace: Slack on this machine, with people who do things, for the demo and the tests alone."""

import asyncio
import contextlib
import importlib
import socket
from collections.abc import Callable, Sequence

from aiohttp import web

from bridges.standins.workspace import api_chat, api_conversations, api_files, api_people, api_views
from bridges.standins.workspace.answers import Answers
from bridges.standins.workspace.api_chat import permalink
from bridges.standins.workspace.api_files import Shelf, file_object, store
from bridges.standins.workspace.calls import Api
from bridges.standins.workspace.delivery import Delivery
from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.people import Person
from bridges.standins.workspace.posts import change, happened, replies_to, shown
from bridges.standins.workspace.records import Call, Channel, Json, PersonRecord, Ping, StoredFile
from bridges.standins.workspace.room import HOST, Room
from bridges.standins.workspace.sockets import Sockets

FAMILIES = (api_chat, api_conversations, api_files, api_people, api_views)


class Workspace:
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

    # --- where it is --------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """What stands in place of https://slack.com/api/."""
        return f"{self.room.url}/api/"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.room.port

    @property
    def bot_token(self) -> str:
        """The app's token."""
        return self.room.bot_token

    @property
    def app_token(self) -> str:
        """The token that opens sockets."""
        return self.room.app_token

    @property
    def signing_secret(self) -> str:
        """What HTTP deliveries are signed with."""
        return self.room.signing_secret

    @property
    def bot_user(self) -> str:
        """The app's user."""
        return self.room.bot_user

    @property
    def bot_id(self) -> str:
        """The app's bot."""
        return self.room.bot_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.room.team_id

    # --- knobs --------------------------------------------------------------------------------------------------

    @property
    def scopes(self) -> set[str]:
        """What the app may do; tests change it."""
        return self.room.scopes

    @scopes.setter
    def scopes(self, scopes: set[str]) -> None:
        self.room.scopes = scopes

    @property
    def events(self) -> set[str]:
        """What the app asked to hear of; tests change it."""
        return self.room.events

    @events.setter
    def events(self, events: set[str]) -> None:
        self.room.events = events

    @property
    def request_url(self) -> str | None:
        """Where to deliver by signed HTTP; None = over sockets."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    @property
    def retry_pauses(self) -> tuple[float, ...]:
        """Seconds before each further delivery of an event that was not acked."""
        return self.delivery.retry_pauses

    @retry_pauses.setter
    def retry_pauses(self, pauses: Sequence[float]) -> None:
        self.delivery.retry_pauses = tuple(pauses)

    @property
    def ack_within(self) -> float:
        """Seconds the app has to answer."""
        return self.delivery.ack_within

    @ack_within.setter
    def ack_within(self, seconds: float) -> None:
        self.delivery.ack_within = seconds

    @property
    def pace(self) -> float:
        """Seconds between the app's posts in a channel; 0 = no limit."""
        return self.room.pace

    @pace.setter
    def pace(self, seconds: float) -> None:
        self.room.pace = seconds

    @property
    def tiers(self) -> dict[str, int]:
        """Calls a minute, by method; empty = no limit."""
        return self.room.tiers

    # --- people and channels ------------------------------------------------------------------------------------

    def add_person(
        self,
        user: str,
        name: str,
        *,
        email: str = "",
        locale: str = "sv-SE",
        tz: str = "Europe/Stockholm",
        guest: bool = False,
        external: bool = False,
        deleted: bool = False,
        real_name: str | None = None,
    ) -> Person:
        """Somebody of this workspace, or of another one in a shared channel."""
        record = PersonRecord(
            id=user,
            name=name,
            handle=(email.partition("@")[0] or name.lower().replace(" ", ".")),
            real_name=name if real_name is None else real_name,
            email=email,
            locale=locale,
            tz=tz,
            guest=guest,
            external=external,
            deleted=deleted,
            team_id="T0ANNAT" if external else "",
        )
        self.room.people[user] = record
        self._people[user] = Person(self.room, user)
        return self._people[user]

    def person(self, user: str) -> Person:
        """Somebody who was added."""
        return self._people[user]

    def change_person(self, user: str, **changes: object) -> None:
        """Somebody has another name, or is gone; the app hears of it."""
        record = self.room.people[user]
        for name, value in changes.items():
            setattr(record, name, value)
        record.updated += 1
        described = api_people.user_object(self.room, record, locale=True)
        event = {"type": "user_change", "user": described, "cache_ts": record.updated, "event_ts": self.room.ts()}
        happened(self.room, "user_change", event)

    def add_channel(
        self,
        channel: str,
        name: str,
        *,
        private: bool = False,
        members: Sequence[str] = (),
        with_app: bool = True,
        archived: bool = False,
        connect: bool = False,
    ) -> Channel:
        """A channel."""
        there = {*members, *((self.bot_user,) if with_app else ())}
        made = Channel(id=channel, name=name, private=private, archived=archived, connect=connect, members=there)
        self.room.channels[channel] = made
        return made

    def rename_channel(self, channel: str, name: str) -> None:
        """A channel has another name; the app hears of it."""
        where = self.room.channels[channel]
        where.name = name
        described = {
            "id": channel,
            "name": name,
            "name_normalized": name,
            "created": where.created,
            "is_channel": not where.private,
        }
        kind = "group_rename" if where.private else "channel_rename"
        happened(self.room, kind, {"type": kind, "channel": described, "event_ts": self.room.ts()}, where)

    def archive_channel(self, channel: str, by: str) -> None:
        """A channel is put away; the app hears of it."""
        where = self.room.channels[channel]
        where.archived = True
        event = {"type": "channel_archive", "channel": channel, "user": by, "event_ts": self.room.ts()}
        happened(self.room, "channel_archive", event, where)

    def invite(self, channel: str, user: str, by: str = "") -> None:
        """Somebody, or the app, comes into a channel."""
        api_conversations.enter(self.room, self.room.channels[channel], user, by)

    def remove(self, channel: str, user: str) -> None:
        """Somebody, or the app, leaves a channel."""
        where = self.room.channels[channel]
        event = {
            "type": "member_left_channel",
            "user": user,
            "channel": channel,
            "channel_type": channel[0],
            "team": self.team_id,
        }
        happened(self.room, "member_left_channel", {**event, "event_ts": self.room.ts()}, where)
        where.members.discard(user)

    def add_group(self, group: str, handle: str, name: str, users: Sequence[str] = ()) -> None:
        """A group that can be named with @."""
        made = {"id": group, "team_id": self.team_id, "is_usergroup": True, "handle": handle, "name": name}
        self.room.groups[group] = {**made, "users": list(users), "user_count": len(users), "date_delete": 0}

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a preview to a message: a change that nobody made."""
        attachment = {
            "from_url": "https://example.org/",
            "title": "Förhandsvisning",
            "id": 1,
            "fallback": "Förhandsvisning",
        }
        change(self.room, self.room.channels[channel], ts, {"attachments": [attachment]})

    def uninstall(self) -> None:
        """The app is thrown out; the last thing it hears is that."""
        for kind, more in (
            ("tokens_revoked", {"tokens": {"oauth": [], "bot": [self.bot_user]}}),
            ("app_uninstalled", {}),
        ):
            happened(self.room, kind, {"type": kind, **more, "event_ts": self.room.ts()})
        self.room.token_error = "account_inactive"  # noqa: S105

    async def verify_request_url(self) -> bool:
        """Whether the request URL answers the challenge."""
        return await self.delivery.verify()

    def revoke(self, error: str = "token_revoked") -> None:
        """The app's tokens are worth nothing any more."""
        self.room.token_error = error

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
