"""The workspace as the rooms of the program use it: whom we are there, who others are, and a word to one person."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bridges.slack.api import Away, Me, Refused, SlackApi, Slow
from bridges.slack.directory import Directory
from bridges.slack.message import Message

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
        about: dict[str, Any] = {"channel": channel, "user": user, "text": message.text}
        if message.blocks:
            about["blocks"] = list(message.blocks)
        try:
            await self.api.call("chat.postEphemeral", **about)
        except (Refused, Away, Slow) as trouble:
            log.info("slack.not_whispered", reason=str(trouble))
