"""What a mail says: who, to whom, when, about what, its text and its files, whatever bytes came."""

import email.utils
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridges.mail.bodies import Bodies, MailFile, bodies
from bridges.mail.charsets import decode, one_line
from bridges.mail.mime import Part, Tree, take_apart
from bridges.mail.words import Mailbox, decoded_words, mailboxes, message_ids

__all__ = ["Mail", "MailFile", "Mailbox", "parse"]

#: Where servers and relays note whom a mail was really delivered to, surest first.
_DELIVERED = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-gm-original-to",
    "resent-to",
    "resent-cc",
    "resent-bcc",
    "to",
    "cc",
)
#: Without any of these it is not mail at all.
_MAIL_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "message-id", "sender", "received", "return-path", "mime-version"}
    | {"content-type", "delivered-to", "in-reply-to", "references", "reply-to"}
)
_SOMETHING = re.compile(rb"\S")
MAX_WIDE = 8_000_000  # bytes of a mail in UTF-16
#: Zones that mail programs write by name against the rules (RFC 5322 §4.3 knows America's alone); in hours.
_ZONES = {"CET": "+0100", "MET": "+0100", "CEST": "+0200", "MEST": "+0200", "EET": "+0200", "EEST": "+0300"}
_ZONE = re.compile(r"\s+(CES?T|MES?T|EES?T)\b.*$")
#: A clock that is ahead of the receiving server's by more than this, or from before mail had parts, is wrong.
_AHEAD = timedelta(days=2)
#: Other years are mistakes, and not every zone can be reckoned with at the ends of the calendar.
_YEARS = range(1900, 2200)
#: Never decoded: an encoded word in a stranger's address would become a result that no server wrote (RFC 8601 §2.2).
_FOR_MACHINES = frozenset(
    {"authentication-results", "arc-authentication-results", "received-spf", "return-path", "received"}
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, understood as far as it can be; what is missing or broken is None or empty, and named in `warnings`."""

    size: int  # of the raw bytes
    unreadable: str | None = None  # why it is not mail at all: "empty", "not_mail"
    message_id: str | None = None  # with its brackets
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # oldest first
    senders: tuple[Mailbox, ...] = ()  # everyone in From, usually one
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()  # every address it may have been sent to, surest first, each once
    subject: str = ""
    date: datetime | None = None  # with the sender's own offset
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # topmost first, decoded, one line each
    plain: str | None = field(default=None, repr=False)  # lines end in "\n"
    html: str | None = field(default=None, repr=False)  # as it came: untrusted
    attachments: tuple[MailFile, ...] = ()
    calendars: tuple[bytes, ...] = field(default=(), repr=False)  # in UTF-8
    report: bool = False  # a delivery report or read receipt (RFC 6522)
    warnings: tuple[str, ...] = ()
    _named: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in self.headers:
            self._named.setdefault(name.lower(), []).append(value)

    @property
    def sender(self) -> Mailbox | None:
        """The first person in From."""
        return self.senders[0] if self.senders else None

    def header(self, name: str) -> str | None:
        """The topmost header of that name, in any case."""
        return next(iter(self.header_all(name)), None)

    def header_all(self, name: str) -> tuple[str, ...]:
        """All headers of that name, topmost first."""
        return tuple(self._named.get(name.lower(), ()))


def parse(raw: bytes) -> Mail:
    """What the mail says. Any bytes give a Mail, in bounded time; nothing raises."""
    if not _SOMETHING.search(raw):
        return Mail(size=len(raw), unreadable="empty")
    tree = take_apart(_in_bytes(raw))
    if not any(name.lower() in _MAIL_HEADERS for name, _ in tree.root.headers):
        return Mail(size=len(raw), unreadable="not_mail", warnings=tuple(tree.warnings))
    return _mail(tree, bodies(tree), len(raw))


def _in_bytes(raw: bytes) -> bytes:
    """A mail that some editor saved in UTF-16, in UTF-8."""
    if raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return bytes(raw)
    return raw[:MAX_WIDE].decode("utf-16", "replace").encode("utf-8", "replace")


def _mail(tree: Tree, found: Bodies, size: int) -> Mail:
    fields = _Fields(tree.root)
    senders = fields.people("from")
    date = _date(fields)
    warnings = [*tree.warnings, *found.warnings, *_oddities(fields, senders, date)]
    return Mail(
        size=size,
        message_id=next(iter(message_ids(fields.texts("message-id"))), None),
        in_reply_to=message_ids(fields.texts("in-reply-to")),
        references=message_ids(fields.texts("references")),
        senders=senders,
        reply_to=fields.people("reply-to"),
        to=fields.people("to"),
        cc=fields.people("cc"),
        delivered_to=_delivered_to(fields),
        subject=decoded_words(fields.text("subject")),
        date=date,
        headers=tuple(
            (name, text if name.lower() in _FOR_MACHINES else decoded_words(text)) for name, text in fields.all
        ),
        plain=found.plain,
        html=found.html,
        attachments=tuple(found.files),
        calendars=tuple(found.calendars),
        report=tree.root.content_type == "multipart/report",
        warnings=tuple(dict.fromkeys(warnings)),
    )


class _Fields:
    """The headers of the whole mail as lines of text, words in foreign letters not yet decoded."""

    def __init__(self, root: Part) -> None:
        self.all = tuple((name, one_line(decode(value, None))) for name, value in root.headers)

    def texts(self, name: str) -> list[str]:
        return [text for key, text in self.all if key.lower() == name]

    def text(self, name: str) -> str:
        """The first of that name that says anything."""
        return next((text for text in self.texts(name) if text), "")

    def people(self, name: str) -> tuple[Mailbox, ...]:
        # Addresses are found before words are decoded: a decoded name may look like an address (RFC 2047 §5)
        return tuple(dict.fromkeys(person for text in self.texts(name) for person in mailboxes(text)))


def _delivered_to(fields: _Fields) -> tuple[str, ...]:
    people: Iterable[Mailbox] = (person for name in _DELIVERED for person in fields.people(name))
    return tuple(dict.fromkeys(person.address for person in people))


def _date(fields: _Fields) -> datetime | None:
    """When it was written; where the sender's clock says nothing, or nonsense, when it was received."""
    written = _moment(fields.text("date"))
    received = _moment(next(iter(fields.texts("received")), "").rpartition(";")[2])
    if written is None or (received is not None and (written.year < 1995 or written - received > _AHEAD)):
        return received or written
    return written


def _moment(text: str) -> datetime | None:
    text = _ZONE.sub(lambda zone: f" {_ZONES[zone[1]]}", re.sub(r"\s+", " ", text[:200]))
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        try:
            date = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
    if date.year not in _YEARS:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # "-0000" says UTC and nothing about the place


def _oddities(fields: _Fields, senders: tuple[Mailbox, ...], date: datetime | None) -> list[str]:
    found = {
        "no_sender": not senders,
        "many_senders": len(senders) > 1,
        "no_date": not fields.text("date"),
        "bad_date": bool(fields.text("date")) and (date is None or date != _moment(fields.text("date"))),
        "no_message_id": not fields.text("message-id"),
    }
    return [slug for slug, odd in found.items() if odd]
