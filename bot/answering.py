"""What the sender of an event in doubt answers: the item says it, and everyone who has the old is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.asking import uncertain_event
from bot.changing import change
from bot.house import House
from bot.reading import Reading
from bot.reading.certain import settled
from bot.understanding import Author
from storage.ids import ItemId
from storage.models import Event, Item
from storage.questions import question_of, settle
from storage.words import ItemStatus


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an answer."""

    outcome: Literal["settled", "already", "gone", "unclear"]
    title: str = ""
    answer: str = ""  # the day or wall time that counts now; "" when the event was changed in another way


async def answer(
    house: House, item_id: ItemId, wall: str, by: Author, via: str, *, within: AsyncSession | None = None
) -> Settled:
    """The event is on that day, or at that wall time: the item says so, and everyone who has the old is told."""
    now = house.now()
    async with transaction(house, within) as session:
        item = await session.get(Item, item_id, with_for_update=True)
        question = await question_of(session, item_id)
        if item is None or question is None or item.status is not ItemStatus.PUBLISHED:
            return Settled("gone")
        if question.answered_at is None and not is_wall(wall):
            return Settled("unclear", item.title)
        if not await settle(session, item_id, wall, via, now):
            return Settled("already", item.title, question.answer if is_wall(question.answer) else "")
        await session.execute(update(Event).where(Event.item_id == item_id).values(uncertain=False))
        reading = Reading(
            kind=item.kind,
            intent=item.intent,
            title=item.title,
            text=item.text,
            language=item.language,
            audience=item.audience,
            topics=tuple(item.topics),
            event=settled(uncertain_event(question), wall),
        )
        await change(session, house, item, reading, by, via, now)
        start = await session.scalar(select(Event.start).where(Event.item_id == item_id).order_by(Event.id))
        return Settled("settled", item.title, start or wall)


def is_wall(text: str) -> bool:
    """Whether this is a day or a wall time as the ledger writes them."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    written = moment.isoformat(timespec="minutes") if "T" in text else moment.date().isoformat()
    return moment.tzinfo is None and written == text
