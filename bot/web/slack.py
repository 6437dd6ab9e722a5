"""Slack over HTTP: what Slack sends here is handed on, and Slack is told whether it was taken."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.edge import BODY_SECONDS

if TYPE_CHECKING:  # pages without Slack do not load Slack's libraries
    from bridges.slack.listen import Answer

#: Takes body and headers; sees to it that Slack has signed them.
Take = Callable[[bytes, Mapping[str, str]], Awaitable["Answer"]]


class SlackEvents:
    """The address that events, commands, submissions and presses are posted to."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def post(self, request: Request) -> Response:
        """Events come as JSON, the rest as forms; the signature is over the bytes, so they are passed on as they are."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.body()
        except TimeoutError as error:
            raise HTTPException(408, headers={"Connection": "close"}) from error
        answer = await self._take(body, request.headers)
        return Response(answer.body, answer.status, media_type=answer.content_type)
