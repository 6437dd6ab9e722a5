"""The ledger's events as they are compared with what comes in."""

from collections.abc import Sequence
from dataclasses import replace

from bot.reading import EventReading
from bot.reading.certain import known_part
from bot.reading.sameness import Occasion, occasion_of
from storage.models import Event

_FIELDS: Sequence[str] = (
    *("title", "start", "end", "timezone", "all_day", "mode", "place", "online_url", "registration_url"),
    *("registration_email", "registration_deadline", "organiser", "status", "uid", "sequence"),
)


def as_known(event: EventReading | None) -> EventReading | None:
    """A reading's event with no more of its day than is certain."""
    if event is None:
        return None
    return known_part(event) or replace(event, start="")


def event_reading(event: Event) -> EventReading:
    """An event of the ledger as a mail would tell it."""
    return EventReading(**{name: getattr(event, name) for name in _FIELDS}, date_precision=event.precision)


def occasion(event: Event) -> Occasion:
    """An event of the ledger as it is compared."""
    return occasion_of(event.title, event_reading(event))
