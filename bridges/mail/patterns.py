"""Tables of phrases as one pattern: what is read of a mail by its words is kept as lists that a person can review."""

import re


def either(*phrases: str) -> str:
    """Any of these, as a piece of a larger pattern."""
    return f"(?:{'|'.join(phrases)})"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in any case; `^` and `$` mean the whole text."""
    return re.compile(pattern, re.IGNORECASE)
