"""The events that a text tells of: a labelled block before the subject, a sentence before a loose date."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.reading.event import EventReading, Uncertain
from bot.reading.events.account import Account
from bot.reading.events.called import called
from bot.reading.events.chosen import chosen_days
from bot.reading.events.hours import with_hours
from bot.reading.events.labels import Label, first
from bot.reading.events.lines import Line
from bot.reading.events.organisers import organisers
from bot.reading.events.parts import Part, concerns, part_of
from bot.reading.events.places import place_and_mode
from bot.reading.events.roles import MOVED, Role
from bot.reading.events.sign_up import address_told, last_day, sign_up_address, sign_up_link
from bot.reading.events.told import Told
from bot.reading.intents import calls_off
from bot.reading.when import Span
from bridges.urls import canonical
from storage.words import Attendance, Doubt, EventStatus, Precision

#: More in one mail are a calendar, and nobody's invitation.
MOST_EVENTS = 60


def events_in(
    text: str, subject: str, sent: datetime, timezone: str, *, answer_to: str = ""
) -> tuple[EventReading, ...]:
    """The events that a mail of one sender invites to, the main one first; of what is told in passing none.

    `text`: neutral Markdown, only what was written or passed on. `subject`: without its prefixes. `sent`: the mail's
    Date, aware; relative words count from it. `answer_to`: the address that an answer to it goes to. Empty when the text names no day.
    """
    return _events(Account.of(text, subject, sent, timezone, section=False, answer_to=answer_to))


def events_of_section(title: str, text: str, sent: datetime, timezone: str) -> tuple[EventReading, ...]:
    """The events of one section of a newsletter, whose heading is `title` ("" = none) and whose text is Markdown.

    Almost always none or one; a section that lists its dates with titles has several.
    """
    return _events(Account.of(text, title, sent, timezone, section=True))


def _events(account: Account) -> tuple[EventReading, ...]:
    chosen = chosen_days(account)[:MOST_EVENTS]
    if not chosen:
        return ()
    off = calls_off(account.subject, account.page.text)
    return tuple(_event(account, one, chosen, off=off) for one in chosen)


def _event(account: Account, one: Told, chosen: Sequence[Told], *, off: bool) -> EventReading:
    part = part_of(account, one, chosen)
    title = called(account, one, part)
    one = _in_words(account, one)
    span = with_hours(account, one, part)
    status = _status(account, one, part, off=off)
    place, mode, online_url = _where(account, one, part, title)
    organiser, others = organisers(
        part.fields if first(part.fields, Label.ORGANISER) else account.fields, account.page.text
    )
    link, address = _sign_up(account, one, part, chosen)
    return EventReading(
        title=title,
        start=span.start,
        end=span.end,
        timezone=account.timezone,
        date_precision=span.precision,
        all_day=span.all_day,
        mode=mode,
        place=place,
        online_url=canonical(online_url) if online_url else "",
        registration_url=canonical(link) if link else "",
        registration_email=address,
        registration_deadline=last_day(account, one, span, part, chosen),
        organiser=organiser,
        co_organisers=others,
        status=status,
        uncertain=_uncertain(account, one, span, part, status),
    )


def _sign_up(account: Account, one: Told, part: Part, chosen: Sequence[Told]) -> tuple[str, str]:
    """The page and the address to sign up to: said of it, said of all, or of whom one tells that one comes."""
    if not part.several:
        link, address = sign_up_link(part.fields, part.lines), sign_up_address(part.fields, part.lines)
        return link, address or ("" if link else address_told(part.lines, account.answer_to))
    own, outside = (_concerning(account, lines, one, chosen) for lines in (part.lines, part.outside))
    link = sign_up_link(part.fields, own) or sign_up_link(part.common, outside)
    address = sign_up_address(part.fields, own) or sign_up_address(part.common, outside)
    if not address and not link:
        address = address_told(own, account.answer_to) or address_told(outside, account.answer_to)
    return link, address


def _concerning(account: Account, lines: Sequence[Line], one: Told, chosen: Sequence[Told]) -> tuple[Line, ...]:
    """What is said beside several events, without paragraphs that name others of them."""
    kept: list[Line] = []
    paragraph: list[Line] = []
    for line in (*lines, Line(text="")):
        if line.text.strip() or line.links:
            paragraph.append(line)
            continue
        if concerns(account, " ".join(other.text for other in paragraph), one, chosen):
            kept += (*paragraph, line)
        paragraph = []
    return tuple(kept)


def _in_words(account: Account, one: Told) -> Told:
    """Of a day in the subject, where the text tells of it too: its words say more."""
    if one.line >= 0:
        return one
    happening = (Role.EVENT, Role.NEW)
    same = (
        other
        for other in account.told
        if other.line >= 0 and other.span.day == one.span.day and other.role in happening
    )
    found = next(same, None)
    if found is None:
        return one
    span = found.span
    if span.precision is not Precision.TIME and one.span.precision is Precision.TIME:
        span = replace(one.span, begin=span.begin, stop=span.stop)
    return replace(found, span=span, role=one.role if one.role is Role.NEW else found.role)


def _where(account: Account, one: Told, part: Part, title: str) -> tuple[str, Attendance | None, str]:
    """Where it is by its own part, by the labels that hold for all, or at least how people meet."""
    span, text = one.span if one.line >= 0 else None, account.page.text
    if not part.several:
        return place_and_mode(part.fields, span, account.page, f"{title}\n{account.subject}\n{text[:3000]}")
    about = f"{title}\n{text[part.begin : part.stop]}"
    place, mode, online_url = place_and_mode(part.fields, span, account.page, about)
    if not place and mode is None:
        place, mode, online_url = place_and_mode(part.common, span, account.page, about)
    if mode is None:
        return place_and_mode((), None, account.page, f"{title}\n{account.subject}\n{text[:2000]}")
    return place, mode, online_url


def _status(account: Account, one: Told, part: Part, *, off: bool) -> EventStatus:
    if off and one.role is not Role.NEW:
        return EventStatus.CANCELLED
    if account.moved and (
        one.role in (Role.NEW, Role.OLD) or MOVED.search(account.subject) or MOVED.search(one.sentence)
    ):
        return EventStatus.MOVED
    return EventStatus.CONFIRMED


def _uncertain(account: Account, one: Told, span: Span, part: Part, status: EventStatus) -> Uncertain | None:
    doubt = span.uncertain
    if one.role is Role.OLD and status is EventStatus.MOVED:
        return Uncertain(Doubt.SEVERAL, _said(account, one))
    if doubt is not None:
        if span.precision is Precision.TIME and doubt.choices and "T" not in doubt.choices[0]:
            return replace(doubt, choices=tuple(f"{day}{span.start[10:]}" for day in doubt.choices))
        return doubt
    if part.several or account.section or status is EventStatus.MOVED:
        return None
    other = next((other for other in account.told if _contradicts(other, one, span)), None)
    if other is None:
        return None
    start = other.span.start if other.span.precision is Precision.TIME else f"{other.span.day}{span.start[10:]}"
    return Uncertain(Doubt.SEVERAL, _said(account, one), (span.start, start))


def _contradicts(other: Told, one: Told, span: Span) -> bool:
    """Whether the subject names another day than the text, or a label another than the subject."""
    if (other.line < 0) == (one.line < 0) or (other.line >= 0 and other.field is None) or other.role is not Role.EVENT:
        return False
    if other.span.loose or other.span.either or other.span.precision is Precision.WEEK:
        return False
    if other.span.uncertain is not None and other.span.uncertain.doubt is Doubt.PAST:
        return False
    return not span.day <= other.span.day <= (span.end or span.start)[:10]


def _said(account: Account, one: Told) -> str:
    """The words that tell the day."""
    text = account.page.text if one.line >= 0 else account.subject
    return " ".join(text[one.span.begin : one.span.stop].split())[:200]
