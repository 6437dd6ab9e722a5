"""Listening to Slack: what must not be lost is stored before it is acknowledged, what must be quick is opened at once."""

import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bridges.slack.api import Me
from bridges.slack.arrivals import (
    OPENING,
    Alarm,
    Arrival,
    Keep,
    Opener,
    Stale,
    Submission,
    arrival,
    raw_of,
)
from bridges.slack.manifest import COMMAND, MESSAGE_SHORTCUT, SHORTCUT

__all__ = ["Answer", "Doors", "Opener", "hear", "hear_http", "make_bolt"]

log = structlog.get_logger(__name__)

#: Where the opener lies between Bolt's middleware and its listener.
_OPENER = "brygga_opener"


class Doors(Protocol):
    """Where what comes from Slack goes in."""

    async def keep(self, key: str, raw: bytes) -> None:
        """Store it; durable when this returns. Raising means that it is not acknowledged, and Slack sends it again.

        The same key may come any number of times; it is one thing.
        """
        ...

    async def open(self, opener: Opener) -> None:
        """Open what was asked for, within three seconds, without waiting for the database."""
        ...

    async def objections(self, payload: Mapping[str, Any]) -> Mapping[str, str]:
        """What is wrong with a filled-in form, by block id; empty when it can be taken. Quick, and stores nothing."""
        ...

    def forget(self, id: str) -> None:  # noqa: A002  Slack's word
        """Ask again about this person, channel or group when it is next needed."""
        ...

    async def alarm(self, code: str) -> None:
        """Slack has taken something from us: "app_rate_limited", "tokens_revoked", "app_uninstalled"."""
        ...


def make_bolt(
    client: AsyncWebClient, me: Me | Callable[[], Me | None], signing_secret: str | None, doors: Doors
) -> AsyncApp:
    """The app that Slack talks to, over a socket or over HTTP. Until it is known who we are, nothing is acknowledged."""
    who = me if callable(me) else lambda: me
    front = _Front(doors, who)

    async def authorize() -> AuthorizeResult:
        # From what auth.test said at the start: asking each time would make every request depend on Slack's API.
        known = who()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=known.team_id if known else None,
            bot_user_id=known.user_id if known else None,
            bot_id=known.bot_id if known else None,
            bot_token=client.token,
        )

    app = AsyncApp(
        name="brygga",
        logger=_bolts_logger(),
        # Without its token: with one, Bolt would complain that `authorize` makes it superfluous.
        client=AsyncWebClient(base_url=client.base_url, ssl=client.ssl, proxy=client.proxy, timeout=client.timeout),
        signing_secret=signing_secret or secrets.token_hex(),  # without one, nobody can have signed
        before_authorize=front,
        authorize=authorize,
        # Bolt's own filter also hides that a post of ours was deleted.
        ignoring_self_events_enabled=False,
        # What nobody listens to must be acknowledged as well, or Slack sends it four times and then nothing at all.
        raise_error_for_unhandled_request=True,
    )
    app.error(_trouble)
    app.command(COMMAND)(front.open)
    app.shortcut(SHORTCUT)(front.open)
    app.shortcut(MESSAGE_SHORTCUT)(front.open)
    for button in OPENING:
        app.action(button)(front.open)
    return app


class _Front(AsyncMiddleware):
    """Stands between Slack and Bolt: Bolt acknowledges before its listeners run, so storing comes before Bolt.

    A middleware in full, not a function: before it calls a function, Bolt looks into the request for arguments, and
    trips over what is not quite as Slack sends it.
    """

    def __init__(self, doors: Doors, who: Callable[[], Me | None]) -> None:
        self._doors = doors
        self._who = who

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  Bolt's word
    ) -> BoltResponse | None:
        """What is not an opener is done with here."""
        if req.body.get("type") == "url_verification":
            return await next()
        me = self._who()
        if me is None:
            log.warning("slack.not_ready", detail="Slack has not yet said who the app is; it will send this again")
            return BoltResponse(status=503, body="")
        what = arrival(req.body, me)
        if isinstance(what, Opener):
            req.context[_OPENER] = what
            return await next()
        try:
            return await self._take(what, req.body)
        except Exception as error:  # noqa: BLE001  whatever it was: not stored is not acknowledged
            key = what.key if isinstance(what, (Keep, Submission)) else ""
            log.error("slack.not_kept", key=key, error=type(error).__name__, where=_place(error))  # noqa: TRY400
            return BoltResponse(status=503, body="")

    async def _take(self, what: Arrival, payload: Mapping[str, Any]) -> BoltResponse:
        """Store what must not be lost; raises when that failed."""
        match what:
            case Submission(key):
                if objections := await self._doors.objections(payload):
                    errors = {"response_action": "errors", "errors": dict(objections)}
                    return BoltResponse(status=200, body=errors)
                await self._doors.keep(key, raw_of(payload))
            case Keep(key):
                await self._doors.keep(key, raw_of(payload))
            case Stale(name):
                self._doors.forget(name)
            case Alarm(code):
                await self._doors.alarm(code)
        return BoltResponse(status=200, body="")

    async def open(self, ack: AsyncAck, context: AsyncBoltContext) -> None:
        """Bolt's listener for all that opens something."""
        await ack()
        opener: Opener = context[_OPENER]
        try:
            await self._doors.open(opener)
        except Exception as error:  # noqa: BLE001  raised at once, it would make Bolt take back the ack
            log.error("slack.not_opened", kind=opener.kind, error=type(error).__name__, where=_place(error))  # noqa: TRY400


async def hear(app: AsyncApp, payload: dict[str, Any], headers: Mapping[str, Any] | None = None) -> BoltResponse:
    """Take one request that came over the socket. Never raises; what Bolt cannot read is nothing we act on."""
    try:
        request = AsyncBoltRequest(mode="socket_mode", body=payload, headers=dict(headers or {}))
        return await app.async_dispatch(request)
    except Exception as error:  # noqa: BLE001  Bolt looks into every payload for ids, and trips over odd ones
        log.warning("slack.unreadable", error=type(error).__name__, where=_place(error))
        return BoltResponse(status=200, body="")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is told over HTTP."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


async def hear_http(app: AsyncApp, signing_secret: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Take one request that came over HTTP. Never raises; 401 when Slack has not signed it within five minutes."""
    lower = {name.lower(): value for name, value in headers.items()}
    if not _signed(signing_secret, body, lower):
        return Answer(401)
    try:
        text = body.decode()
        request = AsyncBoltRequest(body=text, headers={**lower})
        if not request.body and "command" in (form := dict(parse_qsl(text, keep_blank_values=True))):
            request.body = form  # Bolt takes a form in which the word "payload" stands for a press, and reads nothing
        said = await app.async_dispatch(request)
    except Exception as error:  # noqa: BLE001  as above
        log.warning("slack.unreadable", error=type(error).__name__, where=_place(error))
        return Answer(200)
    return Answer(said.status, said.body, said.first_headers().get("content-type", "text/plain; charset=utf-8"))


def _signed(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed it (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
    when, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not secret or not re.fullmatch(r"[0-9]{1,12}", when) or not signature.isascii():
        return False  # Bolt's own check stumbles over what is not a number
    try:
        return SignatureVerifier(secret).is_valid(body, when, signature)
    except UnicodeDecodeError:
        return False


async def _trouble(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """Bolt's last word: what nobody listens to is acknowledged, and so is what only Bolt stumbled over."""
    if not isinstance(error, BoltUnhandledRequestError):
        # The kind and the place, not the words: they may be people's.
        log.error("slack.unexpected", error=type(error).__name__, where=_place(error))
    return None if response is None else BoltResponse(status=200, body="")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""


def _bolts_logger() -> logging.Logger:
    """Bolt says little, and never what people wrote: its lines below ERROR may hold whole requests."""
    logger = logging.getLogger("slack_bolt.brygga")
    logger.setLevel(logging.ERROR)
    return logger
