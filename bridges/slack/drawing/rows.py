"""A post row by row: what is seen as blocks is said in words as well, within what Slack takes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bridges.mail.headers import one_line
from bridges.slack.drawing import limits
from bridges.slack.drawing.message import Block, FileLink, Message
from bridges.slack.drawing.pieces import bold, header, link, paragraphs, section
from bridges.slack.words.to_slack import sections, shortened, to_mrkdwn
from bridges.texts import Texts

_MOST_FILES = 6
_LONGEST_TITLE = 1_000  # characters of mrkdwn; longer ones stand in full on the page


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a post says."""

    said: str  # mrkdwn, for those who hear it; "" for what is only pressed
    blocks: Sequence[Block]  # for those who see it


def message(rows: Iterable[Row], username: str = "") -> Message:
    """The post. What no longer fits the words is left out of them row by row, for half a link is none."""
    rows = list(rows)
    said: list[str] = []
    left = limits.TEXT
    for row in rows:
        if row.said and len(row.said) <= left:
            said.append(row.said)
            left -= len(row.said) + 1
    # Slack takes no empty post; what is nothing to see still answers.
    return Message(text="\n".join(said) or "…", blocks=limits.fit(_blocks(rows)), username=username)


def speakable(rows: Sequence[Row]) -> bool:
    """Whether all of it fits the words of a post."""
    return len("\n".join(row.said for row in rows if row.said)) <= limits.TEXT


def showable(rows: Sequence[Row]) -> bool:
    """Whether all of it fits the blocks of a post."""
    blocks = _blocks(rows)
    return len(blocks) <= limits.MESSAGE_BLOCKS and limits.weight(blocks) <= limits.MESSAGE_JSON


def holds(rows: Sequence[Row]) -> bool:
    """Whether one post holds all of it."""
    return speakable(rows) and showable(rows)


def _blocks(rows: Iterable[Row]) -> list[Block]:
    return [block for row in rows for block in row.blocks]


def title_row(title: str) -> Row:
    """A heading, and the whole title under it when a heading cannot hold it."""
    whole = bold(title, _LONGEST_TITLE)
    if len(whole) > _LONGEST_TITLE:  # signs that are written longer than they are
        whole = bold(title, _LONGEST_TITLE // 6)
    blocks = [header(title)]
    if len(title) > limits.HEADER:
        blocks.append(section(whole))
    return Row(whole, blocks)


def text_row(md: str) -> Row:
    """A text in neutral Markdown."""
    return Row(to_mrkdwn(md), sections(md)[0]) if md.strip() else Row("", ())


def longest(md: str, sizes: Sequence[int], right: Callable[[str], bool]) -> tuple[str, bool]:
    """The longest beginning of a text that is right, else the shortest; and whether that is less than all of it."""
    text, cut = md, False
    for characters in sizes:
        text, shorter = shortened(text, characters)  # of what is left, for to read 60 kB anew takes long
        cut = cut or shorter
        if right(text):
            break
    return text, cut


def files_row(files: Sequence[FileLink], url: str, t: Texts) -> Row:
    """Links to what is too large to go along; `url`: where the rest of many stand."""
    lines = [
        t.t(
            "File: {name} ({size})", name=link(file.url, one_line(file.name, 80) or t.t("File")), size=t.size(file.size)
        )
        for file in files[:_MOST_FILES]
    ]
    if (more := len(files) - _MOST_FILES) > 0:
        lines.append(link(url, t.plural("{n} more file on the web", "{n} more files on the web", more)))
    return Row("\n".join(lines), paragraphs(lines))
