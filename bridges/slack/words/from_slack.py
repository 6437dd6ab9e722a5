"""A Slack message as neutral Markdown: what the person wrote, with names and times as words, and nothing that calls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridges.markdown import to_plain
from bridges.neutral import Part, write
from bridges.slack.words.mrkdwn import mrkdwn
from bridges.slack.words.other_blocks import attachment_parts, is_preview, read_blocks
from bridges.slack.words.reader import Names, Reader
from bridges.slack.words.rich_text import objects, text

__all__ = ["Mentioned", "Names", "mentioned", "plain_of", "to_neutral"]

_MENTION = re.compile(r"<(?:@([UW][A-Z0-9]+)|#([CGD][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+))")
_IDS = {"user": "user_id", "channel": "channel_id", "usergroup": "usergroup_id"}
_UNWRAPPED = 1_000_000  # characters: each line whole


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The ids of those that a message mentions."""

    people: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


def mentioned(message: Mapping[str, Any]) -> Mentioned:
    """Whom a message mentions, in whatever part of what is read of it."""
    found: dict[str, set[str]] = {kind: set() for kind in _IDS}
    left: list[object] = [message.get(key) for key in ("text", "blocks", "attachments")]
    while left:
        match left.pop():
            case str() as words:
                for person, channel, group in _MENTION.findall(words):
                    for kind, name in zip(_IDS, (person, channel, group), strict=True):
                        found[kind] |= {name} - {""}
            case list() as each:
                left += each
            case Mapping() as element:
                kind = text(element.get("type"))
                found.get(kind, set()).add(text(element.get(_IDS.get(kind, ""))))
                left += element.values()
    people, channels, groups = (frozenset(found[kind] - {""}) for kind in _IDS)
    return Mentioned(people, channels, groups)


def to_neutral(message: Mapping[str, Any], names: Names, *, zone: str, lang: str) -> str:
    """Neutral Markdown of a message: of its blocks where it has any that can be read, else of its text."""
    reader = Reader.of(names, zone, lang)
    reading = read_blocks(message.get("blocks"), reader)
    md = write(reading.parts)
    if not (md and reading.whole):
        verbatim = message.get("mrkdwn") is False
        said = write(mrkdwn(text(message.get("text")), reader, verbatim=verbatim))
        md = said if len(_letters(said)) > len(_letters(md)) else md or said
    attachments = objects(message.get("attachments"))
    own: list[Part] = [part for each in attachments if not is_preview(each) for part in attachment_parts(each, reader)]
    md = "\n\n".join(filter(None, (md, write(own))))
    if not md and not message.get("files"):
        md = write(part for each in attachments for part in attachment_parts(each, reader))
    return md


def plain_of(message: Mapping[str, Any], names: Names | None = None, *, zone: str = "", lang: str = "sv") -> str:
    """The same as plain text, each line whole."""
    return to_plain(to_neutral(message, names or Names(), zone=zone, lang=lang), _UNWRAPPED)


def _letters(md: str) -> str:
    return "".join(char for char in md if char.isalnum())
