"""Where something in Slack belongs: which item or answer a message is, and whether that may only not be known yet."""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.slack.acts import NotYet
from bot.slack.asked import moment_of
from storage.models import Delivery, Inbound, Post
from storage.threads import Place, place_of
from storage.words import ContentKind, DeliveryState, InboxState

#: A message that belongs to something we do not know yet is waited with for so long: Slack does not promise any order,
#: and a card's own place is written down a moment after it stands there.
PATIENCE = timedelta(seconds=60)


async def find_post(house: House, post: str, received_at: datetime) -> Place | None:
    """What this post is. When it may only be that we do not know yet, it is waited for."""
    async with house.database.read() as session:
        place = await place_of(session, "slack", [post])
        if place is not None or house.now() - received_at > PATIENCE:
            return place
        if await _on_its_way(session, post, house.now()) or await _may_come(session, post):
            raise NotYet("what it belongs to is not known yet")
    return None


async def _on_its_way(session: AsyncSession, post: str, now: datetime) -> bool:
    """Whether this may be a post of ours that stands in Slack before the ledger knows where. One that was planned later
    it cannot be, nor one that was never tried; one that is to be tried much later was refused.
    """
    posted_at = moment_of(post.partition(":")[2])
    tried = and_(Delivery.state == DeliveryState.QUEUED, Delivery.attempts > 0, Delivery.next_at < now + PATIENCE)
    under_way = (
        or_(Delivery.state == DeliveryState.SENDING, tried),
        Delivery.kind.in_((ContentKind.ITEM, ContentKind.COMMENT)),
        Delivery.destination.startswith("slack:"),
        Delivery.created_at < posted_at + PATIENCE,  # clocks differ
    )
    return bool(await session.scalar(select(exists().where(*under_way))))


async def _may_come(session: AsyncSession, post: str) -> bool:
    """Whether the message itself still waits to be taken in."""
    _, _, ts = post.partition(":")
    waits = (Inbound.source == "slack", Inbound.state == InboxState.NEW)
    raws = await session.scalars(select(Inbound.raw).where(*waits).limit(200))
    mark = f'"ts":"{ts}"'.encode()
    said_there = (b'"message_changed"', b'"message_deleted"')
    return any(mark in raw and not any(word in raw for word in said_there) for raw in raws)


async def is_seen(session: AsyncSession, row: Inbound) -> bool:
    """Whether the same message was taken in before: told live, and found again when what was missed is looked for."""
    earlier = (Inbound.fingerprint == row.fingerprint, Inbound.id != row.id, Inbound.state != InboxState.NEW)
    return bool(await session.scalar(select(exists().where(*earlier))))


async def is_ours(session: AsyncSession, post: str) -> bool:
    ours = (Post.bridge == "slack", Post.remote_id == post, Post.ours)
    return bool(await session.scalar(select(exists().where(*ours))))
