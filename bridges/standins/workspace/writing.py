"""What a person writes in the workspace."""

from collections.abc import Sequence

from bridges.standins.workspace.api_chat import react
from bridges.standins.workspace.api_files import share, store
from bridges.standins.workspace.posts import change, put, take_away
from bridges.standins.workspace.records import Channel, Json, StoredFile
from bridges.standins.workspace.room import Room
from bridges.standins.workspace.typed import rich_text, text_of

#: A file as a test gives it: name, type, bytes; or one that is stored already.
FileIn = tuple[str, str, bytes] | StoredFile


class Writing:
    """Somebody who writes."""

    def __init__(self, room: Room, user: str) -> None:
        self._room = room
        self.record = room.people[user]
        self.id = user

    @property
    def name(self) -> str:
        """The name others see."""
        return self.record.name

    @property
    def errors(self) -> list[str]:
        """What Slack told this person when the app did not answer as it must."""
        return self._room.trouble.setdefault(self.id, [])

    async def say(
        self,
        channel: str,
        text: str = "",
        *,
        thread: str | None = None,
        blocks: list[Json] | None = None,
        files: Sequence[FileIn] = (),
        broadcast: bool = False,
    ) -> str:
        """Write something; its ts."""
        where = self._where(channel)
        message = self._message(text, blocks)
        if files:
            stored = [one if isinstance(one, StoredFile) else store(self._room, self.id, *one) for one in files]
            return share(self._room, where, message, stored, thread=thread or "", broadcast=broadcast)
        return put(self._room, where, message, thread=thread or "", broadcast=broadcast)

    def _message(self, text: str, blocks: list[Json] | None) -> Json:
        made = blocks if blocks is not None else rich_text(text)
        message: Json = {
            "user": self.id,
            "type": "message",
            "client_msg_id": self._room.uuid(),
            "text": text_of(made) if blocks is None else text,
            "team": self.record.team_id or self._room.team_id,
        }
        if self.record.external:
            message |= {"user_team": self.record.team_id, "source_team": self.record.team_id}
        return message | (
            {"blocks": [{**block, "block_id": self._room.new_id("", 6)} for block in made]} if made else {}
        )

    def _where(self, channel: str) -> Channel:
        where = self._room.channels[channel]
        if self.id not in where.members:
            raise LookupError(f"{self.id} is not in {channel}")
        return where

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Write one's message anew."""
        made = self._message(text, None)
        changes = {"text": made["text"], "blocks": made.get("blocks")}
        change(self._room, self._where(channel), ts, changes, by=self.id)

    async def delete(self, channel: str, ts: str) -> None:
        """Take a message away: one's own, or as a moderator."""
        take_away(self._room, self._where(channel), ts)

    async def react(self, channel: str, ts: str, name: str) -> None:
        """React to a message."""
        react(self._room, self._where(channel), ts, self.id, name)
