"""What a calendar program answers by itself when its owner presses accept: an iTIP REPLY (RFC 5546 §3.2.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridges.mail.charsets import clean
from bridges.mail.parse import Mail
from bridges.mail.zones import blocks
from storage.words import Answer

_MAX_BYTES = 200_000  # of a reply that is looked at: it names one event and one person
_MAX_UID = 500  # characters; the ledger keeps no more
#: RFC 5545 §3.2.12; DELEGATED, NEEDS-ACTION and the like say neither yes nor no.
_STATES = {"ACCEPTED": Answer.YES, "TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO}
_STATE = re.compile(r";\s*PARTSTAT\s*=\s*\"?([A-Z-]+)", re.IGNORECASE)
_NAME = re.compile(r"[;:]")


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Which event somebody answers, and how."""

    uid: str
    answer: Answer


def calendar_reply_in(mail: Mail) -> CalendarReply | None:
    """The answer in a mail; None when it holds none, or one that says neither yes, maybe nor no."""
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
    return CalendarReply(uid, answer) if answer else None


def _name(line: str) -> str:
    return _NAME.split(line, maxsplit=1)[0].strip().upper()
