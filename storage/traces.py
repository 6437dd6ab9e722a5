"""What is kept about a person, to show them when they ask."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Audit, Comment, Delivery, Follow, Held, Item, Member, SignUp, Vote


async def traces(session: AsyncSession, member: Member) -> dict[str, Any]:
    """Items, comments, held posts, threads followed, letters by state, and what was done by or to them."""
    items = await session.execute(select(Item.id, Item.title).where(Item.author_id == member.id).order_by(Item.id))
    comments = await session.scalars(select(Comment.id).where(Comment.author_id == member.id).order_by(Comment.id))
    held = await session.execute(
        select(Held.id, Held.title).where(func.lower(Held.sender) == (member.email or "-")).order_by(Held.id)
    )
    follows = await session.scalars(select(Follow.item_id).where(Follow.member_id == member.id, ~Follow.muted))
    sign_ups = await session.execute(select(SignUp.item_id, SignUp.answer).where(SignUp.member_id == member.id))
    votes = await session.scalars(select(Vote.item_id).where(Vote.member_id == member.id).order_by(Vote.item_id))
    letters = await session.execute(
        select(Delivery.state, func.count()).where(Delivery.member_id == member.id).group_by(Delivery.state)
    )
    history = await session.execute(
        select(Audit.at, Audit.action, Audit.subject, Audit.via)
        .where(or_(Audit.subject == f"member:{member.id}", Audit.actor == (member.email or "-")))
        .order_by(Audit.id)
    )
    return {
        "items": [{"id": row.id, "title": row.title} for row in items],
        "comments": list(comments),
        "held": [{"id": row.id, "title": row.title} for row in held],
        "follows": list(follows),
        "sign_ups": {str(row.item_id): row.answer.value for row in sign_ups},
        "votes": list(votes),
        "deliveries": {row[0].value: row[1] for row in letters},
        "history": [dict(row) for row in history.mappings()],
    }
