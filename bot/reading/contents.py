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
from bot.reading.listings import CALLS, Piece, is_list, is_worth_it, listed, pages_in, pieces_of
from bot.reading.nordic import in_swedish
from bot.reading.sections import ACTION, BEGINS_WITH_DAY, LINK, Section, bare, is_label, sections, target
from bot.reading.tip import TipReading
from bridges.mail.zones import zone_of
from bridges.runs import GONE
from bridges.urls import canonical, comparison_key, is_page, shortened
from storage.words import Attendance, Kind, Precision

if TYPE_CHECKING:
    from bot.reading.reading import Reading

MOST_EVENTS, MOST_TIPS = 60, 60
_LONGEST_ENTRY = 3_000  # characters that say when something is
_FIRST_LINES = 200  # characters
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
_SIGN_UP = re.compile(
    r"anmäl|\bosa\b|regist|sign ?up|\bbook|\bboka|biljett|ticket|delta\b|/events?/|\bjag kommer\b|säkra (?:din )?plats|reservera|hör av dig|meddela"
    r"|på kö\b|påmeld|tilmeld|meld (?:deg|dig) på|rsvp",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
#: Opening hours, holidays, and who begins or leaves: days on which nothing is held.
_NOTHING_HELD = re.compile(
    r"\b(?:(?:håller|har|är|holdes)\b[^.!?\n]{0,30}\b(?:semester\w*|jul|sommar)?(?:stängt?|lukket|ledigt?|semester)(?!\w)|(?:semester|jul|sommar)stängt?|(?:jul|sommar)ledig\w*"
    r"|telefontid\w*|öppettid\w*|öppet (?:vardagar|mån|tis|ons|tors|fre)\w*|(?:börjar|slutar) (?:hos oss|sin tjänst|sin anställning|som )|börjar (?:jobba|arbeta)"
    r"|tillträd(?:er|de)|föräldraledig|går i pension|we are closed|office is closed|out of office)",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[!?\n]|\.(?=\s|$)")
#: A leader of the letter's own: said in the letter already.
_LEADER = re.compile(r"\bläs \w+s (?:krönika|ledare|spaning)\b", re.IGNORECASE)
_ONLY_PART = re.compile(r"(?:del|dag|träff|pass|modul|tillfälle|avsnitt|part|day|session)\W?\d{1,2}", re.IGNORECASE)
_ONLINE = re.compile(
    r"\b(?:teams|zoom|online|på nätet|digital\w*|webb?inar\w*|webbmöte\w*|lunchwebb|distans)\b", re.IGNORECASE
)
#: "Öppet hus på Kvarnängen": where, by what it is called.
_AT = re.compile(
    r"(?<=\w )(?:på|hos|vid|(?<!kurs )(?<!kurser )(?<!utbildning )i) (?P<place>[A-ZÅÄÖ][^\W\d_]*[a-zåäö](?: (?:[A-ZÅÄÖ][\w-]+|gård|slott|skola|by|kommun))*)$"
)
#: A question whose answer is given on a page of its own.
_SURVEY = re.compile(r"\benkät|\bsurvey\b|\bquestionnaire\b|\bremiss", re.IGNORECASE)
#: "Varje lördag": what is held again and again is neither one event nor a page to read.
_RECURS = re.compile(
    r"\b(?:varje|alla|every)\s+(?:mån|tis|ons|tor|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun|vecka|week)", re.IGNORECASE
)


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
    told = (section for section in sections(in_swedish(md)) if not _ABOUT_ITSELF.fullmatch(section.title))
    for entry in islice((entry for section in told for entry in _entries(section)), _MOST_ENTRIES):
        found = _events(entry, sent, timezone)
        if found:
            events += found
            taken.update(comparison_key(url) for _, url in _pages(entry))
            continue
        if (tip := _tip(entry, sent)) is not None:
            tips.setdefault(comparison_key(tip.url) if tip.url else tip.title.casefold(), tip)
    kept = [tip for key, tip in tips.items() if key not in taken]
    return Contents(tuple(_once(events))[:MOST_EVENTS], tuple(kept)[:MOST_TIPS])


# -- a section's entries --------------------------------------------------------------------------------------------


def _entries(section: Section) -> Iterator[Section]:
    """The section, or each line of its calendar, or each of the things that it lists."""
    pieces = pieces_of(section.body)
    texts = [piece.text for piece in pieces]
    if is_calendar(section.title, texts) and not CALLS.search(section.title):
        yield from entries(section, texts)
    elif (things := None if _is_one(section, pieces) else listed(section, pieces)) is not None:
        for thing in things:
            yield _with_day(thing)
    else:
        yield with_day_named(section, texts)


def _with_day(thing: Section) -> Section:
    return with_day_named(thing, [piece.text for piece in pieces_of(thing.body)])


def _is_one(section: Section, pieces: Sequence[Piece]) -> bool:
    """Whether a headline of its own has its day right below it: what it lists belongs to that event."""
    first = " ".join(bare(piece.text) for piece in pieces[:2])
    return (
        not is_list(section.title)
        and bool(section.title)
        and bool(_DAY_FIRST.match(first))
        and not is_list(section.under)
    )


_DAY_FIRST = re.compile(rf"(?:(?:när|datum|tid|dag|date|when)\s*:|{BEGINS_WITH_DAY.pattern})", re.IGNORECASE)


# -- events and tips ------------------------------------------------------------------------------------------------


def _events(entry: Section, sent: datetime, timezone: str) -> list[EventReading]:
    """The events of an entry; what is held every week is none, nor a day on which somebody is away."""
    body = _held(entry.body)
    if _RECURS.search(body[:_FIRST_LINES]) or not re.search(r"\d", f"{entry.title}{body}"):
        return []
    found = [_with_way(each, entry, sent) for each in events_of_section(entry.title, body, sent, timezone)]
    return [each for each in found if entry.title or _is_sure(each)]


def _held(body: str) -> str:
    """What an entry says, without the sentences that tell of days on which nothing is held. In linear time."""
    body = body[:_LONGEST_ENTRY]
    kept: list[str] = []
    position = 0
    for found in _NOTHING_HELD.finditer(body):
        if found.start() < position:
            continue
        begin = max(position, *(body.rfind(sign, position, found.start()) + 1 for sign in ".!?\n"))
        end = _SENTENCE_ENDS.search(body, found.end())
        kept.append(body[position:begin])
        position = end.start() if end else len(body)
    return "".join((*kept, body[position:]))


def _is_sure(event: EventReading) -> bool:
    """Whether a day that a letter's first words mention is surely something to go to."""
    way = event.registration_url or event.registration_email or event.registration_deadline
    return event.date_precision is Precision.TIME or bool(way)


def _with_way(event: EventReading, entry: Section, sent: datetime) -> EventReading:
    """An event with the page where one signs up, and until when, where its section says so beside the event."""
    if not event.registration_url and not event.registration_email:
        pages = [(words, url) for words, url in _pages(entry) if url != event.online_url]
        way = next((url for words, url in pages if _SIGN_UP.search(words) or _SIGN_UP.search(url)), "")
        event = replace(event, registration_url=way, registration_email="" if way else _address_in(entry.body))
    if not event.registration_deadline and _SIGN_UP.search(entry.body):
        day = last_day(entry.body, sent)
        event = replace(event, registration_deadline=day if day <= event.start[:10] else "")
    if entry.title and _ONLY_PART.fullmatch(event.title):
        event = replace(event, title=f"{entry.title}, {event.title[:1].lower()}{event.title[1:]}")
    if event.place and event.place.casefold() in (event.title.casefold(), entry.title.casefold()):
        event = replace(event, place="")
    if not event.place and event.mode is not Attendance.HYBRID and _ONLINE.search(_beginning(entry)):
        event = replace(event, mode=Attendance.ONLINE)
    at = None if event.place or event.mode is Attendance.ONLINE else _AT.search(event.title)
    return replace(event, place=at["place"], mode=event.mode or Attendance.ONSITE) if at else event


def _beginning(entry: Section) -> str:
    """What an event is called, and the lines that say when and where."""
    return "\n".join([entry.title, *(bare(line) for line in entry.body.split("\n")[:3])])


def _address_in(body: str) -> str:
    """The address that a sentence about signing up gives."""
    for line in body.split("\n"):
        words = bare(line)
        said, address = _SIGN_UP.search(words), _ADDRESS.search(words)
        if said and address:
            return address[0].lower()
        if said and (link := LINK.search(line)) and target(link).lower().startswith("mailto:"):
            return target(link)[7:].partition("?")[0].lower()
    return ""


def _pages(entry: Section) -> list[tuple[str, str]]:
    return [(words, canonical(url)) for words, url in entry.links if is_page(canonical(url))]


def _is_title(title: str) -> bool:
    """Whether a headline says what is to be read; "Stöd att söka" does, where nothing else is."""
    return bool(title) and not is_label(title) and (not is_list(title) or len(title.split()) > 2)


def _tip(entry: Section, sent: datetime) -> TipReading | None:
    """A section with a page is a tip of that page: the headline's own, else the first below it."""
    if not _is_title(entry.title) or _RECURS.search(entry.body) or _LEADER.search(entry.body):
        return None
    pages = [*([entry.url] if is_worth_it(entry.url) else []), *(url for _, url in pages_in(entry.body))]
    if not pages:
        return None
    page = next((url for url in pages if url != GONE), "")
    return TipReading(
        title=entry.title,
        url=canonical(page) if page else "",
        deadline=last_day(f"{entry.title}\n{_held(entry.body)}", sent),
    )


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


def with_contents(reading: "Reading", sent: datetime | None, timezone: str, marked: str = "") -> "Reading":
    """A newsletter with the events and tips that it tells of, a tip or a survey with its page; anything else as it is.
    `marked`: its text with the links marked that are not passed on.
    """
    sent = sent.astimezone(zone_of(timezone)) if sent else None  # hours are told in the network's time
    if reading.kind is Kind.NEWSLETTER:
        told = contents(marked or reading.text, sent or datetime(1970, 1, 1, tzinfo=UTC), timezone)
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
