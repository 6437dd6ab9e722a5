"""The edge: what every answer carries, how much may be sent to us, and what is said when something breaks."""

import asyncio
import ipaddress
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.logs import where
from bot.metrics import count_request
from storage.database import is_outage

log = structlog.get_logger()

#: Bytes that a form may have: ours have under a hundred.
LARGEST_BODY = 64 * 1024
#: Where more is taken, by how the address begins. Slack's largest: a changed message of 40,000 characters, before and
#: after, as text and as blocks. A digest that is arranged: a lead, and some 60 bytes for each of its hundreds of items.
LARGER_BODIES = {"/slack/events": 2 * 1024 * 1024, "/preview/": 512 * 1024}
#: Seconds in which a form must have come in.
BODY_SECONDS = 10

#: What a proxy adds to say for whom it asks; whoever sends one is not simply "this machine".
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_LOCAL_NAME = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)

#: Makes the page for a status; given the request, because a page speaks its reader's language.
Apology = Callable[[Request, int], Response]


def page_headers(style: str, *, https: bool) -> dict[str, str]:
    """What every answer carries: no script, nothing from outside, nothing kept, nothing told to the next site."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",  # the one style block, known by its hash
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",  # addresses of pages hold tokens
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})


class Edge:
    """Wraps all pages: adds the headers, bounds the body, and turns whatever breaks into a page that says so."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], apology: Apology) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._apology = apology

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = {name for name, _ in message["headers"]}
                more = [header for header in self._headers if header[0] not in given]
                message = {**message, "headers": [*message["headers"], *more]}
                count_request(_route(scope), scope["method"], message["status"])
            await send(message)

        try:
            await self._app(scope, _bounded(scope, receive), answer)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  whatever broke, the reader gets a page and the log one line
            waiting_helps = is_outage(error)
            # The kind and the place, not the words: an error of the database quotes addresses.
            name = type(error).__name__
            log.error("page.failed", route=_route(scope), error=name, where=where(error), outage=waiting_helps)  # noqa: TRY400
            if not started:
                await self._apology(Request(scope), 503 if waiting_helps else 500)(scope, receive, answer)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """The body, up to what this address takes; more raises the 413 that the pages answer with."""
    larger = (size for begins, size in LARGER_BODIES.items() if scope["path"].startswith(begins))
    largest = next(larger, LARGEST_BODY)
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    too_large = not declared.isdigit() or len(declared) > 9 or int(declared) > largest
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        if too_large:
            raise HTTPException(413, headers={"Connection": "close"})
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return bounded


async def form_of(request: Request, most: int = 20) -> dict[str, str]:
    """The fields of a posted form, urlencoded or multipart (RFC 8058 §3.2 allows both); files are refused.

    `most`: fields that it may have.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS), request.form(max_files=1, max_fields=most) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except TimeoutError as error:
        raise HTTPException(408, headers={"Connection": "close"}) from error


def from_this_machine(request: Request) -> bool:
    """Whether a program on this machine asks by itself: not through a proxy, whatever the headers claim."""
    if request.client is None or any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        peer = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)  # ::ffff:127.0.0.1
    # A proxy on this machine that adds no header of its own still passes on the name that was asked for.
    return (mapped or peer).is_loopback and bool(_LOCAL_NAME.fullmatch(request.headers.get("host", "")))


def _route(scope: Scope) -> str:
    """The pattern of the page, never the path itself: paths hold tokens."""
    route = scope.get("route")
    return route.path if isinstance(route, Route) else "other"
