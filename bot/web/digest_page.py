"""The digest as its page shows it: the editors' words, then section by section what stands in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.web.render import text_html
from bridges import digest_words
from bridges.digest_words import Part, RowWords
from bridges.edition import Edition
from bridges.texts import Texts
from storage.ids import ItemId

#: Where a page of an item is, for this reader; "" when there is none.
PageOf = Callable[[ItemId], str]


@dataclass(frozen=True, slots=True)
class PageRow:
    """An item, and where its reader gets to it."""

    words: RowWords
    href: str
    vote_href: str  # "" for one who cannot vote


@dataclass(frozen=True, slots=True)
class PageWeek:
    """The items under one week, or all of a section that needs no weeks."""

    week: str
    rows: Sequence[PageRow]


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section."""

    name: str
    heading: str
    weeks: Sequence[PageWeek]


@dataclass(frozen=True, slots=True)
class DigestPage:
    """All that the page of an edition shows."""

    heading: str
    lead: Markup
    sections: Sequence[PageSection]


def digest_page(edition: Edition, t: Texts, page_of: PageOf, vote_of: PageOf = lambda _: "") -> DigestPage:
    """The page. `page_of`: an item's own, with the reader's key on it; `vote_of`: where the reader votes for a tip."""

    def weeks(part: Part) -> Iterator[PageWeek]:
        for week, rows in part.weeks():
            yield PageWeek(week, [row(words) for words in rows])

    def row(words: RowWords) -> PageRow:
        return PageRow(words, page_of(words.item_id), vote_of(words.item_id) if words.votes else "")

    return DigestPage(
        heading=digest_words.heading(edition, t),
        lead=text_html(edition.lead.strip()),
        sections=[PageSection(p.section.value, p.heading, list(weeks(p))) for p in digest_words.parts(edition, t)],
    )
