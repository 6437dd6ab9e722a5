"""What every road in and out agrees on: what a delivery is, how it may fail, and how it is handed over."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from storage.outbox import Claim

#: A Claim is handed out by the ledger and known to every bridge.
__all__ = ["Bridge", "Claim", "GiveUp", "Line", "Probing", "Receipt", "TryLater"]


class TryLater(Exception):
    """The delivery could not be made now; waiting may help. It stays queued and is tried again."""

    def __init__(
        self, reason: str, *, after: timedelta | None = None, everyone: bool = False, begun: bool = False
    ) -> None:
        """`after`: the other side said how long to wait. `everyone`: the whole road is closed (server away,
        log-in refused), not this one destination; the delivery then does not use up a try, unless it was `begun`:
        the other side may have taken it and only its answer was lost.
        """
        super().__init__(reason)
        self.after = after
        self.everyone = everyone
        self.begun = begun


class GiveUp(Exception):
    """The delivery can never be made as it is. It is parked, with the reason, for a person to see."""

    def __init__(self, reason: str, *, bounced: bool = False) -> None:
        """`bounced`: the other side says that this address does not work (5.1.x, 5.2.1), not that it dislikes the letter."""
        super().__init__(reason)
        self.bounced = bounced


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has taken the delivery."""

    remote_id: str = ""  # what it answered, in one line


class Line(Protocol):
    """One open connection to the other side, used by one task."""

    async def send(self, claim: Claim) -> Receipt:
        """Deliver one claim. Raises TryLater or GiveUp, nothing else, when it does not get through."""
        ...


class Bridge(Protocol):
    """One road out."""

    #: The part of a destination before the colon.
    name: str
    #: What it is called where people read how the outside fares: "smtp", "slack".
    part: str
    #: How many lines may be open at once.
    lines: int

    def line(self) -> AbstractAsyncContextManager[Line]:
        """A line that connects when first used and again when it was lost; closed politely at the end."""
        ...


@runtime_checkable
class Probing(Protocol):
    """A bridge that can find out whether its road is open without sending anything."""

    async def probe(self) -> None:
        """Connect and log in. Raises TryLater when the road is closed."""
        ...

    async def knock(self) -> None:
        """See whether the other side still answers, without logging in. Raises TryLater when it does not."""
        ...
