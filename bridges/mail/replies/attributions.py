"""The line above a quote that says whose it is: "Den 12 okt. 2026 kl. 10:12 skrev Nils <nils@example.se>:"."""

import re
from collections.abc import Sequence

_WROTE = re.compile(
    r"\b(?:skrev|skreiv|har skrevet|skriver|wrote|writes|schrieb|kirjoitti|a écrit|schreef|escribió|escreveu|ha scritto)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"\s*(?:den|on|am|at|kl\.?|mån|tis|ons|tors?|fre|lör|sön|man|tir|tirs|lør|søn|mon|tue|wed|thu|fri|sat|sun|ma|ti|ke|pe"
    r"|la|su|mo|di|mi|do|fr|sa|so|\d)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}[-/. ]{1,2}(?:\d{1,2}|[a-zåäöø]{3,10})\b|\b[a-z]{3,9}\.? \d{1,2}\b|\b[a-z]{3,9}-\d{1,2}-\d{2}\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\b")
_BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[\w.+'-]{1,64}@[\w.-]{1,255}\s?[>)\]]{1,2}[^<>:]{0,30}:$")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,255}")
#: "Nils Berg skrev:", with nothing that a person would add.
_NAMED = re.compile(
    r"(?:(?i:citerar|quoting|zitat von) .{2,100}|(?:[A-ZÅÄÖÉØÆ][\w.'-]{0,30}[ ,]{1,2}){1,5}(?:skrev|wrote|schrieb|kirjoitti)) ?:",
)
#: GroupWise and Lotus Notes have forms of their own, and Zoho rules around it.
_OTHER_FORMS = (
    re.compile(r">{2,3} .{3,200} >{2,3}"),
    re.compile(r">{2,3} .{3,200}@.{3,100}(?:wrote|skrev|schrieb|\d) ?:?"),
    re.compile(r".{2,100}-{2,3}\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?-{2,3}.{0,200}"),
    re.compile(r"-{3,6} .{5,200} (?:wrote|skrev|schrieb|kirjoitti) ?:? ?-{3,6}", re.IGNORECASE),
)
_LINES = 5  # that it is wrapped over at most
_LONGEST = 400  # characters


def attribution_at(lines: Sequence[str], number: int) -> int:
    """How many lines an attribution takes here, wrapped or not; 0 when it is none.

    A line of prose above that happens to name a day is not part of it.
    """
    count = _taken(lines, number)
    for later in range(number + 1, number + count):
        inner = _taken(lines, later)
        if inner and later + inner == number + count and _is_dated(_joined(lines, later, inner)):
            return 0
    return count


def stands_alone(lines: Sequence[str], number: int) -> bool:
    """A form that no person writes, with the old mail below it, whether that is marked or not."""
    line = lines[number].strip()
    return len(line) <= _LONGEST and any(form.fullmatch(line) for form in _OTHER_FORMS)


def is_sure(lines: Sequence[str], number: int, count: int) -> bool:
    """Nothing below is marked as a quote: then it must look like a mail program's own line, not a person's prose."""
    text = _joined(lines, number, count)
    dated, clock = _is_dated(text), _CLOCK.search(text) is not None
    if _ADDRESS.search(text):
        return dated or clock
    return dated and clock and _YEAR.search(text) is not None and _WROTE.search(text) is not None and text.endswith(":")


def address_in(lines: Sequence[str], number: int, count: int) -> str:
    """The text of an attribution that names an address; "" when it names none."""
    text = _joined(lines, number, count)
    return text if _ADDRESS.search(text) else ""


def _is_dated(text: str) -> bool:
    return _DATE.search(_ADDRESS.sub("", text)) is not None  # figures in an address are none


def _joined(lines: Sequence[str], number: int, count: int) -> str:
    return " ".join(line.strip() for line in lines[number : number + count])


def _taken(lines: Sequence[str], number: int) -> int:
    first = lines[number].strip().lstrip("*_ ")
    if first.startswith(">") or len(first) > _LONGEST:
        return 0
    if _NAMED.fullmatch(first.rstrip("*_ ")):
        return 1
    text = ""
    for count, line in enumerate(lines[number : number + _LINES], 1):
        piece = line.strip()
        if not piece or (piece.startswith(">") and piece.strip("*_ ") not in (">:", "> :")):  # Gmail wraps before it
            return 0
        text = f"{text} {piece}" if text else piece
        if len(text) > _LONGEST:
            return 0
        if _says_who(text.rstrip("*_ "), first):
            return count
        if count == 1 and not (_is_dated(text) or _STARTS.match(first) or _ADDRESS.search(text)):
            return 0
    return 0


def _says_who(text: str, first: str) -> bool:
    colon = text.endswith(":")
    last = list(_WROTE.finditer(text if colon else text[-20:]))
    if not colon and not (last and text.endswith(last[-1][0])):
        return False
    dated = _is_dated(text)
    if last and (dated or _STARTS.match(first) or _ADDRESS.search(text)):
        return True  # Den 3 maj 2026 skrev Anna <a@b>:  ·  On 3 May 2026, Anna wrote:
    return dated and _BRACKETED.search(text) is not None  # the same in any language
