"""The lines of a text without its marks: words, links, headings, rows of tables, and whose mail each stands in."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Link:
    """Where something leads, and the words that were to be pressed ("" = the address itself was shown)."""

    url: str
    words: str
    column: int  # in its line's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as a reader sees it."""

    text: str
    links: tuple[Link, ...] = ()
    heading: bool = False  # a Markdown heading, or bold from end to end
    bullet: bool = False
    cells: tuple[str, ...] = ()  # of a table's row


@dataclass(frozen=True)
class Page:
    """A text as lines, and as one string of the words alone in which every place belongs to a line."""

    lines: tuple[Line, ...]
    head: tuple[int, int] | None = None  # the lines of a passed-on mail's head, which tell no event

    @cached_property
    def text(self) -> str:
        """The words of all lines."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line begins in the text."""
        places, position = [], 0
        for line in self.lines:
            places.append(position)
            position += len(line.text) + 1
        return tuple(places)

    def line_at(self, position: int) -> int:
        """The number of the line that a place belongs to."""
        return max(0, bisect_right(self.starts, position) - 1)


_LINK = re.compile(
    r"!?\[(?P<words>(?:[^\[\]\\\n]|\\.){0,400})\]\((?:<(?P<behind>[^<>\s]{1,2000})>|(?P<bare>[^\s()<>]{1,2000}))\)"
    r"|<(?P<alone>(?:https?://|mailto:)[^<>\s]{1,2000})>|(?P<plain>https?://[^\s<>\"\\\])]{1,2000})"
)
_MARKS = re.compile(
    r"\*+|~~|`+|\\(?=[!-/:-@\[-`{-~])|(?<![^\W_])__?(?=\S)|(?<=\S)__?(?![^\W_])|[\u00ad\u200b-\u200f\u2060\ufeff]"
)
_QUOTE = re.compile(r"^(?:\s*\\?>)+ ?")
_WROTE = re.compile(r"\b(?:skrev|wrote|schrieb)\b[^\n]{0,120}:\W*$")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_BULLET = re.compile(r"^\s*(?:\\?[-+*•·▪◦‣●➢➤»✓→–]|\d{1,2}\\?[.)](?=\s+\W{0,4}[A-ZÅÄÖ]))\s+")
_BOLD = re.compile(r"^\s*(?:\*\*|__)(?:(?!\*\*).)+(?:\*\*|__)\s*:?\s*$")
_RULE = re.compile(r"^[\s|:_=*-]*$")
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$")
_HEAD_LINE = re.compile(
    r"\s*(?P<name>från|from|fra|avsändare|skickat|sent|sendt|datum|date|till|to|til|kopia|cc|ämne|subject|emne|svar till|reply-to)\s?:",
    re.IGNORECASE,
)
_SENDER = frozenset({"från", "from", "fra", "avsändare"})
_LONGEST = 100_000  # characters that are read; what comes later tells no new event


def page_of(markdown: str) -> Page:
    """The lines of a text, with the last head of a passed-on mail found."""
    answered = _without_answered(markdown[:_LONGEST].split("\n"))
    lines = _with_rows(tuple(_line(raw) for raw in _framed(list(answered))))
    return Page(lines, _head(lines))


def _without_answered(lines: Sequence[str]) -> Iterator[str]:
    """The lines, those empty that are quoted after "… skrev:": they are another's words, answered and not passed on."""
    answered = False
    before = ""
    for line in lines:
        quoted = _QUOTE.match(line) is not None
        if quoted and not answered:
            answered = _WROTE.search(before) is not None
        elif line.strip() and not quoted:
            answered = False
        if line.strip() and not quoted:
            before = line
        yield "" if quoted and answered else line


def _framed(lines: Sequence[str]) -> Iterator[str]:
    """The lines, those between `|` that are written one below another, and no table's yet, as a table's rows."""
    counts = [0 if line.lstrip().startswith("|") else line.count(" | ") for line in lines]
    for line, count, above, below in zip(lines, counts, [0, *counts], [*counts[1:], 0], strict=False):
        yield f"| {line.strip()} |" if count and count in (above, below) else line


def _line(raw: str) -> Line:
    raw = _QUOTE.sub("", raw).replace("\u00a0", " ").replace("\t", " ")
    if len(raw) > 3 and raw.lstrip().startswith("|") and raw.rstrip().endswith("|"):
        cells = tuple(_line(cell) for cell in raw.strip().strip("|").split("|"))
        there = tuple(link for cell in cells for link in cell.links)
        return Line(text=" | ".join(cell.text for cell in cells), links=there, cells=tuple(cell.text for cell in cells))
    heading = bool(_HEADING.match(raw) or _BOLD.match(raw))
    raw = _HEADING.sub("", raw)
    bare = _BULLET.sub("", raw) if not _BOLD.match(raw) else raw
    links: list[Link] = []
    pieces: list[str] = []
    length, last = 0, 0
    for found in _LINK.finditer(bare):
        piece = _MARKS.sub("", bare[last : found.start()])
        words = _MARKS.sub("", found["words"] or "").strip()
        shown = "" if _ADDRESS.match(words) else words
        pieces += (piece, shown)
        length += len(piece)
        url = (found["behind"] or found["bare"] or found["alone"] or found["plain"]).rstrip(".,;:!?'")
        links.append(Link(url, shown, length))
        length += len(shown)
        last = found.end()
    pieces.append(_MARKS.sub("", bare[last:]))
    return Line(text="".join(pieces).rstrip(), links=tuple(links), heading=heading, bullet=bare != raw)


_COLUMN = re.compile(
    r"(?P<when>datum|dag|när|tid|tider|klockan|klockslag|date|time|when)|(?P<where>plats|ort|lokal|var|stad|where|place|location|venue|gård|adress|ställe|mötesplats)"
    r"|(?P<what>tema|titel|rubrik|aktivitet|vad|ämne|kurs|träff|seminarium|webbinarium|innehåll|what|title|topic|event)"
    r"|(?P<how>anmälan|länk|anmäl dig|registration|sista (?:anmälningsdag|svarsdag|anmälan|dag|datum)|anmäl(?:an)? senast|osa(?: senast)?|senast anmälan|deadline|register by|link)",
    re.IGNORECASE,
)


def _with_rows(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines, with a table's rules empty and the names of its columns before what stands in them."""
    out: list[Line] = []
    columns: tuple[str, ...] = ()
    for line in lines:
        if line.text and _RULE.match(line.text):
            out.append(Line(text=""))
            continue
        if not line.cells:
            columns = ()
        elif not columns and sum(bool(_COLUMN.fullmatch(cell.strip())) for cell in line.cells) >= 2:
            columns = tuple(cell.strip().capitalize() if _COLUMN.fullmatch(cell.strip()) else "" for cell in line.cells)
            out.append(Line(text=""))
            continue
        out.append(_named(line, columns) if columns else line)
    return tuple(out)


def _named(line: Line, columns: tuple[str, ...]) -> Line:
    """A row in which each cell says of itself what it is."""
    names = [*columns, *("" for _ in line.cells)]
    cells = [
        f"{_LABELS.get(name, name)}: {cell.strip()}" if name else cell
        for name, cell in zip(names, line.cells, strict=False)
    ]
    return Line(text=" | ".join(cells), links=line.links, cells=line.cells)


#: Columns whose name is no label elsewhere, and the label that says the same.
_LABELS = {
    **dict.fromkeys(("Ämne", "Träff", "Innehåll"), "Tema"),
    **dict.fromkeys(("Gård", "Ställe", "Mötesplats"), "Plats"),
}


def _head(lines: tuple[Line, ...]) -> tuple[int, int] | None:
    """The last run of at least three lines like "Från: …", "Skickat: …"; one that is folded or set apart may lie between."""
    found: tuple[int, int] | None = None
    begin, names, last = 0, set[str](), -9
    for number, line in enumerate(lines):
        match = _HEAD_LINE.match(line.text)
        if match is None:
            continue
        if number - last > 3 or not names:
            begin, names = number, set()
        names.add(match["name"].lower())
        last = number
        if len(names) >= 3 and names & _SENDER:
            found = (begin, number + 1)
    return found
