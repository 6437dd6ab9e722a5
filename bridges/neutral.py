"""Neutral Markdown written from its parts: paragraphs, lists, quotes, code, tables, whatever medium they came by."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bridges.markdown import clean
from bridges.runs import Run, line_md, text_of

#: Markdown allows twenty levels of nesting in all; a list takes two of them a level.
_DEEPEST_LIST = 6


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of words; an empty line ends one paragraph and begins the next."""

    lines: Sequence[Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above others."""

    words: Sequence[Run]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list. Those of a greater level stand inside the one before."""

    lines: Sequence[Sequence[Run]]
    level: int = 0
    number: int | None = None  # None = a bullet


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be shown letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the heading."""

    rows: Sequence[Sequence[Sequence[Run]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is Markdown already."""

    md: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    blocks: "Sequence[Part]"


Part = Paragraph | Heading | Items | Code | Table | Rule | Ready | Quote


def write(parts: Iterable[Part]) -> str:
    """Neutral Markdown that shows the parts and nothing else."""
    blocks = [block for part in parts if (block := _block_md(part))]
    return "\n\n".join(blocks)


def _block_md(part: Part) -> str:
    match part:
        case Paragraph(lines):
            return re.sub(r"\n{3,}", "\n\n", "\n".join(line_md(line) for line in lines)).strip("\n")
        case Heading(words, level):
            line = line_md(words, indented=False)
            return f"{'#' * level} {line}" if line else ""
        case Items(items):
            return "\n".join(_items_md(items)).strip("\n")
        case Code(text):
            return _fence(text)
        case Table(rows):
            return _table_md(rows)
        case Rule():
            return "---"
        case Ready(md):
            return md.strip("\n")
        case Quote(blocks):
            inner = write(blocks)
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else ""


def _fence(text: str) -> str:
    text = clean(text).strip("\n").rstrip()
    if not text.strip():
        return ""
    fence = "`" * max(3, max((len(found) for found in re.findall("`+", text)), default=0) + 1)
    return f"{fence}\n{text}\n{fence}"


@dataclass(slots=True)
class _Level:
    """A list that is open while its items are written."""

    level: int
    indent: str
    ordered: bool
    within: str = ""  # where the lists of its latest item begin
    last: int = 0
    sign: str = "."


def _items_md(items: Iterable[Item]) -> Iterator[str]:
    open_lists: list[_Level] = []
    for item in items:
        lines = [line for runs in item.lines if (line := line_md(runs, indented=False))]
        while open_lists and item.level < open_lists[-1].level:
            if len(open_lists) == 1 or open_lists[-2].level < item.level:
                open_lists[-1].level = item.level  # nothing stands between: the same list, only less far in
            else:
                open_lists.pop()
        ordered = item.number is not None
        at = open_lists[-1] if open_lists else None
        fresh = at is None or (item.level > at.level and len(open_lists) < _DEEPEST_LIST) or at.ordered != ordered
        if at is None or (item.level > at.level and len(open_lists) < _DEEPEST_LIST):
            at = _Level(item.level, at.within if at else "", ordered)
            open_lists.append(at)
        number = min(max(item.number or 0, 0), 999_999_999)
        if ordered and not fresh and number != at.last + 1:
            at.sign, fresh = ")" if at.sign == "." else ".", True  # Markdown would go on counting
        at.ordered, at.last = ordered, number
        if not lines:
            continue
        if fresh and ordered and number != 1:
            yield ""  # such a list cannot begin right after words
        mark = f"{number}{at.sign} " if ordered else "* "
        at.within = at.indent + " " * len(mark)
        yield at.indent + mark + lines[0]
        yield from (at.within + line for line in lines[1:])


def _table_md(rows: Sequence[Sequence[Sequence[Run]]]) -> str:
    width = max((len(row) for row in rows), default=0)
    if not width or not any(text_of(cell).strip() for row in rows for cell in row):
        return ""
    lines = []
    for number, row in enumerate(rows):
        cells = [_cell_md(row[n]) if n < len(row) else "" for n in range(width)]
        lines.append(f"| {' | '.join(cells)} |")
        if number == 0:
            lines.append("|" + " --- |" * width)
    return "\n".join(lines)


def _cell_md(runs: Sequence[Run]) -> str:
    flat = [run.saying(re.sub(r"\s+", " ", clean(run.text))) for run in runs]
    return line_md(flat, indented=False).replace("|", "\\|")
