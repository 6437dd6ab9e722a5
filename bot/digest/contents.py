"""What an edition says: as it went out, or as it would be now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.digest.week import rhythm_of
from bot.house import House
from bridges.edition import Edition, EditionRow, sent_edition
from bridges.mail.calendar_out import event_view
from bridges.markdown import beginning
from schedules.digest import NEWS, Candidate, Occasion, Place, choose, keep_arranged
from storage import digests as ledger
from storage.digests import Counts, Possible
from storage.ids import Week
from storage.models import Digest, Event, Item
from storage.words import DigestState, Intent, Precision, Section


@dataclass(frozen=True, slots=True)
class Drawn:
    """An edition as it is, or as it would be now."""

    edition: Edition
    state: DigestState | None  # None: nobody has begun it
    left_out: tuple[EditionRow, ...] = ()  # what editors took out


async def drawn(session: AsyncSession, house: House, week: Week, now: datetime) -> Drawn:
    """The edition as it went out, without what has been taken back since; or as it would be, were it sent now."""
    day = rhythm_of(house.settings).day_of(week)
    if (as_sent := await sent_edition(session, week, day)) is not None:
        return Drawn(as_sent, DigestState.SENT)
    digest = await ledger.edition(session, week)
    places = await places_of(session, house, week, digest, now)
    rows = await _rows(session, places)
    dropped = {place.item_id for place in places if place.dropped}
    edition = Edition(
        week=week,
        day=day,
        lead=digest.lead if digest else "",
        rows=tuple(row for row in rows if row.item_id not in dropped),
    )
    left_out = tuple(row for row in rows if row.item_id in dropped)
    return Drawn(edition, digest.state if digest else None, left_out)


async def places_of(
    session: AsyncSession, house: House, week: Week, digest: Digest | None, now: datetime
) -> list[Place]:
    """What stands in it if it is sent now, where, and what editors took out."""
    rhythm = rhythm_of(house.settings)
    day = rhythm.day_of(week)
    until = now - timedelta(seconds=house.settings.list.undo_seconds)
    since = await _since(session, now, now - until)
    # A week's event counts as its Monday in the ledger and lasts until Sunday.
    upcoming = datetime.combine(day - timedelta(days=7), time(), tzinfo=ZoneInfo(rhythm.timezone))
    found = await ledger.possible(session, since, until, upcoming)
    chosen = choose([_candidate(one) for one in found], day, since)
    if digest is None:
        return chosen
    kept = [Place(item_id=entry.item_id, section=entry.section, dropped=entry.dropped) for entry in digest.entries]
    return keep_arranged(chosen, kept, digest.arranged)


async def _since(session: AsyncSession, now: datetime, undo: timedelta) -> datetime:
    """What came before this, and was in no edition, is too old to be new: a fortnight, or all that came since the last
    edition looked; weeks that were skipped count as waiting.
    """
    last = await ledger.last_sent(session, now)
    if last is not None:
        return min(last - undo, now - NEWS)
    return min(await ledger.first_begun(session) or now, now) - NEWS


def _candidate(one: Possible) -> Candidate:
    item = one.item
    return Candidate(
        item_id=item.id,
        kind=item.kind,
        intent=item.intent,
        created_at=item.created_at,
        changed_at=item.updated_at if item.revision else None,
        occasion=_occasion(item.events),
        votes=one.votes,
        shown_at=one.shown_at,
        dropped=one.dropped,
    )


def _occasion(events: Sequence[Event]) -> Occasion | None:
    """An item's own event, in days where it takes place."""
    if not events:
        return None
    event = events[0]
    first = datetime.fromisoformat(event.start).date()
    last = datetime.fromisoformat(event.end).date() if event.end else first
    if event.precision is Precision.WEEK:
        last = max(last, first + timedelta(days=6))
    return Occasion(first=first, last=last, deadline=_deadline(event), status=event.status)


def _deadline(event: Event) -> date | None:
    try:
        moment = datetime.fromisoformat(event.registration_deadline)
    except ValueError:  # none, or nothing that we understand
        return None
    return (moment.astimezone(ZoneInfo(event.timezone)) if moment.tzinfo else moment).date()


async def _rows(session: AsyncSession, places: Sequence[Place]) -> list[EditionRow]:
    """The rows of these places, as the ledger has them now."""
    ids = [place.item_id for place in places]
    items, counts, links = (
        await ledger.items_of(session, ids),
        await ledger.counts_of(session, ids),
        await ledger.links_of(session, ids),
    )
    return [
        _row(items[place.item_id], place.section, counts.get(place.item_id, Counts()), links.get(place.item_id, ""))
        for place in places
        if place.item_id in items
    ]


def _row(item: Item, section: Section, counts: Counts, link: str) -> EditionRow:
    return EditionRow(
        item_id=item.id,
        section=section,
        kind=item.kind,
        # That it was changed before anybody saw it in a digest is no news.
        intent=Intent.NEW if item.intent is Intent.UPDATE and section is not Section.CHANGED else item.intent,
        title=item.title,
        beginning=beginning(item.text),
        language=item.language,
        cluster=item.cluster.name if item.cluster else "",
        event=event_view(item.events[0]) if item.events else None,
        link=link,
        votes=counts.votes,
        coming=counts.coming,
        coming_clusters=counts.coming_clusters,
        comments=counts.comments,
    )


async def keep(session: AsyncSession, house: House, week: Week, now: datetime) -> list[EditionRow]:
    """Write down what stands in the edition now; answers its rows, without what was taken out."""
    digest = await begin(session, week, now)
    places = await places_of(session, house, week, digest, now)
    rows = {row.item_id: row for row in await _rows(session, places)}
    kept = [place for place in places if place.item_id in rows]
    shown = {item_id: row.as_json() for item_id, row in rows.items()}
    await ledger.place(session, week, [(p.item_id, p.section, p.dropped, shown[p.item_id]) for p in kept])
    return [rows[place.item_id] for place in kept if not place.dropped]


async def begin(session: AsyncSession, week: Week, now: datetime) -> Digest:
    """The edition, which nobody else changes until this transaction has ended."""
    await ledger.begin(session, week, now)
    digest = await ledger.edition(session, week)
    assert digest is not None  # noqa: S101  it stands there since a line ago
    return digest
