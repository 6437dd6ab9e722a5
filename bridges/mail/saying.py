"""What a notice is made of: what it is about, and what it says in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bridges.texts import Texts
from storage.words import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One notice in one language."""

    subject: str
    text: tuple[str, ...]  # paragraphs of plain text
    undo: bool = False  # with the button and the address that take an item back
    digest: bool = False  # with the button that asks for the digest alone
    link: tuple[str, str] | None = None  # a button: words, URL
    choices: tuple[str, ...] | None = None  # days to choose from: a button each, and an address for another


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a notice is about."""

    params: Mapping[str, Any]  # Content.data
    kind: Kind | None = None  # of the item it is about
    network: str
    address: str  # the list's
    timezone: str
    today: date

    def text(self, name: str) -> str:
        """A word or a title; "" when it was not given."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        """A count; 0 when it was not given."""
        return int(self.params.get(name) or 0)

    def sub(self, tag: str) -> str:
        """A subaddress of the list."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{tag}@{domain}"

    def title(self, t: Texts) -> str:
        """What the mail was called."""
        return self.text("title").strip() or t.t("(no subject)")

    def moment(self, name: str, t: Texts) -> str:
        """Such as "kl. 09.12", with the day when it was another; "" when it was not given."""
        if not (value := self.text(name)):
            return ""
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(self.timezone))
        clock = t.clock(local.time())
        return clock if local.date() == self.today else f"{t.day(local.date(), self.today)} {clock}"
