"""A table of a seed file, read field by field: what is missing, misspelt or of another sort is told with its place."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from string import Template
from typing import Any, Self


class BadSeed(Exception):
    """A file of the seeded network cannot be used. Says which file, where in it, and what is wrong."""

    def __init__(self, where: str, what: object) -> None:
        super().__init__(f"{where}: {what}")


class Table:
    """`with Table(…) as page:` takes the fields one by one; at the end none may be left over."""

    def __init__(self, where: str, fields: Mapping[str, Any]) -> None:
        self.where = where
        self._fields = dict(fields)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self._fields:
            raise BadSeed(self.where, f"nobody knows what “{next(iter(self._fields))}” is for")

    def text(self, name: str, otherwise: str | None = None) -> str:
        """Some text; without `otherwise` it must be there."""
        value = self._fields.pop(name, otherwise)
        if not isinstance(value, str) or (otherwise is None and not value.strip()):
            raise BadSeed(self.where, f"“{name}” must be some text")
        return value.strip("\n")

    def one_of(self, name: str, words: Sequence[str], otherwise: str | None = None) -> str:
        """One of some words."""
        value = self.text(name, otherwise)
        if value not in words and value != otherwise:
            raise BadSeed(self.where, f"{name}: “{value}” is none of {', '.join(words)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when it is not there."""
        value = self._fields.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise BadSeed(self.where, f"“{name}” must be a list of texts")
        return tuple(value)

    def number(self, name: str, otherwise: int) -> int:
        """A whole number above zero."""
        value = self._fields.pop(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadSeed(self.where, f"“{name}” must be a whole number above 0")
        return value

    def yes(self, name: str) -> bool:
        """True or false; false when it is not there."""
        value = self._fields.pop(name, False)
        if not isinstance(value, bool):
            raise BadSeed(self.where, f"“{name}” must be true or false")
        return value

    def table(self, name: str) -> "Table | None":
        """A table inside; None when it is not there."""
        value = self._fields.pop(name, None)
        if value is not None and not isinstance(value, dict):
            raise BadSeed(self.where, f"“{name}” must be a table: [{name}]")
        return None if value is None else Table(f"{self.where}, {name}", value)

    def tables(self, name: str) -> Iterator["Table"]:
        """Tables inside, one after the other."""
        value = self._fields.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise BadSeed(self.where, f"“{name}” must be tables: [[{name}]]")
        for number, one in enumerate(value, 1):
            yield Table(f"{self.where}, {name} {number}", one)

    def all_texts(self) -> dict[str, str]:
        """Every field that is left, each a text."""
        return {name: self.text(name) for name in list(self._fields)}


def read_table(where: str, data: bytes) -> Table:
    """The whole of a TOML file. Raises BadSeed."""
    try:
        return Table(where, tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSeed(where, error) from error


def filled(where: str, text: str, words: Mapping[str, str]) -> str:
    """A text with its $words said. Raises BadSeed."""
    try:
        return Template(text).substitute(words)
    except KeyError as error:
        known = ", ".join(f"${word}" for word in words) or "none"
        raise BadSeed(where, f"nothing says what ${error.args[0]} is; there is {known}") from error
    except ValueError as error:
        raise BadSeed(where, f"a $ that is not a word's: {error}; write $$ for the sign itself") from error
