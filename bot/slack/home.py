"""The app's own page, drawn for whoever looks at it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.publishing import Outcome
from bot.slack.acts import Act, Done, workspace_of
from bot.slack.asked import HomeOpened
from bot.slack.people import Visitor, visitor
from bot.telling import today
from bridges.mail.calendar_out import event_view
from bridges.slack.api import Away, Refused, Slow
from bridges.slack.drawing.home import HomeItem, HomeView, home
from bridges.texts import Texts
from storage.database import is_outage
from storage.ids import MemberId
from storage.items import coming_items, items_by
from storage.models import Inbound, Item, Member
from storage.words import InboxState

log = structlog.get_logger()


async def home_opened(house: House, what: HomeOpened, received_at: datetime) -> Act:
    """Draw the page anew each time somebody opens it."""

    async def act(session: AsyncSession, row: Inbound, now: datetime) -> Done:
        row.raw = b""  # that somebody looked is nobody's business
        return Done(Outcome(InboxState.DONE, "home"), home_of(house, what.user))

    return act


def home_of(house: House, user: str) -> Callable[[], Awaitable[None]]:
    """Draws the page of one person, as things stand when it is drawn."""

    async def draw() -> None:
        try:
            person = await workspace_of(house).directory.person(user)
            now = house.now()
            async with house.database.read() as session:
                who = await visitor(session, house, user, person, now)
                page = home(await _view(session, house, who, now), Texts(who.author.language))
            await workspace_of(house).api.call("views.publish", user_id=user, view=page)
        except (Refused, Away, Slow) as trouble:
            log.info("slack.home_not_drawn", reason=str(trouble))
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("slack.home_not_drawn", reason=type(error).__name__)

    return draw


async def _view(session: AsyncSession, house: House, who: Visitor, now: datetime) -> HomeView:
    settings = house.settings
    member = await session.get(Member, who.known.member_id) if who.known else None
    mine = await items_by(session, MemberId(who.known.member_id)) if who.known else []
    return HomeView(
        network=settings.network.name,
        today=today(house, now),
        coming=[_item(house, item) for item in await coming_items(session, now)],
        mine=[_item(house, item) for item in mine],
        member=member is not None,
        mode=member.mode if member else None,
        paused_until=member.paused_until if member else None,
        join_address=settings.list.sub("join") if settings.imap else "",
        url=settings.network.public_url,
    )


def _item(house: House, item: Item) -> HomeItem:
    event = item.events[0] if item.events else None
    return HomeItem(
        item_id=item.id,
        kind=item.kind,
        title=item.title,
        cluster=item.cluster.name if item.cluster else "",
        event=event_view(event) if event else None,
        status=item.status,
        url=f"{house.settings.network.public_url}/i/{item.id}",
    )
