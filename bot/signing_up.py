"""A calendar's answer to an event is counted, and what its owner wrote beside it becomes an answer in the thread."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.powers import Powers
from bot.publishing import Outcome, comment, corrects, origin_of
from bot.reading import Reading
from bot.reading.calendar_words import Press, own_words
from bot.slack.showing import redraw_item
from bot.understanding import Author, Understood, reading_of
from bridges.mail.calendar_answers import CalendarReply, calendar_reply_in
from storage.ids import InboxId, MemberId
from storage.models import Item
from storage.readers import KnownSender, sender_by_address
from storage.threads import Place, item_of_event, sign_up
from storage.words import InboxState


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A calendar's answer to the event of an item."""

    place: Place
    title: str  # of the item
    reply: CalendarReply


async def without_anothers_answer(
    session: AsyncSession, seen: Understood, known: KnownSender | None, now: datetime
) -> Understood:
    """The mail without a calendar's answer that is another member's: whoever passes it on has not answered."""
    reply = calendar_reply_in(seen.mail)
    if reply is None or known is None:
        return seen
    whose = await sender_by_address(session, reply.attendee, now) if reply.attendee else None
    if whose is None or whose.member_id == known.member_id:
        return seen
    return replace(seen, mail=replace(seen.mail, calendars=()))


async def event_answered(session: AsyncSession, seen: Understood, place: Place | None) -> SignedUp | None:
    """The event that a calendar program answers, when it is one of ours that still stands."""
    reply = calendar_reply_in(seen.mail)
    item_id = await item_of_event(session, reply.uid) if reply else None
    if reply is None or item_id is None:
        return None
    item = await session.get_one(Item, item_id)
    there = place if place is not None and place.item_id == item_id else Place(item_id, None)
    return SignedUp(there, item.title, reply)


def words_beside(house: House, seen: Understood, signed: SignedUp, author: Author) -> Reading:
    """What the person says in their answer beside yes, maybe or no; without text and files when they say nothing."""
    from bridges.markdown import from_plain  # noqa: PLC0415  few mails need it

    reading, reply = reading_of(house, seen, signed.place), signed.reply
    powers = Powers(house.settings.network.public_url, house.settings.list.address)
    written = seen.mail.sender.name if seen.mail.sender else ""
    press = Press(
        subject=seen.mail.subject,
        titles=(signed.title, reply.title),
        names=(author.name, written, reply.name, author.email, reply.attendee),
    )
    said = own_words(reading.text, powers.taken_from(from_plain(reply.comment)), press)
    # A picture in the text alone is the logo of a signature.
    files = reading.files if said else tuple(file for file in reading.files if not file.inline)
    return replace(reading, text=said, files=files)


async def count(
    session: AsyncSession,
    house: House,
    inbox_id: InboxId,
    seen: Understood,
    signed: SignedUp,
    said: Reading,
    author: Author,
    member_id: MemberId,
    now: datetime,
) -> Outcome:
    """The answer counts, and the words beside it go to those who follow the thread."""
    place, answer = signed.place, signed.reply.answer
    await sign_up(session, place.item_id, member_id, answer, "mail", now)
    if not said.text and not said.files:
        await redraw_item(session, house, place.item_id, now, gather=True)
        return Outcome(InboxState.DONE, "rsvp", answer.value)
    origin = origin_of(inbox_id, seen, now)
    correction = await corrects(session, said, author, place)
    await comment(session, house, place.item_id, place.comment_id, said, author, origin, now, correction=correction)
    return Outcome(InboxState.DONE, "rsvp", f"{answer.value}, with words")
