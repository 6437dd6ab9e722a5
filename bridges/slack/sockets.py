"""One Socket Mode connection: what Slack says on it is taken and acknowledged, until it is lost or Slack asks us to leave."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bridges.slack.api import Away

#: Takes one payload with its headers, and says how it went; 200 is acknowledged.
Take = Callable[[dict[str, Any], Mapping[str, Any]], Awaitable[BoltResponse]]

#: Seconds that requests under way have to finish when a connection is closed; then Slack sends them again.
_DRAIN = 0.5
#: Seconds for saying goodbye.
_GOODBYE = 0.5


class _Client(SocketModeClient):
    """Slack's client, which leaves it to the ear when to connect again, and how often: that is rationed."""

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Called on "disconnect" and on a broken connection; the ear has seen both."""


class _Overheard(logging.Handler):
    """What the client only tells its log: why it could not connect. Nothing is written, as it may quote tickets."""

    def __init__(self, told: Callable[[BaseException], None]) -> None:
        super().__init__(logging.ERROR)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self._told(record.exc_info[1])


class Socket:
    """Opened once, closed once; another is made in its place."""

    def __init__(self, web_client: AsyncWebClient, app_token: str, take: Take, ping_seconds: float) -> None:
        self._take = take
        self._clock = asyncio.get_running_loop().time
        self._failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._busy: set[asyncio.Task[Any]] = set()
        logger = logging.Logger("slack.socket", logging.ERROR)  # noqa: LOG001  outside the tree: nothing is written
        logger.addHandler(_Overheard(self._fail))
        self._client = _Client(
            app_token,
            logger,
            web_client=web_client,
            auto_reconnect_enabled=False,
            ping_interval=ping_seconds,
            on_message_listeners=[self._heard],
            on_error_listeners=[self._lost],
            on_close_listeners=[self._lost],
        )
        self._client.socket_mode_request_listeners.append(self._answer)
        self._heard_at = self._clock()
        #: Set when there is reason to look at once.
        self.news = asyncio.Event()
        #: Why Slack asks us to leave: "warning", "refresh_requested", "link_disabled", "too_many_websockets"; "" = stay.
        self.leave = ""

    async def connect(self, url: str, patience: float) -> None:
        """Connect to where apps.connections.open said. Raises Away."""
        self._client.wss_uri = url
        connecting = asyncio.create_task(self._client.connect())  # type: ignore[no-untyped-call]
        try:
            await asyncio.wait([connecting, self._failed], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done() or self._failed.done():
                why = self._failed.result() if self._failed.done() else TimeoutError()
                raise Away(f"the socket does not open: {type(why).__name__}", begun=False)
            connecting.result()
        except BaseException:
            connecting.cancel()
            await asyncio.wait([connecting])
            await self.close()
            raise

    async def connected(self) -> bool:
        """Whether pings come back."""
        return await self._client.is_connected()

    @property
    def quiet_for(self) -> float:
        """Seconds since Slack last said anything."""
        return self._clock() - self._heard_at

    async def close(self) -> None:
        """Let what is under way finish, say goodbye, and leave no task behind. Never takes long."""
        if self._busy:
            _, late = await asyncio.wait(self._busy, timeout=_DRAIN)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        client = self._client
        try:
            async with asyncio.timeout(_GOODBYE):
                await client.close()  # type: ignore[no-untyped-call]
        except (TimeoutError, OSError):
            pass
        finally:
            tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
            left = [task for task in tasks if task is not None]
            for each in left:
                each.cancel()
            await asyncio.wait(left)
            await client.aiohttp_client_session.close()

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
        response = await self._take(dict(request.payload), build_headers(request) or {})
        await send_async_response(client, request, response, time.time())

    async def _heard(self, message: WSMessage) -> None:
        self._heard_at = self._clock()
        if isinstance(message.data, str) and '"disconnect"' in message.data:
            frame = _frame(message.data)
            if isinstance(frame, dict) and frame.get("type") == "disconnect":
                self.leave = str(frame.get("reason") or "refresh_requested")
                self.news.set()

    async def _lost(self, message: WSMessage) -> None:
        self.news.set()

    def _fail(self, error: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_result(error)


def _frame(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
