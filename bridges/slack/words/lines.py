"""Neutral Markdown as lines the way Slack shows them: lists with their bullets, quotes, code, tables as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.tree import SyntaxTreeNode

from bridges.markdown import parse
from bridges.runs import ZERO_WIDTH, Run, lines_of, runs_of
from bridges.slack.words.mrkdwn_out import escape, line_mrkdwn, quiet

FENCE = "```"
_BULLETS = "•◦▪"
_STEP = "    "  # a list inside a list
_RULE = "———"


def lines(md: str) -> Iterator["Line"]:
    """All lines of a text."""
    return _lines(SyntaxTreeNode(parse(md)).children)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as Slack will show it. Quotes and code begin at the margin, whatever list they stand in."""

    runs: Sequence[Run]
    indent: str = ""  # with the mark of a list item
    quote: bool = False
    code: int = 0  # lines of the same code block have the same number; 0 = words
    begins: bool = False  # a paragraph or a list item
    gap: bool = False  # an empty line stands before it

    def mrkdwn(self) -> str:
        if self.code:
            return escape(quiet("".join(run.text for run in self.runs)).replace(FENCE, f"``{ZERO_WIDTH}`"))
        return f"{'> ' if self.quote else ''}{self.indent}{line_mrkdwn(self.runs)}".rstrip()


def _lines(nodes: Sequence[SyntaxTreeNode], *, depth: int = 0, tight: bool = False) -> Iterator[Line]:
    under_heading = False
    for number, node in enumerate(nodes):
        for within, line in enumerate(_block(node, depth)):
            if within:
                yield line
            else:
                yield replace(line, gap=number > 0 and not tight, begins=line.begins and not under_heading)
        under_heading = node.type == "heading"  # a heading stays with what it is above


def _block(node: SyntaxTreeNode, depth: int) -> Iterator[Line]:
    match node.type:
        case "paragraph":
            yield from _begun(lines_of(runs_of(node.children)))
        case "heading":
            yield from _begun(lines_of(runs_of(node.children, Run("", bold=True))))
        case "bullet_list" | "ordered_list":
            yield from _list(node, depth)
        case "blockquote":
            yield from _quoted(_lines(node.children, depth=depth))
        case "fence" | "code_block":
            for number, text in enumerate(node.content.rstrip("\n").split("\n")):
                yield Line([Run(text)], code=_number(node), begins=number == 0)
        case "hr":
            yield Line([Run(_RULE)], begins=True)
        case "table":
            for part in node.children:
                for row in part.children:
                    yield Line(list(_row(row, heading=part.type == "thead")), begins=True)
        case _:
            yield from _lines(node.children, depth=depth)


def _number(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1


def _begun(lines: Iterable[Sequence[Run]]) -> Iterator[Line]:
    for number, runs in enumerate(lines):
        yield Line(runs, begins=number == 0)


def _quoted(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines of a quote. Slack has no quotes within quotes, and no code blocks in them."""
    for line in lines:
        if line.gap:
            yield Line([], quote=True)
        if line.code:
            code = "".join(run.text for run in line.runs)
            bare = code.lstrip()
            indent = line.indent + code[: len(code) - len(bare)]
            yield Line([Run(bare, code=True)], indent=indent, quote=True, begins=line.begins)
        elif line.quote:
            yield replace(line, runs=[Run("> "), *line.runs], gap=False)
        else:
            yield replace(line, quote=True, gap=False)


def _list(node: SyntaxTreeNode, depth: int) -> Iterator[Line]:
    tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    for number, item in enumerate(node.children):
        bullet = _BULLETS[min(depth, len(_BULLETS) - 1)]
        mark = f"{item.info}{item.markup} " if node.type == "ordered_list" else f"{bullet} "
        for within, line in enumerate(_item(item, mark, depth, tight=tight)):
            yield line if within else replace(line, begins=True, gap=number > 0 and not tight)


def _item(item: SyntaxTreeNode, mark: str, depth: int, *, tight: bool) -> Iterator[Line]:
    marked = False
    for number, child in enumerate(item.children):
        within_list = child.type in ("bullet_list", "ordered_list")
        for within, line in enumerate(_block(child, depth + 1)):
            at_margin = line.quote or line.code > 0
            if not marked:
                marked = True
                if not within_list and not at_margin:
                    yield replace(line, indent=mark + line.indent)
                    continue
                yield Line([], indent=mark)
            step = "" if at_margin else _STEP if within_list else "  "
            yield replace(line, indent=step + line.indent, gap=line.gap or (number > 0 and within == 0 and not tight))
    if not marked:
        yield Line([], indent=mark)


def _row(row: SyntaxTreeNode, *, heading: bool) -> Iterator[Run]:
    for number, cell in enumerate(row.children):
        if number:
            yield Run(" | ", bold=heading)
        yield from runs_of(cell.children, Run("", bold=heading))
