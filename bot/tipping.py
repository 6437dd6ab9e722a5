"""One tip for each page, whoever finds it: who tips a page again votes for the tip that is there, and is told so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.audience import is_for
from bot.house import House
from bot.reading import Reading
from bot.reading.tips import Page, page_of
from bot.slack.showing import redraw_item
from bot.telling import tell
from bot.understanding import Author
from storage.ids import ItemId
from storage.models import Content, Delivery, Item, Member
from storage.tips import cast_vote, drop_tip, hold_page, make_tip, tip_of
from storage.words import Audience, MemberStatus


@dataclass(frozen=True, slots=True)
class Known:
    """What came of tipping a page that was tipped before: no new item."""

    item_id: ItemId
    title: str
    by: str  # who tipped it first, by name; "" when that is not known any more
    at: datetime  # when
    own: bool  # it was the same person
    voted: bool  # their vote counts now
    said: bool  # what they wrote beside the link stands in its thread


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the page that somebody tips."""

    page: Page | None = None  # that the new item becomes the tip of; None: of none
    earlier: Item | None = None  # the tip that is there


async def look_up(session: AsyncSession, house: House, reading: Reading, finder: Author) -> Found:
    """Whether there is a tip of the page already. From here on nobody else tips it until the transaction ends.

    What was shared with some only answers nobody else, neither those whom it reaches nor who finds it: then both stand,
    and later finders join the one that is for all.
    """
    page = page_of(reading, house.settings.network.public_url)
    if page is None:
        return Found()
    await hold_page(session, page.key)
    earlier = await tip_of(session, page.key, hold=True)
    if earlier is None or await answers_for(session, earlier, reading, finder):
        return Found(page, earlier)
    return Found(page if reading.audience is Audience.ALL else None)


async def answers_for(session: AsyncSession, earlier: Item, reading: Reading, finder: Author) -> bool:
    """Whether what is there answers who shares it again: it is for all, or for the same people, and they are of them."""
    if earlier.audience is Audience.ALL:
        return True
    member = await session.get(Member, finder.member_id) if finder.member_id is not None else None
    if member is None or earlier.audience is not reading.audience:
        return False
    return member.id == earlier.author_id or await is_for(session, earlier, member)


async def join(
    session: AsyncSession, house: House, earlier: Item, author: Author, now: datetime, *, said: bool
) -> Known:
    """Count the finder's vote for the tip that is there, unless it is their own. `said`: they wrote words of their own."""
    own = author.member_id is not None and author.member_id == earlier.author_id
    votes = author.member_id is not None and not own
    if votes and author.member_id is not None:
        via = "slack" if author.slack_user else "mail"
        if await cast_vote(session, earlier.id, author.member_id, via, now):
            await redraw_item(session, house, earlier.id, now, gather=True)
    by = earlier.author_name or earlier.author_email
    return Known(earlier.id, earlier.title, by, earlier.created_at, own=own, voted=votes, said=said)


async def tell_known(
    session: AsyncSession, house: House, known: Known, author: Author, now: datetime, *, once: str
) -> None:
    """Which tip it is, who shared it first, and that their vote is counted."""
    await tell(
        session,
        house,
        "tip_known",
        author,
        now,
        once=once,
        item_id=known.item_id,
        title=known.title,
        by=known.by,
        at=known.at.isoformat(),
        own=known.own,
        voted=known.voted,
        said=known.said,
        url=f"{house.settings.network.public_url}/i/{known.item_id}",
    )


async def tell_gone(session: AsyncSession, house: House, item: Item, now: datetime) -> None:
    """An item is taken back: whoever tipped its page after its author, and heard that their tip joined this one, hears
    that it is gone and that the page can be tipped again.
    """
    told = await session.execute(
        select(Content.id, Content.data, Delivery.destination, Delivery.member_id, Delivery.name, Delivery.language)
        .join(Delivery, Delivery.content_id == Content.id)
        .outerjoin(Member, Member.id == Delivery.member_id)
        .where(
            Content.item_id == item.id,
            Content.data["notice"].as_string() == "tip_known",
            or_(Delivery.member_id.is_(None), Member.status == MemberStatus.ACTIVE),
        )
        .order_by(Content.id)
    )
    # Each of them once, however often they tipped it.
    finders = {row.destination: row for row in told if not row.data["own"]}
    for destination, row in finders.items():
        road, _, address = destination.partition(":")
        finder = Author(
            name=row.name,
            email=address if road == "mail" else "",
            member_id=row.member_id,
            language=row.language,
            slack_user=address if road == "slack" else None,
        )
        await tell(session, house, "tip_gone", finder, now, once=str(row.id), item_id=item.id, title=item.title)


async def hold_its_page(session: AsyncSession, house: House, reading: Reading) -> None:
    """What is about to say this keeps others from its page. Whoever tips takes the page first and an item then, and so
    must whoever changes one: in the other order two would wait for each other.
    """
    if (page := page_of(reading, house.settings.network.public_url)) is not None:
        await hold_page(session, page.key)


async def tip_anew(session: AsyncSession, house: House, item: Item, reading: Reading) -> None:
    """An item was changed, its page held: it is the tip of what it links to now, unless that page has another."""
    page = page_of(reading, house.settings.network.public_url)
    earlier = await tip_of(session, page.key) if page is not None else None
    others = earlier is not None and earlier.id != item.id
    # What was shared with some only gives way to what is for all.
    gives_way = earlier is not None and earlier.audience is not Audience.ALL and item.audience is Audience.ALL
    if page is not None and (gives_way or not others):
        await make_tip(session, page.key, page.url, item.id)
    else:
        await drop_tip(session, item.id)
