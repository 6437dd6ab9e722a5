"""The composition root: settings in, one group of tasks out, a clean stop."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock, system_clock
from bot.connections import imap_server, smtp_server
from bot.house import House, list_house
from bot.inbox import read_inbox
from bot.jobs import timetable
from bot.settings import Settings
from bot.watch import watch
from bot.web.serve import serve
from bridges.health import Health
from bridges.mail.fetch import Intake
from bridges.mail.letters import LedgerLetters
from bridges.mail.send import SmtpBridge
from bridges.relay import Relay
from bridges.tokens import Tokens
from schedules.timetable import keep_time
from storage.alone import alone_with
from storage.database import Database, in_words, is_outage
from storage.ids import ProcessId
from storage.kept import secret_key
from storage.migrate import upgrade
from storage.outbox import park_stale, take_back
from storage.processes import BEAT, LIFETIME, beat, hold, new_process_id, register, retire

if TYPE_CHECKING:
    from bot.slack.station import Station

log = structlog.get_logger()

Part = Literal["bot", "mail", "schedules", "web"]
PARTS: tuple[Part, ...] = ("bot", "mail", "schedules", "web")

#: Seconds between tries while the database is away at start.
START_PAUSE = 1.0
#: Seconds that mail waits for the cards in Slack: somebody may be looking there, and a letter is not missed so soon.
CARDS_FIRST = 0.05
#: Seconds that tasks have to end when we stop, but for those that drain.
INSIST = 5.0


class Stop(Exception):
    """Somebody asked the program to stop."""


@dataclass(slots=True)
class Running:
    """What one who starts the house inside another program may look at."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0  # where the pages are, once ready
    house: House | None = None  # once its ledger is open
    time_from: asyncio.Event | None = None  # time is kept once this is set; None: from the start


@dataclass(frozen=True, slots=True)
class Furnished:
    """The house with what only the root needs of it."""

    house: House
    relay: Relay | None
    came: asyncio.Event
    slack: "Station | None"


async def run(
    settings: Settings,
    *,
    parts: Collection[Part] = PARTS,
    since: date | None = None,
    clock: Clock = system_clock,
    migrate: bool = True,
    running: Running | None = None,
) -> None:
    """Run the service until SIGTERM or SIGINT, then drain within 10 s; a second SIGINT ends at once.

    `since`: at the first start on a mailbox, also take mail that came on or after this day.
    Raises AnotherProcess, PortTaken or ForeignDatabase when it cannot start.
    """
    running = running or Running()
    database = Database(settings.database.url, settings.folder)
    alone = alone_with(database.path) if database.path else nullcontext()
    with _signals(running.stop), alone:
        try:
            async with _settled_in(settings, database, clock, parts, migrate=migrate, stop=running.stop) as house:
                if house is not None:
                    await _live(house, parts, since, running)
        finally:
            await database.close()
    log.info("run.stopped")


async def _live(house: Furnished, parts: Collection[Part], since: date | None, running: Running) -> None:
    """Every task of the program in one group, until somebody says stop."""
    served = asyncio.Event()
    running.house = house.house

    def at_port(port: int) -> None:
        running.port = port
        served.set()

    tasks = dict(_tasks(house, parts, since, at_port))
    if "schedules" in parts:
        tasks["timetable"] = _in_time(house.house, running.time_from)
    try:
        async with asyncio.TaskGroup() as group:
            begun = [group.create_task(task, name=name) for name, task in tasks.items()]
            if "web" in parts:
                await served.wait()
            running.ready.set()
            log.info("run.ready", parts=sorted(parts), port=running.port)
            await running.stop.wait()
            log.info("run.stopping")
            draining = ("relay", "slack relay")  # they end by themselves, and what they still do counts
            insist_on(task for task in begun if task.get_name() not in draining)
            raise Stop  # cancels the group; each task ends what it has begun
    except* Stop:
        pass


def insist_on(tasks: Iterable[asyncio.Task[None]], after: float = INSIST) -> None:
    """Cancel those a second time that have not ended by then: `asyncio.wait_for`, with which libraries wait, may lose a
    cancellation until Python 3.12.
    """
    waited_for = tuple(tasks)

    def look() -> None:
        for task in waited_for:
            if not task.done():
                log.warning("run.cancelled_again", task=task.get_name())
                task.cancel()

    asyncio.get_running_loop().call_later(after, look)


def _tasks(
    furnished: Furnished, parts: Collection[Part], since: date | None, at_port: Callable[[int], None]
) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
    """The tasks that these parts are, each with its name."""
    house, settings = furnished.house, furnished.house.settings
    yield "alive", stay_alive(house)
    if "bot" in parts:
        yield "inbox", read_inbox(house, furnished.came)
    if {"bot", "mail"} & set(parts):
        yield "watch", watch(house)  # each process over what it depends on itself
    if "mail" in parts and settings.imap:
        server = imap_server(settings)
        intake = Intake(
            server,
            house.database,
            house.now,
            house.health,
            house.poke_inbox,
            since=since,
            timezone=ZoneInfo(settings.network.timezone),
            hold=lambda: _hold(house, f"fetch:{server.name}"),
        )
        yield "intake", intake.run()
    if furnished.relay:
        yield "relay", furnished.relay.run()
    if furnished.slack:
        yield from furnished.slack.tasks(house, parts)
    if "web" in parts:
        yield "web", serve(house, settings.web.host, settings.web.port, at_port)


async def _in_time(house: House, begins: asyncio.Event | None) -> None:
    """Keep time; not before it begins, as when what a demo starts with is still being shared."""
    if begins is not None:
        await begins.wait()
    await keep_time(timetable(house), house.settings.network.timezone)


@asynccontextmanager
async def _settled_in(
    settings: Settings,
    database: Database,
    clock: Clock,
    parts: Collection[Part],
    *,
    migrate: bool,
    stop: asyncio.Event,
) -> AsyncIterator[Furnished | None]:
    """The house, its ledger ready and this process known in it; None when told to stop while the database was away."""
    health = Health(clock)
    me = new_process_id()
    key = await _open_ledger(settings, database, health, me, clock, migrate=migrate, stop=stop)
    if key is None:
        yield None
        return
    came = asyncio.Event()
    tokens = Tokens(key)
    relay = None
    if "mail" in parts and settings.smtp:
        health.expect("smtp")
        letters = LedgerLetters(database, tokens, list_house(settings), clock)
        bridge = SmtpBridge(smtp_server(settings), letters, settings.smtp.connections, settings.smtp.per_minute, health)
        relay = Relay(database, bridge, me, clock, health)
    if "mail" in parts and settings.imap:
        health.expect("imap")
    slack = _slack(settings, database, me, health, clock) if {"bot", "web"} & set(parts) else None

    def poke_relay() -> None:
        if slack is not None:
            slack.relay.poke()
        if relay is not None and slack is None:
            relay.poke()
        elif relay is not None:
            asyncio.get_running_loop().call_later(CARDS_FIRST, relay.poke)

    house = House(
        settings=settings,
        database=database,
        tokens=tokens,
        now=clock,
        health=health,
        me=me,
        poke_relay=poke_relay,
        poke_inbox=came.set,
        slack=slack.workspace if slack else None,
    )
    try:
        yield Furnished(house, relay, came, slack)
    finally:
        if slack is not None:
            await slack.close()
        with suppress(Exception):  # the database may be away; then our leases run out by themselves
            async with asyncio.timeout(1), database.write() as session:
                await retire(session, me)


def _slack(settings: Settings, database: Database, me: ProcessId, health: Health, clock: Clock) -> "Station | None":
    """Slack, when there is any; its libraries are loaded only then."""
    if settings.slack is None or not settings.slack.bot_token.get_secret_value():
        return None
    from bot.slack.station import station  # noqa: PLC0415

    return station(settings, settings.slack, database, me, health, list_house(settings), clock)


async def _open_ledger(
    settings: Settings,
    database: Database,
    health: Health,
    me: ProcessId,
    clock: Clock,
    *,
    migrate: bool,
    stop: asyncio.Event,
) -> str | None:
    """Wait for the database, bring it up to date, and sign in; answers the key that signs tokens."""
    health.expect("database")
    while not stop.is_set():
        try:
            if migrate:
                await upgrade(database)
            async with database.write() as session:
                await register(session, me, alone=database.sqlite)
                await take_back(session)
                await park_stale(session, clock())
                own = settings.network.secret_key
                key = own.get_secret_value() if own else await secret_key(session)
            health.up("database")
        except Exception as error:
            if not is_outage(error):
                raise
            health.down("database", in_words(error))
            log.warning("run.database_away", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(START_PAUSE):
                    await stop.wait()
        else:
            return key
    return None


async def stay_alive(house: House) -> None:
    """Say every few seconds that this process lives, and free what dead ones held.

    Not before the database has answered for a whole lifetime: after an outage the others must first have had the time
    to say that they live, or their letters would be taken from them in mid-sending.
    """
    steady_since = time.monotonic()
    while True:
        try:
            async with asyncio.timeout(LIFETIME), house.database.write() as session:
                await beat(session, house.me)
                if time.monotonic() - steady_since > LIFETIME and await take_back(session):
                    house.poke_relay()
            house.health.up("database")
        except Exception as error:
            if not is_outage(error):
                raise
            steady_since = time.monotonic()
            house.health.down("database", in_words(error))
            await asyncio.sleep(START_PAUSE)
            continue
        await asyncio.sleep(BEAT)


async def _hold(house: House, task: str) -> bool:
    """Whether this process is the one that does `task` now."""
    async with house.database.write() as session:
        return await hold(session, task, house.me)


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT ask to stop; a second SIGINT ends at once, as a person at a terminal means it."""
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        loop.remove_signal_handler(signal.SIGINT)
