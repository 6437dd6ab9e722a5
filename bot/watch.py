"""The watch: when something outside has been down for a minute, the desk is told by the medium that still works."""

import asyncio
from datetime import timedelta

import structlog

from bot.house import House
from bot.telling import tell_desk_channel, tell_editors, today
from storage.database import is_outage
from storage.outbox import counts
from storage.words import DeliveryState

log = structlog.get_logger()

#: Trouble shorter than this is nobody's business; the desk knows well within two minutes.
PATIENCE = timedelta(seconds=60)
LOOK_SECONDS = 10.0
#: The roads to and from Slack, where an alarm about themselves would not arrive.
SLACK = ("slack", "slack_in")


async def watch(house: House) -> None:
    """Look at the parts now and then; each trouble is told once, from when it began."""
    told: dict[str, object] = {}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for name, part in house.health.parts.items():
            if part.up or house.now() - part.since < PATIENCE or told.get(name) == part.since:
                continue
            log.error("watch.down", part=name, since=part.since.isoformat(), reason=part.reason)
            if name == "database" or await tell_desk(house, name):  # without its ledger nobody can be told anything
                told[name] = part.since


async def tell_desk(house: House, name: str) -> bool:
    """Tell the editors by a medium that works, once a day however often it comes and goes; False when that must be
    tried again. Mail still goes out when it does not come in.
    """
    part, now = house.health.parts[name], house.now()
    try:
        async with house.database.write() as session:
            road = "slack" if name in SLACK else "mail"
            waiting = (await counts(session, road)).get(DeliveryState.QUEUED, 0)
            about = {"part": name, "since": part.since.isoformat(), "reason": part.reason, "waiting": waiting}
            once = f"{name}:{today(house, now)}"
            if name != "smtp":
                await tell_editors(session, house, "alarm", now, once=once, **about)
            if name not in SLACK:
                await tell_desk_channel(session, house, "alarm", now, once=once, **about)
    except Exception as error:
        if not is_outage(error):
            raise
        return False
    house.poke_relay()
    return True
