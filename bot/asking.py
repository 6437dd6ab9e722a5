"""The question to a sender whose event is in doubt: asked once, in Slack or by mail."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.reading import EventReading, Uncertain
from bot.reading.certain import as_kept, from_kept, known_part
from bot.telling import tell
from bot.understanding import Author
from bridges.which_day import WhichDay
from storage.ids import ItemId
from storage.models import Item, Member, Question
from storage.questions import put_question, question_of
from storage.words import Doubt, Precision


async def put(session: AsyncSession, item_id: ItemId, event: EventReading, now: datetime) -> None:
    """Note what is in doubt about an item's event, if anything is."""
    if event.uncertain is None:
        return
    choices = event.uncertain.choices or _days_of(event)
    await put_question(session, item_id, event.uncertain.doubt, event.uncertain.said, choices, as_kept(event), now)


async def ask(session: AsyncSession, house: House, item_id: ItemId, author: Author, now: datetime) -> None:
    """Ask the sender, where they are: in Slack when they act there, else by mail."""
    question = await question_of(session, item_id)
    item = await session.get(Item, item_id)
    if question is None or question.answered_at is not None or item is None:
        return
    member = await session.get(Member, author.member_id) if author.member_id is not None else None
    if house.settings.slack is not None and member is not None and member.slack_user:
        author = replace(author, slack_user=member.slack_user)
    once = f"{item_id}:{int(question.created_at.timestamp())}"
    which = which_day(question)
    await tell(session, house, "which_day", author, now, once=once, item_id=item_id, title=item.title, **which.params)


def which_day(question: Question) -> WhichDay:
    """What is asked, as it is put into words."""
    event = uncertain_event(question)
    known = known_part(event)
    return WhichDay(
        doubt=question.doubt,
        said=question.said,
        choices=question.choices,
        known=known.start if known else "",
        precision=known.date_precision if known else Precision.TIME,
    )


def uncertain_event(question: Question) -> EventReading:
    """The event as the mail told it, with its doubt."""
    doubt = Uncertain(question.doubt, question.said, question.choices)
    return replace(from_kept(question.event), uncertain=doubt)


def _days_of(event: EventReading) -> tuple[str, ...]:
    """Of a week alone its working days."""
    if event.uncertain is None or event.uncertain.doubt is not Doubt.WEEK:
        return ()
    monday = date.fromisoformat(event.start[:10])
    return tuple((monday + timedelta(days=number)).isoformat() for number in range(5))
