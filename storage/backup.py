"""Backups: everything in one file, the same for SQLite and PostgreSQL, that is proved whole before anything is touched."""

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.backup_file import FORMAT, BadBackup, Lines, Summary, batch_size, batches, checking, plain_table, word_of
from storage.database import Database
from storage.mailboxes import RESTORED
from storage.migrate import VERSION_TABLE, changing, head, migrate, reached_by
from storage.models import Base, Delivery, Kept, Process
from storage.words import DeliveryState

#: Letters that waited so long are not sent by themselves after a restore: a person decides.
STALE = timedelta(days=5)
#: Numbers left free at a restore: more than were given since the backup was made. Letters hold tokens with them.
GAP = 1_000
#: Who is running is no part of a backup.
_PASSING = ("processes", "leases")


class NotEmpty(Exception):
    """There is something in the database that a restore would replace."""


class InUse(Exception):
    """A running Brygga uses the database: stop it first."""


# -- out ----------------------------------------------------------------------------------------------------------


async def backup(database: Database, file: Path, now: datetime) -> Summary:
    """Write everything as it is at one moment into the file, which is there whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    try:
        with _private(part) as raw:
            await _write(database, raw, now)
            raw.flush()
            await asyncio.to_thread(os.fsync, raw.fileno())
        summary = await _checked(part)  # what cannot be read back is no backup
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    await asyncio.to_thread(_sync_folder, file.parent)
    return summary


async def _checked(file: Path) -> Summary:
    """The file is whole. In a thread, step by step: a large one takes a while, and who is told to stop does so soon."""
    steps, summary = checking(file), None
    while summary is None:
        summary = await asyncio.to_thread(next, steps)
    return summary


async def _write(database: Database, raw: IO[bytes], now: datetime) -> None:
    async with database.read() as session:
        # On SQLite a transaction is a snapshot already.
        options = {} if database.sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = await session.connection(execution_options=options)
        version = await connection.run_sync(reached_by)
        if version != head():
            raise BadBackup(f"the database is of version {version}, not {head()}: `brygga db upgrade` first")
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as packed:
            lines = Lines(packed)
            lines.write([{"brygga": FORMAT, "version": version, "made_at": now.isoformat()}])
            for table in Base.metadata.sorted_tables:
                if table.name not in _PASSING:
                    async for batch in _dump(connection, table):
                        await asyncio.to_thread(lines.write, batch)
            lines.close()


async def _dump(connection: AsyncConnection, table: sa.Table) -> AsyncIterator[list[Any]]:
    """The table's head and its rows, a batch at a time."""
    words = {column.name: word_of(column.type) for column in table.columns}
    yield [{"table": table.name, "columns": words}]
    plain = plain_table(table.name, words)
    size = batch_size(words)
    order = [plain.c[column.name] for column in table.primary_key]
    rows = await connection.stream(sa.select(plain).order_by(*order).execution_options(yield_per=size))
    async for batch in rows.partitions(size):
        yield [list(row) for row in batch]


# -- back ---------------------------------------------------------------------------------------------------------


async def restore(database: Database, file: Path, now: datetime, *, replace: bool = False) -> Summary:
    """Make the database what the file says, in one transaction: killed half-way, it is as it was.

    Raises BadBackup, NotEmpty (unless `replace`), InUse and ForeignDatabase, each before anything is touched.
    """
    summary = await _checked(file)
    async with changing(database) as connection:
        reached = await connection.run_sync(reached_by)
        if reached is not None:
            await _look_round(connection, database, replace=replace)
            await connection.run_sync(_drop_all)
        await connection.run_sync(migrate, summary.version)
        await _fill(connection, file)
        await connection.run_sync(migrate, head())
        await _park_stale(connection, now)
        await _note_restore(connection, now)
        await connection.run_sync(_leave_gap if database.sqlite else _set_sequences)
    return summary


async def _look_round(connection: AsyncConnection, database: Database, *, replace: bool) -> None:
    """Refuse when somebody uses what is there, or would miss it."""
    tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    if not database.sqlite and "processes" in tables:  # on SQLite the lock file says so, more surely
        living = sa.select(Process.id).where(Process.alive_until >= sa.func.clock_timestamp())
        if (await connection.execute(living.limit(1))).first():
            raise InUse("`brygga run` uses this database: stop it first")
    if replace:
        return
    for name in sorted(set(tables) - {*_PASSING, VERSION_TABLE, "kept", "audit"}):
        if (await connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1))).first():
            raise NotEmpty(f"there is something in {name} already; --yes replaces all that is there")


def _drop_all(connection: sa.Connection) -> None:
    there = sa.MetaData()
    there.reflect(connection)
    there.drop_all(connection)


async def _fill(connection: AsyncConnection, file: Path) -> None:
    there = set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))
    coming = batches(file)
    while (batch := await asyncio.to_thread(next, coming, None)) is not None:
        table, rows = batch
        if table.name not in there:
            raise BadBackup(f"{file} holds a table that Brygga does not have: {table.name}")
        await connection.execute(sa.insert(table), rows)


async def _park_stale(connection: AsyncConnection, now: datetime) -> None:
    """What was being sent waits again; what has waited too long waits for a person."""
    outbox: Any = Delivery.__table__
    sending, queued = outbox.c.state == DeliveryState.SENDING, outbox.c.state == DeliveryState.QUEUED
    await connection.execute(sa.update(outbox).where(sending).values(state=DeliveryState.QUEUED, owner=None))
    stale = sa.update(outbox).where(queued, outbox.c.created_at < now - STALE)
    await connection.execute(stale.values(state=DeliveryState.PARKED, reason="restored"))


async def _note_restore(connection: AsyncConnection, now: datetime) -> None:
    """So that mail which was read since the backup is not taken for new."""
    kept: Any = Kept.__table__
    await connection.execute(sa.delete(kept).where(kept.c.name == RESTORED))
    await connection.execute(sa.insert(kept).values(name=RESTORED, value=now.isoformat()))


def _leave_gap(connection: sa.Connection) -> None:
    """SQLite's way: tables whose numbers are never given twice have a row in a table of its own."""
    for table in Base.metadata.tables.values():
        if not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        largest = connection.execute(sa.select(sa.func.max(table.autoincrement_column))).scalar() or 0
        name = {"name": table.name, "seq": largest + GAP}
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), name)
        connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), name)


def _set_sequences(connection: sa.Connection) -> None:
    """New rows get numbers after those that came with the file, and after those that were given since it was made."""
    for table in Base.metadata.tables.values():
        if table.autoincrement_column is None:
            continue
        number = table.autoincrement_column
        largest = connection.execute(sa.select(sa.func.max(number))).scalar()
        sequence = sa.func.pg_get_serial_sequence(table.name, number.name)
        connection.execute(sa.select(sa.func.setval(sequence, (largest or 0) + GAP)))


def _private(path: Path) -> IO[bytes]:
    """A new file that its owner alone can read: it holds everything."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    """The new name survives a power cut as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
