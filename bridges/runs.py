"""Stretches of words that look the same, between Slack and the neutral Markdown: freed from either's signs."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markdown_it.tree import SyntaxTreeNode

from bridges.markdown import clean, escaped

#: Between two signs, or a sign and a letter, where either's rules would otherwise read something else.
ZERO_WIDTH = "\u200b"
_NBSP = "\u00a0"
#: Where a link leads that is not passed on: its words stay, and nobody is shown that they were one.
GONE = "gone:"
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look the same: a stretch of one line, or of several."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str = ""  # where it leads; "" = nowhere

    @property
    def looks(self) -> tuple[bool, bool, bool, bool]:
        """All but where it leads."""
        return self.bold, self.italic, self.strike, self.code

    def saying(self, text: str) -> "Run":
        """Other words that look the same and lead to the same place."""
        return Run(text, self.bold, self.italic, self.strike, self.code, self.href)


def lines_of(runs: Iterable[Run]) -> list[list[Run]]:
    """The runs, taken apart at their line breaks."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = clean(run.text).split("\n")
        for number, text in enumerate([first, *rest]):
            if number:
                lines.append([])
            if text:
                lines[-1].append(run.saying(text))
    return lines


def merged(runs: Iterable[Run]) -> list[Run]:
    """Neighbours that look the same and lead to the same place become one."""
    return [
        first.saying("".join([first.text, *(run.text for run in same)]))
        for _, same in groupby((run for run in runs if run.text), key=lambda run: (run.looks, run.href))
        for first in [next(same)]
    ]


def text_of(runs: Iterable[Run]) -> str:
    """The bare words."""
    return "".join(run.text for run in runs)


def runs_of(nodes: Iterable[SyntaxTreeNode], like: Run | None = None) -> Iterator[Run]:
    """What stands inside a line of neutral Markdown; line breaks are line breaks."""
    like = like or Run("")
    for node in nodes:
        match node.type:
            case "softbreak" | "hardbreak":
                yield like.saying("\n")
            case "strong":
                yield from runs_of(node.children, replace(like, bold=True))
            case "em":
                yield from runs_of(node.children, replace(like, italic=True))
            case "s":
                yield from runs_of(node.children, replace(like, strike=True))
            case "link":
                yield from runs_of(node.children, replace(like, href=str(node.attrs.get("href") or "")))
            case "image":
                source = str(node.attrs.get("src") or "")
                yield replace(like, text=node.content or source, href=like.href or source)
            case "code_inline":
                yield replace(like, text=node.content, code=True)
            case "text" | "text_special" | "html_inline":
                yield like.saying(node.content)
            case _:
                yield from runs_of(node.children, like)


# -- one line, as Markdown --------------------------------------------------------------------------------------------


def line_md(runs: Sequence[Run], *, indented: bool = True) -> str:
    """One line of neutral Markdown. `indented`: the spaces that begin it are kept, as hard ones."""
    runs = merged(replace(run, text=_even(run), href=_target(run.href)) for run in runs)
    whole = text_of(runs)
    if not whole.strip():
        return ""
    indent = len(whole) - len(whole.lstrip())
    runs = _without_edges(runs, indent)
    out = [_NBSP * indent] if indented else []
    written = ""
    for number, run in enumerate(runs):
        piece = _piece(run, written[-1:], runs[number + 1] if number + 1 < len(runs) else None)
        if written.endswith("!") and piece.startswith("["):
            out[-1] = out[-1][:-1] + "\\!"  # or it would be a picture
        out.append(piece)
        written = piece
    return "".join(out)


def _even(run: Run) -> str:
    """Its words, without what an earlier writing put between them."""
    text = run.text.replace("\t", "    ")
    return text if run.code else text.replace(ZERO_WIDTH, "")


def _without_edges(runs: Sequence[Run], indent: int) -> list[Run]:
    """The runs of a line without the spaces that begin and end it."""
    left = []
    for run in runs:
        cut = min(indent, len(run.text))
        indent -= cut
        left.append(run.saying(run.text[cut:]))
    while left and not left[-1].text.rstrip():
        left.pop()
    if left:
        left[-1] = left[-1].saying(left[-1].text.rstrip())
    return [run for run in left if run.text]


def _piece(run: Run, before: str, following: Run | None) -> str:
    """A run with its signs; spaces at its edges stand outside them, as Markdown wants."""
    href, core = run.href, run.text.strip()
    if not core or not (href or any(run.looks)):
        return escaped(run.text, before=before, after=_first_sign(following))
    start = run.text.index(core)
    lead, trail = run.text[:start], run.text[start + len(core) :]
    before = lead[-1:] or before
    after = trail[:1] or ("" if following is None else ZERO_WIDTH if _is_signed(following) else following.text[0])
    marks = [mark for mark in ("~~" * run.strike, "*" * (run.italic + 2 * run.bold)) if mark]
    inner = _code(core) if run.code else ""
    if not href:
        sign = marks[-1][0] if marks else ""
        return lead + _marked(inner or escaped(core, before=sign, after=sign), marks, before, after) + trail
    if not run.code and _shows_itself(core, href):
        return lead + _marked(f"<{core}>", marks, before, after) + trail
    words = _marked(inner or escaped(core, before="[", after="]", label=True), marks, "[", "]")
    target = re.sub(r"&(?=#?\w+;)", r"\&", href)  # an entity only to Markdown
    return f"{lead}[{words}](<{target}>){trail}"


def _is_signed(run: Run) -> bool:
    return bool(run.href) or any(run.looks)


def _first_sign(run: Run | None) -> str:
    """What a run begins with, where it matters to the words before it."""
    if run is None:
        return ""
    return run.text[0] if run.text[0].isspace() or not _is_signed(run) else "~" if run.strike else "*"


def _marked(inner: str, marks: Sequence[str], before: str, after: str) -> str:
    """`inner` between marks, the outermost first, so that Markdown takes them for marks."""
    if not marks:
        return inner
    apart = ZERO_WIDTH if before == marks[0][0] else ""
    opening = _side(marks, apart or before, inner[0])
    closing = _side(marks, after, inner[-1])
    return apart + "".join(opening) + inner + "".join(reversed(closing))


def _side(marks: Sequence[str], outer: str, edge: str) -> list[str]:
    """The marks of one side. A mark between a letter and a sign is none (CommonMark 0.31 §6.2), unless kept apart."""
    pieces: list[str] = []
    for mark, within in zip(marks, [*(inner[0] for inner in marks[1:]), edge], strict=True):
        pieces.append(mark)
        if _is_sign(within) and outer and not outer.isspace() and not _is_sign(outer):
            pieces.append(ZERO_WIDTH)
            outer = ZERO_WIDTH
        else:
            outer = mark[0]
    return pieces


def _is_sign(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _code(text: str) -> str:
    """A code span, with a fence longer than any in it."""
    fence = "`" * (max((len(found) for found in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _target(href: str) -> str:
    """Where a link leads, fit to stand in Markdown; "" when it is none that people should be able to press."""
    if href == GONE:
        return href
    href = clean(href).strip()
    if not href.lower().startswith(("http://", "https://", "mailto:")):
        return ""
    return re.sub(r"[\s<>\\\"]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), href)


def _shows_itself(words: str, href: str) -> bool:
    if href.startswith("mailto:"):
        return words == href[7:] and _ADDRESS.fullmatch(words) is not None
    return words == href
