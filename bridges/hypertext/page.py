"""What was read out of somebody's HTML, as neutral Markdown, and as HTML that any browser may show."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from bridges.neutral import Code, Heading, Item, Items, Paragraph, Part, Quote, Ready, Rule, Table, write
from bridges.runs import GONE, Run

#: A link's target that needs no brackets around it.
_BRACKETED = re.compile(r"\]\(<(https?://[^\s()<>\\]+)>\)")
#: A link that leads nowhere, and what stands before it in its line.
_LEADING_NOWHERE = re.compile(
    rf"(?P<mark>(?m:^)[ ]*(?:(?:[*>]|\d{{1,9}}[.)])[ ]+)*)?\[(?P<words>(?:[^\[\]\\\n]|\\.)*)\]\(<{GONE}>\)"
)
#: Words that would begin a list, a heading or a quote where they begin a line.
_BEGINS_MORE = re.compile(r"\d{1,9}(?=[.)])|(?=[-+#>=~|:])")


def markdown_of(parts: Iterable[Part]) -> str:
    """Neutral Markdown, as people would write it."""
    return shown(marked_of(parts))


def marked_of(parts: Iterable[Part]) -> str:
    """The same, links that are not passed on being marked as such: for who looks for what a letter tells of."""
    return _BRACKETED.sub(r"](\1)", write(parts))


def shown(marked: str) -> str:
    """Neutral Markdown in which only words are left of links that are not passed on."""
    if f"](<{GONE}>)" not in marked:
        return marked

    def words_alone(link: re.Match[str]) -> str:
        words = link["words"]
        if link["mark"] is not None and (begins := _BEGINS_MORE.match(words)):
            words = f"{begins[0]}\\{words[begins.end() :]}"
        return f"{link['mark'] or ''}{words}"

    return _LEADING_NOWHERE.sub(words_alone, marked)


def html_of(parts: Iterable[Part]) -> str:
    """Safe HTML: nothing is in it but what is written here, and links lead to http, https or mailto."""
    return "\n".join(piece for part in parts if (piece := _block(part)))


def _block(part: Part) -> str:
    match part:
        case Paragraph(lines):
            return f"<p>{_lines(lines)}</p>"
        case Heading(words, level):
            return f"<h{level}>{_line(words)}</h{level}>"
        case Items(items):
            return "".join(_list(list(items)))
        case Table(rows):
            return _table(rows)
        case Quote(blocks):
            return f"<blockquote>{html_of(blocks)}</blockquote>"
        case Code(text) | Ready(text):
            return f"<pre>{escape(text)}</pre>"
        case Rule():
            return "<hr>"


def _table(rows: Sequence[Sequence[Sequence[Run]]]) -> str:
    out = ["<table>"]
    for number, row in enumerate(rows):
        cell = "td" if number else "th"
        out.append("<tr>" + "".join(f"<{cell}>{_line(runs)}</{cell}>" for runs in row) + "</tr>")
    return "".join((*out, "</table>"))


def _list(items: Sequence[Item]) -> Iterator[str]:
    """Nested as the levels say."""
    open_tags: list[tuple[int, str]] = []
    for item in items:
        tag = "ul" if item.number is None else "ol"
        while open_tags and item.level < open_tags[-1][0]:
            yield f"</li></{open_tags.pop()[1]}>"
        if open_tags and item.level == open_tags[-1][0]:
            yield "</li>"
        else:
            open_tags.append((item.level, tag))
            yield f"<{tag}>"
        yield f"<li>{_lines(item.lines)}"
    while open_tags:
        yield f"</li></{open_tags.pop()[1]}>"


def _lines(lines: Iterable[Sequence[Run]]) -> str:
    return "<br>\n".join(_line(line) for line in lines)


def _line(runs: Iterable[Run]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    html = escape(run.text)
    for tag, said in (("code", run.code), ("s", run.strike), ("i", run.italic), ("b", run.bold)):
        if said:
            html = f"<{tag}>{html}</{tag}>"
    if run.href.lower().startswith(("http://", "https://", "mailto:")):
        html = f'<a href="{escape(run.href)}">{html}</a>'
    return html
