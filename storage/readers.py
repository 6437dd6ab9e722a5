"""Members as readers and as senders: the look-ups that receiving and planning need."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import ClusterId, ItemId, MemberId
from storage.models import Cluster, Follow, Item, Member
from storage.words import MemberStatus, Role


@dataclass(frozen=True, slots=True)
class KnownSender:
    """A member who writes, as the checks see one."""

    member_id: MemberId
    name: str
    email: str  # "" = none
    role: Role
    status: MemberStatus
    language: str
    cluster_id: ClusterId | None
    shared_before: bool
    items_last_hour: int


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Member.id.label("member_id"),
        Member.email,
        Member.name,
        Member.locale.label("language"),
        Member.mode,
        Member.resume_mode,
        Member.paused_until,
        Member.status,
        Member.topics,
        Member.slack_user.is_not(None).label("in_slack"),
        Cluster.type.label("cluster"),
        Member.cluster_id,
        Member.role,
    ).outerjoin(Cluster, Cluster.id == Member.cluster_id)


async def all_readers(session: AsyncSession) -> Sequence[RowMapping]:
    """Every member with an address who takes part, as columns (objects would cost ten times more at 20,000)."""
    rows = await session.execute(
        _columns().where(Member.email.is_not(None), Member.status == MemberStatus.ACTIVE).order_by(Member.id)
    )
    return rows.mappings().all()


async def reader_pages(session: AsyncSession, size: int) -> AsyncIterator[Sequence[RowMapping]]:
    """The same, so many at a time: a crowd takes no more memory than a few."""
    last = MemberId(0)
    while True:
        rows = await session.execute(
            _columns()
            .where(Member.email.is_not(None), Member.status == MemberStatus.ACTIVE, Member.id > last)
            .order_by(Member.id)
            .limit(size)
        )
        page = rows.mappings().all()
        if not page:
            return
        yield page
        last = page[-1]["member_id"]


async def one_reader(session: AsyncSession, member_id: MemberId) -> Sequence[RowMapping]:
    """That member likewise, whether they can be written to or not; none when they have left."""
    rows = await session.execute(_columns().where(Member.id == member_id, Member.status != MemberStatus.LEFT))
    return rows.mappings().all()


async def followers(session: AsyncSession, item_id: ItemId) -> Sequence[RowMapping]:
    """Those who follow an item's thread and have not muted it."""
    rows = await session.execute(
        _columns()
        .join(Follow, Follow.member_id == Member.id)
        .where(Follow.item_id == item_id, Follow.muted.is_(False))
        .order_by(Member.id)
    )
    return rows.mappings().all()


async def editors(session: AsyncSession) -> Sequence[RowMapping]:
    """Those who decide at the desk, and can be written to."""
    rows = await session.execute(
        _columns()
        .where(
            Member.role.in_((Role.EDITOR, Role.ADMIN)),
            Member.status == MemberStatus.ACTIVE,
            Member.email.is_not(None),
        )
        .order_by(Member.id)
    )
    return rows.mappings().all()


async def away(session: AsyncSession) -> frozenset[MemberId]:
    """Members who take no part: they left, were forgotten, or their address does not work."""
    return frozenset(await session.scalars(select(Member.id).where(Member.status != MemberStatus.ACTIVE)))


async def sender_by_address(session: AsyncSession, address: str, now: datetime) -> KnownSender | None:
    """The member with this address, with what the checks ask about: has shared before, and how much this hour."""
    member = await session.scalar(select(Member).where(Member.email == address.lower()))
    return await _as_sender(session, member, now) if member else None


async def sender_by_slack_user(session: AsyncSession, user: str, now: datetime) -> KnownSender | None:
    """The member who is this user in the workspace; None when nobody has said who it is."""
    member = await session.scalar(select(Member).where(Member.slack_user == user))
    return await _as_sender(session, member, now) if member else None


async def sender_by_member(session: AsyncSession, member: Member, now: datetime) -> KnownSender:
    """The same of a member who is known by a signed link."""
    return await _as_sender(session, member, now)


async def _as_sender(session: AsyncSession, member: Member, now: datetime) -> KnownSender:
    recent = await session.scalar(
        select(func.count())
        .select_from(Item)
        .where(Item.author_id == member.id, Item.created_at > now - timedelta(hours=1))
    )
    before = await session.scalar(select(exists().where(Item.author_id == member.id)))
    return KnownSender(
        member_id=member.id,
        name=member.name,
        email=member.email or "",
        role=member.role,
        status=member.status,
        language=member.locale,
        cluster_id=member.cluster_id,
        shared_before=bool(before),
        items_last_hour=recent or 0,
    )


async def cluster_of_domain(session: AsyncSession, domain: str) -> Cluster | None:
    """The cluster that mails from this domain, or from one above it."""
    clusters = (await session.scalars(select(Cluster).order_by(Cluster.id))).all()
    for cluster in clusters:
        if any(domain == own or domain.endswith("." + own) for own in cluster.domains if own):
            return cluster
    return None
