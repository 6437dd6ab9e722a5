"""The beginning of a text, cut where a reader would stop: between paragraphs or list items, else between words."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

from bridges.markdown import parse
from bridges.runs import Run, line_md, lines_of, runs_of, text_of

_MORE = " …"
_WORTHWHILE = 40  # characters: less of a paragraph says nothing


def shortened(md: str, characters: int) -> tuple[str, bool]:
    """Neutral Markdown with at most so many visible characters of `md`, from its beginning; and whether any are gone.

    Where a paragraph is cut, "…" stands after its last word.
    """
    source = re.split(r"\r\n?|\n", md)
    near = _near(source, characters)
    for lines in (source[:near], source) if near < len(source) else (source,):
        begun, end = _beginning(lines, characters)
        if begun is not None and (end < near or lines is source):
            return begun, True
    return md, False


def _near(source: Sequence[str], characters: int) -> int:
    """The line before which the cut will surely come, mostly: so a long text need not be read to its end."""
    room = 8 * characters + 4_000  # links and signs take more than they show
    for number, line in enumerate(source):
        room -= len(line)
        if room < 0:
            return number + 2
    return len(source)


def _beginning(source: Sequence[str], characters: int) -> tuple[str | None, int]:
    """The beginning of the lines, and the line where the cut is; None when all of them have room."""
    room, last = characters, 0  # characters that are left; lines that are taken
    for leaf in _leaves(SyntaxTreeNode(parse("\n".join(source))).children):
        first = leaf.map[0] if leaf.map else last
        size = _size(leaf)
        if size > room:
            part = _part(leaf, source, room) if last == 0 or room >= _WORTHWHILE else ""
            between = source[last:first] if part else []
            return "\n".join([*source[:last], *between, part]).strip("\n"), _end(leaf)
        room, last = room - size, _end(leaf)
    return None, last


def _leaves(nodes: Sequence[SyntaxTreeNode]) -> Iterator[SyntaxTreeNode]:
    """What the text is made of, in order: paragraphs, headings, code, rows of tables."""
    for node in nodes:
        if node.type in ("paragraph", "heading", "fence", "code_block", "hr", "tr"):
            yield node
        else:
            yield from _leaves(node.children)


def _size(leaf: SyntaxTreeNode) -> int:
    return len(leaf.content) if leaf.type in ("fence", "code_block") else len(text_of(_words(leaf)))


def _words(leaf: SyntaxTreeNode) -> Iterator[Run]:
    if leaf.type != "tr":
        yield from runs_of(leaf.children)
        return
    for number, cell in enumerate(leaf.children):
        if number:
            yield Run(" | ")
        yield from runs_of(cell.children)


def _end(leaf: SyntaxTreeNode) -> int:
    """The line after a leaf. The line that parts the heading of a table from its rows belongs to the heading."""
    end = leaf.map[1] if leaf.map else 0
    return end + 1 if leaf.type == "tr" and leaf.parent and leaf.parent.type == "thead" else end


def _part(leaf: SyntaxTreeNode, source: Sequence[str], room: int) -> str:
    """The beginning of a leaf, as Markdown that is whole."""
    line = source[leaf.map[0]] if leaf.map else ""
    if leaf.type in ("fence", "code_block"):
        return _part_of_code(leaf, source, line, room)
    inline = leaf.children[0].content.split("\n")[0] if leaf.type != "tr" and leaf.children else ""
    prefix = line[: line.find(inline)] if inline and inline in line else ""
    goes_on = re.sub(r"[^>\s]", " ", prefix)
    kept = _cut(list(_words(leaf)), max(room - len(_MORE), 0))
    if not kept:
        return ""
    lines = [line_md(runs) for runs in lines_of([*kept, Run(_MORE)])]
    return "\n".join((goes_on if number else prefix) + md for number, md in enumerate(lines)).rstrip()


def _part_of_code(leaf: SyntaxTreeNode, source: Sequence[str], line: str, room: int) -> str:
    fenced = leaf.type == "fence"
    prefix = line[: line.find(leaf.markup)] if fenced and leaf.markup in line else ""
    kept = 0
    for text in leaf.content.split("\n"):
        if len(text) + 1 > room:
            break
        room -= len(text) + 1
        kept += 1
    if not kept or not leaf.map:
        return ""
    taken = list(source[leaf.map[0] : leaf.map[0] + kept + fenced])
    closing = [re.sub(r"[^>\s]", " ", prefix) + leaf.markup] if fenced else []
    return "\n".join([*taken, *closing])


def _cut(runs: Sequence[Run], room: int) -> list[Run]:
    """The beginning of the runs, to the last word that has room."""
    kept: list[Run] = []
    for run in runs:
        if len(run.text) <= room:
            kept.append(run)
            room -= len(run.text)
            continue
        whole = re.match(r"(?s).*(?=\s)", run.text[: room + 1])  # to the last space
        words = whole[0] if whole else "" if kept else run.text[:room]
        if words:
            kept.append(run.saying(words))
        break
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    if kept:
        kept[-1] = kept[-1].saying(kept[-1].text.rstrip())
    return kept
