"""Labels and what stands behind them: "När: …", "Plats: …", "Sista anmälningsdag: …", wherever in a line they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.reading.events.lines import Link, Page


class Label(Enum):
    """What a label says that it tells."""

    WHEN = auto()
    WHERE = auto()
    BOTH = auto()  # "Tid och plats"
    JOIN = auto()  # where to meet online
    ORGANISER = auto()
    WITH = auto()  # "I samarbete med"
    SIGN_UP = auto()
    LAST_DAY = auto()  # to sign up
    TITLE = auto()
    PROGRAMME = auto()
    OTHER = auto()  # a label, but of nothing that is read


#: The words, longest first where one begins another. A label stands with a capital and before a colon, or alone.
_WORDS: tuple[tuple[Label, str], ...] = (
    (
        Label.BOTH,
        (
            r"när och var|var och när|tid(?:punkt)? (?:och|&|/) ?plats|datum(?:,| och|/) ?(?:tid )?(?:och )?plats|plats och tid|datum och lokal"
            r"|när & var|när/var|tid/plats|time (?:and|&) place|when (?:and|&) where|date (?:and|&) place|dag och plats"
        ),
    ),
    (
        Label.LAST_DAY,
        (
            r"(?:ny |obs ?!? )?sista (?:anmälningsdag(?:en)?|svarsdag(?:en)?|ansökningsdag(?:en)?|anmälan|dag(?:en)?(?: (?:för|att) (?:anmälan|anmäla(?: sig| dig| er)?))?"
            r"|datum(?: för anmälan)?)|(?:anmäl(?:an|ning)?|anmäl (?:dig|er)|osa|o\.s\.a\.?|svara|svar)\s(?:görs )?(?:senast|före|innan)(?: den)?"
            r"|senast(?: anmälan)?|anmälningsdag|svarsdatum|deadline(?: för anmälan| for registration)?|last day(?: to register| of registration)?"
            r"|registration deadline|register (?:by|before)|rsvp by|sign up by|förlängd anmälan(?: till)?|anmälan stänger|svar önskas senast"
        ),
    ),
    (
        Label.WHEN,
        (
            r"datum (?:och|&|/) ?tid|tid (?:och|&) datum|datum/tid|dag (?:och|&) tid|när|tidpunkt|(?:nytt |nya )datum|ny tid|ny dag|datum|dagar|dag|tider"
            r"|starttid|tid|klockslag|klockan|date (?:and|&) time|date/time|when|new date|dates|date|time|day|start|börjar|mötestid|speltid"
        ),
    ),
    (
        Label.WHERE,
        r"plats/lokal|mötesplats|samlingsplats|samling|plats(?:en)?(?: som (?:förut|vanligt|tidigare))?|var|lokal|ort|besöksadress|adress|ställe|where|location|venue|place|address",
    ),
    (
        Label.JOIN,
        r"möteslänk|länk(?: till (?:mötet|webbinariet|träffen|sändningen))?|zoom-?länk|teams-?länk|zoom|teams|digitalt|online|anslut(?: här)?|join|link|digital länk",
    ),
    (
        Label.WITH,
        r"i samarbete med|i samverkan med|tillsammans med|medarrangör(?:er)?|samarrangör(?:er)?|samarbetspartners?|partners?|in (?:collaboration|cooperation|partnership) with|co-?(?:hosts?|organi[sz]ers?)",
    ),
    (
        Label.ORGANISER,
        r"arrangör(?:er)?|värd(?:ar)?|arrangeras av|anordnas av|organisatör(?:er)?|hosts?|organi[sz]ers?|organi[sz]ed by|hosted by|inbjudare|avsändare",
    ),
    (
        Label.SIGN_UP,
        (
            r"anmälningslänk|anmälan och (?:info\w*|frågor|mer information)|anmälan|anmäl (?:dig|er)(?: här)?|anmälningar|registrering|registration|register(?: here)?|sign[ -]?up"
            r"|rsvp|o\.? ?s\.? ?a\.?|boka plats|hur anmäler jag mig"
        ),
    ),
    (
        Label.PROGRAMME,
        r"program(?:met|punkter)?(?: i korthet)?|agenda|dagordning|schema|programme|schedule|hålltider|upplägg",
    ),
    (Label.TITLE, r"vad|rubrik|titel|tema|aktivitet|evenemang|what|title|topic|event|seminarium|webbinarium|kurs|möte"),
    (
        Label.OTHER,
        (
            r"pris(?:er)?|kostnad(?:er)?|avgift(?:er)?|deltagaravgift|deltagar?kostnad|price|cost|fee|målgrupp|för vem|vem|vilka|föreläsare|talare|medverkande|språk|antal platser|platser|kontakt(?:person(?:er)?)?"
            r"|frågor|mat|fika|lunch|övrigt|moderator|who|speakers?|contact|language|telefon|tel|mobil|e-?post|mejl|mail|e-?mail|webb|web|hemsida|innehåll|bakgrund|syfte|mål|info(?:rmation)?|mer information"
            r"|publicera[dt]|uppdatera[dt]|senast uppdaterad|published|updated|posted|ps|p\.s|obs|form(?:at)?|varför|hur|öppettider|parkering|logi|boende|transport|vägbeskrivning|allergier"
        ),
    ),
)
_KIND = "|".join(f"(?P<{label.name}>{words})" for label, words in _WORDS)
#: At the beginning of a line, or within one with a capital.
_LABEL = re.compile(
    rf"(?P<before>^|[\s.;,|(/•·–-])(?:{_KIND})(?P<colon>\s?(?:\([^()\n]{{0,40}}\)\s?)?[:?](?!//)(?!\d\d\b)|\s*\|\s)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"(?:{_KIND})\s*[:?.!–-]*", re.IGNORECASE)
_DASHED = re.compile(rf"(?:{_KIND})\s+[–-]\s+(?=\S)", re.IGNORECASE)
#: "När 3 november", "Tid kl. 13", without any sign between.
_BARE_WHEN = re.compile(
    r"(?P<WHEN>när|datum|tid|dag|time|date)\s+(?=(?:den|kl|klockan|mån|tis|ons|tors|fre|lör|sön|\d)[^\n]{0,60}\d)",
    re.IGNORECASE,
)
_BARE_WHERE = re.compile(
    r"(?P<WHERE>plats|lokal|var)\s{2,}(?=\S)|(?P<LAST_DAY>(?:osa|sista anmälningsdag(?:en)?)\s+(?=\S{0,8}\s?\d))",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[:?|]")
_LONGEST_LABEL = 50  # characters
_MOST_LINES = 5  # that a label's words may go on over


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A label, and the part of the page that tells it."""

    label: Label
    name: str  # as it stands, in small letters
    begin: int  # where the value begins in the page's text
    stop: int
    value: str
    links: tuple[Link, ...]
    at: int  # where the label itself begins


def fields_of(page: Page) -> list[Field]:
    """The labelled parts of a page, in order."""
    found: list[Field] = []
    number = 0
    while number < len(page.lines):
        line = page.lines[number]
        if line.text.strip() and not _in_head(page, number):
            found += _in_line(page, number)
        number += 1
    return found


def _in_head(page: Page, number: int) -> bool:
    return page.head is not None and page.head[0] <= number < page.head[1]


def _in_line(page: Page, number: int) -> list[Field]:
    line = page.lines[number]
    text, start = line.text, page.starts[number]
    indent = len(text) - len(text.lstrip(" –-•"))
    if (alone := _ALONE.fullmatch(text, indent)) is not None and len(text) < 50:
        label, name = _which(alone)
        begin, stop, links = _below(page, number)
        if label in (Label.TITLE, Label.OTHER, Label.JOIN, Label.WITH) and not text.rstrip().endswith(":"):
            return []
        return [_field(page, label, name, begin, stop, links, start)]
    marks = [
        (match.start() + len(match["before"]), match.end(), *_which(match))
        for match in _before_signs(text)
        if _counts(match, text, indent)
    ]
    if not marks:
        for pattern in (_DASHED, _BARE_WHEN, _BARE_WHERE):
            if (match := pattern.match(text, indent)) is not None and text[indent].isupper():
                marks = [(match.start(), match.end(), *_which(match))]
                break
    fields = []
    for index, (at, begin, label, name) in enumerate(marks):
        stop = marks[index + 1][0] if index + 1 < len(marks) else len(text)
        links = tuple(link for link in line.links if begin <= link.column <= stop)
        if not text[begin:stop].strip(" |") and index + 1 == len(marks) and not links:
            first, last, links = _below(page, number)
            fields.append(_field(page, label, name, first, last, links, start + at))
        else:
            last = start + stop
            if index + 1 == len(marks) and label in (Label.WHEN, Label.BOTH, Label.SIGN_UP, Label.LAST_DAY):
                more, links = _goes_on(page, number, links)
                last = more if more is not None else last
            fields.append(_field(page, label, name, start + begin, last, links, start + at))
    return fields


def _before_signs(text: str) -> Iterator[re.Match[str]]:
    """The labels of a line: each ends with a sign, and begins not long before it."""
    position = 0
    for sign in _SIGNS.finditer(text):
        if sign.start() >= position:
            found = _LABEL.search(text, max(position, sign.start() - _LONGEST_LABEL), sign.end() + 2)
            if found is not None:
                position = found.end()
                yield found


def _field(page: Page, label: Label, name: str, begin: int, stop: int, links: tuple[Link, ...], at: int) -> Field:
    value = " ".join(page.text[begin:stop].split()).strip(" |")
    return Field(label=label, name=name, begin=begin, stop=stop, value=value, links=links, at=at)


def _which(match: re.Match[str]) -> tuple[Label, str]:
    groups = match.groupdict()
    label = next(label for label in Label if groups.get(label.name))
    return label, " ".join(groups[label.name].lower().split())


def _counts(match: re.Match[str], text: str, indent: int) -> bool:
    """A label within a line has a capital: "tid: 13" within a sentence is none."""
    at = match.start() + len(match["before"])
    if at <= indent:
        return True
    return text[at].isupper() and match["colon"].strip() != "?"


def _below(page: Page, number: int) -> tuple[int, int, tuple[Link, ...]]:
    """What stands under a label that is alone in its line: to the next empty line or label."""
    first = number + 1
    if first < len(page.lines) and not page.lines[first].text.strip() and not page.lines[first].links:
        first += 1
    last = first
    while (
        last < len(page.lines)
        and last - first < _MOST_LINES
        and (page.lines[last].text.strip() or page.lines[last].links)
    ):
        if last > first and (page.lines[last].heading or _starts_label(page.lines[last].text)):
            break
        if last == first and _starts_label(page.lines[last].text):
            break
        last += 1
    if last == first:
        end = page.starts[number] + len(page.lines[number].text)
        return end, end, ()
    links = tuple(link for line in page.lines[first:last] for link in line.links)
    return page.starts[first], page.starts[last - 1] + len(page.lines[last - 1].text), links


def _goes_on(page: Page, number: int, links: tuple[Link, ...]) -> tuple[int | None, tuple[Link, ...]]:
    """The next line, when it goes on telling: it begins with a small letter, a digit or is only a link."""
    after = number + 1
    if after >= len(page.lines) or page.lines[number].cells:
        return None, links
    line = page.lines[after]
    begins = line.text.lstrip()
    if _starts_label(line.text) or line.heading or (line.bullet and not begins[:1].isdigit()):
        return None, links
    if (begins and (begins[0].islower() or begins[0].isdigit())) or (not begins and line.links):
        return page.starts[after] + len(line.text), (*links, *line.links)
    return None, links


def _starts_label(text: str) -> bool:
    bare = text.lstrip(" –-•")
    return bool(_LABEL.match(bare) or (_ALONE.fullmatch(bare) and len(bare) < 50))


def first(fields: Sequence[Field], *labels: Label) -> Field | None:
    """The first field with one of those labels that says something."""
    return next((field for field in fields if field.label in labels and (field.value or field.links)), None)
