"""What a newsletter tells of: each event and each page worth reading, found section by section."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from bot.reading.calendars import entries, is_calendar, with_day_named
from bot.reading.event import EventReading
from bot.reading.events import events_of_section
from bot.reading.last_days import last_day
from bot.reading.links import is_front, is_profile
from bot.reading.sections import ACTION, LINK, Section, bare, sections, target
from bot.reading.tip import TipReading
from bridges.clicks import is_click
from bridges.urls import canonical, comparison_key, is_page, shortened
from storage.words import Kind

if TYPE_CHECKING:
    from bot.reading.reading import Reading

MOST_EVENTS, MOST_TIPS = 60, 60
_LONGEST_ENTRY = 3_000  # characters that say when something is
_MOST_ENTRIES = 200  # sections and lines of calendars that are looked into

#: Parts of a letter that tell of the letter and its sender, never of news.
_ABOUT_ITSELF = re.compile(
    r"\W*(?:(?:kontakt(?:a|information|uppgifter)?|om (?:oss|nyhetsbrevet|brevet|utskicket)|följ (?:oss|med)|redaktion|redaktör"
    r"|ansvarig utgivare|i (?:detta|det här) (?:nummer|brev|nyhetsbrev|utskick)|innehåll|prenumer\w*|dela\b|hälsning\w*"
    r"|vänliga hälsningar|med vänlig\w* hälsning\w*|personuppgift\w*|integritet\w*|gdpr|finansi\w*|medfinansi\w*|sponsor\w*"
    r"|samarbetspartner\w*|in this (?:issue|letter|newsletter)|contents?|contact\b|about us|follow us|privacy|unsubscribe"
    r"|läs (?:även|också)? ?tidigare (?:brev|nummer|nyhetsbrev)|tidigare (?:brev|nummer|nyhetsbrev)|tipsa oss)\b.{0,40})",
    re.IGNORECASE,
)
_SIGN_UP = re.compile(r"anmäl|\bosa\b|regist|sign ?up|\bbook|\bboka|biljett|ticket|delta\b|/events?/", re.IGNORECASE)
#: A question whose answer is given on a page of its own.
_SURVEY = re.compile(r"\benkät|\bsurvey\b|\bquestionnaire\b|\bremiss", re.IGNORECASE)
#: "Varje lördag": what is held again and again is neither one event nor a page to read.
_RECURS = re.compile(
    r"\b(?:varje|alla|every)\s+(?:mån|tis|ons|tor|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun|vecka|week)", re.IGNORECASE
)
_MAILTO_OR_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|ics)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a letter tells of."""

    events: tuple[EventReading, ...]
    tips: tuple[TipReading, ...]


def contents(md: str, sent: datetime, timezone: str) -> Contents:
    """The events and tips in a letter, in their order; what stands twice, once. `sent`: its Date."""
    events: list[EventReading] = []
    tips: dict[str, TipReading] = {}
    taken: set[str] = set()  # pages of events
    told = (section for section in sections(md) if not _ABOUT_ITSELF.fullmatch(section.title))
    for entry in islice((entry for section in told for entry in _entries(section)), _MOST_ENTRIES):
        found = [
            _with_way(each, entry, sent)
            for each in events_of_section(entry.title, entry.body[:_LONGEST_ENTRY], sent, timezone)
        ]
        if found:
            events += found
            taken.update(comparison_key(url) for _, url in _pages(entry))
            continue
        for tip in _tips(entry, sent):
            tips.setdefault(comparison_key(tip.url), tip)
    kept = [tip for key, tip in tips.items() if key not in taken]
    return Contents(tuple(_once(events))[:MOST_EVENTS], tuple(kept)[:MOST_TIPS])


# -- a section's entries --------------------------------------------------------------------------------------------


def _entries(section: Section) -> Iterator[Section]:
    """The section, or each line of its calendar, or each of the pages that it lists."""
    pieces = _pieces(section.body)
    if is_calendar(section.title, pieces):
        yield from entries(section, pieces)
        return
    listed = [number for number, piece in enumerate(pieces) if _listed_title(piece)]
    if len(listed) > 1 or (listed == [0] and not _listed_title(section.title) and not section.url):
        before = "\n".join(pieces[: listed[0]])
        if before.strip():
            yield replace(section, body=before)
        for start, end in zip(listed, [*listed[1:], len(pieces)], strict=True):
            words, url = _listed_title(pieces[start]) or ("", "")
            yield Section(words, "\n".join(pieces[start:end]), url, section.level, section.title)
        return
    yield with_day_named(section, pieces)


def _pieces(body: str) -> list[str]:
    """The lines of a section; an item of a list with what belongs to it."""
    out: list[str] = []
    for line in body.split("\n"):
        if not line.strip():
            continue
        if line.startswith(("  ", "\u00a0")) and out:
            out[-1] += f"\n{line}"
        else:
            out.append(re.sub(r"^\s*(?:[*\-+]|\|)\s+", "", line))
    return out


def _listed_title(piece: str) -> tuple[str, str] | None:
    """The words and target of a link that a line begins with, when they are a title."""
    bare_piece = piece.lstrip(" *_")
    link = LINK.match(bare_piece)
    if link is None or not link["words"]:
        return None
    words, url = bare(link["words"]), target(link)
    if len(words.split()) < 2 or ACTION.fullmatch(words) or words.lower().startswith(("http", "www.")) or "@" in words:
        return None
    return (words, url) if _is_worth_it(url) else None


# -- events and tips ------------------------------------------------------------------------------------------------


def _with_way(event: EventReading, entry: Section, sent: datetime) -> EventReading:
    """An event with the page where one signs up, and until when, where its section says so beside the event."""
    if not event.registration_url and not event.registration_email:
        pages = [(words, url) for words, url in _pages(entry) if url != event.online_url]
        way = next((url for words, url in pages if _SIGN_UP.search(words) or _SIGN_UP.search(url)), "")
        event = replace(event, registration_url=way)
    if not event.registration_deadline and _SIGN_UP.search(entry.body):
        day = last_day(entry.body, sent)
        event = replace(event, registration_deadline=day if day <= event.start[:10] else "")
    return event


def _pages(entry: Section) -> list[tuple[str, str]]:
    return [(words, canonical(url)) for words, url in entry.links if is_page(canonical(url))]


def _tips(entry: Section, sent: datetime) -> Iterator[TipReading]:
    """A section with a page outside is a tip of that page: the headline's own, else the first below it."""
    if not entry.title or _RECURS.search(entry.body):
        return
    pages = [url for _, url in _pages(entry) if _is_worth_it(url)]
    if pages:
        yield TipReading(title=entry.title, url=pages[0], deadline=last_day(f"{entry.title}\n{entry.body}", sent))


def _is_worth_it(url: str) -> bool:
    url = canonical(url)
    if not is_page(url) or is_front(url) or is_profile(url) or is_click(url):
        return False
    return not _MAILTO_OR_FILE.search(url)


def _once(events: Sequence[EventReading]) -> Iterator[EventReading]:
    """Without those that a table of contents or a calendar tells of again."""
    seen: dict[tuple[str, str], set[str]] = {}
    for event in events:
        words = set(re.findall(r"\w{4,}", event.title.casefold()))
        key = (event.start, event.place.casefold() if not words else "")
        known = seen.setdefault(key, set())
        if known and (words <= known or known <= words):
            continue
        known |= words
        yield event


# -- of a whole reading ---------------------------------------------------------------------------------------------


def with_contents(reading: "Reading", sent: datetime | None, timezone: str) -> "Reading":
    """A newsletter with the events and tips that it tells of, a tip or a survey with its page; anything else as it is."""
    if reading.kind is Kind.NEWSLETTER:
        told = contents(reading.text, sent or datetime(1970, 1, 1, tzinfo=UTC), timezone)
        known = {(event.start, event.title.casefold()) for event in (reading.event, *reading.further) if event}
        further = tuple(event for event in told.events if (event.start, event.title.casefold()) not in known)
        return replace(reading, further=(*reading.further, *(further if sent else ())), tips=told.tips)
    asks = reading.kind is Kind.QUESTION and _SURVEY.search(f"{reading.title}\n{reading.text[:3_000]}")
    if (reading.kind is Kind.TIP or asks) and (tip := _tip_of(reading, sent)) is not None:
        return replace(reading, tips=(tip,))
    return reading


def _tip_of(reading: "Reading", sent: datetime | None) -> TipReading | None:
    """The page that a mail tips of, called what the mail is called, or what the link says where that says nothing."""
    from bot.reading.tips import is_named, page_of  # noqa: PLC0415  it looks at whole readings

    page = page_of(replace(reading, kind=Kind.TIP), "")
    if page is None:
        return None
    said = (
        bare(link["words"])
        for link in LINK.finditer(reading.text)
        if canonical(target(link)) == page.url and link["words"]
    )
    title = next((words for words in said if not ACTION.fullmatch(words) and "://" not in words), shortened(page.url))
    return TipReading(
        title=reading.title if is_named(reading.title) else title,
        url=page.url,
        deadline=last_day(f"{reading.title}\n{reading.text}", sent) if sent else "",
    )
