"""Everything of Slack in one process: the connection, the road out, the ear, and the reading of what came."""

import asyncio
from collections.abc import Collection, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.clock import Clock
from bot.digest.preview import preview_of
from bot.house import House
from bot.inbox import read_inbox
from bot.settings import Settings, SlackSettings
from bot.slack.doors import PART, SlackDoors
from bot.slack.opening import Opening
from bot.slack.receiving import take_in_waiting
from bot.slack.workspace import Workspace
from bot.telling import tell_desk_channel, tell_editors, today
from bridges.contract import Claim
from bridges.health import Health
from bridges.mail.letter import ListHouse
from bridges.relay import Relay
from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.directory import Directory
from bridges.slack.ear import Ear, learn_me
from bridges.slack.listen import Answer, hear_http, make_bolt
from bridges.slack.posts import Posts
from bridges.slack.repair import ThreadSeen, repair
from bridges.slack.speak import SlackBridge
from storage.database import Database, is_outage
from storage.ids import ProcessId
from storage.slack import threads_heard

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp

log = structlog.get_logger()

#: How long a thread is listened for after the fact.
TALKED_ABOUT = timedelta(days=60)
#: How far back what was said is looked through again: of several things that Slack tells, one may be lost.
LATELY = timedelta(days=1)


@dataclass(slots=True)
class Station:
    """Slack in this process. Its doors open into the house, which is made after it."""

    settings: SlackSettings
    workspace: Workspace
    posts: Posts
    relay: Relay
    came: asyncio.Event  # something came from Slack
    health: Health
    now: Clock
    house: House | None = None
    app: "AsyncApp | None" = None
    #: Something may have been said that was not heard.
    unheard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over_http(self) -> bool:
        """Whether Slack posts to our pages, instead of our opening a socket to Slack."""
        return self.settings.app_token is None and self.settings.signing_secret is not None

    def tasks(self, house: House, parts: Collection[str]) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """The tasks that Slack is, each with its name."""
        self.house = house
        self.posts.preview_of = lambda session, week: preview_of(session, house, week, house.now())
        if "bot" in parts:
            yield "slack inbox", read_inbox(house, self.came, take_in_waiting)
            yield "slack relay", self.relay.run()
        if self.over_http or "bot" in parts:
            yield "slack listen", self._listen(house)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.workspace.api.close()

    async def _listen(self, house: House) -> None:
        self.health.expect(PART)
        me = self.workspace.me = await learn_me(self.workspace.api, self.health, part=PART)
        doors = self._doors(house)

        async def missed() -> None:
            self.unheard.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(self._catch_up(house, doors, me), name="slack repair")
            if self.settings.app_token is not None:
                token = self.settings.app_token.get_secret_value()
                await Ear(self.workspace.api, token, doors, me, self.health, missed, part=PART).run()
            if self.over_http:
                self.app = make_bolt(self.workspace.api.client, me, self._secret, doors)
                self.health.up(PART)
                await missed()

    async def _catch_up(self, house: House, doors: SlackDoors, me: Me) -> None:
        """Look through the threads whenever something may have been said that was not heard."""
        while True:
            await self.unheard.wait()
            self.unheard.clear()
            now = house.now()
            try:
                async with house.database.read() as session:
                    heard = await threads_heard(session, now - TALKED_ABOUT, now - LATELY)
                await repair(self.workspace.api, [ThreadSeen(*thread) for thread in heard], doors.keep, me)
            except Exception as error:
                if not is_outage(error):
                    log.exception("slack.not_repaired")
                else:
                    log.warning("slack.not_repaired", error=type(error).__name__)

    def _doors(self, house: House) -> SlackDoors:
        return SlackDoors(house, self.workspace, Opening(house, self.workspace, self.posts), self.came.set)

    @property
    def _secret(self) -> str:
        return self.settings.signing_secret.get_secret_value() if self.settings.signing_secret else ""

    async def take(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request that Slack posted to our pages; until we know who we are, Slack is asked to come again."""
        if self.app is None:
            return Answer(503)
        answer = await hear_http(self.app, self._secret, body, headers)
        if answer.status == 200:
            self.health.up(PART)  # Slack speaks with us
        return answer

    async def _name_of(self, channel: str) -> str:
        """A channel as people know it; as the settings write it when Slack does not say."""
        try:
            return await self.workspace.directory.channel_name(channel) or channel
        except (Refused, Away, Slow):
            return channel

    async def tell_trouble(self, claim: Claim, code: str, channel: str) -> None:
        """A channel that Slack does not let us post in: the desk hears what to do, once a day."""
        house = self.house
        if house is None:
            return
        now = house.now()
        about = {"channel": await self._name_of(channel), "code": code, "reason": code}
        once = f"{channel}:{code}:{today(house, now)}"
        try:
            async with house.database.write() as session:
                await tell_editors(session, house, "slack_trouble", now, once=once, **about)
                if claim.destination != house.desk_channel:
                    await tell_desk_channel(session, house, "slack_trouble", now, once=once, **about)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("slack.trouble_not_told", code=code)
        house.poke_relay()


def station(
    settings: Settings,
    slack: SlackSettings,
    database: Database,
    me: ProcessId,
    health: Health,
    house: ListHouse,
    now: Clock,
) -> Station:
    """Everything of Slack, not yet begun."""
    api = SlackApi(slack.bot_token.get_secret_value(), slack.api_url, ca_file=settings.tls.ca_file)
    directory = Directory(api, now)
    posts = Posts(database, house, now, file_mb=settings.limits.attachment_mb)
    made: list[Station] = []

    async def on_trouble(claim: Claim, code: str, channel: str) -> None:
        await made[0].tell_trouble(claim, code, channel)

    def on_found() -> None:
        made[0].unheard.set()  # until now nobody knew that answers to it were for us

    bridge = SlackBridge(api, database, directory, posts, on_trouble=on_trouble, on_found=on_found, pace=slack.pace)
    workspace = Workspace(api, directory)
    relay = Relay(database, bridge, me, now, health)
    made.append(Station(slack, workspace, posts, relay, asyncio.Event(), health, now))
    if made[0].over_http:
        workspace.take = made[0].take
    return made[0]
