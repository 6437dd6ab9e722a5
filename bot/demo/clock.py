"""The demo's clock: the machine's time and an offset, which can jump forward and is kept in the data folder."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.demo.folder import write_whole
from bot.demo.trouble import CannotPlay

#: Weekday (Monday is 0) and wall time that a jump goes to: when the digest leaves, when editors see it first.
_MOMENTS = {"monday": (0, time(7, 30)), "friday": (4, time(13, 0))}
_LENGTHS = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
#: When the jobs that run once a day or once an hour are let do theirs, on days that are jumped over.
_MORNING = time(8, 0)
JUMPS = (*_MOMENTS, *_LENGTHS)

#: Further ahead than this nobody goes: calendars and time zones know no rules for it.
_FARTHEST = timedelta(days=20 * 365)


def moment_of(jump: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Where a jump leads: always forward. A day is the same wall time tomorrow, whatever summer time does."""
    local = now.astimezone(zone)
    if jump == "hour":
        return now + _LENGTHS["hour"]
    if jump == "day":
        return (local + _LENGTHS["day"]).astimezone(UTC)
    weekday, wall = _MOMENTS[jump]
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    moment = datetime.combine(day, wall, tzinfo=zone)
    if moment <= local:
        moment = datetime.combine(day + timedelta(days=7), wall, tzinfo=zone)
    return moment.astimezone(UTC)


def moments_between(now: datetime, target: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments of the timetable that lie between, in order, then the target: nothing of a jumped week is left out."""
    day, last = now.astimezone(zone).date(), target.astimezone(zone).date()
    found = set()
    while day <= last:
        walls = [_MORNING, *(wall for weekday, wall in _MOMENTS.values() if weekday == day.weekday())]
        found |= {datetime.combine(day, wall, tzinfo=zone).astimezone(UTC) for wall in walls}
        day += _LENGTHS["day"]
    return [*sorted(moment for moment in found if now < moment < target), target]


class DemoClock:
    """Answers what time it is in the demo; a `bot.clock.Clock`."""

    def __init__(self, file: Path) -> None:
        """`file`: where the offset is kept, there or not. Raises CannotPlay when it cannot be understood."""
        self._file = file
        self.offset = timedelta()
        if file.exists():
            try:
                self.offset = timedelta(seconds=float(json.loads(file.read_text("utf-8"))["offset_seconds"]))
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise CannotPlay("{file} cannot be read; `brygga demo --fresh` begins anew", file=file) from error

    def __call__(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC) + self.offset

    def seconds(self) -> float:
        """This moment as the workspace counts."""
        return self().timestamp()

    def go_to(self, moment: datetime) -> None:
        """Jump. Raises ValueError when it is not ahead, or too far."""
        ahead = moment - self()
        if ahead < timedelta() or self.offset + ahead > _FARTHEST:
            raise ValueError("the clock only goes forward, twenty years at most")
        self.offset += ahead
        write_whole(self._file, json.dumps({"offset_seconds": self.offset.total_seconds()}).encode())
