"""Everybody's mailbox: on the mail room's shelves, and as files in the data folder, so that a restart loses no mail."""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bridges.mail.servers import ImapServer
from bridges.standins.mailroom_imap import MailroomImap, Shelved

#: UIDVALIDITY of every mailbox: at a restart the same mails have the same numbers.
_VALIDITY = 1
_FILE = re.compile(r"(\d+)(\.seen)?\.eml")


class Mailboxes:
    """`await boxes.open(address)`, then `deliver` and `mails`."""

    def __init__(self, folder: Path, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        """`changed`: called when a mail came or was read."""
        self.room = MailroomImap()
        self._folder, self._now, self._changed = folder, now, changed
        self._boxes: set[str] = set()

    async def open(self, address: str) -> ImapServer:
        """A mailbox with what lay in it. Returns what is needed to log in."""
        server = self.room.add(address, validity=_VALIDITY)
        self._boxes.add(address)
        place = self._folder / address
        place.mkdir(parents=True, exist_ok=True)
        found = sorted((int(match[1]), path) for path in place.iterdir() if (match := _FILE.fullmatch(path.name)))
        for uid, path in found:
            arrived = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            await self.room.deliver(address, path.read_bytes(), arrived, uid=uid)
            if path.name.endswith(".seen.eml"):
                await self.room.mark_seen(address, uid)
        return server

    def box_of(self, address: str) -> str | None:
        """Whose mailbox an address is; a subaddress (`kluster+tips@…`) is its owner's. None = nobody's."""
        local, _, domain = address.lower().rpartition("@")
        box = f"{local.partition('+')[0]}@{domain}"
        return box if box in self._boxes else None

    async def deliver(self, address: str, raw: bytes) -> None:
        """Put a mail in, durably. Raises OSError when the folder takes no more."""
        arrived = self._now()
        place = self._folder / address
        draft = place / f"{os.urandom(8).hex()}.new"
        await asyncio.to_thread(_write, draft, raw, arrived)
        uid = await self.room.deliver(address, raw, arrived)
        draft.rename(place / f"{uid:06}.eml")
        self._changed()

    async def mails(self, address: str) -> Sequence[Shelved]:
        """What lies in a mailbox, oldest first."""
        return await self.room.mails(address)

    async def mail(self, address: str, uid: int) -> Shelved:
        """One mail. Raises KeyError when there is none by that number."""
        found = next((mail for mail in await self.mails(address) if mail.uid == uid), None)
        if found is None:
            raise KeyError(uid)
        return found

    async def mark_seen(self, address: str, uid: int) -> None:
        """Its reader has read it. Raises KeyError when there is none by that number."""
        if (await self.mail(address, uid)).seen:
            return
        await self.room.mark_seen(address, uid)
        place = self._folder / address
        (place / f"{uid:06}.eml").rename(place / f"{uid:06}.seen.eml")
        self._changed()


def _write(file: Path, raw: bytes, arrived: datetime) -> None:
    file.write_bytes(raw)
    os.utime(file, (arrived.timestamp(), arrived.timestamp()))
