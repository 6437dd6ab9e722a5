"""What an item tells of beside its own: kept with it, and known again when the network shares it, by whatever road."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.comparing import occasion
from bot.house import House
from bot.reading import EventReading, Reading, TipReading, Uncertain
from bot.reading.certain import as_kept, from_kept, known_part
from bot.reading.contents import with_contents
from bot.reading.sameness import Sameness, compare, likeliest, occasion_of
from bot.slack.showing import redraw_item
from bridges.markdown import from_plain
from bridges.texts import Texts
from bridges.urls import comparison_key
from storage.ids import ItemId
from storage.mentions import forget_open, open_on, tellers_of
from storage.models import Event, Item, Mention
from storage.sharers import known_events
from storage.tips import tip_of
from storage.words import Audience, Intent, Kind, Precision

#: The items that tell of more than what they are about.
_TELLING = (Kind.NEWSLETTER, Kind.INVITATION)

_SAME_NAMES = (
    *("title", "start", "end", "timezone", "all_day", "mode", "place", "online_url", "registration_url"),
    *("registration_email", "registration_deadline", "organiser", "status", "uid", "sequence"),
)


def told_in(reading: Reading) -> tuple[EventReading | TipReading, ...]:
    """What a reading tells of beside what it is about: events, and of a newsletter the pages worth reading."""
    if reading.kind not in _TELLING:
        return ()
    return (*reading.further, *(reading.tips if reading.kind is Kind.NEWSLETTER else ()))


async def note(session: AsyncSession, house: House, item: Item, reading: Reading, now: datetime) -> None:
    """Keep what a new item tells of, each with the item that it is already, where there is one."""
    told = told_in(reading)
    await _keep(session, item, [_row(item.id, number, one, house) for number, one in enumerate(told, 1)], now)


async def note_anew(
    session: AsyncSession, house: House, item: Item, reading: Reading, now: datetime, *, new_text: bool
) -> bool:
    """Put what a changed item tells of in place of what it told of, but for what somebody has shared; whether anything
    is otherwise. A form tells of nothing by itself: of a newsletter its new text says, of anything else it stays.
    """
    told = told_in(reading)
    if not told and item.kind is Kind.NEWSLETTER and new_text:
        told = told_in(with_contents(reading, item.created_at, house.settings.network.timezone))
    elif not told and item.kind in _TELLING:
        return False
    before = (await session.scalars(select(Mention).where(Mention.item_id == item.id))).all()
    rows = [_row(item.id, number, one, house) for number, one in enumerate(told, 1)]
    if {_marks(row) for row in rows} == {_marks(row) for row in before}:
        return False
    shared = {_name(row): row for row in await forget_open(session, item.id)}
    for row in rows:
        if (known := shared.get(_name(row))) is not None:
            known.number = row.number
    await _keep(session, item, [row for row in rows if _name(row) not in shared], now)
    return True


async def _keep(session: AsyncSession, item: Item, rows: Sequence[Mention], now: datetime) -> None:
    """Keep them, each with the item that it is already."""
    if not rows:
        return
    known = [pair for pair in await known_events(session, "", now) if pair[0].audience is Audience.ALL]
    for row in rows:
        if row.kind is Kind.TIP:
            tip = await tip_of(session, comparison_key(row.url))
            row.shared_as = tip.id if tip is not None and tip.audience is Audience.ALL else None
        else:
            row.shared_as = _known_as(row, known)
        session.add(row)
    await session.flush()


def _known_as(row: Mention, known: Sequence[tuple[Item, Event]]) -> ItemId | None:
    """The invitation that is there of this very event, on the same day; of what is doubtful whoever shares it decides."""
    near = [(item, one) for item, one in known if one.start[:10] == row.start[:10] != "" and item.id != row.item_id]
    if row.doubt is not None or not near:
        return None
    sameness, number = likeliest(
        occasion_of(row.title, event_told(row)), [occasion(one) for _, one in near], Intent.NEW
    )
    return near[number][0].id if sameness is Sameness.SAME and number is not None else None


async def shared_now(session: AsyncSession, house: House, item: Item, now: datetime) -> None:
    """Have letters that told of an event say that it is shared, when an item of it has come by another road."""
    event = await session.scalar(select(Event).where(Event.item_id == item.id).order_by(Event.id).limit(1))
    if event is None or item.kind is not Kind.INVITATION or item.audience is not Audience.ALL or event.uncertain:
        return
    told = [one for one in await open_on(session, event.start[:10]) if one.item_id != item.id and one.doubt is None]
    for one in told:
        if compare(occasion_of(one.title, event_told(one)), occasion(event)) is Sameness.SAME:
            # The letter first, then what it tells of: who changes a letter goes the same way.
            await redraw_item(session, house, one.item_id, now, gather=True)
            one.shared_as = item.id


async def redraw_tellers(session: AsyncSession, house: House, item_id: ItemId, now: datetime) -> None:
    """Draw the cards of those anew that tell of what is shared as this item: it has been shared, or taken back."""
    for teller in await tellers_of(session, item_id):
        await redraw_item(session, house, teller, now, gather=True)


# -- a mention as the reading that it came from -----------------------------------------------------------------------------


def _row(item_id: ItemId, number: int, told: EventReading | TipReading, house: House) -> Mention:
    if isinstance(told, TipReading):
        return Mention(
            item_id=item_id,
            number=number,
            kind=Kind.TIP,
            title=told.title,
            url=told.url,
            registration_deadline=told.deadline,
        )
    known = known_part(told) or replace(told, start="", end=None)
    doubt = told.uncertain
    row = Mention(
        item_id=item_id,
        number=number,
        kind=Kind.INVITATION,
        text=told.description,
        precision=known.date_precision,
        doubt=doubt.doubt if doubt else None,
        said=doubt.said if doubt else "",
        choices=doubt.choices if doubt else (),
        event=as_kept(told) if doubt else {},
    )
    for name in _SAME_NAMES:
        setattr(row, name, getattr(known, name))
    row.timezone = known.timezone or house.settings.network.timezone
    return row


def _marks(row: Mention) -> tuple[object, ...]:
    """What makes two rows tell of the same."""
    return (row.kind, row.title, row.url, row.start, row.end, row.place, row.online_url, row.registration_url, row.said)


def _name(row: Mention) -> tuple[object, ...]:
    """By which one that is shared is known again when the letter changes: the rest of it may be told otherwise."""
    if row.kind is Kind.TIP:
        return (row.kind, comparison_key(row.url))
    return (row.kind, row.title.casefold(), row.start[:10] or row.said)


def event_told(mention: Mention) -> EventReading | None:
    """The event, with what is in doubt about it; None of a page."""
    if mention.kind is Kind.TIP:
        return None
    if mention.doubt is not None:
        doubt = Uncertain(mention.doubt, mention.said, mention.choices)
        return replace(from_kept(mention.event), uncertain=doubt)
    fields = {name: getattr(mention, name) for name in _SAME_NAMES}
    return EventReading(**fields, date_precision=Precision(mention.precision), description=mention.text)


def with_source(text: str, house: House, letter: Item) -> str:
    """A text with where it was told of below it, in neutral Markdown: "Ur Agronytt i november", which leads there."""
    t = Texts(letter.language)
    page = f"{house.settings.network.public_url}/i/{letter.id}"
    source = t.t("From {letter}", letter=f"[{from_plain(' '.join(letter.title.split()))}](<{page}>)")
    return "\n\n".join(filter(None, (text, source)))


def reading_of(mention: Mention, letter: Item) -> Reading:
    """What a letter says of it; where that is from is not in it yet."""
    return Reading(
        kind=mention.kind,
        intent=Intent.NEW,
        title=mention.title,
        text=from_plain(mention.url if mention.kind is Kind.TIP else mention.text),
        language=letter.language,
        audience=letter.audience,
        topics=tuple(letter.topics),
        event=event_told(mention),
    )
