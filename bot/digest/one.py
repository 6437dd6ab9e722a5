"""The digest of one reader: what of an edition is theirs, and a copy for one who joined after it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import transaction
from bot.digest.contents import begin, drawn
from bot.digest.preview import shared_of
from bot.house import House
from bot.planning import DIGESTS, Reader, picks_of
from bot.telling import copy_for, readers, today
from bridges.edition import Edition
from storage import digests as ledger
from storage.audit import record
from storage.ids import ItemId, Week
from storage.models import Content, Delivery, Member
from storage.outbox import enqueue
from storage.readers import one_reader
from storage.words import DigestState


@dataclass(frozen=True, slots=True)
class One:
    """A reader, and what of an edition they get by mail."""

    reader: Reader
    picks: Sequence[ItemId]


async def picks_for(session: AsyncSession, house: House, edition: Edition, address: str, now: datetime) -> One | None:
    """What this reader was sent of the edition; else what they get of it if it goes now. None: there is no such member."""
    member = await session.scalar(select(Member).where(Member.email == address.strip().lower()))
    found = readers(await one_reader(session, member.id)) if member is not None else []
    if not found:
        return None
    if (sent := await _copy_of(session, edition.week, found[0])) is not None:
        return One(found[0], [ItemId(int(pick)) for pick in sent.split()])
    return One(found[0], picks_of(found[0], await shared_of(session, edition.rows), today(house, now)))


async def send_to_one(
    house: House, week: Week, address: str, via: str, actor: str
) -> Literal["sent", "already", "unknown", "not_sent", "nothing"]:
    """Send an edition that has gone to one more member, never twice."""
    now = house.now()
    async with transaction(house, None) as session:
        if (await ledger.states(session, (week,))).get(week) is not DigestState.SENT:
            return "not_sent"
        await begin(session, week, now)
        edition = (await drawn(session, house, week, now)).edition
        one = await picks_for(session, house, edition, address, now)
        if one is None:
            return "unknown"
        content = await session.scalar(select(Content).where(Content.key == ledger.content_key(week)))
        if content is not None and await _copy_of(session, week, one.reader) is not None:
            return "already"
        if content is None or not one.picks:
            return "nothing"
        copy = copy_for(one.reader, now, DIGESTS, " ".join(map(str, one.picks)))
        await enqueue(session, content, [copy], now)
        detail = {"member": one.reader.member_id}
        await record(session, actor, "digest.sent_to_one", f"digest:{week}", via, detail, now)
        return "sent"


async def _copy_of(session: AsyncSession, week: Week, reader: Reader) -> str | None:
    """The items of this reader's copy, "12 15 9"; None when none was made."""
    if not reader.email:
        return None
    key = f"{ledger.content_key(week)}:{reader.destination}"
    return await session.scalar(select(Delivery.picks).where(Delivery.key == key))
