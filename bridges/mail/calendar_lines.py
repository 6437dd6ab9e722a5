"""The lines of a calendar file (RFC 5545 §3): components, properties and their values, whatever is written there."""

import binascii
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import timezone as fixed
from itertools import pairwise

from bridges.mail.charsets import clean, decode, one_line

_YEARS = range(1900, 2200)
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?=[;:])")
#: A value may hold a colon in quotes, or, as Outlook writes its zones, in brackets.
_PARAMETER = re.compile(r"\s*;\s*([A-Za-z0-9-]+)\s*(?:=\s*(\"[^\"]*\"|tzone://[^;:\"]*|\([^)\"]*\)[^;:\"]*|[^;:\"]*))?")
_MOMENT = re.compile(
    r"\s*(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*(?:,.*)?",
    re.IGNORECASE | re.DOTALL,
)
_DURATION = re.compile(
    r"\s*([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?\s*", re.IGNORECASE
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TAGS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/?[a-z][a-z0-9]{0,10}(?:\s[^<>]{0,2000})?)\s*/?>", re.IGNORECASE)
_ENDS_A_LINE = re.compile(r"</?(?:br|/?p|div|li|h[1-6])\b|</(?:p|div|li|h[1-6])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a component: `DTSTART;TZID=Europe/Stockholm:20260826T130000`."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)  # by name in capitals; quotes gone

    @property
    def text(self) -> str:
        """The value as text, unescaped (RFC 5545 §3.3.11), or as vCalendar encoded it."""
        if self.parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            return clean(decode(binascii.a2b_qp(self.value.encode("utf-8")), self.parameters.get("CHARSET")))
        return clean(_ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], self.value))

    @property
    def line(self) -> str:
        """The same as one line."""
        return one_line(self.text)

    @property
    def moment(self) -> date | datetime | None:
        """A day; a wall time; a time with its offset; None when it is none of them, or no day that exists."""
        match = _MOMENT.fullmatch(self.value)
        if match is None or int(match[1]) not in _YEARS:
            return None
        year, month, day, hour, minute, second = (int(number or 0) for number in match.groups()[:6])
        try:
            if match[4] is None:
                return date(year, month, day)
            late = timedelta(days=1) if hour == 24 and minute == second == 0 else timedelta(0)
            wall = datetime(year, month, day, 0 if late else hour, minute, min(second, 59))  # noqa: DTZ001  a wall time
        except ValueError:
            return None
        return (wall + late).replace(tzinfo=_offset(match[7]))

    @property
    def duration(self) -> timedelta | None:
        """A length that is not negative and not longer than ten years; None when it is none."""
        match = _DURATION.fullmatch(self.value)
        if match is None or match[1] == "-":
            return None
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups()[1:])
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return length if length < timedelta(days=3660) else None


#: The properties of a component by name in capitals; of several of one name the first.
Component = dict[str, Property]


def lines_of(data: bytes) -> list[str]:
    """The content lines, whole again (RFC 5545 §3.1)."""
    text = clean(data.decode("utf-8", "replace")).lstrip("\ufeff")
    text = re.sub(r"\n[ \t]", "", text)
    return [line for line in text.split("\n") if line.strip()]


def calendars_in(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """The calendars of a file, one by one: each has its own method. A file without the frame is one."""
    starts = [number for number, line in enumerate(lines) if line.strip().upper() == "BEGIN:VCALENDAR"]
    for start, end in pairwise([0, *starts[1:], len(lines)]):
        yield lines[start:end]


def component(block: Sequence[str], wanted: frozenset[str]) -> Component:
    """Those properties of a component, without its alarms and other components inside."""
    found: Component = {}
    depth = 0
    quoted = ""
    for line in block:
        if quoted:  # quoted-printable of vCalendar goes on in the next line
            line = quoted[:-1] + line.strip()  # noqa: PLW2901
            quoted = ""
        mark = line.strip().upper()
        if mark.startswith("END:"):
            depth -= 1
        if depth <= 1 and (match := _NAME.match(line)) and (name := match[1].upper()) in wanted:
            if "QUOTED-PRINTABLE" in mark and line.endswith("="):
                quoted = line
            elif name not in found:
                found[name] = _property(line, match.end())
        if mark.startswith("BEGIN:"):
            depth += 1
    return found


def _property(line: str, position: int) -> Property:
    parameters: dict[str, str] = {}
    while (match := _PARAMETER.match(line, position)) is not None:
        name, value = match[1].upper(), match[2] or ""
        if not match[2] and name in ("QUOTED-PRINTABLE", "BASE64"):
            name, value = "ENCODING", name  # vCalendar's short form
        parameters.setdefault(name, value.strip().strip('"'))
        position = match.end()
    _, _, value = line[position:].partition(":")
    return Property(value, parameters)


def without_tags(text: str) -> str:
    """A description without the HTML that some programs write into it."""
    if "</" not in text and "<br" not in text.lower():
        return text
    bare = _TAGS.sub(lambda tag: "\n" if _ENDS_A_LINE.match(tag[0]) else "", text)
    return re.sub(r"\n{3,}", "\n\n", clean(html.unescape(bare))).strip()


def _offset(said: str | None) -> fixed | None:
    if said is None:
        return None
    if said in "Zz":
        return UTC
    size = timedelta(hours=int(said[1:3]), minutes=int(said[-2:]))
    return fixed(size if said[0] == "+" else -size) if size < timedelta(hours=24) else UTC
