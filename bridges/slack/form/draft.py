"""What a person fills in to share something, between the form that Slack shows and the ledger."""

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Self

from storage.words import Attendance, Audience, Kind

LONGEST_TITLE: Final = 300  # characters
LONGEST_TEXT: Final = 3000  # characters that a field of Slack's takes
LONGEST_URL: Final = 3000
MOST_FILES: Final = 10

#: What a row of the database can number.
_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackFile:
    """A file that lies in Slack, as messages and forms name it."""

    id: str
    name: str = ""
    content_type: str = ""
    size: int = 0  # bytes; 0 = Slack has not measured it yet
    url: str = ""  # where the app downloads it
    permalink: str = ""  # where people look at it
    mode: str = ""  # "hosted", "tombstone" (deleted), "hidden_by_limit", "external", …

    @classmethod
    def of(cls, file: object) -> Self:
        """From Slack's JSON; whatever is odd in it is empty here."""
        given = file if isinstance(file, Mapping) else {}
        return cls(
            id=_line(given.get("id")),
            name=_line(given.get("name")) or _line(given.get("title")),
            content_type=_line(given.get("mimetype")),
            size=max(0, whole_number(given.get("size")) or 0),
            url=_line(given.get("url_private_download")) or _line(given.get("url_private")),
            permalink=_line(given.get("permalink")),
            mode=_line(given.get("mode")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something about to be shared, as far as it is filled in."""

    kind: Kind = Kind.INVITATION
    title: str = ""
    text: str = ""  # as it stands in the field; `form.words.typed` makes neutral Markdown of it
    start: datetime | None = None  # aware
    end: datetime | None = None  # aware
    all_day: bool = False
    when_text: str = ""  # "v. 47", when the day is not known
    mode: Attendance | None = None
    place: str = ""
    online_url: str = ""
    registration_url: str = ""  # an address of the web, or of mail ("mailto:…")
    registration_deadline: date | None = None
    topics: tuple[str, ...] = ()
    audience: Audience = Audience.ALL
    files: tuple[SlackFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Meta:
    """What a form remembers while it is open; Slack hands it back with the answers.

    It only says what the form was opened for. Who may do it is asked again when the answers come.
    """

    lang: str = "sv"
    channel: str = ""  # of the message that it was opened from
    ts: str = ""  # likewise
    item_id: int | None = None  # an item that is edited
    held_id: int | None = None  # a held post that is put right
    mention_id: int | None = None  # something that a letter tells of, which is shared

    @classmethod
    def of(cls, view: object) -> Self:
        """From a view; text that is not ours says nothing."""
        packed = view.get("private_metadata") if isinstance(view, Mapping) else None
        try:
            said = json.loads(packed) if isinstance(packed, str) else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return cls()
        return cls(
            lang=_line(said.get("lang"))[:10] or "sv",
            channel=_line(said.get("channel"))[:100],
            ts=_line(said.get("ts"))[:100],
            item_id=_row(said.get("item_id")),
            held_id=_row(said.get("held_id")),
            mention_id=_row(said.get("mention_id")),
        )

    def packed(self) -> str:
        """As it stands in `private_metadata`, far below the 3,000 characters that Slack keeps."""
        said = {"lang": self.lang[:10], "channel": self.channel[:100], "ts": self.ts[:100]}
        ids = {"item_id": self.item_id, "held_id": self.held_id, "mention_id": self.mention_id}
        return json.dumps(said | {name: number for name, number in ids.items() if number is not None})


# -- text as a database can keep it ---------------------------------------------------------------------------------------


def clean(value: object) -> str:
    """Text from outside with line ends of one sort, without control characters and halves of letters; "" if not text."""
    if not isinstance(value, str):
        return ""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_kept(char) for char in lines).strip()


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" and char not in "\n\t" else char


def _line(value: object) -> str:
    return " ".join(clean(value).split())


def whole_number(value: Any) -> int | None:
    """A number, also when it is written as text or with a decimal point; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            return int(value) if len(value) <= 20 and value.strip().lstrip("-").isdecimal() else None
        return int(value) if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)) else None
    except ValueError:
        return None


def _row(value: object) -> int | None:
    number = whole_number(value)
    return number if number is not None and 0 < number <= _LARGEST_ID else None


def cut(text: str, limit: int) -> str:
    """The beginning of `text`, at most `limit` characters as Slack counts them (some signs count twice), at a word's end."""
    if len(text) <= limit and len(text) + sum(char > "\uffff" for char in text) <= limit:
        return text
    room, end = limit - 1, 0
    for char in text:
        room -= 2 if char > "\uffff" else 1
        if room < 0:
            break
        end += 1
    short = text[:end]
    at_word = max(short.rfind(" "), short.rfind("\n"))
    return (short[:at_word] if at_word > end // 2 else short).rstrip() + "…"
