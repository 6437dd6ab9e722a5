"""How the outside fares: each part up or down, since when and why; read by /healthz, /metrics and the alarm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One thing outside that Brygga depends on."""

    up: bool
    since: datetime  # of the last change
    reason: str = ""  # one line for a person; when up: a remark, or ""


class Health:
    """Written by those who talk to the outside, read by those who tell people about it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._parts: dict[str, Part] = {}

    def expect(self, part: str) -> None:
        """A part that is wanted and has not answered yet."""
        self._parts.setdefault(part, Part(up=False, since=self._now(), reason="starting"))

    def up(self, part: str) -> None:
        """The part works."""
        if not (known := self._parts.get(part)) or not known.up:
            self._parts[part] = Part(up=True, since=self._now())

    def down(self, part: str, reason: str) -> None:
        """The part does not work; `since` stays at the first failure."""
        known = self._parts.get(part)
        since = known.since if known and not known.up else self._now()
        self._parts[part] = Part(up=False, since=since, reason=reason)

    def note(self, part: str, remark: str) -> None:
        """Something a person should know of a part that works; "" takes it back."""
        if (known := self._parts.get(part)) and known.up:
            self._parts[part] = Part(up=True, since=known.since, reason=remark)

    @property
    def parts(self) -> dict[str, Part]:
        """All parts, by name: "database", "imap", "smtp", "slack"."""
        return dict(self._parts)

    @property
    def ready(self) -> bool:
        """Whether every part that is wanted works."""
        return all(part.up for part in self._parts.values())
