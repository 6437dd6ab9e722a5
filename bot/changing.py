"""An item that changes: the same item says the new, its card is drawn anew, and those who have the old are written to."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.asking import put
from bot.house import House
from bot.planning import ITEMS
from bot.publishing import event_row, keep_files
from bot.reading import EventReading, Reading
from bot.reading.certain import known_part
from bot.slack.showing import redraw_item
from bot.telling import new_content
from bot.tipping import hold_its_page, tip_anew
from bot.understanding import Author
from storage.audit import record
from storage.models import Content, Delivery, Event, Item, Member
from storage.outbox import Planned, enqueue
from storage.questions import NEEDLESS, settle
from storage.threads import remember_post
from storage.words import ContentKind, DeliveryState, Intent, ItemStatus, MemberStatus

#: What a change of the event's when and where is made of.
_EVENT_FIELDS = (
    *("title", "start", "end", "timezone", "all_day", "mode", "place", "online_url", "registration_url"),
    *("registration_email", "registration_deadline", "starts_at", "ends_at", "precision", "uncertain"),
)

#: What an item is about does not change with its wording: a recording stays one, what is called off stays so.
_STAYS = (Intent.CANCELLATION, Intent.SAVE_THE_DATE, Intent.DATE_POLL, Intent.RECORDING)


async def change(
    session: AsyncSession, house: House, item: Item, reading: Reading, author: Author, via: str, now: datetime
) -> str:
    """Make an item say what this reading says; answers "changed", "unchanged" or "item_gone".

    Letters that have not left yet will say the new; whoever has the old gets a letter that says it has changed, after
    the undo window like any item.
    """
    if item.status is not ItemStatus.PUBLISHED:
        return "item_gone"
    await hold_its_page(session, house, reading)
    said_anew = await _say(session, house, item, reading)
    await _ask_no_more(session, item, reading, via, now)
    if not said_anew and not reading.files:
        return "unchanged"
    item.revision += 1
    item.updated_at = now
    if item.intent not in _STAYS:
        item.intent = Intent.UPDATE
    keep_files(session, reading.files, item_id=item.id)
    await session.flush()
    await tip_anew(session, house, item, reading)
    await _write_to_those_who_have_it(session, house, item, now)
    await record(session, author.email or "slack", "item.changed", f"item:{item.id}", via, {}, now)
    await redraw_item(session, house, item.id, now)
    return "changed"


async def _ask_no_more(session: AsyncSession, item: Item, reading: Reading, via: str, now: datetime) -> None:
    """A day that is known need not be asked for; one that is in doubt again is."""
    if reading.event is None:
        return
    await put(session, item.id, reading.event, now)
    doubtful = select(Event.uncertain).where(Event.item_id == item.id).order_by(Event.id).limit(1)
    if reading.event.uncertain is None and not await session.scalar(doubtful):
        await settle(session, item.id, NEEDLESS, via, now)


async def _say(session: AsyncSession, house: House, item: Item, reading: Reading) -> bool:
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
    return await _change_event(session, house, item, reading.event) or bool(changed)


async def _change_event(session: AsyncSession, house: House, item: Item, reading: EventReading | None) -> bool:
    """Calendars know the event again by its UID, and that it is newer by its SEQUENCE (RFC 5546 §2.1.4)."""
    event = await session.scalar(select(Event).where(Event.item_id == item.id).order_by(Event.id).limit(1))
    if reading is None:
        return False  # a form without a day does not call an event off
    if (known := known_part(reading)) is None:
        return False  # it may be on several days: what stood there stays until its sender says which
    row = event_row(item.id, known, house)
    if event is None:
        session.add(row)
        return True
    # What is in doubt stays so while nobody says more of it: a form that was sent in again says the same week.
    row.uncertain = row.uncertain or (event.uncertain and (row.start, row.precision) == (event.start, event.precision))
    changed = [name for name in _EVENT_FIELDS if getattr(event, name) != getattr(row, name)]
    for name in changed:
        setattr(event, name, getattr(row, name))
    if changed:
        event.sequence += 1
    return bool(changed)


async def _write_to_those_who_have_it(session: AsyncSession, house: House, item: Item, now: datetime) -> None:
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
    if not planned:
        return
    key = f"item:{item.id}:{item.revision}"
    content = await new_content(session, house, key, ContentKind.ITEM, now, item_id=item.id, revision=item.revision)
    await remember_post(session, "mail", content.message_id, item.id, None, ours=True)
    await enqueue(session, content, planned, now)
