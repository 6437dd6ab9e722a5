"""Lines and paragraphs as they are gathered, and what can be told only when all of them are there: which are headlines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridges.hypertext.tables import BUTTON
from bridges.neutral import Code, Heading, Item, Items, Paragraph, Part, Quote, Table
from bridges.runs import Run

#: A line of larger letters than the rest is a headline: how much larger, and how long at most.
_LARGER, _SMALLEST_HEADLINE, _LONGEST_HEADLINE = 1.18, 16.0, 140
_SMALLEST_TEXT = 12.0
_LONGEST_LEAF = 9  # characters of a line
USUAL = 16.0  # pixels


@dataclass(frozen=True, slots=True)
class Sized:
    """A paragraph, and how large its smallest letters are."""

    lines: tuple[tuple[Run, ...], ...]
    size: float
    length: int
    picture: bool = False  # what it says are a picture's words


def tidy(runs: Sequence[Run]) -> tuple[Run, ...]:
    """A line with single spaces, none at its ends."""
    out: list[Run] = []
    space = True
    for run in runs:
        text = run.text.lstrip(" ") if space else run.text
        if text:
            out.append(run if text is run.text else run.saying(text))
            space = text.endswith(" ")
    while out and not out[-1].text.rstrip():
        out.pop()
    if out:
        out[-1] = out[-1].saying(out[-1].text.rstrip())
    return tuple(out)


def on_one_line(lines: Sequence[Sequence[Run]]) -> tuple[Run, ...]:
    """The lines of a cell as one."""
    return tidy([run for line in lines for run in (*line, Run(" "))])


def row_as_lines(row: Sequence[Sequence[Sequence[Run]]], *, labels: bool) -> tuple[tuple[Run, ...], ...]:
    """A row as a line; what a cell says below its first line stands below it here too."""
    first: list[Run] = []
    below: list[tuple[Run, ...]] = []
    for cell in map(_on_its_line, filter(None, row)):
        if first:
            colon = not first[-1].text.rstrip().endswith(":")
            first.append(Run((": " if colon else " ") if labels else " | "))
        first += cell[0]
        below += [tuple(line) for line in cell[1:]]
    return (tuple(first), *below)


def _on_its_line(cell: Sequence[Sequence[Run]]) -> Sequence[Sequence[Run]]:
    """A cell of a few letters a line, as a leaf of a calendar has them, is one line: "16", "FEB"."""
    lengths = [sum(len(run.text) for run in line) for line in cell]
    return [on_one_line(cell)] if 1 < len(cell) < 5 and max(lengths) <= _LONGEST_LEAF else cell


def lines_in(part: "Part | Sized") -> list[tuple[Run, ...]]:
    """The lines that a part says, whatever its form."""
    match part:
        case Sized(lines) | Paragraph(lines):
            return [tuple(line) for line in lines]
        case Heading(words):
            return [tuple(words)]
        case Items(items):
            return [tuple(line) for item in items for line in item.lines]
        case Table(rows):
            return [tuple(run for cell in row for run in (*cell, Run(" "))) for row in rows]
        case Quote(blocks):
            return [line for block in blocks for line in lines_in(block)]
        case Code(text):
            return [(Run(line),) for line in text.split("\n")]
        case _:
            return []


def items_in(part: "Part | Sized") -> list[Item]:
    """A part as items of a list."""
    return list(part.items) if isinstance(part, Items) else [Item(tuple(lines_in(part)))]


def as_items(parts: "Sequence[Part | Sized]", number: int | None) -> list[Item]:
    """An item of a list, and the lists within it one level further in."""
    items: list[Item] = []
    lines: list[tuple[Run, ...]] = []
    for part in parts:
        if isinstance(part, Items):
            if not items:
                items.append(Item(tuple(lines), 0, number))
            items += [replace(item, level=item.level + 1) for item in part.items]
        elif items:
            items.append(Item(tuple(lines_in(part)), 1))
        else:
            lines += lines_in(part)
    return items or ([Item(tuple(lines), 0, number)] if lines else [])


# -- what can be told only of the whole -------------------------------------------------------------------------------


def finished(parts: "Sequence[Part | Sized]", *, mailing: bool) -> list[Part]:
    """Headlines are known, and a picture's words that are said again right below it are gone."""
    usual = _usual_size(parts) if mailing else 0.0
    out: list[Part] = []
    for number, part in enumerate(parts):
        if not isinstance(part, Sized):
            out.append(part)
        elif part.picture and number + 1 < len(parts) and _text_of(part) == _text_of(parts[number + 1]):
            continue  # a picture's words, said again right below it
        elif mailing and part.size >= max(_SMALLEST_HEADLINE, usual * _LARGER) and _is_title(part):
            words = tidy([run for line in part.lines for run in (*line, Run(" "))])
            level = 2 if part.size >= usual * 1.6 else 3
            out.append(Heading([replace(run, bold=False) for run in words], level))
        else:
            out.append(Paragraph(part.lines))
    return out


def _usual_size(parts: "Sequence[Part | Sized]") -> float:
    """The size of most letters, footers aside."""
    letters: Counter[float] = Counter()
    for part in parts:
        if isinstance(part, Sized) and part.size >= _SMALLEST_TEXT:
            letters[part.size] += part.length
    return max(letters, key=lambda size: (letters[size], -size), default=USUAL)


def _is_title(part: Sized) -> bool:
    text = _text_of(part)
    short = len(part.lines) < 4 and part.length <= _LONGEST_HEADLINE
    if BUTTON.match(text) and all(run.href for line in part.lines for run in line):
        return False
    return short and any(char.isalpha() for char in text) and not text.endswith((".", ":", ","))


def _text_of(part: "Part | Sized") -> str:
    return " ".join(run.text for line in lines_in(part) for run in line).strip().casefold()
