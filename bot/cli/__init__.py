"""The command line: what there is, said at once; what a command needs, loaded when it is called."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer


class Entry(NamedTuple):
    """Where a command is, and what the list of commands says of it."""

    place: str
    help: str


#: In the order of the help text.
COMMANDS = {
    "demo": Entry("bot.cli.demo:demo", "Try everything on this machine: no account, no set-up."),
    "init": Entry("bot.cli.init:init", "Ask what is needed and write a commented brygga.toml."),
    "check": Entry("bot.cli.check:check", "Try every outside thing and say what to do."),
    "run": Entry("bot.cli.run:run", "Run the service: relay mail, keep time, serve the pages."),
    "explain": Entry("bot.cli.explain:explain", "Say what Brygga understands of a mail and would do with it."),
    "clusters": Entry("bot.cli.clusters:app", "The organisations in the network."),
    "members": Entry("bot.cli.members:app", "The people in the network."),
    "items": Entry("bot.cli.items:app", "What has been shared, and who got it."),
    "digest": Entry("bot.cli.digest:app", "The weekly digest: what it says, and sending it."),
    "outbox": Entry("bot.cli.outbox:app", "What is queued or stuck, and why."),
    "slack": Entry("bot.cli.slack:app", "The app manifest to paste at Slack."),
    "db": Entry("bot.cli.db:app", "The database: upgrade, backup, restore."),
}


def main() -> None:
    """Run this process's command line and leave: 0 done, 1 the thing asked for failed, 2 wrong command line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; answers the exit code. Whatever goes wrong is one line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows ?, and nothing fails
    try:
        code = _call(list(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        return _seen_enough()
    except SystemExit as end:  # typer's way with a broken pipe
        if isinstance(end.__context__, BrokenPipeError):
            return _seen_enough()
        raise
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        if os.environ.get("BRYGGA_DEBUG"):
            raise
        from bot.cli.context import explained

        sys.stderr.write(f"brygga: {explained(error)}\n")
        return 1
    return code


def _seen_enough() -> int:
    """The reader of our output, such as `head`, has gone: nothing failed, and nothing more is said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


def _call(arguments: list[str]) -> int:
    from typer.exceptions import TyperException

    try:
        _take_config(arguments)
        word = next((word for word in arguments if not word.startswith("-")), "")
        answer = typer.main.get_command(_app(word)).main(arguments, prog_name="brygga", standalone_mode=False)
    except TyperException as error:  # a wrong command line, with the usage of the command
        show = getattr(error, "show", None)
        if show:
            show()
        return int(getattr(error, "exit_code", 2))
    return answer if isinstance(answer, int) else 0


def _app(word: str) -> typer.Typer:
    """The whole program, of which only the command `word` is loaded."""
    app = typer.Typer(
        help="Brygga: a chat bot and mailing-list bridge for networks of regional clusters.",
        epilog="Settings: --config, else $BRYGGA_CONFIG, else ./brygga.toml.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name, entry in COMMANDS.items():
        command = _load(name, entry) if name == word else None
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, help=entry.help)
        else:
            app.command(name, help=None if command else entry.help)(command or _not_called)
    return app


def _load(name: str, entry: Entry) -> Any:
    module, _, attribute = entry.place.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        from bot.cli.context import Failed

        raise Failed(f"this Brygga has no `{name}`") from error


def _not_called() -> None:
    """Stands in the list of commands for one that this call does not need."""


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"brygga {version('brygga')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version)
    ] = False,
    config: Annotated[str, typer.Option(metavar="FILE", help="The settings file.")] = "",
) -> None:
    """Options of the program itself; `--config` has been taken already, and is here for the help text."""


def _take_config(arguments: list[str]) -> None:
    """`--config FILE` may stand anywhere: it moves to the environment, where every command finds it."""
    for place, word in enumerate(arguments):
        name, given, value = word.partition("=")
        if word == "--":
            return
        if name == "--config":
            if not given:
                if place + 1 == len(arguments):
                    raise typer.BadParameter("names no file", param_hint="--config")
                value = arguments.pop(place + 1)
            del arguments[place]
            os.environ["BRYGGA_CONFIG"] = value
            return
