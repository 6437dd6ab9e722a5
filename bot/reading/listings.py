"""What a section lists: each bullet, line or paragraph with a page of its own, called by its link, its bold words or its first line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading.links import is_front, is_profile
from bot.reading.sections import ACTION, LINK, Section, bare, is_label, target
from bridges.clicks import is_click
from bridges.runs import GONE
from bridges.urls import canonical, is_page

_LONGEST_TITLE = 160
#: Headlines over lists of things to read, that tell nothing of any of them.
_LISTS = re.compile(
    r"\W*(?:(?:vi|månadens|veckans|julens|höstens|vårens|sommarens|vinterns|några|fler|korta|våra|aktuella|öppna|andra|mer|more|this month's)\s+)*"
    r"(?:\w*tips(?:ar(?: om)?|hörnan?|en)?(?: från \w+)?|\w*läslist[ae]n?|(?:läs|sev)\w*värt?d?|värt att (?:läsa|veta|se|höra|lyssna på|notera)"
    r"|att (?:läsa|lyssna på|söka|göra)|läs (?:också|även|vidare)|läsning|lästa?|(?:\w+\s)?i korthet"
    r"|(?:kort|korta?) (?:nytt|nyheter|notiser|om)|kortnytt|korta nyheter|\w*notis(?:er)?|nytt (?:och|&) nyttigt|smått (?:och|&) gott"
    r"|bra att veta|(?:utlysning(?:ar|arna)?|stöd|bidrag|medel|calls)(?: (?:och|&|att) (?:utlysningar|stöd|bidrag|finansiering|söka))*"
    r"|länkar|länksamling|nyheter|nytt|aktuellt|(?:från |i )?omvärlden|omvärlds\w+|verktyg|resurser|rapporter|publikationer|material|poddar"
    r"|på gång|axplock|blandat|övrigt|annat|missa inte|i media|på webben|forskning|just nu|visste du|håll koll|inspiration"
    r"|reading list|(?:news )?in brief|worth reading|further reading|reading|resources|links|open calls|funding|opportunities|news|briefly|tips)"
    r"(?: (?:just nu|till dig|från oss|från andra|från omvärlden|denna månad|i korthet))?\W*",
    re.IGNORECASE,
)
#: Over calls, whose days are the last ones to apply.
CALLS = re.compile(
    r"\b(?:utlysning|(?:att|sök) söka|stöd (?:att|och)|bidrag|finansiering|(?:open )?calls|funding)", re.IGNORECASE
)
#: What stands in every footer, behind whatever link.
_FOOTER = re.compile(
    r"\W*(?:facebook|instagram|linkedin|twitter|x|youtube|tiktok|flickr|vimeo|webbplats(?:en)?|hemsida(?:n)?|vår (?:webb\w*|hemsida)|website|web"
    r"|kontakt(?:a oss)?|contact(?: us)?|www\.\S+|https?:\S*|\S+@\S+|[\w-]+\.(?:se|com|org|nu|eu|example)|get a newsletter|mailchimp|ungapped|apsis|paloma|rule)\W*",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|ics)$", re.IGNORECASE)
_LEAD = re.compile(r"\W{0,4}\*\*(?P<words>(?=\S)(?:[^*\n]|\*(?!\*)){3,160})\*\*")
#: Words of a button: to do something, and little more.
_BUTTON = re.compile(
    r"\W*(?:lyssna|prova|pröva|testa|nominera|sök|ansök|beställ|köp|hämta|kolla|titta|svara|skriv|boka|kika|besök|visa|öppna|gå till|mer om|läs|läsa|se|till"
    r"|listen|watch|try|apply|order|get|visit|go to|read)\b(?:\W+\w+){0,2}\W*",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?<=[\w”\"')])[.!?:](?:\s|$)|\s[–—]\s|\s*[:,–—-]\s*$")
#: What is no part of a title: until when.
_UNTIL = re.compile(r",?\s(?:\w+\s)?(?:senast|före|innan|till och med|t\.?o\.?m\.?)\s(?:den\s)?\d[^,]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a section, or an item of a list with what belongs to it."""

    text: str  # without its bullet
    bullet: bool = False
    opens: bool = False  # it begins a paragraph


def pieces_of(body: str) -> list[Piece]:
    """The lines of a section; an item of a list with what belongs to it."""
    out: list[Piece] = []
    opens = True
    for line in body.split("\n"):
        if not line.strip():
            opens = True
            continue
        if line.startswith(("  ", "\u00a0")) and out:
            out[-1] = Piece(f"{out[-1].text}\n{line}", out[-1].bullet, out[-1].opens)
            continue
        bare_line = _BULLETS.sub("", line)
        out.append(Piece(bare_line, bare_line != line, opens))
        opens = False
    return out


_BULLETS = re.compile(
    r"^\s*(?:(?:\\?[*\-+•·●▪◦➢➤►▶»→✓✔➔➜➡\u2794-\u27be]|\|)\s+|\d{1,2}\\?[.)]\s+(?=\W{0,4}[A-ZÅÄÖ\[*]))", re.IGNORECASE
)


def is_list(title: str) -> bool:
    """Whether a headline only says that a list follows."""
    return bool(_LISTS.fullmatch(title)) and len(title) <= 60


def is_worth_it(url: str) -> bool:
    """Whether a link leads to something to read: a page, or one that only the tracker of a letter knew."""
    if url == GONE:
        return True
    url = canonical(url)
    if not is_page(url) or is_front(url) or is_profile(url) or is_click(url):
        return False
    return not _FILE.search(url)


def pages_in(text: str) -> list[tuple[str, str]]:
    """The words and targets of a text's links to something to read."""
    found = ((bare(link["words"] or ""), target(link)) for link in LINK.finditer(text))
    return [
        (words, url)
        for words, url in found
        if is_worth_it(url) and not (words and _FOOTER.fullmatch(words) and _is_plain(words, url))
    ]


def _is_plain(words: str, url: str) -> bool:
    """Whether the words of a link name where it leads, not what is there."""
    return url == GONE or not words.lower().startswith(("http", "www"))


def listed(section: Section, pieces: Sequence[Piece]) -> list[Section] | None:
    """The things that a section lists, each a section of its own, and what stands before them; None when it tells of one."""
    over = is_list(section.title) or is_list(section.under)
    starts = _starts(pieces, loose=is_list(section.title))
    titled = is_list(section.title) and bool(starts)
    if not titled and len(starts) < 2 and not (starts == [0] and not section.title and not section.url):
        return None
    if not titled and not over and not _all_alike(pieces, starts):
        return None
    found = [_item(pieces[start:end], section) for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True)]
    before = "\n".join(piece.text for piece in pieces[: starts[0]])
    if before.strip():
        found.insert(0, Section(section.title, before, section.url, section.level, section.under))
    return found


def _all_alike(pieces: Sequence[Piece], starts: Sequence[int]) -> bool:
    """Whether the section is a list from its first lines on: a text that ends in links tells of one thing."""
    return starts[0] <= 1 and len(starts) > 1


def _starts(pieces: Sequence[Piece], *, loose: bool) -> list[int]:
    """The numbers of the pieces that a thing of its own begins with. `loose`: any line with a page may be one."""
    starts: list[int] = []
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        if (
            _titled_link(piece.text, told=piece.bullet or piece.opens)
            or _led(piece.text, following)
            or (piece.bullet and pages_in(piece.text))
            or (loose and _begins_loosely(piece, following, pieces[starts[-1] : number] if starts else ()))
        ):
            starts.append(number)
    return starts


def _begins_loosely(piece: Piece, following: Piece | None, within: Sequence[Piece]) -> bool:
    """Of a list of any kind: a short line above one with a page, or a line with a page of its own."""
    begun = bool(within) and not any(pages_in(one.text) for one in within)
    if pages_in(piece.text):
        words = bare(piece.text)
        return not begun and not ACTION.fullmatch(words)
    heads = (
        following is not None
        and not following.bullet
        and not _titled_link(following.text)
        and bool(pages_in(following.text))
    )
    return heads and not begun and _is_title_line(bare(piece.text))


def _is_title_line(words: str) -> bool:
    return (
        3 < len(words) <= 110
        and not words.endswith((".", ",", ";"))
        and not is_label(words)
        and not ACTION.fullmatch(words)
    )


def _titled_link(text: str, *, told: bool = False) -> tuple[str, str] | None:
    """The words and target of a link that a line begins with, when they are a title. `told`: what a button may say is a
    title too where something is told of it in its line: "Sök stipendiet – öppet till 15 april".
    """
    link = LINK.match(text.lstrip(" *_"))
    if link is None or not link["words"]:
        return None
    words, url = bare(link["words"]), target(link)
    rest = text.lstrip(" *_")[link.end() :]
    button = _BUTTON.fullmatch(words) and not (told and re.search(r"\w+\W+\w+", LINK.sub("", rest)))
    if len(words.split()) < 2 or ACTION.fullmatch(words) or button or is_label(words) or _FOOTER.fullmatch(words):
        return None
    return (words, url) if is_worth_it(url) and len(words) <= _LONGEST_TITLE else None


def _led(text: str, following: Piece | None) -> str:
    """The bold words that a line begins with, when a page belongs to them."""
    lead = _LEAD.match(text)
    words = bare(lead["words"]).strip(" .:!,–—-") if lead else ""
    if (
        not words
        or words.lower().startswith("http")
        or is_label(bare(lead["words"] if lead else ""))
        or len(words.split()) < 2
    ):
        return ""
    if pages_in(text):
        return words
    below = following is not None and not following.bullet and not following.opens and not _LEAD.match(following.text)
    return words if below and following is not None and pages_in(following.text) else ""


def _item(pieces: Sequence[Piece], section: Section) -> Section:
    """One thing of a list."""
    body = "\n".join(piece.text for piece in pieces)
    if titled := _titled_link(pieces[0].text, told=True):
        return Section(titled[0], body, titled[1], section.level, section.title)
    pages = pages_in(body)
    url = pages[0][1] if pages else ""
    return Section(_title(pieces, pages) or section.title, body, url, section.level, section.title)


def _title(pieces: Sequence[Piece], pages: Sequence[tuple[str, str]]) -> str:
    """What a thing is called: its bold words, its first line, its link's words, or what stands before the link."""
    first = pieces[0].text.split("\n")[0]
    lead = _LEAD.match(first)
    if lead and not is_label(bare(lead["words"])):
        return bare(lead["words"]).strip(" .:,–—-")
    words = bare(first)
    if not LINK.search(first) and _is_title_line(words):
        return words
    link = LINK.search(first)
    before = bare(first[: link.start()]) if link else words
    before = _UNTIL.sub("", _ENDS.split(before, maxsplit=1)[0]).strip(" .:,;–—-(")[:_LONGEST_TITLE]
    tells = len(before.split()) > 1 and not is_label(before)
    named = (name for name, _ in pages if not (ACTION.fullmatch(name) or _BUTTON.fullmatch(name) or "://" in name))
    said = next(filter(None, named), "")
    if (
        len(said.split()) > (2 if tells and len(before.split()) > 2 else 1)
        and len(said) <= _LONGEST_TITLE
        and not is_label(said)
    ):
        return said
    return before if tells else ""
