"""The first reading of a mail: kind, intent, title, text, event and files, by rules that a page can hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.reading.contents import with_contents
from bot.reading.event import EventReading, completed, from_calendars
from bot.reading.events import events_in
from bot.reading.intents import Wish, intent_of, said_in_subject
from bot.reading.kinds import KIND_OF_TAG, Clues, kind_of
from bot.reading.language import language_of
from bot.reading.links import links_of
from bot.reading.newsletters import Signs, newsletter_signs
from bot.reading.texts import Words, answer_words, audience_line, discreet, post_words
from bot.reading.tip import TipReading
from bot.reading.topics import topics_in
from bridges.mail.files import distinct
from bridges.mail.parse import Mail, MailFile, parse
from bridges.mail.replies import bare_subject, first_author, is_answer, is_forward
from storage.words import Audience, EventStatus, Intent, Kind, Precision

NO_TITLE = "(utan rubrik)"
_LONGEST_TITLE = 300
#: Mails that a mail encloses are read for what they invite to: so many of its files, of so many bytes at most.
_MOST_ENCLOSED, _LONGEST_ENCLOSED = 10, 1_000_000

#: Not for readers: the proof that a mail was signed means nothing once its text is passed on.
_SEALS = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a mail means, as far as the first reading goes."""

    kind: Kind
    intent: Intent
    title: str  # never empty
    text: str  # neutral Markdown; of an answer only what the person wrote
    trimmed: str = ""  # of an answer: quotes and signature
    language: str = "sv"
    audience: Audience = Audience.ALL
    topics: tuple[str, ...] = ()
    event: EventReading | None = None  # what it is about
    further: tuple[EventReading, ...] = ()  # others that it tells of; of a newsletter all
    tips: tuple[TipReading, ...] = ()
    links: tuple[str, ...] = ()  # canonical, in the order they stand
    files: tuple[MailFile, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()


def read(
    mail: Mail,
    tag: str | None,
    timezone: str,
    topics: Sequence[str] = (),
    *,
    answer: bool | None = None,
    topic_words: Mapping[str, Sequence[str]] | None = None,
) -> Reading:
    """What a mail means. `tag`: the subaddress word it was sent to. `answer`: whether it belongs to a thread, when
    known. `topic_words`: of the settings, beside our own.
    """
    subject = bare_subject(mail.subject)
    if answer is None:
        answer = _answers(mail, tag)
    words = discreet(answer_words(mail), mail) if answer else post_words(mail)
    calendars, odd = from_calendars(mail.calendars, timezone) if mail.calendars else ((), ())
    words = _or_description(words, calendars)
    audience, text = (None, words.text) if answer else audience_line(words.text)
    signs = None if answer else newsletter_signs(mail, words.marked or words.text)
    told = () if signs is not None and signs.is_newsletter else _told(mail, text, subject, timezone)
    invited = bool(calendars) or _invites(told, signs)
    kind = kind_of(Clues(mail, tag, subject, words.plain, invited, signs, invited and any(map(_is_whole, told))))
    statuses = tuple(event.status for event in calendars)
    intent = intent_of(Wish(subject=subject, text=words.plain, kind=kind, answer=answer, statuses=statuses))
    events = _events(calendars, told, kind, intent, answer=answer)
    reading = Reading(
        kind=kind,
        intent=intent,
        title=_title(subject, events, text),
        text=text,
        trimmed=words.trimmed,
        language=language_of(f"{subject} {words.plain}"),
        audience=audience or Audience.ALL,
        topics=topics_in(f"{subject}\n{text}", topics, topic_words),
        event=events[0] if events else None,
        further=events[1:],
        links=links_of(text),
        files=files_of(mail),
        warnings=tuple(dict.fromkeys((*words.warnings, *odd))),
    )
    return reading if answer else with_contents(reading, mail.date, timezone, words.marked)


def files_of(mail: Mail) -> tuple[MailFile, ...]:
    """The files for readers: a calendar is read and made anew, a seal says nothing once the mail is passed on.

    No two have the same name.
    """
    kept = (file for file in mail.attachments if not _is_calendar(file) and file.content_type not in _SEALS)
    return tuple(distinct(kept))


def _answers(mail: Mail, tag: str | None) -> bool:
    """Written as an answer: it refers to another mail or says SV:, is no forward, and no subaddress fixed its kind."""
    if (tag or "").lower() in KIND_OF_TAG or is_forward(mail.subject, mail.plain or "") or announces(mail, tag):
        return False
    return tag == "thread" or is_answer(mail.subject) or bool(mail.in_reply_to or mail.references)


def announces(mail: Mail, tag: str | None = None) -> bool:
    """Whether a mail that refers to another says of itself that it goes to all: its subject is no answer's and reminds,
    changes or calls off, and it quotes nobody.
    """
    if tag == "thread" or not (mail.in_reply_to or mail.references) or is_answer(mail.subject):
        return False
    if said_in_subject(mail.subject[:_LONGEST_TITLE]) not in _TO_ALL:
        return False
    words = mail.plain if mail.plain is not None else mail.html or ""
    return _QUOTES.search(words[:_LONGEST_QUOTING]) is None


_TO_ALL = frozenset({Intent.REMINDER, Intent.UPDATE, Intent.CANCELLATION, Intent.SAVE_THE_DATE})
_LONGEST_QUOTING = 100_000  # characters
_QUOTES = re.compile(r"^ {0,3}>|\b(?:skrev|wrote)\b[^\n]{0,120}:\s*$|<blockquote|^(?:Från|From): ", re.MULTILINE)


def _told(mail: Mail, text: str, subject: str, timezone: str) -> tuple[EventReading, ...]:
    """The events that the letter tells of, or a mail that it encloses; without its date nobody knows which year it means."""
    if mail.date is None:
        return ()
    if _answers(mail, None):  # what it quotes was said before
        text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith((">", "\\>")))
    if found := events_in(text, subject, mail.date, timezone, answer_to=_answer_to(mail)):
        return found
    for file in mail.attachments[:_MOST_ENCLOSED]:
        if file.content_type == "message/rfc822" and file.size <= _LONGEST_ENCLOSED:
            inner = parse(file.content)
            words, when = post_words(inner), inner.date or mail.date
            found = events_in(words.text, bare_subject(inner.subject), when, timezone, answer_to=_answer_to(inner))
            if found:
                return found
    return ()


def _answer_to(mail: Mail) -> str:
    """Who gets an answer: of a mail passed on its first writer."""
    if (writer := first_author(mail)) is not None:
        return writer.address
    person = mail.reply_to[0] if mail.reply_to else mail.sender
    return person.address if person is not None else ""


def _events(
    calendars: tuple[EventReading, ...], told: tuple[EventReading, ...], kind: Kind, intent: Intent, *, answer: bool
) -> tuple[EventReading, ...]:
    """What the mail is about, first. Its calendars are right about when; its words count where it invites, or where an
    answer says that what was invited to is off or another day. A question or a tip names days in passing.
    """
    if calendars:
        return tuple(completed(event, told) for event in calendars)
    if answer:
        return told[:1] if intent in (Intent.UPDATE, Intent.CANCELLATION) and _changes(told) else ()
    if kind is not Kind.INVITATION or intent is Intent.DATE_POLL:
        return ()
    return told


def _invites(told: tuple[EventReading, ...], signs: Signs | None) -> bool:
    """Whether a day in the words speaks for an invitation by itself: with its hour, its place, or how one signs up.
    What is sent to many tells of days whatever it is.
    """
    if signs is not None and signs.is_bulk:
        return False
    return any(
        event.date_precision is Precision.TIME
        or event.place
        or event.registration_url
        or event.registration_email
        or event.registration_deadline
        or event.status is not EventStatus.CONFIRMED
        for event in told
    )


def _is_whole(event: EventReading) -> bool:
    """Whether the words say when to the hour, and where or how one signs up."""
    signs_up = event.registration_url or event.registration_email or event.registration_deadline
    return event.date_precision is Precision.TIME and bool(event.place or signs_up)


def _changes(told: tuple[EventReading, ...]) -> bool:
    return bool(told) and told[0].status is not EventStatus.CONFIRMED


def _or_description(words: Words, calendars: Sequence[EventReading]) -> Words:
    """A calendar invitation without a letter: its own description is the text."""
    event = next((event for event in calendars if event.description), None)
    if words.text.strip() or event is None:
        return words
    from bridges.markdown import from_plain  # noqa: PLC0415  few mails need it

    return Words(from_plain(event.description), words.trimmed, event.description, words.warnings)


def _title(subject: str, events: Sequence[EventReading], text: str) -> str:
    title = subject or (events[0].title if events else "") or _first_line(text)
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    return title or NO_TITLE


def _first_line(text: str) -> str:
    """The first line with words, as a reader sees it."""
    from bridges.markdown import to_plain  # noqa: PLC0415  nearly every mail has a subject

    lines = to_plain(text[:5_000], width=5_000).split("\n")
    return next((" ".join(line.split()) for line in lines if re.search(r"\w", line)), "")


def _is_calendar(file: MailFile) -> bool:
    return file.content_type in ("text/calendar", "application/ics") or file.name.lower().endswith(".ics")
