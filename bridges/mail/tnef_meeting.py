"""The meeting in a winmail.dat, told as a calendar tells it: so it is read like every other."""

import struct
from datetime import UTC, datetime

from bridges.mail.charsets import clean
from bridges.mail.tnef_properties import MESSAGE, Properties

#: Message classes, today's and those of old, by how they begin; what they ask for, and what they answer.
_CLASSES = (
    ("ipm.schedule.meeting.request", "REQUEST", ""),
    ("ipm.microsoft schedule.mtgreq", "REQUEST", ""),
    ("ipm.schedule.meeting.canceled", "CANCEL", ""),
    ("ipm.microsoft schedule.mtgcncl", "CANCEL", ""),
    ("ipm.schedule.meeting.resp.pos", "REPLY", "ACCEPTED"),
    ("ipm.microsoft schedule.mtgrespp", "REPLY", "ACCEPTED"),
    ("ipm.schedule.meeting.resp.tent", "REPLY", "TENTATIVE"),
    ("ipm.microsoft schedule.mtgrespa", "REPLY", "TENTATIVE"),
    ("ipm.schedule.meeting.resp.neg", "REPLY", "DECLINED"),
    ("ipm.microsoft schedule.mtgrespn", "REPLY", "DECLINED"),
    ("ipm.appointment", "PUBLISH", ""),
)
_MAX_DESCRIPTION = 20_000  # characters
#: In front of the id that another program gave the meeting (MS-OXOCAL §2.2.1.27).
_FOREIGN_ID = b"vCal-Uid\x01\0\0\0"


def meeting(kind: str, subject: str, plain: str, message: Properties, dates: tuple[bytes, bytes]) -> bytes:
    """The calendar of a message of that class; b"" when it is no meeting. `dates`: start and end as of old."""
    folded = kind.strip().lower()
    method, state = next(((method, state) for start, method, state in _CLASSES if folded.startswith(start)), ("", ""))
    if not method:
        return b""
    start = message.time(MESSAGE["start"]) or message.time(MESSAGE["start of old"]) or _old(dates[0])
    end = message.time(MESSAGE["end"]) or message.time(MESSAGE["end of old"]) or _old(dates[1])
    sender = message.text(MESSAGE["sender"])
    address = message.text(MESSAGE["sender address"]) or message.text(MESSAGE["sender address of old"])
    who = f";CN={_quoted(sender)}:mailto:{_line(address)}" if "@" in address else f";CN={_quoted(sender)}:invalid:"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_uid(message)}",
        f"SEQUENCE:{message.number(MESSAGE['sequence'])}",
        f"SUMMARY:{_escaped(subject)}",
        f"LOCATION:{_escaped(message.text(MESSAGE['place']))}",
        f"DESCRIPTION:{_escaped(plain.strip()[:_MAX_DESCRIPTION])}",
        f"ATTENDEE;PARTSTAT={state}{who}" if state else f"ORGANIZER{who}",
    ]
    if start is not None:
        lines.append(f"DTSTART:{start:%Y%m%dT%H%M%SZ}")
    if end is not None:
        lines.append(f"DTEND:{end:%Y%m%dT%H%M%SZ}")
    if message.number(MESSAGE["all day"]):
        lines.append("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    lines = [line for line in lines if not line.endswith(":")]  # what the message does not say
    return "\r\n".join(lines).encode("utf-8", "replace")


def _old(data: bytes) -> datetime | None:
    """Year, month, day, hour, minute, second (MS-OXTNEF §2.1.3.3.2)."""
    try:
        year, month, day, hour, minute, second = struct.unpack_from("<6H", data)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (struct.error, ValueError):
        return None


def _uid(message: Properties) -> str:
    """The id that the meeting has in every calendar: another program's own, else Outlook's in hexadecimal."""
    data = message.data(MESSAGE["id"]) or message.data(MESSAGE["id of one day"])
    if data[40:52] == _FOREIGN_ID:
        return _line(data[52:].partition(b"\0")[0].decode("utf-8", "replace"))
    return data[:400].hex().upper()


def _escaped(text: str) -> str:
    """RFC 5545 §3.3.11."""
    text = clean(text).strip().replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _quoted(text: str) -> str:
    return '"' + _line(text).replace('"', "'") + '"'
