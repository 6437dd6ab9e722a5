"""`brygga run`: the service."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def run(
    config: Annotated[Path | None, typer.Option(help="The settings file.", show_default="brygga.toml")] = None,
    only: Annotated[str, typer.Option(help="Only these parts, with commas: bot,mail,schedules,web.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="At the first start on a mailbox, also take mail from this day on."),
    ] = None,
    no_migrate: Annotated[bool, typer.Option("--no-migrate", help="Leave the database as it is.")] = False,
) -> None:
    """Run the service: relay mail, keep time, serve the pages. Stop it with Ctrl-C or SIGTERM."""
    from bot.app import PARTS, Part
    from bot.app import run as run_house
    from bot.cli import context
    from bot.logs import set_up_logs
    from bot.settings import load_settings

    wanted: list[Part] = []
    for word in only.split(",") if only else PARTS:
        match = next((part for part in PARTS if part == word.strip()), None)
        if match is None:
            raise typer.BadParameter(f"{word.strip()!r} is not one of {', '.join(PARTS)}", param_hint="--only")
        wanted.append(match)
    settings = load_settings(config)
    if config is None and context.nothing_named() and not (settings.imap or settings.smtp or settings.slack):
        raise context.Failed(context.nowhere())  # it would serve nobody, and make a database where one happens to stand
    set_up_logs()
    work = run_house(settings, parts=wanted, since=since.date() if since else None, migrate=not no_migrate)
    try:
        import uvloop
    except ImportError:  # not to be had on Windows
        asyncio.run(work)
    else:
        uvloop.run(work)
