"""Slack's Web API as Brygga calls it: every answer is taken, refused, slowed down, or missing, and nothing is repeated
that may have been done.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

if TYPE_CHECKING:
    from bridges.slack.form.views import SlackFile

#: Seconds for a call, for connecting, and for a file.
TIMEOUT, CONNECT_TIMEOUT, FILE_TIMEOUT = 10, 5, 60
#: How long to wait when Slack says "too many" and not until when.
USUAL_WAIT = timedelta(seconds=30)
#: What changes nothing and may be asked twice.
READS = frozenset(
    {
        "api.test",
        "auth.test",
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.replies",
        "files.info",
        "usergroups.list",
        "users.conversations",
        "users.info",
    }
)
#: Seconds of Retry-After that a read waits for by itself.
_PATIENT = 2


class Refused(Exception):
    """Slack answered, and said no."""

    def __init__(self, code: str, needed: str = "", provided: str = "", *, detail: str = "") -> None:
        """`needed`, `provided`: scopes, when one is missing. `detail`: what Slack says is wrong with the arguments."""
        super().__init__(code)
        self.code = code
        self.needed = needed
        self.provided = provided
        self.detail = detail


class Away(Exception):
    """Slack did not answer, or not as Slack. `begun`: it may have done what was asked all the same."""

    def __init__(self, reason: str, begun: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.begun = begun


class Slow(Exception):
    """Slack wants to be asked less often."""

    def __init__(self, after: timedelta, method: str = "") -> None:
        super().__init__(f"ratelimited: Slack asks to wait {after.total_seconds():.0f} s")
        self.after = after
        self.method = method


class NoFile(Exception):
    """A file that Slack does not hand over, or that is too large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Me:
    """Whom the bot token belongs to."""

    user_id: str
    bot_id: str
    team_id: str
    url: str  # of the workspace
    scopes: frozenset[str]


class SlackApi:
    """One workspace's Web API, by the bot token. Raises Refused, Away and Slow, nothing else."""

    def __init__(self, token: str, api_url: str, *, ca_file: Path | None = None) -> None:
        # At DEBUG the library prints what people write (and upload addresses, which are secrets).
        for name in ("slack_sdk", "slack_bolt"):
            logger = logging.getLogger(name)
            logger.setLevel(max(logger.level, logging.WARNING))
        self._token = token
        self._host = urlsplit(api_url).hostname or ""
        self._tls: ssl.SSLContext | None = None
        if ca_file is not None:
            self._tls = ssl.create_default_context()
            self._tls.load_verify_locations(cafile=ca_file)
        self.client = AsyncWebClient(
            token=token,
            base_url=api_url,
            timeout=TIMEOUT,
            ssl=self._tls,
            logger=logging.getLogger("slack_sdk.web"),
            retry_handlers=[_ReadsAgain()],
        )

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Ask Slack one thing; answers what Slack says."""
        said, _ = await self._ask(method, arguments)
        return said

    async def whoami(self) -> Me:
        """Whom the token belongs to, and what it may do."""
        said, answer = await self._ask("auth.test", {})
        scopes = _header(answer, "x-oauth-scopes")
        return Me(
            user_id=str(said.get("user_id") or ""),
            bot_id=str(said.get("bot_id") or ""),
            team_id=str(said.get("team_id") or ""),
            url=str(said.get("url") or ""),
            scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
        )

    async def upload(self, url: str, content: bytes) -> None:
        """Hand over a file's bytes where files.getUploadURLExternal said."""
        session = self._session()
        try:
            async with session.post(url, data=content, timeout=_FILES, **self._road) as answer:
                await answer.read()
                status = answer.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _away(error) from None
        if status == 429:
            raise Slow(USUAL_WAIT, "upload")
        if status >= 500:
            raise Away(f"Slack's file store answers {status}", begun=True)
        if status >= 400:
            raise Refused("upload_refused", detail=f"status {status}")

    async def download(self, file: "SlackFile", limit: int) -> bytes:
        """A file that people shared, of at most `limit` bytes. Raises NoFile when there is none to have."""
        if file.mode in ("tombstone", "hidden_by_limit"):
            raise NoFile("it was deleted, or Slack hides it because it is old")
        url = file.url or await self._where(file)
        if not self._is_slack(url):
            raise NoFile("it lies outside Slack")
        if file.size > limit:
            raise NoFile("it is too large")
        try:
            return await self._read_file(url, limit, html=file.content_type.startswith("text/html"))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _away(error) from None

    async def _where(self, file: "SlackFile") -> str:
        """Files of other organisations come without an address (file_access: check_file_info)."""
        try:
            said = (await self.call("files.info", file=file.id)).get("file") or {}
        except Refused as refused:
            raise NoFile(f"Slack says {refused.code}") from refused
        return str(said.get("url_private_download") or said.get("url_private") or "")

    async def _read_file(self, url: str, limit: int, *, html: bool) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}"}  # left out by itself when another host is the next one
        session = self._session()
        async with session.get(url, headers=headers, timeout=_FILES, **self._road) as answer:
            if answer.status >= 500 or answer.status == 429:
                raise Away(f"Slack's file store answers {answer.status}", begun=False)
            if answer.status >= 400:
                raise NoFile(f"Slack answers {answer.status}")
            if answer.content_type == "text/html" and not html:  # a page to log in, with status 200
                raise NoFile("Slack does not hand it over: the app lacks files:read, or it is another organisation's")
            parts, size = [], 0
            async for part in answer.content.iter_chunked(65_536):
                size += len(part)
                if size > limit:
                    raise NoFile("it is too large")
                parts.append(part)
            return b"".join(parts)

    async def close(self) -> None:
        """Close the connections."""
        if self.client.session is not None:
            await self.client.session.close()

    def _is_slack(self, url: str) -> bool:
        """Whether the token may be shown there."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        return host == self._host or (parts.scheme == "https" and host.endswith(".slack.com"))

    @property
    def _road(self) -> dict[str, Any]:
        return {"ssl": self._tls or True, "proxy": self.client.proxy}

    def _session(self) -> aiohttp.ClientSession:
        """Connections are kept between calls: a new one costs several times what a call does."""
        session = self.client.session
        if session is None or session.closed:
            session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=CONNECT_TIMEOUT))
            self.client.session = session
        return session

    async def _ask(self, method: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], AsyncSlackResponse]:
        self._session()
        named: Callable[..., Any] = getattr(self.client, method.replace(".", "_"))
        try:
            answer: AsyncSlackResponse = await named(**arguments)
        except SlackApiError as error:
            raise _judged(method, error.response) from None  # its text has the whole answer in it
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _away(error) from None
        if not isinstance(answer.data, dict):
            raise Away("something else than Slack answers", begun=True)
        return answer.data, answer


_FILES = aiohttp.ClientTimeout(total=FILE_TIMEOUT, connect=CONNECT_TIMEOUT)


class _ReadsAgain(AsyncRetryHandler):
    """Asks again what may be asked again: reads, after a hiccup. Never a write, whose answer may only be lost."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=2)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if urlsplit(request.url or "").path.rpartition("/")[2] not in READS:
            return False
        if error is not None:
            return isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError) and not isinstance(
                error, aiohttp.ClientConnectorError
            )
        if response is None:
            return False
        if response.status_code == 429:
            wait = _asked_to_wait(response)
            return wait is not None and wait <= _PATIENT
        return response.status_code in (500, 502, 503, 504)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait as long as Slack asks, or a moment."""
        if response is not None and response.status_code == 429:
            await asyncio.sleep(_asked_to_wait(response) or 0)
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)


def _asked_to_wait(response: HttpResponse) -> float | None:
    """Seconds of Retry-After; None when there is none."""
    return _seconds(_header(response, "retry-after"))


def _judged(method: str, response: Any) -> Refused | Away | Slow:
    """What an answer that is no success means; `response` is the library's, or the bare one that was no JSON."""
    data = getattr(response, "data", None)
    said: dict[str, Any] = data if isinstance(data, dict) else {}
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    code = str(said.get("error") or "")
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait = _seconds(_header(response, "retry-after"))
        return Slow(USUAL_WAIT if wait is None else timedelta(seconds=wait), method)
    if status >= 500:
        return Away(f"Slack answers {status}", begun=True)
    if not code:
        return Away(f"something else than Slack answers (status {status})", begun=True)
    messages = (said.get("response_metadata") or {}).get("messages") or said.get("errors") or []
    detail = "; ".join(str(message) for message in messages[:3])
    return Refused(code, str(said.get("needed") or ""), str(said.get("provided") or ""), detail=detail)


def _away(error: BaseException) -> Away:
    """No answer. Only where the connection could not be made is it certain that nothing was done."""
    unmade = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL)
    if isinstance(error, TimeoutError):
        return Away("Slack does not answer in time", begun=not unmade)
    why = str(getattr(error, "strerror", "") or type(error).__name__)  # its own text may have a secret address in it
    host = getattr(error, "host", "")
    return Away(f"Slack is not reached{f' at {host}' if host else ''}: {why}", begun=not unmade)


def _header(response: Any, name: str) -> str:
    headers: dict[str, Any] = getattr(response, "headers", None) or {}
    value = next((value for key, value in headers.items() if key.lower() == name), "")
    return str(value[0] if isinstance(value, list) else value)


def _seconds(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdecimal() else None
