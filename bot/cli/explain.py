"""`brygga explain`: what Brygga understands of a mail, and what it would do with it."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.explain import Circumstances, Explanation, Seen
    from storage.roster import ClusterRow

#: A file larger than this is not read: no server delivers such a mail, and memory is to stay small.
MOST_BYTES = 64 * 1024 * 1024


def explain(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mail as it is stored: .eml files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, in the files' order.")] = False,
    clusters: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The directory, as `clusters import` takes it.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The settings file.", show_default="brygga.toml")] = None,
) -> None:
    """What Brygga understands of a mail, and what it would do. Changes nothing; needs no database and no network."""
    from bot.cli.understood import summary
    from bot.explain import Circumstances, Seen
    from bot.settings import load_settings
    from bridges.texts import Texts

    settings = load_settings(config)
    around = Circumstances.of(settings, _directory(clusters))
    texts = Texts(settings.network.locale)
    seen, missing = Seen(), False
    for file in files:
        said = _explain_file(file, around, seen)
        missing = missing or said["reason"] in ("missing_file", "unreadable_file")
        if as_json:
            _write(json.dumps(said, ensure_ascii=False))
        else:
            _write(summary(said, texts))
    if missing:
        raise typer.Exit(1)


def _explain_file(file: str, around: "Circumstances", seen: "Seen") -> "Explanation":
    from bot.explain import explain as explain_mail
    from bot.explain import nothing

    name = os.fsencode(file).decode("utf-8", "replace")
    raw = _read(file)
    if isinstance(raw, str):
        return nothing(name, raw)
    try:
        return explain_mail(name, raw, around, seen)
    except Exception as error:  # noqa: BLE001 - one mail that we cannot take must not hide the others: park, don't drop
        return nothing(name, "unexpected", [type(error).__name__])


def _read(file: str) -> bytes | str:
    """The bytes of a file, or the reason why there are none."""
    try:
        about = Path(file).stat()
        if not stat.S_ISREG(about.st_mode):
            return "not_a_file"  # a directory, a device, a pipe that may never end
        if about.st_size > MOST_BYTES:
            return "too_large"
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return "missing_file"
    except (OSError, ValueError):
        return "unreadable_file"


def _directory(file: Path | None) -> "list[ClusterRow]":
    """The clusters in a file; a bad one is an error that names it, and nothing is explained."""
    from storage.roster import BadRoster, read_clusters

    if file is None:
        return []
    try:
        return read_clusters(file.read_bytes())
    except BadRoster as error:
        first, *more = error.reasons
        raise BadRoster([f"{file}: {first}", *more]) from error


def _write(text: str) -> None:
    """One piece of the answer, at once, in UTF-8 whatever the terminal: programs read it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
