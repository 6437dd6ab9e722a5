"""Column types: instants that are always UTC and aware, lists of words, and the database's own clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class NaiveDatetimeError(ValueError):
    """A time without a zone was to be stored. Give it one: the ledger keeps instants, not wall clocks."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"{value!r} has no time zone")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored as UTC, read back aware. SQLite keeps no zone, so the zone is ours to keep."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDatetimeError(value)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[tuple[str, ...]]):
    """A short list of words (topics, domains), stored as `a;b;c` so that a person can read it in the table."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ";".join(word.replace(";", ",").strip() for word in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(word for word in (value or "").split(";") if word)


class database_now(FunctionElement[datetime]):  # noqa: N801  SQL functions are written in lower case
    """The database's own clock, for leases: processes on several machines need not agree on the time."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_now)
def _now(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "clock_timestamp()"


@compiles(database_now, "sqlite")
def _now_sqlite(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:
    # The form SQLAlchemy itself writes, so that text comparison is time comparison.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
