"""Who and where: people, channels and groups of the workspace, looked up when they are met and never listed whole."""

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog

from bridges.slack.api import Away, Refused, SlackApi, Slow

if TYPE_CHECKING:
    from bridges.slack.words.from_slack import Mentioned, Names

log = structlog.get_logger()

#: How long what Slack said is taken for true, and how long that somebody is unknown.
FRESH, UNKNOWN_FRESH = timedelta(hours=1), timedelta(minutes=5)
#: How many of a sort are remembered, and how many mentions of one message are looked up.
MOST, MOST_MENTIONS = 5_000, 50
#: Channels a page, and pages at most: a workspace with more than 20,000 channels is named by ids.
_PAGE, _PAGES = 200, 100
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}")
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
V = TypeVar("V")
_BOTH, _PUBLIC = "public_channel,private_channel", "public_channel"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace, as Slack knows them."""

    id: str
    name: str  # as people see it
    language: str  # "sv" or "en"
    zone: str  # "Europe/Stockholm"; "" = not said
    guest: bool
    external: bool  # of another organisation (Slack Connect)
    deleted: bool
    bot: bool


class Known(Generic[V]):
    """What was looked up, as long as it is fresh; those who ask for the same at once ask Slack once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._found: OrderedDict[str, tuple[datetime, V]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def get(self, key: str, ask: Callable[[], Awaitable[V]]) -> V:
        """What is known, or what Slack says now."""
        if (known := self._fresh(key)) is not None:
            return known[1]
        lock = self._asking.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                if (known := self._fresh(key)) is not None:
                    return known[1]
                value = await ask()
                self.note(key, value)
                return value
        finally:
            if not lock.locked():
                self._asking.pop(key, None)

    def note(self, key: str, value: V) -> None:
        """Remember it from now on."""
        until = self._now() + (UNKNOWN_FRESH if value is None else FRESH)
        self._found[key] = (until, value)
        self._found.move_to_end(key)
        while len(self._found) > MOST:
            self._found.popitem(last=False)

    def forget(self, key: str) -> None:
        """It may have changed."""
        self._found.pop(key, None)

    def forget_value(self, value: V) -> None:
        """Whatever led here may not any more."""
        for key in [key for key, (_, known) in self._found.items() if known == value]:
            del self._found[key]

    def _fresh(self, key: str) -> tuple[datetime, V] | None:
        known = self._found.get(key)
        return known if known is not None and self._now() < known[0] else None


class Directory:
    """One workspace's people and places, remembered for an hour."""

    def __init__(self, api: SlackApi, now: Callable[[], datetime]) -> None:
        self._api = api
        self._people: Known[Person | None] = Known(now)
        self._channels: Known[str] = Known(now)  # id → name
        self._places: Known[str] = Known(now)  # name, or user → id of the conversation
        self._groups: Known[Mapping[str, str]] = Known(now)
        self._home = ""  # the team of the app

    async def person(self, user_id: str) -> Person | None:
        """Who this is; None when Slack does not know them. Raises Away or Slow."""
        return await self._people.get(user_id, lambda: self._ask_person(user_id))

    async def channel_name(self, channel_id: str) -> str:
        """What the channel is called, without #; "" when Slack does not say."""

        async def ask() -> str:
            try:
                said = await self._api.call("conversations.info", channel=channel_id)
            except Refused:
                return ""
            return str((said.get("channel") or {}).get("name") or "")

        return await self._channels.get(channel_id, ask)

    async def group_name(self, group_id: str) -> str:
        """What a group of users is called, without @; "" when Slack does not say. Groups are few: read in one go."""

        async def ask() -> Mapping[str, str]:
            try:
                said = await self._api.call("usergroups.list")
            except Refused:
                return {}
            groups = said.get("usergroups") or []
            return {str(group.get("id")): str(group.get("handle") or group.get("name") or "") for group in groups}

        return (await self._groups.get("", ask)).get(group_id, "")

    async def channel_id(self, address: str) -> str:
        """The conversation that is meant by an id, a name with or without #, or a user's id (then the direct messages
        with them). Raises Refused when there is none.
        """
        address = address.strip()
        if _CHANNEL.fullmatch(address):
            return address
        if _USER.fullmatch(address):
            return await self._places.get(address, lambda: self._open_with(address))
        name = address.removeprefix("#").lower()
        return await self._places.get(f"#{name}", lambda: self._find(name))

    async def names(self, mentioned: "Mentioned") -> "Names":
        """The names of those who are mentioned; whoever cannot be looked up is left out, and the message is kept."""
        from bridges.slack.words.from_slack import Names  # noqa: PLC0415  the words need no connection to be tested

        async def person(user_id: str) -> str:
            found = await self.person(user_id)
            return found.name if found else ""

        return Names(
            people=await _each(mentioned.people, person),
            channels=await _each(mentioned.channels, self.channel_name),
            groups=await _each(mentioned.groups, self.group_name),
        )

    def forget(self, changed_id: str) -> None:
        """A person or a channel has changed, as Slack just said."""
        self._people.forget(changed_id)
        self._channels.forget(changed_id)
        self._places.forget(changed_id)
        self._places.forget_value(changed_id)

    # -- asking Slack -----------------------------------------------------------------------------------------------

    async def _ask_person(self, user_id: str) -> Person | None:
        try:
            user = (await self._api.call("users.info", user=user_id, include_locale=True)).get("user") or {}
        except Refused as refused:  # those of other organisations are often not found
            if refused.code in ("user_not_found", "user_not_visible", "users_not_found"):
                return None
            raise
        if not self._home:
            self._home = (await self._api.whoami()).team_id
        return _person(user_id, user, self._home)

    async def _open_with(self, user_id: str) -> str:
        said = await self._api.call("conversations.open", users=user_id)
        return str((said.get("channel") or {}).get("id") or "")

    async def _find(self, name: str) -> str:
        """Among the channels that the app is in, which are few; then among all, page by page."""
        found = ""
        with contextlib.suppress(Refused, Away):  # a workspace that does not answer this may answer the next question
            found = await self._look_through("users.conversations", name)
        found = found or await self._look_through("conversations.list", name)
        if not found:
            raise Refused("channel_not_found")
        return found

    async def _look_through(self, method: str, name: str) -> str:
        types, cursor = _BOTH, ""
        for _ in range(_PAGES):
            try:
                said = await self._api.call(method, types=types, exclude_archived=False, limit=_PAGE, cursor=cursor)
            except Refused as refused:
                if refused.code != "missing_scope" or types == _PUBLIC:
                    raise
                types = _PUBLIC  # an app may do without private channels
                continue
            for channel in said.get("channels") or []:
                if channel.get("name") == name or channel.get("name_normalized") == name:
                    return str(channel.get("id") or "")
            cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return ""
        return ""


async def _each(ids: Collection[str], look_up: Callable[[str], Awaitable[str]]) -> dict[str, str]:
    found = {}
    for one in sorted(ids)[:MOST_MENTIONS]:
        try:
            name = await look_up(one)
        except (Refused, Away, Slow) as error:
            log.info("slack.name_not_found", id=one, reason=str(error))
            continue
        if name:
            found[one] = name
    return found


def _person(user_id: str, user: Mapping[str, Any], home: str) -> Person:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    team = str(user.get("team_id") or profile.get("team") or "")
    locale = str(user.get("locale") or "").lower()
    return Person(
        id=user_id,
        name=next((str(name).strip() for name in names if name and str(name).strip()), ""),
        language="sv" if not locale or locale.startswith("sv") else "en",
        zone=str(user.get("tz") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        external=bool(user.get("is_stranger")) or bool(team and home and team != home),
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")) or user_id == "USLACKBOT",
    )
