"""One raw mail becomes facts, in one transaction: the heart of the house. It reads like docs/flow.md.

Stored before it is understood (bridges/mail/fetch.py), then, here:

    understand   what the bytes say; pure, outside any transaction
    check        may it come in? bot/checks.py
    place        an errand, an answer in a thread, or something new to share
    publish      facts and planned letters; bot/publishing.py
    mark         the inbox row says what became of it

all but the first in the same transaction: after a kill at any instant the mail is either untouched or wholly done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from bot.again import Again, amend, look_up, take, tell_again
from bot.checks import LOST, Disposition, Facts, Limits, Sender, Verdict, check
from bot.desk import hold
from bot.errands import Request, errand_of
from bot.house import House
from bot.logs import where
from bot.publishing import Outcome, origin_of, publish
from bot.reading import Reading, files_of
from bot.signing_up import count, event_answered, without_anothers_answer, words_beside
from bot.telling import tell
from bot.understanding import (
    Author,
    Understood,
    author_of,
    find_place,
    is_lost,
    may_be_told,
    reading_of,
    understand,
)
from bridges.mail.own import Fingerprints
from storage.database import in_words, is_outage
from storage.ids import InboxId, MessageId
from storage.models import Attachment, Echo, Held, Inbound, Item
from storage.processes import hold as hold_lease
from storage.readers import KnownSender, sender_by_address
from storage.threads import Place
from storage.words import InboxState, ItemStatus

log = structlog.get_logger()
Value = TypeVar("Value")

#: A mail that has been begun this often and never finished is parked: it may be what kills us. Not sooner, since a
#: machine that is being mended may well be cut off a few times at the same mail.
MOST_ATTEMPTS = 8
#: Seconds between looks when nobody says that something came, and between tries while the database is away.
LOOK_SECONDS, FIRST_PAUSE, LONGEST_PAUSE = 1.0, 0.2, 5.0
#: Larger mails are parsed in a thread, so that the loop goes on meanwhile, and read before the transaction begins: on
#: SQLite all others who write wait for its end.
LARGE_BYTES = 50_000
#: The same words from the same sender within this time are the same mail sent again.
SAME_WORDS = timedelta(days=7)


async def take_in_waiting(house: House, limit: int = 50) -> int:
    """Take in what waits, oldest first; answers how many rows were begun. Raises only when the database is away."""
    ids = await begin(house, "mail", limit)
    for inbox_id in ids:
        await take_in(house, inbox_id)
    return len(ids)


async def take_in(house: House, inbox_id: InboxId) -> None:
    """Take in one mail: facts, deliveries and the mark on its row are one transaction."""
    async with house.database.read() as session:
        row = await session.get_one(Inbound, inbox_id, options=[undefer(Inbound.raw)])
        raw = row.raw
    try:
        seen = await _off_loop(len(raw), lambda: understand(house, raw))
        now = house.now()
        ahead = await _read_ahead(house, seen, now) if len(raw) > LARGE_BYTES else None
        async with house.database.write() as session:
            row = await session.get_one(Inbound, inbox_id, with_for_update=True)
            if row.state is not InboxState.NEW:
                return  # another process was first
            outcome = await _settle(session, house, row, seen, ahead, now)
            _mark(row, outcome, seen, now)
    except Exception as error:
        if is_outage(error):
            raise
        # The kind and the place, not the words: an error of the database quotes addresses. The row keeps them.
        log.error("inbox.unexpected", inbox=inbox_id, error=type(error).__name__, where=where(error))  # noqa: TRY400
        await park(house, inbox_id, "unexpected", f"{type(error).__name__}: {error}")
        return
    log.info("inbox.done", inbox=inbox_id, state=outcome.state.value, reason=outcome.reason)
    house.poke_relay()


async def _read_ahead(house: House, seen: Understood, now: datetime) -> tuple[Place | None, Reading]:
    """What a large mail means where it seems to belong; whether it does is looked at again within the transaction."""
    async with house.database.read() as session:
        place = await find_place(session, house, seen, now)
    return place, await asyncio.to_thread(reading_of, house, seen, place)


async def _settle(
    session: AsyncSession,
    house: House,
    row: Inbound,
    seen: Understood,
    ahead: tuple[Place | None, Reading] | None,
    now: datetime,
) -> Outcome:
    """Check, place, publish."""
    sender = seen.mail.sender
    known = await sender_by_address(session, sender.address, now) if sender else None
    seen = await without_anothers_answer(session, seen, known, now)
    mail, place = seen.mail, await find_place(session, house, seen, now)
    signed = await event_answered(session, seen, place)
    verdict = check(mail, await _facts(session, house, row, seen, known, place, now, signs_up=signed is not None))
    author = await author_of(session, house, mail, known)
    if verdict.disposition is Disposition.PARK:
        return Outcome(InboxState.PARKED, verdict.reason, verdict.detail)
    if verdict.disposition is Disposition.ASIDE:
        if verdict.reason == "empty" and may_be_told(seen, author):
            await tell(session, house, "empty", author, now, title=mail.subject)
        return Outcome(InboxState.ASIDE, verdict.reason, verdict.detail)
    if signed is not None and author.member_id is not None and verdict.disposition is Disposition.POST:
        said = await _off_loop(row.size, lambda: words_beside(house, seen, signed, author))
        return await count(session, house, row.id, seen, signed, said, author, author.member_id, now)
    errand = errand_of(seen.tag)
    if errand is not None:
        token = (seen.tag.token if seen.tag else None) or ""
        return await errand(Request(session, house, mail, token, author, verdict, seen.trust, now))
    if verdict.disposition is Disposition.POST and await is_lost(session, seen, place):
        verdict, place = Verdict(Disposition.HOLD, LOST), None
    if ahead is not None and ahead[0] == place:
        reading = ahead[1]
    else:
        reading = await _off_loop(row.size, lambda: reading_of(house, seen, place))
    again = None
    if place is None:
        again = await look_up(session, house, reading, author, origin_of(row.id, seen, now), now)
        if again is not None and again.needs_editor and verdict.disposition is Disposition.POST:
            verdict = Verdict(Disposition.HOLD, again.needs_editor)
    if verdict.disposition is Disposition.HOLD:
        return await hold(session, house, row, seen, reading, author, place, verdict, now, again=again)
    if again is not None:
        return await _tell_again(session, house, row.id, seen, reading, author, again, now)
    outcome = await publish(session, house, row.id, seen, reading, author, place, now)
    if place is not None and outcome.reason == "comment":
        await amend(session, house, place.item_id, reading, author, now)
    return outcome


async def _tell_again(
    session: AsyncSession,
    house: House,
    inbox_id: InboxId,
    seen: Understood,
    reading: Reading,
    author: Author,
    again: Again,
    now: datetime,
) -> Outcome:
    """An event that is there: no second item."""
    told = await take(session, house, again, reading, author, origin_of(inbox_id, seen, now), now)
    if may_be_told(seen, author):
        await tell_again(session, house, told, author, now, once=str(inbox_id))
    return Outcome(InboxState.DONE, f"event_{told.outcome}")


async def _facts(
    session: AsyncSession,
    house: House,
    row: Inbound,
    seen: Understood,
    known: KnownSender | None,
    place: Place | None,
    now: datetime,
    *,
    signs_up: bool,
) -> Facts:
    sender = None
    if known is not None:
        sender = Sender(
            member_id=known.member_id,
            role=known.role,
            status=known.status,
            first=not known.shared_before,
            items_last_hour=known.items_last_hour,
        )
    limits = house.settings.limits
    return Facts(
        sender=sender,
        trust=seen.trust,
        own=seen.own,
        tag=seen.tag,
        is_answer=place is not None,
        signs_up=signs_up,
        seen_mail=await _seen_mail(session, row, seen.prints),
        seen_content=place is None and await _seen_words(session, row, seen, now),
        limits=Limits(mail_mb=limits.mail_mb, items_per_hour=limits.items_per_hour),
        raw=seen.raw,
    )


async def _seen_mail(session: AsyncSession, row: Inbound, prints: Fingerprints) -> bool:
    """Whether the same mail was taken in already, by whatever road: other trace headers, a footer added on the way."""
    taken = exists().where(
        Inbound.fingerprint == prints.mail_key,
        Inbound.id != row.id,
        Inbound.source == row.source,
        Inbound.state.not_in((InboxState.NEW, InboxState.PARKED)),
    )
    return bool(await session.scalar(select(taken)))


async def _seen_words(session: AsyncSession, row: Inbound, seen: Understood, now: datetime) -> bool:
    """Whether the same words were ours before, or came from somebody within the week under another Message-ID.

    Not when they were taken back since: whoever sends them again means it. Nor with a file that was not there before.
    """
    key = seen.prints.content_key
    if not key:
        return False
    if await session.scalar(select(exists().where(Echo.key == key))):
        return True
    address = seen.mail.sender.address.lower() if seen.mail.sender else ""
    earlier = (Inbound.content_key == key, Inbound.id != row.id, Inbound.received_at > now - SAME_WORDS)
    stands = (Item.author_email == address, Item.status == ItemStatus.PUBLISHED)
    shared = select(Item.id).join(Inbound, Item.inbox_id == Inbound.id).where(*earlier, *stands)
    files = {file.sha256 for file in files_of(seen.mail)}
    if items := (await session.scalars(shared)).all():
        there = select(Attachment.sha256).where(Attachment.item_id.in_(items))
        return files <= set(await session.scalars(there))
    waits = exists().where(*earlier, Held.inbox_id == Inbound.id, Held.sender == address)
    return bool(not files and await session.scalar(select(waits)))


def _mark(row: Inbound, outcome: Outcome, seen: Understood, now: datetime) -> None:
    row.state = outcome.state
    row.reason = outcome.reason
    row.detail = outcome.detail
    row.handled_at = now
    row.message_id = MessageId(seen.mail.message_id[:998]) if seen.mail.message_id else None
    row.fingerprint = seen.prints.mail_key
    row.content_key = seen.prints.content_key


async def begin(house: House, source: str, limit: int) -> Sequence[InboxId]:
    """The rows of one source to take in now, counted as begun. After a crash they go one at a time, to find the one that
    kills.
    """
    new = (Inbound.state == InboxState.NEW, Inbound.source == source)
    async with (
        house.database.read() as session
    ):  # most often nothing waits, and nobody's writing is held up to see that
        if not await session.scalar(select(exists().where(*new))):
            return []
    async with house.database.write() as session:
        # One process reads at a time, so that an answer is never taken in before what it answers.
        if house.me and not await hold_lease(session, f"receive:{source}", house.me):
            return []
        waiting = (
            await session.execute(select(Inbound.id, Inbound.attempts).where(*new).order_by(Inbound.id).limit(limit))
        ).all()
        if not waiting:
            return []
        if waiting[0].attempts:
            waiting = waiting[:1]
        else:
            waiting = [row for row in waiting if not row.attempts]
        ids = [row.id for row in waiting]
        if waiting[0].attempts >= MOST_ATTEMPTS:
            await session.execute(
                update(Inbound)
                .where(Inbound.id.in_(ids))
                .values(state=InboxState.PARKED, reason="crashed", handled_at=house.now())
            )
            log.error("inbox.parked", inbox=ids[0], reason="crashed")
            return []
        await session.execute(update(Inbound).where(Inbound.id.in_(ids)).values(attempts=Inbound.attempts + 1))
        return ids


async def read_inbox(
    house: House, woken: asyncio.Event, take_in_waiting: Callable[[House], Awaitable[int]] = take_in_waiting
) -> None:
    """Take in whatever comes, for ever. `woken` is set when something came; looking now and then is the net."""
    pause = FIRST_PAUSE
    while True:
        try:
            begun = await take_in_waiting(house)
            pause = FIRST_PAUSE
        except Exception as error:
            if not is_outage(error):
                raise
            house.health.down("database", in_words(error))
            log.warning("inbox.database_away", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        if not begun:
            with suppress(TimeoutError):
                # Not asyncio.wait_for: until Python 3.12 it loses the cancellation that comes along with what it waits for.
                async with asyncio.timeout(LOOK_SECONDS):
                    await woken.wait()
            woken.clear()


async def park(house: House, inbox_id: InboxId, reason: str, detail: str) -> None:
    """Set a row aside that could not be understood, for a person to look at and to run again."""
    async with house.database.write() as session:
        await session.execute(
            update(Inbound)
            .where(Inbound.id == inbox_id, Inbound.state == InboxState.NEW)
            .values(state=InboxState.PARKED, reason=reason, detail=detail[:500], handled_at=house.now())
        )


async def _off_loop(size: int, work: Callable[[], Value]) -> Value:
    return await asyncio.to_thread(work) if size > LARGE_BYTES else work()
