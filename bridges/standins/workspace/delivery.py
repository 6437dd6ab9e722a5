"""How the app gets to know: events with retries, and what people do once, over sockets or signed HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.records import Json
from bridges.standins.workspace.room import Room
from bridges.standins.workspace.sockets import Sockets

#: Slack waits so long for an answer.
ACK_SECONDS = 3.0
#: After a failure: at once, after a minute, after five.
RETRY_PAUSES = (0.0, 60.0, 300.0)


class NotAcked(Exception):
    """The app did not answer in time, or not well."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        """`reason`: as x-slack-retry-reason has it. `final`: the app asked not to be told again."""
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery of one thing."""

    kind: str  # events_api, slash_commands, interactive
    payload: Json
    number: int = 0
    reason: str = ""


class Delivery:
    """Carries what happens to the app."""

    def __init__(self, room: Room, sockets: Sockets, faults: Faults) -> None:
        self._room = room
        self._sockets = sockets
        self._faults = faults
        self.request_url: str | None = None
        self.ack_within = ACK_SECONDS
        self.retry_pauses: tuple[float, ...] = RETRY_PAUSES
        self.unacked: list[Json] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._events = 0
        self._acks = 0
        self._http: aiohttp.ClientSession | None = None

    @property
    def undelivered(self) -> int:
        """How many things are under way."""
        return len(self._tasks)

    def ticket(self) -> str:
        """Where a socket may be opened, once."""
        return self._sockets.ticket()

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let it happen by itself; it counts as under way."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._room.touch()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._over(task)
        if not task.cancelled() and (error := task.exception()):
            asyncio.get_running_loop().call_exception_handler({"message": "workspace", "exception": error})

    async def close(self) -> None:
        """Stop carrying."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    # --- events -------------------------------------------------------------------------------------------------

    def event(self, payload: Json) -> None:
        """Deliver an event, with retries."""
        self._events += 1
        again = bool(self._faults.redeliver_every) and self._events % self._faults.redeliver_every == 0
        self.later(self._carry(payload, again=again))

    async def _carry(self, payload: Json, *, again: bool) -> None:
        reason, at_once, acked = "", False, False
        for number in range(max(len(self.retry_pauses), 3) + 1):
            if number and not at_once:
                if number > len(self.retry_pauses):
                    break
                await asyncio.sleep(self.retry_pauses[number - 1])
            at_once = False
            try:
                await self._attempt(Attempt("events_api", payload, number, reason))
            except NotAcked as failed:
                reason = failed.reason
                if failed.final:
                    break
                continue
            acked = not self._ack_is_lost()
            if acked and not again:
                return
            again, at_once, reason = again and not acked, True, "http_timeout"
        if not acked:
            self.unacked.append(payload)

    def _ack_is_lost(self) -> bool:
        self._acks += 1
        every = self._faults.lose_ack_every
        return bool(every) and self._acks % every == 0

    async def verify(self) -> bool:
        """Ask the request URL for its challenge, as Slack does before it believes in it."""
        challenge = self._room.uuid()
        said = await self._attempt(
            Attempt(
                "events_api", {"type": "url_verification", "token": self._room.verification, "challenge": challenge}
            )
        )
        return said is not None and challenge in (said.get("challenge"), said.get("text"))

    # --- what people do -----------------------------------------------------------------------------------------

    async def interaction(self, kind: str, payload: Json) -> Json | None:
        """Deliver once; what the app answered. Raises NotAcked."""
        task = asyncio.get_running_loop().create_task(self._attempt(Attempt(kind, payload)))
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return await task

    # --- the two ways -------------------------------------------------------------------------------------------

    async def _attempt(self, attempt: Attempt) -> Json | None:
        if self.request_url is not None:
            return await self._by_http(attempt, self.request_url)
        return await self._by_socket(attempt)

    async def _by_socket(self, attempt: Attempt) -> Json | None:
        deadline = time.monotonic() + self.ack_within
        try:
            await self._room.until(lambda: bool(self._sockets.open), self.ack_within, "a socket")
        except TimeoutError:
            raise NotAcked("connection_failed") from None
        envelope: Json = {
            "envelope_id": self._room.uuid(),
            "payload": attempt.payload,
            "type": attempt.kind,
            "accepts_response_payload": attempt.kind != "events_api",
        }
        if attempt.kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason.removeprefix("http_")}
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0.05)):
                return await self._sockets.send(envelope)
        except TimeoutError:
            raise NotAcked("http_timeout") from None
        except ConnectionError:
            raise NotAcked("connection_failed") from None

    async def _by_http(self, attempt: Attempt, url: str) -> Json | None:
        content_type = "application/x-www-form-urlencoded"
        if attempt.kind == "events_api":
            content_type, body = "application/json", json.dumps(attempt.payload).encode()
        elif attempt.kind == "slash_commands":
            body = urlencode(attempt.payload).encode()
        else:
            body = urlencode({"payload": json.dumps(attempt.payload)}).encode()
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **self.signature(body),
        }
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        if self._http is None:
            self._http = aiohttp.ClientSession()
        try:
            async with (
                asyncio.timeout(self.ack_within),
                self._http.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                text = await answer.text()
        except TimeoutError:
            raise NotAcked("http_timeout") from None
        except aiohttp.ClientError:
            raise NotAcked("connection_failed") from None
        if not 200 <= answer.status < 300:
            raise NotAcked("http_error", final=answer.headers.get("x-slack-no-retry") == "1")
        if not text:
            return None
        try:
            said = json.loads(text)
        except ValueError:
            return {"text": text}
        return said if isinstance(said, dict) else {"text": text}

    def signature(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The headers that prove it comes from here."""
        stamp = str(int(time.time()) if at is None else at)
        digest = hmac.new(self._room.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}
