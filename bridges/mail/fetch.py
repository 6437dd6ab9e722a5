"""Mail in: waits at the mailbox, keeps every new mail in the inbox, and only then marks it read."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, tzinfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bridges.health import Health
from bridges.mail.imap import PATIENCE, Connection, ImapTrouble, LoginRefused
from bridges.mail.imap_protocol import reason
from bridges.mail.reading import Ledger, Reading, Stumbles
from bridges.mail.servers import ImapServer
from storage.database import Database, is_outage
from storage.mailboxes import open_cursor

log = structlog.get_logger(__name__)

#: Seconds between the tries to connect; the last one repeats.
STEPS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
#: Seconds of the first wait after news; while all is quiet each is twice as long. Not every server tells in IDLE of a
#: mail that came just before it, and mails come in bursts.
FIRST_WAIT = 1.0
#: Seconds between questions whether it is this process's turn to read.
STANDBY_SECONDS = 5.0
#: Seconds after which a mail that the server would not hand over is asked for again.
RETRY_SECONDS = 600.0


class DatabaseAway(Exception):
    """The ledger cannot be written now. Nothing was marked; it is tried again."""


async def _alone() -> bool:
    return True


class Intake:
    """Reads one mailbox for as long as the program runs, from wherever it was left."""

    def __init__(
        self,
        server: ImapServer,
        database: Database,
        now: Callable[[], datetime],
        health: Health,
        on_mail: Callable[[], None],
        *,
        since: date | None = None,
        timezone: tzinfo = UTC,
        hold: Callable[[], Awaitable[bool]] = _alone,
        poll_seconds: float = 60.0,
        patience: float = PATIENCE,
        steps: Sequence[float] = STEPS,
        standby_seconds: float = STANDBY_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        """`since`: take mail from that day (in `timezone`) on, also what was there before the first start.

        `hold`: whether this process is the one that reads, asked before each batch. `poll_seconds`: how often to look
        when the server tells of nothing. `patience`: seconds of silence after which the server counts as gone.
        """
        self._server = server
        self._database = database
        self._now = now
        self._health = health
        self._on_mail = on_mail
        self._since = datetime.combine(since, time.min, tzinfo=timezone) if since else None
        self._hold = hold
        self._poll_seconds = poll_seconds
        self._patience = patience
        self._steps = steps
        self._standby_seconds = standby_seconds
        self._retry_seconds = retry_seconds
        self._retry_at = 0.0
        self._stumbles = Stumbles()
        self._progress = False

    async def run(self) -> None:
        """Read until cancelled; whatever fails is told to `health` and tried again."""
        failures = 0
        while True:
            self._progress = False
            try:
                if await self._held():
                    await self._read()
                else:
                    self._health.up("imap")  # another process reads, and says how it goes
                    await asyncio.sleep(self._standby_seconds)
                failures = 0
                continue
            except DatabaseAway as error:
                self._health.down("database", str(error))
                log.warning("database_away", reason=str(error))
                pause = self._pause(0 if self._progress else failures)
            except ImapTrouble as error:
                self._health.down("imap", str(error))
                log.warning("imap_trouble", reason=str(error))
                # A refused log-in is a person's to mend, and hurrying may lock the account.
                hurry = not isinstance(error, LoginRefused)
                pause = self._pause((0 if self._progress else failures) if hurry else len(self._steps))
            except Exception as error:
                # Whatever it is, mail waits in the mailbox meanwhile; a restart of everything would help nobody.
                self._health.down("imap", f"unexpected: {reason(error)}")
                log.exception("imap_unexpected")
                pause = self._pause(failures)
            failures = 1 if self._progress else failures + 1
            await asyncio.sleep(pause)

    def _pause(self, failures: int) -> float:
        return self._steps[min(failures, len(self._steps) - 1)] * random.uniform(0.8, 1.2)

    async def _read(self) -> None:
        """One connection, from log-in until it breaks (an exception) or it is another process's turn (a return)."""
        server = self._server
        async with Connection(server, self._patience) as connection:
            uidvalidity, uidnext = await connection.select(server.mailbox)
            async with self._write() as session:
                cursor = await open_cursor(session, server.name, uidvalidity, uidnext, self._since)
            ledger = Ledger(server.name, self._now, self._write, self._kept)
            reading = Reading(connection, cursor, uidnext - 1, ledger, self._held, self._stumbles)
            await reading.mark_again()
            self._health.up("imap")
            log.info("imap_connected", uidvalidity=uidvalidity, last_uid=cursor.last_uid, uidnext=uidnext)
            quiet = FIRST_WAIT
            while await self._held():
                connection.forget_news()
                await reading.catch_up()
                await self._retry(reading)
                if not connection.news:  # of mail that came while we read
                    await connection.wait(min(quiet, self._poll_seconds))
                    self._progress = True
                if connection.news:
                    quiet = FIRST_WAIT
                else:
                    quiet *= 2
                    await connection.poll()

    async def _retry(self, reading: Reading) -> None:
        clock = asyncio.get_running_loop().time
        if reading.refused and clock() >= self._retry_at:
            # The time is set first: a mail that breaks the connection when asked for delays the others once in a while.
            self._retry_at = clock() + self._retry_seconds
            await reading.ask_again()
        stuck = ", ".join(str(uid) for uid in sorted(reading.refused)[:5])
        self._health.note("imap", f"the server does not hand over mail with UID {stuck}" if stuck else "")

    async def _held(self) -> bool:
        try:
            return await self._hold()
        except Exception as error:
            if is_outage(error):
                raise DatabaseAway(reason(error)) from error
            raise

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncSession]:
        try:
            async with self._database.write() as session:
                yield session
        except Exception as error:
            if is_outage(error):
                raise DatabaseAway(reason(error)) from error
            raise
        self._health.up("database")

    def _kept(self, mails: int, new: int) -> None:
        self._progress = True
        log.info("mail_kept", mails=mails, new=new)
        if new:
            self._on_mail()
