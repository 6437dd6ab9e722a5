"""The events that a text tells of: a labelled block before the subject, a sentence before a loose date."""

from datetime import datetime

from bot.reading.event import EventReading


def events_in(text: str, subject: str, sent: datetime, timezone: str) -> tuple[EventReading, ...]:
    """The events that a mail of one sender invites to, the main one first; of what is told in passing none.

    `text`: neutral Markdown, only what was written or passed on. `subject`: without its prefixes. `sent`: the mail's
    Date, aware; relative words count from it. Empty when the text names no day.
    """
    return ()


def events_of_section(title: str, text: str, sent: datetime, timezone: str) -> tuple[EventReading, ...]:
    """The events of one section of a newsletter, whose heading is `title` ("" = none) and whose text is Markdown.

    Almost always none or one; a section that lists its dates with titles has several.
    """
    return ()
