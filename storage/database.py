"""The database: connections, transactions and what counts as "the database is away"."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

#: Seconds a statement waits for another process's write on SQLite.
BUSY_SECONDS = 5
#: Seconds that several who open a new file at once may need until each has it.
OPENING_SECONDS = 2
#: Seconds to wait for PostgreSQL to take a connection, and for one statement.
CONNECT_SECONDS, STATEMENT_SECONDS = 10, 60
#: Errors say which statement failed and never with what: that is people's text and addresses, and errors are logged.
_DISCREET: dict[str, Any] = {"hide_parameters": True}


class DatabaseUrlError(ValueError):
    """The database URL is not one that Brygga can use."""


class Database:
    """One database, SQLite or PostgreSQL, by the same code.

    On SQLite there is one writing connection, whose transactions begin at once (BEGIN IMMEDIATE): writers of one
    process queue for it instead of failing half-way. Readers see a snapshot and never wait (WAL).
    """

    def __init__(self, url: str, folder: Path | None = None) -> None:
        self.url = _driver_url(url, folder or Path.cwd())
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self._writer = create_async_engine(
                self.url, pool_size=1, max_overflow=0, pool_timeout=STATEMENT_SECONDS, **_DISCREET
            )
            self._reader = create_async_engine(self.url, pool_size=5, max_overflow=5, **_DISCREET)
            _prepare_sqlite(self._writer, begin="BEGIN IMMEDIATE")
            _prepare_sqlite(self._reader, begin="BEGIN")
        else:
            arguments = {"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS}
            self._writer = create_async_engine(
                self.url, pool_size=8, max_overflow=8, pool_pre_ping=True, connect_args=arguments, **_DISCREET
            )
            # From the same pool. By default each statement would see what was committed since the one before.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")

    @property
    def writer(self) -> AsyncEngine:
        """The engine whose transactions may write."""
        return self._writer

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None on PostgreSQL or in memory."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: one snapshot, nothing to commit."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises. Never call the network inside."""
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        """Give every connection back."""
        await self._writer.dispose()
        if self.sqlite:
            await self._reader.dispose()


#: Classes of SQLSTATE after which waiting helps: connection lost, rolled back for others' sake, no room, locked,
#: shutting down or starting up, disk trouble (PostgreSQL, appendix A).
_PASSING = frozenset({"08", "40", "53", "55", "57", "58"})
#: The same of SQLite's result codes: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL. A missing table is not
#: among them: that is a mistake, and no waiting mends it.
_PASSING_SQLITE = frozenset({5, 6, 8, 10, 13, 14, 15})


def keep_a_log(cursor: Any) -> None:
    """Write-ahead logging. Of several that open a new file at once, one turns it on; to the others SQLite says "locked"
    without waiting (https://sqlite.org/wal.html: changing the mode needs the file to itself).
    """
    deadline = time.monotonic() + OPENING_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            await_only(asyncio.sleep(0.02))  # the one who has it may run in this loop
        else:
            return


def is_outage(error: BaseException) -> bool:
    """Whether waiting helps: the database is away, restarting, locked by another or out of connections."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state:
            return error.connection_invalidated or state[:2] in _PASSING
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is not None:
            return code & 0xFF in _PASSING_SQLITE
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    # PostgreSQL's socket is gone or does not answer: OSError. asyncpg's own errors while connecting are not wrapped.
    return isinstance(error, PoolTimeoutError | OSError | TimeoutError) or type(error).__module__.startswith("asyncpg")


def in_words(error: BaseException) -> str:
    """What went wrong, in one line; a time that ran out has no words of its own."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _driver_url(text: str, folder: Path) -> URL:
    """The URL with our driver in it; a relative SQLite path counts from the settings file's folder."""
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except ArgumentError as error:
        message = "not a database URL: write sqlite:///brygga.db or postgresql://user:password@host/name"
        raise DatabaseUrlError(message) from error
    if backend == "sqlite":
        path = url.database
        if path and path != ":memory:":
            url = url.set(database=str((folder / path).resolve()))
        return url.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        query = dict(url.query)
        if "sslmode" in query:  # libpq's word; asyncpg says ssl
            query["ssl"] = query.pop("sslmode")
        return url.set(drivername="postgresql+asyncpg", query=query)
    message = f"{backend} is not supported: use sqlite or postgresql"
    raise DatabaseUrlError(message)


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: ConnectionPoolEntry) -> None:
        # The driver's own transaction control is off: we say BEGIN ourselves, below.
        connection.isolation_level = None
        cursor = connection.cursor()
        keep_a_log(cursor)
        for pragma in (
            "synchronous=FULL",  # a commit survives a power cut
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "foreign_keys=ON",
            "cache_size=-8000",  # 8 MB a connection
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "close")
    def _closes(connection: Any, _record: ConnectionPoolEntry) -> None:
        # Closing alone does not end the transaction while anybody holds a cursor, as the traceback of a cancelled task
        # does (https://sqlite.org/c3ref/close.html), and until then nobody else can write. In the connection's own
        # thread, before it is closed there.
        driver = connection.driver_connection
        if (raw := driver._connection) is not None:  # noqa: SLF001  aiosqlite's own rollback must be awaited
            driver._tx.put_nowait((None, raw.rollback))  # noqa: SLF001

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)
