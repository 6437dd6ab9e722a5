"""The days that a page tells of, each with what it is told for and how surely it is when something happens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, pairwise

from bot.reading.events.labels import Field, Label
from bot.reading.events.lines import Page
from bot.reading.events.roles import POLL, Role, role_of, sentence_around
from bot.reading.when import Span, hours, spans
from storage.words import Doubt, Precision

#: What a day in prose must come to, to be published: a day alone with a word of meeting, or with its hour.
ENOUGH = 18.5
#: In a section of a newsletter less: what is no news is left out by other signs too.
ENOUGH_IN_A_SECTION = 15.0
_EVENT_WORDS = re.compile(
    r"välkom|\bbjud|inbjud|träff|möte|seminari|webbinar|webinar|workshop|kurs|konferens|frukost|lunch|äger rum|\bhålls\b|går av stapeln|arrangera|anordna|vi ses|ses vi|samlas|kom (?:och|till)|invit|\bjoin\b|\bmeet"
    r"|\bevent|studiebesök|studieresa|fältvandring|fältdag|temadag|mässa|save the date|\bboka\b|reservera|spara datum|utbildning|föreläsning|dialog|mingel|invigning|marknad|loppis|festival|\bfest\b|konsert|auktion|tävling|\bresa\b|bussresa|julbord|julfest|grill|städdag|guidning|\bcirkel|pitch|briefing|kväll(?:en)?\b|\böppnar vi\b|\bfirar\b|årsstämma|stämma|symposi|hackathon|öppet hus|vandring|visning"
    r"|inställ|ställ\w* in\b|avlys|\binte av\b|flytta|nytt datum|ny tid|påminn|\bdelta\b|kursstart|går den|blir den|nätverk(?:ande|s)|afterwork|middag|roundtable"
    r"|\b(?:visit|tour|trip|excursion|field (?:day|walk)|breakfast|training|lecture|conference|exhibition|open day|gathering|summit)s?\b"
    r"|\bcancel|\bcalled off|\bpostpone|\breschedul",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"nästa (?:träff|möte|gång|tillfälle)|boka (?:även|också|redan)|ses igen|uppföljning|även den|next (?:meeting|time)|därefter|efterföljande|preliminärt nästa",
    re.IGNORECASE,
)
_PROGRAMME_LINE = re.compile(
    r"\W{0,4}(?:kl\.?\s?|klockan\s)?\d{1,2}[.:]\d\d(?:\s?[-–—]\s?(?:\d{1,2}[.:]\d\d)?)?(?:\s*[:–—-])?\s+[^\W\d]"
)
_WINDOW = re.compile(
    r"\b(?:ansökning|ansökan|ansök|utlysning|anbud|remiss|enkät|nominer|application|call for)", re.IGNORECASE
)
#: What may stand before a day that begins its line.
_COUNTS = re.compile(r"\b(?:den|dag \d|tillfälle \d|träff \d|omgång \d|del \d|the|på)\b", re.IGNORECASE)
_MARGIN = 40  # characters
_NAMED = 30  # characters before "2/9" in which "fältvandringen" makes it a day
_MOST_DAYS = 300  # that are looked at
_SIGNED_UP = frozenset({Label.LAST_DAY, Label.SIGN_UP})
_WHEN = frozenset({Label.WHEN, Label.BOTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One day that is told of."""

    span: Span
    role: Role
    score: float
    field: Field | None = None  # the label that it stands behind, of those that tell when
    line: int = -1  # -1: the subject
    opens_line: bool = False  # the day is the first thing that its line says
    sentence: str = ""


def days_told(page: Page, fields: Sequence[Field], subject: str, sent: datetime, *, moved: bool) -> list[Told]:
    """All days of a mail: those of its subject first, then those of its text, in order."""
    found = [_in_subject(span, subject, sent, moved=moved) for span in spans(subject, sent)]
    programme = programme_lines(page)
    for span in islice(spans_of(page, sent), _MOST_DAYS):
        number = page.line_at(span.begin)
        if number not in programme:
            found.append(_in_text(span, number, page, fields, subject, sent, moved=moved))
    return found


def spans_of(page: Page, sent: datetime) -> Iterator[Span]:
    """The days of a page. What was passed on counts its days from when it was first sent."""
    if page.head is None:
        yield from spans(page.text, sent)
        return
    above = page.starts[page.head[0]]
    below = page.starts[page.head[1] - 1] + len(page.lines[page.head[1] - 1].text)
    yield from spans(page.text[:above], sent)
    for span in spans(page.text[below:], _first_sent(page, sent)):
        yield replace(span, begin=span.begin + below, stop=span.stop + below)


def _first_sent(page: Page, sent: datetime) -> datetime:
    """When a passed-on mail was first sent, by its head; when that cannot be told, when it was passed on."""
    head = page.lines[page.head[0] : page.head[1]] if page.head is not None else ()
    for line in head:
        if re.match(r"\s*(?:skickat|sent|sendt|datum|date)\s?:", line.text, re.IGNORECASE):
            day = next((span.day for span in spans(line.text.partition(":")[2].strip(), sent)), "")
            if day:
                first = datetime.fromisoformat(day).replace(hour=12, tzinfo=sent.tzinfo)
                if 0 <= (sent - first).days <= 200:
                    return first
    return sent


_HOUR_MOVED = re.compile(
    r"(?:flytta|lägg|ändra|skjut|moved|changed|rescheduled)\w*[^.!?\n]{0,60}\b(?:från|from)\s+(?:kl\S*\s*)?\d{1,2}(?:[.:]\d\d)?\s+(?:till|to)\s+(?P<new>(?:kl\S*\s*)?\d{1,2}(?:[.:]\d\d)?(?:\s?[-–]\s?\d{1,2}(?:[.:]\d\d)?)?)",
    re.IGNORECASE,
)


def _newer_hour(span: Span, sentence: str) -> Span:
    """As in "Tidigareläggs från kl. 13 till kl. 10": the later-said hour."""
    found = _HOUR_MOVED.search(sentence)
    new = (
        next(iter(hours(f"kl {found['new']}" if found["new"][0].isdigit() else found["new"])), None) if found else None
    )
    if new is None:
        return span
    return replace(span, start=f"{span.day}T{new.start}", end=f"{span.day}T{new.end}" if new.end else None)


def programme_lines(page: Page) -> set[int]:
    """The lines of a programme: at least two near each other that begin with an hour and go on with words."""
    numbers = [n for n, line in enumerate(page.lines) if _PROGRAMME_LINE.match(line.text)]
    return {n for n, near in pairwise(numbers) if near - n <= 4} | {
        near for n, near in pairwise(numbers) if near - n <= 4
    }


def is_poll(subject: str, text: str, told: Sequence[Told]) -> bool:
    """Whether readers are asked which of several days suits them."""
    choices = [one for one in told if one.role in (Role.EVENT, Role.POLL) and not _is_past(one.span)]
    if len({one.span.day for one in choices}) < 2 and not re.search(
        r"doodle|framadate|datumförslag|date poll", f"{subject} {text[:3000]}", re.IGNORECASE
    ):
        return False
    if any(one.field is not None for one in choices) and not any(one.span.either for one in choices):
        return False
    asked = [one for one in choices if POLL.search(one.sentence)]
    return bool(POLL.search(subject) or len(asked) >= 1 or (POLL.search(text[:1500]) and "?" in text[:3000]))


def _is_past(span: Span) -> bool:
    return span.uncertain is not None and span.uncertain.doubt is Doubt.PAST


def _in_subject(span: Span, subject: str, sent: datetime, *, moved: bool) -> Told:
    role = role_of(subject, span.begin, span.stop, moved=moved)
    return Told(span=span, role=role, score=_score(span, "", sent) + 25, sentence=subject)


def _in_text(
    span: Span, number: int, page: Page, fields: Sequence[Field], subject: str, sent: datetime, *, moved: bool
) -> Told:
    field = next((one for one in fields if one.begin <= span.begin < one.stop), None)
    first, last = sentence_around(page.text, span.begin, span.stop)
    sentence = page.text[first:last]
    role = role_of(page.text, span.begin, span.stop, moved=moved)
    if field is not None:
        role = _by_label(role, field, span, page)
    if role is Role.OLD and span.end is not None and span.end[:10] > span.day:
        span, role = _moved_to(span), Role.NEW
    if (
        role is Role.EVENT
        and span.precision is not Precision.TIME
        and _WINDOW.search(sentence)
        and not (field is not None and field.label in _WHEN)
    ):
        role = Role.OTHER
    score = _score(span, sentence, sent) - min(6.0, 0.1 * number)
    score += 8 if _EVENT_WORDS.search(subject) and not _EVENT_WORDS.search(sentence) else 0
    named = span.loose and not span.relative
    score += 16 if named and _EVENT_WORDS.search(page.text[max(0, span.begin - _NAMED) : span.begin]) else 0
    score += {Role.NEW: 60.0, Role.OLD: -80.0}.get(role, 0.0)
    before = page.text[max(page.starts[number], span.begin - _MARGIN - 1) : span.begin]
    span = _newer_hour(span, sentence) if moved and span.precision is Precision.TIME else span
    return Told(
        span=span,
        role=role,
        score=score,
        field=field if field is not None and field.label in _WHEN and role in (Role.EVENT, Role.NEW) else None,
        line=number,
        opens_line=len(before) <= _MARGIN and not re.search(r"\w", _COUNTS.sub("", before)),
        sentence=sentence,
    )


def _moved_to(span: Span) -> Span:
    """As in "Från 17 till 24 september": read as a range, and said of something that is moved from one day to the other."""
    day = (span.end or span.start)[:10]
    ends = span.end if span.precision is Precision.TIME else None
    return replace(span, start=f"{day}{span.start[10:]}", end=ends if ends and "T" in ends else None)


def _by_label(role: Role, field: Field, span: Span, page: Page) -> Role:
    if field.label in _WHEN:
        if field.name.startswith(("ny", "new")):
            return Role.NEW
        early = not re.search(r"[.!?;]|anmäl|osa", page.text[field.begin : span.begin], re.IGNORECASE)
        return Role.EVENT if early and role is not Role.OLD else role
    if (
        role is Role.EVENT
        and span.precision is Precision.TIME
        and _NEXT_SENTENCE.search(page.text[field.begin : span.begin])
    ):
        return role
    if field.label in _SIGNED_UP and role is not Role.OTHER:
        return Role.LAST_DAY
    if field.label in (Label.OTHER, Label.ORGANISER, Label.JOIN):
        return role if role is Role.LAST_DAY else Role.OTHER
    return role


#: As in "Sista dag: 10/11. Mötet är den 17 november kl 13": behind a label, and another matter.
_NEXT_SENTENCE = re.compile(
    r"[.!]\s+(?:Mötet|Träffen|Kursen|Seminariet|Webbinariet|Dagen|Kvällen|Konferensen|Vi (?:ses|träffas|samlas|börjar)|The (?:meeting|event|workshop|seminar|webinar))\b[^.!?]{0,60}$"
)


def _score(span: Span, sentence: str, sent: datetime) -> float:
    """How surely something happens then."""
    score = 12.0
    score += 30 if span.precision is Precision.TIME else 0
    score += 6 if span.weekday else 0
    score += 12 if _EVENT_WORDS.search(sentence) else 0
    score += 10 if span.all_day else 0
    score -= 15 if _LATER.search(sentence) else 0
    score -= 20 if span.loose else 0
    score -= 3 if span.relative else 0
    score -= 4 if span.precision is Precision.WEEK else 0
    if span.uncertain is not None:
        score -= {Doubt.PAST: 60, Doubt.YEAR: 15, Doubt.NEAR: 5, Doubt.WEEK: 0}.get(span.uncertain.doubt, 2)
    if span.day < sent.date().isoformat() and span.precision is not Precision.WEEK:
        score -= 12
    return score
