"""What became of claimed deliveries, written down many at a time: the busiest statement there is."""

import json
import random
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import aiosqlite
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.ids import DeliveryId, ProcessId
from storage.outbox import PATIENCE
from storage.words import DeliveryState

#: Minutes to wait after the first, second, … failure; the last repeats.
BACKOFF = (1, 5, 15, 60, 240)


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has it."""

    id: DeliveryId
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not get through; try again later."""

    id: DeliveryId
    reason: str
    attempts: int
    after: timedelta | None = None  # None: by BACKOFF


@dataclass(frozen=True, slots=True)
class Released:
    """It was not tried at all; as if never claimed."""

    id: DeliveryId


@dataclass(frozen=True, slots=True)
class Parked:
    """It can never get through as it is; a person decides."""

    id: DeliveryId
    reason: str


Settlement = Sent | Retry | Released | Parked

# A row that is not ours any more is left to its new owner. One that was taken back and waits again is marked as sent all
# the same: it did go out. A try that failed more than five days after the beginning was the last. CASE, because with OR
# SQLite would go through all that is queued instead of looking up the few rows by their number.
_SETTLE = f"""
UPDATE outbox SET
    state = CASE WHEN new.tried AND outbox.created_at < :long_ago THEN 'parked' ELSE new.state END,
    owner = NULL,
    attempts = outbox.attempts - new.unused,
    next_at = coalesce(new.due, outbox.next_at),
    reason = CASE WHEN new.tried AND outbox.created_at < :long_ago
        THEN 'given up after {PATIENCE.days} days: ' || new.reason ELSE coalesce(new.reason, outbox.reason) END,
    remote_id = coalesce(new.remote, outbox.remote_id),
    sent_at = coalesce(new.sent, outbox.sent_at)
FROM %s
WHERE outbox.id = new.id
    AND CASE outbox.state WHEN 'sending' THEN outbox.owner = :me WHEN 'queued' THEN new.state = 'sent' END
"""  # noqa: S608  put together from this page alone
_COLUMNS = {
    "id": "bigint",
    "state": "text",
    "tried": "boolean",
    "unused": "integer",
    "due": "timestamptz",
    "reason": "text",
    "remote": "text",
    "sent": "timestamptz",
}
_EXTRACTED = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in _COLUMNS)
_SQLITE = _SETTLE % f"(SELECT {_EXTRACTED} FROM json_each(:rows)) AS new"  # noqa: S608  likewise
_RECORD = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
_POSTGRES = text(_SETTLE % f"json_to_recordset(CAST(:rows AS json)) AS new({_RECORD})")


async def settle(session: AsyncSession, owner: ProcessId, settlements: Sequence[Settlement], now: datetime) -> None:
    """Write down what became of deliveries that `owner` had claimed, in the caller's transaction."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    values = {"me": owner, "rows": _rows(settlements, now, zone="" if sqlite else "+00")}
    if sqlite:
        await session.execute(text(_SQLITE), values | {"long_ago": _moment(now - PATIENCE)})
    else:
        await session.execute(_POSTGRES, values | {"long_ago": now - PATIENCE})


async def settle_at_once(
    database: Database, owner: ProcessId, settlements: Sequence[Settlement], now: datetime
) -> None:
    """The same as a transaction of its own on SQLite, which is one statement, and one visit to the driver's thread
    where a session makes nine.
    """
    values = {"me": owner, "rows": _rows(settlements, now), "long_ago": _moment(now - PATIENCE)}
    async with database.writer.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        try:
            await cast(aiosqlite.Connection, driver).execute_fetchall(_SQLITE, values)
        except sqlite3.OperationalError as error:
            raise OperationalError("settle", None, error) from error


def _rows(settlements: Sequence[Settlement], now: datetime, zone: str = "") -> str:
    return json.dumps([_row(settlement, now, zone) for settlement in settlements])


def _row(settlement: Settlement, now: datetime, zone: str) -> dict[str, object]:
    row: dict[str, object] = {"id": settlement.id, "tried": False, "unused": 0}
    match settlement:
        case Sent():
            sent = {"reason": "", "remote": one_line(settlement.remote_id), "sent": _moment(now, zone)}
            return row | {"state": DeliveryState.SENT} | sent
        case Retry():
            wait = settlement.after if settlement.after is not None else backoff(settlement.attempts)
            again = {"reason": one_line(settlement.reason), "due": _moment(now + wait, zone)}
            return row | {"state": DeliveryState.QUEUED, "tried": True} | again
        case Released():
            return row | {"state": DeliveryState.QUEUED, "unused": 1}
        case Parked():
            return row | {"state": DeliveryState.PARKED, "reason": one_line(settlement.reason)}


def _moment(moment: datetime, zone: str = "") -> str:
    """The form SQLAlchemy itself writes, so that text comparison is time comparison; PostgreSQL is told the zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") + zone


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries; a little more or less, so that not all come back at once."""
    minutes = BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
    return timedelta(minutes=minutes * random.uniform(0.9, 1.1))


_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def one_line(text: str) -> str:
    """What another machine said, fit for a table: one line, no control characters, not endless."""
    return _CONTROL.sub(" ", text).strip()[:300]
