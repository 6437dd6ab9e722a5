"""The ear: keeps listening to Slack for as long as the program runs, notices when it has gone deaf, and begins anew."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bridges.health import Health
from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.listen import Doors, hear, make_bolt
from bridges.slack.sockets import Socket

log = structlog.get_logger(__name__)

#: What it is called where people read how the outside fares; "slack" is the road out.
PART = "slack_in"

#: Seconds between the tries to connect; the last one repeats. apps.connections.open is promised once a minute only.
STEPS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

#: What to do when Slack refuses; waiting does not help, so these are tried slowly.
CURES: Mapping[str, str] = {
    "invalid_auth": "Slack does not know the token: copy it again from the app's page",
    "not_authed": "no token was given",
    "account_inactive": "the app is no longer installed: install it again and copy the new token",
    "token_revoked": "the token was revoked: install the app again and copy the new token",
    "token_expired": "the token has expired: turn token rotation off and install the app again",
    "not_allowed_token_type": "this token is of the wrong kind: app_token begins with xapp-, bot_token with xoxb-",
    "missing_scope": "the token lacks a right: the app-level token needs connections:write",
    "too_many_websockets": "too many processes listen: Slack allows ten connections",
    "link_disabled": "Socket Mode is turned off: turn it on at the app's page",
    "socket_mode_not_enabled": "Socket Mode is turned off: turn it on at the app's page",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the ear waits for what, in seconds."""

    ping: float = 10.0  # between pings; one that is not answered in half that time has found a dead connection
    look: float = 2.0  # between looks at the connection
    quiet: float = 900.0  # of silence, pings apart, after which the connection counts as deaf
    connect: float = 15.0  # for opening a connection
    settled: float = 60.0  # that a connection must have lasted for the next one to be opened without waiting
    steps: Sequence[float] = STEPS


class Ear:
    """Listens over Socket Mode. Several processes may, each with its own: Slack shares the news out among them."""

    def __init__(
        self,
        api: SlackApi,
        app_token: str,
        doors: Doors,
        me: Me | Callable[[], Me | None] | None,
        health: Health,
        on_silence: Callable[[], Awaitable[None]],
        *,
        part: str = PART,
        patience: Patience | None = None,
    ) -> None:
        """`me`: who the app is, when that is known already; else Slack is asked. `on_silence`: called, beside the
        listening, whenever something may have been said that was not heard: after the start, and after a silence.
        """
        self._api = api
        self._app_token = app_token
        self._doors = doors
        self._me = me
        self._health = health
        self._on_silence = on_silence
        self._part = part
        self._patience = patience or Patience()
        self._socket: Socket | None = None
        self._left = ""  # why the last connection was left
        self._missed = True
        self._to_mend = False
        self._mending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Listen until cancelled; whatever fails is told to `health` and tried again."""
        self._health.expect(self._part)
        known = self._me() if callable(self._me) else self._me
        me = known or await learn_me(self._api, self._health, part=self._part, steps=self._patience.steps)
        app = make_bolt(self._api.client, me, None, self._doors)
        failures = 0
        try:
            while True:
                try:
                    lasted = await self._listen_once(app, failures)
                except Exception as error:
                    # Whatever it is, Slack sends again what was not taken; a restart of everything would help nobody.
                    self._missed, lasted = True, 0.0
                    self._health.down(self._part, f"unexpected: {type(error).__name__}")
                    log.exception("slack.unexpected")
                failures = 0 if lasted >= self._patience.settled else failures + 1
        finally:
            await self._close()

    async def _listen_once(self, app: AsyncApp, failures: int) -> float:
        """One connection, from opening it until another is needed; returns how long it was good for."""
        clock = asyncio.get_running_loop().time
        if failures:
            if self._left and not await self._hears():
                self._health.down(self._part, CURES.get(self._left, f"the connection was closed: {self._left}"))
            await self._rest(_pause(self._patience.steps, failures - 1))
        try:
            await self._connect(app)
        except (Refused, Away, Slow) as trouble:
            self._left = ""
            await self._tell(trouble)
            if isinstance(trouble, Slow):
                await self._rest(trouble.after.total_seconds())
            if _needs_a_person(trouble):
                await self._rest(_pause(self._patience.steps, len(self._patience.steps)))
            return 0.0
        began = clock()
        self._health.up(self._part)
        log.info("slack.listening")
        if self._missed:
            self._missed = False
            self._mend()
        self._left = await self._until_needed()
        log.info("slack.listening_anew", why=self._left, lasted=round(clock() - began))
        if self._left == "link_disabled":
            self._health.down(self._part, CURES[self._left])
        return clock() - began

    async def _connect(self, app: AsyncApp) -> None:
        """Open a connection and only then let go of the one before: Slack gives warning, so that nothing is missed."""

        async def take(payload: dict[str, Any], headers: Mapping[str, Any]) -> BoltResponse:
            return await hear(app, payload, headers)

        url = await self._address()
        fresh = Socket(self._api.client, self._app_token, take, self._patience.ping)
        await fresh.connect(url, self._patience.connect)
        before, self._socket = self._socket, fresh
        if before is not None:
            self._missed = self._missed or not await before.connected()
            await before.close()

    async def _address(self) -> str:
        """Where to connect to: a ticket that is good once. Raises Refused, Away or Slow."""
        answer = await self._api.call("apps.connections.open", app_token=self._app_token)
        return str(answer.get("url") or "")

    async def _until_needed(self) -> str:
        """Wait until this connection is no longer good enough; says why."""
        socket = self._socket
        assert socket is not None  # noqa: S101  just connected
        while not socket.leave:
            if not await socket.connected():
                self._missed = True
                return "lost"
            if socket.quiet_for > self._patience.quiet:
                self._missed = True
                return "quiet"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience.look):
                    await socket.news.wait()
            socket.news.clear()
        return socket.leave

    async def _rest(self, seconds: float) -> None:
        """Wait before the next try; what is still open goes on being heard meanwhile."""
        await asyncio.sleep(seconds * random.uniform(1.0, 1.2))

    async def _hears(self) -> bool:
        return self._socket is not None and await self._socket.connected()

    async def _tell(self, trouble: Refused | Away | Slow) -> None:
        if await self._hears():
            return  # only the next connection fails; this one hears
        self._missed = True
        reason = told(trouble)
        self._health.down(self._part, reason)
        log.warning("slack.deaf", reason=reason)

    def _mend(self) -> None:
        self._to_mend = True
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(self._mended(), name="slack repair")

    async def _mended(self) -> None:
        while self._to_mend:  # again, when there was another silence meanwhile
            self._to_mend = False
            try:
                await self._on_silence()
            except Exception as error:  # noqa: BLE001  what cannot be looked up now is looked up after the next silence
                log.warning("slack.not_repaired", error=type(error).__name__)

    async def _close(self) -> None:
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.wait([self._mending])
        if self._socket is not None:
            await self._socket.close()


async def learn_me(api: SlackApi, health: Health, *, part: str = PART, steps: Sequence[float] = STEPS) -> Me:
    """Ask Slack who the app is until it answers; meanwhile `health` knows why it does not."""
    failures = 0
    while True:
        try:
            return await api.whoami()
        except (Refused, Away, Slow) as trouble:
            reason = told(trouble)
            health.down(part, reason)
            log.warning("slack.not_known", reason=reason)
            wait = _pause(steps, len(steps) if _needs_a_person(trouble) else failures)
            if isinstance(trouble, Slow):
                wait = max(wait, trouble.after.total_seconds())
        failures += 1
        await asyncio.sleep(wait)


def told(trouble: Refused | Away | Slow) -> str:
    """One line for a person: what Slack said, and what to do about it."""
    if isinstance(trouble, Refused):
        return f"{trouble.code}: {CURES.get(trouble.code, 'see `brygga check`')}"
    if isinstance(trouble, Slow):
        return f"Slack asks us to wait {trouble.after.total_seconds():.0f} s"
    return str(trouble)


def _needs_a_person(trouble: Exception) -> bool:
    return isinstance(trouble, Refused) and trouble.code in CURES


def _pause(steps: Sequence[float], failures: int) -> float:
    return steps[min(failures, len(steps) - 1)]
