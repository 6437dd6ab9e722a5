"""How the house fares: /healthz for whoever restarts it, /metrics for whoever watches it."""

import asyncio
import hmac
from importlib.metadata import PackageNotFoundError, version

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.house import House
from bot.metrics import CONTENT_TYPE, exposition, oldest_seconds
from bot.web.edge import from_this_machine
from storage import pages
from storage.pages import Counts, Waiting

log = structlog.get_logger()

#: Seconds within which the database must answer.
PROBE_SECONDS = 2
#: The parts that /healthz names, always in this order.
PARTS = ("database", "imap", "smtp", "slack")
#: What is one thing to people and two to us: Slack works when we can speak and hear. The worst word counts.
_HALVES = {"slack": ("slack", "slack_in")}
_WORDS = ("down", "starting", "up", "off")


def running_version() -> str:
    """The version that is installed."""
    try:
        return version("brygga")
    except PackageNotFoundError:  # run from a folder, not installed
        return "0"


class State:
    """Answers for the house, from its health and from the ledger itself."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._version = running_version()

    async def healthz(self, request: Request) -> Response:
        """200 when every part that is wanted works, else 503; each part is up, down, starting or off."""
        waits = await self._waiting()
        parts = {name: self._part(name, database=waits is not None) for name in PARTS}
        ready = all(word in ("up", "off") for word in parts.values())
        outbox: dict[str, int | None] = {"queued": None, "oldest_seconds": None}
        if waits is not None:
            outbox = {"queued": waits.queued, "oldest_seconds": oldest_seconds(waits.oldest, self._house.now())}
        body = {
            "status": "ready" if ready else "failing",
            "version": self._version,
            "parts": parts,
            "outbox": outbox,
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    async def metrics(self, request: Request) -> Response:
        """The numbers, for this machine or for whoever has the key."""
        if not (from_this_machine(request) or self._has_key(request)):
            return PlainTextResponse("Give the key of [web] metrics_key, as Bearer or as ?key=.\n", status_code=403)
        house = self._house
        numbers = exposition(house.now(), self._version, house.health.parts, await self._counts())
        return Response(numbers, headers={"Content-Type": CONTENT_TYPE})

    def _part(self, name: str, *, database: bool) -> str:
        if name == "database" and (self._house.health.parts.get(name) is None or not database):
            return "up" if database else "down"  # what answers now counts, and what fails to write
        return min((self._word(half) for half in _HALVES.get(name, (name,))), key=_WORDS.index)

    def _word(self, name: str) -> str:
        part = self._house.health.parts.get(name)
        if part is None:
            return "off"
        if part.up:
            return "up"
        return "starting" if part.reason == "starting" else "down"

    def _has_key(self, request: Request) -> bool:
        key = self._house.settings.web.metrics_key
        if key is None or not key.get_secret_value():
            return False
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("key", "")
        return hmac.compare_digest(given.encode(), key.get_secret_value().encode())

    async def _waiting(self) -> Waiting | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS), self._house.database.read() as session:
                return await pages.waiting(session)
        except Exception as error:  # noqa: BLE001  whatever it is, the database does not answer as it should
            log.warning("probe.failed", part="database", error=type(error).__name__)
            return None

    async def _counts(self) -> Counts | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS), self._house.database.read() as session:
                return await pages.counts(session)
        except Exception as error:  # noqa: BLE001  the other numbers are worth having still
            log.warning("probe.failed", part="database", error=type(error).__name__)
            return None
