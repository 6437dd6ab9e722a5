"""The part of a text that one of several events stands in; of a single event, all of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading.events.account import Account
from bot.reading.events.labels import Field
from bot.reading.events.lines import Line
from bot.reading.events.told import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines that tell of one event, and their labels."""

    begin: int  # characters of the page's text
    stop: int
    lines: tuple[Line, ...]
    fields: tuple[Field, ...]
    several: bool  # there are other events beside it
    common: tuple[Field, ...]  # labels that stand outside every event's own part
    outside: tuple[Line, ...]  # lines before the first event and after the last one's paragraph
    first: int  # the line of the first event
    ends: int  # where the last one's paragraph ends


def part_of(account: Account, one: Told, chosen: Sequence[Told]) -> Part:
    """The part about an event: from its title to before the next one's."""
    several = len({other.span.start for other in chosen}) > 1
    first, last = _lines_of(account, one, chosen) if several else (0, len(account.page.lines))
    begin = account.page.starts[first]
    stop = account.page.starts[last - 1] + len(account.page.lines[last - 1].text)
    dated = [other.line for other in chosen if other.line >= 0]
    low, high = min(dated, default=0), max(dated, default=0)
    lines = account.page.lines
    below = next((number for number in range(high, len(lines)) if not _says(lines[number])), len(lines))
    return Part(
        begin=begin,
        stop=stop,
        lines=account.page.lines[first:last],
        fields=tuple(field for field in account.fields if begin <= field.at <= stop),
        several=several,
        outside=(*lines[:low], *lines[below:]),
        first=low,
        ends=account.page.starts[below] if below < len(lines) else len(account.page.text),
        common=tuple(field for field in account.fields if not low < account.page.line_at(field.at) < high),
    )


_WORD = re.compile(
    r"\b(?!(?:mån|tis|ons|tors|fre|lör|sön)dag|januari|februari|april|augusti|septem|oktobe|novem|decem)[^\W\d_]{5,}"
)


def concerns(account: Account, said: str, one: Told, chosen: Sequence[Told]) -> bool:
    """Whether a sentence beside several events can be about this one: "Till julbordet …" names one, and not the others."""
    words = _stems(said)
    named = {id(other) for other in chosen if other.line >= 0 and words & _own_words(account, other, chosen)}
    return not named or id(one) in named


def _own_words(account: Account, one: Told, chosen: Sequence[Told]) -> set[str]:
    """What its line says and no other's does."""
    others = (account.page.lines[other.line].text for other in chosen if other.line not in (-1, one.line))
    return _stems(account.page.lines[one.line].text) - _stems(" ".join(others))


def _stems(text: str) -> set[str]:
    """The beginnings of its longer words: "julbord" and "julbordet" are one."""
    return {word[:6] for word in _WORD.findall(text.casefold())}


def _says(line: Line) -> bool:
    return bool(line.text.strip() or line.links)


def _lines_of(account: Account, one: Told, chosen: Sequence[Told]) -> tuple[int, int]:
    begins = sorted({title_line(account, other) for other in chosen if other.line >= 0})
    mine = max(title_line(account, one), 0)
    after = next((number for number in begins if number > mine), len(account.page.lines))
    return mine, max(after, mine + 1)


def title_line(account: Account, one: Told) -> int:
    """Where the part about an event begins: its heading, or the first line of its paragraph."""
    if one.line < 0 or one.field is None:
        return one.line
    number = account.page.line_at(one.field.at)
    top = number
    while top > 0 and account.page.lines[top - 1].text.strip() and not _tells_other(account, top - 1, one):
        top -= 1
    if top < number:
        return top
    above = top - 1
    while above > 0 and not account.page.lines[above].text.strip():
        above -= 1
    if above >= 0 and account.page.lines[above].text.strip() and not _tells_other(account, above, one):
        heading = above
        while (
            heading > 0
            and not account.page.lines[heading].heading
            and above - heading < 6
            and not _tells_other(account, heading - 1, one)
        ):
            heading -= 1
        return heading if account.page.lines[heading].heading else above
    return top


def _tells_other(account: Account, number: int, one: Told) -> bool:
    begin = account.page.starts[number]
    stop = begin + len(account.page.lines[number].text)
    return any(begin <= field.at <= stop and field is not one.field for field in account.fields)
