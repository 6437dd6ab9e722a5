"""The nightly backup: asked for every hour, made by one process, and told of at the desk when it cannot be made."""

import asyncio
import errno
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.house import House
from bot.telling import tell_desk_channel, tell_editors, today
from schedules import backups
from storage.backup_file import BadBackup
from storage.database import in_words
from storage.processes import hold

log = structlog.get_logger()

#: What the operating system answers, as the notice words it.
_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
}


async def back_up(house: House) -> None:
    """Tonight's backup, when it is due, there is something to keep, and this process is the one that makes them."""
    chosen = house.settings.backup
    if not chosen.folder:
        return
    async with house.database.write() as session:
        if not await hold(session, "backup", house.me):
            return
    async with house.database.read() as session:
        if not await backups.worth_keeping(session):
            return
    folder, now = house.settings.folder / chosen.folder, house.now()
    zone = ZoneInfo(house.settings.network.timezone)
    began = time.monotonic()
    try:
        if not backups.due(now, await asyncio.to_thread(backups.newest, folder, now), zone):
            return
        made = await backups.make(house.database, folder, now, zone, chosen.keep)
    except Exception as error:  # noqa: BLE001  whatever it was, there is no backup
        log.error("backup.failed", folder=str(folder), error=f"{type(error).__name__}: {in_words(error)}")  # noqa: TRY400
        await _tell(house, folder, error, now)
    else:
        seconds = round(time.monotonic() - began, 1)
        log.info("backup.made", file=str(made.file), rows=made.rows, swept=made.swept, seconds=seconds)


async def _tell(house: House, folder: Path, error: Exception, now: datetime) -> None:
    """The desk is told once a day, with the reason and the last one that is good."""
    last = await asyncio.to_thread(_last, folder, now)
    about = {"folder": str(folder), "reason": reason_of(error), "last": last.isoformat() if last else ""}
    once = f"backup:{today(house, now)}"
    async with house.database.write() as session:
        await tell_editors(session, house, "backup_failed", now, once=once, **about)
        await tell_desk_channel(session, house, "backup_failed", now, once=once, **about)
    house.poke_relay()


def reason_of(error: BaseException) -> str:
    """Why, as a word that the notice knows, or else in the error's own words."""
    if isinstance(error, BadBackup):
        return "damaged"
    if isinstance(error, OSError) and error.errno in _REASONS:
        return _REASONS[error.errno]
    words = in_words(error)
    return "full" if "disk is full" in words else words  # SQLite's way to say it


def _last(folder: Path, now: datetime) -> datetime | None:
    try:
        return backups.newest(folder, now)
    except OSError:
        return None
