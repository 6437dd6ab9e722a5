"""Who gets what: an item and the members in, the readers out. Decides, does nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from storage.ids import Destination, ItemId, MemberId
from storage.words import Audience, ClusterType, MemberStatus, Mode, Role

#: Lower goes first: people before digests.
URGENT, COMMENTS, ITEMS, DIGESTS = 1, 3, 5, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A member as planning sees one."""

    member_id: MemberId
    email: str | None
    name: str
    language: str
    mode: Mode
    resume_mode: Mode | None
    paused_until: date | None
    status: MemberStatus
    topics: Sequence[str]
    in_slack: bool
    cluster: ClusterType | None  # None: belongs to no cluster and no area
    cluster_id: int | None = None
    role: Role = Role.READER

    @property
    def destination(self) -> Destination:
        """Where this reader's mail goes; only for readers with an address."""
        return mail_to(self.email or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What planning needs to know of an item."""

    audience: Audience
    topics: Sequence[str]
    author_id: MemberId | None


def mail_to(address: str) -> Destination:
    """The destination of an address."""
    return Destination(f"mail:{address.lower()}")


def slack_to(place: str) -> Destination:
    """The destination of a channel, as the settings name it, or of a person's direct messages."""
    return Destination(f"slack:{place.removeprefix('#')}")


def mode_on(reader: Reader, today: date) -> Mode:
    """How the reader takes things today: a pause ends by itself on its day."""
    if reader.mode is Mode.NONE and reader.paused_until is not None and reader.paused_until <= today:
        return reader.resume_mode or (Mode.DIGEST if reader.in_slack else Mode.EACH)
    return reader.mode


def in_audience(reader: Reader, audience: Audience) -> bool:
    """Whether an item for `audience` is for this reader."""
    match audience:
        case Audience.CLUSTERS:
            return reader.cluster is ClusterType.CLUSTER
        case Audience.AREAS:
            return reader.cluster is ClusterType.AREA
        case _:
            return True


def _sees_all(reader: Reader) -> bool:
    return reader.role in (Role.EDITOR, Role.ADMIN)


def wants_topics(reader: Reader, topics: Sequence[str]) -> bool:
    """Whether the reader's topics let an item through: what concerns everyone always, else one topic in common."""
    if not reader.topics or not topics:
        return True
    followed = {topic.casefold() for topic in reader.topics}
    return any(topic.casefold() in followed for topic in topics)


def _takes_mail(reader: Reader) -> bool:
    return bool(reader.email) and reader.status is MemberStatus.ACTIVE


def readers_of(item: Shared, readers: Iterable[Reader], today: date) -> list[Reader]:
    """Who gets the item by mail: mode `each`, of its audience, of its topics, and not its author."""
    return [
        reader
        for reader in readers
        if _takes_mail(reader)
        and mode_on(reader, today) is Mode.EACH
        and reader.member_id != item.author_id
        and in_audience(reader, item.audience)
        and wants_topics(reader, item.topics)
    ]


def picks_of(reader: Reader, items: Iterable[tuple[ItemId, Shared]], today: date) -> list[ItemId]:
    """What of an edition is for this reader, in its order: of their audience and their topics. Nothing for whoever is
    paused or cannot be written to. A reader with topics gets those, and what concerns everyone.
    """
    return list(_picks(reader, items, today))


def takes_digest(reader: Reader, items: Iterable[tuple[ItemId, Shared]], today: date) -> bool:
    """Whether anything of an edition is for this reader."""
    return next(_picks(reader, items, today), None) is not None


def _picks(reader: Reader, items: Iterable[tuple[ItemId, Shared]], today: date) -> Iterator[ItemId]:
    if not _takes_mail(reader) or mode_on(reader, today) is Mode.NONE:
        return
    for item_id, item in items:
        if in_audience(reader, item.audience) and wants_topics(reader, item.topics):
            yield item_id


def readers_of_comment(
    author_id: MemberId | None, item: Shared, followers: Iterable[Reader], today: date, *, slack: bool
) -> list[Reader]:
    """Which followers get a comment by mail: all who are not paused, except its author. Whoever was passed on an item
    that is not for them, and answered it, does not read on; the item's author and the editors do.

    With Slack, a follower who has Slack and reads the digest only sees the thread there; mail would be the same twice.
    """
    return [
        reader
        for reader in followers
        if _takes_mail(reader)
        and (mode := mode_on(reader, today)) is not Mode.NONE
        and reader.member_id != author_id
        and (reader.member_id == item.author_id or _sees_all(reader) or in_audience(reader, item.audience))
        and not (slack and reader.in_slack and mode is Mode.DIGEST)
    ]
