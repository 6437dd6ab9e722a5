"""What became of claimed deliveries, written down many at a time: the busiest statement there is."""

import json
import random
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.ids import DeliveryId, ProcessId
from storage.outbox import PATIENCE

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
_POSTGRES = _SETTLE % f"json_to_recordset(CAST(:rows AS json)) AS new({_RECORD})"
for _number, _name in enumerate((":rows", ":me", ":long_ago"), start=1):
    _POSTGRES = _POSTGRES.replace(_name, f"${_number}")


async def settle(database: Database, owner: ProcessId, settlements: Sequence[Settlement], now: datetime) -> None:
    """Write down what became of deliveries that `owner` had claimed; durable when it returns.

    A transaction of its own in one statement, and so one visit to the driver (its thread, or the server) where a
    session makes nine.
    """
    long_ago = now - PATIENCE
    async with database.writer.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if not database.sqlite:
            await driver.execute(_POSTGRES, _rows(settlements, now, "+00"), owner, long_ago)
            return
        values = {"rows": _rows(settlements, now, ""), "me": owner, "long_ago": _moment(long_ago, "")}
        try:
            await driver.execute_fetchall(_SQLITE, values)
        except sqlite3.OperationalError as error:
            raise OperationalError("settle", None, error) from error


def _rows(settlements: Sequence[Settlement], now: datetime, zone: str) -> str:
    """As JSON, with times in the form SQLAlchemy itself writes, so that text comparison is time comparison on SQLite;
    PostgreSQL is told the zone.
    """
    moment = _moment(now, zone)
    return json.dumps([_row(settlement, now, moment, zone) for settlement in settlements])


def _row(settlement: Settlement, now: datetime, moment: str, zone: str) -> dict[str, object]:
    match settlement:
        case Sent(number, remote):
            remote = one_line(remote)
            return {"id": number, "state": "sent", "unused": 0, "reason": "", "remote": remote, "sent": moment}
        case Retry(number, reason, attempts, after):
            due = _moment(now + (backoff(attempts) if after is None else after), zone)
            row = {"id": number, "state": "queued", "tried": True, "unused": 0, "due": due}
            return row | {"reason": one_line(reason)}
        case Released(number):
            return {"id": number, "state": "queued", "unused": 1}
        case Parked(number, reason):
            return {"id": number, "state": "parked", "unused": 0, "reason": one_line(reason)}


def _moment(moment: datetime, zone: str) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") + zone


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries; a little more or less, so that not all come back at once."""
    minutes = BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
    return timedelta(minutes=minutes * random.uniform(0.9, 1.1))


_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def one_line(text: str) -> str:
    """What another machine said, fit for a table: one line, no control characters, not endless."""
    return _CONTROL.sub(" ", text).strip()[:300]
