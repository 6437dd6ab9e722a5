"""An item that changes: the same item says the new, its card is drawn anew, and those who have the old are written to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.asking import put
from bot.house import House
from bot.mentions import note_anew
from bot.planning import ITEMS, mail_to
from bot.publishing import event_row, keep_files
from bot.reading import EventReading, Reading
from bot.reading.certain import known_part
from bot.slack.showing import redraw_item
from bot.telling import new_content
from bot.tipping import hold_its_page, tip_anew
from bot.understanding import Author
from storage.audit import record
from storage.models import Content, Delivery, Event, Item, Member, SignUp
from storage.outbox import Planned, enqueue
from storage.questions import NEEDLESS, settle
from storage.threads import remember_post
from storage.words import Answer, ContentKind, DeliveryState, EventStatus, Intent, ItemStatus, MemberStatus

#: What a change of the event's when and where is made of.
_EVENT_FIELDS = (
    *("title", "start", "end", "timezone", "all_day", "mode", "place", "online_url", "registration_url"),
    *("registration_email", "registration_deadline", "starts_at", "ends_at", "precision", "uncertain"),
)
#: What those who had planned with the old are reminded of.
_WAS = ("start", "end", "precision", "all_day", "timezone", "mode", "place", "online_url")

#: What an item is about does not change with its wording: a recording stays one, what is called off stays so.
_STAYS = (Intent.CANCELLATION, Intent.SAVE_THE_DATE, Intent.DATE_POLL, Intent.RECORDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a change says beyond the words: nothing, when a form was put right."""

    intent: Intent | None = None  # what the item is from now on; None: changed, unless what it is about stays
    status: EventStatus | None = None  # moved, called off; None: as it was
    sequence: int = 0  # of its sender's own calendar: ours is no lower


async def change(
    session: AsyncSession,
    house: House,
    item: Item,
    reading: Reading,
    author: Author,
    via: str,
    now: datetime,
    news: News = News(),
) -> str:
    """Make an item say what this reading says; answers "changed", "unchanged" or "item_gone".

    Letters that have not left yet will say the new; whoever has the old gets a letter that says it has changed, after
    the undo window like any item, and so does whoever means to come.
    """
    if item.status is not ItemStatus.PUBLISHED:
        return "item_gone"
    await hold_its_page(session, house, reading)
    text = item.text
    said_anew = _say(item, reading)
    was = await _change_event(session, house, item, reading.event, news)
    await _ask_no_more(session, item, reading, via, now)
    tells_anew = await note_anew(session, house, item, reading, now, new_text=item.text != text)
    if not said_anew and was is None and not tells_anew and not reading.files:
        return "unchanged"
    item.revision += 1
    item.updated_at = now
    if news.intent is not None:
        item.intent = news.intent
    elif item.intent not in _STAYS:
        item.intent = Intent.UPDATE
    keep_files(session, reading.files, item_id=item.id)
    await session.flush()
    await tip_anew(session, house, item, reading)
    await _write_to_those_who_have_it(session, house, item, was, now)
    await record(session, author.email or "slack", "item.changed", f"item:{item.id}", via, {}, now)
    await redraw_item(session, house, item.id, now)
    return "changed"


def _say(item: Item, reading: Reading) -> bool:
    new = {
        "kind": reading.kind,
        "title": reading.title,
        "text": reading.text,
        "audience": reading.audience,
        "topics": tuple(reading.topics),
    }
    changed = [name for name, value in new.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, new[name])
    return bool(changed)


async def _change_event(
    session: AsyncSession, house: House, item: Item, reading: EventReading | None, news: News
) -> Mapping[str, Any] | None:
    """What of when and where was otherwise before, {} when only other things are new; None when nothing is.

    Calendars know the event again by its UID, and that it is newer by its SEQUENCE (RFC 5546 §2.1.4).
    """
    event = await session.scalar(select(Event).where(Event.item_id == item.id).order_by(Event.id).limit(1))
    if reading is None:
        return None  # a form without a day does not call an event off
    if (known := known_part(reading)) is None:
        return None  # it may be on several days: what stood there stays until its sender says which
    row = event_row(item.id, known, house)
    if event is None:
        session.add(row)
        return {}
    # What is in doubt stays so while nobody says more of it: a form that was sent in again says the same week.
    row.uncertain = row.uncertain or (event.uncertain and (row.start, row.precision) == (event.start, event.precision))
    row.status = news.status or event.status
    changed = [name for name in (*_EVENT_FIELDS, "status") if getattr(event, name) != getattr(row, name)]
    was = {name: getattr(event, name) for name in _WAS} if set(changed) & set(_WAS) else {}
    for name in changed:
        setattr(event, name, getattr(row, name))
    if changed:
        event.sequence = max(event.sequence + 1, news.sequence)
    return was if changed else None


async def _ask_no_more(session: AsyncSession, item: Item, reading: Reading, via: str, now: datetime) -> None:
    """A day that is known need not be asked for; one that is in doubt again is."""
    if reading.event is None:
        return
    await put(session, item.id, reading.event, now)
    doubtful = select(Event.uncertain).where(Event.item_id == item.id).order_by(Event.id).limit(1)
    if reading.event.uncertain is None and not await session.scalar(doubtful):
        await settle(session, item.id, NEEDLESS, via, now)


async def _write_to_those_who_have_it(
    session: AsyncSession, house: House, item: Item, was: Mapping[str, Any] | None, now: datetime
) -> None:
    """`was`: what of when and where was otherwise; None when the event is as it was."""
    rows = await session.execute(
        select(Delivery.destination, Delivery.member_id, Delivery.name, Delivery.language)
        .join(Content, Content.id == Delivery.content_id)
        .join(Member, Member.id == Delivery.member_id)
        .where(
            Content.item_id == item.id,
            Content.kind == ContentKind.ITEM,
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.SENDING)),
            Delivery.destination.startswith("mail:"),
            Member.status == MemberStatus.ACTIVE,
        )
        .distinct()
    )
    leaves_at = now + timedelta(seconds=house.settings.list.undo_seconds)
    planned = [Planned(**row, next_at=leaves_at, priority=ITEMS) for row in rows.mappings()]
    if was is not None:
        planned += await _who_mean_to_come(session, item, {copy.member_id for copy in planned}, leaves_at)
    if not planned:
        return
    key, data = f"item:{item.id}:{item.revision}", {"was": dict(was)} if was else {}
    content = await new_content(
        session, house, key, ContentKind.ITEM, now, item_id=item.id, revision=item.revision, data=data
    )
    await remember_post(session, "mail", content.message_id, item.id, None, ours=True)
    await enqueue(session, content, planned, now)


async def _who_mean_to_come(session: AsyncSession, item: Item, have_it: set[Any], leaves_at: datetime) -> list[Planned]:
    """Who said yes or maybe where they saw it, without having had a letter of it; unless one waits for them already."""
    waits: ColumnElement[bool] = (
        select(Delivery.id)
        .join(Content, Content.id == Delivery.content_id)
        .where(
            Content.item_id == item.id,
            Content.kind == ContentKind.ITEM,
            Delivery.member_id == Member.id,
            Delivery.state == DeliveryState.QUEUED,
        )
        .exists()
    )
    members = await session.scalars(
        select(Member)
        .join(SignUp, SignUp.member_id == Member.id)
        .where(
            SignUp.item_id == item.id,
            SignUp.answer.in_((Answer.YES, Answer.MAYBE)),
            Member.email.is_not(None),
            Member.status == MemberStatus.ACTIVE,
            ~waits,
        )
        .order_by(Member.id)
    )
    return [
        Planned(
            destination=mail_to(member.email or ""),
            member_id=member.id,
            name=member.name,
            language=member.locale,
            next_at=leaves_at,
            priority=ITEMS,
        )
        for member in members
        if member.id not in have_it
    ]
