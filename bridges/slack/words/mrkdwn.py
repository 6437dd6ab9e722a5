"""What apps and older programs write to Slack: mrkdwn strings, as the parts that neutral Markdown is made of.

The rules of marks at the borders of words were learnt from what Slack shows: `*word*` is bold, `mid*word*` is not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bridges.markdown import clean
from bridges.neutral import Code, Item, Items, Paragraph, Part, Quote
from bridges.runs import Run
from bridges.slack.words.emoji_names import SHORTCODE, shown, with_emoji
from bridges.slack.words.mrkdwn_out import unescape
from bridges.slack.words.reader import Reader

_FENCE = "```"
_QUOTED = re.compile(r"(?:&gt;|>) ?")
_ALL_QUOTED = re.compile(r"(?:&gt;|>){3} ?")
_BULLET = re.compile(r"(?P<indent>[ \t\u00a0]*)[•◦▪▫‣●]\ufe0e?[ \t\u00a0]+(?P<text>.*)")
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|&(?P<entity>amp|lt|gt);"
    rf"|{SHORTCODE}"
    r"|(?P<url>https?://[^\s<>`|]+)"
)
_ANGLE = re.compile(r"<([^<>\n]+)>")
_LOOKS = {"*": "bold", "_": "italic", "~": "strike"}
#: A mark after one of these is none.
_NOT_BEFORE = frozenset(")@]}\\")


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> list[Part]:
    """A mrkdwn string; `verbatim`: a plain one, in which nothing means anything."""
    if verbatim:
        return [Paragraph([[Run(with_emoji(line))] for line in clean(text).split("\n")])]
    parts: list[Part] = []
    for code, piece in _fenced(clean(text)):
        if code:
            parts.append(Code(_plain(piece, reader)))
        else:
            parts += _blocks(piece.split("\n"), reader)
    return parts


def line_runs(text: str, reader: Reader) -> list[Run]:
    """A mrkdwn string that has one line."""
    return _inline(" ".join(clean(text).split()), reader)


def _fenced(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text: words, and what stands between fences. A fence that is never closed is words."""
    position = 0
    while (begin := text.find(_FENCE, position)) >= 0:
        end = text.find(_FENCE, begin + len(_FENCE) + 1)
        if end < 0:
            break
        before = text[position:begin]
        if before.strip(" \n>").removesuffix("&gt;"):
            yield False, before.removesuffix("\n")
        yield True, text[begin + len(_FENCE) : end]
        position = end + len(_FENCE)
        position += text.startswith((" ", "\n"), position)
    if text[position:].strip():
        yield False, text[position:]


def _blocks(lines: Sequence[str], reader: Reader, *, quotes: bool = True) -> Iterator[Part]:
    """Paragraphs, lists and quotes. Slack has no quotes within quotes."""
    number = 0
    while number < len(lines):
        begin = number
        if quotes and _ALL_QUOTED.match(lines[number]):
            rest = [_ALL_QUOTED.sub("", lines[number], count=1), *lines[number + 1 :]]
            yield Quote(list(_blocks(rest, reader, quotes=False)))
            return
        if quotes and _QUOTED.match(lines[number]):
            while number < len(lines) and _QUOTED.match(lines[number]):
                number += 1
            inner = [_QUOTED.sub("", line, count=1) for line in lines[begin:number]]
            yield Quote(list(_blocks(inner, reader, quotes=False)))
        elif _BULLET.match(lines[number]):
            number = _end_of_list(lines, number)
            yield Items(list(_items(lines[begin:number], reader)))
        else:
            while number < len(lines) and not _begins_other(lines[number], quotes=quotes):
                number += 1
            yield Paragraph([_inline(line, reader) for line in lines[begin:number]])


def _begins_other(line: str, *, quotes: bool) -> bool:
    return bool(_BULLET.match(line) or (quotes and _QUOTED.match(line)))


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _end_of_list(lines: Sequence[str], number: int) -> int:
    """The line after a list: bullets, and lines that stand further in than the bullet before them."""
    indent = 0
    while number < len(lines):
        if _BULLET.match(lines[number]):
            indent = _indent(lines[number])
        elif not lines[number].strip() or _indent(lines[number]) <= indent:
            break
        number += 1
    return number


def _items(lines: Sequence[str], reader: Reader) -> Iterator[Item]:
    item: Item | None = None
    for line in lines:
        if found := _BULLET.match(line):
            if item:
                yield item
            item = Item([_inline(found["text"], reader)], _indent(line))
        elif item:
            item = replace(item, lines=[*item.lines, _inline(line.strip(), reader)])
    if item:
        yield item


# -- inside a line ----------------------------------------------------------------------------------------------------


def _inline(line: str, reader: Reader) -> list[Run]:
    """One line. Its cells are single signs, and runs that no mark can part."""
    cells: list[str | Run] = []
    position = 0
    for found in _TOKEN.finditer(line):
        cells += line[position : found.start()]
        cells += _cells(found, reader)
        position = found.end()
    cells += line[position:]
    looks, marks = _marks(cells)
    return [_dressed(cell, looks[place]) for place, cell in enumerate(cells) if place not in marks]


def _dressed(cell: str | Run, looks: Sequence[str]) -> Run:
    run = cell if isinstance(cell, Run) else Run(cell)
    return replace(run, bold="bold" in looks, italic="italic" in looks, strike="strike" in looks) if looks else run


def _cells(found: re.Match[str], reader: Reader) -> list[str | Run]:
    match found.lastgroup:
        case "code":
            return [Run(_plain(found["code"], reader), code=True)]
        case "angle":
            return [_angle(found["angle"], reader)]
        case "entity":
            return [unescape(found[0])]
        case "url":
            return [Run(unescape(found[0]))]
        case _:
            return [Run(shown(found))]


def _plain(text: str, reader: Reader) -> str:
    """Code: links and mentions are words there, and nothing else means anything."""
    parts = _ANGLE.split(text)
    return "".join(_angle(part, reader).text if place % 2 else unescape(part) for place, part in enumerate(parts))


def _angle(inner: str, reader: Reader) -> Run:
    """What stands between < and >: a link, a mention, a call, a date."""
    target, _, label = inner.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return Run(reader.person(target[1:], label))
    if target.startswith("#"):
        return Run(reader.channel(target[1:], label))
    if target.startswith("!date^"):
        _, stamp, form, href, *_ = [*target.split("^"), "", ""]
        return reader.time(stamp, unescape(form), label, unescape(href))
    if target.startswith("!subteam^"):
        return Run(reader.group(target.removeprefix("!subteam^"), label))
    if target.startswith("!"):
        word = target[1:].partition("^")[0]
        return Run(reader.everybody(word) if word in ("here", "channel", "everyone", "group") else label or word)
    href = unescape(target)
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", href):
        return Run(unescape(f"<{inner}>"))
    return Run(label or href.removeprefix("mailto:").removeprefix("tel:"), href=href)


def _marks(cells: Sequence[str | Run]) -> tuple[list[list[str]], set[int]]:
    """The looks of each cell, and the places of the marks that gave them."""
    looks: list[list[str]] = [[] for _ in cells]
    pairs = sorted(pair for sign in _LOOKS for pair in _pairs(cells, sign))
    standing: list[int] = []  # where the pairs end that we are in
    marks: set[int] = set()
    for begin, end in pairs:
        while standing and standing[-1] < begin:
            standing.pop()
        if standing and standing[-1] < end:
            continue  # it would cross another
        standing.append(end)
        marks |= {begin, end}
        for place in range(begin + 1, end):
            looks[place].append(_LOOKS[str(cells[begin])])
    return looks, marks


def _pairs(cells: Sequence[str | Run], sign: str) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    for place, cell in enumerate(cells):
        if cell != sign:
            continue
        before = cells[place - 1] if place else " "
        after = cells[place + 1] if place + 1 < len(cells) else " "
        if begin is not None and _closes(before, after, sign):
            yield begin, place
            begin = None
        else:
            begin = place if _opens(before, after, sign) else None


def _opens(before: str | Run, after: str | Run, sign: str) -> bool:
    free = isinstance(before, Run) or not (before.isalnum() or before == sign or before in _NOT_BEFORE)
    return free and (isinstance(after, Run) or not (after.isspace() or after == sign))


def _closes(before: str | Run, after: str | Run, sign: str) -> bool:
    free = isinstance(after, Run) or not (after.isalnum() or after == sign)
    return free and (isinstance(before, Run) or not (before.isspace() or before == sign))
