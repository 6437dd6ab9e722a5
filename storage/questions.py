"""What senders are asked about their events: one question an item, answered once by whoever may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import ItemId
from storage.models import Question
from storage.words import Doubt

#: An answer of a question that became needless: the event was changed in another way.
NEEDLESS = "-"


async def put_question(
    session: AsyncSession,
    item_id: ItemId,
    doubt: Doubt,
    said: str,
    choices: Sequence[str],
    event: dict[str, Any],
    now: datetime,
) -> Question:
    """Note what is to be asked, in place of what was asked of this item before."""
    await session.execute(delete(Question).where(Question.item_id == item_id))
    row = Question(
        item_id=item_id, doubt=doubt, said=said, choices=tuple(choices), event=event, created_at=now, answer=""
    )
    session.add(row)
    await session.flush()
    return row


async def question_of(session: AsyncSession, item_id: ItemId) -> Question | None:
    """What the item's sender was asked, answered or not; None when nothing was."""
    return await session.scalar(
        select(Question).where(Question.item_id == item_id).execution_options(populate_existing=True)
    )


async def settle(session: AsyncSession, item_id: ItemId, answer: str, via: str, now: datetime) -> bool:
    """Note the answer; whether it is the first."""
    done = await session.scalar(
        update(Question)
        .where(Question.item_id == item_id, Question.answered_at.is_(None))
        .values(answer=answer, answered_at=now, answered_via=via)
        .returning(Question.item_id)
    )
    return done is not None
