"""Time zones as calendars name them: the world's names, Windows', Mozilla's, or a programmer's own."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from datetime import timezone as fixed
from zoneinfo import ZoneInfo


class Zones:
    """Names of zones as calendars write them. The rules in the file are not worked out: they can be without end."""

    def __init__(self, lines: Sequence[str], fallback: str) -> None:
        self.fallback = fallback
        self._described = {
            name.strip('"'): block for block in blocks(lines, "VTIMEZONE") if (name := _value(block, "TZID"))
        }

    def place(self, wall: datetime, tzid: str) -> tuple[datetime, str]:
        """A wall time and the IANA name of its zone: its own, Windows', Mozilla's path, or the network's."""
        described = self._described.get(tzid, [])
        location = _value(described, "X-LIC-LOCATION") or ""
        for candidate in (tzid, "/".join(tzid.split("/")[-2:]), location, _windows(tzid)):
            if _zone(candidate) is not None:
                return wall, candidate
        offsets = [offset for line in described if (offset := _offset(line)) is not None]
        here = zone_of(self.fallback)
        if not offsets or wall.replace(tzinfo=here).utcoffset() in offsets:
            return wall, self.fallback  # nobody's zone, with our hours
        summer = 4 <= wall.month <= 9
        own = fixed(max(offsets) if summer else min(offsets))
        return wall.replace(tzinfo=own).astimezone(here).replace(tzinfo=None), self.fallback


def _offset(line: str) -> timedelta | None:
    match = re.fullmatch(r"TZOFFSETTO[^:]*:\s*([+-])(\d{2})(\d{2})(?:\d{2})?\s*", line, re.IGNORECASE)
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return (size if match[1] == "+" else -size) if size < timedelta(hours=24) else None


def _value(block: Sequence[str], name: str) -> str | None:
    for line in block:
        key, colon, value = line.partition(":")
        if colon and key.partition(";")[0].strip().upper() == name:
            return value.strip()
    return None


#: Windows' names for our part of the world; the others are asked for where icalendar has them.
_WINDOWS = {
    "w. europe standard time": "Europe/Stockholm",  # Outlook in Sweden says so; the hours are the same
    "central european standard time": "Europe/Stockholm",
    "central europe standard time": "Europe/Stockholm",
    "romance standard time": "Europe/Stockholm",
    "gmt standard time": "Europe/London",
    "tzone://microsoft/utc": "UTC",
}


def _windows(tzid: str) -> str:
    folded = tzid.lower()
    if "stockholm" in folded:  # "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"
        return "Europe/Stockholm"
    if known := _WINDOWS.get(folded.strip()):
        return known
    if not folded.strip().endswith("time"):
        return ""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415  a third of a second, for few

    return str(WINDOWS_TO_OLSON.get(tzid.strip(), ""))


def _zone(name: str) -> ZoneInfo | None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{1,60}", name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder, or no zone at all
        return None


def zone_of(name: str) -> ZoneInfo:
    """The zone of a name that is known; Sweden's when it is not."""
    return _zone(name) or ZoneInfo("Europe/Stockholm")


def blocks(lines: Sequence[str], name: str) -> Iterator[Sequence[str]]:
    """The lines of each component of that name, begin and end included."""
    start: int | None = None
    for number, line in enumerate(lines):
        mark = line.strip().upper()
        if mark == f"BEGIN:{name}":
            start = number
        elif mark == f"END:{name}" and start is not None:
            yield lines[start : number + 1]
            start = None
