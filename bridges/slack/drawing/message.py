"""What Slack is shown, before anybody decides where: a message, and what cards are drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bridges.mail.calendar_out import EventView
from bridges.mentions import MentionView
from storage.ids import CommentId, HeldId, ItemId
from storage.words import Audience, Intent, ItemStatus, Kind

#: One Block Kit block, view or element, as Slack's JSON has it.
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What a post says. `text` says all that the blocks say: it is what screen readers read, and what search finds."""

    text: str  # mrkdwn, escaped; at most 4,000 characters
    blocks: Sequence[Block] = ()
    username: str = ""  # shown in place of the app's name; "" = the app's own


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A file that is linked to instead of going along."""

    name: str
    size: int  # bytes
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item as its card shows it."""

    item_id: ItemId
    kind: Kind
    intent: Intent = Intent.NEW
    status: ItemStatus = ItemStatus.PUBLISHED
    title: str
    text: str  # neutral Markdown, whole; the card shows its beginning
    author: str  # "" = erased or not known
    cluster: str  # the name; "" = none
    by_mail: bool  # the author sent it by mail
    event: EventView | None = None
    topics: Sequence[str] = ()
    audience: Audience = Audience.ALL
    files: Sequence[FileLink] = ()  # those too large to go along
    sign_ups: Mapping[str, int] = field(default_factory=dict)  # "yes", "maybe", "no"
    sign_up_clusters: int = 0  # clusters that those who said yes come from
    comments: int = 0
    votes: int = 0  # for a tip
    url: str  # its page
    today: date  # where the network is
    sharers: Sequence[str] = ()  # who shared it too
    mentions: Sequence[MentionView] = ()  # what it tells of beside its own
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentView:
    """An answer as its thread shows it."""

    comment_id: CommentId
    text: str  # neutral Markdown
    author: str
    cluster: str
    by_mail: bool = True
    correction: bool = False  # its author corrects what they said before
    files: Sequence[FileLink] = ()
    url: str  # the item's page


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """A held post as the desk shows it, before and after the decision."""

    held_id: HeldId
    title: str
    text: str  # neutral Markdown
    kind: Kind | None
    sender: str  # an address, or "" for one who shares in Slack
    sender_name: str
    reason: str  # a stable slug
    people: int  # how many get it by mail if it is sent on
    event: EventView | None = None  # when and where, as it was understood
    same_title: str = ""  # of the item whose event it may tell of
    same_url: str = ""
    files: Sequence[tuple[str, int]] = ()  # name, bytes
    decision: str = ""  # "", "released", "merged", "rejected", "taken_back"
    decided_by: str = ""
    decided_at: datetime | None = None
    timezone: str = "Europe/Stockholm"
    today: date
