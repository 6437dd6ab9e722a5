"""A letter in pieces: each headline with what stands below it, and the lines of a calendar one by one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Characters of a letter that are looked through; nobody reads further.
LONGEST = 300_000
MOST_SECTIONS = 200
_LONGEST_HEADLINE = 150

#: A link in neutral Markdown: words and target, or an address alone.
LINK = re.compile(
    r"\[(?P<words>(?:[^\[\]\\\n]|\\.){0,1000})\]\((?:<(?P<behind>[^<>\s]{1,8000})>|(?P<bare>[^\s()<>]{1,8000}))\)"
    r"|<(?P<alone>(?:https?://|mailto:|gone:)[^<>\s]{0,8000})>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BOLD = re.compile(r"(?:\[\s*)?\*\*(?=\S)(?:[^*\n]|\*(?!\*)){1,400}\*\*(?:\s*\]\([^\s()]*\))?\s*:?")
_UNDERLINE = re.compile(r"\\?(?:-{3,}|={3,}|(?:\\?\*){3,}|_{3,}|~{3,}|\+{3,}|#{3,})\s*")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|(?:[-*_] ){2,}[-*_]|\\?[=_~-]{5,}")
_BULLET = re.compile(r"\s*(?:[*\-+]|\d{1,2}\\?[.)])\s+")
#: "**Ny bok om kor.** Läs om mjölkens historia …"
_LEAD = re.compile(r"\*\*((?=[^*\n]*\s)(?:[^*\n]|\*(?!\*)){6,110})\*\*\s+(?=\S)[^\n]", re.IGNORECASE)
_GREETING = re.compile(r"\W*(?:hej|hallå|tjena|kära|bästa|god (?:morgon|dag|jul)|hi|hello|dear)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\d{1,2}\\?[.)]\s+")
_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:s|ch)?|apr(?:il)?|maj|may|jun[ie]?|jul[iy]?|aug(?:usti|ust)?"
    r"|sep(?:t|tember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[cs](?:ember)?)"
)
_WEEKDAY = r"(?:(?:mån|tis|ons|tor|fre|lör|sön)(?:s|dag|sdag)?(?:en)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
#: A line that a calendar's entry begins: "12 nov  Titel", "tis 12/11: Titel", "2026-11-12 Titel", "v. 48 Titel".
BEGINS_WITH_DAY = re.compile(
    rf"\s*(?:[*\-+]\s+)?[*_|\s]*(?:{_WEEKDAY}[.,]?\s+)?(?:den\s+)?"
    rf"(?:\d{{1,2}}(?::[ea])?\.?(?:\s*[-–—]\s*\d{{1,2}}(?::[ea])?)?\s*{_MONTH}\b|\d{{1,2}}(?:\s?[-–—]\s?\d{{1,2}})?/\d{{1,2}}\b"
    rf"|20\d\d-\d\d-\d\d\b|{_MONTH}\.?\s+\d{{1,2}}\b|v(?:ecka|\.)?\s?\d{{1,2}}\b)",
    re.IGNORECASE,
)
_DAY_ALONE = re.compile(rf"{BEGINS_WITH_DAY.pattern}(?:\s+20\d\d)?\W*", re.IGNORECASE)
_HOUR = r"(?:kl(?:ockan)?\.?\s*)?\d{1,2}(?:[.:]\d\d)?(?:\s*[-–—]\s*\d{1,2}(?:[.:]\d\d)?)?"
#: A line that only says when: it stands below a headline, and is none.
_WHEN_ALONE = re.compile(
    rf"{BEGINS_WITH_DAY.pattern}(?:[\s,]*20\d\d)?(?:[\s,|–—-]*{_HOUR})?(?:\s*CES?T)?\W*", re.IGNORECASE
)
#: A line that says one thing of what is told above it: "Plats: Ås", "Sista dag att anmäla sig: 7 januari".
_LABEL = re.compile(
    r"\W*(?:(?:när|var|tid|datum|dag|plats|lokal|pris|kostnad|avgift|språk|målgrupp|arrangör\w*|medverkande|talare|program|kontakt\w*|format|osa|o\.s\.a\.?"
    r"|sista (?:dag|anmälning|ansökning|svars)\w*[^:\n]{0,40}|senast|anmäl(?:an|ning)?\w*(?: senast| till| via)?|ansök(?:an)? senast|deadline|date|time|when|where"
    r"|place|venue|price|fee|register by)\s*:|(?:sista (?:dag|anmälning|ansökning)\w*|anmäl\w* senast|osa senast|senast)\b[^\n]*\d)[^\n]*",
    re.IGNORECASE,
)
#: What buttons say: never a headline.
ACTION = re.compile(
    r"\W*(?:(?:klicka (?:här )?(?:för att )?)?(?:läs(?:a)?(?: hela| vidare| mera?| artikeln| om| den| det| allt)*"
    r"|anmäl(?:an|ning)?(?: dig| er)?(?: till| här| nu)*|till (?:anmälan|artikeln|sidan|programmet|kalendern|inbjudan|webben)"
    r"|se (?:mer|hela|alla|program|programmet|filmen|inspelningen)|mer (?:info|information)|visa (?:mer|alla)|ladda (?:ner|hem)"
    r"|jag (?:kommer|vill (?:vara med|delta|anmäla mig))|vi kommer|ja tack|boka(?: (?:din )?plats| biljett\w*| nu| här| dig)?|säkra (?:din )?plats|osa|lyssna här|ansök (?:här|nu)"
    r"|till (?:\w+en|\w+et|\w+an|\w+na)|länk till \w+|se (?:här|mer)|mer om(?: \w+){1,3}|meld (?:deg|dig) på|påmelding|tilmelding|les mer|læs mere"
    r"|här|klicka här|länk|(?:read|learn|find out|see) more|register(?: now| here)?|sign up|click here|download|more))"
    r"\b[^.!?\n]{0,60}[\W_]*",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>=:&\"'^$/?@,;%])")


@dataclass(frozen=True, slots=True)
class Section:
    """A headline and what belongs to it."""

    title: str  # as a reader sees it; "" for what stands before the first headline
    body: str  # neutral Markdown, without the headline
    url: str = ""  # where the headline leads, as written
    level: int = 7  # 1 to 6: a heading's own; 7: a line that only looks like one
    under: str = ""  # the headline of the part of the letter that it stands in

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Words and targets, the headline's first; an address alone has no words."""
        found = [(bare(link["words"] or ""), target(link)) for link in LINK.finditer(self.body)]
        return ((self.title, self.url), *found) if self.url else tuple(found)


@lru_cache(maxsize=1)  # what tells a newsletter and what is found in it look at the same ones
def sections(md: str) -> tuple[Section, ...]:
    """The sections of a letter in neutral Markdown, in their order; without headlines the whole is one."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", md[:LONGEST]) if block.strip()]
    found = list(_split(blocks, _sure_headline))
    if sum(bool(section.title) for section in found) < 2:
        led = sum(bool(_LEAD.match(block)) for block in blocks) > 1
        plain = list(_split(blocks, _lead_headline if led else _plain_headline))
        found = plain if sum(bool(section.title) for section in plain) > 1 else found
    return tuple(_placed(found))[:MOST_SECTIONS]


def bare(md: str) -> str:
    """A line of neutral Markdown as a reader sees it, without its links' targets."""
    text = LINK.sub(lambda link: link["words"] or link["alone"] or "", md)
    text = re.sub(r"\*\*|(?<!\\)[*`]", "", text)
    return " ".join(_ESCAPE.sub(r"\1", text).split())


def is_label(words: str) -> bool:
    """Whether a line only says when, or one thing more of what was told before it: it is no title."""
    return bool(_WHEN_ALONE.fullmatch(words) or _LABEL.fullmatch(words))


def target(link: re.Match[str]) -> str:
    """Where a link leads, as written."""
    return _ESCAPE.sub(r"\1", link["behind"] or link["bare"] or link["alone"] or "")


@dataclass(frozen=True, slots=True)
class _Head:
    """The headline that a block begins with, what follows it in the block, and its level."""

    line: str
    rest: str
    level: int = 7


def _split(blocks: Sequence[str], headline_of: Callable[[str, str], _Head | None]) -> Iterator[Section]:
    title = url = day = ""
    level = 7
    body: list[str] = []
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else ""
        if body and _RULE.fullmatch(block.strip()):  # what stands below it belongs to nothing above
            yield Section(title, "\n\n".join(body), url, level)
            title, url, level, body = "", "", 7, []
            continue
        head = headline_of(block, following)
        if head is None:
            line = " ".join(bare(block).split()) if len(block) < _LONGEST_HEADLINE else ""
            if line and _DAY_ALONE.fullmatch(line) and headline_of(following, ""):
                day = line  # it stands beside the headline that follows
            else:
                body.append(_without_mark(block))
            continue
        if title or body:
            yield Section(title, "\n\n".join(body), url, level)
        link = LINK.search(head.line)
        title, url, level = bare(head.line).lstrip("*=~ "), target(link) if link else "", head.level
        body = [*filter(None, (day, head.rest.strip("\n")))]
        day = ""
    if title or body:
        yield Section(title, "\n\n".join(body), url, level)


def _without_mark(block: str) -> str:
    """A heading that is a button is one more line of its section."""
    heading = _HEADING.match(block)
    return f"{heading[2]}{block[heading.end() :]}" if heading else block


def _sure_headline(block: str, following: str) -> _Head | None:
    """A headline by its looks."""
    first, _, rest = block.partition("\n")
    first = first.strip()
    if len(first) > 10_000 or not re.search(r"[^\W\d_]", first):
        return None
    words = bare(first)
    if heading := _HEADING.fullmatch(first):
        button = LINK.search(heading[2]) and ACTION.fullmatch(bare(heading[2]))
        return None if button else _Head(heading[2], rest, len(heading[1]))
    if not words or len(words) > _LONGEST_HEADLINE or ACTION.fullmatch(words):
        return None
    if is_label(words):
        return None
    number = _NUMBER.match(first)
    if number and words.isupper() and rest:
        return _Head(first[number.end() :], rest)
    if _BULLET.match(first):
        return None
    if _BOLD.fullmatch(first) and not words.endswith((".", ":", ",")):
        return _Head(first, rest)
    link = LINK.fullmatch(first)
    titled = link is not None and link["words"] and not rest and len(words.split()) > 2 and not words.startswith("http")
    return _Head(first, rest) if titled and following and not _HEADING.match(following) else None


def _lead_headline(block: str, following: str) -> _Head | None:
    """Bold words that a paragraph begins with, in a letter that writes so."""
    lead = _LEAD.match(block)
    return _Head(lead[1].rstrip(".:!– "), block[lead.end() - 1 :]) if lead else _sure_headline(block, following)


def _plain_headline(block: str, following: str) -> _Head | None:
    """A headline as it stands in plain text: underlined, in capitals, or short and alone above a paragraph."""
    if (head := _sure_headline(block, following)) is not None:
        return head
    first, _, rest = block.partition("\n")
    words = bare(first[:10_000])
    if not re.search(r"[^\W\d_]", words) or len(words) > _LONGEST_HEADLINE or ACTION.fullmatch(words):
        return None
    second, _, below = rest.partition("\n")
    if second and _UNDERLINE.fullmatch(second.strip()):
        return _Head(first, below)
    if _BULLET.match(first) or LINK.search(first) or words.endswith((".", ",", ":", ";")) or _GREETING.match(words):
        return None
    if BEGINS_WITH_DAY.match(words) or is_label(words):
        return None
    if words.isupper() and len(words) > 3:
        return _Head(first, rest)
    alone = not rest and len(words) <= 90 and words[0].isupper()
    return _Head(first, rest) if alone and len(bare(following.partition("\n")[0])) > len(words) else None


def _placed(found: Sequence[Section]) -> Iterator[Section]:
    """Each with the part it stands in: a headline that has nothing below it is a part's."""
    part, part_level = "", 7
    for section in found:
        if section.title and not section.body.strip():
            if not section.url:
                part, part_level = section.title, section.level
                continue
        elif section.level < part_level and section.level < 7:
            part = ""
        yield Section(section.title, section.body, section.url, section.level, part)
