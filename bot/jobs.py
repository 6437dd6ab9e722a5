"""The jobs of the house, as data: what runs when."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.backups import back_up
from bot.digest.keeping import keep_the_week
from bot.house import House
from bot.telling import tell, today
from bot.understanding import Author
from schedules import upkeep
from schedules.timetable import Job
from storage.outbox import park_stale
from storage.readers import editors

log = structlog.get_logger()


def timetable(house: House) -> tuple[Job, ...]:
    """Every job, with its time in the network's zone."""

    def each(work: Callable[[AsyncSession, House, datetime], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            async with house.database.write() as session:
                await work(session, house, house.now())
            house.poke_relay()

        return run

    async def digest() -> None:
        await keep_the_week(house)

    async def backup() -> None:
        await back_up(house)

    return (
        # The digest: shown to the editors, sent, or asked about; every minute, for the wall clock decides what is due.
        Job("digest", digest, {"second": 0}, at_start=True),
        # Held posts that nobody decided on: asked about once, after a day.
        Job("remind_editors", each(_remind_editors), {"minute": 20}),
        # Letters that waited longer than five days are for a person to look at.
        Job("park_stale", each(_park_stale), {"minute": 40}),
        # Pauses that end today.
        Job("end_pauses", each(_end_pauses), {"hour": 0, "minute": 5}),
        # What has been kept long enough.
        Job("upkeep", each(_upkeep), {"hour": 3, "minute": 10}),
        # The night's backup; every hour, so that a night that was missed is made up for.
        Job("backup", backup, {"minute": 45}),
    )


async def _remind_editors(session: AsyncSession, house: House, now: datetime) -> None:
    zone = ZoneInfo(house.settings.network.timezone)
    held = await upkeep.undecided(session, now, datetime.combine(today(house, now), time.min, tzinfo=zone))
    if not held:
        return
    for editor in await editors(session):
        person = Author(
            name=editor["name"], email=editor["email"], member_id=editor["member_id"], language=editor["language"]
        )
        await tell(session, house, "reminder_held", person, now, count=len(held))
    log.info("desk.reminded", held=len(held))


async def _park_stale(session: AsyncSession, house: House, now: datetime) -> None:
    if parked := await park_stale(session, now):
        log.warning("outbox.parked_stale", count=parked)


async def _end_pauses(session: AsyncSession, house: House, now: datetime) -> None:
    if ended := await upkeep.end_pauses(session, today(house, now)):
        log.info("members.resumed", count=ended)


async def _upkeep(session: AsyncSession, house: House, now: datetime) -> None:
    keep = house.settings.retention
    emptied = await upkeep.empty_old_raw(session, now, keep.raw_days)
    deleted = await upkeep.drop_old_deliveries(session, now, keep.outbox_days)
    log.info("upkeep.done", raw_emptied=emptied, deliveries_deleted=deleted)
