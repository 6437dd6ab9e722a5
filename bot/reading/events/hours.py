"""The hour of an event whose day stands without one, wherever the text says it: behind a label, or in a sentence near."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.reading.event import Uncertain
from bot.reading.events.account import Account
from bot.reading.events.labels import Label
from bot.reading.events.lines import Line
from bot.reading.events.parts import Part
from bot.reading.events.roles import Role
from bot.reading.events.told import Told
from bot.reading.when import Hours, Span, hours
from storage.words import Doubt, Precision

_NEAR = 4  # lines from the day on in which its hour may stand
_EVERY_TIME = re.compile(
    r"samma tid|\balltid\b|varje (?:gång|tillfälle|kväll|träff)|alla (?:kvällar(?:na)?|kvällarna|träffar(?:na)?|tre|fyra|fem|sex|träffar|tillfällen|webbinari\w*|dagar|gånger)|samtliga|each time|every time|all sessions"
    r"|\bkl(?:ockan)?\b\.?\s?\d|^\W*tid\b",
    re.IGNORECASE,
)
#: What says of itself that it tells when a thing begins.
_BEGINS = re.compile(
    r"\b(?:bussen (?:lämnar|avgår|går|rullar|startar)|avgång|avresa|avfärd|avgår|vi (?:börjar|startar|drar igång|sätter igång|kör(?: igång)?|ses|samlas|träffas|öppnar|åker|möts|håller på)|drar igång|starta?r|the bus leaves|we (?:start|begin|meet|leave))\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\W*(?:öppet|öppettider|tid|tider|open|hours)\b\W*\d", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
_NOT_ITS_HOUR = re.compile(r"senast|anmäl|\bosa\b|telefon|\bring\b|deadline|\bregister\b", re.IGNORECASE)


def with_hours(account: Account, one: Told, part: Part) -> Span:
    """The event's day with its hour, when one is told for it; otherwise the day as it is."""
    span = one.span
    if span.precision is not Precision.DAY or span.all_day:
        return span
    if span.end is None and (same := _said_again(account, span)) is not None:
        return replace(span, start=same.start, end=same.end, precision=Precision.TIME)
    return next(_found(account, one, part), span)


def _said_again(account: Account, span: Span) -> Span | None:
    """The same day, told with its hour somewhere else."""
    timed = [
        other
        for other in account.told
        if other.span.precision is Precision.TIME
        and other.span.day == span.day
        and other.role in (Role.EVENT, Role.NEW)
    ]
    return max(timed, key=lambda other: (other.field is not None, other.score)).span if timed else None


def _found(account: Account, one: Told, part: Part) -> Iterator[Span]:
    """The day with each hour that may be its own, likeliest first."""
    for field in part.fields:
        if field.label in (Label.WHEN, Label.BOTH):
            yield from _at(field.value, one.span, surely=False)
    if part.several:
        yield from _in_common(account, one.span)
    if one.line >= 0 and one.role is not Role.OLD:
        for number in range(one.line, min(one.line + _NEAR, len(account.page.lines))):
            line = account.page.lines[number]
            if number in account.programme or (part.several and number > one.line and line.bullet):
                return
            yield from _in_line(line, one.span)
    elif not part.several:
        for line in part.lines:
            yield from _in_line(line, one.span)
    if not part.several and one.role is not Role.OLD:
        for line in account.page.lines:
            if _BEGINS.search(line.text):
                yield from _in_line(line, one.span)


def _in_common(account: Account, span: Span) -> Iterator[Span]:
    """As in "Samma tid varje gång, 12.00-13.00", said once for a list of days."""
    dated = {one.line for one in account.told}
    for number, line in enumerate(account.page.lines):
        if number not in dated and number not in account.programme and _EVERY_TIME.search(line.text):
            yield from _in_line(line, span)


def _in_line(line: Line, span: Span) -> Iterator[Span]:
    said = [part for part in _SENTENCES.split(line.text) if not _NOT_ITS_HOUR.search(part)]
    for part in said:
        if _OPEN.match(part):  # "Öppet 10-14": no other numbers stand so
            yield from _at(part, span, surely=False)
    yield from _at(" ".join(said), span, surely=True)


def _at(text: str, span: Span, *, surely: bool) -> Iterator[Span]:
    """The day at the hour that a piece of text says. `surely`: numbers alone are none."""
    found = [one for one in hours(text) if one.strong or one.role == "end" or not surely]
    starts = [one for one in found if one.role not in ("doors", "end")] or [one for one in found if one.role == "doors"]
    if not starts:
        return
    hour = starts[0]
    start, end = f"{span.day}T{hour.start}", _end(found, hour, (span.end or span.start)[:10])
    doubt = span.uncertain
    if doubt is None and hour.twofold:
        other = (datetime.fromisoformat(start) - timedelta(hours=12)).isoformat(timespec="minutes")
        doubt = Uncertain(Doubt.CLOCK, " ".join(text[hour.begin : hour.stop].split()), (start, other))
    yield replace(
        span, start=start, end=end if end and end > start else None, precision=Precision.TIME, uncertain=doubt
    )


def _end(found: list[Hours], hour: Hours, day: str) -> str | None:
    end = hour.end or next((one.start for one in found if one.role == "end" and one.start > hour.start), None)
    if end is None:
        return None
    if hour.over_midnight:
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return f"{day}T{end}"
