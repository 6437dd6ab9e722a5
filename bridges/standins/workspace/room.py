"""Everything one workspace remembers, and the clock its ids and time stamps come from."""

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from bridges.standins.workspace.records import (
    Call,
    Channel,
    Json,
    OpenView,
    PersonRecord,
    Ping,
    Refusal,
    Reply,
    StoredFile,
    Trigger,
    ViewRecord,
)

if TYPE_CHECKING:
    from bridges.standins.workspace.delivery import Delivery

HOST = "127.0.0.1"
TRIGGER_SECONDS = 3.0
REPLY_SECONDS = 30 * 60.0
REPLY_USES = 5

#: What the app may do and hears of, when nobody says otherwise.
SCOPES = (
    "app_mentions:read channels:history channels:join channels:read chat:write chat:write.customize commands "
    "emoji:read files:read files:write groups:history groups:read im:history im:read im:write reactions:read "
    "reactions:write team:read usergroups:read users:read users:read.email"
)
EVENTS = (
    "app_home_opened app_mention app_uninstalled channel_archive channel_deleted channel_id_changed channel_rename "
    "channel_shared channel_unarchive channel_unshared emoji_changed file_shared group_rename member_joined_channel "
    "member_left_channel message.channels message.groups message.im reaction_added reaction_removed subteam_updated "
    "team_join tokens_revoked user_change"
)


class Room:
    """One workspace with one app in it."""

    def __init__(self) -> None:
        self.port = 0
        self.team_id = "T0BRYGGA"
        self.team_name = "Gröna klustret"
        self.domain = "grona-klustret"
        self.app_id = "A0BRYGGA"
        self.app_name = "Brygga"
        self.bot_user = "U0BRYGGA"
        self.bot_id = "B0BRYGGA"
        self.bot_token = "xoxb-1000-2000-workspace"  # noqa: S105  opens nothing but this
        self.app_token = "xapp-1-A0BRYGGA-3000-workspace"  # noqa: S105
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105
        self.verification = "workspaceverification"
        self.token_error = ""  # said to every call, once the app is out
        self.scopes: set[str] = set(SCOPES.split())
        self.events: set[str] = set(EVENTS.split())
        self.pace = 1.0  # seconds between posts in a channel
        self.burst = 2  # posts that may come at once
        self.tiers: dict[str, int] = {}  # method → calls a minute; none = as many as one likes
        self.people: dict[str, PersonRecord] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self.views: dict[str, ViewRecord] = {}
        self.homes: dict[str, str] = {}  # person → view id
        self.opened: dict[
            str, list[OpenView]
        ] = {}  # person → views opened for them and not looked at yet, as they were
        self.whispers: dict[str, list[Json]] = {}
        self.groups: dict[str, Json] = {}
        self.emoji: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, Reply] = {}
        self.pings: list[Ping] = []
        self.calls: list[Call] = []
        self.impatient: list[Call] = []  # that came before Retry-After was over
        self.trouble: dict[str, list[str]] = {}  # person → what Slack told them went wrong
        self.random = Random(1)
        self.clock: Callable[[], float] = time.time  # seconds; what its time stamps show
        self.watch: Callable[[], None] = lambda: None  # called whenever something happened
        self.delivery: Delivery
        self._last_us = 0
        self._count = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self.people[self.bot_user] = PersonRecord(
            id=self.bot_user, name=self.app_name, handle="brygga", real_name=self.app_name, bot=True, locale="en-US"
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def ts(self) -> str:
        """A time stamp that no other message has."""
        self._last_us = max(self._last_us + 1, int(self.clock() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def new_id(self, letters: str, length: int = 9) -> str:
        """An id as Slack's look, the same ones every run."""
        self._count += 1
        return (
            letters
            + "".join(self.random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=length - 4))
            + f"{self._count:04d}"
        )

    def uuid(self) -> str:
        """Another kind of id."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def trigger(self, user: str, view: str = "") -> str:
        """A trigger_id for what this person just did."""
        trigger_id = f"{self.random.randrange(10**12)}.{self.random.randrange(10**9)}.{self.uuid().replace('-', '')}"
        self.triggers[trigger_id] = Trigger(user, time.monotonic(), view=view)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Whose it is; refused when it is old or was used before."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() - trigger.made > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, user: str, channel: str, ts: str = "") -> str:
        """Where the app may answer what this person just did."""
        key = self.uuid()
        self.replies[key] = Reply(user, channel, time.monotonic(), ts)
        return f"{self.url}/actions/{self.team_id}/{key}"

    def dm(self, user: str) -> Channel:
        """The direct messages between the app and this person."""
        for channel in self.channels.values():
            if channel.im_with == user:
                return channel
        channel = Channel(id=self.new_id("D"), name="", im_with=user, members={user, self.bot_user})
        self.channels[channel.id] = channel
        return channel

    def person(self, user: str) -> PersonRecord:
        """Somebody, or a refusal."""
        if user not in self.people:
            raise Refusal("user_not_found")
        return self.people[user]

    def touch(self) -> None:
        """Something happened: whoever waits looks again."""
        self.watch()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {seconds} s: {what}")
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=min(left, 0.5))
            finally:
                self._waiting.discard(waiter)
