"""The mail room's shelves: mailboxes in memory, read over real IMAP by the demo and the tests."""

import asyncio
from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import compare_digest
from typing import Any, Self
from uuid import uuid4

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.config import BackendCapability
from pymap.flags import FlagOp
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Seen
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from bridges.mail.servers import ImapServer

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Shelved:
    """A mail in a mailbox."""

    uid: int
    seen: bool
    raw: bytes
    arrived: datetime


class _Config(Config):
    push = True

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=self.push, object_id=True, multi_append=True)

    @property
    def greeting(self) -> bytes:
        return b"The mail room is open"  # pymap's own asks the DNS for this machine's name


class _Shelf(MailboxData):
    """A mailbox that tells whoever begins to wait what came just before, as servers do."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        behind = selected.mod_sequence is not None and selected.mod_sequence < self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if behind else wait_on)


class _Shelves(MailboxSet):
    """One person's mailboxes."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Shelf(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        self._set[name] = shelf = _Shelf(self._content_cache, self._thread_cache)
        return shelf.mailbox_id


class _Cleartext(Cleartext):
    """Passwords as they are, which never leave this machine's memory; å in them too."""

    def verify(self, secret: str, hash: str) -> bool:  # noqa: A002  its name there
        return compare_digest(secret.encode(), hash.encode())


class MailroomImap:
    """An IMAP server on this machine; `async with MailroomImap() as room`."""

    def __init__(self, port: int = 0, *, push: bool = True) -> None:
        """`port`: 0 takes a free one, told by `.port`. `push`: False is a server without IDLE."""
        self.port = port
        arguments = Namespace(passlib_cfg=None, proxy_protocol=None)
        self._config = _Config(
            arguments,
            demo_data=False,
            demo_user="",
            demo_password="",
            host=HOST,
            port=port,
            tls_enabled=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            hash_context=_Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),  # nothing to compute: no threads
        )
        self._config.push = push
        self._login = Login(self._config)
        self._desk = IMAPServer(self._login, self._config)
        self._visits: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open, or open again: the mailboxes are as they were."""
        self._server = await asyncio.start_server(self._receive, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close, and send everybody away; the mailboxes stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.send_away()

    async def send_away(self) -> None:
        """End every connection, with a BYE."""
        visits = set(self._visits)
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None  # noqa: S101  asyncio runs this as a task
        self._visits.add(visit)
        try:
            await self._desk(reader, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))
        except ConnectionError:
            pass
        finally:
            self._visits.discard(visit)

    def add(self, user: str, password: str = "demo", *, validity: int | None = None) -> ImapServer:  # noqa: S107  a mailbox on this machine alone
        """A new mailbox with its INBOX. Returns what is needed to log in.

        `validity`: its UIDVALIDITY, for one that is filled anew with the same mails at the same numbers.
        """
        self._login.users_dict[user] = UserMetadata(self._config, user, password=password)
        shelves = _Shelves()
        if validity is not None:
            shelves._inbox._uid_validity = validity  # noqa: SLF001  pymap makes one up
        self._config.set_cache[user] = (shelves, FilterSet())
        return ImapServer(host=HOST, port=self.port, tls=False, user=user, password=password)

    async def add_folder(self, user: str, name: str) -> None:
        """A further mailbox of this user."""
        await self._shelves(user).add_mailbox(name)

    async def deliver(
        self, user: str, raw: bytes, arrived: datetime | None = None, folder: str = "INBOX", *, uid: int | None = None
    ) -> int:
        """Put a mail on the shelf, as it is; whoever waits in IDLE is told. Returns its UID.

        `uid`: the one it shall have, larger than any there.
        """
        shelf = await self._shelves(user).get_mailbox(folder)
        if uid is not None:
            shelf._max_uid = uid - 1  # noqa: SLF001  pymap only counts
        mail = await shelf.append(AppendMessage(raw, arrived or datetime.now(UTC), frozenset[Flag]()), recent=True)
        return mail.uid

    async def mark_seen(self, user: str, uid: int) -> None:
        """Mark a mail read, as its reader's program does. Raises KeyError when there is none."""
        shelf: MailboxData = await self._shelves(user).get_mailbox("INBOX")
        await shelf.update(uid, shelf._messages[uid], frozenset({Seen}), FlagOp.ADD)  # noqa: SLF001

    async def mails(self, user: str, folder: str = "INBOX") -> list[Shelved]:
        """What is on the shelf, oldest first."""
        shelf: MailboxData = await self._shelves(user).get_mailbox(folder)
        return [
            Shelved(mail.uid, Seen in mail.permanent_flags, bytes(content._raw), mail.internal_date)  # noqa: SLF001  pymap has no way out
            async for mail in shelf.messages()
            if (content := mail._content) is not None  # noqa: SLF001
        ]

    async def renumber(self, user: str) -> None:
        """Give the mailbox another UIDVALIDITY, as a server does that has lost its index."""
        shelf = await self._shelves(user).get_mailbox("INBOX")
        shelf._uid_validity += 1  # noqa: SLF001
        await self.send_away()

    def _shelves(self, user: str) -> MailboxSet:
        return self._config.set_cache[user][0]
