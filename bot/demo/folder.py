"""The folder where a demo is kept: made, recognised, emptied, and used by one demo at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.demo.trouble import CannotPlay

#: A file by which a folder of the demo's is known; nothing else is ever emptied.
MARKER = "brygga-demo.txt"
_MARK = "The demo of Brygga is kept here. `brygga demo --fresh` empties this folder.\n"


def default_folder(environment: Mapping[str, str]) -> Path:
    """Where state of a user's programs belongs (XDG base directories)."""
    state = environment.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "brygga-demo"


@contextmanager
def at_home(folder: Path, *, fresh: bool) -> Iterator[bool]:
    """The folder is ours while the block runs; answers whether it is new. Raises CannotPlay.

    `fresh`: what an earlier demo left there is removed.
    """
    try:
        new = _made(folder)
        with (folder / "demo.lock").open("a") as lock:
            _alone(folder, lock.fileno())
            if fresh and not new:
                _empty(folder)
                new = True
            (folder / MARKER).write_text(_MARK, "utf-8")
            yield new
    except PermissionError as error:
        raise CannotPlay(
            "{file} may not be written: choose another folder with --data", file=error.filename or folder
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotPlay("{file} is not a folder: choose another with --data", file=error.filename or folder) from error


def _made(folder: Path) -> bool:
    """Make the folder, or see that it is the demo's; whether there is nothing in it yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = {path.name for path in folder.iterdir()}
    if there and MARKER not in there:
        raise CannotPlay(
            "{folder} holds other things than a demo, which stay as they are: choose another folder with --data",
            folder=folder,
        )
    return not there - {MARKER, "demo.lock"}


def _alone(folder: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotPlay(
            "another demo is using {folder}: stop it, or choose another folder with --data", folder=folder
        ) from error


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name in (MARKER, "demo.lock"):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds the old content or the new, never a part."""
    draft = file.with_name(file.name + ".new")
    draft.write_bytes(content)
    os.replace(draft, file)  # noqa: PTH105  the same in one word
