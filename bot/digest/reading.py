"""The digest read on the web: what of an edition is for whom, and the link that opens it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import READ_LINK, tell_link
from bot.digest.contents import drawn
from bot.digest.week import rhythm_of, week_number
from bot.house import House
from bot.planning import in_audience, wants_topics
from bot.telling import readers
from bridges.digest_words import heading
from bridges.edition import Edition
from bridges.texts import Texts
from bridges.tokens import Purpose
from storage import digests as ledger
from storage.ids import MemberId, Week
from storage.models import Digest, Member
from storage.readers import one_reader
from storage.words import Audience, DigestState, MemberStatus


async def edition_for(session: AsyncSession, house: House, week: Week, member_id: MemberId | None) -> Edition | None:
    """What of an edition is for this member, as it went out and without what has been taken back; of `None`, whoever
    reads an open archive, what is for all. None when no edition of that week has gone out.
    """
    if not await has_gone(session, week):
        return None
    edition = (await drawn(session, house, week, house.now())).edition
    items = await ledger.items_of(session, [row.item_id for row in edition.rows])
    if member_id is None:
        return edition.only(item_id for item_id, item in items.items() if item.audience is Audience.ALL)
    found = readers(await one_reader(session, member_id))
    return edition.only(
        item_id
        for item_id, item in items.items()
        for reader in found
        if in_audience(reader, item.audience) and wants_topics(reader, item.topics)
    )


async def has_gone(session: AsyncSession, week: Week) -> bool:
    """Whether an edition of that week has gone out."""
    return await session.scalar(select(Digest.state).where(Digest.week == week)) is DigestState.SENT


async def send_digest_link(house: House, address: str, week: Week) -> None:
    """Mail a member the link that opens their digest of a week; silent for anyone else, so that nobody learns who is
    one.
    """
    now = house.now()
    async with house.database.write() as session:
        member = await session.scalar(
            select(Member).where(Member.email == address.strip().lower(), Member.status == MemberStatus.ACTIVE)
        )
        if member is None or not await has_gone(session, week):
            return
        token = house.tokens.sign(Purpose.DIGEST, week_number(week), member.id, until=now + READ_LINK)
        edition = Edition(week=week, day=rhythm_of(house.settings).day_of(week), rows=())
        await tell_link(session, house, member, f"d/{week}", heading(edition, Texts(member.locale)), token)
    house.poke_relay()
