"""The demo's own pages: one page, what it shows as JSON, what people do, and word of every change."""

import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import quote

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.demo.clock import JUMPS
from bot.demo.mail_seat import MailSeat
from bot.demo.scene import Scene
from bot.demo.slack_seat import NoSeat, SlackSeat, files_in
from bot.demo.state import clock_of, send_digest, state_of
from bot.logs import where
from bridges.standins.mailroom_smtp import FAULTS

log = structlog.get_logger()

#: Bytes of one request: ten files of some size, as base64.
LARGEST_BODY = 64 * 1024 * 1024
#: Seconds after which the page hears that nothing has happened.
HEARTBEAT = 15.0
#: Pictures that a browser may show by itself; no SVG, which is a page of its own.
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
#: By extension, since the machine's own table may say otherwise.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".woff2": "font/woff2",
}

_POLICY = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # letters have their style in them, and are shown in a frame of this page
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
_HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Page = Callable[[Request], Awaitable[Response]]


class NotSo(ValueError):
    """What was sent cannot be understood."""


class Api:
    """Everything under /api; `as` is the key of whose seat one sits in."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._errors: dict[str, dict[str, str]] = {}

    # -- looking -------------------------------------------------------------------------------------------------------

    async def state(self, request: Request) -> Response:
        return _answer(await state_of(self._scene))

    async def channel(self, request: Request) -> Response:
        return _answer(self._slack(request).channel(request.path_params["id"]))

    async def thread(self, request: Request) -> Response:
        return _answer(self._slack(request).thread(request.path_params["channel"], request.path_params["ts"]))

    async def direct(self, request: Request) -> Response:
        return _answer(self._slack(request).direct())

    async def home(self, request: Request) -> Response:
        return _answer(self._slack(request).home())

    async def modal(self, request: Request) -> Response:
        return _answer(self._slack(request).modal())

    async def file(self, request: Request) -> Response:
        file = self._scene.workspace.file(request.path_params["id"])
        return _file(file.name, file.content_type, file.content)

    async def inbox(self, request: Request) -> Response:
        return _answer(await self._mail(request).inbox())

    async def mail(self, request: Request) -> Response:
        return _answer(await self._mail(request).mail(request.path_params["uid"]))

    async def mail_file(self, request: Request) -> Response:
        return _file(*await self._mail(request).file(request.path_params["uid"], request.path_params["n"]))

    async def events(self, request: Request) -> Response:
        return StreamingResponse(_told(self._scene), media_type="text/event-stream")

    def _slack(self, request: Request) -> SlackSeat:
        return SlackSeat(self._scene, request.query_params.get("as", ""), self._errors)

    def _mail(self, request: Request) -> MailSeat:
        return MailSeat(self._scene, request.query_params.get("as", ""))

    # -- doing ---------------------------------------------------------------------------------------------------------

    async def do_slack(self, request: Request) -> Response:
        asked = await _body(request)
        return _answer(await SlackSeat(self._scene, str(asked.get("as", "")), self._errors).do(asked))

    async def do_read(self, request: Request) -> Response:
        asked = await _body(request)
        return _answer(await MailSeat(self._scene, str(asked.get("as", ""))).read(_number(asked, "uid")))

    async def do_send(self, request: Request) -> Response:
        asked = await _body(request)
        answers = None if asked.get("reply_to_uid") is None else _number(asked, "reply_to_uid")
        to, subject, text = (str(asked.get(name) or "") for name in ("to", "subject", "text"))
        seat = MailSeat(self._scene, str(asked.get("as", "")))
        return _answer(await seat.send(to, subject, text, files_in(asked.get("files")), answers))

    async def do_calendar(self, request: Request) -> Response:
        asked = await _body(request)
        answer = str(asked.get("answer"))
        if answer not in ("yes", "maybe", "no"):
            raise NotSo("answer: yes, maybe or no")
        seat = MailSeat(self._scene, str(asked.get("as", "")))
        return _answer(await seat.answer_invitation(_number(asked, "uid"), answer))

    async def do_mailbox(self, request: Request) -> Response:
        asked = await _body(request)
        fails = str(asked.get("fails"))
        if fails not in ("", *FAULTS):
            raise NotSo(f'fails: "", {", ".join(FAULTS)}')
        return _answer(MailSeat(self._scene, str(asked.get("as", ""))).let_fail(fails))

    async def do_clock(self, request: Request) -> Response:
        to = str((await _body(request)).get("to"))
        if to not in JUMPS:
            raise NotSo(f"to: {', '.join(JUMPS)}")
        await self._scene.jump(to)
        return _answer({"ok": True, "clock": clock_of(self._scene)})

    async def do_digest(self, request: Request) -> Response:
        asked = await _body(request)
        return _answer(await send_digest(self._scene, str(asked.get("as", ""))))


async def _told(scene: Scene) -> AsyncIterator[str]:
    """The number of the last change, whenever it is another."""
    version = 0
    while not scene.changes.over:
        newer = await scene.changes.after(version, HEARTBEAT)
        yield f'data: {{"version": {newer}}}\n\n' if newer != version else ": nothing new\n\n"
        version = newer


def make_app(scene: Scene) -> ASGIApp:
    """All of it, for this page's own browser alone."""
    api = Api(scene)
    looks: tuple[tuple[str, Page], ...] = (
        ("/api/state", api.state),
        ("/api/channel/{id}", api.channel),
        ("/api/thread/{channel}/{ts}", api.thread),
        ("/api/direct", api.direct),
        ("/api/home", api.home),
        ("/api/modal", api.modal),
        ("/api/file/{id}", api.file),
        ("/api/mail", api.inbox),
        ("/api/mail/{uid:int}", api.mail),
        ("/api/mail/{uid:int}/file/{n:int}", api.mail_file),
        ("/api/events", api.events),
        ("/", _static),
        ("/{name:path}", _static),
    )
    acts: tuple[tuple[str, Page], ...] = (
        ("/api/slack", api.do_slack),
        ("/api/mail/read", api.do_read),
        ("/api/mail/send", api.do_send),
        ("/api/mail/calendar", api.do_calendar),
        ("/api/mailbox", api.do_mailbox),
        ("/api/clock", api.do_clock),
        ("/api/digest", api.do_digest),
    )
    return Starlette(
        routes=[
            *(Route(path, act, methods=["POST"]) for path, act in acts),
            *(Route(path, look, methods=["GET"]) for path, look in looks),
        ],
        middleware=[Middleware(Doorkeeper, port=scene.port)],
        exception_handlers={LookupError: _not_there, ValueError: _not_so, Exception: _broken},
    )


class Doorkeeper:
    """Lets in who asks for this very address from this very page, and puts the same headers on every answer.

    Another site in the same browser can neither read (a name of its own that leads here is another Host) nor act (its
    Origin is told by the browser, and JSON cannot be sent without asking first).
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                more = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *(one for one in more if one[0] not in given)]}
            await send(message)

        request = Request(scope)
        app = self._app if self._may(request) else JSONResponse({"ok": False, "trouble": "not from here"}, 403)
        await app(scope, receive, dressed)

    def _may(self, request: Request) -> bool:
        if request.headers.get("host", "") not in self._hosts:
            return False
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._origins:
            return False
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return request.method != "POST" or kind == "application/json"


async def _body(request: Request) -> Mapping[str, Any]:
    """The JSON object that was posted. Raises NotSo."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise NotSo("too large")
        parts.append(part)
    try:
        asked = json.loads(b"".join(parts))
    except ValueError as error:
        raise NotSo("no JSON") from error
    if not isinstance(asked, dict):
        raise NotSo("no JSON object")
    return asked


def _number(asked: Mapping[str, Any], name: str) -> int:
    try:
        return int(asked[name])
    except (KeyError, TypeError) as error:
        raise NotSo(f"{name}: a number") from error


def _answer(content: Mapping[str, Any]) -> Response:
    return JSONResponse(content)


def _file(name: str, kind: str, content: bytes) -> Response:
    plain = kind.partition(";")[0].strip().lower()
    shown = plain in _PICTURES
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    media = plain if shown else "application/octet-stream"
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


async def _static(request: Request) -> Response:
    """A file of the page itself; there are no others."""
    name = request.path_params.get("name") or "index.html"
    file: Traversable = resources.files("bot.demo") / "static"
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return _trouble(404, name)
        file = file / part
    if not file.is_file():
        return _trouble(404, name)
    ending = name[name.rfind(".") :] if "." in name else ""
    kind = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), headers={"Content-Type": kind})


def _trouble(status: int, said: str) -> Response:
    return JSONResponse({"ok": False, "trouble": said}, status)


async def _not_there(request: Request, error: Exception) -> Response:
    return _trouble(403 if isinstance(error, NoSeat) else 404, str(error))


async def _not_so(request: Request, error: Exception) -> Response:
    return _trouble(400, str(error))


async def _broken(request: Request, error: Exception) -> Response:
    log.error("demo.page_failed", path=request.url.path, error=type(error).__name__, where=where(error))
    return _trouble(500, type(error).__name__)
