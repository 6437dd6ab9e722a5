"""What the ledger of the demo says of its people and of what waits; looked at, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from storage.database import Database
from storage.models import Delivery, Inbound, Mailbox, Member
from storage.words import DeliveryState, InboxState


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of the outbox is not out."""

    queued: int = 0
    parked: int = 0
    retrying: int = 0  # of the queued: tried before, and to be tried again
    reason: str = ""  # why the last of them is not out, in the other side's words


@dataclass(frozen=True, slots=True)
class Membership:
    """What Brygga knows of somebody."""

    role: str
    mode: str
    locale: str
    cluster: str  # the name; "" for none


async def waiting(database: Database) -> Waiting:
    """How much is queued and how much is parked, and why."""
    tried = (Delivery.state == DeliveryState.QUEUED) & (Delivery.attempts > 0) & (Delivery.reason != "")
    stuck = tried | (Delivery.state == DeliveryState.PARKED)
    async with database.read() as session:
        rows = await session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        counts = {row[0]: row[1] for row in rows}
        retrying = await session.scalar(select(func.count()).where(tried)) or 0
        reason = await session.scalar(select(Delivery.reason).where(stuck).order_by(Delivery.id.desc()).limit(1))
    under_way = counts.get(DeliveryState.QUEUED, 0) + counts.get(DeliveryState.SENDING, 0)
    return Waiting(under_way, counts.get(DeliveryState.PARKED, 0), retrying, reason or "")


async def something_due(database: Database, now: datetime) -> bool:
    """Whether something that came in is not understood yet, or something that should have left has not."""
    due = (Delivery.state == DeliveryState.QUEUED) & (Delivery.next_at <= now)
    async with database.read() as session:
        unread = await session.scalar(select(Inbound.id).where(Inbound.state == InboxState.NEW).limit(1))
        unsent = await session.scalar(
            select(Delivery.id).where(due | (Delivery.state == DeliveryState.SENDING)).limit(1)
        )
    return unread is not None or unsent is not None


async def last_uid(database: Database) -> int:
    """The last mail of the list's mailbox that Brygga has kept; 0 before it has looked."""
    async with database.read() as session:
        return await session.scalar(select(func.max(Mailbox.last_uid))) or 0


async def memberships(database: Database) -> Mapping[str, Membership]:
    """Members by address and by Slack user."""
    async with database.read() as session:
        members = (await session.scalars(select(Member).options(selectinload(Member.cluster)))).all()
    found: dict[str, Membership] = {}
    for member in members:
        known = Membership(member.role, member.mode, member.locale, member.cluster.name if member.cluster else "")
        found |= {key: known for key in (member.email, member.slack_user) if key}
    return found
