"""Writes down what became of letters: those of all lines in one commit, and again until the ledger has it."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from bridges.health import Health
from storage import processes
from storage.database import Database, is_outage
from storage.ids import ProcessId
from storage.settling import Parked, Retry, Settlement, one_line, settle

log = structlog.get_logger()

#: What the ledger is called where people read how things fare.
DATABASE = "database"
#: Seconds to wait for a database that is away: the first time, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
#: Seconds of a commit from which on it is slow, and to wait at most for others to share it.
_SLOW, _LONGEST_GATHER = 0.002, 0.01
#: Seconds for which it is known that the others take us for living; they allow us three times as long.
_STILL_ALIVE = 3.0
_LOCAL_PART = re.compile(r"[^\s<>@:;,]+@")


class Settler:
    """Settles in the order things end. Sending and settling overlap: only the line whose letter it is waits."""

    def __init__(
        self,
        database: Database,
        me: ProcessId,
        now: Callable[[], datetime],
        health: Health,
        on_doubt: Callable[[], None],
    ) -> None:
        """`on_doubt`: the ledger is away, or took us for dead: what we hold may not be ours any more."""
        #: What is durable: "sent", "retry", "parked", "released".
        self.done: Counter[str] = Counter()
        self.seconds = 0.0
        self.commits = 0
        self._database, self._me, self._now, self._health = database, me, now, health
        self._on_doubt = on_doubt
        self._ended: list[tuple[Settlement, asyncio.Future[None] | None]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._alive_at = time.monotonic()
        self._soon = 0  # letters that may end at any moment: those of lines that the last commit set free
        self._usual = 0.0  # seconds that a commit takes

    async def settle(self, settlement: Settlement) -> None:
        """Returns when it is durable."""
        durable = asyncio.get_running_loop().create_future()
        self._ended.append((settlement, durable))
        self._wake.set()
        await durable

    def note(self, settlement: Settlement) -> None:
        """Settle it too; nobody waits for it."""
        self._ended.append((settlement, None))
        self._wake.set()

    def stop(self) -> None:
        """End when all is settled."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Settle until stopped."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._ended and self._stopping:
                return
            await self._gather()
            ended, self._ended = self._ended, []
            if ended:
                await self._commit([settlement for settlement, _ in ended])
            for settlement, durable in ended:
                self.done[type(settlement).__name__.lower()] += 1
                _tell(settlement)
                if durable is not None and not durable.done():
                    durable.set_result(None)
            self._soon = len(ended) + len(self._ended)
            if self._ended or self._stopping:
                self._wake.set()

    async def _gather(self) -> None:
        """Whoever ends in the same turn of the loop shares the commit. Where commits are slow it pays to wait for those
        who may end soon, for a part of the time that a commit takes: then all lines share one instead of taking turns.
        """
        await asyncio.sleep(0)
        if self._usual < _SLOW or len(self._ended) >= self._soon:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(min(self._usual / 2, _LONGEST_GATHER)):
                while len(self._ended) < self._soon and not self._stopping:
                    await self._wake.wait()
                    self._wake.clear()

    async def _commit(self, settlements: list[Settlement]) -> None:
        """Until the ledger has it: a letter that was sent and is not written down would be sent again."""
        pause = FIRST_PAUSE
        while True:
            began = time.perf_counter()
            try:
                doubt = await self._write(settlements)
            except Exception as error:
                if not is_outage(error):
                    raise
                self.away(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            took = time.perf_counter() - began
            self.seconds += took
            self._usual += (took - self._usual) / 8
            self.commits += 1
            self._health.up(DATABASE)
            if doubt:
                self._on_doubt()
            return

    async def _write(self, settlements: list[Settlement]) -> bool:
        """Answers whether others may have taken this process for dead, as after it was frozen for long."""
        await settle(self._database, self._me, settlements, self._now())
        if self._database.sqlite or time.monotonic() - self._alive_at < _STILL_ALIVE:
            return False
        async with self._database.write() as session:
            alive = await processes.is_alive(session, self._me, spare=processes.BEAT)
            await processes.beat(session, self._me)
        self._alive_at = time.monotonic()
        return not alive

    def away(self, error: BaseException) -> None:
        """The ledger does not answer: said where people look, and nothing more is sent."""
        why = one_line(str(error.orig) if isinstance(error, DBAPIError) else str(error)) or type(error).__name__
        self._health.down(DATABASE, why)
        log.warning("relay.database_away", reason=why)
        self._on_doubt()


def _tell(settlement: Settlement) -> None:
    """What a person wants to read in the log; whom it concerns is in the outbox."""
    match settlement:
        case Retry():
            reason = without_names(settlement.reason)
            log.info("letter.waits", delivery=settlement.id, tries=settlement.attempts, reason=reason)
        case Parked():
            log.warning("letter.parked", delivery=settlement.id, reason=without_names(settlement.reason))
        case _:
            pass


def without_names(text: str) -> str:
    """A server's answer without whole addresses."""
    return _LOCAL_PART.sub("…@", text)
