"""The pump: takes what is due from the outbox, hands it to a bridge's lines, and writes down what became of it."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog

from bridges.contract import Bridge, Claim, GiveUp, Line, Probing, TryLater
from bridges.health import Health
from bridges.settling import DATABASE, FIRST_PAUSE, LONGEST_PAUSE, Settler, without_names
from storage import outbox, processes
from storage.database import Database, is_outage
from storage.ids import DeliveryId, ProcessId
from storage.settling import Parked, Released, Retry, Sent, Settlement

log = structlog.get_logger()

#: Rows claimed at a time, at most.
MOST_CLAIMED = 200
#: Seconds between looks at the outbox when nobody pokes.
POLL = 1.0
#: Seconds that claimed rows should last: with less the database is asked too often, with more urgent letters that
#: come after them wait too long.
AHEAD = 0.5
#: Seconds before a closed road is tried again: the first time, and at most.
FIRST_TRIAL, LAST_TRIAL = 1.0, 30.0
#: Seconds that a letter on trial may take before the road counts as open: a slow recipient is not a closed road.
TRIAL = 1.0
#: Seconds between looks for what is too old to send.
PARK_STALE = 600.0
#: Seconds that letters on their way may still take when we are told to stop.
DRAIN = 7.0
#: Times that one letter may close the road for all before it is taken to be that letter's fault.
BLAME = 3
_UNTRIED = "not tried yet"
#: Seconds without a sign from the other side before we knock, so that people hear of a closed road before a letter does.
KNOCK = 15.0


@runtime_checkable
class Serial(Protocol):
    """A bridge to where order matters: one process at a time sends, and one delivery at a time to each destination."""

    serial: bool


class Relay:
    """Sends what one bridge has to send.

    One task claims, one task a line sends, one settles what all lines have ended in one commit. A line sends no next
    letter before its last is durable, so a crash repeats at most one letter a line.
    """

    def __init__(
        self,
        database: Database,
        bridge: Bridge,
        me: ProcessId,
        now: Callable[[], datetime],
        health: Health,
        *,
        knock_seconds: float = KNOCK,
    ) -> None:
        #: Where its time went: "claim", and "send" of all lines together.
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.settler = Settler(database, me, now, health, self._release_waiting)
        self._database, self._bridge, self._me, self._now, self._health = database, bridge, me, now, health
        self._serial = isinstance(bridge, Serial) and bridge.serial
        self._on_turn = not self._serial  # of the processes this one sends
        self._waiting: asyncio.Queue[Claim | None] = asyncio.Queue()  # claimed; None: the line may go home
        self._in_hand: set[DeliveryId] = set()  # given to a line, not yet durable
        self._batch = 4 * bridge.lines
        self._more = False  # the last claim took all it was allowed
        self._strays = False  # a claim may have been made that we do not know of
        self._closed = _UNTRIED if isinstance(bridge, Probing) else ""  # why the road is; "" = open
        self._blamed: Counter[DeliveryId] = Counter()  # times that a letter has closed the road
        self._through = False  # a letter got through since it was closed last
        self._trial: asyncio.Future[bool] | None = None
        self._stopping = False
        self._wake = asyncio.Event()
        self._claimed_at = self._parked_at = -PARK_STALE
        self._knock_seconds = knock_seconds
        self._answered_at = time.monotonic()

    def poke(self) -> None:
        """Something may be due now; without this it is found within a second."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; then let what is on its way finish, give the rest back, and end within ten seconds."""
        settler = asyncio.create_task(self.settler.run(), name=f"{self._bridge.name}: settles")
        claimer = asyncio.create_task(self._claim(), name=f"{self._bridge.name}: claims")
        lines = [
            asyncio.create_task(self._run_line(), name=f"{self._bridge.name}: line {number + 1}")
            for number in range(self._bridge.lines)
        ]
        knocker = asyncio.create_task(self._knock(), name=f"{self._bridge.name}: knocks")
        everyone = [settler, claimer, knocker, *lines]
        try:
            ended, _ = await asyncio.wait(everyone, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()  # none ends by itself: an error of ours, which ends the relay
        finally:
            try:
                await self._stop(settler, claimer, lines)
            finally:
                for task in everyone:
                    task.cancel()
                await asyncio.gather(*everyone, return_exceptions=True)

    async def _stop(
        self, settler: asyncio.Task[None], claimer: asyncio.Task[None], lines: list[asyncio.Task[None]]
    ) -> None:
        self._stopping = True
        self._wake.set()
        self._release_waiting()
        for _ in lines:
            self._waiting.put_nowait(None)
        _, late = await asyncio.wait([claimer, *lines], timeout=0 if settler.done() else DRAIN)
        for task in late:
            task.cancel()  # its letter may have gone out: this one may be repeated
        if late:
            await asyncio.wait(late, timeout=0.5)
        self.settler.stop()
        await asyncio.wait([settler], timeout=0.5)
        with suppress(Exception):  # else the next start, or another process, takes them back
            async with asyncio.timeout(0.5), self._database.write() as session:
                await outbox.give_back(session, self._me)

    # -- the lines ------------------------------------------------------------------------------------------------

    async def _run_line(self) -> None:
        async with self._bridge.line() as line:
            while (claim := await self._waiting.get()) is not None:
                if self._waiting.qsize() <= self._low:
                    self._wake.set()
                self._in_hand.add(claim.id)
                try:
                    settlement = await self._send(line, claim)
                except asyncio.CancelledError:
                    if self._serial:  # it may have been taken: the try counts, so that it is looked for
                        self.settler.note(Retry(claim.id, "stopped on its way", claim.attempts, timedelta()))
                    raise
                await self.settler.settle(settlement)
                self._in_hand.discard(claim.id)
                if self._serial:
                    self._wake.set()  # the next one to the same place may go

    async def _send(self, line: Line, claim: Claim) -> Settlement:
        began = time.perf_counter()
        try:
            receipt = await line.send(claim)
        except TryLater as trouble:
            if trouble.__cause__ is not None and is_outage(trouble.__cause__):
                return await self._unreadable(claim, trouble.__cause__)
            if trouble.everyone:
                return self._road_closed(claim, str(trouble), begun=trouble.begun)
            end: Settlement = Retry(claim.id, str(trouble), claim.attempts, trouble.after)
        except GiveUp as trouble:
            end = Parked(claim.id, f"bounced: {trouble}" if trouble.bounced else str(trouble))
        except Exception as error:
            if is_outage(error):
                return await self._unreadable(claim, error)
            log.exception("relay.unexpected", delivery=claim.id, kind=claim.kind)
            end = Parked(claim.id, f"unexpected: {type(error).__name__}: {error}")
        else:
            end = Sent(claim.id, receipt.remote_id)
        finally:
            self.seconds["send"] += time.perf_counter() - began
        self._through = True
        self._answered_at = time.monotonic()
        if self._blamed:
            self._blamed.pop(claim.id, None)
        if self._trial is not None and not self._trial.done():
            self._trial.set_result(True)
        return end

    async def _unreadable(self, claim: Claim, error: BaseException) -> Settlement:
        """The letter could not be read: it is the ledger that is away, not the road that is closed."""
        self.settler.away(error)
        await asyncio.sleep(FIRST_PAUSE)
        return Released(claim.id)

    def _road_closed(self, claim: Claim, reason: str, *, begun: bool) -> Settlement:
        """The trouble is everyone's: nothing more is claimed until a trial gets through. The try counts only when it was
        `begun`: it may have been taken.
        """
        self._close(reason)
        self._release_waiting()
        if self._trial is not None and not self._trial.done():
            self._trial.set_result(False)
        self._wake.set()
        self._blamed[claim.id] += 1
        others, self._through = self._through, False
        if others and self._blamed[claim.id] >= BLAME:  # others get through where this one does not
            del self._blamed[claim.id]
            return Retry(claim.id, reason, claim.attempts)
        return Retry(claim.id, reason, claim.attempts, timedelta()) if begun else Released(claim.id)

    def _close(self, reason: str) -> None:
        if not self._closed:
            self._closed = reason
            log.warning("relay.road_closed", bridge=self._bridge.name, reason=without_names(reason))
        self._health.down(self._bridge.part, reason)

    async def _knock(self) -> None:
        """While nothing is sent, look now and then whether the other side is there."""
        while True:
            quiet = time.monotonic() - self._answered_at
            await asyncio.sleep(max(self._knock_seconds - quiet, self._knock_seconds / 10))
            quiet = time.monotonic() - self._answered_at
            if self._closed or self._in_hand or quiet < self._knock_seconds or not isinstance(self._bridge, Probing):
                continue
            try:
                await self._bridge.knock()
            except TryLater as trouble:
                if not self._in_hand:
                    self._close(str(trouble))
                    self._wake.set()
            self._answered_at = time.monotonic()

    def _release_waiting(self) -> None:
        """What is claimed and not yet in a line's hand waits in the outbox again."""
        waiting = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        for claim in waiting:
            if claim is None:
                self._waiting.put_nowait(None)
            else:
                self.settler.note(Released(claim.id))
        self._more = False

    # -- the claimer ----------------------------------------------------------------------------------------------

    @property
    def _low(self) -> int:
        """So few waiting that more are claimed."""
        return max(2 * self._bridge.lines, self._batch // 4)

    async def _claim(self) -> None:
        """Keep the lines busy, and no more rows claimed than they soon send."""
        pause, trial = FIRST_PAUSE, 0.0
        while not self._stopping:
            try:
                await self._keep_house()
                if self._closed:
                    await self._rest(trial, hurry=False)
                    opened = not self._stopping and await self._try_road()
                    trial = 0.0 if opened else min(max(2 * trial, FIRST_TRIAL), LAST_TRIAL)
                else:
                    await self._fill()
            except Exception as error:
                if not is_outage(error):
                    raise
                self._strays = True
                self.settler.away(error)
                await self._rest(pause, hurry=False)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE

    async def _fill(self) -> None:
        waiting = self._waiting.qsize()
        if waiting > self._low:
            await self._rest(POLL)
            return
        if not self._more:
            async with self._database.read() as session:
                due = await outbox.next_due(session, self._bridge.name, serial=self._serial, now=self._now())
            self._health.up(DATABASE)
            wait = POLL if due is None else (due - self._now()).total_seconds()
            if wait > 0:
                self._blamed.clear()
                await self._rest(min(wait, POLL))
                return
        self._hand_out(await self._take(self._limit() - waiting))
        if not self._on_turn:
            await self._rest(POLL, hurry=False)

    def _limit(self) -> int:
        """How many claimed rows last for about half a second, judged by how long the last ones did."""
        lasted = time.monotonic() - self._claimed_at
        self._claimed_at += lasted
        if self._more and lasted < AHEAD / 2:
            self._batch = min(2 * self._batch, max(MOST_CLAIMED, 4 * self._bridge.lines))
        elif lasted > 2 * AHEAD:
            self._batch = max(self._batch // 2, 4 * self._bridge.lines)
        return self._batch

    async def _take(self, limit: int) -> list[Claim]:
        began = time.perf_counter()
        async with self._database.write() as session:
            if not self._database.sqlite:
                await processes.beat(session, self._me)  # what the dead claim is taken from them
            if self._serial:
                self._on_turn = await processes.hold(session, f"send:{self._bridge.name}", self._me)
            claims = []
            if self._on_turn:
                claims = await outbox.claim(
                    session, self._me, self._bridge.name, self._now(), limit, serial=self._serial
                )
        self.seconds["claim"] += time.perf_counter() - began
        self._more = len(claims) == limit
        return claims

    def _hand_out(self, claims: list[Claim]) -> None:
        """To the lines; unless the road was closed meanwhile."""
        for claim in claims:
            if self._stopping or (self._closed and self._trial is None):
                self.settler.note(Released(claim.id))
            else:
                self._waiting.put_nowait(claim)

    async def _try_road(self) -> bool:
        """Whether the road is open again: by knocking, and by one letter if there is any."""
        if isinstance(self._bridge, Probing):
            try:
                await self._bridge.probe()
            except TryLater as trouble:
                self._health.down(self._bridge.part, str(trouble))
                return False
        if self._closed != _UNTRIED and (claims := await self._take(2 * BLAME)):
            self._trial = asyncio.get_running_loop().create_future()
            # Not always the same one: it may be that letter's fault.
            claims.sort(key=lambda claim: self._blamed[claim.id])
            self._hand_out(claims[:1])
            for claim in claims[1:]:
                self.settler.note(Released(claim.id))
            done, _ = await asyncio.wait([self._trial], timeout=TRIAL)
            failed = done and not self._trial.result()
            self._trial = None
            if failed:
                return False
        log.info("relay.road_open", bridge=self._bridge.name)
        self._closed = ""
        self._health.up(self._bridge.part)
        return True

    async def _keep_house(self) -> None:
        """Find what we claimed without knowing it; park what is too old to send."""
        if self._strays:
            self._release_waiting()
            keep = set(self._in_hand)
            async with self._database.write() as session:
                await outbox.give_back(session, self._me, keep)
            self._strays = False
        if time.monotonic() - self._parked_at >= PARK_STALE:
            async with self._database.write() as session:
                parked = await outbox.park_stale(session, self._now())
            self._parked_at = time.monotonic()
            if parked:
                log.warning("relay.too_old", parked=parked)

    async def _rest(self, seconds: float, *, hurry: bool = True) -> None:
        """Wait, or until poked; a road or a database that is away is not there sooner for poking."""
        deadline = time.monotonic() + seconds
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._wake.wait()
            self._wake.clear()
            if hurry:
                return
