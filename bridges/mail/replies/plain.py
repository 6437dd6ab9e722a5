"""An answer line by line: which lines are the person's own, and which are history, quote or signature.

Written line by line: the libraries for this take a Swedish list for a signature, lose text that follows a closing
phrase, or need quadratic time for a page of empty lines. When in doubt a line is kept as text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bridges.mail.replies.attributions import attribution_at, is_sure, stands_alone
from bridges.mail.replies.cards import is_rule
from bridges.mail.replies.heads import begins_history, is_separator
from bridges.mail.replies.signatures import drop_signatures

#: Begins a quote whose HTML does not say that it is one; a noncharacter, which no text has.
UNSURE_QUOTE = "\ufdd3"

_MANY_BLANKS = re.compile(r"\n{3,}")  # left where lines were cut
#: The answers stand inside the old text, which nothing marks: then nobody can tell them from it.
_ANSWERS_INSIDE = re.compile(
    r"\b(?:se |skriv\w* |svar\w* |har svarat |kommentar\w* |lagt in |la in |answer\w* |repl\w+ |comment\w* |see |mine ?)"
    r"[\w ,]{0,40}\b(?:i|med|in) (?:rött|röd text|rött nedan|blått|blå text|grönt|grön text|fet stil|fetstil|versaler|red|blue|green|bold|caps)\b"
    r"|(?<!för )(?<!ditt )(?<!ert )(?<!your )\b(?:svar\w*|kommentar\w*|kommenter\w*|synpunkt\w*|answers?|comments?|replies|svarene?)\b[\w ,]{0,25}"
    r"\b(?:nedan|inline|in-line|i texten|i mejlet|i mailet|i ditt mejl|i ditt mail|inne i|below|under (?:varje|respektive|fråg\w+)|efter varje|vid varje)\b"
    r"|\b(?:jag )?(?:svarar|kommenterar|skriver) (?:direkt |mina svar )?(?:nedan|i texten|i mejlet|i ditt|inne i|inline)\b|\bsee inline\b",
    re.IGNORECASE,
)
#: One of these is in each of them: to look for words is quicker.
_INSIDE_WORDS = (
    "rött", "röd text", "blått", "blå text", "grönt", "grön text", "fet", "versaler", " red", " blue", " green", " bold", " caps",
    "nedan", "inline", "in-line", "i texten", "i mejlet", "i mailet", "i ditt", "inne i", "below", "under ", "efter varje", "vid varje",
)  # fmt: skip
_FIGURE = re.compile(r"> ?\d")
_GAP = 6  # empty lines between an attribution and its quote, at most
_QUOTED_LINE = 60  # characters; so long a line may have been wrapped by a program that forgot the mark


class Split(NamedTuple):
    """A text in two; together they hold every line of it."""

    text: str  # what the person wrote
    trimmed: str  # quotes, history and signature, in the order they stood


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer taken apart, and how sure it is."""

    split: Split
    quoted: bool  # a quote or a history was found
    ragged: bool  # a line follows a quoted one so closely that it may belong to it


def new_text(plain: str, author: str = "") -> Split:
    """The answer, and what was cut from it. `author`: the sender's name or address; a name alone is a signature then."""
    return answer_in(plain, author).split


def answer_in(plain: str, author: str = "") -> Answer:
    """The same, and how sure it is."""
    lines = plain.replace("\r\n", "\n").split("\n")
    return taken_apart(lines, lines, author)


def taken_apart(lines: Sequence[str], shown: Sequence[str], author: str, keep: list[bool] | None = None) -> Answer:
    """Lines as they are passed on, judged by how they look to a reader. `keep`: what is known to be cut is False."""
    keep = keep or [True] * len(lines)
    end = _history(shown)
    keep[end:] = [False] * (len(lines) - end)
    quoted = end < len(lines)
    quoted = _drop_quotes(shown, keep, end) or quoted
    drop_signatures(shown, keep, author)
    for number in range(1, len(lines)):
        if not lines[number].strip():
            keep[number] = keep[number - 1]  # an empty line goes with what stands above it
    text = _joined(lines, keep, True)
    if not all(keep):
        text = _MANY_BLANKS.sub("\n\n", text)
    return Answer(Split(text, _joined(lines, keep, False)), quoted, quoted and _is_ragged(shown, end))


def _joined(lines: Sequence[str], keep: Sequence[bool], wanted: bool) -> str:
    chosen: list[str] = []
    gap = False
    for line, kept in zip(lines, keep, strict=True):
        if kept is not wanted:
            gap = gap or bool(line.strip())
            continue
        line = line.rstrip() if line != "-- " else line  # noqa: PLW2901
        if wanted and gap and line and chosen and chosen[-1]:
            chosen.append("")  # answers to different quotes are apart
        gap = False if line else gap
        chosen.append(line)
    while chosen and not chosen[-1]:
        chosen.pop()
    first = next((number for number, line in enumerate(chosen) if line), len(chosen))
    return "\n".join(chosen[first:])


# -- history that runs to the end -------------------------------------------------------------------------------------


def _history(lines: Sequence[str]) -> int:
    """Where the mail that was answered begins, if it stands unquoted below; else the number of lines.

    With nothing above it, or with answers said to be inside it, it may hold what the person wrote.
    """
    start = _history_start(lines)
    above = [line for line in lines[:start] if line.strip()]
    if not above or (start < len(lines) and says_answers_inside("\n".join(above[:40]))):
        return len(lines)
    return start


def says_answers_inside(text: str) -> bool:
    """Whether somebody says that the answers stand inside the old text."""
    folded = text[:4_000].casefold()
    return any(word in folded for word in _INSIDE_WORDS) and _ANSWERS_INSIDE.search(folded) is not None


def _history_start(lines: Sequence[str]) -> int:
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if is_separator(line) or begins_history(lines, number):
            return _with_rule(lines, number)
        if stands_alone(lines, number) and not _quoted_below(lines, number + 1):
            return number
        wrapped = attribution_at(lines, number)
        if wrapped and not _quoted_below(lines, number + wrapped) and is_sure(lines, number, wrapped):
            return number
    return len(lines)


def _with_rule(lines: Sequence[str], number: int) -> int:
    """The line that Outlook draws above goes with it."""
    above = number - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and is_rule(lines[above]) and len(lines[above].strip()) > 2 else number


# -- quotes ----------------------------------------------------------------------------------------------------------


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\xa0").startswith((">", "&gt;"))


def _quoted_below(lines: Sequence[str], number: int) -> bool:
    for line in lines[number : number + _GAP]:
        if line.strip():
            return _is_quoted(line)
    return False


def _drop_quotes(lines: Sequence[str], keep: list[bool], end: int) -> bool:
    """Lines marked with ">" and the lines that say whose they are; what stands between or below them is kept."""
    quoted = [_is_quoted(line) for line in lines[:end]]
    if not any(quoted):
        return False
    introduced = False
    for number in range(end):
        if quoted[number] or not keep[number] or not lines[number].strip():
            continue
        wrapped = attribution_at(lines, number)
        if not wrapped and stands_alone(lines, number):
            wrapped = 1
        if wrapped and _quoted_below(lines, number + wrapped):
            keep[number : number + wrapped] = [False] * wrapped
            introduced = True
    _spare_unsure(lines, quoted, keep)
    own = any(line.strip() and not mark and kept for line, mark, kept in zip(lines, quoted, keep, strict=False))
    if not any(quoted) or (not own and not introduced and end == len(lines)):
        return False  # nothing but quotes, and nobody said whose: then it is what the person sends
    for number, mark in enumerate(quoted):
        if mark:
            keep[number] = False
    return True


def _spare_unsure(lines: Sequence[str], quoted: list[bool], keep: Sequence[bool]) -> None:
    """A quote that its HTML does not mark as one, or that is none, is the person's own, unless a line says whose it is."""
    introduced = False
    number = 0
    while number < len(quoted):
        if not quoted[number]:
            if lines[number].strip():
                introduced = not keep[number]
            number += 1
            continue
        stop = number
        while stop < len(quoted) and quoted[stop]:
            stop += 1
        if not introduced and (UNSURE_QUOTE in lines[number] or _more_than(lines, number, stop)):
            quoted[number:stop] = [False] * (stop - number)
        number = stop


def _more_than(lines: Sequence[str], number: int, stop: int) -> bool:
    """A sign for "more than" that came to begin a line."""
    return (
        stop == number + 1
        and number > 0
        and bool(lines[number - 1].strip())
        and _FIGURE.match(lines[number]) is not None
    )


def _is_ragged(lines: Sequence[str], end: int) -> bool:
    return any(
        _is_quoted(line) and len(line) >= _QUOTED_LINE and below.strip() and not _is_quoted(below)
        for line, below in pairwise(lines[:end])
    )
