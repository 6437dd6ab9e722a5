"""Which words of a post notify people: what must never come out of a mail."""

import re
from collections.abc import Iterator
from typing import Any

from bridges.standins.workspace.records import Json

#: Markup that always notifies, unless it is escaped.
MARKUP = re.compile(r"<(?:!(?:channel|here|everyone|group)|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)(?:\|[^<>]*)?>")
#: What Slack turns into markup where it may touch plain words.
PLAIN = re.compile(r"(?<![\w@.])@(?:here|channel|everyone)\b", re.IGNORECASE)
_RICH = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}


def pings_in_text(text: str, *, names: bool) -> list[str]:
    """Of a message's `text`; `names`: parse=full or link_names was asked for."""
    return MARKUP.findall(text) + (PLAIN.findall(text) if names else [])


def pings_in_blocks(blocks: Any) -> list[str]:
    """Of blocks: mrkdwn everywhere, plain words unless verbatim, rich text by its elements."""
    return list(_walk(blocks))


def _walk(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _walk(one)
    elif isinstance(thing, dict):
        kind = thing.get("type")
        if kind == "mrkdwn":
            yield from MARKUP.findall(str(thing.get("text")))
            if not thing.get("verbatim"):
                yield from PLAIN.findall(str(thing.get("text")))
        elif kind == "markdown":
            yield from MARKUP.findall(str(thing.get("text")))
            yield from PLAIN.findall(str(thing.get("text")))
        elif kind in _RICH and _RICH[kind] in thing:
            yield f"{kind}:{thing[_RICH[kind]]}"
        elif kind not in ("plain_text", "text"):
            for one in thing.values():
                yield from _walk(one)


def pings_of(post: Json, *, names: bool) -> list[str]:
    """Everything in a post that notifies."""
    return pings_in_text(str(post.get("text", "")), names=names) + pings_in_blocks(post.get("blocks") or [])
