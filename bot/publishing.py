"""Facts become letters to send: an item or a comment is stored and its deliveries planned, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.asking import ask, put
from bot.house import House
from bot.mentions import note, shared_now
from bot.planning import COMMENTS, ITEMS, Reader, Shared, readers_of, readers_of_comment
from bot.reading import EventReading, Reading
from bot.reading.certain import known_part
from bot.reading.corrections import says_correction
from bot.reading.sign_ups import sign_up_in
from bot.reading.tips import Page, said_beside
from bot.slack.showing import redraw_item, show_comment, show_item
from bot.telling import copy_for, new_content, readers, tell, today
from bot.tipping import Found, Known, join, look_up, tell_known
from bot.understanding import Author, Understood, came_at, may_be_told
from bridges.mail.parse import MailFile
from storage.ids import CommentId, HeldId, InboxId, ItemId, MessageId
from storage.models import Attachment, Comment, Event, Item
from storage.outbox import enqueue
from storage.readers import all_readers, followers
from storage.threads import Place, follow, remember_post, sign_up
from storage.tips import make_tip
from storage.words import ContentKind, InboxState, Precision

#: Older mail is kept, and can be looked up; nobody is written to about it.
TOO_OLD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an inbound."""

    state: InboxState
    reason: str  # a stable slug
    detail: str = ""  # one line for a person


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people something goes to, in how many clusters."""

    people: int
    clusters: int

    @classmethod
    def of(cls, takers: Sequence[Reader]) -> "Reach":
        """The reach of letters to these."""
        return cls(len(takers), len({reader.cluster_id for reader in takers if reader.cluster_id is not None}))


@dataclass(frozen=True, slots=True)
class Published:
    """What came of sharing: the item, and whom it goes to."""

    item_id: ItemId
    title: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the words came from, and when they were sent."""

    inbox_id: InboxId | None  # None: it was taken up from what an item tells of
    sent_at: datetime
    message_id: MessageId | None = None  # of a mail
    slack_post: str | None = None  # "C0123:TS" of an answer in Slack


def origin_of(inbox_id: InboxId, seen: Understood, now: datetime) -> Origin:
    """Where a mail's words came from."""
    message_id = MessageId(seen.mail.message_id) if seen.mail.message_id else None
    return Origin(inbox_id=inbox_id, message_id=message_id, sent_at=came_at(seen.mail, now))


async def reach_of(
    session: AsyncSession, house: House, reading: Reading, author: Author, place: Place | None, now: datetime
) -> Reach:
    """How many would get this by mail: as an answer those who follow its thread, else all whom an item reaches."""
    if place is not None:
        return Reach.of(await _readers_in_thread(session, house, place.item_id, author, now))
    return Reach.of(await _readers_of(session, house, reading, author, now))


def is_old(sent_at: datetime, now: datetime) -> bool:
    """Whether it is too old to write to anybody about."""
    return sent_at < now - TOO_OLD


async def publish(
    session: AsyncSession,
    house: House,
    inbox_id: InboxId,
    seen: Understood,
    reading: Reading,
    author: Author,
    place: Place | None,
    now: datetime,
) -> Outcome:
    """An answer becomes a comment in its thread; anything else an item. A known author gets a receipt of an item."""
    origin = origin_of(inbox_id, seen, now)
    if place is not None:
        answer = sign_up_in(reading.text)
        if answer is not None and author.member_id is not None:
            await sign_up(session, place.item_id, author.member_id, answer, "mail", now)
            await redraw_item(session, house, place.item_id, now, gather=True)
            return Outcome(InboxState.DONE, "rsvp", answer.value)
        if not reading.text.strip() and not reading.files:
            if may_be_told(seen, author):
                await tell(session, house, "empty", author, now, title=reading.title)
            return Outcome(InboxState.ASIDE, "empty_answer")
        correction = await corrects(session, reading, author, place)
        await comment(
            session, house, place.item_id, place.comment_id, reading, author, origin, now, correction=correction
        )
        return Outcome(InboxState.DONE, "comment")
    published = await share(session, house, reading, author, origin, now)
    if isinstance(published, Known):
        if may_be_told(seen, author):
            await tell_known(session, house, published, author, now, once=str(inbox_id))
        return Outcome(InboxState.DONE, "tip_known")
    if is_old(origin.sent_at, now):
        return Outcome(InboxState.DONE, "item", "older than 14 days: kept, not sent")
    if may_be_told(seen, author):
        await ask(session, house, published.item_id, author, now)
    if author.member_id is not None and may_be_told(seen, author):
        await tell(
            session,
            house,
            "shared",
            author,
            now,
            once=str(inbox_id),
            item_id=published.item_id,
            title=published.title,
            people=published.reach.people,
            clusters=published.reach.clusters,
            undo_seconds=house.settings.list.undo_seconds,
        )
    return Outcome(InboxState.DONE, "item")


async def share(
    session: AsyncSession, house: House, reading: Reading, author: Author, origin: Origin, now: datetime
) -> Published | Known:
    """Store an item with all that belongs to it, and plan its letters to leave after the undo window. A page that has a
    tip already gets no other: what is said of it joins that one.
    """
    # What is too old to write about is no answer to who finds the page today.
    found = Found() if is_old(origin.sent_at, now) else await look_up(session, house, reading, author)
    if found.earlier is not None and found.page is not None:
        return await _joined(session, house, found.page, found.earlier, reading, author, origin, now)
    item = Item(
        kind=reading.kind,
        intent=reading.intent,
        title=reading.title,
        text=reading.text,
        language=reading.language,
        audience=reading.audience,
        topics=tuple(reading.topics),
        author_id=author.member_id,
        author_name=author.name,
        author_email=author.email,
        cluster_id=author.cluster_id,
        inbox_id=origin.inbox_id,
        # What was written long ago is no news: neither a letter nor a digest tells of it.
        created_at=origin.sent_at if is_old(origin.sent_at, now) else now,
        updated_at=now,
    )
    session.add(item)
    await session.flush()
    if found.page is not None:
        await make_tip(session, found.page.key, found.page.url, item.id)
    if (event := known_part(reading.event)) is not None:
        session.add(event_row(item.id, event, house))
    if reading.event is not None and not is_old(origin.sent_at, now):
        await put(session, item.id, reading.event, now)
    await note(session, house, item, reading, now)
    keep_files(session, reading.files, item_id=item.id)
    await remember_post(session, "mail", origin.message_id, item.id, None, ours=False)
    if author.member_id is not None:
        await follow(session, item.id, author.member_id, "author")
    content = await new_content(session, house, f"item:{item.id}:0", ContentKind.ITEM, now, item_id=item.id)
    await remember_post(session, "mail", content.message_id, item.id, None, ours=True)
    takers = [] if is_old(origin.sent_at, now) else await _readers_of(session, house, reading, author, now)
    leaves_at = now + timedelta(seconds=house.settings.list.undo_seconds)
    await enqueue(session, content, [copy_for(reader, leaves_at, ITEMS) for reader in takers], now)
    if not is_old(origin.sent_at, now):
        await show_item(session, house, content, item, now)
        await shared_now(session, house, item, now)
    return Published(item.id, item.title, Reach.of(takers))


async def _joined(
    session: AsyncSession,
    house: House,
    page: Page,
    earlier: Item,
    reading: Reading,
    author: Author,
    origin: Origin,
    now: datetime,
) -> Known:
    """What somebody wrote beside the link is an answer to the tip that is there, and their finding it too is a vote."""
    said = said_beside(reading, page, earlier.title, by_mail=origin.message_id is not None)
    if speaks := bool(said.text.strip() or said.files):
        await comment(session, house, earlier.id, None, said, author, origin, now)
    else:
        await remember_post(session, "mail", origin.message_id, earlier.id, None, ours=False)
    return await join(session, house, earlier, author, now, said=speaks)


async def comment(
    session: AsyncSession,
    house: House,
    item_id: ItemId,
    parent_id: CommentId | None,
    reading: Reading,
    author: Author,
    origin: Origin,
    now: datetime,
    *,
    correction: bool = False,
) -> int:
    """Store an answer in an item's thread and plan its letters to those who follow; answers how many they are."""
    row = Comment(
        item_id=item_id,
        parent_id=parent_id,
        text=reading.text,
        trimmed=reading.trimmed,
        author_id=author.member_id,
        author_name=author.name,
        author_email=author.email,
        inbox_id=origin.inbox_id,
        correction=correction,
        created_at=origin.sent_at if origin.slack_post else now,  # Slack does not promise the order of what it tells
    )
    session.add(row)
    await session.flush()
    keep_files(session, reading.files, comment_id=row.id)
    await remember_post(session, "mail", origin.message_id, item_id, row.id, ours=False)
    await remember_post(session, "slack", origin.slack_post, item_id, row.id, ours=False)
    key = f"comment:{row.id}:0"
    content = await new_content(session, house, key, ContentKind.COMMENT, now, item_id=item_id, comment_id=row.id)
    await remember_post(session, "mail", content.message_id, item_id, row.id, ours=True)
    takers = [] if is_old(origin.sent_at, now) else await _readers_in_thread(session, house, item_id, author, now)
    await enqueue(session, content, [copy_for(reader, now, COMMENTS) for reader in takers], now)
    if origin.slack_post is None and not is_old(origin.sent_at, now):
        await show_comment(session, house, content, item_id, now)
    await redraw_item(session, house, item_id, now, gather=True)
    if author.member_id is not None:
        await follow(session, item_id, author.member_id, "answered")
    return len(takers)


async def corrects(session: AsyncSession, reading: Reading, author: Author, place: Place) -> bool:
    """Whether somebody corrects what they wrote themselves."""
    if author.member_id is None or not says_correction(reading.title, reading.text):
        return False
    own = Comment.author_id if place.comment_id is not None else Item.author_id
    row = Comment.id == place.comment_id if place.comment_id is not None else Item.id == place.item_id
    return await session.scalar(select(own).where(row)) == author.member_id


async def _readers_of(
    session: AsyncSession, house: House, reading: Reading, author: Author, now: datetime
) -> list[Reader]:
    shared = Shared(audience=reading.audience, topics=reading.topics, author_id=author.member_id)
    return readers_of(shared, readers(await all_readers(session)), today(house, now))


async def _readers_in_thread(
    session: AsyncSession, house: House, item_id: ItemId, author: Author, now: datetime
) -> list[Reader]:
    item = await session.get_one(Item, item_id)
    return readers_of_comment(
        author.member_id,
        Shared(audience=item.audience, topics=item.topics, author_id=item.author_id),
        readers(await followers(session, item_id)),
        today(house, now),
        slack=house.settings.slack is not None,
    )


def keep_files(
    session: AsyncSession,
    files: Sequence[MailFile],
    *,
    item_id: ItemId | None = None,
    comment_id: CommentId | None = None,
    held_id: HeldId | None = None,
) -> None:
    """Keep files with what they came with."""
    for file in files:
        session.add(
            Attachment(
                item_id=item_id,
                comment_id=comment_id,
                held_id=held_id,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                content=file.content,
            )
        )


def event_row(item_id: ItemId, event: EventReading, house: House) -> Event:
    """An event as the ledger keeps it."""
    zone = event.timezone or house.settings.network.timezone
    return Event(
        item_id=item_id,
        title=event.title,
        start=event.start,
        end=event.end,
        timezone=zone,
        starts_at=instant(event.start, zone),
        ends_at=instant(event.end, zone) if event.end else None,
        precision=Precision(event.date_precision),
        all_day=event.all_day,
        mode=event.mode,
        place=event.place or "",
        online_url=event.online_url or "",
        registration_url=event.registration_url or "",
        registration_email=event.registration_email or "",
        registration_deadline=event.registration_deadline or "",
        organiser=event.organiser or "",
        status=event.status,
        uid=event.uid or f"item-{item_id}@{house.settings.list.domain}",
        sequence=event.sequence,
        uncertain=event.uncertain is not None,
    )


def instant(wall: str, zone: str) -> datetime:
    """The instant of a wall time "2026-08-26T13:00" (or of a day's beginning) in a zone."""
    moment = datetime.fromisoformat(wall)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
