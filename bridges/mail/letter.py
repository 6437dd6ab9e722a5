"""What a letter is made of, before it has words: the list it comes from, and the item, answer or notice in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bridges.edition import Edition
from bridges.mail.calendar_out import EventView
from bridges.mail.headers import one_line
from bridges.mentions import MentionView
from storage.ids import ItemId, MessageId
from storage.words import Intent, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHouse:
    """The list as its letters speak for it."""

    name: str  # of the network
    address: str
    public_url: str  # without a slash at the end
    timezone: str
    attachment_mb: int = 10  # of one letter's attachments together; the rest are links
    verp: bool = True  # the envelope sender names the letter and its reader; False: it is the list address

    def sub(self, tag: str) -> str:
        """A subaddress of the list."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{tag}@{domain}"

    def page(self, path: str) -> str:
        """The address of a page."""
        return f"{self.public_url}/{path}"

    def file(self, file: "FileView") -> str:
        """Where a file is on the web."""
        return self.page(f"a/{file.id}/{quote(one_line(file.name), safe='')}")

    def today(self, now: datetime) -> date:
        """The date where the network is."""
        return now.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it, as far as it is known and not erased."""

    name: str = ""
    email: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file of an item or an answer."""

    id: int
    name: str
    content_type: str
    size: int
    content: bytes | None = None  # None: it does not go along, the letter links to it


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLetter:
    """An item for those who take each."""

    language: str  # of the reader: the frame; the text stays as it was written
    message_id: MessageId
    created_at: datetime
    now: datetime
    references: tuple[MessageId, ...] = ()  # earlier revisions of it
    thread: str  # the token of its thread
    item_id: ItemId
    kind: Kind
    intent: Intent = Intent.NEW
    title: str
    text: str  # neutral Markdown
    text_language: str = "sv"
    topics: tuple[str, ...] = ()
    author: Author
    event: EventView | None = None
    was: EventView | None = None  # of a change: when and where it was before
    other_events: tuple[EventView, ...] = ()
    mentions: tuple[MentionView, ...] = ()  # what it tells of beside its own
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLetter:
    """An answer, for those who follow the thread."""

    language: str
    message_id: MessageId
    created_at: datetime
    references: tuple[MessageId, ...]  # the item's ids, then its parent's; the last is what it answers
    thread: str
    item_id: ItemId
    title: str  # of the item
    text: str
    text_language: str = "sv"
    author: Author
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLetter:
    """A held post, for the editors; each copy binds its editor."""

    language: str
    message_id: MessageId
    created_at: datetime
    now: datetime
    title: str
    kind: Kind | None
    text: str
    sender: str
    sender_name: str = ""
    reason: str
    people: int
    files: tuple[tuple[str, int], ...] = ()  # name, size
    event: EventView | None = None  # when and where, as it was understood
    same_id: int = 0  # the item whose event it may tell of; 0 = none
    same_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter:
    """A word from Brygga to one person."""

    language: str
    message_id: MessageId
    created_at: datetime
    now: datetime
    params: Mapping[str, Any]  # Content.data: {"notice": NAME, …}
    kind: Kind | None = None  # of the item it is about
    references: tuple[MessageId, ...] = ()  # the mail it answers
    member: bool = True  # False: a stranger, who has nothing to undo or to leave


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLetter:
    """The digest of a week, for those who get the same rows of it. Its copies bring Message-IDs of their own
    (`Slot.MESSAGE`): they differ in more than a token, and a mail program shows one of several letters with one id.
    """

    language: str
    message_id: MessageId  # of the content; no copy goes out with it
    created_at: datetime
    edition: Edition  # with these readers' rows alone


Letter = ItemLetter | CommentLetter | DeskLetter | DigestLetter | NoticeLetter


def choose_attached(files: Iterable[FileView], megabytes: int, *, calendar: bool = False) -> frozenset[int]:
    """Which files go with a letter: in order, as long as they fit together; the others become links. `calendar`: our
    own calendar file goes along, so the sender's stays on the web (it may ask for answers that only they can read).
    """
    left, chosen = megabytes * 1_000_000, set()
    for file in files:
        ours_instead = calendar and file.content_type.lower().startswith("text/calendar")
        if file.size <= left and not ours_instead:
            left -= file.size
            chosen.add(file.id)
    return frozenset(chosen)
