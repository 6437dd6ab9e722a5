"""How commands print: aligned columns for people, one JSON object a line for scripts."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

#: Longer cells are cut, except in the last column.
_WIDE = 48


def one(record: Mapping[str, Any]) -> None:
    """One JSON object on one line."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, default=_plain) + "\n")


def rows(records: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    for record in records:
        one(record)


def table(heads: Sequence[str], lines: Sequence[Sequence[object]], empty: str) -> None:
    """Columns under their heads, or one sentence when there is nothing to show."""
    if not lines:
        sys.stdout.write(empty + "\n")
        return
    last = len(heads) - 1
    cells = [[safe(str(cell), None if n == last else _WIDE) for n, cell in enumerate(line)] for line in lines]
    widths = [max(_width(line[n]) for line in [list(heads), *cells]) for n in range(len(heads))]
    for line in [[head.upper() for head in heads], *cells]:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Name and value, one a line; what is empty is left out."""
    shown = [(name, safe(str(value))) for name, value in pairs if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        sys.stdout.write(f"{name:<{width}}  {value}\n")


def text(words: str) -> None:
    """Running text from people, its line breaks kept."""
    for line in words.splitlines():
        sys.stdout.write(safe(line) + "\n")


def say(sentence: str) -> None:
    """One sentence: what was done."""
    sys.stdout.write(safe(sentence) + "\n")


def safe(words: str, limit: int | None = None) -> str:
    """Text from people with nothing in it that a terminal would obey; cut to `limit`."""
    clean = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in words
    )
    return clean if limit is None or len(clean) <= limit else clean[: limit - 1] + "…"


def _width(words: str) -> int:
    """Columns on a terminal."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in words
    )


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | set):
        return list(value)
    raise TypeError(type(value).__name__)
