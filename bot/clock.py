"""The one clock: made in `bot/app.py`, handed to all who ask what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: Answers what time it is: always aware, in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


def shifted_clock(offset: timedelta) -> Clock:
    """The machine's time moved by a fixed offset, for the demo."""
    return lambda: datetime.now(UTC) + offset
