"""Backups by themselves: one each night, proved by restoring it; the oldest go, and nobody else's."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.backup import backup, restore
from storage.backup_file import BadBackup, Summary, made_at
from storage.database import Database
from storage.models import Base, Cluster, Inbound, Item, Kept, Member

T = TypeVar("T")

#: When the night's backup is due, on the network's clock.
NIGHT = time(3, 40)
#: How far ahead of our clock another machine's may be; what claims to be made later than that is no backup of tonight.
AHEAD = timedelta(hours=1)
#: What we call them. What is called otherwise is somebody else's, and stays.
_OURS = re.compile(r"brygga-\d{4}-\d{2}-\d{2}\.gz")
#: What we are still at begins so; what is left of it when the power went is swept next time.
_UNFINISHED = ".brygga-"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that came back whole when it was tried."""

    file: Path
    rows: int
    swept: int  # older ones that went


# -- deciding -----------------------------------------------------------------------------------------------------


def due(now: datetime, newest: datetime | None, zone: ZoneInfo) -> bool:
    """Whether a backup is to be made: none has been since the last night that has come. A night that was missed, since
    the machine was off or the disk was full, is so made up for as soon as somebody asks.
    """
    if newest is None:
        return True
    here = now.astimezone(zone)
    night = datetime.combine(here.date(), NIGHT, tzinfo=zone)
    if night > here:
        night = datetime.combine(here.date() - timedelta(days=1), NIGHT, tzinfo=zone)
    return newest < night


def newest(folder: Path, now: datetime) -> datetime | None:
    """When the latest of our backups there was made; None when there is none that can be read."""
    for file in reversed(ours(folder)):
        try:
            made = made_at(file)
        except (BadBackup, OSError):
            continue
        if made <= now + AHEAD:  # else the clock was wrong then
            return made
    return None


def ours(folder: Path) -> list[Path]:
    """Our backups in the folder, oldest first: by name, and no links or folders."""
    if not folder.exists():
        return []
    return sorted(file for file in folder.iterdir() if _OURS.fullmatch(file.name) and _plain(file))


async def worth_keeping(session: AsyncSession) -> bool:
    """Whether there is anything in the ledger that somebody would miss."""
    for table in (Member, Cluster, Inbound, Item):
        if await session.scalar(select(table.id).limit(1)) is not None:
            return True
    return False


# -- doing --------------------------------------------------------------------------------------------------------


async def make(database: Database, folder: Path, now: datetime, zone: ZoneInfo, keep: int) -> Made:
    """Write tonight's backup, restore it for trial, and only then give it its name and let the oldest go.

    Raises BadBackup when it does not come back, and OSError when the folder takes no files.
    """
    await asyncio.to_thread(_tidy, folder)
    file = folder / f"brygga-{now.astimezone(zone):%Y-%m-%d}.gz"
    untried = folder / f"{_UNFINISHED}untried-{file.name}"
    try:
        summary = await backup(database, untried, now)
        await _apart(lambda: prove(untried, summary, now))
        untried.replace(file)
    finally:
        untried.unlink(missing_ok=True)
    return Made(file, summary.total, await asyncio.to_thread(let_go, folder, keep))


async def prove(file: Path, summary: Summary, now: datetime) -> None:
    """Restore the file into a database beside it, count, and throw that away. Raises BadBackup."""
    with tempfile.TemporaryDirectory(prefix=f"{_UNFINISHED}trial-", dir=file.parent) as place:
        trial = Database("sqlite:///trial.db", Path(place))
        try:
            await restore(trial, file, now)
            came = await _count(trial, summary)
        finally:
            await trial.close()
    for table, rows in summary.rows.items():
        more = came[table] - rows
        # A restore writes down that it was one, unless that was known already.
        if more and (table, more) != (Kept.__tablename__, 1):
            raise BadBackup(f"{rows} rows of {table} went into the backup, and {came[table]} came back")


def let_go(folder: Path, keep: int) -> int:
    """Delete our own backups but the newest `keep`; answers how many."""
    old = ours(folder)[:-keep]
    for file in old:
        file.unlink(missing_ok=True)
    _sync(folder)
    return len(old)


async def _count(database: Database, summary: Summary) -> dict[str, int]:
    async with database.read() as session:
        return {
            table: await session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0
            for table in summary.rows
        }


def _tidy(folder: Path) -> None:
    """The folder is there, its owner's alone when we make it, and without what an earlier try left. Only the last part
    of its path is made: a disk that is not mounted is not to be written around.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob(f"{_UNFINISHED}*"):
        if _plain(left):
            left.unlink(missing_ok=True)
        elif left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
    for left in folder.glob(f".{_UNFINISHED}*.part"):
        left.unlink(missing_ok=True)


def _plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _sync(folder: Path) -> None:
    """The new name survives a power cut as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do it in a thread with a loop of its own, so that what it computes holds up nobody here; stopped when we are."""
    tasks: list[asyncio.Task[Any]] = []
    stopped = False

    async def noted() -> T:
        if (task := asyncio.current_task()) is not None:
            tasks.append(task)
        if stopped:  # before it began
            raise asyncio.CancelledError
        return await work()

    running = asyncio.ensure_future(asyncio.to_thread(lambda: asyncio.run(noted())))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stopped = True
        for task in tasks:
            task.get_loop().call_soon_threadsafe(task.cancel)
        await asyncio.wait([running])
        raise
