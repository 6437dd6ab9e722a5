"""What a calendar program answers by itself when its owner presses accept: an iTIP REPLY (RFC 5546 §3.2.3)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridges.mail.automatic import calendar_reply
from bridges.mail.charsets import clean, one_line
from bridges.mail.parse import Mail
from bridges.mail.zones import blocks
from storage.words import Answer

_MAX_BYTES = 200_000  # of a reply that is looked at: it names one event and one person
_MAX_UID = 500  # characters; the ledger keeps no more
#: RFC 5545 §3.2.12; DELEGATED, NEEDS-ACTION and the like say neither yes nor no.
_STATES = {"ACCEPTED": Answer.YES, "TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO}
_STATE = re.compile(r";\s*PARTSTAT\s*=\s*\"?([A-Z-]+)", re.IGNORECASE)
_NAME = re.compile(r"[;:]")
_NAMED = re.compile(r";\s*CN\s*=\s*(?:\"([^\"]*)\"|([^;:\"]*))", re.IGNORECASE)
_ADDRESS = re.compile(r":\s*mailto:\s*([^\s;:\"]+@[^\s;:\"]+)$", re.IGNORECASE)
_VALUE = re.compile(r"(?:[^:\"]|\"[^\"]*\")*:(.*)")  # parameters may hold a colon in quotes
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Which event somebody answers, and how."""

    uid: str
    answer: Answer
    attendee: str = ""  # the address that answers, lower case: an alias, as often as not; "" when it is none
    name: str = ""  # what the calendar calls the one who answers
    title: str = ""  # what it calls the event
    comment: str = ""  # what the person wrote into the calendar's own field


def calendar_reply_in(mail: Mail) -> CalendarReply | None:
    """The answer in a mail; None when it holds none, or one that says neither yes, maybe nor no, or is passed on."""
    if not calendar_reply(mail):
        return None
    for data in mail.calendars:
        text = re.sub(r"\n[ \t]", "", clean(data[:_MAX_BYTES].decode("utf-8", "replace")))  # RFC 5545 §3.1
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if not any(line.upper() == "METHOD:REPLY" for line in lines):
            continue
        event = next(blocks(lines, "VEVENT"), None)
        if event is not None and (found := _reply(event, mail.sender.address.lower() if mail.sender else "")):
            return found
    return None


def _reply(event: Sequence[str], sender: str) -> CalendarReply | None:
    uid = next((line.partition(":")[2].strip() for line in event if _name(line) == "UID"), "")[:_MAX_UID]
    attendees = [line for line in event if _name(line) == "ATTENDEE"]
    # One attendee is what the RFC allows; where a program lists all, the sender's own line counts.
    own = [line for line in attendees if line.lower().endswith(f":{sender}")] or attendees
    if not uid or len(own) != 1:
        return None
    state = _STATE.search(own[0])
    answer = _STATES.get(state[1].upper()) if state else None
    if answer is None:
        return None
    address = _ADDRESS.search(own[0])
    name = _NAMED.search(own[0])
    return CalendarReply(
        uid,
        answer,
        attendee=address[1].lower() if address else "",
        name=one_line((name[1] or name[2] or "").strip()) if name else "",
        title=one_line(next(_texts(event, "SUMMARY"), "")),
        comment="\n\n".join(filter(None, _texts(event, "COMMENT"))),
    )


def _texts(event: Sequence[str], name: str) -> Iterator[str]:
    """The values of a text property, unescaped (RFC 5545 §3.3.11)."""
    for line in event:
        if _name(line) == name and (value := _VALUE.fullmatch(line)):
            yield _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], value[1]).strip()


def _name(line: str) -> str:
    return _NAME.split(line, maxsplit=1)[0].strip().upper()
