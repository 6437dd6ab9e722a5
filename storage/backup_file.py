"""The file of a backup: written line by line, and read back believing nothing.

It is gzip of one JSON value a line: a head, for each table its columns and then its rows, and at the end how many rows
there were and a checksum of all lines before. Bytes are base64, times ISO 8601.
"""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.migrate import known

#: In which form the file is.
FORMAT = 1
#: Rows read and written at once; fewer where each may be a whole mail.
_MANY, _FEW = 500, 4
#: Bytes read in one step of a check: some hundredths of a second.
_STEP = 4_000_000

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.String(),
    "int": sa.BigInteger(),
    "float": sa.Double(),
    "bool": sa.Boolean(),
    "bytes": sa.LargeBinary(),
    "json": sa.JSON(),
    "date": sa.Date(),
    "time": UtcDateTime(),
}


class BadBackup(Exception):
    """The file cannot be restored, and nothing was touched. Says why."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    version: str
    made_at: datetime
    rows: dict[str, int]  # by table

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


class Lines:
    """Lines of JSON, counted and summed as they are written."""

    def __init__(self, out: IO[bytes] | gzip.GzipFile) -> None:
        self._out = out
        self._sum = hashlib.sha256()
        self._rows = 0

    def write(self, values: Iterable[Any]) -> None:
        for value in values:
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_packed).encode() + b"\n"
            self._sum.update(line)
            self._out.write(line)
            self._rows += isinstance(value, list)

    def close(self) -> None:
        self._out.write(json.dumps({"end": self._rows, "sha256": self._sum.hexdigest()}).encode() + b"\n")


def check(file: Path) -> Summary:
    """Read the whole file and believe nothing. Raises BadBackup."""
    return next(summary for summary in checking(file) if summary)


def checking(file: Path) -> Iterator[Summary | None]:
    """`check` in short steps, for one who may have to stop between them: None after each, the summary at the end."""
    try:
        yield from _checking(file)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # JSON, but not of ours
        raise BadBackup(f"{file} is damaged") from error


def _checking(file: Path) -> Iterator[Summary | None]:
    checksum = hashlib.sha256()
    first: dict[str, Any] = {}
    rows: dict[str, int] = {}
    table, width, read = "", 0, 0
    lines = _open(file)
    for line in lines:
        value = _json(file, line)
        if not isinstance(value, dict | list):
            break
        if not first:
            first = _head(file, value)
        elif isinstance(value, list):
            if len(value) != width:
                raise BadBackup(f"{file} is damaged: a row of {table or 'no table'} has {len(value)} values")
            rows[table] += 1
        elif "table" in value:
            table, width = value["table"], len(value["columns"])
            rows[table] = 0
        elif "end" in value:
            after = next(lines, None)  # reading on to the end proves gzip's own checksum, too
            if after or value["sha256"] != checksum.hexdigest() or value["end"] != sum(rows.values()):
                raise BadBackup(f"{file} is damaged: its checksum is wrong")
            yield Summary(first["version"], datetime.fromisoformat(first["made_at"]), rows)
            return
        checksum.update(line)
        if (read := read + len(line)) > _STEP:
            read = 0
            yield None
    raise BadBackup(f"{file} is not whole: its end is missing")


def made_at(file: Path) -> datetime:
    """When a backup was made, by its first line alone. Raises BadBackup, and OSError when it cannot be read."""
    try:
        first = _head(file, _json(file, next(_open(file), b"")))
        return datetime.fromisoformat(first["made_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadBackup(f"{file} is damaged") from error


def batches(file: Path) -> Iterator[tuple[sa.TableClause, list[dict[str, Any]]]]:
    """The rows of a checked file, by table, as many at once as memory allows."""
    table, words, size = sa.table(""), dict[str, str](), _MANY
    rows: list[dict[str, Any]] = []
    for line in _open(file):
        value = json.loads(line)
        if isinstance(value, list):
            cells = zip(words.items(), value, strict=True)
            rows.append({name: _unpacked(word, cell) for (name, word), cell in cells})
        if rows and (len(rows) == size or not isinstance(value, list)):
            yield table, rows
            rows = []
        if isinstance(value, dict) and "table" in value:
            words = value["columns"]
            table = plain_table(value["table"], words)
            size = batch_size(words)


def _open(file: Path) -> Iterator[bytes]:
    """The lines of a file that may be anything. Raises BadBackup."""
    try:
        with gzip.open(file) as packed:
            yield from packed
    except gzip.BadGzipFile as error:
        raise BadBackup(f"{file} is not a backup, or is damaged") from error
    except (EOFError, zlib.error) as error:
        raise BadBackup(f"{file} is not whole: it ends too early or is damaged") from error


def _head(file: Path, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or "brygga" not in value:
        raise BadBackup(f"{file} is not a backup of Brygga")
    if value["brygga"] != FORMAT or value["version"] not in known():
        raise BadBackup(f"{file} was made by a newer Brygga (version {value['version']}): install that one")
    return value


def _json(file: Path, line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise BadBackup(f"{file} is not a backup, or is damaged") from error


def plain_table(name: str, words: Mapping[str, str]) -> sa.TableClause:
    """A table as the file has it, whatever the models say today."""
    return sa.table(name, *(sa.column(column, _TYPES[word]) for column, word in words.items()))


def batch_size(words: Mapping[str, str]) -> int:
    """How many rows of a table with these columns to hold at once."""
    return _FEW if "bytes" in words.values() else _MANY


def word_of(column: sa.types.TypeEngine[Any]) -> str:
    """Which of the file's types a column is."""
    if isinstance(column, UtcDateTime):
        return "time"
    kinds: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
        (sa.LargeBinary, "bytes"),
        (sa.JSON, "json"),
        (sa.Date, "date"),
        (sa.Boolean, "bool"),
        (sa.Integer, "int"),
        (sa.Float, "float"),
    )
    return next((word for kind, word in kinds if isinstance(column, kind)), "text")


def _packed(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _unpacked(word: str, value: Any) -> Any:
    if value is None:
        return None
    if word == "bytes":
        return base64.b64decode(value)
    if word == "time":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if word == "date" else value
