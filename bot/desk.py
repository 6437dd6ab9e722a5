"""The desk: what is doubtful waits for an editor, and goes out or not as the editor decides."""

import asyncio
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.again import Again, look_up, merged, take, tell_again
from bot.checks import LOST, Verdict
from bot.holding import keep_for_editors
from bot.house import House
from bot.publishing import Outcome, Reach, is_old, origin_of, publish, reach_of
from bot.reading import Reading
from bot.telling import tell
from bot.understanding import Author, Understood, author_of, came_at, find_place, may_be_told, reading_of, understand
from storage.models import Held, Inbound, Item
from storage.readers import sender_by_address
from storage.sharers import likeness_of
from storage.threads import Place
from storage.words import InboxState


async def hold(
    session: AsyncSession,
    house: House,
    row: Inbound,
    seen: Understood,
    reading: Reading,
    author: Author,
    place: Place | None,
    verdict: Verdict,
    now: datetime,
    *,
    again: Again | None = None,
) -> Outcome:
    """Keep it for the editors and ask them; tell the sender, but only one who is authenticated (else: backscatter)."""
    reach = await reach_of(session, house, reading, author, place, now)
    same_as, people = again.item if again else None, reach.people
    await keep_for_editors(
        session, house, row, reading, author, author.email, verdict.reason, people, now, same_as=same_as
    )
    if may_be_told(seen, author) and not is_old(came_at(seen.mail, now), now):
        if verdict.reason == "too_big":
            limit, size = house.settings.limits.mail_mb, -(-row.size // (1024 * 1024))
            await tell(session, house, "too_big", author, now, title=reading.title, megabytes=size, limit=limit)
        else:
            await tell(session, house, "held", author, now, title=reading.title, reason=verdict.reason)
    return Outcome(InboxState.HELD, verdict.reason)


async def release(session: AsyncSession, house: House, row: Inbound, held: Held, now: datetime) -> int:
    """Publish a held post as if it had passed every check; answers how many it goes to. The sender is told, when
    they are authenticated.
    """
    if row.source == "slack":
        from bot.slack.sharing import release_from_slack  # noqa: PLC0415  a pure mailing list does without

        return await release_from_slack(session, house, row, held, now)
    seen = await asyncio.to_thread(understand, house, row.raw)
    known = await sender_by_address(session, seen.mail.sender.address, now) if seen.mail.sender else None
    author = await author_of(session, house, seen.mail, known)
    # What was held because its thread is lost was shown to the editors as something new, and is let through as that.
    place = await find_place(session, house, seen, now) if row.reason != LOST else None
    reading = await asyncio.to_thread(reading_of, house, seen, place)
    if place is None and await likeness_of(session, held.id) is None:
        again = await look_up(session, house, reading, author, origin_of(row.id, seen, now), now)
        if again is not None and not again.needs_editor:  # it was shared while this one waited
            await _take(session, house, row, again, seen, reading, author, now)
            return 0
    old = is_old(came_at(seen.mail, now), now)
    reach = Reach(0, 0) if old else await reach_of(session, house, reading, author, place, now)
    outcome = await publish(session, house, row.id, seen, reading, author, place, now)
    row.state, row.reason, row.handled_at = outcome.state, outcome.reason, now
    if author.member_id is None and outcome.reason != "tip_known" and may_be_told(seen, author):
        item_id = await session.scalar(select(Item.id).where(Item.inbox_id == row.id))
        await tell(
            session,
            house,
            "released",
            author,
            now,
            once=str(row.id),
            item_id=item_id,
            title=reading.title,
            people=reach.people,
            clusters=reach.clusters,
        )
    return reach.people


async def merge(session: AsyncSession, house: House, row: Inbound, held: Held, item: Item, now: datetime) -> None:
    """A held post tells of the event of this item, as an editor said: it changes it, or is one more who shares it."""
    if row.source == "slack":
        from bot.slack.sharing import merge_from_slack  # noqa: PLC0415  a pure mailing list does without

        await merge_from_slack(session, house, row, held, item, now)
        return
    seen = await asyncio.to_thread(understand, house, row.raw)
    known = await sender_by_address(session, seen.mail.sender.address, now) if seen.mail.sender else None
    author = await author_of(session, house, seen.mail, known)
    reading = await asyncio.to_thread(reading_of, house, seen, None)
    await _take(session, house, row, await merged(session, item, reading, author), seen, reading, author, now)


async def _take(
    session: AsyncSession,
    house: House,
    row: Inbound,
    again: Again,
    seen: Understood,
    reading: Reading,
    author: Author,
    now: datetime,
) -> None:
    told = await take(session, house, again, reading, author, origin_of(row.id, seen, now), now)
    row.state, row.reason, row.handled_at = InboxState.DONE, f"event_{told.outcome}", now
    if may_be_told(seen, author):
        await tell_again(session, house, told, author, now, once=str(row.id))


async def tell_rejected(session: AsyncSession, house: House, row: Inbound, held: Held, now: datetime) -> None:
    """Tell an authenticated sender that their post was not sent on."""
    if row.source == "slack":
        from bot.slack.sharing import tell_rejected_in_slack  # noqa: PLC0415  as above

        await tell_rejected_in_slack(session, house, row, held, now)
        return
    seen = understand(house, row.raw)
    known = await sender_by_address(session, seen.mail.sender.address, now) if seen.mail.sender else None
    author = await author_of(session, house, seen.mail, known)
    if may_be_told(seen, author):
        await tell(session, house, "rejected", author, now, once=str(row.id), title=held.title)
