"""Events found in what people write: invitations, their changes, and what a newsletter tells of."""

from bot.reading.events.prose import events_in, events_of_section

__all__ = ["events_in", "events_of_section"]
