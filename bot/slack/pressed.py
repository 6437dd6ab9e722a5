"""A press of a button, with all that is needed to carry it out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.house import House
from bot.publishing import Outcome
from bot.slack.acts import Done, whisper
from bot.slack.asked import Press
from bot.slack.people import Visitor
from bridges.texts import Texts
from storage.models import Inbound, Item
from storage.words import InboxState, ItemStatus


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press with all that is needed to carry it out."""

    session: AsyncSession
    house: House
    press: Press
    who: Visitor
    row: Inbound
    now: datetime

    @property
    def t(self) -> Texts:
        """In the language of the one who pressed."""
        return Texts(self.who.author.language)

    def answer(self, outcome: str, sentence: str) -> Done:
        """Done, and said to the one who pressed."""
        say = whisper(self.house, self.press.channel, self.press.user, sentence) if self.press.channel else None
        return Done(Outcome(InboxState.DONE, self.press.action, outcome), say)

    async def item(self) -> Item | None:
        """The item that the button is about, unless it has been taken back."""
        number = number_of(self.press.value)
        item = await self.session.get(Item, number) if number else None
        return item if item is not None and item.status is ItemStatus.PUBLISHED else None


def number_of(value: str) -> int:
    """The id that a button carries; 0 for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0
