"""Upkeep of the ledger: what has been kept long enough goes, pauses end, undecided posts are reminded of."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import HeldId
from storage.models import Delivery, Held, Inbound, Member
from storage.words import DeliveryState, HeldState, InboxState, MemberStatus, Mode

#: A held post that nobody decided on is reminded of after this time, once.
UNDECIDED = timedelta(hours=24)


async def empty_old_raw(session: AsyncSession, now: datetime, days: int) -> int:
    """Empty the raw bytes of mails handled longer ago than `days`; the rows stay, so that a mail is still known as
    seen. Held and parked mails keep theirs: somebody may yet need them. Answers how many were emptied.
    """
    result = await session.execute(
        update(Inbound)
        .where(
            Inbound.state.in_((InboxState.DONE, InboxState.ASIDE)),
            Inbound.received_at < now - timedelta(days=days),
            Inbound.raw != b"",
        )
        .values(raw=b"")
    )
    return _rows(result)


async def drop_old_deliveries(session: AsyncSession, now: datetime, days: int) -> int:
    """Delete the outbox rows of what was sent or dropped longer ago than `days`. Answers how many."""
    result = await session.execute(
        delete(Delivery).where(
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.DROPPED)),
            Delivery.created_at < now - timedelta(days=days),
        )
    )
    return _rows(result)


async def end_pauses(session: AsyncSession, today: date) -> int:
    """Members whose pause ends today or before take part again as they did. Answers how many."""
    result = await session.execute(
        update(Member)
        .where(
            Member.mode == Mode.NONE,
            Member.paused_until.is_not(None),
            Member.paused_until <= today,
            Member.resume_mode.is_not(None),
            Member.status == MemberStatus.ACTIVE,
        )
        .values(mode=Member.resume_mode, paused_until=None, resume_mode=None)
    )
    return _rows(result)


async def undecided(session: AsyncSession, now: datetime, midnight: datetime | None = None) -> Sequence[HeldId]:
    """Held posts that have waited a day and have not been reminded of; they count as reminded from now on.

    None when editors were reminded since `midnight`: the next day is soon enough, and each post is reminded of once.
    """
    if midnight is not None:
        reminded = select(Held.id).where(Held.reminded_at >= midnight).limit(1)
        if await session.scalar(reminded) is not None:
            return []
    rows = await session.scalars(
        update(Held)
        .where(
            Held.state == HeldState.WAITING,
            Held.reminded_at.is_(None),
            Held.created_at < now - UNDECIDED,
        )
        .values(reminded_at=now)
        .returning(Held.id)
    )
    return rows.all()


def _rows(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
