"""Newsletters: how one is told from other mail, and what it tells of."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.reading.listings import listed, pages_in, pieces_of
from bot.reading.sections import BEGINS_WITH_DAY, Section, bare, is_label, sections
from bridges.mail.newsletters import BULK, bulk_signs, calls_itself_one
from bridges.mail.parse import Mail

_FIRST_LINES = 200  # characters that say what a letter is
#: Headlines within what is said of one thing: an invitation has its programme and its way there.
_PART_OF_ONE = re.compile(
    r"\W*(?:(?:dag|del|träff|pass|modul|tillfälle|omgång|block|session|day|part|module)\W*\d|program|anmäl|när\b|var\b|tid\b|plats|datum|praktisk|om \w|hitta|kontakt|medverk|talare"
    r"|föreläsare|målgrupp|kostnad|pris|frågor|vägbeskriv|information|för vem|innehåll|bakgrund|syfte|arrang|mer (?:info|om)|välkom(?:men|na)\W*$|varför|boende|mat\b\W*$|lunch\W*$|registration|agenda|speakers"
    r"|location|venue|about|questions|contact|when|where|who|why)",
    re.IGNORECASE,
)
_SAYS_WHEN = re.compile(rf"\W*(?:(?:när|datum|tid|dag|date|when)\W*:|{BEGINS_WITH_DAY.pattern})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a newsletter."""

    bulk: int  # points: headers of newsletter tools, "visa i webbläsaren", "avregistrera"
    subjects: int  # headlines that each have a link below them; counted only where something else speaks for one
    named: bool  # its subject calls it a newsletter
    dated: int = 0  # headlines that each have a day right below them

    @property
    def is_bulk(self) -> bool:
        """Whether it went to many; it may still be an invitation to one thing."""
        return self.bulk >= BULK

    @property
    def is_newsletter(self) -> bool:
        """Whether it is one beyond doubt: sent to many, or called so, and about several things."""
        if self.is_bulk:
            return self.named or self.subjects > 2 or self.dated > 1
        return (self.named and self.subjects > 1) or (self.bulk > 1 and self.subjects > 2)

    @property
    def tells_of_many(self) -> bool:
        """Whether it is a letter of many things, whatever its subject calls it."""
        return self.is_bulk and self.subjects > 2 and self.subjects + self.dated > 4


def newsletter_signs(mail: Mail, text: str, own_domains: Collection[str] = ()) -> Signs:
    """The signs in a mail whose words are `text`, neutral Markdown. `own_domains`: those of the network's clusters, whose
    newsletters are expected.
    """
    bulk = bulk_signs(mail)
    if bulk and mail.sender is not None and mail.sender.address.rpartition("@")[2].lower() in own_domains:
        bulk += 1
    named = calls_itself_one(mail.subject) or (bulk > 1 and calls_itself_one(text[:_FIRST_LINES]))
    told = [section for section in sections(text) if not _PART_OF_ONE.match(section.title)] if named or bulk > 1 else []
    return Signs(bulk, sum(map(_subjects_of, told)), named, sum(map(_is_dated, told)))


def _subjects_of(section: Section) -> int:
    """How many things a section tells of: one where it has a link, or as many as its calendar has days, or its list pages."""
    pieces = pieces_of(section.body)
    days = sum(bool(BEGINS_WITH_DAY.match(piece.text)) for piece in pieces)
    things = sum(bool(pages_in(thing.body)) for thing in listed(section, pieces) or ())
    return max(days if days > 2 else 0, things, int(bool(section.title and section.links)))


def _is_dated(section: Section) -> bool:
    first = section.body.lstrip().partition("\n")[0]
    return bool(section.title) and not is_label(section.title) and bool(_SAYS_WHEN.match(bare(first)))
