"""The digest to everybody who takes it: once, whoever is first, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.digest.contents import begin, keep
from bot.digest.editing import editor_named
from bot.digest.preview import shared_of
from bot.digest.week import rhythm_of
from bot.house import House
from bot.planning import DIGESTS, picks_of
from bot.slack.showing import redraw_preview
from bot.telling import copy_for, for_channel, new_content, readers, today
from bridges.edition import Edition, EditionRow
from bridges.texts import Texts
from storage import digests as ledger
from storage.audit import PROGRAM, record
from storage.ids import MemberId, Week
from storage.models import Content
from storage.outbox import enqueue
from storage.readers import reader_pages
from storage.words import ContentKind, DigestState

#: Readers planned at a time: a crowd takes no more memory than a few.
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of sending an edition."""

    outcome: Literal["sent", "already", "skipped", "empty", "not_allowed"]
    people: int = 0  # who get it by mail


async def send(
    house: House,
    week: Week,
    via: str,
    *,
    by: MemberId | None = None,
    actor: str = PROGRAM,
    although_skipped: bool = True,
    within: AsyncSession | None = None,
) -> Sent:
    """Put the edition into the outbox for everybody who takes it, and into Slack: once, whoever is first, in one
    transaction. `by`: an editor, who is asked for the right to; `actor`: who it was otherwise. `although_skipped`:
    whoever sends it knows that another has skipped it.
    """
    now = house.now()
    async with transaction(house, within) as session:
        if by is not None:
            editor = await editor_named(session, by)
            if editor is None:
                return Sent("not_allowed")
            actor = editor
        known = await ledger.states(session, (week,))
        digest = await begin(session, week, now)
        if digest.state is DigestState.SENT:
            return Sent("already")
        if digest.state is DigestState.SKIPPED and not although_skipped:
            return Sent("skipped")
        rows = await keep(session, house, week, now)
        if not rows:
            if not known:  # or the editors would not be shown it on its day
                await ledger.forget_begun(session, week)
            return Sent("empty")
        await ledger.decide(session, week, DigestState.SENT, now, by=by, via=via)
        people = await _enqueue(session, house, week, rows, now)
        day = rhythm_of(house.settings).day_of(week)
        await _post(session, house, Edition(week=week, day=day, lead=digest.lead, rows=tuple(rows)), now)
        detail = {"items": len(rows), "people": people}
        await record(session, actor, "digest.sent", f"digest:{week}", via, detail, now)
        await redraw_preview(session, house, week, now)
        return Sent("sent", people)


async def _enqueue(session: AsyncSession, house: House, week: Week, rows: Sequence[EditionRow], now: datetime) -> int:
    """One letter for each reader for whom there is something; answers how many."""
    shared = await shared_of(session, rows)
    content = await _content(session, house, week, 0, now)
    people, day = 0, today(house, now)
    async for page in reader_pages(session, _PAGE):
        copies = [
            copy_for(reader, now, DIGESTS, " ".join(map(str, picks)))
            for reader in readers(page)
            if (picks := picks_of(reader, shared, day))
        ]
        # Readers of the same things one after the other: their letter is made once.
        copies.sort(key=lambda copy: (copy.language, copy.picks))
        people += await enqueue(session, content, copies, now)
    return people


async def _post(session: AsyncSession, house: House, edition: Edition, now: datetime) -> None:
    """The post in Slack, and what does not fit it in its thread."""
    if (channel := house.digest_channel) is None:
        return
    from bridges.slack.drawing.digest import digest_posts  # noqa: PLC0415  a pure mailing list does without

    url = f"{house.settings.network.public_url}/d/{edition.week}"
    posts = digest_posts(edition, url, Texts(house.settings.network.locale))
    for part in range(len(posts)):
        content = await _content(session, house, edition.week, part, now)
        await enqueue(session, content, [for_channel(house, channel, now, DIGESTS)], now)


async def _content(session: AsyncSession, house: House, week: Week, part: int, now: datetime) -> Content:
    """The edition as something to say; `part`: 0 is the letter and the post, the others stand in the post's thread."""
    key = f"digest:{week}" + (f":part:{part}" if part else "")
    known = await session.scalar(select(Content).where(Content.key == key))
    day = rhythm_of(house.settings).day_of(week)
    data = {"week": week, "day": day.isoformat(), "part": part}
    return known or await new_content(session, house, key, ContentKind.DIGEST, now, data=data)
