"""An edition put before the editors: with who gets it, when it goes, and what was decided."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.digest.contents import drawn
from bot.digest.week import rhythm_of
from bot.house import House
from bot.planning import Shared, takes_digest
from bot.telling import readers, today
from bridges.edition import Edition, EditionRow
from bridges.preview import Preview
from storage import digests as ledger
from storage.ids import ItemId, Week
from storage.models import Member
from storage.readers import reader_pages
from storage.words import DigestState

#: Readers counted at a time: a crowd takes no more memory than a few.
_PAGE = 1_000


async def preview_of(session: AsyncSession, house: House, week: Week, now: datetime) -> Preview:
    """The edition as it is, or as it would go now."""
    found, digest = await drawn(session, house, week, now), await ledger.edition(session, week)
    rhythm = rhythm_of(house.settings)
    sent = found.state is DigestState.SENT
    by = await session.get(Member, digest.decided_by) if digest is not None and digest.decided_by else None
    return Preview(
        edition=found.edition,
        state=found.state,
        left_out=found.left_out,
        people=await ledger.recipients(session, week) if sent else await people_of(session, house, found.edition, now),
        goes_at=rhythm.goes_at(week),
        closes_at=rhythm.closes_at(week),
        sent_at=digest.sent_at if digest else None,
        decided_by=(by.name or by.email or "") if by else "",
        why=digest.why if digest else "",
        timezone=house.settings.network.timezone,
        today=today(house, now),
    )


async def people_of(session: AsyncSession, house: House, edition: Edition, now: datetime) -> int:
    """How many get the edition by mail if it is sent now."""
    shared, day = await shared_of(session, edition.rows), today(house, now)
    people = 0
    async for page in reader_pages(session, _PAGE):
        people += sum(takes_digest(reader, shared, day) for reader in readers(page))
    return people


async def shared_of(session: AsyncSession, rows: Sequence[EditionRow]) -> list[tuple[ItemId, Shared]]:
    """What planning needs to know of the rows of an edition, in its order."""
    items = await ledger.items_of(session, [row.item_id for row in rows])
    return [
        (row.item_id, Shared(audience=item.audience, topics=item.topics, author_id=item.author_id))
        for row in rows
        if (item := items.get(row.item_id)) is not None
    ]
