"""What goes wrong on demand: refusals, silence, lost answers, lost acks, things told twice."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, so many times."""

    problem: str | int = ""  # an error, or a status
    times: int = 1
    after_doing: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class Faults:
    """The switches. A method may be "*", "upload" and "download"."""

    redeliver_every: int = 0  # every so manieth event is delivered again though it was acked
    lose_ack_every: int = 0  # every so manieth ack does not arrive
    _failing: dict[str, list[Fault]] = field(default_factory=dict)
    _slow: dict[str, list[Fault]] = field(default_factory=dict)
    _late: dict[str, list[Fault]] = field(default_factory=dict)
    _limited: dict[str, list[Fault]] = field(default_factory=dict)
    close_listener: Callable[[], None] = lambda: None
    open_listener: Callable[[], None] = lambda: None
    end_sockets: Callable[[bool, str], Sequence[asyncio.Future[None]]] = lambda frame, reason: ()
    set_deaf: Callable[[bool, bool], None] = lambda on, pongs: None

    def fail(self, method: str, problem: str | int = 500, *, times: int = 1, after_doing: bool = False) -> None:
        """An error is answered with ok:false, a number as HTTP status; `after_doing`: it is done, and the answer is lost."""
        self._failing.setdefault(method, []).append(Fault(problem, times, after_doing))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Do nothing for so long, then do it."""
        self._slow.setdefault(method, []).append(Fault(times=times, seconds=seconds))

    def late(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Do it at once, and answer after so long."""
        self._late.setdefault(method, []).append(Fault(times=times, seconds=seconds))

    def rate_limit(self, method: str, seconds: float, *, times: int = 1) -> None:
        """429, with Retry-After."""
        self._limited.setdefault(method, []).append(Fault(times=times, seconds=seconds))

    def failing(self, method: str) -> Fault | None:
        """What goes wrong with this call."""
        return _take(self._failing, method)

    def slowness(self, method: str) -> float:
        """How long this call takes, in seconds."""
        fault = _take(self._slow, method)
        return fault.seconds if fault else 0.0

    def lateness(self, method: str) -> float:
        """How long the answer to this call is held back, in seconds."""
        fault = _take(self._late, method)
        return fault.seconds if fault else 0.0

    def limited(self, method: str) -> float:
        """How long this call is told to wait, in seconds."""
        fault = _take(self._limited, method)
        return fault.seconds if fault else 0.0

    def away(self) -> asyncio.Future[None]:
        """Nobody listens any more, and every connection is cut. May be awaited, need not."""
        self.close_listener()
        return _settled()

    def back(self) -> asyncio.Future[None]:
        """The same port answers again."""
        self.open_listener()
        return _settled()

    async def disconnect(self, *, frame: bool = True, reason: str = "refresh_requested") -> None:
        """End every socket, with a `disconnect` said before or without a word."""
        await asyncio.gather(*self.end_sockets(frame, reason))

    def deaf(self, on: bool = True, *, pongs: bool = False) -> None:
        """The sockets of this moment stay open and carry nothing; `pongs`: but pings are answered."""
        self.set_deaf(on, pongs)


def _settled() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future


def _take(faults: dict[str, list[Fault]], method: str) -> Fault | None:
    for name in (method, "*"):
        waiting = faults.get(name, [])
        if waiting:
            waiting[0].times -= 1
            return waiting.pop(0) if waiting[0].times <= 0 else waiting[0]
    return None
