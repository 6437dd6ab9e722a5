"""A mail or a newsletter's section looked through once: its lines, its labels and the days that it tells of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.reading.events.labels import Field, fields_of
from bot.reading.events.lines import Page, page_of
from bot.reading.events.roles import MOVED
from bot.reading.events.told import Told, days_told, programme_lines

_LONGEST_SUBJECT = 500
_SAYS_FIRST = 2_000  # characters in which a mail says that something is moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of a text before it is decided which of its days are events."""

    subject: str  # of a section: its heading
    page: Page
    fields: tuple[Field, ...]
    told: tuple[Told, ...]
    programme: frozenset[int]  # the numbers of lines that belong to a programme
    sent: datetime  # in the zone whose wall time is told
    timezone: str
    moved: bool  # it says that something is moved
    section: bool  # of a newsletter
    answer_to: str = ""  # the address that an answer goes to

    @classmethod
    def of(
        cls, text: str, subject: str, sent: datetime, timezone: str, *, section: bool, answer_to: str = ""
    ) -> "Account":
        """The account of a text in neutral Markdown."""
        sent = (sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)).astimezone(ZoneInfo(timezone))
        subject, page = subject[:_LONGEST_SUBJECT], page_of(text)
        fields = fields_of(page)
        moved = bool(MOVED.search(subject) or MOVED.search(page.text[:_SAYS_FIRST]))
        return cls(
            subject=subject,
            page=page,
            fields=tuple(fields),
            told=tuple(days_told(page, fields, subject, sent, moved=moved)),
            programme=frozenset(programme_lines(page)),
            sent=sent,
            timezone=timezone,
            moved=moved,
            section=section,
            answer_to=answer_to,
        )
