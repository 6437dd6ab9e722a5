"""`brygga db`: the database itself."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import context, printing
from bot.cli.context import Yes
from bot.clock import system_clock
from bot.settings import load_settings
from storage import backup as backups
from storage.alone import alone_with
from storage.backup_file import Summary
from storage.database import Database
from storage.migrate import head, version
from storage.migrate import upgrade as migrate

app = typer.Typer(help="The database: upgrade, backup, restore.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Make the tables, or bring older ones up to date. Killed half-way, it leaves them as they were."""

    async def work() -> str:
        settings = load_settings()
        database = Database(settings.database.url, settings.folder)
        try:
            before = await version(database)
            await migrate(database)
        finally:
            await database.close()
        if before == head():
            return f"The database is of version {head()} already."
        return f"The database is of version {head()} now" + (f", it was {before}." if before else ": it was empty.")

    printing.say(context.run(work()))


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="Replaced, when it is there.")]) -> None:
    """Write everything as it is now into one file, also while `brygga run` is running."""
    file.parent.stat()  # a folder that is missing is what to say, not the half-written file in it

    async def work() -> Summary:
        async with context.ledger(load_settings()) as database:
            return await backups.backup(database, file, system_clock())

    summary = context.run(work())
    printing.say(f"{summary.total} rows in {file}. It holds people's data and the secret key: keep it safe.")


@app.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE")], yes: Yes = False) -> None:
    """Make the database what a backup says: in an empty database, or with --yes in place of what is there.

    Letters that had waited for more than five days are parked: `brygga outbox` shows them. So is mail that was read
    since the backup was made, which `brygga items parked` shows: it was shared then, and is not shared again by itself.
    """
    settings = load_settings()

    async def work(replace: bool) -> Summary:
        database = Database(settings.database.url, settings.folder)
        try:
            with alone_with(database.path) if database.path else nullcontext():
                return await backups.restore(database, file, system_clock(), replace=replace)
        finally:
            await database.close()

    try:
        summary = context.run(work(replace=yes))
    except backups.NotEmpty:
        context.confirm("There is something in the database already. Replace all of it?", yes=False)
        summary = context.run(work(replace=True))
    made = context.when(summary.made_at, settings)
    printing.say(f"{summary.total} rows are back, as they were on {made}.")
