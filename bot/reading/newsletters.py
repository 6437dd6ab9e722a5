"""Newsletters: how one is told from other mail, and what it tells of."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.reading.sections import BEGINS_WITH_DAY, Section, sections
from bridges.mail.newsletters import BULK, bulk_signs, calls_itself_one
from bridges.mail.parse import Mail

_FIRST_LINES = 200  # characters that say what a letter is


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a newsletter."""

    bulk: int  # points: headers of newsletter tools, "visa i webbläsaren", "avregistrera"
    subjects: int  # headlines that each have a link below them; counted only where something else speaks for one
    named: bool  # its subject calls it a newsletter

    @property
    def is_bulk(self) -> bool:
        """Whether it went to many; it may still be an invitation to one thing."""
        return self.bulk >= BULK

    @property
    def is_newsletter(self) -> bool:
        """Whether it is one beyond doubt: sent to many, or called so, and about several things."""
        if self.is_bulk:
            return self.named or self.subjects > 2
        return (self.named and self.subjects > 1) or (self.bulk > 1 and self.subjects > 2)


def newsletter_signs(mail: Mail, text: str, own_domains: Collection[str] = ()) -> Signs:
    """The signs in a mail whose words are `text`, neutral Markdown. `own_domains`: those of the network's clusters, whose
    newsletters are expected.
    """
    bulk = bulk_signs(mail)
    if bulk and mail.sender is not None and mail.sender.address.rpartition("@")[2].lower() in own_domains:
        bulk += 1
    named = calls_itself_one(mail.subject) or (bulk > 1 and calls_itself_one(text[:_FIRST_LINES]))
    subjects = sum(_subjects_of(section) for section in sections(text)) if named or bulk > 1 else 0
    return Signs(bulk, subjects, named)


def _subjects_of(section: Section) -> int:
    """How many things a section tells of: one where it has a link, or as many as its calendar has days."""
    days = sum(bool(BEGINS_WITH_DAY.match(line)) for line in section.body.split("\n"))
    return max(days if days > 2 else 0, int(bool(section.title and section.links)))
