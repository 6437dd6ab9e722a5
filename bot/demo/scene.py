"""What is on stage, and what can be done there: the people, their Slack and their mail, the clock, and Brygga."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.app import Running
from bot.demo import looking
from bot.demo.cast import Character, Play
from bot.demo.changes import Changes
from bot.demo.clock import DemoClock, moment_of, moments_between
from bot.demo.mailboxes import Mailboxes
from bot.demo.pen import FileIn, hand_in, written
from bot.demo.settings import ADDRESS, CHANNELS, HOST
from bot.house import House
from bot.jobs import timetable
from bot.settings import Settings
from bridges.standins.mailroom_smtp import MailroomSmtp
from bridges.standins.workspace import Workspace
from bridges.standins.workspace.people import Person
from storage.database import Database

log = structlog.get_logger()

#: Seconds between looks whether something is still on its way.
_LOOK_SECONDS = 0.05
#: Seconds that a jump waits for what is on its way, so that it arrives at the time it was sent, not after the jump.
_SETTLE_SECONDS = 3.0


class NotQuiet(Exception):
    """Something is on its way and does not arrive."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """Everything of one demo."""

    play: Play
    folder: Path
    clock: DemoClock
    workspace: Workspace
    boxes: Mailboxes
    door: MailroomSmtp
    database: Database
    settings: Settings
    running: Running
    changes: Changes
    port: int  # of the demo's own page
    seeding: bool = False
    _jumping: asyncio.Lock = field(default_factory=asyncio.Lock)

    # -- who and where -------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The list's."""
        return ADDRESS

    @property
    def zone(self) -> ZoneInfo:
        """Where its people live."""
        return ZoneInfo(self.settings.network.timezone)

    @property
    def page(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self.port}/"

    @property
    def house(self) -> House:
        """Brygga. Raises LookupError while it starts."""
        if self.running.house is None:
            raise LookupError("Brygga is still starting")
        return self.running.house

    def person(self, key: str) -> Character:
        """Somebody of the cast. Raises LookupError."""
        found = next((person for person in self.play.cast if person.key == key), None)
        if found is None:
            raise LookupError(f"nobody is called {key!r}")
        return found

    def slack_person(self, key: str) -> Person:
        """The same at their screen. Raises LookupError when they are not in Slack."""
        user = self.person(key).slack_user
        if not user:
            raise LookupError(f"{key} is not in Slack")
        return self.workspace.person(user)

    def channel(self, use: str) -> str:
        """The id of a channel, by what the settings call it: "tips". Raises LookupError."""
        return CHANNELS[use][0]

    # -- mail ----------------------------------------------------------------------------------------------------------

    async def mail(
        self,
        key: str,
        to: str,
        subject: str,
        text: str,
        html: str | None = None,
        files: Sequence[FileIn] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a mail as this person's program does. Raises NotTaken with what the mail room answered."""
        author = self.person(key)
        if not author.email:
            raise LookupError(f"{key} has no mail")
        mail = written(author, to, subject, text, html, files, headers, date=self.clock())
        await self.send(mail, author)

    async def send(self, mail: EmailMessage, author: Character) -> None:
        """Hand in a mail that is written. Raises NotTaken."""
        await hand_in(mail, author.email, HOST, self.door.port)

    async def letters(self, key: str) -> list[EmailMessage]:
        """What lies in a person's mailbox, oldest first."""
        mails = await self.boxes.mails(self.person(key).email)
        return [BytesParser(EmailMessage, policy=default).parsebytes(mail.raw) for mail in mails]

    # -- time ----------------------------------------------------------------------------------------------------------

    async def jump(self, to: str) -> None:
        """Go forward: "monday", "friday", "day" or "hour". What becomes due on the way is done on the way."""
        house = self.house
        async with self._jumping:
            await self._settle()
            now = self.clock()
            for moment in moments_between(now, moment_of(to, now, self.zone), self.zone):
                self.clock.go_to(max(moment, self.clock()))
                await do_what_is_due(house)
                await self._settle()
            self.changes()

    async def _settle(self) -> None:
        with suppress(NotQuiet):  # one letter that cannot be delivered does not stop the clock
            await self.quiet(_SETTLE_SECONDS)

    async def quiet(self, seconds: float = 60.0) -> None:
        """Wait until nothing is on its way: all that was sent is read, and all that is due is out. Raises NotQuiet."""
        deadline = time.monotonic() + seconds
        looks = 0
        while looks < 2:  # what one part has just let go of, the next has not taken up yet
            looks = 0 if await self._busy() else looks + 1
            if time.monotonic() > deadline:
                raise NotQuiet(f"not quiet within {seconds:.0f} s")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _busy(self) -> bool:
        if self.workspace.undelivered:
            return True
        arrived = await self.boxes.mails(self.address)
        if arrived and await looking.last_uid(self.database) < arrived[-1].uid:
            return True
        return await looking.something_due(self.database, self.clock())


async def do_what_is_due(house: House) -> None:
    """Let every job of the timetable look at the clock; one that fails does not keep the others from it."""
    for job in timetable(house):
        try:
            await job.run()
        except Exception:
            log.exception("job.failed", job=job.name)
    house.poke_relay()
