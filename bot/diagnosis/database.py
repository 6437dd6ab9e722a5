"""Checks the database: reached, writable, room to grow, and whether its tables are up to date."""

import os
import shutil
from pathlib import Path

from sqlalchemy import func, select, text

from bot.diagnosis.findings import Inquiry
from bot.settings import Settings
from storage.database import Database, DatabaseUrlError
from storage.migrate import ForeignDatabase, head, version
from storage.models import Member
from storage.words import MemberStatus, Role

#: Free space, in MB, under which a person should look, and under which the ledger is about to stop.
LITTLE_MB, NO_MB = 1_000, 100


async def look(inquiry: Inquiry) -> None:
    """Open the database as `brygga run` would, and change nothing."""
    report, t = inquiry.report, inquiry.t
    try:
        database = Database(inquiry.settings.database.url, inquiry.settings.folder)
    except (DatabaseUrlError, ImportError) as error:
        report.bad("database.url", t("[database] url: {error}", error=error), t("Write it again."))
        return
    try:
        if database.path and not _file(inquiry, database.path):
            return
        await _open(inquiry, database)
    finally:
        await database.close()


def _file(inquiry: Inquiry, path: Path) -> bool:
    """What the file system says of a SQLite file; False when there is nothing to open yet."""
    report, t = inquiry.report, inquiry.t
    folder = path.parent
    if not folder.is_dir():
        report.bad("database.folder", t("The folder {path} is not there.", path=folder), t("Make it."))
        return False
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        report.bad(
            "database.writable",
            t("This user may not write {path} and beside it.", path=path),
            t("Run Brygga as the owner of {path}, or change the owner.", path=folder),
        )
        return False
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < LITTLE_MB:
        tell = report.bad if free < NO_MB else report.doubt
        tell("database.space", t("The disk of {path} has {free} MB left.", path=folder, free=free), t("Make room."))
    else:
        report.good("database.space", t("The disk has {free} GB left.", free=t.number(free // 1000)))
    if not path.exists():
        report.doubt(
            "database.tables",
            t("The database {path} is not made yet; the first start makes it.", path=path),
            t("Run: brygga db upgrade"),
        )
        return False
    return True


async def _open(inquiry: Inquiry, database: Database) -> None:
    report, t = inquiry.report, inquiry.t
    try:
        reached = await version(database)
    except ForeignDatabase as error:
        report.bad("database.tables", t("The database cannot be used: {error}.", error=error))
        return
    except Exception as error:  # noqa: BLE001  each driver has its own; all mean that it was not reached
        report.bad(
            "database.reached",
            t("The database {url} cannot be reached: {error}", url=_shown(inquiry.settings), error=_why(error)),
            t("Start it, or look at [database] url."),
        )
        return
    async with database.read() as session:
        about = "SELECT sqlite_version()" if database.sqlite else "SHOW server_version"
        kind = "SQLite" if database.sqlite else "PostgreSQL"
        number = str((await session.execute(text(about))).scalar_one()).split()[0]
    report.good("database.reached", t("{kind} {version} answers.", kind=kind, version=number))
    await _writable(inquiry, database)
    if reached is None:
        report.doubt(
            "database.tables",
            t("The database is empty; the first start makes the tables."),
            t("Run: brygga db upgrade"),
        )
    elif reached != head():
        report.doubt(
            "database.tables",
            t(
                "The tables are of version {reached}; this Brygga wants {head}. The next start changes them.",
                reached=reached,
                head=head(),
            ),
            t("Take a backup first (brygga db backup FILE), then run: brygga db upgrade"),
        )
    else:
        report.good("database.tables", t("The tables are up to date (version {version}).", version=reached))
        await _people(inquiry, database)


async def _writable(inquiry: Inquiry, database: Database) -> None:
    """A table is made and taken back: nothing else proves on every database that writing works."""
    report, t = inquiry.report, inquiry.t
    try:
        async with database.writer.connect() as connection:
            await connection.execute(text("CREATE TABLE brygga_check (id INTEGER)"))
            await connection.rollback()
    except Exception as error:  # noqa: BLE001  read-only, no right to the schema, locked: the reason is the driver's
        report.bad(
            "database.writable",
            t("The database cannot be written: {error}", error=_why(error)),
            t("Give the user of [database] url the right to make and change tables."),
        )
    else:
        report.good("database.writable", t("The database can be written."))


async def _people(inquiry: Inquiry, database: Database) -> None:
    """Somebody must be able to decide about held posts."""
    report, t = inquiry.report, inquiry.t
    active = select(func.count()).select_from(Member).where(Member.status == MemberStatus.ACTIVE)
    async with database.read() as session:
        people = (await session.execute(active)).scalar_one()
        editors = (await session.execute(active.where(Member.role.in_([Role.EDITOR, Role.ADMIN])))).scalar_one()
    if editors:
        report.good(
            "database.people",
            t.plural(
                "{people} members, {n} of them editor.",
                "{people} members, {n} of them editors.",
                editors,
                people=t.number(people),
            ),
        )
    else:
        report.doubt(
            "database.people",
            t("Nobody is an editor: what is held waits for ever."),
            t("Run: brygga members add ADDRESS --name NAME --role admin"),
        )


def _shown(settings: Settings) -> str:
    """The database URL without its password."""
    from sqlalchemy import make_url  # noqa: PLC0415

    return make_url(settings.database.url).render_as_string(hide_password=True)


def _why(error: BaseException) -> str:
    """The driver's own words, in one line."""
    words = str(getattr(error, "orig", None) or error) or type(error).__name__
    return words.strip().splitlines()[0].removeprefix("<class ").strip()
