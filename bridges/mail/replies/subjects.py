"""Subjects without what mail programs and lists put before them: SV, VB, Re, Fwd, in any mix and count."""

import re
from collections.abc import Sequence

#: "SV" in Sweden, Norway and Denmark, "AW" and "Antw" in Germany and the Netherlands, "VS" in Finland, "Ang" of old Lotus.
_REPLY = "re|sv|aw|ang|antw|svar|vs"
#: "VB" in Sweden, "VL" in Finland, "WG" in Germany; Norway and Denmark say "VS", which is an answer in Finland.
_FORWARD = "fw|fwd|vb|vl|wg|vidarebefordrat|vidarebefordrar|videresendt|forwarded"
_PREFIX = re.compile(
    rf"\s*(?P<word>{_REPLY}|{_FORWARD})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}}|\*\d{{1,3}})?\s?[:：]",
    re.IGNORECASE,
)
#: What lists and gates put in front of all, in brackets.
_TAG = re.compile(r"\s*\[(?P<name>[^\[\]]{1,60})\]")
#: Gates mark what comes from outside; it says nothing to anybody who reads it later.
_GATE = frozenset(
    {"extern", "externt", "external", "ext", "externt mejl", "externt meddelande", "externt e-postmeddelande"}
)


def bare_subject(subject: str, own_tags: Sequence[str] = ()) -> str:
    """`SV: VB: Re[2]: Träff` → `Träff`. `own_tags`: names that are taken off with their brackets wherever they stand
    among the prefixes; another list's tag stays before what it belongs to.
    """
    dropped = {tag.strip("[] ").casefold() for tag in own_tags} | _GATE
    foreign: list[str] = []
    position = 0
    while True:
        if match := _PREFIX.match(subject, position):
            position = match.end()
        elif (tag := _TAG.match(subject, position)) and tag["name"].strip().casefold() in dropped:
            position = tag.end()
        elif tag and _PREFIX.match(subject, tag.end()):
            foreign.append(tag[0].strip())
            position = tag.end()
        else:
            break
    rest = " ".join(subject[position:].split())
    return " ".join([*dict.fromkeys(mark for mark in foreign if mark not in rest), rest]).strip()


def outermost(subject: str) -> str:
    """The first prefix in lower case, past a tag of a list; "" when there is none."""
    position = 0
    while (tag := _TAG.match(subject, position)) is not None:
        position = tag.end()
    match = _PREFIX.match(subject, position)
    return match["word"].lower() if match is not None else ""


def is_answer(subject: str) -> bool:
    """The outermost prefix says that it answers something. "Ang:" does not: people write it themselves."""
    word = outermost(subject)
    return word != "ang" and word in _REPLY.split("|")


def says_forward(subject: str) -> bool:
    """The outermost prefix says that it passes something on."""
    return outermost(subject) in _FORWARD.split("|")
