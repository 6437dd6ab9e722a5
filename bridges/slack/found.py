"""A post that may have been made already is looked for in the channel, by the key it carries."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bridges.slack.api import Me
from bridges.slack.own import OUR_METADATA, is_ours
from bridges.slack.posts import Say

#: Clocks differ: so long before it was planned it may have been posted.
_SLACK = timedelta(seconds=60)
#: Messages a page, and pages at most; Slack allows some fifty pages a minute.
_PAGE, _PAGES = 200, 10

Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A post that was made by an earlier try."""

    ts: str
    files: frozenset[tuple[str, int]]  # name and bytes of its files that stand in the thread


async def find(ask: Ask, me: Me, channel: str, under: str, said: Say) -> Found | None:
    """The post with this key, with its files; None when it is not there."""
    oldest = f"{(said.since - _SLACK).timestamp():.6f}"
    if under:
        thread = await messages(ask, channel, under, oldest)
        post = _this(thread, me, said, oldest)
        return None if post is None else Found(post, files_after(thread, me, post, said.key))
    history = await _pages(ask, "conversations.history", channel=channel, oldest=oldest)
    post = _this(history, me, said, oldest)
    if post is None:
        return None
    if not said.files:
        return Found(post, frozenset())
    return Found(post, files_after(await messages(ask, channel, post, "0"), me, post, said.key))


async def messages(ask: Ask, channel: str, ts: str, oldest: str) -> list[Mapping[str, Any]]:
    """What stands in a thread."""
    return await _pages(ask, "conversations.replies", channel=channel, ts=ts, oldest=oldest)


def files_after(thread: list[Mapping[str, Any]], me: Me, ts: str, key: str) -> frozenset[tuple[str, int]]:
    """The files of ours that stand between the post and the next one of ours; those were sent with it. A file that
    became a link (a text with the key and its number) is among them.
    """
    found: set[tuple[str, int]] = set()
    for message in sorted(thread, key=lambda one: str(one.get("ts") or "")):
        if str(message.get("ts") or "") <= ts or not is_ours(message, me):
            continue
        carried = key_of(message)
        if carried.startswith(f"{key}#"):
            found.add((carried, 0))
        elif carried:
            break
        for file in message.get("files") or []:
            found.add((str(file.get("name") or ""), int(file.get("size") or 0)))
    return frozenset(found)


def key_of(message: Mapping[str, Any]) -> str:
    """The key that a post of ours carries; "" when it carries none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != OUR_METADATA:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")


def _this(found: list[Mapping[str, Any]], me: Me, said: Say, oldest: str) -> str | None:
    """The post by its key; where none of ours shows a key, as when history is told without metadata, by its words."""
    keyed = {key_of(message): str(message.get("ts") or "") for message in reversed(found)}
    if said.key in keyed:
        return keyed[said.key]
    if any(keyed):
        return None
    same = [message for message in found if is_ours(message, me) and message.get("text") == said.message.text]
    return next((ts for message in same if (ts := str(message.get("ts") or "")) >= oldest), None)


async def _pages(ask: Ask, method: str, **about: Any) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(_PAGES):
        more = {"cursor": cursor} if cursor else {}
        said = await ask(method, include_all_metadata=True, limit=_PAGE, **about, **more)
        found += said.get("messages") or []
        cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found
