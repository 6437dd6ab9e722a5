"""One visit to the mailbox: what is new, in what portions it is fetched, and what happens to mail that will not come."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bridges.mail.imap import FETCH_MOST, CommandRefused, Connection, ConnectionLost
from bridges.mail.imap_lines import Fetched, Waiting
from storage.inbox import keep
from storage.mailboxes import Cursor, advance, note_refused

log = structlog.get_logger(__name__)

#: UIDs asked about in one SEARCH, whose answer is one line.
SEARCH_SPAN = 5_000
#: Bytes fetched and committed at once; a larger mail goes alone.
PORTION_BYTES = 8_000_000
#: Times that a connection may die over one mail before the mail is left for later.
MOST_DEATHS = 3
#: Times that a mail is asked for again before it is a person's to look at.
MOST_TRIES = 20


class Stumbles:
    """Where connections died, across connections: portions shrink until it is known over which mail."""

    def __init__(self) -> None:
        self.limit = FETCH_MOST
        self._deaths: Counter[int] = Counter()

    @contextmanager
    def over(self, uids: Sequence[int]) -> Iterator[None]:
        """While these mails are asked about."""
        try:
            yield
        except ConnectionLost:
            if len(uids) == 1:
                self._deaths[uids[0]] += 1
            self.limit = max(1, len(uids) // 4)
            raise
        self.limit = min(FETCH_MOST, self.limit * 2)

    def hopeless(self, uid: int) -> bool:
        """Whether connections died over this mail alone, too often; asked once, then forgotten."""
        if self._deaths[uid] < MOST_DEATHS:
            return False
        del self._deaths[uid]
        return True


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a reading writes to: a mailbox's name, the time, a transaction, and whom to tell of what was kept."""

    name: str
    now: Callable[[], datetime]
    write: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    kept: Callable[[int, int], None]  # mails, of which new


class Reading:
    """Reads on from the cursor: fetch, keep and move the cursor in one transaction, then mark."""

    def __init__(
        self,
        connection: Connection,
        cursor: Cursor,
        top: int,
        ledger: Ledger,
        held: Callable[[], Awaitable[bool]],
        stumbles: Stumbles,
    ) -> None:
        self._connection = connection
        self._cursor = cursor
        self._ledger = ledger
        self._held = held
        self._stumbles = stumbles
        self._top = top  # the highest UID when the mailbox was opened
        self._last = self._saved = cursor.last_uid
        self._marking_refused = False
        #: UIDs that the server would not hand over, and how often it was asked.
        self.refused = dict(cursor.refused)

    async def mark_again(self) -> None:
        """Mark what was kept by a process that died before it could mark."""
        cursor = self._cursor
        since = cursor.started_at.date() if cursor.marked_uid < cursor.dated_until else None
        unseen = await self._connection.unseen(cursor.marked_uid, cursor.last_uid, since)
        for batch in _batches(unseen, FETCH_MOST):
            await self._mark([uid for uid in batch if uid not in self.refused])

    async def catch_up(self) -> None:
        """Take everything above the cursor, in order; stops early when it is another process's turn."""
        while True:
            end, since = self._span()
            uids = await self._connection.uids(self._last, end, since)
            while uids:
                batch = uids[: self._stumbles.limit]
                if not await self._held():
                    return
                await self._take(batch)
                uids = uids[len(batch) :]
            self._last = max(self._last, end or 0)
            if end is None:
                break
        if self._last > self._saved:
            await self._keep([], self._last)

    def _span(self) -> tuple[int | None, date | None]:
        """The next UIDs to ask about: up to where, and since when."""
        cursor, end = self._cursor, self._last + SEARCH_SPAN
        if self._last < cursor.dated_until:
            # SEARCH compares days in whatever zone the mail came in; the hour is looked at later.
            return min(end, cursor.dated_until), (cursor.started_at - timedelta(days=1)).date()
        return (end if end < self._top else None), None

    async def _take(self, uids: Sequence[int]) -> None:
        if len(uids) == 1 and self._stumbles.hopeless(uids[0]):
            self._refuse(uids[0])
            mails = []
        else:
            with self._stumbles.over(uids):
                mails = [mail for mail in await self._look(uids) if self._is_ours(mail)]
        for portion in _portions(mails):
            with self._stumbles.over([mail.uid for mail in portion]):
                fetched = await self._fetch(portion)
            await self._keep(fetched, portion[-1].uid, before=self._before_restore(portion))
        if uids[-1] > self._saved:
            await self._keep([], uids[-1])

    async def _look(self, uids: Sequence[int]) -> list[Waiting]:
        try:
            return await self._connection.look(uids)
        except CommandRefused as error:
            log.warning("mail_not_shown", mails=len(uids), reason=str(error))
            return [Waiting(uid, PORTION_BYTES, None) for uid in uids]  # each alone

    def _is_ours(self, mail: Waiting) -> bool:
        """Whether it came after the first start. UIDs tell, except where the server has numbered its mails anew."""
        cursor = self._cursor
        return mail.uid > cursor.dated_until or mail.arrived is None or mail.arrived >= cursor.started_at

    def _before_restore(self, portion: Sequence[Waiting]) -> frozenset[int]:
        """Which came before the database was made anew from a backup."""
        restored = self._cursor.restored_at
        return frozenset(mail.uid for mail in portion if restored and mail.arrived and mail.arrived < restored)

    async def _fetch(self, portion: Sequence[Waiting]) -> list[Fetched]:
        """What the server hands over; one mail that it refuses does not keep the others back."""
        fetched = await self._fetch_some(portion)
        if len(fetched) == len(portion):
            return fetched
        given = {mail.uid: mail for mail in fetched}
        for mail in portion:
            if mail.uid not in given and len(portion) > 1:
                given |= {one.uid: one for one in await self._fetch_some([mail])}
            if mail.uid not in given and await self._connection.has(mail.uid):  # else somebody deleted it
                self._refuse(mail.uid)
        return [given[uid] for uid in sorted(given)]

    async def _fetch_some(self, mails: Sequence[Waiting]) -> list[Fetched]:
        try:
            return await self._connection.fetch(mails)
        except CommandRefused as error:
            log.warning("mail_refused", mails=len(mails), reason=str(error))
            return []

    def _refuse(self, uid: int) -> None:
        self.refused[uid] = self.refused.get(uid, 0) + 1
        log.warning("mail_left_for_later", uid=uid, tries=self.refused[uid])

    async def _keep(self, mails: Sequence[Fetched], last: int, before: Collection[int] = ()) -> None:
        """Mails, cursor and what was refused are one fact; marking in the mailbox comes after.

        What came before a restore and is marked read was taken in, and relayed, after the backup was made. The ledger
        cannot know, and a person who read it at the server looks the same: it is kept, and waits for somebody to say.
        """
        new = parked = 0
        async with self._ledger.write() as session:
            for taken, some in groupby(mails, lambda mail: mail.seen and mail.uid in before):
                raws = [mail.raw for mail in some]
                kept = await keep(session, "mail", raws, self._ledger.now(), parked="restored" if taken else None)
                new, parked = (new, parked + kept) if taken else (new + kept, parked)
            # What came before this portion is marked by now.
            await advance(session, self._ledger.name, self._cursor, last, marked_uid=min(self._saved, last))
            if self.refused or self._cursor.refused:
                await note_refused(session, self._ledger.name, self._cursor, self.refused)
        self._last = self._saved = max(self._saved, last)
        if parked:
            log.warning("mail_read_before_restore", parked=parked)
        if mails:
            self._ledger.kept(len(mails), new)
            await self._mark([mail.uid for mail in mails if not mail.seen])

    async def _mark(self, uids: Sequence[int]) -> None:
        try:
            await self._connection.mark_seen(uids)
        except CommandRefused as error:
            if not self._marking_refused:  # a mailbox that may only be read; the cursor knows what was taken
                log.warning("mail_not_marked", reason=str(error))
            self._marking_refused = True

    async def ask_again(self) -> None:
        """Ask for the mails that the server would not hand over; too often asked is left to a person."""
        for uid, tries in sorted(self.refused.items()):
            if tries >= MOST_TRIES:
                continue
            if not await self._held():
                return
            self.refused[uid] = tries + 1
            await self._keep([], self._saved)  # counted first: asking may break the connection
            mails = await self._look([uid])
            fetched = await self._fetch_some(mails)
            if fetched or not await self._connection.has(uid):
                del self.refused[uid]
                await self._keep(fetched, self._saved)


def _portions(mails: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    portion: list[Waiting] = []
    size = 0
    for mail in mails:
        if portion and size + mail.size > PORTION_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(mail)
        size += mail.size
    if portion:
        yield portion


def _batches(uids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), most):
        yield uids[start : start + most]
