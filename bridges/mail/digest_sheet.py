"""The digest as a letter: what stands in it, and how many rows of each section fit what mail programs show whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from bridges import digest_words
from bridges.digest_words import Part, RowWords
from bridges.edition import Edition
from bridges.mail.copies import Slot, text_part
from bridges.mail.frames import html_piece, html_template
from bridges.mail.headers import one_line
from bridges.mail.letter import ListHouse
from bridges.mail.sheet import Line, Link
from bridges.markdown import to_html
from bridges.texts import Texts

#: Bytes of the HTML as it goes out, encoded: Gmail cuts what is longer than about 102,000, its styles included.
MOST_HTML = 80_000
#: Of these, the editors' own words.
_MOST_LEAD = 16_000
_LONGEST_SPOKEN = 60  # characters of a title that a screen reader reads again with each link


@dataclass(frozen=True, slots=True)
class DigestRow:
    """An item with its links."""

    words: RowWords
    whole: Link  # its page; in HTML the title leads there
    links: tuple[Link, ...]  # sign up, the tip's page, vote


@dataclass(frozen=True, slots=True)
class DigestPart:
    """A section with its rows, as many as have room."""

    heading: str
    rows: tuple[DigestRow, ...]
    more: str = ""  # "och 37 till på webben"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSheet:
    """The digest from its first line to its last."""

    lang: str
    subject: str
    preview: str
    network: str
    heading: str
    lead: str  # neutral Markdown
    web: Link  # all of it, on the web
    parts: tuple[DigestPart, ...]
    foot: tuple[Line, ...]
    ways: tuple[Link, ...]


def digest_sheet(edition: Edition, house: ListHouse, t: Texts) -> DigestSheet:
    """The digest with as many rows as fit the letter, each section its share."""
    web = house.page(f"d/{edition.week}?k={Slot.DIGEST.mark}")
    bare = DigestSheet(
        lang=t.lang,
        subject=digest_words.subject(edition, t),
        preview=digest_words.preview(edition, t),
        network=house.name,
        heading=digest_words.heading(edition, t),
        lead=digest_words.lead(edition, lambda words: _encoded(to_html(words)) <= _MOST_LEAD),
        web=Link(t.t("Read on the web"), web),
        parts=(),
        foot=(Line(_why(house, t)),),
        ways=(
            Link(t.t("Read on the web"), web),
            Link(t.t("Change how you get it, or leave"), house.page(f"unsubscribe/{Slot.LEAVE.mark}")),
        ),
    )
    return _fitted(bare, digest_words.parts(edition, t), house, t)


def digest_html(sheet: DigestSheet) -> str:
    """The digest as HTML of one column, with tables for its layout only and its looks on each element."""
    rows = [Markup("").join(_rows_html(part.rows, sheet.lang)) for part in sheet.parts]
    lead = Markup(to_html(sheet.lead))  # noqa: S704  to_html escapes
    return html_template("digest.mjml").render(sheet=sheet, lead=lead, rows=rows)


# -- what has room ----------------------------------------------------------------------------------------------------


def _fitted(bare: DigestSheet, parts: Sequence[Part], house: ListHouse, t: Texts) -> DigestSheet:
    """The sheet with the rows that have room. What a row takes is known beforehand but for the soft line breaks of
    the encoding, so a sheet that came out too long is made again with that much less room.
    """
    rows = [[_row(words, house, t) for words in part.rows] for part in parts]
    costs = [[_encoded(html) for html in _rows_html(of_part, bare.lang)] for of_part in rows]
    # As if nothing had room, so that the words for what is left out are counted.
    room = MOST_HTML - _size(_filled(bare, parts, rows, [0] * len(parts), t))
    while True:
        sheet = _filled(bare, parts, rows, digest_words.shares(costs, room), t)
        over = _size(sheet) - MOST_HTML
        if over <= 0 or not any(part.rows for part in sheet.parts):
            return sheet
        room -= over


def _filled(
    bare: DigestSheet, parts: Sequence[Part], rows: Sequence[Sequence[DigestRow]], shown: Sequence[int], t: Texts
) -> DigestSheet:
    filled = (
        DigestPart(
            part.heading,
            tuple(of_part[:number]),
            digest_words.more_on_the_web(len(of_part) - number, t) if number < len(of_part) else "",
        )
        for part, of_part, number in zip(parts, rows, shown, strict=True)
    )
    return replace(bare, parts=tuple(filled))


def _size(sheet: DigestSheet) -> int:
    return _encoded(digest_html(sheet))


def _encoded(html: str) -> int:
    """Bytes that it takes in the letter. The marks of its gaps are longer than what fills them."""
    return len(text_part("html", html))


# -- rows -------------------------------------------------------------------------------------------------------------


def _row(words: RowWords, house: ListHouse, t: Texts) -> DigestRow:
    links = []
    if words.sign_up:
        links.append(Link(t.t("Sign up"), words.sign_up))
    if words.link:
        links.append(Link(t.t("Read on {site}", site=words.host), words.link))
    if words.votes:
        links.append(Link(t.t("Vote"), house.page(f"vote/{words.item_id}/{Slot.VOTE.mark}")))
    return DigestRow(words, Link(t.t("Read all"), house.page(f"i/{words.item_id}?k={Slot.DIGEST.mark}")), tuple(links))


def _rows_html(rows: Sequence[DigestRow], lang: str) -> Iterator[Markup]:
    """Each row, the first of a week with the week above it."""
    above = ""
    for row in rows:
        words = row.words
        week, above = words.week if words.week != above else "", words.week
        html = html_piece("digest_row.html").render(
            row=row,
            words=words,
            week=week,
            level="h4" if words.week else "h3",
            spoken=one_line(words.title, _LONGEST_SPOKEN),
            lang=lang,
        )
        yield Markup(html)  # noqa: S704  made of a template that escapes


def _why(house: ListHouse, t: Texts) -> str:
    return t.t(
        "You get this because you are a member of {network}. Each title leads to the whole text.", network=house.name
    )
