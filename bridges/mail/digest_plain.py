"""The digest as plain text: the same things as its HTML in the same order, in lines of at most 72 columns."""

import textwrap
from collections.abc import Iterator

from bridges.mail.digest_sheet import DigestPart, DigestRow, DigestSheet
from bridges.mail.sheet import Link
from bridges.markdown import to_plain

_WIDTH = 72
_RULE = "=" * 3


def digest_plain(sheet: DigestSheet) -> str:
    """The letter's text. Only a line that is one address alone may be longer, for parted it would lead nowhere."""
    return "\n".join(_lines(sheet)).strip("\n") + "\n"


def _lines(sheet: DigestSheet) -> Iterator[str]:
    yield from _wrapped(sheet.network)
    yield from _wrapped(sheet.heading)
    yield from _link(sheet.web)
    if sheet.lead:
        yield ""
        for line in to_plain(sheet.lead, _WIDTH).split("\n"):
            yield from _narrow(line)
    for part in sheet.parts:
        yield from _part(part, sheet)
    yield ""
    yield "-- "
    for way in sheet.ways:
        yield from _link(way)
    for why in sheet.foot:
        yield from _wrapped(why.spoken)


def _part(part: DigestPart, sheet: DigestSheet) -> Iterator[str]:
    yield ""
    yield ""
    yield from _wrapped(f"{_RULE} {part.heading} {_RULE}")
    week = ""
    for row in part.rows:
        yield ""
        if row.words.week != week:
            week = row.words.week
            yield from (f"-- {week} --", "")
        yield from _row(row)
    if part.more:
        yield ""
        yield from _link(Link(part.more, sheet.web.url))


def _row(row: DigestRow) -> Iterator[str]:
    words = row.words
    yield from _wrapped(words.kicker)
    yield from _wrapped(f"{words.flag.upper()}: {words.title}" if words.flag else words.title)
    for line in (words.when, words.deadline, words.beginning):
        yield from _wrapped(line)
    for link in (*row.links, row.whole):
        yield from _link(link)
    yield from _wrapped(words.counts)


def _link(link: Link) -> Iterator[str]:
    """Words and where they lead on one line, or the address on a line of its own."""
    if len(link.spoken) <= _WIDTH:
        yield link.spoken
        return
    yield from _wrapped(f"{link.label}:")
    yield link.url


def _narrow(line: str) -> Iterator[str]:
    """A line of a text that is wrapped already; what could not be wrapped there, such as code, is parted."""
    bare = line.strip().strip("<>")
    if len(line) <= _WIDTH or (bare.startswith(("https://", "http://", "mailto:")) and " " not in bare):
        yield line
        return
    yield from textwrap.wrap(line, _WIDTH, drop_whitespace=False, break_on_hyphens=False)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_on_hyphens=False)
