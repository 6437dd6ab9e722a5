"""What sort of thing a mail is, and what it wants: a short list of rules, the first that answers decides."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bridges.mail.parse import Mail
from storage.words import Intent, Kind

#: The subaddresses that fix the kind.
KIND_OF_TAG = {
    "inbjudan": Kind.INVITATION,
    "nyhetsbrev": Kind.NEWSLETTER,
    "tips": Kind.TIP,
    "fraga": Kind.QUESTION,
    "fråga": Kind.QUESTION,
}

_NEWSLETTER = re.compile(r"nyhetsbrev|månadsbrev|newsletter|\bnytt från\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\b(?:fråga|frågor till|efterlysning|efterlyser|sökes|söker|vem har|vet någon|någon som|question|looking for)\b",
    re.IGNORECASE,
)
_TIP = re.compile(r"\b(?:tips|tipsar|läsvärt|lästips|utlysning|omvärldsspaning|tip)\b", re.IGNORECASE)
_INVITATION = re.compile(
    r"inbjud|\bbjuder in\b|\bvälkom(?:men|na) (?:till|på)\b|\banmäl dig\b|\banmälan (?:senast|görs|till)\b|\bosa\b"
    r"|anmälningsdag|\bsave the date\b|\bboka (?:in )?datumet\b|webbinari|webinar|seminari|workshop|konferens"
    r"|studiebesök|studieresa|fältvandring|frukostmöte|nätverksträff|\bträff\b|temadag|kursdag"
    r"|\binvit(?:e|ation|ed)\b|\brsvp\b|\bregister (?:now|here|by)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_FIRST_LINES = 600  # characters that say what a mail is about
_SHORT = 1_500  # characters: a tip is a link and some words


@dataclass(frozen=True, slots=True)
class Clues:
    """What the rules look at."""

    mail: Mail
    tag: str | None
    subject: str  # without prefixes
    text: str  # plain
    has_event: bool


def _by_tag(clues: Clues) -> Kind | None:
    return KIND_OF_TAG.get((clues.tag or "").lower())


def _by_calendar(clues: Clues) -> Kind | None:
    return Kind.INVITATION if clues.has_event else None


def _by_bulk_headers(clues: Clues) -> Kind | None:
    bulk = clues.mail.header("list-id") or clues.mail.header("list-unsubscribe")
    return Kind.NEWSLETTER if bulk else None


def _by_subject(clues: Clues) -> Kind | None:
    return _by_words(clues.subject)


def _by_first_lines(clues: Clues) -> Kind | None:
    head = clues.text[:_FIRST_LINES]
    if _INVITATION.search(head):
        return Kind.INVITATION  # before the others: an invitation may mention a newsletter or ask a question
    return _by_words(head)


def _by_event_words(clues: Clues) -> Kind | None:
    return Kind.INVITATION if _INVITATION.search(clues.text[:100_000]) else None


def _by_question_mark(clues: Clues) -> Kind | None:
    return Kind.QUESTION if clues.subject.endswith("?") else None


def _by_link(clues: Clues) -> Kind | None:
    return Kind.TIP if len(clues.text) <= _SHORT and _LINK.search(clues.text) else None


def _by_words(text: str) -> Kind | None:
    table = (
        (_NEWSLETTER, Kind.NEWSLETTER),
        (_QUESTION, Kind.QUESTION),
        (_TIP, Kind.TIP),
        (_INVITATION, Kind.INVITATION),
    )
    return next((kind for words, kind in table if words.search(text)), None)


#: First come, first decides.
_RULES: tuple[Callable[[Clues], Kind | None], ...] = (
    _by_tag,  # kluster+tips@: the sender said so
    _by_calendar,  # a calendar file is with it
    _by_bulk_headers,  # sent by a newsletter tool
    _by_subject,  # "Inbjudan: …", "Efterlysning …"
    _by_question_mark,  # the subject asks
    _by_first_lines,  # "Välkommen till …"
    _by_event_words,  # "anmäl dig" anywhere
    _by_link,  # short, with a link
)


def kind_of(clues: Clues) -> Kind:
    """The kind; a tip when nothing tells, since a tip asks least of its readers."""
    return next((kind for rule in _RULES if (kind := rule(clues)) is not None), Kind.TIP)


_INTENTS = (
    (r"\binställ(?:t|d|da|s|er)\b|\bavboka(?:d|t|s)\b|\bcancel(?:led|ed)\b", Intent.CANCELLATION),
    (r"\bflytta(?:d|t|s|de)\b|\bnytt datum\b|\bny tid\b|\bpostponed\b|\brescheduled\b|\bnew date\b", Intent.UPDATE),
    (r"\bändra(?:d|t)\b|\buppdatera(?:d|t)\b|\brättelse\b|\bupdated?\b", Intent.UPDATE),
    (r"\bpåminnelse\b|\breminder\b|\bsista chansen\b", Intent.REMINDER),
    (r"\bsave the date\b|\b(?:boka|spara)(?: in)? datumet\b", Intent.SAVE_THE_DATE),
    (r"\bdoodle\b|\bdatumförslag\b|\bvilket datum\b|\bdate poll\b", Intent.DATE_POLL),
    (r"\binspelning(?:en)?\b|\bse i efterhand\b|\brecording\b", Intent.RECORDING),
)
_INTENT_WORDS = tuple((re.compile(words, re.IGNORECASE), intent) for words, intent in _INTENTS)


def intent_of(subject: str, *, cancelled: bool) -> Intent:
    """What the mail wants, by its subject; `cancelled`: its calendar says that the event is off."""
    if cancelled:
        return Intent.CANCELLATION
    return next((intent for words, intent in _INTENT_WORDS if words.search(subject)), Intent.NEW)
