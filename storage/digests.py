"""The editions of the digest in the ledger: what might stand in one, what does, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, distinct, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from storage.ids import ItemId, MemberId, Week
from storage.models import Comment, Content, Delivery, Digest, DigestEntry, Event, Item, Member, SignUp, Tip
from storage.tips import votes_of
from storage.words import Answer, ContentKind, DeliveryState, DigestState, ItemStatus, Section

#: Items asked for at once: SQLite takes so many values, and so many events hang on so many items.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """How an item fares."""

    votes: int = 0  # without its author's own
    coming: int = 0
    coming_clusters: int = 0  # that those who come belong to
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Possible:
    """An item that might stand in an edition, with what earlier editions did with it."""

    item: Item  # with its events, its cluster
    votes: int
    shown_at: datetime | None  # when the last edition that it stood in went out
    dropped: bool  # an editor took it out of one that went out


async def possible(session: AsyncSession, since: datetime, until: datetime, upcoming: datetime) -> list[Possible]:
    """The published items that came after `since`, or whose event is not over at `upcoming`; none that came after
    `until`: until then they can be taken back unseen.
    """
    ahead = select(Event.item_id).where(func.coalesce(Event.ends_at, Event.starts_at) >= upcoming)
    wanted = (
        select(Item)
        .where(
            Item.status == ItemStatus.PUBLISHED,
            Item.created_at <= until,
            or_(Item.created_at >= since, Item.id.in_(ahead)),
        )
        .order_by(Item.id)
        .options(selectinload(Item.events), joinedload(Item.cluster))
    )
    items = (await session.scalars(wanted)).all()
    ids = [item.id for item in items]
    votes, earlier = await votes_of(session, ids), await _earlier(session, ids)
    return [Possible(item, votes.get(item.id, 0), *earlier.get(item.id, (None, False))) for item in items]


async def _earlier(session: AsyncSession, ids: Sequence[ItemId]) -> dict[ItemId, tuple[datetime | None, bool]]:
    """When the last edition that each stood in went out, and whether an editor took it out of the latest."""
    found: dict[ItemId, tuple[datetime | None, bool]] = {}
    for some in _parts(ids):
        rows = await session.execute(
            select(DigestEntry.item_id, DigestEntry.dropped, Digest.sent_at)
            .join(Digest, Digest.week == DigestEntry.week)
            .where(DigestEntry.item_id.in_(some), Digest.state == DigestState.SENT)
            .order_by(Digest.sent_at)
        )
        for item_id, dropped, sent_at in rows:
            shown_at = found.get(item_id, (None, False))[0]
            found[item_id] = (shown_at, True) if dropped else (sent_at, False)
    return found


async def counts_of(session: AsyncSession, ids: Sequence[ItemId]) -> dict[ItemId, Counts]:
    """How each of these items fares now; those of which there is nothing to count are left out."""
    votes = await votes_of(session, ids)
    coming: dict[ItemId, tuple[int, int]] = {}
    comments: dict[ItemId, int] = {}
    for some in _parts(ids):
        rows = await session.execute(
            select(SignUp.item_id, func.count(), func.count(distinct(Member.cluster_id)))
            .join(Member, Member.id == SignUp.member_id)
            .where(SignUp.item_id.in_(some), SignUp.answer == Answer.YES)
            .group_by(SignUp.item_id)
        )
        coming.update({item_id: (people, clusters) for item_id, people, clusters in rows})
        said = await session.execute(
            select(Comment.item_id, func.count())
            .where(Comment.item_id.in_(some), Comment.deleted_at.is_(None))
            .group_by(Comment.item_id)
        )
        comments.update((item_id, count) for item_id, count in said)
    return {
        item_id: Counts(votes.get(item_id, 0), *coming.get(item_id, (0, 0)), comments.get(item_id, 0))
        for item_id in {*votes, *coming, *comments}
    }


async def items_of(session: AsyncSession, ids: Sequence[ItemId]) -> dict[ItemId, Item]:
    """Those of these items that are still shown to people, each with its events and its cluster."""
    found: dict[ItemId, Item] = {}
    for some in _parts(ids):
        rows = await session.scalars(
            select(Item)
            .where(Item.id.in_(some), Item.status == ItemStatus.PUBLISHED)
            .options(selectinload(Item.events), joinedload(Item.cluster))
        )
        found.update({item.id: item for item in rows})
    return found


async def links_of(session: AsyncSession, ids: Sequence[ItemId]) -> dict[ItemId, str]:
    """The pages that those of these items are about which are tips."""
    found: dict[ItemId, str] = {}
    for some in _parts(ids):
        rows = await session.execute(select(Tip.item_id, Tip.url).where(Tip.item_id.in_(some)))
        found.update((item_id, url) for item_id, url in rows)
    return found


# -- editions -------------------------------------------------------------------------------------------------------


async def edition(session: AsyncSession, week: Week) -> Digest | None:
    """The edition of a week with its entries in order; None when nobody has begun it."""
    return await session.get(Digest, week, options=[selectinload(Digest.entries)], populate_existing=True)


async def states(session: AsyncSession, weeks: Sequence[Week]) -> dict[Week, DigestState]:
    """Where those of these editions stand that have been begun."""
    rows = await session.execute(select(Digest.week, Digest.state).where(Digest.week.in_(weeks)))
    return {row.week: row.state for row in rows}


async def last_sent(session: AsyncSession, before: datetime) -> datetime | None:
    """When the last edition went out."""
    gone = select(func.max(Digest.sent_at)).where(Digest.state == DigestState.SENT, Digest.sent_at < before)
    return await session.scalar(gone)


async def first_begun(session: AsyncSession) -> datetime | None:
    """When the network's first edition was begun, whatever became of it."""
    return await session.scalar(select(func.min(Digest.created_at)))


async def forget_begun(session: AsyncSession, week: Week) -> None:
    """An edition that was begun and of which nothing came is as if it never had been."""
    await session.execute(delete(Digest).where(Digest.week == week, Digest.state == DigestState.DRAFT))


async def begin(session: AsyncSession, week: Week, now: datetime) -> bool:
    """Begin the edition if nobody has; True when this did. Whoever else would, or would decide about it, waits until
    this transaction has ended.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"week": week, "state": DigestState.DRAFT, "lead": "", "arranged": (), "why": "", "decided_via": ""}
    new = insert(Digest).values(**row, created_at=now).on_conflict_do_nothing(index_elements=["week"])
    begun = await session.scalar(new.returning(Digest.week))
    await session.execute(select(Digest.week).where(Digest.week == week).with_for_update())
    return begun is not None


async def decide(
    session: AsyncSession,
    week: Week,
    state: DigestState,
    now: datetime,
    *,
    by: MemberId | None,
    via: str,
    why: str = "",
) -> bool:
    """Give an edition that has not gone out its state; False when somebody was first."""
    open_ = (DigestState.DRAFT, DigestState.SKIPPED, DigestState.EMPTY, DigestState.MISSED)
    values: dict[str, Any] = {"state": state, "decided_by": by, "decided_via": via, "why": why}
    if state is DigestState.SENT:
        values["sent_at"] = now
    done = await session.scalar(
        update(Digest).where(Digest.week == week, Digest.state.in_(open_)).values(**values).returning(Digest.week)
    )
    return done is not None


async def place(
    session: AsyncSession, week: Week, rows: Sequence[tuple[ItemId, Section, bool, Mapping[str, Any]]]
) -> None:
    """What stands in the edition from now on: item, section, whether it was taken out, and what is said of it."""
    await session.execute(delete(DigestEntry).where(DigestEntry.week == week))
    entries = [
        {"week": week, "item_id": item_id, "section": section, "position": n, "dropped": dropped, "shown": dict(shown)}
        for n, (item_id, section, dropped, shown) in enumerate(rows)
    ]
    if entries:
        await session.execute(DigestEntry.__table__.insert(), entries)  # type: ignore[attr-defined]


async def recipients(session: AsyncSession, week: Week) -> int:
    """How many an edition went to by mail, as far as the outbox still knows."""
    copies = (
        select(func.count())
        .select_from(Delivery)
        .join(Content, Content.id == Delivery.content_id)
        .where(
            Content.key == content_key(week),
            Delivery.destination.startswith("mail:"),
            Delivery.state != DeliveryState.DROPPED,
        )
    )
    return await session.scalar(copies) or 0


def content_key(week: Week) -> str:
    """What an edition is called among all that is said."""
    return f"digest:{week}"


async def posts_of_editions_with(session: AsyncSession, item_id: ItemId) -> list[Content]:
    """The contents that went to Slack for the editions in which an item stands, the post before its thread."""
    found: list[Content] = []
    for week in (await session.scalars(_sent_with(item_id))).all():
        posts = (
            select(Content)
            .join(Delivery, Delivery.content_id == Content.id)
            .where(
                or_(Content.key == f"digest:{week}", Content.key.startswith(f"digest:{week}:", autoescape=True)),
                Delivery.destination.startswith("slack:"),
            )
            .order_by(Content.id)
        )
        found += (await session.scalars(posts)).unique().all()
    return found


async def stood_in_digest(session: AsyncSession, item_id: ItemId) -> bool:
    """Whether an item stands in an edition that went out."""
    return (await session.scalars(_sent_with(item_id))).first() is not None


async def stands_in(session: AsyncSession, week: Week, item_id: ItemId) -> bool:
    """Whether an item stands in the edition of that week, which went out."""
    return (await session.scalars(_sent_with(item_id).where(Digest.week == week))).first() is not None


def picked(item_id: ItemId) -> ColumnElement[bool]:
    """Whether a delivery is a digest that says something of this item."""
    picks = literal(" ").concat(Delivery.picks).concat(" ")
    return and_(Delivery.kind == ContentKind.DIGEST, picks.contains(f" {item_id} "))


def _sent_with(item_id: ItemId) -> Select[Week]:
    return (
        select(DigestEntry.week)
        .join(Digest, Digest.week == DigestEntry.week)
        .where(DigestEntry.item_id == item_id, DigestEntry.dropped.is_(False), Digest.state == DigestState.SENT)
    )


async def gone_from(session: AsyncSession, week: Week) -> frozenset[ItemId]:
    """What stands in the edition and has been taken back since."""
    rows = await session.scalars(
        select(DigestEntry.item_id)
        .join(Item, Item.id == DigestEntry.item_id)
        .where(DigestEntry.week == week, Item.status != ItemStatus.PUBLISHED)
    )
    return frozenset(rows)


def _parts(ids: Sequence[ItemId]) -> list[Sequence[ItemId]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
