"""What every room of the program is handed: the settings, the ledger, the keys and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.planning import slack_to
from bot.settings import Settings
from bridges.health import Health
from bridges.mail.letter import ListHouse
from bridges.tokens import Tokens
from storage.database import Database
from storage.ids import Destination, ProcessId
from storage.words import Kind

if TYPE_CHECKING:  # a pure mailing list does without
    from bot.slack.workspace import Workspace

#: A command, which holds no leases.
NOBODY = ProcessId("")


@dataclass(frozen=True, slots=True)
class House:
    """Made once in `bot/app.py` (or by a command) and passed, never global."""

    settings: Settings
    database: Database
    tokens: Tokens
    now: Clock
    health: Health
    #: This process in the ledger; nobody for a command that holds no leases.
    me: ProcessId = NOBODY
    #: Wakes the relay: something new may be due. Polling is the net when nobody calls.
    poke_relay: Callable[[], None] = lambda: None
    #: Wakes the reading of the inbox.
    poke_inbox: Callable[[], None] = lambda: None
    #: The workspace, in a process that speaks with it.
    slack: "Workspace | None" = None

    @property
    def desk_channel(self) -> Destination | None:
        """Where editors decide in Slack; None when nowhere."""
        slack = self.settings.slack
        return slack_to(slack.channels.desk) if slack and slack.channels.desk else None

    @property
    def digest_channel(self) -> Destination | None:
        """Where the weekly digest stands in Slack; None when nowhere."""
        slack = self.settings.slack
        return slack_to(slack.channels.digest) if slack and slack.channels.digest else None

    def channel_of(self, kind: Kind) -> Destination | None:
        """Where items of this kind are shown in Slack; None when nowhere."""
        if self.settings.slack is None:
            return None
        channels = self.settings.slack.channels
        name = {
            Kind.INVITATION: channels.invitations,
            Kind.NEWSLETTER: channels.newsletters,
            Kind.TIP: channels.tips,
            Kind.QUESTION: channels.questions,
        }[kind]
        return slack_to(name) if name else None


def list_house(settings: Settings) -> ListHouse:
    """The list as its letters speak for it."""
    return ListHouse(
        name=settings.network.name,
        address=settings.list.address,
        public_url=settings.network.public_url,
        timezone=settings.network.timezone,
        attachment_mb=settings.limits.attachment_mb,
        verp=settings.smtp is None or settings.smtp.envelope == "verp",
    )
