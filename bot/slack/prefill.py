"""The form filled in from what somebody wrote: understood as a mail is, and shown to them before it is shared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.reading import EventReading, Reading
from bot.reading.certain import known_part
from bot.reading.events import events_in
from bot.reading.kinds import Clues, kind_told
from bot.reading.texts import audience_line
from bot.reading.topics import topics_in
from bot.settings import Settings
from bot.slack.asked import moment_of
from bridges.mail.parse import Mail
from bridges.markdown import to_plain
from bridges.slack.form.draft import Draft
from bridges.slack.form.words import draft_of, first_line, shown
from storage.words import Audience, Kind

_READ = 20_000  # characters; what it is about stands in its beginning


def prefilled(settings: Settings, text: str, sent: datetime, *, kind: Kind | None = None) -> Draft:
    """A form filled in from a message or pasted text, in neutral Markdown; the person sees it all before it is shared.

    `sent`: when it was written, which its relative days count from. What is not certain is left for the person to say.
    """
    network = settings.network
    audience, text = audience_line(text)
    read = text[:_READ]
    plain = to_plain(read, width=10_000)
    title = first_line(plain)
    events = events_in(read, title, sent, network.timezone)
    kind = kind or _kind(plain, bool(events))
    draft = Draft(
        kind=kind,
        title=title,
        text=shown(text),
        topics=topics_in(plain, network.topics, settings.topic_words),
        audience=audience or Audience.ALL,
    )
    return _with_event(draft, events[0]) if events and kind is Kind.INVITATION else draft


def draft_of_mention(reading: Reading) -> Draft:
    """A form filled in with something that a letter tells of, as far as it is certain; where it is from is added when it
    is shared. The page that a tip is of stands in the field for links.
    """
    draft = Draft(
        kind=reading.kind,
        title=reading.title,
        text=shown(reading.text),
        topics=reading.topics,
        audience=reading.audience,
    )
    return _with_event(draft, reading.event) if reading.event is not None else draft


def _kind(plain: str, has_event: bool) -> Kind:
    """As of a mail; an invitation when nothing tells, for that is what the form is mostly opened for."""
    words = plain.strip()
    title, _, rest = words.partition("\n")
    told = kind_told(Clues(Mail(size=0), None, title, rest or words, has_event))
    return told or Kind.INVITATION


def _with_event(draft: Draft, event: EventReading) -> Draft:
    known = known_part(event)
    filled = replace(draft_of(replace(draft, text=""), known or event), text=draft.text)
    if event.uncertain is None:
        return filled
    said = event.uncertain.said
    if known is None:
        return replace(filled, start=None, end=None, all_day=False, when_text=said)
    return replace(filled, when_text=filled.when_text or said)


def sent_at(message: Mapping[str, object], now: datetime) -> datetime:
    """When a message in Slack was posted; now, when it does not say."""
    ts = message.get("ts")
    return moment_of(ts) if isinstance(ts, str) and ts else now


#: What is asked for after the command and cannot be done yet; all else with some words is a text to share.
_ASKED: Sequence[str] = (
    *("kommande", "sök", "sok", "kluster", "prenumerera", "veckobrev", "coming", "upcoming", "search", "cluster"),
    *("clusters", "subscribe", "digest"),
)
_WORDS = 4  # so many make a text


def is_pasted(text: str) -> bool:
    """Whether what stands after the command is a text, not one of its words."""
    words = text.split()
    return len(words) >= _WORDS and words[0].casefold() not in _ASKED
