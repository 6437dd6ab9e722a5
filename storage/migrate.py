"""Brings the ledger's tables up to date, once, however many processes start at the same moment."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storage.database import CONNECT_SECONDS, Database, keep_a_log

#: The migrations: `versions/0001_….py` and on; the number is the version.
MIGRATIONS = Path(__file__).with_name("migrations")
#: The table that says which migration the database has reached.
VERSION_TABLE = "brygga_version"
#: Seconds to wait on SQLite for another process that is migrating.
WAIT_SECONDS = 60
#: PostgreSQL's name for our lock: "brygga" in ASCII.
_LOCK = int.from_bytes(b"brygga")


class ForeignDatabase(Exception):
    """The database is not one that this Brygga can use: it holds something else, or a newer Brygga wrote it."""


def head(migrations: Path = MIGRATIONS) -> str:
    """The newest version there is a migration for."""
    return max(known(migrations))


async def version(database: Database) -> str | None:
    """The version that the database has reached; None when it is empty. Raises ForeignDatabase."""
    if database.path and not database.path.exists():
        return None
    engine = _engine(database, begin="BEGIN")
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(reached_by)
    except DatabaseError as error:
        raise _not_ours(database, error) from error
    finally:
        await engine.dispose()


async def upgrade(database: Database, migrations: Path = MIGRATIONS) -> None:
    """Bring an empty or older database to the newest version, in one transaction.

    Killed at any moment, it leaves the old tables or the new ones, never something between. Of several processes one
    migrates while the others wait. Raises ForeignDatabase.
    """
    reached = await version(database)
    if reached == head(migrations):
        return  # the usual case: nothing is locked, and Alembic is not even imported
    _refuse_newer(reached, migrations)
    async with changing(database) as connection:
        await connection.run_sync(_upgrade, migrations)


@asynccontextmanager
async def changing(database: Database) -> AsyncIterator[AsyncConnection]:
    """One transaction in which tables may change, while nobody else changes any."""
    if database.path:
        _create_private(database.path)
    engine = _engine(database, begin="BEGIN IMMEDIATE")
    try:
        async with engine.begin() as connection:
            if not database.sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    finally:
        await engine.dispose()


def migrate(connection: Connection, target: str, migrations: Path = MIGRATIONS) -> None:
    """Run the migrations up to `target`, in the connection's own transaction."""
    from alembic import command  # noqa: PLC0415  a third of a second that only an old database pays

    command.upgrade(config(migrations, connection), target)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise ForeignDatabase(f"rows of {broken[0][0]} point to rows that are not there; nothing was changed")


def _upgrade(connection: Connection, migrations: Path) -> None:
    """Inside the transaction and under the lock: look again, then migrate."""
    reached = reached_by(connection)
    if reached == head(migrations):
        return  # another process was first
    _refuse_newer(reached, migrations)
    migrate(connection, head(migrations), migrations)


def config(migrations: Path, connection: Connection) -> Any:
    """Alembic's settings, in code: there is no alembic.ini to forget."""
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(migrations).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def reached_by(connection: Connection) -> str | None:
    """The version of the tables there are; None when there are none. Raises ForeignDatabase."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  a constant
    if tables:
        few = ", ".join(sorted(tables)[:3]) + (" …" if len(tables) > 3 else "")
        raise ForeignDatabase(f"the database holds tables that are not Brygga's ({few}): name an empty one")
    return None


def _refuse_newer(reached: str | None, migrations: Path) -> None:
    if reached is not None and reached not in known(migrations):
        newest = head(migrations)
        raise ForeignDatabase(
            f"a newer Brygga wrote this database (version {reached}; this one knows {newest}): "
            "install the newer one, or restore a backup into an empty database"
        )


def known(migrations: Path = MIGRATIONS) -> Sequence[str]:
    """Every version there is a migration for."""
    return [file.name.partition("_")[0] for file in (migrations / "versions").glob("[0-9]*_*.py")]


def _not_ours(database: Database, error: DatabaseError) -> Exception:
    """SQLite's "file is not a database" in words that say which; everything else as it is."""
    if database.path and "not a database" in str(error.orig):
        return ForeignDatabase(f"{database.path} is not a SQLite database: name another file")
    return error


def _create_private(path: Path) -> None:
    """A new SQLite file is its owner's alone: it will hold people's addresses and mail."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _engine(database: Database, begin: str) -> AsyncEngine:
    """Connections for migrating alone: no time limit, and on SQLite no foreign keys while tables are rebuilt."""
    if not database.sqlite:
        return create_async_engine(database.url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
    engine = create_async_engine(database.url, poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that DDL is inside the transaction
        cursor = connection.cursor()
        keep_a_log(cursor)
        for pragma in ("synchronous=FULL", "foreign_keys=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
