"""`brygga demo`: everything on this machine, to be seen and tried in a browser."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.demo.scene import Scene
    from bridges.texts import Texts


def demo(
    port: Annotated[int, typer.Option(help="Where its page is, on 127.0.0.1.", min=1, max=65_535)] = 8025,
    seed: Annotated[
        bool, typer.Option("--seed/--no-seed", help="Begin with what a small network has shared, or with nothing.")
    ] = True,
    data: Annotated[
        Path | None, typer.Option(help="The folder it is kept in.", show_default="~/.local/state/brygga-demo")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew: what an earlier demo left is removed.")] = False,
) -> None:
    """Try everything on this machine: a workspace, mailboxes and a clock, no account. Stop it with Ctrl-C."""
    from bot.cli.context import explained
    from bot.demo.trouble import CannotPlay
    from bridges.texts import Texts, spoken_language

    t = Texts(spoken_language(os.environ))
    try:
        _play(t, port, data, seed=seed, fresh=fresh)
    except CannotPlay as error:
        _give_up(error.said(t))
    except BaseExceptionGroup as group:
        first = first_of(group)
        _give_up(first.said(t) if isinstance(first, CannotPlay) else explained(first))


def _play(t: "Texts", port: int, data: Path | None, *, seed: bool, fresh: bool) -> None:
    from bot.demo.folder import default_folder
    from bot.demo.trouble import CannotPlay

    folder = (data or default_folder(os.environ)).expanduser().absolute()
    print(t("The demo is kept in {folder}", folder=folder), flush=True)
    try:
        import aiosmtpd  # noqa: F401
        import pymap  # noqa: F401
    except ModuleNotFoundError as error:
        raise CannotPlay(
            "the demo needs {name}, which is not installed: pip install 'brygga[demo]'", name=error.name
        ) from error

    from bot.demo.folder import at_home
    from bot.demo.performing import perform
    from bot.demo.seeded import seeded_play
    from bot.logs import set_up_logs

    def raised(scene: "Scene") -> None:
        print(t("Open {address} in a browser. Ctrl-C stops the demo.", address=scene.page), flush=True)

    play = seeded_play()
    with at_home(folder, fresh=fresh), (folder / "log.jsonl").open("w", encoding="utf-8") as log:
        set_up_logs(stream=log)
        asyncio.run(perform(play, folder, port, seed=seed, raised=raised))
    print(t("The demo has stopped. Everything is there when you start it again."))


def _give_up(line: str) -> None:
    sys.stderr.write(f"brygga: {line}\n")
    raise typer.Exit(1)


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended it all."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
