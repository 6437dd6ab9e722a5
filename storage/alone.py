"""One running program a SQLite file: a lock beside the database that the system gives back when the program dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AnotherProcess(Exception):
    """Another `brygga run` uses this database already. Several may run against one PostgreSQL; SQLite takes one."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another `brygga run` uses {path} already; with PostgreSQL several may run at once")


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs. Raises AnotherProcess when it is taken."""
    path.parent.stat()  # a folder that is missing is what to say, not the lock in it
    lock = path.with_name(path.name + ".lock")
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherProcess(path) from error
        yield
