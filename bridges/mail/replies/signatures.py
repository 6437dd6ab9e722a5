"""Where a letter ends and its writer's card begins: by a mark, a closing phrase, or the writer's own name."""

import re
from collections.abc import Iterator, Sequence

from bridges.mail.replies.cards import (
    has_contact,
    has_title,
    is_bullet,
    is_footer,
    is_own_notice,
    is_postscript,
    is_rule,
    is_short,
    said_below,
)
from bridges.mail.replies.closings import closing, is_author, is_machine, is_name, is_slashed, names_of

_LONGEST = 15  # lines with text, of a signature that has neither the mark nor a closing
_ROUNDS = 4  # a person's own "Mvh Anna", what the program adds below it, and a notice
_DASHES = re.compile(r"[-–—_=]{1,80}")
_ON_BEHALF = re.compile(r"\s*(?:på uppdrag av|för|å) [\wåäö ]{3,40},?\s*$", re.IGNORECASE)
#: Before what somebody names: "Skicka den till".
_LEADS_ON = re.compile(
    r"(?:[:,]|\b(?:till|är|blir|av|från|hos|med|på|för|om|och|to|is|by|anmäler (?:två|tre|fyra|oss)))\s*$",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"(?:hej|hejsan|hallå|god|hi|hello|dear|bästa|kära|tja|tjena|hallo|hei)\b.{0,40}", re.IGNORECASE
)
_WISHES = ("önskar", "hälsar", "från", "from")
_SENTENCE_END = (".", "!", "?", ")", "…", ":)")


def drop_signatures(lines: Sequence[str], keep: list[bool], author: str = "") -> None:
    """Marks as cut what is signature in the lines that are still kept. `author`: the sender's name or address."""
    names = names_of(author)
    segments = list(_segments(lines, keep))
    for own in segments:
        for number in own:
            if is_machine(lines[number]):
                keep[number] = False
    for own in segments:
        alone = len(segments) == 1
        for turn in range(_ROUNDS):
            left = [number for number in own if keep[number]]
            cut = _one_signature(lines, left, names, alone=alone, first=turn == 0)
            if not cut:
                break
            for number in cut:
                keep[number] = False


def _segments(lines: Sequence[str], keep: Sequence[bool]) -> Iterator[list[int]]:
    """The lines with text, in runs between what is cut."""
    run: list[int] = []
    for number, line in enumerate(lines):
        if not keep[number]:
            if run:
                yield run
            run = []
        elif line.strip():
            run.append(number)
    if run:
        yield run


def _one_signature(
    lines: Sequence[str], own: list[int], names: frozenset[str], *, alone: bool, first: bool
) -> list[int]:
    """The lines of the lowest signature in a run of own lines. `alone`: there are no other own lines in the mail."""
    if not own:
        return []
    return (
        _marked(lines, own, names)
        or _footer(lines, own)
        or _notice(lines, own)
        or _closed(lines, own, names, alone=alone, first=first)
        or _named(lines, own, names)
        or _carded(lines, own, names)
    )


def _cut(lines: Sequence[str], own: list[int], position: int, *, sure: bool) -> list[int]:
    said = said_below(lines, own[position + 1 :], sure=sure)
    if said is None:
        return []
    spared = set(said)
    return [number for number in own[position:] if number not in spared]


def _marked(lines: Sequence[str], own: list[int], names: frozenset[str]) -> list[int]:
    """Below "-- " (RFC 3676 §4.3); a mark that lost its space, or a rule, needs a short card below it."""
    for position, number in enumerate(own):
        line = lines[number]
        if line in ("-- ", "--\xa0"):
            return _cut(lines, own, position, sure=True)
        count = len(own) - position - 1
        if not 0 < count <= _LONGEST or len(line) > 100 or not _DASHES.fullmatch(line.strip()):
            continue
        below = [lines[one] for one in own[position + 1 :]]
        known = line.strip() in ("--", "—", "–") or is_author(below[0], names)
        if known and all(is_short(one) for one in below):
            return own[position:]
    return []


def _footer(lines: Sequence[str], own: list[int]) -> list[int]:
    """A list server's footer: a rule, and lines that name the list."""
    for position in range(len(own) - 1, max(-1, len(own) - 9), -1):
        line = lines[own[position]].strip()
        if len(line) <= 100 and _DASHES.fullmatch(line) and len(line) > 1:
            below = [lines[number] for number in own[position + 1 :]]
            return own[position:] if any(is_footer(one) for one in below) else []
    return []


def _notice(lines: Sequence[str], own: list[int]) -> list[int]:
    """An office's notice at the end, from the line that begins it, the rule above it included."""
    first = next((at for at in range(max(1, len(own) - 7), len(own)) if is_own_notice(lines[own[at]])), 0)
    if not first:
        return []
    while first > 1 and is_rule(lines[own[first - 1]]):
        first -= 1
    return _cut(lines, own, first, sure=True)


def _closed(lines: Sequence[str], own: list[int], names: frozenset[str], *, alone: bool, first: bool) -> list[int]:
    """From the last closing phrase on. With nothing above it, only if a card shows that it is no greeting."""
    for position in range(len(own) - 1, -1, -1):
        name = closing(lines[own[position]])
        if name is None or not _confirmed(lines, own, position, name, names):
            continue
        below = own[position + 1 :]
        if position == 0 and alone and not any(has_contact(lines[number]) for number in below):
            return []
        cut = _cut(lines, own, position, sure=False)
        # Above one signature another must end the text, but for a postscript: what else closes there is a letter in it.
        gone = set(cut)
        said = [number for number in below if number not in gone]
        return cut if first or not said or is_postscript(lines[said[0]]) else []
    return []


def _confirmed(lines: Sequence[str], own: list[int], position: int, name: str, names: frozenset[str]) -> bool:
    """A name, an end or a card follows: not the next sentence of a text."""
    here = own[position]
    if is_slashed(lines[here]) and position and own[position - 1] == here - 1:
        above = lines[here - 1].rstrip()
        if is_slashed(above) or above.endswith(":"):
            return False  # a list of people
    if position + 1 == len(own):
        return True
    following = own[position + 1]
    line = lines[following]
    if is_postscript(line):
        return True
    if name:
        return following > here + 1 or is_short(line) or is_name(line)
    return is_author(line, names) or is_name(line) or has_contact(line) or (is_short(line) and len(line.split()) <= 6)


def _named(lines: Sequence[str], own: list[int], names: frozenset[str]) -> list[int]:
    """The sender's own name alone at the end, set off from a text above it that is no list."""
    if len(own) < 2 or not is_author(lines[own[-1]], names):
        return []
    last, above = own[-1], own[-2]
    over = lines[above].strip()
    apart = last > above + 1
    if over.endswith(":") or is_bullet(over) or (is_name(over) and not over.endswith(("!", "."))):
        return []
    return [last] if apart or over.endswith((*_SENTENCE_END, *_WISHES)) or not over[-1].isalnum() else []


def _carded(lines: Sequence[str], own: list[int], names: frozenset[str]) -> list[int]:
    """A card without a closing: the sender's name, set off, and below it short lines with a telephone or a title."""
    for position in range(len(own) - 2, max(0, len(own) - _LONGEST), -1):
        number, above = own[position], own[position - 1]
        if not is_author(_head(lines[number]), names) or _LEADS_ON.search(lines[above]):
            continue
        if position == 1 and _SALUTATION.fullmatch(lines[above].strip()):
            return []
        behalf = position > 1 and _ON_BEHALF.match(lines[above]) is not None
        below = [lines[one] for one in own[position + 1 :]]
        told = any(has_contact(one) or has_title(one) for one in below)
        # Another person's name and title: it is a list of people.
        alone = not any("," in one and is_name(_head(one)) and has_title(one.partition(",")[2]) for one in below)
        if (
            told
            and alone
            and (behalf or number > above + 1)
            and said_below(lines, own[position + 1 :], sure=False) == []
        ):
            return own[position - 1 :] if behalf else own[position:]
    return []


def _head(line: str) -> str:
    """What stands before the first sign that parts a name from a title."""
    return re.split(r"[,|–/]", line, maxsplit=1)[0]
