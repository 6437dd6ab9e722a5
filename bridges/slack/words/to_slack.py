"""Neutral Markdown as Slack shows it: mrkdwn in sections, each word in place, and nobody called who should not be."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bridges.runs import Run, lines_of, merged
from bridges.slack.drawing.message import Block
from bridges.slack.words.lines import FENCE, Line, lines
from bridges.slack.words.mrkdwn_out import escape, line_mrkdwn, quiet, unescape
from bridges.slack.words.shortening import shortened

__all__ = ["escape", "literal", "quiet", "sections", "shortened", "to_mrkdwn", "unescape"]

_FENCES = 2 * len(FENCE) + 2  # with their line breaks
_GAP = 2  # line breaks at most before a line
_CHANGE = 12  # all marks closed, others opened, and what keeps them apart
_SLACK = 8  # characters that belong to the one before may go with it


def to_mrkdwn(md: str) -> str:
    """Neutral Markdown as mrkdwn, whole."""
    page = _Page()
    for line in lines(md):
        page.add(_Row(line, line.mrkdwn()))
    return page.mrkdwn()


def literal(text: str) -> str:
    """Plain words as mrkdwn that shows them as they are: no marks, no links, no calls."""
    return "\n".join(line_mrkdwn(line) for line in lines_of([Run(text)]))


def sections(md: str, *, longest: int = 3000, most: int = 10) -> tuple[list[Block], bool]:
    """Section blocks with the text, parted between paragraphs or list items; and whether all of it found room.

    `longest`: characters of a section, as escaped; at least 100.
    """
    texts = [text for page in _pages(lines(md), longest) if (text := page.mrkdwn()).strip(" \n\u200b\u2060\u00a0")]
    blocks: list[Block] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts[:most]
    ]
    return blocks, len(texts) <= most


# -- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, and how it is written."""

    line: Line
    text: str

    @property
    def cost(self) -> int:
        return len(self.text) + _GAP


@dataclass(slots=True)
class _Page:
    """Rows that stand in one section."""

    rows: list[_Row] = field(default_factory=list)
    size: int = 0  # characters, at most

    def room_for(self, row: _Row, longest: int) -> bool:
        return self.size + self._cost(row) <= longest

    def add(self, row: _Row) -> None:
        self.size += self._cost(row)
        self.rows.append(row)

    def _cost(self, row: _Row) -> int:
        within = self.rows and self.rows[-1].line.code == row.line.code
        return row.cost + (_FENCES if row.line.code and not within else 0)

    def mrkdwn(self) -> str:
        out: list[str] = []
        code = 0
        for row in self.rows:
            if code and row.line.code != code:
                out.append(FENCE)
            if row.line.gap and out:
                out.append("")
            if row.line.code and row.line.code != code:
                out.append(FENCE)
            code = row.line.code
            out.append(row.text)
        return "\n".join([*out, FENCE] if code else out).rstrip()


def _pages(all_lines: Iterable[Line], longest: int) -> Iterator[_Page]:
    page = _Page()
    for unit in _units(all_lines, longest):
        whole = sum(row.cost for row in unit) + _FENCES
        if page.rows and page.size + whole > longest and whole <= longest:
            yield page
            page = _Page()
        for row in unit:
            if page.rows and not page.room_for(row, longest):
                yield page
                page = _Page()
            page.add(row)
    yield page


def _units(all_lines: Iterable[Line], longest: int) -> Iterator[list[_Row]]:
    """What should not be parted without need: a paragraph, a list item, a block of code."""
    unit: list[_Row] = []
    for line in all_lines:
        if line.begins and unit:
            yield unit
            unit = []
        unit += _rows(line, longest)
    if unit:
        yield unit


def _rows(line: Line, longest: int) -> Iterator[_Row]:
    """A line as one row, or as several when it is longer than a section may be."""
    if sum(len(run.text) for run in line.runs) <= longest:
        text = line.mrkdwn()
        if len(text) + _GAP + _FENCES <= longest:
            yield _Row(line, text)
            return
    room = max(longest - len(line.indent) - _CHANGE - _SLACK - _GAP - _FENCES - 2, 20)
    for number, runs in enumerate(_parted(line.runs, room)):
        part = replace(line, runs=runs) if number == 0 else replace(line, runs=runs, gap=False, begins=False, indent="")
        yield _Row(part, part.mrkdwn())


def _parted(runs: Sequence[Run], room: int) -> Iterator[list[Run]]:
    """The runs in handfuls, none of which costs more than `room`; a link is never parted, or it is none."""
    hand: list[Run] = []
    size = 0
    for atom in _atoms(runs, room):
        cost = _cost(atom)
        same = hand and (hand[-1].looks, hand[-1].href) == (atom.looks, atom.href)
        more = cost if same else cost + _CHANGE
        if hand and size + more > room:
            yield merged(hand)
            hand, size, more = [], 0, cost + _CHANGE
        hand.append(atom)
        size += more
    if hand:
        yield merged(hand)


def _atoms(runs: Sequence[Run], room: int) -> Iterator[Run]:
    for run in runs:
        if run.href:
            if len(line_mrkdwn([run])) + _CHANGE <= room:
                yield run
                continue
            run = replace(run, href="")  # noqa: PLW2901
        for word in re.findall(r"\S+\s*|\s+", run.text):
            for piece in _cut(word, room - _CHANGE):
                yield run.saying(piece)


def _cut(word: str, room: int) -> Iterator[str]:
    """A word, or the pieces of one that is longer than a section."""
    if _cost(Run(word)) <= room:
        yield word
        return
    begin, size = 0, 0
    for position, char in enumerate(word):
        cost = _cost(Run(char))
        joined = unicodedata.combining(char) > 0 or char in "\u200d\ufe0f"
        if size + cost > room + (_SLACK if joined else 0):
            yield word[begin:position]
            begin, size = position, 0
        size += cost
    yield word[begin:]


def _cost(run: Run) -> int:
    """What a run costs at most, written."""
    if run.href:
        return len(line_mrkdwn([run]))
    signs = sum(run.text.count(sign) for sign in "*_~`@")
    return len(escape(run.text)) + 2 * signs
