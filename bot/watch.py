"""The watch: when something outside has been down for a minute, the desk is told by the medium that still works."""

import asyncio
from datetime import timedelta

import structlog

from bot.house import House
from bot.telling import tell, today
from bot.understanding import Author
from storage.database import is_outage
from storage.outbox import counts
from storage.readers import editors
from storage.words import DeliveryState

log = structlog.get_logger()

#: Trouble shorter than this is nobody's business; the desk knows well within two minutes.
PATIENCE = timedelta(seconds=60)
LOOK_SECONDS = 10.0


async def watch(house: House) -> None:
    """Look at the parts now and then; each trouble is told once, from when it began."""
    told: dict[str, object] = {}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for name, part in house.health.parts.items():
            if part.up or house.now() - part.since < PATIENCE or told.get(name) == part.since:
                continue
            log.error("watch.down", part=name, since=part.since.isoformat(), reason=part.reason)
            # Mail still goes out when it does not come in; what stops mail from going out needs another medium.
            if name != "imap" or await tell_desk(house, name):
                told[name] = part.since


async def tell_desk(house: House, name: str) -> bool:
    """Write to the editors, once a day however often it comes and goes; False when that must be tried again."""
    part, now = house.health.parts[name], house.now()
    try:
        async with house.database.write() as session:
            waiting = (await counts(session)).get(DeliveryState.QUEUED, 0)
            for editor in await editors(session):
                person = Author(
                    name=editor["name"],
                    email=editor["email"],
                    member_id=editor["member_id"],
                    language=editor["language"],
                )
                await tell(
                    session,
                    house,
                    "alarm",
                    person,
                    now,
                    once=f"{name}:{today(house, now)}:{person.member_id}",
                    part=name,
                    since=part.since.isoformat(),
                    reason=part.reason,
                    waiting=waiting,
                )
    except Exception as error:
        if not is_outage(error):
            raise
        return False
    house.poke_relay()
    return True
