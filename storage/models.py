"""The tables: what came in, what is shared, who takes part, and what is to go out to whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Enum, ForeignKey, Index, Integer, LargeBinary, String, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column, relationship

from storage import words
from storage.columns import UtcDateTime, Words
from storage.ids import (
    ClusterId,
    CommentId,
    ContentId,
    DeliveryId,
    Destination,
    HeldId,
    InboxId,
    ItemId,
    MemberId,
    MentionId,
    MessageId,
    ProcessId,
    Week,
)
from storage.words import (
    Answer,
    Attendance,
    Audience,
    ClusterType,
    ContentKind,
    DeliveryState,
    DigestState,
    Doubt,
    EventStatus,
    HeldState,
    InboxState,
    Intent,
    ItemStatus,
    Kind,
    MemberStatus,
    Mode,
    Precision,
    Role,
    Section,
)

#: Row numbers: 64 bits on PostgreSQL, SQLite's own rowid there.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

_ENUMS = tuple(
    word
    for word in vars(words).values()
    if isinstance(word, type) and issubclass(word, StrEnum) and word is not StrEnum
)
_NUMBERS = (ClusterId, CommentId, ContentId, DeliveryId, HeldId, InboxId, ItemId, MemberId, MentionId)
_TEXTS = (Destination, MessageId, ProcessId, Week)


class Base(DeclarativeBase):
    """All tables; enums are stored as their words, so that rows read as sentences in `sqlite3`."""

    type_annotation_map = (
        {datetime: UtcDateTime(), date: Date(), dict[str, Any]: JSON(), tuple[str, ...]: Words()}
        | {
            enum: Enum(enum, native_enum=False, length=20, values_callable=lambda words: [w.value for w in words])
            for enum in _ENUMS
        }
        | dict.fromkeys(_NUMBERS, RowNumber)
        | dict.fromkeys(_TEXTS, String())
    )


# -- who takes part -----------------------------------------------------------------------------------------------


class Cluster(Base):
    """An organisation in the network."""

    __tablename__ = "clusters"

    id: Mapped[ClusterId] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)  # "vreta": permanent, in addresses and commands
    name: Mapped[str]
    region: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    domains: Mapped[tuple[str, ...]] = mapped_column(default=())  # mail domains, lower case
    topics: Mapped[tuple[str, ...]] = mapped_column(default=())  # focus
    contact: Mapped[str] = mapped_column(default="")
    slack_channel: Mapped[str] = mapped_column(default="")  # its own channel; "" = none
    type: Mapped[ClusterType] = mapped_column(default=ClusterType.CLUSTER)


class Member(Base):
    """A person: an address, a Slack user, or both."""

    __tablename__ = "members"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  a number is never given twice: tokens outlive people

    id: Mapped[MemberId] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)  # lower case; None = Slack only
    slack_user: Mapped[str | None] = mapped_column(unique=True)  # "U0123"; None = mail only
    name: Mapped[str] = mapped_column(default="")  # as given, never guessed from the address
    cluster_id: Mapped[ClusterId | None] = mapped_column(ForeignKey("clusters.id"))
    role: Mapped[Role] = mapped_column(default=Role.READER)
    locale: Mapped[str] = mapped_column(String(5), default="sv")
    mode: Mapped[Mode] = mapped_column(default=Mode.EACH)
    status: Mapped[MemberStatus] = mapped_column(default=MemberStatus.ACTIVE)
    topics: Mapped[tuple[str, ...]] = mapped_column(default=())  # () = everything
    consent: Mapped[str] = mapped_column(default="")  # how: "import", "join", "admin"
    consent_at: Mapped[datetime | None]
    bounce_score: Mapped[float] = mapped_column(default=0.0)
    paused_until: Mapped[date | None]  # with mode none: back to `resume_mode` on this day
    resume_mode: Mapped[Mode | None]  # the mode before a pause
    created_at: Mapped[datetime]

    cluster: Mapped[Cluster | None] = relationship(lazy="raise")


# -- what came in -------------------------------------------------------------------------------------------------


class Inbound(Base):
    """Something that came in, kept raw before it is understood."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_once", "source", "remote_key", unique=True),
        Index("inbox_waiting", "state", "id"),
        Index("inbox_fingerprint", "fingerprint"),
    )

    id: Mapped[InboxId] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(10))  # "mail", "slack"
    #: mail: "sha256:…" of the raw bytes, so the same mail is the same row however often fetched; slack: "event:Ev01",
    #: "view:V01", "press:TRIGGER", "history:C0123:TS"
    remote_key: Mapped[str]
    raw: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    size: Mapped[int]  # bytes of raw, also after retention has emptied it
    received_at: Mapped[datetime]
    state: Mapped[InboxState] = mapped_column(default=InboxState.NEW)
    reason: Mapped[str] = mapped_column(default="")  # a stable slug: why held, aside or parked
    detail: Mapped[str] = mapped_column(default="")  # one line for a person
    message_id: Mapped[MessageId | None]
    fingerprint: Mapped[
        str | None
    ]  # sender + date + Message-ID, or sender + date + subject + text: the same mail by any road
    content_key: Mapped[str | None] = mapped_column(
        index=True
    )  # subject + text: the same words under another Message-ID
    attempts: Mapped[int] = mapped_column(default=0)  # times begun; a mail that kills us again and again is parked
    handled_at: Mapped[datetime | None]


class Held(Base):
    """A post that waits for an editor; decided once, by whoever is first."""

    __tablename__ = "held"

    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  a number is never given twice: tokens outlive posts

    id: Mapped[HeldId] = mapped_column(primary_key=True)
    inbox_id: Mapped[InboxId] = mapped_column(ForeignKey("inbox.id"), unique=True)
    reason: Mapped[str]  # a stable slug: unknown_sender, untrusted, first_share, too_many, …
    state: Mapped[HeldState] = mapped_column(default=HeldState.WAITING)
    sender: Mapped[str] = mapped_column(default="")  # the address, as the mail says; "slack:U0123"
    title: Mapped[str] = mapped_column(default="")
    recipients: Mapped[int] = mapped_column(default=0)  # how many would have had it, when it was held
    created_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    decided_via: Mapped[str] = mapped_column(default="")  # "mail", "web", "cli", "slack"


class Likeness(Base):
    """A held post that may tell of the event of an item: an editor decides whether it does."""

    __tablename__ = "likenesses"

    held_id: Mapped[HeldId] = mapped_column(ForeignKey("held.id"), primary_key=True)
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), index=True)


# -- what is shared -----------------------------------------------------------------------------------------------


class Item(Base):
    """A shared thing with one permanent id."""

    __tablename__ = "items"
    __table_args__ = (
        Index("items_by_author", "author_id", "created_at"),
        Index("items_newest", "created_at"),
        {"sqlite_autoincrement": True},  # one permanent id, never given twice
    )

    id: Mapped[ItemId] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    intent: Mapped[Intent] = mapped_column(default=Intent.NEW)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)  # neutral Markdown
    language: Mapped[str] = mapped_column(String(5), default="sv")
    audience: Mapped[Audience] = mapped_column(default=Audience.ALL)
    topics: Mapped[tuple[str, ...]] = mapped_column(default=())
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.PUBLISHED)
    revision: Mapped[int] = mapped_column(default=0)
    edits: Mapped[int] = mapped_column(default=0, server_default="0")  # times its card was asked to be drawn anew
    author_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    author_name: Mapped[str] = mapped_column(
        default=""
    )  # as the mail says; stays when the member is erased only if not personal
    author_email: Mapped[str] = mapped_column(default="")  # "" = not known, or erased
    cluster_id: Mapped[ClusterId | None] = mapped_column(ForeignKey("clusters.id"))
    inbox_id: Mapped[InboxId | None] = mapped_column(ForeignKey("inbox.id"), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    author: Mapped[Member | None] = relationship(lazy="raise")
    cluster: Mapped[Cluster | None] = relationship(lazy="raise")
    events: Mapped[list["Event"]] = relationship(lazy="raise", order_by="Event.id")
    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.id")


class Event(Base):
    """The when and where of an item: wall time and zone as people wrote them, and the instant for sorting."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), index=True)
    title: Mapped[str]
    start: Mapped[
        str
    ]  # wall time "2026-08-26T13:00", or "2026-08-26" when only the day (or the week's Monday) is known
    end: Mapped[str | None]  # likewise; the last day, inclusive, when all-day
    timezone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    precision: Mapped[Precision] = mapped_column(default=Precision.TIME)
    all_day: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[Attendance | None]
    place: Mapped[str] = mapped_column(default="")
    online_url: Mapped[str] = mapped_column(default="")
    registration_url: Mapped[str] = mapped_column(default="")
    registration_email: Mapped[str] = mapped_column(default="")
    registration_deadline: Mapped[str] = mapped_column(default="")  # a date, or a time with offset
    organiser: Mapped[str] = mapped_column(default="")
    status: Mapped[EventStatus] = mapped_column(default=EventStatus.CONFIRMED)
    uid: Mapped[str]  # of every calendar file we make for it, or the sender's own
    sequence: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # its sender has been asked: no calendar is filled with a guess


class Question(Base):
    """What the sender of an item is asked about its event, once; until it is answered the item says what is known."""

    __tablename__ = "questions"

    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True)
    doubt: Mapped[Doubt]
    said: Mapped[str] = mapped_column(Text, default="")  # the words as they stood: "torsdag 20 oktober"
    choices: Mapped[tuple[str, ...]] = mapped_column(default=())  # days or wall times that it may be
    event: Mapped[dict[str, Any]] = mapped_column(default=dict)  # all else that the mail says of it
    created_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")  # the day or wall time that it is; "-": not asked for any more
    answered_at: Mapped[datetime | None]
    answered_via: Mapped[str] = mapped_column(default="")  # "mail", "web", "slack"


class Mention(Base):
    """An event or a page that an item tells of beside its own; a person may make it an item of its own."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index("mentions_of_item", "item_id", "number"),
        Index("mentions_by_start", "start"),
        {"sqlite_autoincrement": True},  # a number is never given twice: buttons outlive what they were drawn for
    )

    id: Mapped[MentionId] = mapped_column(primary_key=True)
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"))  # that tells of it
    number: Mapped[int]  # in the order in which it is told of, from 1
    kind: Mapped[Kind]  # invitation, tip
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")  # the calendar's own words, plain
    url: Mapped[str] = mapped_column(default="")  # of a tip: its page
    #: As in events, no more exactly than it is certain; "" when no day is, and of a tip
    start: Mapped[str] = mapped_column(default="")
    end: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    precision: Mapped[Precision] = mapped_column(default=Precision.TIME)
    all_day: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[Attendance | None]
    place: Mapped[str] = mapped_column(default="")
    online_url: Mapped[str] = mapped_column(default="")
    registration_url: Mapped[str] = mapped_column(default="")
    registration_email: Mapped[str] = mapped_column(default="")
    registration_deadline: Mapped[str] = mapped_column(default="")  # of a tip: the last day of a call
    organiser: Mapped[str] = mapped_column(default="")
    status: Mapped[EventStatus] = mapped_column(default=EventStatus.CONFIRMED)
    uid: Mapped[str] = mapped_column(default="")  # its sender's own; "" = none
    sequence: Mapped[int] = mapped_column(default=0)
    doubt: Mapped[Doubt | None]  # why its day or hour is not certain; whoever shares it is asked
    said: Mapped[str] = mapped_column(Text, default="")  # the words as they stood
    choices: Mapped[tuple[str, ...]] = mapped_column(default=())  # days or wall times that it may be
    event: Mapped[dict[str, Any]] = mapped_column(default=dict)  # in doubt: all that is said of it
    shared_as: Mapped[ItemId | None] = mapped_column(
        ForeignKey("items.id"), index=True
    )  # the item that it is now, or that was there already; None until then


class Comment(Base):
    """An answer in an item's thread."""

    __tablename__ = "comments"

    id: Mapped[CommentId] = mapped_column(primary_key=True)
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), index=True)
    parent_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comments.id"))
    text: Mapped[str] = mapped_column(Text)  # neutral Markdown
    trimmed: Mapped[str] = mapped_column(Text, default="")  # quotes and signature, kept readable
    author_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    author_name: Mapped[str] = mapped_column(default="")
    author_email: Mapped[str] = mapped_column(default="")
    inbox_id: Mapped[InboxId | None] = mapped_column(ForeignKey("inbox.id"), unique=True)
    correction: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # its author corrects what they said
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]  # changed since by its author, in Slack
    deleted_at: Mapped[datetime | None]  # taken away by its author, in Slack; then text is ""

    author: Mapped[Member | None] = relationship(lazy="raise")
    item: Mapped[Item] = relationship(lazy="raise")
    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.id")


class Attachment(Base):
    """A file that came with an item or a comment."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item_id: Mapped[ItemId | None] = mapped_column(ForeignKey("items.id"), index=True)
    comment_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comments.id"), index=True)
    #: While its post waits at the desk: files from Slack are fetched once, when they come
    held_id: Mapped[HeldId | None] = mapped_column(ForeignKey("held.id"), index=True)
    name: Mapped[str]  # safe: no path, no control characters
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))


class Post(Base):
    """The thread mapping: this item or comment is that Message-ID (or that Slack channel and ts)."""

    __tablename__ = "posts"
    __table_args__ = (Index("posts_once", "bridge", "remote_id", unique=True),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    bridge: Mapped[str] = mapped_column(String(10))  # "mail", "slack"
    remote_id: Mapped[str]  # mail: a Message-ID with its brackets; slack: "C0123:1764288000.000100"
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), index=True)
    comment_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comments.id"), index=True)
    ours: Mapped[bool]  # True: the id our own letters carry; False: the id the author's client gave it


class Follow(Base):
    """A member follows an item's thread: gets its comments by mail, unless muted."""

    __tablename__ = "follows"

    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    muted: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")  # "author", "answered", "pressed"


class Sharer(Base):
    """A member who shared an item's event as well: it is one item, of them all."""

    __tablename__ = "sharers"

    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    at: Mapped[datetime]


class SignUp(Base):
    """Whether a member comes to an item's event; the last answer counts."""

    __tablename__ = "sign_ups"

    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    answer: Mapped[Answer]
    via: Mapped[str] = mapped_column(default="")  # "mail"
    at: Mapped[datetime]


class Tip(Base):
    """Which item is the tip of a page: one tip for each canonical URL, whoever finds it."""

    __tablename__ = "tips"

    key: Mapped[str] = mapped_column(primary_key=True)  # the canonical URL as addresses are compared
    url: Mapped[str]  # as it is shown and opened
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), unique=True)


class Vote(Base):
    """A member finds a tip worth reading; each once."""

    __tablename__ = "votes"

    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    via: Mapped[str] = mapped_column(default="")  # "slack", "web"
    at: Mapped[datetime]


# -- the weekly digest ----------------------------------------------------------------------------------------------


class Digest(Base):
    """The edition of one ISO week."""

    __tablename__ = "digests"

    week: Mapped[Week] = mapped_column(String(8), primary_key=True)
    state: Mapped[DigestState] = mapped_column(default=DigestState.DRAFT)
    lead: Mapped[str] = mapped_column(Text, default="")  # the editors' own words before everything, neutral Markdown
    arranged: Mapped[tuple[str, ...]] = mapped_column(default=())  # sections that editors put in an order of their own
    why: Mapped[str] = mapped_column(default="")  # of a skipped one: "editor", "holiday"
    decided_by: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))  # the editor who sent or skipped it
    decided_via: Mapped[str] = mapped_column(default="")  # "clock", "slack", "web", "cli"
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    entries: Mapped[list["DigestEntry"]] = relationship(lazy="raise", order_by="DigestEntry.position")


class DigestEntry(Base):
    """An item in an edition, in its place; once the edition has gone, as it was then."""

    __tablename__ = "digest_entries"

    week: Mapped[Week] = mapped_column(String(8), ForeignKey("digests.week"), primary_key=True)
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    section: Mapped[Section]
    position: Mapped[int]  # within the edition
    dropped: Mapped[bool] = mapped_column(default=False)  # an editor took it out
    shown: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # what the edition says of it; once it has gone, for good


# -- what is to go out ----------------------------------------------------------------------------------------------


class Content(Base):
    """Something to say, once, to however many; its Message-ID is fixed here and the same in every copy."""

    __tablename__ = "contents"

    id: Mapped[ContentId] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # "item:12:0", "comment:5:0", "desk:3", "notice:REASON:ADDRESS:DAY"
    kind: Mapped[ContentKind]
    item_id: Mapped[ItemId | None] = mapped_column(ForeignKey("items.id"), index=True)
    comment_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comments.id"))
    held_id: Mapped[HeldId | None] = mapped_column(ForeignKey("held.id"))
    revision: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[MessageId] = mapped_column(unique=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of notices and receipts: which text, with what in it
    created_at: Mapped[datetime]


class Echo(Base):
    """The words of a letter of ours, hashed: known again when it comes back stripped of every header."""

    __tablename__ = "echoes"

    key: Mapped[str] = mapped_column(primary_key=True)
    content_id: Mapped[ContentId] = mapped_column(ForeignKey("contents.id"))


class Delivery(Base):
    """One row of the outbox: this content, to this destination, in this state."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "state", "priority", "next_at", "id"),
        Index("outbox_of_content", "content_id"),
        Index("outbox_once", "key", unique=True),
    )

    id: Mapped[DeliveryId] = mapped_column(primary_key=True)
    key: Mapped[str]  # "item:12:0:mail:anna@example.se": content, revision, destination
    content_id: Mapped[ContentId] = mapped_column(ForeignKey("contents.id"))
    kind: Mapped[ContentKind]
    destination: Mapped[Destination]
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(default="")  # of the person, as it stood when planned
    language: Mapped[str] = mapped_column(String(5), default="sv")
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.QUEUED)
    priority: Mapped[int] = mapped_column(
        default=5
    )  # lower goes first: 1 desk and receipts, 3 comments, 5 items, 9 digests
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]  # not before
    created_at: Mapped[datetime]
    owner: Mapped[ProcessId | None]  # while sending: who
    picks: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # of a digest: this reader's items, "12 15 9"
    reason: Mapped[str] = mapped_column(default="")  # the last trouble, in one line
    remote_id: Mapped[str] = mapped_column(default="")  # what the other side answered
    sent_at: Mapped[datetime | None]


# -- the house itself -----------------------------------------------------------------------------------------------


class Process(Base):
    """One running `brygga run`. What a process holds is free again when its time has run out."""

    __tablename__ = "processes"

    id: Mapped[ProcessId] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    alive_until: Mapped[datetime]  # by the database's clock


class Lease(Base):
    """A task that one process at a time does, such as reading the mailbox."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[ProcessId]


class Mailbox(Base):
    """How far a mailbox has been read (RFC 3501 §2.3.1.1)."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(primary_key=True)  # "user@host/INBOX"
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)  # everything up to here is in the inbox, or was not for us
    marked_uid: Mapped[int] = mapped_column(BigInteger, default=0)  # everything up to here is marked read, where taken
    started_at: Mapped[datetime]  # mail that came before is not ours to take
    dated_until: Mapped[int] = mapped_column(BigInteger, default=0)  # up to here `started_at` decides, by INTERNALDATE
    refused: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # UIDs that the server would not hand over: tries so far


class Audit(Base):
    """Who decided or changed what, when."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]  # an address, or "brygga"
    action: Mapped[str]  # "held.released", "member.left", …
    subject: Mapped[str]  # "held:3", "member:12", "item:4"
    via: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Kept(Base):
    """Small things that must outlive a restart, by name: such as the secret key when the settings name none."""

    __tablename__ = "kept"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
