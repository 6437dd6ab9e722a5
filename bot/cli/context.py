"""What every command needs: the settings, the ledger, who asks, a way to ask back, and a word for what went wrong."""

import asyncio
import getpass
import os
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import typer

from bot.clock import system_clock
from bot.house import House
from bot.settings import Settings, load_settings, settings_path
from bridges.health import Health
from bridges.tokens import Tokens
from storage.database import Database, is_outage
from storage.kept import secret_key
from storage.migrate import upgrade, version

Answer = TypeVar("Answer")

#: Options that many commands have, said once.
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
As = Annotated[str, typer.Option("--as", metavar="ADDR", help="Who does this, for the audit.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class Failed(Exception):
    """What was asked for cannot be done. The message is one line that says why, and what to do."""


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a command's work to its end."""
    return asyncio.run(work)


def nothing_named() -> bool:
    """Whether neither a settings file nor the environment says where everything is kept."""
    return not settings_path().exists() and "BRYGGA_DATABASE__URL" not in os.environ


def nowhere() -> str:
    """What to do then."""
    return f"there is no {settings_path()} here: go to its folder, name it with --config, or `brygga init`"


@asynccontextmanager
async def ledger(settings: Settings) -> AsyncIterator[Database]:
    """The database, with its tables up to date."""
    database = Database(settings.database.url, settings.folder)
    try:
        if nothing_named() and await version(database) is None:
            # Rather than make an empty database wherever somebody happens to stand.
            raise Failed(nowhere())
        await upgrade(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """The house as a command enters it: with the ledger, without leases or loops."""
    settings = load_settings()
    async with ledger(settings) as database:
        own = settings.network.secret_key
        if own is None:
            async with database.write() as session:
                key = await secret_key(session)
        else:
            key = own.get_secret_value()
        yield House(
            settings=settings,
            database=database,
            tokens=Tokens(key),
            now=system_clock,
            health=Health(system_clock),
        )


def actor(given: str) -> str:
    """Who the audit says did it: `--as`, else the user of this machine."""
    if not given:
        return f"cli:{getpass.getuser()}"
    from storage.roster import clean_address

    try:
        return clean_address(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--as") from error


def confirm(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone. Raises Failed when the answer is no, or nobody is there to answer."""
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        raise Failed("nobody answered, so nothing was changed; --yes answers") from None
    if not agreed:
        raise Failed("nothing was changed")


def explained(error: BaseException) -> str:
    """What went wrong, in one line for a person."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = str(getattr(error, "orig", None) or error).strip()
    line = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text) or type(error).__name__
    if type(error).__module__.partition(".")[0] in ("bot", "bridges", "schedules", "storage"):
        return line
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if is_outage(error):
        return f"the database cannot be used now: {line}"
    return f"unexpected: {type(error).__name__}: {line} (BRYGGA_DEBUG=1 shows where)"


def when(moment: datetime | None, settings: Settings) -> str:
    """An instant in the network's own time, to the minute."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(settings.network.timezone)).strftime("%Y-%m-%d %H:%M") if moment else ""


def ago(duration: timedelta) -> str:
    """A duration in its largest unit: "3 min", "2 h", "5 d"."""
    seconds = max(0, round(duration.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
