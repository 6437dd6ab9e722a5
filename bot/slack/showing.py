"""What Slack is asked to show: a card for each item, answers in its thread, and both drawn anew when something changes."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.planning import COMMENTS
from bot.telling import desk_key, for_channel, new_content
from bridges.preview import PREVIEWS
from storage.digests import posts_of_editions_with
from storage.ids import ContentId, Destination, HeldId, ItemId, Week
from storage.models import Content, Delivery, Held, Item
from storage.outbox import enqueue
from storage.threads import card_channel
from storage.words import ContentKind, DeliveryState

#: Cards, answers and what is drawn anew go in the order they came about: an answer never before its card.
SHOWN = COMMENTS
#: Several changes within this time are one drawing: sign-ups come in flocks.
GATHER = timedelta(seconds=2)


async def show_item(session: AsyncSession, house: House, content: Content, item: Item, now: datetime) -> None:
    """Plan an item's card in the channel of its kind, if there is one."""
    if (channel := house.channel_of(item.kind)) is not None:
        await enqueue(session, content, [for_channel(house, channel, now, SHOWN)], now)


async def show_comment(session: AsyncSession, house: House, content: Content, item_id: ItemId, now: datetime) -> None:
    """Plan an answer's post in the thread of its item's card, if the item has one or is to have one."""
    if house.settings.slack is not None and (channel := await card_channel(session, item_id)) is not None:
        await enqueue(session, content, [for_channel(house, channel, now, SHOWN)], now)


async def redraw_item(
    session: AsyncSession, house: House, item_id: ItemId, now: datetime, *, gather: bool = False
) -> None:
    """Have an item's card show what the ledger says now. `gather`: soon, together with what else changes meanwhile."""
    if house.settings.slack is None or (channel := await card_channel(session, item_id)) is None:
        return
    number = await session.scalar(
        update(Item).where(Item.id == item_id).values(edits=Item.edits + 1).returning(Item.edits)
    )
    waiting = select(Content.id).where(Content.item_id == item_id, Content.kind == ContentKind.EDIT)
    await _drop_waiting(session, waiting)
    key = f"edit:item:{item_id}:{number}"
    content = await new_content(session, house, key, ContentKind.EDIT, now, item_id=item_id)
    await enqueue(session, content, [for_channel(house, channel, now + GATHER if gather else now, SHOWN)], now)


async def redraw_held(session: AsyncSession, house: House, held_id: HeldId, now: datetime) -> None:
    """Have the desk's post say what was decided, if it stands there."""
    if (channel := await _desk_of(session, held_id)) is None:
        return
    if await session.scalar(select(Held.id).where(Held.id == held_id)) is None:
        return
    key = f"edit:desk:{held_id}"
    content = await new_content(session, house, key, ContentKind.EDIT, now, held_id=held_id)
    await enqueue(session, content, [for_channel(house, channel, now, SHOWN)], now)


async def redraw_preview(session: AsyncSession, house: House, week: Week, now: datetime) -> None:
    """Have the desk's posts about an edition show it as it stands now. Called while nobody else may change it."""
    if (channel := house.desk_channel) is None:
        return
    for name in PREVIEWS:
        about = desk_key(name, week)
        if await session.scalar(select(Content.id).where(Content.key == about)) is None:
            continue
        earlier = select(Content.id).where(Content.key.startswith(f"edit:{about}:"), Content.kind == ContentKind.EDIT)
        number = await session.scalar(select(func.count()).select_from(earlier.subquery())) or 0
        await _drop_waiting(session, earlier)
        data = {"preview": about, "week": week}
        content = await new_content(session, house, f"edit:{about}:{number + 1}", ContentKind.EDIT, now, data=data)
        await enqueue(session, content, [for_channel(house, channel, now, SHOWN)], now)


async def redraw_digests(session: AsyncSession, house: House, item_id: ItemId, now: datetime) -> None:
    """Have the posts of the editions that an item stood in show that it has been taken back."""
    if (channel := house.digest_channel) is None:
        return
    for post in await posts_of_editions_with(session, item_id):
        key = f"edit:{post.key}:{item_id}"
        data = {**post.data, "digest": post.key}
        content = await new_content(session, house, key, ContentKind.EDIT, now, data=data)
        await enqueue(session, content, [for_channel(house, channel, now, SHOWN)], now)


async def _drop_waiting(session: AsyncSession, contents: Select[ContentId]) -> None:
    """The newest drawing shows all that those before it would have shown."""
    await session.execute(
        update(Delivery)
        .where(Delivery.content_id.in_(contents), Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.DROPPED)
        .execution_options(synchronize_session=False)
    )


async def _desk_of(session: AsyncSession, held_id: HeldId) -> Destination | None:
    """The channel in which a held post was put before the editors, unless that never left."""
    return await session.scalar(
        select(Delivery.destination)
        .join(Content, Content.id == Delivery.content_id)
        .where(
            Content.held_id == held_id,
            Content.kind == ContentKind.DESK,
            Delivery.destination.startswith("slack:"),
            Delivery.state != DeliveryState.DROPPED,
        )
    )
