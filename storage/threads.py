"""Items and their conversations: what a Message-ID belongs to, who follows, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import CommentId, Destination, ItemId, MemberId
from storage.models import Content, Delivery, Event, Follow, Item, Post, SignUp
from storage.words import Answer, ContentKind, DeliveryState, ItemStatus


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the conversations something belongs."""

    item_id: ItemId
    comment_id: CommentId | None  # None: the item itself


async def place_of(session: AsyncSession, bridge: str, remote_ids: Sequence[str]) -> Place | None:
    """The item or comment that the first known of these ids is; None when none is known."""
    if not remote_ids:
        return None
    rows = await session.execute(
        select(Post.remote_id, Post.item_id, Post.comment_id).where(
            Post.bridge == bridge, Post.remote_id.in_(list(remote_ids)[:200])
        )
    )
    known = {row.remote_id: Place(row.item_id, row.comment_id) for row in rows}
    return next((known[remote_id] for remote_id in remote_ids if remote_id in known), None)


async def remember_post(
    session: AsyncSession,
    bridge: str,
    remote_id: str | None,
    item_id: ItemId,
    comment_id: CommentId | None,
    *,
    ours: bool,
) -> None:
    """Note that this remote id is that item or comment. A reused id keeps its first meaning."""
    if remote_id is None:
        return
    known = await session.scalar(select(Post.id).where(Post.bridge == bridge, Post.remote_id == remote_id))
    if known is None:
        session.add(Post(bridge=bridge, remote_id=remote_id, item_id=item_id, comment_id=comment_id, ours=ours))
        await session.flush()


async def card_channel(session: AsyncSession, item_id: ItemId) -> Destination | None:
    """Where an item's card stands in Slack, or will; None when it has none."""
    planned = await session.scalar(
        select(Delivery.destination)
        .join(Content, Content.id == Delivery.content_id)
        .where(
            Content.item_id == item_id,
            Content.kind == ContentKind.ITEM,
            Delivery.destination.startswith("slack:"),
            Delivery.state != DeliveryState.DROPPED,
        )
        .order_by(Delivery.id)
        .limit(1)
    )
    if planned is not None:
        return planned
    # What was sent long ago is no longer in the outbox.
    card = await session.scalar(
        select(Post.remote_id).where(Post.bridge == "slack", Post.item_id == item_id, Post.comment_id.is_(None))
    )
    return Destination(f"slack:{card.partition(':')[0]}") if card else None


async def follow(session: AsyncSession, item_id: ItemId, member_id: MemberId, why: str) -> None:
    """From now on the member gets the thread's comments; one who muted it stays muted."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        insert(Follow)
        .values(item_id=item_id, member_id=member_id, muted=False, why=why)
        .on_conflict_do_nothing(index_elements=["item_id", "member_id"])
    )


async def sign_up(
    session: AsyncSession, item_id: ItemId, member_id: MemberId, answer: Answer, via: str, now: datetime
) -> None:
    """Note whether the member comes; the last answer counts. Whoever says more than no follows the thread."""
    row = await session.get(SignUp, (item_id, member_id))
    if row is None:
        row = SignUp(item_id=item_id, member_id=member_id)
        session.add(row)
    row.answer, row.via, row.at = answer, via, now
    if answer is not Answer.NO:
        await follow(session, item_id, member_id, "signed_up")


async def item_of_event(session: AsyncSession, uid: str) -> ItemId | None:
    """The item whose event has this UID, the newest when several have; None when none of them stands any more."""
    found = (
        select(Event.item_id)
        .join(Item, Item.id == Event.item_id)
        .where(Event.uid == uid, Item.status == ItemStatus.PUBLISHED)
        .order_by(Event.item_id.desc())
        .limit(1)
    )
    return await session.scalar(found)


async def sign_ups_of(session: AsyncSession, item_id: ItemId) -> dict[str, int]:
    """How many have said yes, maybe and no."""
    rows = await session.execute(
        select(SignUp.answer, func.count()).where(SignUp.item_id == item_id).group_by(SignUp.answer)
    )
    counted = {answer.value: count for answer, count in rows}
    return {answer.value: counted.get(answer.value, 0) for answer in Answer}


async def set_muted(session: AsyncSession, item_id: ItemId, member_id: MemberId, *, muted: bool) -> None:
    """Silence a thread for one follower, or let it speak again."""
    await follow(session, item_id, member_id, "pressed")
    row = await session.get_one(Follow, (item_id, member_id))
    row.muted = muted
