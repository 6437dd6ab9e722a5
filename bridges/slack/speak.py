"""The road out to Slack: posts, answers and new drawings leave at Slack's pace, each once, in order in every channel."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

from bridges.contract import Claim, GiveUp, Receipt, TryLater
from bridges.settling import FIRST_PAUSE, LONGEST_PAUSE
from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.directory import Directory
from bridges.slack.drawing.message import Message
from bridges.slack.files import Files
from bridges.slack.found import Found, find
from bridges.slack.own import OUR_METADATA
from bridges.slack.posts import Nothing, Place, Posts, Redraw, Remove, Say
from bridges.slack.trouble import GONE, Means, judged
from storage.database import Database, is_outage
from storage.ids import DeliveryId
from storage.threads import remember_post

log = structlog.get_logger()

#: Seconds between two posts in a channel, from the end of one to the beginning of the next.
PACE = 1.0
#: How long a channel waits that somebody has to put right.
AGAIN = timedelta(minutes=10)
#: How many deliveries are known not to have been posted; the others are looked for before they are posted.
_MOST_KNOWN = 10_000

#: Told of a post that waits for a person, or never leaves: the claim, Slack's code, the channel as the settings have it.
OnTrouble = Callable[[Claim, str, str], Awaitable[None]]
#: Told of a post that stood there already, and of which nobody knew whose it was.
OnFound = Callable[[], None]


class SlackBridge:
    """Posts to one workspace; implements bridges.contract.Bridge and Probing."""

    name = "slack"
    part = "slack"
    lines = 8
    #: Order matters to people who read a channel: one process sends, and one post at a time to each channel.
    serial = True

    def __init__(
        self,
        api: SlackApi,
        database: Database,
        directory: Directory,
        posts: Posts,
        *,
        on_trouble: OnTrouble,
        on_found: OnFound = lambda: None,
        pace: float = PACE,
        again: timedelta = AGAIN,
    ) -> None:
        self.api, self.directory, self.posts = api, directory, posts
        self.pace = Pace(pace)
        self._database, self._on_trouble, self._on_found, self._again = database, on_trouble, on_found, again
        self._me: Me | None = None
        self._named = True  # the app may post under people's names (chat:write.customize)
        self._unposted: OrderedDict[DeliveryId, int] = OrderedDict()  # tried so often, and surely never posted

    @asynccontextmanager
    async def line(self) -> AsyncIterator["SlackBridge"]:
        """All lines share the connections of the API."""
        yield self

    async def probe(self) -> None:
        """Whether Slack takes the token. Raises TryLater when the road is closed."""
        try:
            self._me = await self.api.whoami()
        except Refused as refused:
            raise TryLater(judged(refused).reason, everyone=True) from refused
        except (Away, Slow) as trouble:
            raise TryLater(str(trouble), everyone=True) from trouble

    async def knock(self) -> None:
        """Whether Slack still answers, and still takes the token: nothing else would tell that it was revoked."""
        await self.probe()

    async def me(self) -> Me:
        """Whom the token belongs to."""
        if self._me is None:
            self._me = await self.api.whoami()
        return self._me

    # -- one delivery -----------------------------------------------------------------------------------------------

    async def send(self, claim: Claim) -> Receipt:
        """Do what one claim comes down to. Raises TryLater or GiveUp when that cannot be."""
        turn = _Turn(unposted=claim.attempts == 1 or self._unposted.get(claim.id) == claim.attempts - 1)
        try:
            receipt = await self._do(claim, turn)
        except (TryLater, Slow) as trouble:
            self._note(claim, turn)
            if isinstance(trouble, TryLater):
                raise
            raise TryLater(str(trouble), after=trouble.after) from trouble
        except Away as away:
            begun = away.begun if turn.posting else turn.posted
            raise TryLater(str(away), everyone=True, begun=begun) from away
        except Refused as refused:
            self._note(claim, turn)
            raise await self._refused(claim, refused, turn) from refused
        self._unposted.pop(claim.id, None)
        return receipt

    async def _do(self, claim: Claim, turn: "_Turn") -> Receipt:
        errand = await self.posts.errand(claim)
        match errand:
            case Say():
                return await self._say(claim, errand, turn)
            case Redraw():
                await self._gone_or("chat.update", errand.place, **_shown(errand.message))
                return Receipt(str(errand.place))
            case Remove():
                await Files(self).remove_ours(errand.place, await self.me())
                await self._gone_or("chat.delete", errand.place)
                return Receipt(str(errand.place))
            case Nothing():
                log.info("slack.nothing_to_do", delivery=claim.id, why=errand.why)
                return Receipt("")

    async def _say(self, claim: Claim, said: Say, turn: "_Turn") -> Receipt:
        channel = said.under.channel if said.under else await self.directory.channel_id(claim.address)
        under = said.under.ts if said.under else ""
        found: Found | None = None
        if not turn.unposted:
            found = await find(self.ask, await self.me(), channel, under, said)
            turn.unposted = found is None
        if found is not None:
            place = Place(channel, found.ts)
        else:
            turn.posting = True
            place = Place(channel, await self._post(channel, under, said))
            turn.posting, turn.unposted = False, False
        turn.posted = True
        await self._remember(said, place)
        if found is not None:
            self._on_found()
        if said.files:
            there = found.files if found else frozenset()
            await Files(self).share(said, Place(channel, under or place.ts), there, claim.language)
        return Receipt(str(place))

    async def _post(self, channel: str, under: str, said: Say) -> str:
        """Post; answers the ts. Without the right to post under people's names, under the app's own."""
        arguments = _shown(said.message) | {
            "channel": channel,
            "metadata": {"event_type": OUR_METADATA, "event_payload": {"key": said.key}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if under:
            arguments["thread_ts"] = under
        if said.message.username and self._named:
            arguments["username"] = said.message.username
        joined = False
        while True:
            try:
                return str((await self.write("chat.postMessage", channel, **arguments)).get("ts") or "")
            except Refused as refused:
                if refused.code == "missing_scope" and "customize" in refused.needed and "username" in arguments:
                    self._named = False
                    del arguments["username"]
                elif refused.code == "not_in_channel" and not joined:
                    joined = await self._join(channel)
                    if not joined:
                        raise
                else:
                    raise

    async def _join(self, channel: str) -> bool:
        try:
            await self.ask("conversations.join", channel=channel)
        except Refused as refused:  # a private channel, or the app may not
            log.info("slack.not_joined", channel=channel, code=refused.code)
            return False
        return True

    async def _gone_or(self, method: str, place: Place, **arguments: Any) -> None:
        """Change or take away a post; that somebody else took it away is fine."""
        try:
            await self.ask(method, channel=place.channel, ts=place.ts, **arguments)
        except Refused as refused:
            if refused.code not in GONE:
                raise
            log.info("slack.gone_already", method=method, code=refused.code)

    async def _remember(self, said: Say, place: Place) -> None:
        """The post is that item or answer; until the ledger has it, or it would be made again."""
        if said.item_id is None:
            return
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._database.write() as session:
                    await remember_post(session, "slack", str(place), said.item_id, said.comment_id, ours=True)
            except Exception as error:
                if not is_outage(error):
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return

    # -- trouble ----------------------------------------------------------------------------------------------------

    async def _refused(self, claim: Claim, refused: Refused, turn: "_Turn") -> TryLater | GiveUp:
        verdict = judged(refused)
        if verdict.means is Means.EVERYONE:
            return TryLater(verdict.reason, everyone=True, begun=turn.posted)
        if verdict.means is not Means.PERSON:
            await self._tell(claim, refused.code)
        if verdict.means is Means.WAIT:
            self.directory.forget(claim.address)
            return TryLater(verdict.reason, after=self._again)
        return GiveUp(verdict.reason)

    async def _tell(self, claim: Claim, code: str) -> None:
        try:
            await self._on_trouble(claim, code, claim.address)
        except Exception:
            log.exception("slack.trouble_untold", code=code)  # the post's own fate comes first

    def _note(self, claim: Claim, turn: "_Turn") -> None:
        """What surely was not posted need not be looked for."""
        if turn.unposted and not turn.posted:
            self._unposted[claim.id] = claim.attempts
            while len(self._unposted) > _MOST_KNOWN:
                self._unposted.popitem(last=False)

    # -- calls at Slack's pace --------------------------------------------------------------------------------------

    async def ask(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """A call that puts nothing new into a channel. Raises Refused, Away or Slow."""
        self.pace.check(method, "")
        try:
            return await self.api.call(method, **arguments)
        except Slow as slow:
            self.pace.hold(method, "", slow.after)
            raise

    async def write(self, method: str, channel: str, /, **arguments: Any) -> dict[str, Any]:
        """A call that puts something new into a channel: when its turn has come."""
        self.pace.check(method, channel)
        await self.pace.turn(channel)
        try:
            return await self.api.call(method, **arguments)
        except Slow as slow:
            self.pace.hold(method, channel, slow.after)
            raise
        finally:
            self.pace.ended(channel)


class _Turn:
    """How far one try has come."""

    def __init__(self, *, unposted: bool) -> None:
        self.unposted = unposted  # it surely has not been posted by an earlier try
        self.posting = False  # at this moment
        self.posted = False  # it stands there now


class Pace:
    """When each channel may have its next post, and what Slack has asked us to wait for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free_at: dict[str, float] = {}
        self._held: dict[tuple[str, str], float] = {}

    async def turn(self, channel: str) -> None:
        """Wait until the channel may have its next post."""
        await asyncio.sleep(max(0.0, self._free_at.get(channel, 0.0) - time.monotonic()))

    def ended(self, channel: str) -> None:
        """A post has just been made."""
        now = time.monotonic()
        self._free_at[channel] = now + self._seconds
        if len(self._free_at) > _MOST_KNOWN:
            self._free_at = {one: free_at for one, free_at in self._free_at.items() if free_at > now}

    def hold(self, method: str, channel: str, after: timedelta) -> None:
        """Slack asked to wait."""
        self._held[method, channel] = time.monotonic() + after.total_seconds()

    def check(self, method: str, channel: str) -> None:
        """Raises Slow while Slack has asked to wait."""
        until = self._held.get((method, channel))
        if until is None:
            return
        left = until - time.monotonic()
        if left > 0:
            raise Slow(timedelta(seconds=left), method)
        del self._held[method, channel]


def _shown(message: Message) -> dict[str, Any]:
    """Text that pings nobody, whatever stands in it."""
    shown: dict[str, Any] = {"text": message.text, "parse": "none", "link_names": False}
    return shown | ({"blocks": list(message.blocks)} if message.blocks else {})
