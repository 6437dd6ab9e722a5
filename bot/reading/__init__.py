"""What is it? A mail becomes a reading: kind, title, text, event. Pure: no clock, no database, no network."""

from bot.reading.event import EventReading
from bot.reading.reading import Reading, read

__all__ = ["EventReading", "Reading", "read"]
