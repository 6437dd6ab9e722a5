"""The Web API's door: arguments from wherever they stand, tokens, scopes, pace, and what goes wrong on demand."""

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.records import Call, Channel, Json, Refusal
from bridges.standins.workspace.room import Room

_JSON_IN_FORMS = ("blocks", "view", "metadata", "attachments", "files", "users_list")


class Slower(Exception):
    """429: come back after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class Ask:
    """A call, as a method reads it."""

    room: Room
    method: str
    arguments: Json

    def need(self, scope: str) -> None:
        """Refused unless the app has it."""
        if scope not in self.room.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.room.scopes)))

    def word(self, name: str, default: str | None = None) -> str:
        """An argument; one without default is required."""
        value = self.arguments.get(name)
        if value is None or value == "":
            if default is None:
                raise invalid(f"missing required field: {name}")
            return default
        if isinstance(value, (dict, list)):
            raise invalid(f"must be a string: {name}")
        return str(value)

    def flag(self, name: str) -> bool:
        """Whether it is asked for."""
        return str(self.arguments.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number, at least 1."""
        try:
            value = int(self.arguments.get(name) or default)
        except (TypeError, ValueError):
            raise invalid(f"must be a number: {name}") from None
        if value < 1:
            raise Refusal("invalid_limit")
        return min(value, most)

    def channel(self, *, name: str = "channel") -> Channel:
        """A conversation that the app can know of."""
        channel = self.room.channels.get(self.word(name))
        if channel is None or (channel.kind != "channel" and self.room.bot_user not in channel.members):
            raise Refusal("channel_not_found")
        return channel

    def page(self, things: list[Json], limit: int) -> tuple[list[Json], Json]:
        """One page, and what leads to the next."""
        cursor = self.word("cursor", "")
        start = 0
        if cursor:
            if not cursor.startswith("next:") or not cursor[5:].isdigit():
                raise Refusal("invalid_cursor")
            start = int(cursor[5:])
        following = f"next:{start + limit}" if start + limit < len(things) else ""
        return things[start : start + limit], {"response_metadata": {"next_cursor": following}}


def invalid(*what: str) -> Refusal:
    """The arguments are not right."""
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in what]})


Run = Callable[[Ask], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API."""

    name: str
    scope: str
    run: Run
    token: str = "bot"  # noqa: S105  whose token it takes


METHODS: dict[str, Method] = {}


def method(name: str, scope: str = "", *, token: str = "bot") -> Callable[[Run], Run]:  # noqa: S107
    """Register a method, and the scope it always needs."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(name, scope, run, token)
        return run

    return register


async def arguments_of(request: web.Request) -> Json:
    """What was sent in the query, a form, or JSON."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            sent = json.loads(raw) if raw else {}
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refusal("json_not_object")
        arguments |= sent
    elif request.can_read_body:
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in _JSON_IN_FORMS:
        value = arguments.get(name)
        if isinstance(value, str) and value:
            try:
                arguments[name] = json.loads(value)
            except ValueError:
                error = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(name)
                raise (Refusal(error) if error else invalid(f"must be valid json: {name}")) from None
    return {name: value for name, value in arguments.items() if value is not None}


class Api:
    """/api/METHOD."""

    def __init__(self, room: Room, faults: Faults) -> None:
        self._room = room
        self._faults = faults
        self._made: dict[str, list[float]] = {}
        self._closed_until: dict[tuple[str, str], float] = {}  # what was told to wait, until when

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name = request.match_info["method"]
        arguments: Json = {}
        fault = None
        try:
            arguments = await arguments_of(request)
            if seconds := self._faults.slowness(name):
                await asyncio.sleep(seconds)
            token = _token(request, arguments)
            self._keep_patience(name, arguments)
            if seconds := self._faults.limited(name):
                raise Slower(seconds)
            self._keep_tier(name)
            fault = self._faults.failing(name)
            if fault and not fault.after_doing:
                if isinstance(fault.problem, int):
                    return self._answer(name, arguments, {"ok": False}, status=fault.problem)
                raise Refusal(fault.problem)
            answer = {"ok": True, **await self._run(name, token, arguments)}
            if seconds := self._faults.lateness(name):
                self._room.touch()  # done, and there to be seen
                await asyncio.sleep(seconds)
        except Refusal as refused:
            answer = {"ok": False, "error": refused.error, **refused.more}
        except Slower as slower:
            self._closed_until[(name, str(arguments.get("channel")))] = time.monotonic() + slower.seconds
            said = {"ok": False, "error": "ratelimited"}
            return self._answer(name, arguments, said, status=429, headers={"Retry-After": str(slower.seconds)})
        if fault and fault.after_doing and request.transport is not None:
            self._answer(name, arguments, answer)
            request.transport.abort()
        return self._answer(name, arguments, answer, lost=bool(fault and fault.after_doing))

    async def _run(self, name: str, token: str, arguments: Json) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise Refusal("unknown_method", req_method=name)
        if not token:
            raise Refusal("not_authed")
        if token not in (self._room.bot_token, self._room.app_token):
            raise Refusal("invalid_auth")
        if self._room.token_error:
            raise Refusal(self._room.token_error)
        if (token == self._room.app_token) != (known.token == "app") and name != "api.test":  # noqa: S105
            raise Refusal("not_allowed_token_type")
        ask = Ask(self._room, name, arguments)
        if known.scope:
            ask.need(known.scope)
        return await known.run(ask)

    def _keep_patience(self, name: str, arguments: Json) -> None:
        """Whoever was told to wait, waits; who comes before gets 429 again, and is noted."""
        left = self._closed_until.get((name, str(arguments.get("channel"))), 0.0) - time.monotonic()
        if left > 0.05:
            self._room.impatient.append(Call(name, arguments, time.monotonic(), {}, 429))
            raise Slower(left)

    def _keep_tier(self, name: str) -> None:
        """The method's calls a minute, where the workspace keeps count of them."""
        most = self._room.tiers.get(name)
        if not most:
            return
        now = time.monotonic()
        made = self._made[name] = [at for at in self._made.get(name, []) if now - at < 60]
        if len(made) >= most:
            raise Slower(60 - (now - made[0]))
        made.append(now)

    def _answer(
        self,
        name: str,
        arguments: Json,
        answer: Json,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        lost: bool = False,
    ) -> web.Response:
        if not lost:
            self._room.calls.append(Call(name, arguments, time.monotonic(), answer, status))
            self._room.touch()
        if status >= 400 and status != 429:
            return web.Response(status=status, text="<html>Server error</html>", content_type="text/html")
        scopes = {"x-oauth-scopes": ",".join(sorted(self._room.scopes)), **(headers or {})}
        known = METHODS.get(name)
        if known and known.scope:
            scopes["x-accepted-oauth-scopes"] = known.scope
        return web.json_response(answer, status=status, headers=scopes)


def _token(request: web.Request, arguments: dict[str, Any]) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    named = str(arguments.pop("token", ""))
    return token.strip() if scheme.lower() == "bearer" and token else named
