"""The demo from curtain to curtain: everything is opened, Brygga runs in between, and everything is put away."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy import update

from bot.app import Running, run
from bot.connections import imap_server
from bot.demo import looking
from bot.demo.attic import Attic
from bot.demo.cast import Play
from bot.demo.changes import Changes
from bot.demo.clock import DemoClock
from bot.demo.folder import write_whole
from bot.demo.mailboxes import VALIDITY, Mailboxes
from bot.demo.scene import Scene
from bot.demo.settings import ADDRESS, AUTHSERV, HOST, PACE, demo_settings
from bot.demo.stage import furnish
from bot.demo.trouble import CannotPlay
from bot.demo.web import make_app
from bot.web.serve import PortTaken, listen, serve_app
from bridges.standins.mailroom_smtp import MailroomSmtp
from bridges.standins.workspace import Workspace
from storage.database import Database
from storage.mailboxes import open_cursor
from storage.migrate import ForeignDatabase, upgrade
from storage.models import Mailbox
from storage.people import take_clusters, take_members
from storage.roster import BadRoster, read_clusters, read_members

log = structlog.get_logger()

#: Seconds between looks at the ledger for what the page shows of it.
_LOOK_SECONDS = 0.5


class Over(Exception):
    """The play has ended."""


async def perform(
    play: Play,
    folder: Path,
    port: int,
    *,
    seed: bool = True,
    raised: Callable[[Scene], None] = lambda scene: None,
    running: Running | None = None,
) -> None:
    """Play in a folder of ours (`at_home`) until SIGTERM, SIGINT or `running.stop`; port 0 takes a free one.

    `raised` is told when the page answers. Raises CannotPlay, alone or in a group.
    """
    running = running or Running()
    running.time_from = asyncio.Event()
    async with _opened(play, folder, port, running) as (scene, listening, attic):
        await _settle(scene)
        seeding = play.plant is not None and _begins(folder, seed=seed)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(serve_app(make_app(scene), listening, lambda _: raised(scene)), name="demo page")
                group.create_task(attic.keep(), name="attic")
                group.create_task(_watch(scene), name="watch")
                scene.seeding = seeding
                group.create_task(_begin(scene, seeding=seeding), name="seed, then time")
                await run(scene.settings, clock=scene.clock, running=running)
                scene.changes.end()
                raise Over  # cancels the others
        except* Over:
            pass
        finally:
            scene.changes.end()


@asynccontextmanager
async def _opened(
    play: Play, folder: Path, port: int, running: Running
) -> AsyncIterator[tuple[Scene, socket.socket, Attic]]:
    """Everything that Brygga stands between, open; what was said is put away at the end."""
    changes = Changes()
    clock = DemoClock(folder / "clock.json")
    async with AsyncExitStack() as stack:
        listening = _page_socket(port)
        stack.callback(listening.close)
        workspace, attic = _workspace(play, folder, clock, changes)
        boxes = Mailboxes(folder / "mail", clock, changes)
        for address in {person.email for person in play.cast if person.email}:
            await boxes.open(address)
        await stack.enter_async_context(boxes.room)
        box = await boxes.open(ADDRESS)  # now its server has a port
        door = await stack.enter_async_context(MailroomSmtp(boxes.box_of, boxes.deliver, clock, name=AUTHSERV))
        await workspace.start()
        stack.push_async_callback(workspace.close)
        stack.callback(attic.put_away)
        number: int = listening.getsockname()[1]
        settings = demo_settings(folder, box, door.port, _free_port(number + 1 if port else 0), workspace, play.topics)
        database = Database(settings.database.url, folder)
        stack.push_async_callback(database.close)
        yield (
            Scene(
                play=play,
                folder=folder,
                clock=clock,
                workspace=workspace,
                boxes=boxes,
                door=door,
                database=database,
                settings=settings,
                running=running,
                changes=changes,
                port=number,
            ),
            listening,
            attic,
        )


def _page_socket(port: int) -> socket.socket:
    try:
        return listen(HOST, port)
    except PortTaken as error:
        raise CannotPlay("port {port} cannot be used here: choose another with --port", port=port) from error


def _free_port(wanted: int) -> int:
    """`wanted` where it is free, else any that is."""
    for number in (wanted, 0):
        try:
            with listen(HOST, number) as tried:
                return int(tried.getsockname()[1])
        except (PortTaken, OverflowError):  # no port is larger than 65535
            continue
    raise CannotPlay("this machine has no free port")


def _workspace(play: Play, folder: Path, clock: DemoClock, changes: Changes) -> tuple[Workspace, Attic]:
    workspace = Workspace()
    workspace.pace = PACE / 2  # so that Brygga, which keeps to its own, is never told to wait
    workspace.clock = clock.seconds
    attic = Attic(folder, workspace)
    if not attic.bring_down():
        furnish(workspace, play.cast)

    def happened() -> None:
        attic.changed.set()
        changes()

    workspace.watch = happened
    return workspace, attic


async def _settle(scene: Scene) -> None:
    """The ledger up to date, with the people of the play in it from the first start on. Raises CannotPlay."""
    try:
        await upgrade(scene.database)
    except ForeignDatabase as error:
        raise CannotPlay("{why}; `brygga demo --fresh` begins anew", why=error) from error
    async with scene.database.write() as session:
        # The mailbox is the same, though its server has another port each time.
        name = imap_server(scene.settings).name
        await session.execute(update(Mailbox).values(name=name))
        if await session.get(Mailbox, name) is None:
            await open_cursor(session, name, VALIDITY, 1)  # its very first mail counts, though Brygga still starts
    if await looking.memberships(scene.database):
        return
    now = scene.clock()
    try:
        async with scene.database.write() as session:
            await take_clusters(session, read_clusters(scene.play.clusters), "demo", now)
            await take_members(session, read_members(scene.play.members), "demo", now, how="import", again=False)
    except BadRoster as error:
        raise CannotPlay("the seed is broken: {why}", why=error) from error


def _begins(folder: Path, *, seed: bool) -> bool:
    """Whether the seed is to be shared now: at the first start and never again, for half of it would come twice."""
    begun = folder / "seed.json"
    if begun.exists():
        return False
    write_whole(begun, json.dumps({"shared": seed}).encode())
    return seed


async def _begin(scene: Scene, *, seeding: bool) -> None:
    """Let the seed be shared, and only then keep time: a preview of Friday's has something to show."""
    await scene.running.ready.wait()
    if seeding:
        await _plant(scene)
    assert scene.running.time_from is not None  # noqa: S101  made before Brygga was
    scene.running.time_from.set()


async def _plant(scene: Scene) -> None:
    assert scene.play.plant is not None  # noqa: S101  asked by the caller
    await scene.workspace.connected(timeout=30)
    try:
        await scene.play.plant(scene)
    except Exception as error:
        if scene.running.stop.is_set():
            return  # whoever was to answer has been told to leave
        log.exception("demo.not_seeded")
        raise CannotPlay("the seed is broken: {why}", why=error) from error
    finally:
        scene.seeding = False
        scene.changes()


async def _watch(scene: Scene) -> None:
    """Say that something changed when the ledger says something else of what the page shows."""
    seen: object = None
    while True:
        now = (await looking.waiting(scene.database), await looking.memberships(scene.database))
        if seen not in (None, now):
            scene.changes()
        seen = now
        await asyncio.sleep(_LOOK_SECONDS)
