"""A figure, and the ways to it that all scores of reading share."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.explain import Circumstances, Explanation, Seen, explain

#: A network like any other.
AROUND = Circumstances(address="kluster@lista.example.se")
HEAD = "From: Anna Ek <anna@vreta.example.se>\nTo: kluster@lista.example.se\nMessage-ID: <1@vreta.example.se>\n"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, against its target (more is better) or its limit (less is)."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    limit: float | None = None
    note: str = ""
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        line = f"{self.name:46} {_number(self.value):>8} {self.unit:8}"
        for word, bound in (("target", self.target), ("limit", self.limit)):
            if bound:
                line += f" {word} {_number(bound):>6}   {self.value / bound:5.2f} of it"
        line += f"   {self.note}" * bool(self.note)
        return "\n".join([line.rstrip(), *(f"    not: {one}" for one in self.missed[:20])])


def share(name: str, right: int, of: int, target: float | None = None, missed: Iterable[str] = ()) -> Figure:
    """How many of all, in per cent."""
    return Figure(name, 100 * right / of if of else 0, "%", target, note=f"{right} of {of}", missed=list(missed))


def read(raw: bytes) -> tuple[Explanation, float]:
    """What is said of one mail, and the seconds of work it took."""
    began = time.process_time()
    said = explain("mejl.eml", raw, AROUND, Seen())
    return said, time.process_time() - began


def plainly(text: object) -> str:
    """A text by its words."""
    return " ".join(re.sub(r"[*_\\]", "", str(text)).split())


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
