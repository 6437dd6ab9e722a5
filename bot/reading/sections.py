"""A letter in pieces: each headline with what stands below it, and the lines of a calendar one by one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Characters of a letter that are looked through; nobody reads further.
LONGEST = 300_000
MOST_SECTIONS = 200
_LONGEST_HEADLINE = 150

#: A link in neutral Markdown: words and target, or an address alone.
LINK = re.compile(
    r"\[(?P<words>(?:[^\[\]\\\n]|\\.){0,1000})\]\((?:<(?P<behind>[^<>\s]{1,8000})>|(?P<bare>[^\s()<>]{1,8000}))\)"
    r"|<(?P<alone>(?:https?://|mailto:)[^<>\s]{1,8000})>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BOLD = re.compile(r"(?:\[\s*)?\*\*(?=\S)(?:[^*\n]|\*(?!\*)){1,400}\*\*(?:\s*\]\([^\s()]*\))?\s*:?")
_UNDERLINE = re.compile(r"\\?(?:-{3,}|={3,}|(?:\\?\*){3,}|_{3,}|~{3,}|\+{3,}|#{3,})\s*")
_BULLET = re.compile(r"\s*(?:[*\-+]|\d{1,2}\\?[.)])\s+")
_NUMBER = re.compile(r"\s*\d{1,2}\\?[.)]\s+")
_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:s|ch)?|apr(?:il)?|maj|may|jun[ie]?|jul[iy]?|aug(?:usti|ust)?"
    r"|sep(?:t|tember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[cs](?:ember)?)"
)
_WEEKDAY = r"(?:(?:mån|tis|ons|tor|fre|lör|sön)(?:s|dag|sdag)?(?:en)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
#: A line that a calendar's entry begins: "12 nov  Titel", "tis 12/11: Titel", "2026-11-12 Titel", "v. 48 Titel".
BEGINS_WITH_DAY = re.compile(
    rf"\s*(?:[*\-+]\s+)?[*_|\s]*(?:{_WEEKDAY}[.,]?\s+)?(?:den\s+)?"
    rf"(?:\d{{1,2}}(?::[ea])?\.?(?:\s*[-–—]\s*\d{{1,2}}(?::[ea])?)?\s*{_MONTH}\b|\d{{1,2}}/\d{{1,2}}\b"
    rf"|20\d\d-\d\d-\d\d\b|{_MONTH}\.?\s+\d{{1,2}}\b|v(?:ecka|\.)?\s?\d{{1,2}}\b)",
    re.IGNORECASE,
)
#: What buttons say: never a headline.
ACTION = re.compile(
    r"\W*(?:(?:klicka (?:här )?(?:för att )?)?(?:läs(?:a)?(?: hela| vidare| mera?| artikeln| om| den| det| allt)*"
    r"|anmäl(?:an|ning)?(?: dig| er)?(?: till| här| nu)*|till (?:anmälan|artikeln|sidan|programmet|kalendern|inbjudan|webben)"
    r"|se (?:mer|hela|alla|program|programmet|filmen|inspelningen)|mer (?:info|information)|visa (?:mer|alla)|ladda (?:ner|hem)"
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


def sections(md: str) -> tuple[Section, ...]:
    """The sections of a letter in neutral Markdown, in their order; without headlines the whole is one."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", md[:LONGEST]) if block.strip()]
    found = list(_split(blocks, plain=False))
    if sum(bool(section.title) for section in found) < 2:
        plain = list(_split(blocks, plain=True))
        found = plain if sum(bool(section.title) for section in plain) > 1 else found
    return tuple(_placed(found))[:MOST_SECTIONS]


def bare(md: str) -> str:
    """A line of neutral Markdown as a reader sees it, without its links' targets."""
    text = LINK.sub(lambda link: link["words"] or link["alone"] or "", md)
    text = re.sub(r"\*\*|(?<!\\)[*`]", "", text)
    return " ".join(_ESCAPE.sub(r"\1", text).split())


def target(link: re.Match[str]) -> str:
    """Where a link leads, as written."""
    return _ESCAPE.sub(r"\1", link["behind"] or link["bare"] or link["alone"] or "")


def _split(blocks: Sequence[str], *, plain: bool) -> Iterator[Section]:
    title = url = ""
    level, body = 7, []
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else ""
        headline, rest, depth = _headline(block, following, plain=plain)
        if headline is None:
            body.append(rest)
            continue
        if title or body:
            yield Section(title, "\n\n".join(body), url, level)
        link = LINK.search(headline)
        title, url, level = bare(headline), target(link) if link else "", depth
        body = [rest] if rest.strip() else []
    if title or body:
        yield Section(title, "\n\n".join(body), url, level)


def _headline(block: str, following: str, *, plain: bool) -> tuple[str | None, str, int]:
    """The headline that a block begins with, what follows it in the block, and its level; None when there is none."""
    first, _, rest = block.partition("\n")
    first = first.strip()
    if len(first) > 10_000 or not re.search(r"[^\W\d_]", first):
        return None, block, 7
    if heading := _HEADING.fullmatch(first):
        button = ACTION.fullmatch(bare(heading[2]))
        return (None, f"{heading[2]}\n{rest}".strip(), 7) if button else (heading[2], rest, len(heading[1]))
    words = bare(first)
    number = _NUMBER.match(first)
    if not words or len(words) > _LONGEST_HEADLINE or ACTION.fullmatch(words):
        return None, block, 7
    if number and words.isupper() and rest:
        return first[number.end() :], rest, 7
    if _BULLET.match(first):
        return None, block, 7
    if _BOLD.fullmatch(first) and not words.endswith((".", ":", ",")):
        return first, rest, 7
    link = LINK.fullmatch(first)
    if link is not None and link["words"] and not rest and len(words.split()) > 2 and not words.startswith("http"):
        return (first, rest, 7) if following and not _HEADING.match(following) else (None, block, 7)
    return _plain_headline(first, words, rest, following) if plain else (None, block, 7)


def _plain_headline(first: str, words: str, rest: str, following: str) -> tuple[str | None, str, int]:
    """A headline as it stands in plain text: underlined, in capitals, or short and alone above a paragraph."""
    second, _, below = rest.partition("\n")
    if second and _UNDERLINE.fullmatch(second.strip()):
        return first, below, 7
    if LINK.search(first) or words.endswith((".", ",", ":", ";")) or BEGINS_WITH_DAY.match(words):
        return None, f"{first}\n{rest}" if rest else first, 7
    if words.isupper() and len(words) > 3:
        return first, rest, 7
    below = rest or following
    if len(words) <= 90 and words[0].isupper() and (len(bare(below.partition("\n")[0])) > len(words)) and not rest:
        return first, rest, 7
    return None, f"{first}\n{rest}" if rest else first, 7


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
