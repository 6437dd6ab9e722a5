"""What is it? A mail becomes a reading: kind, title, text, event. Pure: no clock, no database, no network."""

from bot.reading.event import EventReading, Uncertain
from bot.reading.reading import Reading, files_of, read
from bot.reading.tip import TipReading

__all__ = ["EventReading", "Reading", "TipReading", "Uncertain", "files_of", "read"]
