"""The workspace as the rooms of the program use it: whom we are there, who others are, and a word to one person."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.directory import Directory
from bridges.slack.drawing.message import Message

if TYPE_CHECKING:
    from bridges.slack.listen import Answer

#: Body and headers of one request.
Take = Callable[[bytes, Mapping[str, str]], Awaitable["Answer"]]

log = structlog.get_logger()


@dataclass(slots=True)
class Workspace:
    """One connection to Slack's Web API with what is known of the people there."""

    api: SlackApi
    directory: Directory
    me: Me | None = None  # None until Slack has said who we are
    #: Takes what Slack posts to the pages; None when it comes over a socket.
    take: Take | None = None

    async def whisper(self, channel: str, user: str, message: Message) -> None:
        """Say something that one person sees, and only now; when it cannot be said, what was asked for is done anyway."""
        await self._try_to_say("chat.postEphemeral", channel, message, user=user)

    async def write_to(self, user: str, message: Message) -> None:
        """Say it in a direct message, to one who asked from nowhere in particular."""
        try:
            channel = await self.directory.channel_id(user)
        except (Refused, Away, Slow) as trouble:
            log.info("slack.not_whispered", reason=str(trouble))
        else:
            await self._try_to_say("chat.postMessage", channel, message)

    async def _try_to_say(self, method: str, channel: str, message: Message, **about: str) -> None:
        said: dict[str, Any] = {"channel": channel, "text": message.text, **about}
        if message.blocks:
            said["blocks"] = list(message.blocks)
        try:
            await self.api.call(method, **said)
        except (Refused, Away, Slow) as trouble:
            log.info("slack.not_whispered", reason=str(trouble))
