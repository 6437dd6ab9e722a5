"""People, channels and groups of the workspace: who comes, goes, and is renamed."""

from collections.abc import Sequence

from bridges.standins.workspace import api_conversations, api_people
from bridges.standins.workspace.delivery import Delivery
from bridges.standins.workspace.people import Person
from bridges.standins.workspace.posts import change, happened
from bridges.standins.workspace.records import Channel, PersonRecord
from bridges.standins.workspace.room import Room


class Town:
    """Those who are there."""

    room: Room
    delivery: Delivery
    _people: dict[str, Person]

    def add_person(
        self,
        user: str,
        name: str,
        *,
        email: str = "",
        locale: str = "sv-SE",
        tz: str = "Europe/Stockholm",
        guest: bool = False,
        external: bool = False,
        deleted: bool = False,
        real_name: str | None = None,
    ) -> Person:
        """Somebody of this workspace, or of another one in a shared channel."""
        record = PersonRecord(
            id=user,
            name=name,
            handle=(email.partition("@")[0] or name.lower().replace(" ", ".")),
            real_name=name if real_name is None else real_name,
            email=email,
            locale=locale,
            tz=tz,
            guest=guest,
            external=external,
            deleted=deleted,
            team_id="T0ANNAT" if external else "",
        )
        self.room.people[user] = record
        self._people[user] = Person(self.room, user)
        return self._people[user]

    def person(self, user: str) -> Person:
        """Somebody who was added."""
        return self._people[user]

    def change_person(self, user: str, **changes: object) -> None:
        """Somebody has another name, or is gone; the app hears of it."""
        record = self.room.people[user]
        for name, value in changes.items():
            setattr(record, name, value)
        record.updated += 1
        described = api_people.user_object(self.room, record, locale=True)
        event = {"type": "user_change", "user": described, "cache_ts": record.updated, "event_ts": self.room.ts()}
        happened(self.room, "user_change", event)

    def add_channel(
        self,
        channel: str,
        name: str,
        *,
        private: bool = False,
        members: Sequence[str] = (),
        with_app: bool = True,
        archived: bool = False,
        connect: bool = False,
    ) -> Channel:
        """A channel."""
        there = {*members, *((self.room.bot_user,) if with_app else ())}
        made = Channel(id=channel, name=name, private=private, archived=archived, connect=connect, members=there)
        self.room.channels[channel] = made
        return made

    def rename_channel(self, channel: str, name: str) -> None:
        """A channel has another name; the app hears of it."""
        where = self.room.channels[channel]
        where.name = name
        described = {
            "id": channel,
            "name": name,
            "name_normalized": name,
            "created": where.created,
            "is_channel": not where.private,
        }
        kind = "group_rename" if where.private else "channel_rename"
        happened(self.room, kind, {"type": kind, "channel": described, "event_ts": self.room.ts()}, where)

    def archive_channel(self, channel: str, by: str) -> None:
        """A channel is put away; the app hears of it."""
        where = self.room.channels[channel]
        where.archived = True
        event = {"type": "channel_archive", "channel": channel, "user": by, "event_ts": self.room.ts()}
        happened(self.room, "channel_archive", event, where)

    def invite(self, channel: str, user: str, by: str = "") -> None:
        """Somebody, or the app, comes into a channel."""
        api_conversations.enter(self.room, self.room.channels[channel], user, by)

    def remove(self, channel: str, user: str) -> None:
        """Somebody, or the app, leaves a channel."""
        where = self.room.channels[channel]
        event = {
            "type": "member_left_channel",
            "user": user,
            "channel": channel,
            "channel_type": channel[0],
            "team": self.room.team_id,
        }
        happened(self.room, "member_left_channel", {**event, "event_ts": self.room.ts()}, where)
        where.members.discard(user)

    def add_group(self, group: str, handle: str, name: str, users: Sequence[str] = ()) -> None:
        """A group that can be named with @."""
        made = {"id": group, "team_id": self.room.team_id, "is_usergroup": True, "handle": handle, "name": name}
        self.room.groups[group] = {**made, "users": list(users), "user_count": len(users), "date_delete": 0}

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a preview to a message: a change that nobody made."""
        attachment = {
            "from_url": "https://example.org/",
            "title": "Förhandsvisning",
            "id": 1,
            "fallback": "Förhandsvisning",
        }
        change(self.room, self.room.channels[channel], ts, {"attachments": [attachment]})

    def uninstall(self) -> None:
        """The app is thrown out; the last thing it hears is that."""
        for kind, more in (
            ("tokens_revoked", {"tokens": {"oauth": [], "bot": [self.room.bot_user]}}),
            ("app_uninstalled", {}),
        ):
            happened(self.room, kind, {"type": kind, **more, "event_ts": self.room.ts()})
        self.room.token_error = "account_inactive"  # noqa: S105

    async def verify_request_url(self) -> bool:
        """Whether the request URL answers the challenge."""
        return await self.delivery.verify()

    def revoke(self, error: str = "token_revoked") -> None:
        """The app's tokens are worth nothing any more."""
        self.room.token_error = error
