"""What posts in Slack need to know from the ledger: where a card stands, whether it is to come, and its counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import HeldId, InboxId, ItemId, Week
from storage.models import Comment, Content, Delivery, Held, Inbound, Item, Member, Post, SignUp
from storage.threads import sign_ups_of
from storage.tips import count_votes
from storage.words import Answer, ContentKind, DeliveryState, ItemStatus

_UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item fares: who comes, and what was said."""

    sign_ups: Mapping[str, int]
    clusters: int  # that those who said yes come from
    comments: int  # that have not been taken away
    votes: int  # that others than its author have given a tip


@dataclass(frozen=True, slots=True)
class Desk:
    """A held post as the desk shows it."""

    content: Content  # with what was held
    held: Held
    decided_by: str  # a name, or an address; "" = not decided, or not known


async def standing_of(session: AsyncSession, item_id: ItemId) -> Standing:
    """How an item fares now."""
    clusters = (
        select(func.count(distinct(Member.cluster_id)))
        .join(SignUp, SignUp.member_id == Member.id)
        .where(SignUp.item_id == item_id, SignUp.answer == Answer.YES)
    )
    comments = select(func.count()).where(Comment.item_id == item_id, Comment.deleted_at.is_(None))
    counted = (await session.execute(select(clusters.scalar_subquery(), comments.scalar_subquery()))).one()
    votes = await count_votes(session, item_id)
    return Standing(await sign_ups_of(session, item_id), *counted, votes)


async def came_by_mail(session: AsyncSession, inbox_id: InboxId | None) -> bool:
    """Whether what was shared or said came by mail."""
    if inbox_id is None:
        return False
    return await session.scalar(select(Inbound.source).where(Inbound.id == inbox_id)) == "mail"


async def card_of(session: AsyncSession, item_id: ItemId) -> str | None:
    """Where an item's card stands, as "CHANNEL:TS"; None while it has not been posted."""
    card = (
        select(Post.remote_id)
        .where(Post.bridge == "slack", Post.item_id == item_id, Post.comment_id.is_(None), Post.ours.is_(True))
        .order_by(Post.id)
        .limit(1)
    )
    return await session.scalar(card)


async def desk_post_of(session: AsyncSession, held_id: HeldId) -> str | None:
    """Where a held post stands on the desk in Slack, as "CHANNEL:TS"; None while it has not been posted."""
    post = select(Delivery.remote_id).join(Content, Content.id == Delivery.content_id)
    of_desk = post.where(
        Content.held_id == held_id,
        Content.kind == ContentKind.DESK,
        Delivery.destination.startswith("slack:"),
        Delivery.remote_id != "",
    )
    return await session.scalar(of_desk.order_by(Delivery.id).limit(1))


async def post_of(session: AsyncSession, key: str) -> str | None:
    """Where the post with this content's key stands, as "CHANNEL:TS"; None while it has not been posted."""
    posted = (
        select(Delivery.remote_id)
        .join(Content, Content.id == Delivery.content_id)
        .where(Content.key == key, Delivery.destination.startswith("slack:"), Delivery.remote_id != "")
    )
    return await session.scalar(posted.order_by(Delivery.id).limit(1))


async def post_expected(session: AsyncSession, key: str) -> bool:
    """Whether the post with this content's key is still on its way to Slack."""
    waiting = (
        select(Delivery.id)
        .join(Content, Content.id == Delivery.content_id)
        .where(Content.key == key, Delivery.destination.startswith("slack:"), Delivery.state.in_(_UNSENT))
    )
    return await session.scalar(waiting.limit(1)) is not None


async def digest_post_of(session: AsyncSession, week: Week) -> str | None:
    """Where the digest of a week stands in Slack, as "CHANNEL:TS"; None while it has not been posted."""
    return await post_of(session, f"digest:{week}")


async def thread_root_expected(session: AsyncSession, item_id: ItemId) -> bool:
    """Whether an item's card is still on its way to Slack."""
    return await _expected(session, Content.item_id == item_id, ContentKind.ITEM)


async def desk_post_expected(session: AsyncSession, held_id: HeldId) -> bool:
    """Whether a held post is still on its way to the desk in Slack."""
    return await _expected(session, Content.held_id == held_id, ContentKind.DESK)


async def desk(session: AsyncSession, held_id: HeldId) -> Desk | None:
    """A held post with what its content said, and what was decided; None when it is gone."""
    rows = await session.execute(
        select(Content, Held, Member.name, Member.email)
        .join(Held, Held.id == Content.held_id)
        .outerjoin(Member, Member.id == Held.decided_by)
        .where(Content.held_id == held_id, Content.kind == ContentKind.DESK)
        .order_by(Content.id)
        .limit(1)
    )
    found = rows.first()
    return None if found is None else Desk(found[0], found[1], found[2] or found[3] or "")


async def _expected(session: AsyncSession, about: ColumnElement[bool], kind: ContentKind) -> bool:
    waiting = (
        select(Delivery.id)
        .join(Content, Content.id == Delivery.content_id)
        .where(
            about,
            Content.kind == kind,
            Delivery.destination.startswith("slack:"),
            Delivery.state.in_(_UNSENT),
        )
    )
    return await session.scalar(waiting.limit(1)) is not None


async def threads_heard(
    session: AsyncSession, since: datetime, lately: datetime, limit: int = 40
) -> list[tuple[str, str, str, frozenset[str]]]:
    """The threads of the newest cards: channel, ts of the card, the ts until which we have heard all that others said,
    and every ts that we know of. Of what was said after `lately` nobody can be sure: Slack tells in any order.
    """
    cards = (
        await session.execute(
            select(Post.item_id, Post.remote_id)
            .join(Item, Item.id == Post.item_id)
            .where(
                Post.bridge == "slack",
                Post.comment_id.is_(None),
                Post.ours,
                Item.created_at > since,
                Item.status != ItemStatus.UNDONE,
            )
            .order_by(Item.updated_at.desc(), Item.id.desc())
            .limit(limit)
        )
    ).all()
    known: dict[ItemId, set[str]] = {card.item_id: set() for card in cards}
    last: dict[ItemId, str] = {}
    posts = select(Post.item_id, Post.remote_id, Post.ours).where(Post.bridge == "slack", Post.item_id.in_(known))
    for item_id, remote_id, ours in await session.execute(posts):
        ts = remote_id.partition(":")[2]
        known[item_id].add(ts)
        if not ours:  # an answer of ours may have been posted long after one that we missed
            last[item_id] = max(last.get(item_id, ""), ts)  # as text: all have as many digits until the year 2286
    sure = f"{lately.timestamp():.6f}"
    return [
        (channel, ts, max(ts, min(last.get(item_id, ts), sure)), frozenset(known[item_id]))
        for item_id, remote_id in cards
        for channel, _, ts in (remote_id.partition(":"),)
    ]
