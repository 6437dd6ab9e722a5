"""What an SMTP server says on the wire, cut into answers."""

import asyncio
from collections import deque
from dataclasses import dataclass

#: Bytes of an answer that does not end.
_ENDLESS = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    code: int
    text: str  # all its lines in one

    @property
    def good(self) -> bool:
        """Whether it did what it was asked."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Lost(Exception):
    """The connection broke or the server fell silent."""

    def __init__(self, reason: str, *, letter_given: bool = False, silent: bool = False) -> None:
        """`letter_given`: the letter was handed over whole; the server may have taken it. `silent`: no answer came,
        though the connection stands.
        """
        super().__init__(reason)
        self.letter_given = letter_given
        self.silent = silent


class Wire(asyncio.Protocol):
    """What the server says, cut into answers."""

    def __init__(self) -> None:
        self.answers: deque[Reply] = deque()
        #: Why the connection is gone; "" while it is there.
        self.lost = ""
        self._buffer = b""
        self._lines: list[str] = []
        self._wanted = 0
        self._answered: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None

    async def replies(self, count: int, patience: float) -> list[Reply]:
        """The next `count` answers, after `patience` seconds at most. Raises Lost; what did come stays in `answers`."""
        if len(self.answers) < count and not self.lost:
            self._wanted = count
            self._answered = asyncio.get_running_loop().create_future()
            try:
                await _within(patience, self._answered)
            finally:
                self._answered = None
        if len(self.answers) < count:
            raise self._gave_up(patience)
        return [self.answers.popleft() for _ in range(count)]

    async def drained(self, patience: float) -> None:
        """Wait until the transport takes more. Raises Lost."""
        if self._writable is not None and not self.lost:
            await _within(patience, self._writable)
            if self._writable is not None or self.lost:
                raise self._gave_up(patience)

    def _gave_up(self, patience: float) -> Lost:
        return Lost(self.lost) if self.lost else Lost(f"no answer within {patience:g} seconds", silent=True)

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            code, more, text = line[:3], line[3:4], line[4:]
            if not code.isdigit() or len(self._lines) > _ENDLESS // 64:
                self._gone("the server does not speak SMTP")
                return
            self._lines.append(text.decode("utf-8", "replace").strip())
            if more != b"-":
                self.answers.append(Reply(int(code), " ".join(self._lines)))
                self._lines.clear()
        if len(self._buffer) > _ENDLESS:
            self._gone("the server does not speak SMTP")
        elif self._answered is not None and len(self.answers) >= self._wanted and not self._answered.done():
            self._answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone(f"the connection broke: {exc}" if exc else "the server hung up")

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def _gone(self, why: str) -> None:
        self.lost = self.lost or why
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)
        self.resume_writing()


async def _within(seconds: float, happens: asyncio.Future[None]) -> None:
    """Wait for it, or for so long; twice a letter, for which asyncio.timeout costs several times as much."""
    alarm = asyncio.get_running_loop().call_later(seconds, _enough, happens)
    try:
        await happens
    finally:
        alarm.cancel()


def _enough(happens: asyncio.Future[None]) -> None:
    if not happens.done():
        happens.set_result(None)
