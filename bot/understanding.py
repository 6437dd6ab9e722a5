"""What a mail says, who wrote it and where it belongs, before anything is decided about it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.powers import Powers
from bot.reading import Reading, read
from bot.reading.tips import as_tip
from bridges.mail.addresses import Tag, tag_of
from bridges.mail.automatic import answerable
from bridges.mail.own import Fingerprints, fingerprints, own_mail
from bridges.mail.parse import Mail, parse
from bridges.mail.trust import Standing
from bridges.mail.trust import verdict as trust_verdict
from bridges.tokens import Purpose
from storage.ids import ClusterId, ItemId, MemberId
from storage.models import Item
from storage.readers import KnownSender, cluster_of_domain
from storage.threads import Place, place_of
from storage.words import ItemStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who shares or answers: a member, or somebody whose post an editor let through."""

    name: str
    email: str
    member_id: MemberId | None = None
    cluster_id: ClusterId | None = None
    language: str = "sv"
    #: They act in Slack: what Brygga says to them, it says there.
    slack_user: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What the bytes of a mail say, before anything is looked up."""

    mail: Mail
    raw: bytes
    tag: Tag | None
    own: str | None
    prints: Fingerprints
    trust: Standing


def understand(house: House, raw: bytes) -> Understood:
    """The pure part: bytes in, values out; never raises for any bytes."""
    mail = parse(raw)
    address = house.settings.list.address
    return Understood(
        mail=mail,
        raw=raw,
        tag=tag_of(mail, address),
        own=own_mail(mail, house.tokens, address),
        prints=fingerprints(mail),
        trust=trust_verdict(mail, house.settings.list.trusted_authserv).standing,
    )


def reading_of(house: House, seen: Understood, place: Place | None) -> Reading:
    """What the mail means, by the first reading."""
    network = house.settings.network
    tag = seen.tag.word if seen.tag and seen.tag.token is None else None
    words = house.settings.topic_words
    reading = read(
        seen.mail, tag, network.timezone, topics=tuple(network.topics), answer=place is not None, topic_words=words
    )
    powers = Powers(network.public_url, house.settings.list.address)
    reading = replace(
        reading,
        title=powers.taken_from(reading.title),
        text=powers.taken_from(reading.text),
        trimmed=powers.taken_from(reading.trimmed),
        files=tuple(powers.taken_from_file(file) for file in reading.files),
    )
    return as_tip(reading) if place is None else reading


async def author_of(session: AsyncSession, house: House, mail: Mail, known: KnownSender | None) -> Author:
    """Who wrote it: the member's own name and cluster, or what the mail says and the cluster of its domain."""
    sender = mail.sender
    address = sender.address.lower() if sender else ""
    written = sender.name if sender else ""
    if known is not None:
        return Author(
            name=known.name or written,
            email=address,
            member_id=known.member_id,
            cluster_id=known.cluster_id,
            language=known.language,
        )
    cluster = await cluster_of_domain(session, address.rpartition("@")[2])
    return Author(
        name=written,
        email=address,
        cluster_id=cluster.id if cluster else None,
        language=house.settings.network.locale,
    )


async def find_place(session: AsyncSession, house: House, seen: Understood, now: datetime) -> Place | None:
    """The thread an answer belongs to: by the ids it refers to, else by the thread address it was sent to."""
    if seen.tag is not None and seen.tag.token is None:
        return None  # a subaddress that fixes the kind asks for something new
    mail = seen.mail
    place = await place_of(session, "mail", (*mail.in_reply_to, *reversed(mail.references)))
    if place is not None or seen.tag is None or seen.tag.word != "thread":
        return place
    numbers = house.tokens.read(Purpose.THREAD, seen.tag.token or "", now)
    if numbers is None or await session.get(Item, numbers[0]) is None:
        return None
    return Place(ItemId(numbers[0]), None)


async def is_lost(session: AsyncSession, seen: Understood, place: Place | None) -> bool:
    """Whether it was written to a thread that nobody can tell any more, or whose item was taken back unseen."""
    if place is None:
        return seen.tag is not None and seen.tag.word == "thread"
    item = await session.get(Item, place.item_id)
    return item is None or item.status is ItemStatus.UNDONE


def came_at(mail: Mail, now: datetime) -> datetime:
    """When it was sent, or what the last server says when that is later: the sender's clock may be years behind."""
    moments = [mail.date] if mail.date else []
    stamp = (mail.header("Received") or "").rpartition(";")[2].strip()
    with suppress(ValueError):
        received = parsedate_to_datetime(stamp)
        moments.append(received if received.tzinfo else received.replace(tzinfo=UTC))
    return min(max(moments, default=now), now)


def may_be_told(seen: Understood, author: Author) -> bool:
    """Whether the sender is a person (RFC 3834 §2) who is who they say: the receiving server says so, or nobody checks
    and they are a member.
    """
    if not author.email or not answerable(seen.mail):
        return False
    return seen.trust is Standing.PASSED or (seen.trust is Standing.UNSET and author.member_id is not None)
