"""One connection to the mailbox: every call has an end, and every way the connection can die is noticed and named."""

import asyncio
import ssl
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Self, TypeVar

import aioimaplib

from bridges.mail import imap_lines
from bridges.mail.imap_lines import Fetched, Waiting, clean, quoted, uid_set
from bridges.mail.imap_protocol import LOST, Client, Protocol, reason
from bridges.mail.servers import ImapServer

T = TypeVar("T")

#: Seconds that the server may be silent while we wait for an answer.
PATIENCE = 30.0
#: The slowest road on which a large mail still arrives, in bytes a second.
SLOWEST = 20_000
#: Seconds after which IDLE is begun anew. RFC 2177 §3 allows 29 minutes; many a firewall forgets us after ten.
IDLE_SECONDS = 540.0
#: Seconds for a polite good-bye.
FAREWELL = 1.0
#: UIDs in one FETCH: aioimaplib's parser recurses once a line, so a larger answer would overflow its stack.
FETCH_MOST = 100

#: Response codes of a refusal that passes by itself (RFC 5530 §3).
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")


class ImapTrouble(Exception):
    """The mailbox cannot be read now. A new connection may succeed."""


class ConnectionLost(ImapTrouble):
    """The connection died, or the server stopped answering."""


class LoginRefused(ImapTrouble):
    """The server does not accept the user name and password (or token). Trying often may lock the account."""


class MailboxMissing(ImapTrouble):
    """The server does not open the mailbox."""


class CommandRefused(ImapTrouble):
    """The server answered NO or BAD; the connection lives on."""


class Connection:
    """A connection that is logged in: `async with Connection(server) as connection`.

    Every method raises a kind of ImapTrouble when it cannot do what it says. After ConnectionLost only closing is left.
    """

    def __init__(self, server: ImapServer, patience: float = PATIENCE) -> None:
        self._server = server
        self._patience = patience
        self._client: Client
        self._protocol: Protocol
        self._can_idle = False
        self._given_up: set[asyncio.Future[Any]] = set()

    async def __aenter__(self) -> Self:
        server = self._server
        try:
            context = await asyncio.to_thread(_tls, server) if server.tls else None
        except OSError as error:
            raise ImapTrouble(f"{server.ca_file} cannot be used: {reason(error)}") from error
        # Made here and not in __init__, because it begins to connect at once.
        self._client = Client(server.host, server.port, timeout=self._patience, ssl_context=context)
        self._protocol = self._client.protocol
        try:
            await self._connect()
            await self._login()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # -- coming and going ----------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        where = f"{self._server.host}:{self._server.port}"
        try:
            await self._until_lost(self._client.wait_hello_from_server(), self._patience)
        except TimeoutError:
            raise self._silent(f"{where} does not answer") from None
        except ssl.SSLError as error:
            raise ConnectionLost(f"{where} cannot be trusted: {reason(error)}") from error
        except OSError as error:
            raise ConnectionLost(f"{where} cannot be reached: {reason(error)}") from error

    async def _login(self) -> None:
        server, protocol = self._server, self._protocol
        if protocol.state == "NONAUTH":  # not PREAUTH
            if server.token is not None:
                log_in = protocol.xoauth2(server.user, await self._access_token())
            else:
                log_in = protocol.login(quoted(server.user), server.password)
            try:
                await self._ask("the log-in", log_in)
            except CommandRefused as error:
                if any(code in str(error).upper() for code in _PASSING):
                    raise
                raise LoginRefused(f"log-in refused: {error}") from error
            # Many servers can more after the log-in than before.
            await self._ask("CAPABILITY", protocol.capability())
        self._can_idle = "IDLE" in protocol.capabilities

    async def _access_token(self) -> str:
        assert self._server.token is not None  # noqa: S101  the caller has looked
        try:
            async with asyncio.timeout(self._patience):
                return await self._server.token()
        except Exception as error:
            raise ImapTrouble(f"no access token: {reason(error)}") from error

    async def close(self) -> None:
        """Say good-bye if the server still listens, and leave nothing behind."""
        client, protocol = self._client, self._protocol
        if protocol.has_pending_idle_command() and not protocol.lost.done():
            protocol.idle_done()
        listens = not protocol.lost.done() and not protocol.pending_async_commands
        if listens and protocol.state in ("NONAUTH", "AUTH", "SELECTED"):
            with suppress(TimeoutError, ImapTrouble, aioimaplib.AioImapException, OSError):
                await self._until_lost(protocol.logout(), FAREWELL)
        protocol.hang_up("closed")
        if protocol.transport is not None:
            protocol.transport.abort()
        # aioimaplib has no close that ends its tasks.
        leftovers = {client._client_task, *client.tasks, *protocol.tasks, *self._given_up}  # noqa: SLF001
        for task in leftovers:
            task.cancel()
        await asyncio.wait([asyncio.gather(*leftovers, return_exceptions=True)], timeout=FAREWELL)

    # -- asking --------------------------------------------------------------------------------------------------

    async def select(self, mailbox: str) -> tuple[int, int]:
        """Open a mailbox by its name as people write it. Returns its UIDVALIDITY and the UID of the next mail."""
        try:
            command = self._protocol.select(quoted(imap_lines.modified_utf7(mailbox)))
            answer = imap_lines.selected(await self._ask("SELECT", command))
        except CommandRefused as error:
            raise MailboxMissing(f"the mailbox {mailbox} cannot be opened: {error}") from error
        if answer.uidvalidity is None:
            # RFC 3501 §6.3.1: without it UIDs mean nothing tomorrow.
            raise MailboxMissing(f"the mailbox {mailbox} has no UIDVALIDITY")
        uidnext = answer.uidnext
        if uidnext is None:
            uidnext = max(await self._search("UID *"), default=0) + 1 if answer.exists else 1
        return answer.uidvalidity, uidnext

    async def uids(self, after: int, end: int | None = None, since: date | None = None) -> list[int]:
        """UIDs above `after` up to `end` (None: all there are), ascending."""
        criteria = f"UID {after + 1}:{end or '*'}" + (f" SINCE {imap_lines.day(since)}" if since else "")
        # n:* always holds the last mail, even when its UID is below n (RFC 3501 §6.4.8).
        return sorted(uid for uid in await self._search(criteria) if uid > after)

    async def unseen(self, after: int, until: int, since: date | None = None) -> list[int]:
        """UIDs above `after` up to `until` that are not marked read."""
        if until <= after:
            return []
        criteria = f"UID {after + 1}:{until} UNSEEN"
        return sorted(await self._search(criteria + (f" SINCE {imap_lines.day(since)}" if since else "")))

    async def has(self, uid: int) -> bool:
        """Whether the mailbox has this mail."""
        return uid in await self._search(f"UID {uid}")

    async def _search(self, criteria: str) -> list[int]:
        return imap_lines.numbers(await self._ask("SEARCH", self._protocol.search(criteria, charset=None, by_uid=True)))

    async def look(self, uids: Sequence[int]) -> list[Waiting]:
        """Size and arrival of up to FETCH_MOST mails, by UID; those that are gone are left out."""
        lines = await self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)", self._patience)
        wanted = set(uids)
        return sorted((m for m in imap_lines.waiting(lines) if m.uid in wanted), key=lambda mail: mail.uid)

    async def fetch(self, mails: Sequence[Waiting]) -> list[Fetched]:
        """Up to FETCH_MOST mails, by UID, without marking them; those that the server does not give are left out."""
        # aioimaplib ends the wait after `patience` of silence; this is the end for a server that drips.
        longest = self._patience + sum(mail.size for mail in mails) / SLOWEST
        found = imap_lines.fetched(await self._fetch([m.uid for m in mails], "(UID FLAGS BODY.PEEK[])", longest))
        wanted = {mail.uid for mail in mails}
        return sorted((mail for mail in found if mail.uid in wanted), key=lambda mail: mail.uid)

    async def _fetch(self, uids: Sequence[int], parts: str, longest: float) -> list[bytes]:
        if not uids:
            return []
        if len(uids) > FETCH_MOST:
            raise ValueError(f"{len(uids)} mails in one FETCH")
        command = self._protocol.fetch(uid_set(uids), parts, by_uid=True, timeout=self._patience)
        return await self._ask("FETCH", command, longest)

    async def mark_seen(self, uids: Sequence[int]) -> None:
        r"""Set \Seen; mails that are gone do not matter."""
        if uids:
            await self._ask("STORE", self._protocol.store(uid_set(uids), r"+FLAGS.SILENT (\Seen)", by_uid=True))

    async def poll(self) -> None:
        """Let the server say what is new."""
        await self._ask("NOOP", self._client.noop())

    # -- waiting -------------------------------------------------------------------------------------------------

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of mail by itself (IDLE); otherwise it is asked at intervals."""
        return self._can_idle

    @property
    def news(self) -> bool:
        """Whether the server has told of mail since `forget_news`, in IDLE or in passing."""
        return self._protocol.news.is_set()

    def forget_news(self) -> None:
        """To be called before looking, so that what comes while looking is news."""
        self._protocol.news.clear()

    async def wait(self, seconds: float) -> None:
        """Return when the server tells of mail, or after so many seconds: in IDLE (RFC 2177) where there is such."""
        protocol = self._protocol
        idling = asyncio.create_task(protocol.idle()) if self._can_idle else None
        try:
            if idling:
                await self._begin_idle(idling)
            with suppress(TimeoutError):
                await self._until_lost(protocol.news.wait(), min(seconds, IDLE_SECONDS))
            if idling and not idling.done():
                protocol.idle_done()
                try:
                    await self._until_lost(asyncio.shield(idling), self._patience)
                except TimeoutError:
                    raise self._silent("the server does not answer DONE") from None
        finally:
            if idling:
                idling.cancel()
                await asyncio.gather(idling, return_exceptions=True)
            while not protocol.idle_queue.empty():
                protocol.idle_queue.get_nowait()

    async def _begin_idle(self, idling: "asyncio.Task[Any]") -> None:
        accepted: asyncio.Task[Any] = asyncio.create_task(self._protocol.wait_for_idle_response())
        try:
            either = asyncio.wait({idling, accepted}, return_when=asyncio.FIRST_COMPLETED)
            await self._until_lost(either, self._patience)
        except TimeoutError:
            raise self._silent("the server does not answer IDLE") from None
        finally:
            accepted.cancel()
        if idling.done():
            # It promised IDLE and refuses it: from now on we look at intervals.
            self._can_idle = False

    def _silent(self, why: str) -> ConnectionLost:
        """Who does not answer a question does not answer a good-bye."""
        self._protocol.hang_up(why)
        return ConnectionLost(why)

    # -- never for ever ------------------------------------------------------------------------------------------

    async def _ask(self, what: str, answer: Coroutine[Any, Any, Any], longest: float | None = None) -> list[bytes]:
        """The lines of a command's answer; anything but OK is an exception."""
        try:
            response = await self._until_lost(answer, self._patience if longest is None else longest)
        except (TimeoutError, aioimaplib.CommandTimeout):
            raise self._silent(f"the server does not answer {what}") from None
        except (aioimaplib.AioImapException, OSError, AttributeError, LookupError, ValueError) as error:
            # The last three: aioimaplib's parser, when a server answers as it does not expect, or not at all.
            if self._protocol.lost.done():
                raise ConnectionLost(self._protocol.lost.result()) from None
            raise ConnectionLost(f"{what} failed: {reason(error)}") from error
        if response is None:  # CAPABILITY, which keeps its answer to itself
            return []
        if response.result == LOST:
            raise ConnectionLost(self._protocol.lost.result())
        if response.result != "OK":
            said = clean(response.lines[-1]) if response.lines else ""
            raise CommandRefused(f"{response.result} {said}".strip())
        return list(response.lines)

    async def _until_lost(self, work: Awaitable[T], longest: float) -> T:
        """The result, unless the connection is lost or the time is over first: aioimaplib tells nobody who waits
        that the connection is lost (its issue 110).
        """
        task = asyncio.ensure_future(work)
        try:
            either: set[asyncio.Future[Any]] = {task, self._protocol.lost}
            await asyncio.wait(either, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if self._protocol.lost.done():
                raise ConnectionLost(self._protocol.lost.result())
            raise TimeoutError
        finally:
            # Not waited for here: it may not end before the connection is given up.
            if not task.done():
                task.cancel()
                self._given_up.add(task)
                task.add_done_callback(self._given_up.discard)


def _tls(server: ImapServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(server.ca_file)  # besides the system's
    return context
