"""Files that go along with a post: they are put into its thread, or linked to when Slack does not take them."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol

import structlog

from bridges.mail.letter import FileView
from bridges.slack.api import Away, Me, Refused, SlackApi
from bridges.slack.found import messages
from bridges.slack.own import OUR_METADATA, is_ours
from bridges.slack.posts import Place, Posts, Say
from bridges.slack.trouble import Means, judged
from bridges.slack.words.to_slack import escape
from bridges.texts import Texts

log = structlog.get_logger()


#: Seconds that Slack takes, at most as a rule, to show files that it has taken.
APPEARS = 1.5


class Road(Protocol):
    """Calls at Slack's pace; what bridges.slack.speak.SlackBridge has."""

    api: SlackApi
    posts: Posts

    def ask(self, method: str, /, **arguments: Any) -> Awaitable[dict[str, Any]]: ...
    def write(self, method: str, channel: str, /, **arguments: Any) -> Awaitable[dict[str, Any]]: ...


class Files:
    """The files of one post."""

    def __init__(self, road: Road) -> None:
        self._road = road

    async def share(self, said: Say, thread: Place, there: frozenset[tuple[str, int]], language: str) -> None:
        """Put the files that are not `there` yet into the thread; none is lost. Raises what calls raise."""
        missing = [
            file for file in said.files if (file.name, file.size) not in there and (_key(said, file), 0) not in there
        ]
        handed: list[tuple[str, FileView]] = []
        for file in missing:
            if (content := await self._road.posts.bytes_of(file)) is None:
                continue  # it was erased meanwhile
            try:
                handed.append((await self._hand_over(file, content), file))
            except Refused as refused:
                await self._link(said, file, thread, language, refused)
        if not handed:
            return
        try:
            await self._road.write(
                "files.completeUploadExternal",
                thread.channel,
                files=[{"id": number, "title": file.name} for number, file in handed],
                channel_id=thread.channel,
                thread_ts=thread.ts,
            )
        except Refused as refused:
            for _, file in handed:
                await self._link(said, file, thread, language, refused)
        except Away:
            await asyncio.sleep(APPEARS)  # then the next try finds what this one may have sent
            raise

    async def remove_ours(self, card: Place, me: Me) -> None:
        """Take away what we have put into the card's thread; what people wrote there is theirs."""
        try:
            thread = await messages(self._road.ask, card.channel, card.ts, "0")
        except Refused:
            return  # the card is gone already
        for message in thread:
            ts = str(message.get("ts") or "")
            if ts == card.ts or not is_ours(message, me):
                continue
            for file in message.get("files") or []:  # with the message alone gone, Slack would keep it
                await self._away_with("files.delete", file=str(file.get("id") or ""))
            await self._away_with("chat.delete", channel=card.channel, ts=ts)

    async def _away_with(self, method: str, **what: str) -> None:
        try:
            await self._road.ask(method, **what)
        except Refused as refused:
            log.info("slack.gone_already", method=method, code=refused.code)

    async def _hand_over(self, file: FileView, content: bytes) -> str:
        """Give Slack the bytes; nobody sees them yet. Answers the file's number."""
        said = await self._road.ask("files.getUploadURLExternal", filename=file.name, length=len(content))
        await self._road.api.upload(str(said.get("upload_url") or ""), content)
        return str(said.get("file_id") or "")

    async def _link(self, said: Say, file: FileView, thread: Place, language: str, refused: Refused) -> None:
        """Say where it is instead."""
        if judged(refused).means is Means.EVERYONE:
            raise refused
        log.warning("slack.file_refused", file=file.id, code=refused.code)
        t, link = Texts(language), self._road.posts.link(file)
        where = t.t("The file {name} ({size}) is here: {url}", name=link.name, size=t.size(link.size), url=link.url)
        await self._road.write(
            "chat.postMessage",
            thread.channel,
            channel=thread.channel,
            thread_ts=thread.ts,
            text=escape(where),
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": OUR_METADATA, "event_payload": {"key": _key(said, file)}},
        )


def _key(said: Say, file: FileView) -> str:
    return f"{said.key}#{file.id}"
