"""What a person wrote beside the answer of their calendar: their own words, without what the program writes by itself.

A line goes only when it is surely the program's; when in doubt it is kept.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reading.sign_ups import sign_up_in

_STATE = (
    r"(?:accepterat|accepterad|accepted|preliminärt?(?: accepterat| accepterad)?|tentative(?:ly accepted)?|avböjt|avböjd"
    r"|avvisat|avvisad|declined|tackat (?:ja|nej))"
)
_LABEL = re.compile(rf"{_STATE}\s*:\s*")
_SAYS = re.compile(
    rf"(?:(?:har|has) (?:{_STATE}|(?:svarat|replied) (?:ja|nej|kanske|yes|no|maybe))|kommer kanske)"
    r"(?: (?:till|på|to))?(?: (?:den här|denna|din|this|your))?(?: (?:inbjudan|mötesinbjudan|mötet|invitation|meeting))?"
    r"(?P<note> (?:with (?:this|a) note|med (?:en|den här) anteckning(?:en)?))?[ .:]*"
)
#: Of a date without its year it cannot be told who wrote it; of a place only when the time stands beside it.
_WHEN = re.compile(r"(?:när|when|tid|time|datum|date)\s*:.*\b20\d\d\b")
_WHERE = re.compile(r"(?:var|where|plats|location|kalender|calendar|vem|who)\s*:")
_GOOGLE = re.compile(r"(?:inbjudan från google (?:kalender|calendar)|invitation from google calendar)\b")
_MARKS = re.compile(r"[\\*_>#\"“”„»«\s\u00a0]+")  # of Markdown, and of quoting


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a calendar program could have written of itself: whose answer it is, and to what."""

    subject: str  # of the mail
    titles: tuple[str, ...]  # what the event is called, in the calendar and here
    names: tuple[str, ...]  # what the person and their addresses are called


def own_words(text: str, comment: str, press: Press) -> str:
    """What is left of the mail's text and of the calendar's COMMENT; "" for nothing, or a lone word that signs up."""
    note = _without_programs_lines(comment, press, noted=False)
    said = _without_programs_lines(text, press, noted=bool(note))
    if _bare(note) not in _bare(said):
        said = f"{said}\n\n{note}" if said else note
    return "" if sign_up_in(said) is not None else said


def _without_programs_lines(text: str, press: Press, *, noted: bool) -> str:
    lines = text.split("\n")
    programs = {number for number, line in enumerate(lines) if _is_programs(_bare(line), press)}
    programs |= set(_times_and_places(lines))
    end = _google_end(lines, press, noted=noted)
    kept = [line for number, line in enumerate(lines[:end]) if number not in programs]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n") if any(map(_bare, kept)) else ""


def _is_programs(line: str, press: Press) -> bool:
    titles = {_bare(title) for title in press.titles} - {""}
    if line in titles or re.fullmatch(_STATE, line.rstrip(".")):
        return True
    if label := _LABEL.match(line):
        about = line[label.end() :]
        return line == _bare(press.subject) or any(about == one or about.startswith(f"{one} @ ") for one in titles)
    return _says(line, press) is not None


def _says(line: str, press: Press) -> re.Match[str] | None:
    """That "Anna Ek har accepterat den här inbjudan": of the one who answers, not of anybody else."""
    for name in filter(None, map(_bare, press.names)):
        if line.startswith(f"{name} ") and (match := _SAYS.fullmatch(line, len(name) + 1)):
            return match
    return None


def _times_and_places(lines: Sequence[str]) -> Iterator[int]:
    written = [(number, bare) for number, line in enumerate(lines) if (bare := _bare(line))]
    times = {place for place, (_, bare) in enumerate(written) if _WHEN.match(bare)}
    for place, (number, bare) in enumerate(written):
        if place in times or (_WHERE.match(bare) and {place - 1, place + 1} & times):
            yield number


def _google_end(lines: Sequence[str], press: Press, *, noted: bool) -> int:
    """Where Google's own part begins: from what it says of the answer to the end, and its name is in it. A note that
    stands there too is in the calendar; when it is not, all is kept.
    """
    for number, line in enumerate(lines):
        match = _says(_bare(line), press)
        if match and (noted or not match["note"]) and any(_GOOGLE.match(_bare(one)) for one in lines[number:]):
            return number
    return len(lines)


def _bare(text: str) -> str:
    return _MARKS.sub(" ", text).strip().casefold()
