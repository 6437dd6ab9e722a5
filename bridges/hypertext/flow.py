"""From the tree to paragraphs, headings, lists and tables in reading order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape

from bridges.hypertext.lines import (
    USUAL,
    Sized,
    as_items,
    finished,
    items_in,
    lines_in,
    on_one_line,
    row_as_lines,
    tidy,
)
from bridges.hypertext.looks import hiding_classes, is_hidden, is_pixel, look_of
from bridges.hypertext.pictures import alternative
from bridges.hypertext.tables import are_labels, has_head, holds_data, in_reading_order, rows_of, words_of
from bridges.hypertext.tree import Node, grown
from bridges.neutral import Code, Heading, Item, Items, Part, Quote, Rule, Table
from bridges.runs import Run

_LONGEST_HEADING = 250
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u2800\ufffc]+")
#: Hard spaces in a row keep columns apart: "12 nov    Titel    Plats".
_GAP = re.compile(r"(?<=\w)[ \n]*\u00a0[ \n]*\u00a0[\u00a0 \n]*(?=\w)")
_NO_WIDTH = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2060-\u2064\ufeff]+"
)
_LONE_JOINER = re.compile(r"(?:(?<=\s)|^)\u200d+|\u200d+(?=\s|$)")

_HARD = frozenset(
    {"p", "center", "section", "article", "aside", "header", "footer", "main", "nav", "figure", "dl", "caption"}
)
_SOFT = frozenset({"div", "dt", "dd", "figcaption", "tr", "thead", "tbody", "tfoot"})
_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em"})
_STRIKE = frozenset({"s", "strike", "del"})


@dataclass(slots=True)
class _Look:
    """How the text at hand looks."""

    like: Run
    size: float = USUAL
    unseen: bool = False  # letters of no size
    mailing: bool = False
    hiding: frozenset[str] = frozenset()
    list_level: int = -1


def read(html: str, *, mailing: bool = False) -> list[Part]:
    """What somebody's HTML says. `mailing`: made by a newsletter tool, where boxes are paragraphs and size makes headlines;
    else by a person, whose boxes are lines.
    """
    hiding = hiding_classes(html) if "<style" in html[:2_000_000].lower() else frozenset()
    flow = _Flow(mailing=mailing)
    flow.take(grown(html), _Look(Run(""), mailing=mailing, hiding=hiding))
    flow.end()
    return finished(flow.parts, mailing=mailing)


class _Flow:
    """Takes in elements in their order, and gives parts."""

    def __init__(self, *, mailing: bool) -> None:
        self.parts: list[Part | Sized] = []
        self._mailing = mailing
        self._lines: list[list[Run]] = [[]]
        self._sizes: list[float] = []

    # -- words

    def say(self, run: Run, size: float) -> None:
        if run.text.strip():
            self._sizes.append(size)
        self._lines[-1].append(run)

    def break_line(self) -> None:
        self._lines.append([])

    def begin_line(self) -> None:
        if any(run.text.strip() for run in self._lines[-1]):
            self._lines.append([])

    def end(self, heading: int = 0) -> None:
        """The paragraph at hand ends here."""
        lines, sizes = self._lines, self._sizes
        self._lines, self._sizes = [[]], []
        if not sizes:
            return
        tidied = [tidy(line) for line in lines]
        if heading:
            words = tidy([run for line in lines for run in (*line, Run(" "))])
            if sum(len(run.text) for run in words) <= _LONGEST_HEADING:
                self.parts.append(Heading([replace(run, bold=False, code=False) for run in words], heading))
                return
        size = min(filter(None, sizes), default=0.0)
        paragraph: list[tuple[Run, ...]] = []
        for line in (*tidied, ()):
            if line:
                paragraph.append(line)
            elif paragraph:
                length = sum(len(run.text) for each in paragraph for run in each)
                self.parts.append(Sized(tuple(paragraph), size, length, picture=not size))
                paragraph = []

    def _between(self) -> None:
        """A box begins or ends."""
        if self._mailing:
            self.end()
        else:
            self.begin_line()

    # -- elements

    def take(self, node: Node, look: _Look) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._text(child, look)
            else:
                self._element(child, look)

    def _text(self, text: str, look: _Look) -> None:
        if look.unseen:
            return
        if "&" in text:
            text = unescape(text)
        if not text.isascii():
            text = _LONE_JOINER.sub("", _NO_WIDTH.sub("", text))
        if "\u00a0" in text:
            text = _GAP.sub("\x1f", text)
        text = _SPACES.sub(" ", text).replace("\x1f", "  ")
        if text:
            self.say(look.like.saying(text), look.size)

    def _element(self, node: Node, look: _Look) -> None:
        own, tag = look_of(node), node.tag
        if is_hidden(node, own, look.hiding):
            return
        if tag == "br":
            self.break_line()
        elif tag == "hr":
            self.end()
            self.parts.append(Rule())
        elif tag == "img":
            self._picture(node, look)
        else:
            within = _within(node, look)
            kind = self._block if tag in _BLOCKS else self._inline
            kind(node, within)

    def _picture(self, node: Node, look: _Look) -> None:
        words = "" if is_pixel(node) else alternative(unescape(node.attributes.get("alt", "")))
        if not words and (look.like.href and not is_pixel(node)):
            words = SILENT
        if words:
            self.say(look.like.saying(words), 0.0)
            self.say(look.like.saying(" "), look.size)

    def _inline(self, node: Node, look: _Look) -> None:
        self.take(node, look)

    def _block(self, node: Node, look: _Look) -> None:
        tag = node.tag
        if tag == "table":
            self._table(node, look)
        elif tag in ("ul", "ol"):
            self._list(node, look)
        elif tag == "blockquote":
            self._quote(node, look)
        elif tag == "pre":
            self._pre(node, look)
        elif len(tag) == 2 and tag[0] == "h":
            self.end()
            self.take(node, look)
            self.end(heading=int(tag[1]))
        elif (
            tag == "p"
            and not self._mailing
            and (look_of(node).close or "MsoNormal" in node.attributes.get("class", ""))
        ):
            self._line_of_office(node, look)
        elif tag in _SOFT:
            self._between()
            self.take(node, look)
            self._between()
        else:
            self.end()
            self.take(node, look)
            self.end()

    def _line_of_office(self, node: Node, look: _Look) -> None:
        """Outlook writes each line as a paragraph without space below it, and an empty line as an empty paragraph."""
        self.begin_line()
        if node.length and words_of(node).replace("&nbsp;", "").strip():
            self.take(node, look)
            self.begin_line()
        else:
            self.break_line()

    def _quote(self, node: Node, look: _Look) -> None:
        self.end()
        inner = _Flow(mailing=self._mailing)
        inner.take(node, look)
        inner.end()
        if self._mailing:
            self.parts += inner.parts  # somebody forwarded the letter: it is what this is about
        elif inner.parts:
            self.parts.append(Quote(finished(inner.parts, mailing=False)))

    def _pre(self, node: Node, look: _Look) -> None:
        self.end()
        text = unescape(_lines_of(node))
        if text.strip() and not look.unseen:
            self.parts.append(Code(text))

    def _list(self, node: Node, look: _Look) -> None:
        self.end()
        items: list[Item] = []
        number = int(start) if (start := node.attributes.get("start", "1")).isdecimal() and len(start) < 7 else 1
        for child in node.children:
            if isinstance(child, str) or child.tag in ("br", "hr", "img"):
                continue
            inner = _Flow(mailing=self._mailing)
            inner.take(child, _within(child, look))
            inner.end()
            if child.tag in ("ul", "ol"):  # not within an item, as it should be
                items += [replace(item, level=item.level + 1) for part in inner.parts for item in items_in(part)]
                continue
            if self._mailing and any(isinstance(part, Heading | Table) for part in inner.parts):
                self._give(items)  # a list that only places things
                self.parts += inner.parts
                items = []
                continue
            items += as_items(inner.parts, number if node.tag == "ol" else None)
            number += 1
        self._give(items)

    def _give(self, items: list[Item]) -> None:
        if items:
            self.parts.append(Items(tuple(items)))

    def _table(self, node: Node, look: _Look) -> None:
        rows = rows_of(node)
        self.end()
        if holds_data(node, rows):
            self._data(rows, look)
            return
        cells = in_reading_order(rows) if self._mailing else [cell for row in rows for cell in row]
        for cell in cells:
            if not is_hidden(cell, look_of(cell), look.hiding):
                self.end()
                self.take(cell, _within(cell, look))
                self.end()
        for child in node.children:  # a caption; what nobody may put there was moved before the table
            if isinstance(child, Node) and child.tag == "caption":
                self._block(child, look)

    def _data(self, rows: Sequence[Sequence[Node]], look: _Look) -> None:
        read_rows = [[self._cell(cell, look) for cell in row] for row in rows]
        read_rows = [row for row in read_rows if any(row)]
        if has_head(rows) and len(read_rows) > 1:
            self.parts.append(Table(tuple(tuple(on_one_line(cell) for cell in row) for row in read_rows)))
            return
        labels = are_labels(
            [[" ".join(run.text for line in cell for run in line) for cell in row] for row in read_rows]
        )
        drawn = [row_as_lines(row, labels=labels) for row in read_rows]
        if all(len(lines) == 1 for lines in drawn):
            drawn = [tuple(line for lines in drawn for line in lines)]
        for lines in drawn:
            self.parts.append(Sized(lines, 0.0, sum(len(run.text) for line in lines for run in line)))

    def _cell(self, cell: Node, look: _Look) -> tuple[tuple[Run, ...], ...]:
        inner = _Flow(mailing=self._mailing)
        if not is_hidden(cell, look_of(cell), look.hiding):
            inner.take(cell, _within(cell, look))
            inner.end()
        return tuple(line for part in inner.parts for line in lines_in(part) if line)


_BLOCKS = (
    _HARD | _SOFT | {"table", "ul", "ol", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th"}
)

#: A picture that is a link and says nothing: where it leads is told when nothing else does.
SILENT = "\ufffc"


def _within(node: Node, look: _Look) -> _Look:
    """How text within an element looks."""
    own, tag, like = look_of(node), node.tag, look.like
    bold = like.bold or tag in _BOLD if own.bold is None else own.bold
    italic, strike = like.italic or tag in _ITALIC, like.strike or tag in _STRIKE
    href = node.attributes.get("href", like.href) if tag == "a" else like.href
    if (bold, italic, strike, href) != (like.bold, like.italic, like.strike, like.href):
        like = Run("", bold, italic, strike, code=False, href=unescape(href))
    size = look.size * own.factor if own.size is None else own.size
    unseen = size < 2 if own.size is not None or own.factor != 1 else look.unseen
    if like is look.like and size == look.size and unseen == look.unseen:
        return look
    return _Look(like, size or USUAL, unseen, look.mailing, look.hiding, look.list_level)


def _lines_of(node: Node) -> str:
    out = []
    for child in node.children:
        if isinstance(child, str):
            out.append(child)
        else:
            out.append("\n" if child.tag == "br" else _lines_of(child))
    return "".join(out)
