"""A post is kept for the editors, with its files, and put before them."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.publishing import event_row, keep_files
from bot.reading import Reading
from bot.reading.certain import known_part
from bot.telling import ask_editors
from bot.understanding import Author
from bridges.edition import event_json
from bridges.mail.calendar_out import event_view
from storage.ids import ItemId
from storage.models import Held, Inbound, Item
from storage.sharers import note_likeness


def _understood(house: House, reading: Reading) -> dict[str, Any] | None:
    """When and where, as far as it was understood: what would stand on the card."""
    known = known_part(reading.event)
    return event_json(event_view(event_row(ItemId(0), known, house))) if known is not None else None


async def keep_for_editors(
    session: AsyncSession,
    house: House,
    row: Inbound,
    reading: Reading,
    author: Author,
    sender: str,
    reason: str,
    people: int,
    now: datetime,
    *,
    same_as: Item | None = None,
) -> Held:
    """Hold what came in and ask the editors. `sender`: an address, or "slack:U0123"; `people`: whom it would reach;
    `same_as`: the item whose event it may tell of.
    """
    held = Held(inbox_id=row.id, reason=reason, sender=sender, title=reading.title, recipients=people, created_at=now)
    session.add(held)
    await session.flush()
    if row.source == "slack":  # a mail holds its files itself; these would have to be fetched again
        keep_files(session, reading.files, held_id=held.id)
    if same_as is not None:
        await note_likeness(session, held.id, same_as.id)
    await ask_editors(session, house, held, reading, author, now, same_as=same_as, event=_understood(house, reading))
    return held
