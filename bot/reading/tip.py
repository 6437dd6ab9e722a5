"""Something worth reading, as a mail points at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TipReading:
    """Something worth reading that a mail points at."""

    title: str
    url: str  # canonical; "" = behind a tracker of the letter that tells of it: who wants to read it reads the letter
    deadline: str = ""  # the last day of a call, or its hour with offset; "" = none
