"""Tables: those that hold data, and those that only place things, in the order in which they are read."""

import re
from collections.abc import Iterator, Sequence

from bridges.hypertext.tree import HEADLINE, LIST, PICTURE, TABLE, Node

_LONGEST_CELL = 160
_MOST_COLUMNS = 8
#: Rows of buttons stand below what they belong to.
BUTTON = re.compile(r"\W*(?:läs|anmäl|till|se|mer|visa|read|register|more|klicka|boka)\b", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d][^\d|]{0,28}:?")


def rows_of(table: Node) -> list[list[Node]]:
    """The cells of a table, row by row, without those of tables within."""
    return [
        [cell for cell in row.children if isinstance(cell, Node) and cell.tag in ("td", "th")] for row in _rows(table)
    ]


def _rows(table: Node) -> Iterator[Node]:
    for child in table.children:
        if isinstance(child, Node):
            if child.tag == "tr":
                yield child
            elif child.tag in ("thead", "tbody", "tfoot"):
                yield from (row for row in child.children if isinstance(row, Node) and row.tag == "tr")


def holds_data(table: Node, rows: Sequence[Sequence[Node]]) -> bool:
    """Whether its rows belong together as rows: short cells, as many in each row, with nothing large in them."""
    rows = [row for row in rows if row and any(cell.length for cell in row)]
    if len(rows) < 2 or table.holds & (TABLE | HEADLINE | LIST | PICTURE):
        return False
    columns = max(len(row) for row in rows)
    if not 2 <= columns <= _MOST_COLUMNS or sum(len(row) == columns for row in rows) < 0.8 * len(rows):
        return False
    cells = [cell for row in rows for cell in row]
    if any(cell.length > _LONGEST_CELL for cell in cells) or sum(bool(cell.length) for cell in cells) < 0.6 * len(
        cells
    ):
        return False
    return not any(len(row) > 1 and all(BUTTON.match(words_of(cell)) for cell in row) for row in rows)


def has_head(rows: Sequence[Sequence[Node]]) -> bool:
    """Whether the first row says what stands in the columns."""
    first = next((row for row in rows if any(cell.length for cell in row)), ())
    return bool(first) and all(cell.tag == "th" or not cell.length for cell in first)


def are_labels(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of two columns says what stands in the second: "När | 12 november"."""
    return all(len(row) <= 2 for row in rows) and all(_LABEL.fullmatch(row[0]) for row in rows if row and row[0])


def in_reading_order(rows: Sequence[Sequence[Node]]) -> list[Node]:
    """The cells of a table that only places things. Columns that each hold a picture, a headline, a text and a button one
    below the other are read one after the other.
    """
    filled = [row for row in rows if any(cell.length or cell.holds & PICTURE for cell in row)]
    if _stands_in_columns(filled):
        return [row[number] for number in range(len(filled[0])) for row in filled]
    return [cell for row in rows for cell in row]


def _stands_in_columns(rows: Sequence[Sequence[Node]]) -> bool:
    if len(rows) < 2 or not 2 <= len(rows[0]) <= 4 or any(len(row) != len(rows[0]) for row in rows):
        return False
    said = [[bool(row[number].length) for row in rows] for number in range(len(rows[0]))]
    if any(column != said[0] for column in said) or sum(said[0]) < 2:
        return False
    whole = [row for row in rows if all(cell.holds & HEADLINE and cell.length > _LONGEST_CELL for cell in row)]
    return not whole


def words_of(node: Node) -> str:
    """The text of a small element, unread."""
    out: list[str] = []
    left: list[Node | str] = [node]
    while left:
        one = left.pop()
        if isinstance(one, str):
            out.append(one)
        else:
            left.extend(reversed(one.children))
    return " ".join("".join(out).split())
