"""The words of the weekly digest wherever it is drawn: its subject, its headings, and what each of its rows says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, groupby
from urllib.parse import urlsplit

from bridges.edition import Edition, EditionRow
from bridges.mail.headers import one_line
from bridges.occasions import (
    LastDay,
    flag,
    how_it_fares,
    is_past,
    is_web,
    kicker,
    kind_word,
    last_day,
    says_itself,
    sign_up_url,
    when_and_where,
    where,
)
from bridges.slack.words.shortening import shortened
from bridges.texts import Texts
from storage.ids import ItemId
from storage.words import Intent, Kind, Precision, Section

#: Characters of a title, of the beginning of a text, and of the other lines; the item's page says all of it.
_TITLE, _BEGINNING, _LINE, _CLUSTER = 160, 180, 200, 80
#: Characters of a link that a row may carry; a longer one is on the item's page.
_LINK = 400
#: Characters of the editors' own words that are tried, until they have room.
_LEAD = (2_000, 1_000, 500, 200)
#: What a section is of: there the kind need not be said.
_KINDS = {Section.HORIZON: Kind.TIP, Section.NEWSLETTERS: Kind.NEWSLETTER, Section.QUESTIONS: Kind.QUESTION}
#: Titles that are told before the digest is opened, and characters of each.
_PREVIEWED, _PREVIEW = 3, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """One item in words: each of bounded length, on one line, unescaped; "" where there is nothing to say."""

    item_id: ItemId
    language: str  # of title and beginning
    week: str  # in *Later* the week that it stands under: "v. 50"
    kicker: str  # what the section leaves unsaid: kind and cluster
    flag: str  # before anything else: "Inställt"
    off: bool  # it will not take place
    title: str
    when: str  # when · where
    deadline: str
    near: bool  # the last day presses
    beginning: str
    counts: str  # how it fares: "12 kommer från 5 kluster · 3 svar i tråden"
    sign_up: str  # where one signs up: a page, or a "mailto:"
    link: str  # the page that a tip is about
    host: str  # that this page is on: "jordbruksverket.se"
    votes: bool  # one can vote for it


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its rows."""

    section: Section
    heading: str
    rows: Sequence[RowWords]
    left_out: int = 0  # rows that found no room after these

    def first(self, shown: int) -> "Part":
        """The same with its first rows alone."""
        return replace(self, rows=self.rows[:shown], left_out=self.left_out + len(self.rows[shown:]))

    def weeks(self) -> Iterator[tuple[str, list[RowWords]]]:
        """Its rows under the weeks that they stand in; under "" where they need none."""
        for week, rows in groupby(self.rows, key=lambda row: row.week):
            yield week, list(rows)


# -- an edition -------------------------------------------------------------------------------------------------------


def heading(edition: Edition, t: Texts) -> str:
    """Such as "Veckobrev v. 48"."""
    return t.t("Weekly digest, {week}", week=t.week(_monday(edition)))


def subject(edition: Edition, t: Texts) -> str:
    """What it is, and how much of what: "Veckobrev v. 48: 6 träffar, 4 tips"."""
    counts = ", ".join(_counted(edition, t))
    return f"{heading(edition, t)}: {counts}" if counts else heading(edition, t)


def preview(edition: Edition, t: Texts) -> str:
    """The first titles, for whoever has not opened it yet."""
    titles = (one_line(row.title, _PREVIEW) or t.t("(no subject)") for row in edition.rows[:_PREVIEWED])
    return " · ".join(titles)


def parts(edition: Edition, t: Texts) -> list[Part]:
    """All that stands in it, section by section."""
    headings = section_headings(t)
    return [
        Part(section, headings[section], [row_words(row, edition.day, t) for row in rows])
        for section, rows in edition.sections()
    ]


def section_headings(t: Texts) -> dict[Section, str]:
    """What stands above each section."""
    return {
        Section.DEADLINES: t.t("Answer soonest"),
        Section.THIS_WEEK: t.t("This week"),
        Section.LATER: t.t("Later on"),
        Section.CHANGED: t.t("Changed and cancelled"),
        Section.HORIZON: t.t("The world around us"),
        Section.NEWSLETTERS: t.t("Newsletters"),
        Section.QUESTIONS: t.t("Questions to the network"),
        Section.RECORDINGS: t.t("To watch afterwards"),
    }


def more_on_the_web(left_out: int, t: Texts) -> str:
    """Such as "och 37 till på webben"."""
    return t.plural("and {n} more on the web", "and {n} more on the web", left_out)


def lead(edition: Edition, fits: Callable[[str], bool]) -> str:
    """The editors' own words, neutral Markdown: as much of their beginning as fits."""
    words = edition.lead.strip()
    for characters in _LEAD:
        words, _ = shortened(words, characters)  # of what is left: to read it all anew takes long
        if fits(words):
            return words
    return ""


def shares(costs: Sequence[Sequence[int]], room: int) -> list[int]:
    """How many of each section's rows find room, when each row costs so much.

    The sections take turns, the most urgent first, one row at a time: so all of them show as much as the longest ones,
    until they end. Where a row has no room, its section ends.
    """
    taken = [0] * len(costs)
    going = list(range(len(costs)))
    for turn in count():
        going = [number for number in going if turn < len(costs[number])]
        if not going:
            return taken
        for number in list(going):
            if costs[number][turn] <= room:
                room -= costs[number][turn]
                taken[number] += 1
            else:
                going.remove(number)
    return taken


def _monday(edition: Edition) -> date:
    return date.fromisocalendar(int(edition.week.partition("-W")[0]), edition.number, 1)


def _counted(edition: Edition, t: Texts) -> Iterator[str]:
    """What there is of each kind. What is cancelled or was recorded is no meeting to come to."""
    rows = {row.item_id: row for row in edition.rows}.values()
    coming = sum(row.kind is Kind.INVITATION and not _is_off(row) and not _is_recording(row) for row in rows)
    if coming:
        yield t.plural("{n} event", "{n} events", coming)
    if tips := sum(row.kind is Kind.TIP for row in rows):
        yield t.plural("{n} tip", "{n} tips", tips)
    if newsletters := sum(row.kind is Kind.NEWSLETTER for row in rows):
        yield t.plural("{n} newsletter", "{n} newsletters", newsletters)
    if questions := sum(row.kind is Kind.QUESTION for row in rows):
        yield t.plural("{n} question", "{n} questions", questions)


# -- a row ------------------------------------------------------------------------------------------------------------


def row_words(row: EditionRow, day: date, t: Texts) -> RowWords:
    """What the digest of that day says of an item."""
    event = row.event
    last = last_day(event, day, t, signing_up=row.kind is Kind.INVITATION) if event else LastDay()
    closed = _is_off(row) or _is_recording(row) or last.passed or (event is not None and is_past(event, day))
    sign_up = sign_up_url(event) if event and not closed else ""
    link = row.link if is_web(row.link) and len(row.link) <= _LINK else ""
    first = "" if row.section is Section.RECORDINGS else flag(row.intent, event, t)
    return RowWords(
        item_id=row.item_id,
        language=row.language,
        week=t.week(event.first_day, day) if event and row.section is Section.LATER else "",
        kicker=_kicker(row, t),
        flag="" if says_itself(row.title, first) else first,
        off=_is_off(row),
        title=one_line(row.title, _TITLE) or t.t("(no subject)"),
        when=one_line(_when(row, day, t), _LINE),
        deadline=last.words,
        near=last.near,
        beginning=_beginning(row.beginning),
        counts=how_it_fares(t, coming=row.coming, clusters=row.coming_clusters, answers=row.comments, votes=row.votes),
        sign_up=sign_up if len(sign_up) <= _LINK else "",
        link=link,
        host=_host(link),
        votes=row.kind is Kind.TIP,
    )


def _when(row: EditionRow, day: date, t: Texts) -> str:
    """When and where; where alone below the week that is all we know."""
    if row.event is None:
        return ""
    if row.section is Section.LATER and row.event.precision is Precision.WEEK:
        return where(row.event, t)
    return when_and_where(row.event, day, t)


def _kicker(row: EditionRow, t: Texts) -> str:
    cluster = one_line(row.cluster, _CLUSTER)
    expected = _KINDS.get(row.section, Kind.INVITATION)
    return cluster if row.kind is expected else kicker(kind_word(row.kind, t), cluster)


def _is_off(row: EditionRow) -> bool:
    return row.intent is Intent.CANCELLATION or (row.event is not None and row.event.off)


def _is_recording(row: EditionRow) -> bool:
    return row.section is Section.RECORDINGS or row.intent is Intent.RECORDING


def _beginning(text: str) -> str:
    """Two lines of it, to a whole word."""
    words = one_line(text, len(text) + 1)
    if len(words) <= _BEGINNING:
        return words
    return (words[:_BEGINNING].rpartition(" ")[0] or words[: _BEGINNING - 1]).rstrip(" ,.;:–-…") + "…"


def _host(url: str) -> str:
    """The site that a link leads to, as people call it."""
    try:
        return one_line((urlsplit(url).hostname or "").removeprefix("www."), 60)
    except ValueError:
        return ""
