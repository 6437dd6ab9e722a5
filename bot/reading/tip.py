"""Something worth reading, as a mail points at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TipReading:
    """Something worth reading that a mail points at."""

    title: str
    url: str  # canonical
    deadline: str = ""  # a day: the last one of a call; "" = none
