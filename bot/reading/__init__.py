"""What is it? A mail becomes a reading: kind, title, text, event. Pure: no clock, no database, no network."""

from bot.reading.event import EventReading, Uncertain
from bot.reading.reading import Reading, TipReading, files_of, read

__all__ = ["EventReading", "Reading", "TipReading", "Uncertain", "files_of", "read"]
