"""What other apps post to Slack: their blocks and attachments, as the parts that neutral Markdown is made of."""

import re
from collections.abc import Iterator, Mapping

from bridges.markdown import parse
from bridges.neutral import Heading, Paragraph, Part, Quote, Ready, Rule, Table
from bridges.runs import Run, line_md, lines_of
from bridges.slack.words.emoji_names import with_emoji
from bridges.slack.words.mrkdwn import line_runs, mrkdwn
from bridges.slack.words.reader import Reader
from bridges.slack.words.rich_text import Json, Reading, number, objects, rich_text, text

#: Blocks that hold nothing to read.
_SILENT = frozenset({"actions", "context_actions", "input", "file", "plan", "task_card"})
_MENTION = re.compile(r"<[@#!][^<>\n]+>")


def read_blocks(blocks: object, reader: Reader) -> Reading:
    """All blocks of a message."""
    whole = Reading([])
    for block in objects(blocks):
        if block.get("type") == "rich_text":
            reading = rich_text(block, reader)
            whole.parts += reading.parts
            whole.whole = whole.whole and reading.whole
        elif text(block.get("type")) not in _SILENT:
            parts = list(_block(block, reader))
            whole.parts += parts
            whole.whole = whole.whole and bool(parts)
    return whole


def _block(block: Json, reader: Reader) -> Iterator[Part]:
    match text(block.get("type")):
        case "section":
            yield from _words(block.get("text"), reader)
            for field in objects(block.get("fields")):
                yield from _words(field, reader)
            accessory = block.get("accessory")
            if isinstance(accessory, Mapping) and accessory.get("type") == "image":
                yield from _image(accessory)
        case "header":
            words = block.get("text")
            yield Heading(line_runs_of(words, reader))
        case "context":
            yield from _context(block, reader)
        case "markdown":
            yield Ready(_closed(_MENTION.sub(lambda found: _named(found[0], reader), text(block.get("text")))))
        case "image":
            yield from _image(block)
        case "divider":
            yield Rule()
        case "table":
            yield Table([[list(_cell(cell, reader)) for cell in _cells(row)] for row in _rows(block)])
        case _:
            yield from _unknown(block, reader)


def line_runs_of(words: object, reader: Reader) -> list[Run]:
    """A text object that has one line."""
    if not isinstance(words, Mapping):
        return []
    said = text(words.get("text"))
    return line_runs(said, reader) if words.get("type") == "mrkdwn" else [Run(with_emoji(" ".join(said.split())))]


def _words(words: object, reader: Reader) -> list[Part]:
    """A text object. `plain_text` means what it says; only its emoji have names."""
    if not isinstance(words, Mapping) or not (said := text(words.get("text"))):
        return []
    return mrkdwn(said, reader, verbatim=words.get("type") == "plain_text")


def _context(block: Json, reader: Reader) -> Iterator[Part]:
    """Small print: its words stand beside each other."""
    line: list[Run] = []
    for element in objects(block.get("elements")):
        alt = text(element.get("alt_text")) if element.get("type") == "image" else ""
        runs = [Run(alt)] if alt else line_runs_of(element, reader)
        line += [*([Run(" ")] if line and runs else []), *runs]
    if line:
        yield Paragraph([line])


def _image(block: Json) -> Iterator[Part]:
    title = block.get("title")
    words = text(title.get("text")) if isinstance(title, Mapping) else text(title)
    words = " ".join((text(block.get("alt_text")) or words).split())
    href = text(block.get("image_url"))
    if words or href:
        yield Paragraph([[Run(words or href, href=href)]])


def _rows(block: Json) -> list[list[object]]:
    rows = block.get("rows")
    return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []


def _cells(row: list[object]) -> list[Json]:
    return [cell if isinstance(cell, Mapping) else {} for cell in row]


def _cell(cell: Json, reader: Reader) -> Iterator[Run]:
    if cell.get("type") == "rich_text":
        for part in rich_text(cell, reader).parts:
            if isinstance(part, Paragraph):
                for line in part.lines:
                    yield from [*line, Run(" ")]
    else:
        value = cell.get("text")
        yield Run(value if isinstance(value, str) else str(number(value) or ""))


def _unknown(block: Json, reader: Reader) -> Iterator[Part]:
    """A block that Slack has added since: what it says for itself."""
    for key in ("text", "title", "description", "alt_text", "fallback"):
        words = block.get(key)
        parts = [Paragraph(lines_of([Run(words)]))] if isinstance(words, str) and words else _words(words, reader)
        if parts:
            yield from parts
            return


def _named(mention: str, reader: Reader) -> str:
    """A mention within Markdown, as words."""
    return line_md(line_runs(mention, reader))


def _closed(md: str) -> str:
    """Markdown that does not swallow what comes after it."""
    tokens = parse(md)
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or not last.map:
        return md
    lines = md.rstrip("\n").split("\n")
    ends = len(lines) - 1 > last.map[0] and lines[-1].strip().startswith(last.markup)
    return md if ends else "\n".join([*lines, last.markup])


# -- attachments --------------------------------------------------------------------------------------------------------


def is_preview(attachment: Json) -> bool:
    """Whether Slack made it of a link: a page that is shown small, or a message that is linked to and not shared."""
    if attachment.get("is_share"):
        return False
    return any(attachment.get(key) for key in ("from_url", "original_url", "is_msg_unfurl", "is_app_unfurl"))


def attachment_parts(attachment: Json, reader: Reader) -> list[Part]:
    """What an app says beside its text, or a message that somebody shares."""
    before = mrkdwn(text(attachment.get("pretext")), reader)
    within = list(_attached(attachment, reader))
    author = " ".join(text(attachment.get("author_name")).split())
    if attachment.get("is_share") and within:
        return [*before, Quote([*([Paragraph([[Run(author, bold=True)]])] if author else []), *within])]
    return [*before, *within]


def _attached(attachment: Json, reader: Reader) -> Iterator[Part]:
    title = " ".join(text(attachment.get("title")).split())
    if title:
        yield Paragraph([[Run(title, bold=True, href=text(attachment.get("title_link")))]])
    shared = [
        part
        for each in objects(attachment.get("message_blocks"))
        if isinstance(message := each.get("message"), Mapping)
        for part in read_blocks(message.get("blocks"), reader).parts
    ]
    blocks = shared or read_blocks(attachment.get("blocks"), reader).parts
    yield from blocks or mrkdwn(text(attachment.get("text")), reader)
    for field in objects(attachment.get("fields")):
        name, value = " ".join(text(field.get("title")).split()), text(field.get("value"))
        yield from [Paragraph([[Run(name, bold=True)]])] if name else []
        yield from mrkdwn(value, reader)
    said = any(attachment.get(key) for key in ("title", "text", "blocks", "message_blocks", "fields", "pretext"))
    if not said:
        yield Paragraph(lines_of([Run(text(attachment.get("fallback")))]))
