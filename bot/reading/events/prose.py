"""The events that a text tells of: a labelled block before the subject, a sentence before a loose date."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.reading.event import EventReading, Uncertain
from bot.reading.events.details import (
    last_day,
    last_day_before,
    organisers,
    place_and_mode,
    sign_up_address,
    sign_up_link,
)
from bot.reading.events.labels import Field, Label, fields_of, first
from bot.reading.events.lines import Line, page_of
from bot.reading.events.roles import MOVED, Role
from bot.reading.events.titles import title_of, welcomed_to
from bot.reading.events.told import ENOUGH, Told, days_told, is_poll, programme_lines
from bot.reading.when import Span, hours
from bridges.urls import canonical
from storage.words import Doubt, EventStatus, Precision

#: More in one mail are a calendar, and nobody's invitation.
MOST_EVENTS = 60

_CANCELLED = re.compile(
    r"\b(?:är |blir |har blivit |tyvärr |nu |måste |vi |behöver |tvingas )?(?:inställ(?:t|d|da)\b(?! på)|ställs in\b|ställas in\b|ställer (?:tyvärr |därför )?in (?:\w+ )?(?:träffen|mötet|webbinari|seminari|kursen|konferensen|workshop|frukost|event|dag|evenemang|det|den)"
    r"|avlyst\b|avlyses\b|avbokas\b|avbokat\b|cancell?ed\b|called off\b|blir (?:tyvärr )?inte av\b|utgår\b)",
    re.IGNORECASE,
)
_IF_CANCELLED = re.compile(
    r"\b(?:om|vid|kan (?:komma att)?|ifall|risk|kommer att \w+ om|rätten att|if|may be|förbehåll\w*)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)
_OVER_SUBJECT = re.compile(
    r"\binspelning|\bi efterhand\b|\brecording|\btack för\b|minnesanteckning|\bpresentationer(?:na)? från|\bthank you for|\bdokumentation från|\breferat|\brapport från|\banteckningar från",
    re.IGNORECASE,
)
_OVER_TEXT = re.compile(
    r"\btack för (?:igår|i går|idag|i dag|senast|visat|en |ett |i \w+s\b|gårdagens|att (?:du|ni) (?:kom|deltog|var med))|\btack (?:alla|till alla) (?:ni |som )[^.!?]{0,40}(?:kom|deltog|var med)|\binspelningen (?:från|av|finns|ligger|är|hittar)"
    r"|\b(?:här|nu) (?:är|finns|kommer) (?:länk(?:en)? till )?inspelning|\bthank you for (?:joining|attending|coming)|\bmissade du\b|\bi (?:måndags|tisdags|onsdags|torsdags|fredags|lördags|söndags) (?:höll|hade|träffades|samlades)",
    re.IGNORECASE,
)
_PARALLEL = re.compile(
    r"\b(?:första|andra|tredje|fjärde|femte|sista|omgång|tillfälle|del \d|träff \d|steg \d|dag \d|first|second|third|dels|kurstillfälle)\b",
    re.IGNORECASE,
)
_NUMBERED_DAY = re.compile(r"\W{0,4}(?:dag|day)\s?(?:\d|ett|två|tre|one|two|three)\b", re.IGNORECASE)
_SECTION_WORDS = re.compile(
    r"anmäl|\bosa\b|välkom|träff|möte|seminari|webbinar|webinar|workshop|kurs|konferens|frukost|lunch|studiebesök|fältvandring|temadag|mässa|event|utbildning|föreläsning|inbjud|invit|register|boka (?:in|plats)|meet|nätverk|mingel|öppet hus|stämma|dag\b",
    re.IGNORECASE,
)
_NO_EVENT_SECTION = re.compile(
    r"\butlysning|\bansök|\bremiss|\bstipendi|\bcall for|\bny rapport|\bsök (?:stöd|pengar|bidrag)|\blediga? (?:jobb|tjänst)",
    re.IGNORECASE,
)


def events_in(text: str, subject: str, sent: datetime, timezone: str) -> tuple[EventReading, ...]:
    """The events that a mail of one sender invites to, the main one first; of what is told in passing none.

    `text`: neutral Markdown, only what was written or passed on. `subject`: without its prefixes. `sent`: the mail's
    Date, aware; relative words count from it. Empty when the text names no day.
    """
    return _Mail(text, subject, sent, timezone).events()


def events_of_section(title: str, text: str, sent: datetime, timezone: str) -> tuple[EventReading, ...]:
    """The events of one section of a newsletter, whose heading is `title` ("" = none) and whose text is Markdown.

    Almost always none or one; a section that lists its dates with titles has several.
    """
    return _Mail(text, title, sent, timezone, section=True).events()


class _Mail:
    """One text in which events are looked for."""

    def __init__(self, text: str, subject: str, sent: datetime, timezone: str, *, section: bool = False) -> None:
        sent = sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)
        self.sent, self.timezone, self.section = sent.astimezone(ZoneInfo(timezone)), timezone, section
        self.subject = subject[:500]
        self.page = page_of(text)
        self.fields = fields_of(self.page)
        self.moved = bool(MOVED.search(self.subject) or MOVED.search(self.page.text[:2000]))
        self.told = days_told(self.page, self.fields, self.subject, self.sent, moved=self.moved)

    def events(self) -> tuple[EventReading, ...]:
        text = self.page.text
        if not self.told or (not self.section and is_poll(self.subject, text, self.told)):
            return ()
        over = bool(_OVER_SUBJECT.search(self.subject) or _OVER_TEXT.search(text[:600]))
        chosen = [one for one in self._chosen() if not self._is_over(one, over=over)]
        if self.section:
            chosen = [one for one in chosen if self._is_news(one)]
        several = len({one.span.start for one in chosen}) > 1
        events = [self._event(one, chosen, several=several) for one in _once(chosen)[:MOST_EVENTS]]
        return tuple(events)

    # -- which days --------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[Told]:
        """The days on which something happens that the mail is about."""
        happening = _with_dates([one for one in self.told if one.role in (Role.EVENT, Role.NEW)])
        new = [one for one in happening if one.role is Role.NEW]
        if new:
            best = max(new, key=lambda one: one.score)
            return _same_breath(best, new)
        labelled = [one for one in happening if one.field is not None]
        if labelled:
            return self._labelled(labelled)
        if not happening and self.moved:
            return sorted((one for one in self.told if one.role is Role.OLD), key=lambda one: -one.score)[:1]
        lines = self._listed(happening)
        if len({one.span.day for one in lines}) > 1:
            return _days_in_a_row(lines)
        best = max(happening, key=lambda one: one.score, default=None)
        if best is None or best.score < ENOUGH:
            return []
        parallel = [
            one
            for one in happening
            if one.line >= 0 and one.span.precision is Precision.TIME and _PARALLEL.search(one.sentence)
        ]
        if len({one.span.day for one in parallel}) > 1:
            return _days_in_a_row(parallel)
        return _same_breath(best, happening)

    def _labelled(self, labelled: list[Told]) -> list[Told]:
        sure = [one for one in labelled if not one.span.loose or one.span.precision is Precision.TIME] or labelled
        certain = [one for one in sure if one.span.precision is not Precision.WEEK] or sure
        return _days_in_a_row(certain)

    def _listed(self, happening: Sequence[Told]) -> list[Told]:
        """Days that begin their lines, as in a list of dates: with titles, or each with its hours."""
        opening = [
            one for one in happening if one.opens_line and one.line >= 0 and not one.span.loose and one.score > -20
        ]
        alike = [one for one in opening if self.page.lines[one.line].bullet] or opening
        if len({one.line for one in alike}) < 2:
            alike = [
                one
                for one in happening
                if one.line >= 0 and self.page.lines[one.line].bullet and one.score >= ENOUGH + 10
            ]
        return alike if len({one.line for one in alike}) > 1 else []

    def _is_over(self, one: Told, *, over: bool) -> bool:
        past = one.span.uncertain is not None and one.span.uncertain.doubt is Doubt.PAST
        if past and one.field is None:
            return True
        if over:
            return one.field is None or (one.span.end or one.span.day)[:10] <= self.sent.date().isoformat()
        return False

    def _is_news(self, one: Told) -> bool:
        """Whether a newsletter's section tells of something to go to, and not of a day in passing."""
        about = f"{self.subject}\n{self.page.text[:3000]}"
        last = (one.span.end or one.span.day)[:10]
        if one.span.precision is not Precision.WEEK and last < self.sent.date().isoformat():
            return False
        if one.field is not None:
            return True
        if _NO_EVENT_SECTION.search(about) and not re.search(r"anmäl|välkom", about, re.IGNORECASE):
            return False
        return one.span.precision is Precision.TIME or bool(_SECTION_WORDS.search(about))

    # -- what is told of each ----------------------------------------------------------------------------------------

    def _event(self, one: Told, chosen: Sequence[Told], *, several: bool) -> EventReading:
        first_line, last_line = self._part(one, chosen) if several else (0, len(self.page.lines))
        lines = self.page.lines[first_line:last_line]
        begin, stop = (
            self.page.starts[first_line],
            self.page.starts[last_line - 1] + len(self.page.lines[last_line - 1].text),
        )
        fields = [field for field in self.fields if begin <= field.at <= stop]
        one = self._in_words(one)
        span = self._with_hours(one, fields, lines, several=several)
        status = self._status(one)
        text = self.page.text
        about = (
            f"{self.subject}\n{text[begin:stop][:3000]}"
            if not several
            else f"{self._title(one, fields, several=True)}\n{text[begin:stop]}"
        )
        place, mode, online_url = place_and_mode(
            fields or self.fields if several else fields, one.span if one.line >= 0 else None, self.page, about
        )
        if several and not place and mode is None:
            place, mode, online_url = place_and_mode(
                self._common(chosen), one.span if one.line >= 0 else None, self.page, about
            )
        if several and mode is None:
            place, mode, online_url = place_and_mode([], None, self.page, f"{self.subject}\n{text[:2000]}")
        organiser, others = organisers(fields if first(fields, Label.ORGANISER) else self.fields, text)
        link = sign_up_link(fields, lines) or (sign_up_link(self.fields, self.page.lines) if several else "")
        address = sign_up_address(fields, lines) or (sign_up_address(self.fields, self.page.lines) if several else "")
        return EventReading(
            title=self._title(one, fields, several=several),
            start=span.start,
            end=span.end,
            timezone=self.timezone,
            date_precision=span.precision,
            all_day=span.all_day,
            mode=mode,
            place=place,
            online_url=canonical(online_url) if online_url else "",
            registration_url=canonical(link) if link else "",
            registration_email=address,
            registration_deadline=self._deadline(span, begin, stop, several=several),
            organiser=organiser,
            co_organisers=others,
            status=status,
            uncertain=self._uncertain(one, span, several=several, status=status),
        )

    def _in_words(self, one: Told) -> Told:
        """Of a day in the subject, where the text tells of it too."""
        if one.line >= 0:
            return one
        same = [
            other
            for other in self.told
            if other.line >= 0 and other.span.day == one.span.day and other.role in (Role.EVENT, Role.NEW)
        ]
        found = next(iter(same), None)
        if found is None:
            return one
        span = (
            found.span
            if found.span.precision is Precision.TIME or one.span.precision is Precision.DAY
            else replace(one.span, begin=found.span.begin, stop=found.span.stop)
        )
        return replace(found, span=span, role=one.role if one.role is Role.NEW else found.role)

    def _part(self, one: Told, chosen: Sequence[Told]) -> tuple[int, int]:
        """The lines that belong to one event of several: from its title to before the next one's."""
        begins = sorted({self._title_line(other) for other in chosen if other.line >= 0})
        mine = self._title_line(one)
        after = next((number for number in begins if number > max(mine, 0)), len(self.page.lines))
        return max(mine, 0), max(after, max(mine, 0) + 1)

    def _title_line(self, one: Told) -> int:
        """Where the part about an event begins: its heading, or the first line of its paragraph."""
        if one.line < 0 or one.field is None:
            return one.line
        number = self.page.line_at(one.field.at)
        top = number
        while top > 0 and self.page.lines[top - 1].text.strip() and not self._tells_other(top - 1, one):
            top -= 1
        if top < number:
            return top
        above = top - 1
        while above > 0 and not self.page.lines[above].text.strip():
            above -= 1
        if above >= 0 and self.page.lines[above].text.strip() and not self._tells_other(above, one):
            heading = above
            while (
                heading > 0
                and not self.page.lines[heading].heading
                and above - heading < 6
                and not self._tells_other(heading - 1, one)
            ):
                heading -= 1
            return heading if self.page.lines[heading].heading else above
        return top

    def _tells_other(self, number: int, one: Told) -> bool:
        begin = self.page.starts[number]
        stop = begin + len(self.page.lines[number].text)
        return any(begin <= field.at <= stop and field is not one.field for field in self.fields)

    def _common(self, chosen: Sequence[Told]) -> list[Field]:
        """The labels that stand outside every event's own part."""
        lines = [one.line for one in chosen if one.line >= 0]
        low, high = min(lines, default=0), max(lines, default=0)
        return [field for field in self.fields if not low < self.page.line_at(field.at) < high]

    def _title(self, one: Told, fields: Sequence[Field], *, several: bool) -> str:
        own = ""
        if several and one.line >= 0:
            if one.field is not None:
                number = self._title_line(one)
                own = (
                    title_of(self.page.lines[number].text, self.sent)
                    if number < self.page.line_at(one.field.at)
                    else ""
                )
            else:
                own = self._line_above(one) or (self._rest_of_line(one) if not self._shares_line(one) else "")
        labelled = first(fields, Label.TITLE)
        subject = title_of(self.subject, self.sent)
        said = labelled.value if labelled is not None and len(labelled.value) < 160 else ""
        headings = (title_of(line.text, self.sent) for line in self.page.lines[:12] if line.heading)
        return (
            own
            or (said if several else "")
            or subject
            or said
            or next((heading for heading in headings if heading), "")
            or welcomed_to(self.page.text, self.sent)
            or self.subject.strip()
            or next((line.text.strip()[:160] for line in self.page.lines if re.search(r"\w", line.text)), "")
        )

    def _line_above(self, one: Told) -> str:
        """The heading that a line with its day stands under."""
        if not one.opens_line or one.line == 0:
            return ""
        above = self.page.lines[one.line - 1]
        if any(other.line == one.line - 1 for other in self.told) or self.page.lines[one.line].bullet or above.links:
            return ""
        short = 3 < len(above.text) <= 90 and not above.text.rstrip().endswith((":", ".", "!", "?", ","))
        return title_of(above.text, self.sent) if above.heading or short else ""

    def _shares_line(self, one: Told) -> bool:
        """Whether its line tells of several days in one breath, and so of one thing."""
        return any(other.line == one.line and other.span.day != one.span.day for other in self.told)

    def _rest_of_line(self, one: Told) -> str:
        """ "3 november kl 9-11: Växtskydd": what stands beside the day."""
        line = self.page.lines[one.line]
        start = self.page.starts[one.line]
        before, after = line.text[: max(0, one.span.begin - start)], line.text[max(0, one.span.stop - start) :]
        rest = re.split(
            r"(?:[.;|]\s|\b(?:[Pp]lats|[Aa]nmäl\w*|[Ll]äs mer|OSA|[Ss]ista)\b)", after.strip(" ,.:;|–—-()")
        )[0]
        words = (
            rest
            if one.opens_line and len(re.sub(r"\W", "", rest)) >= 4
            else re.sub(r"\b(?:den|dag \d|på)\s*$", "", before).strip(" ,.:;|–—-(")
        )
        return title_of(words.strip(" ,.:;|–—-()"), self.sent) if len(re.sub(r"\W", "", words)) >= 4 else ""

    def _with_hours(self, one: Told, fields: Sequence[Field], lines: Sequence[Line], *, several: bool) -> Span:
        """The day with its hour, wherever the mail says it."""
        span = one.span
        if span.precision is not Precision.DAY or span.all_day:
            return span
        same = [
            other
            for other in self.told
            if other.span.precision is Precision.TIME
            and other.span.day == span.day
            and other.role in (Role.EVENT, Role.NEW)
        ]
        if same and span.end is None:
            best = max(same, key=lambda other: (other.field is not None, other.score)).span
            return replace(span, start=best.start, end=best.end, precision=Precision.TIME)
        for field in fields:
            if (
                field.label in (Label.WHEN, Label.BOTH)
                and (found := _hour_of(field.value, span, any_strength=True)) is not None
            ):
                return found
        if several and (common := self._common_hours(span)) is not None:
            return common
        if one.line < 0 or one.role is Role.OLD:
            return (
                span
                if several
                else next((found for line in lines if (found := self._hour_in_line(line, span)) is not None), span)
            )
        numbers = range(one.line, min(one.line + 4, len(self.page.lines)))
        programme = programme_lines(self.page)
        for number in numbers:
            if number in programme or (several and number > one.line and self.page.lines[number].bullet):
                break
            if (found := self._hour_in_line(self.page.lines[number], span)) is not None:
                return found
        return span

    def _common_hours(self, span: Span) -> Span | None:
        """ "Samma tid varje gång, 12.00-13.00", said once for a list of days."""
        dated = {one.line for one in self.told}
        lines = [
            line
            for number, line in enumerate(self.page.lines)
            if number not in dated and number not in programme_lines(self.page)
        ]
        return next(
            (
                found
                for line in lines
                if _EVERY_TIME.search(line.text) and (found := self._hour_in_line(line, span)) is not None
            ),
            None,
        )

    def _hour_in_line(self, line: Line, span: Span) -> Span | None:
        said = [part for part in _SENTENCES.split(line.text) if not _NOT_ITS_HOUR.search(part)]
        return _hour_of(" ".join(said), span, any_strength=False)

    def _deadline(self, span: Span, begin: int, stop: int, *, several: bool) -> str:
        lasts = [
            one
            for one in self.told
            if one.role is Role.LAST_DAY
            and one.span.precision is not Precision.WEEK
            and one.span.day <= (span.end or span.start)[:10]
        ]
        own = [one for one in lasts if one.line >= 0 and begin <= one.span.begin <= stop]
        if own or (lasts and not several):
            return last_day(max(own or lasts, key=_weight).span, self.timezone)
        if before := last_day_before(self.page.text[begin:stop], span.start):
            return before
        if lasts:
            return last_day(max(lasts, key=_weight).span, self.timezone)
        return last_day_before(self.page.text, span.start) if several else ""

    def _status(self, one: Told) -> EventStatus:
        text = self.page.text[:1500]
        for words in (self.subject, text):
            for found in _CANCELLED.finditer(words):
                before = words[max(0, found.start() - 90) : found.start()]
                if not _IF_CANCELLED.search(before) and not (self.moved and one.role is Role.NEW):
                    return EventStatus.CANCELLED
        if self.moved and (
            one.role in (Role.NEW, Role.OLD) or MOVED.search(self.subject) or MOVED.search(one.sentence)
        ):
            return EventStatus.MOVED
        return EventStatus.CONFIRMED

    def _uncertain(self, one: Told, span: Span, *, several: bool, status: EventStatus) -> Uncertain | None:
        doubt = span.uncertain
        if one.role is Role.OLD:
            return Uncertain(Doubt.SEVERAL, _said(self.page.text, span))
        if doubt is not None:
            if span.precision is Precision.TIME and doubt.choices and "T" not in doubt.choices[0]:
                return replace(doubt, choices=tuple(f"{day}{span.start[10:]}" for day in doubt.choices))
            return doubt
        if several or status is EventStatus.MOVED or self.section:
            return None
        others = [
            other
            for other in self.told
            if (other.line < 0) != (one.line < 0)
            and other.role is Role.EVENT
            and not other.span.loose
            and not other.span.either
            and other.span.precision is not Precision.WEEK
            and (other.line < 0 or other.field is not None)
            and not (span.day <= other.span.day <= (span.end or span.start)[:10])
            and not (other.span.uncertain is not None and other.span.uncertain.doubt is Doubt.PAST)
        ]
        if others:
            other_start = (
                others[0].span.start if "T" in others[0].span.start else f"{others[0].span.day}{span.start[10:]}"
            )
            return Uncertain(
                Doubt.SEVERAL, _said(self.page.text, span) if one.line >= 0 else self.subject, (span.start, other_start)
            )
        return None


_EVERY_TIME = re.compile(
    r"samma tid|varje gång|alla (?:träffar|tillfällen|webbinari\w*|dagar|gånger)|samtliga|each time|every time|all sessions|\bkl(?:ockan)?\b\.?\s?\d|^\W*tid\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
_NOT_ITS_HOUR = re.compile(r"senast|anmäl|\bosa\b|telefon|\bring\b|deadline|\bregister\b", re.IGNORECASE)
_RENEWED = re.compile(r"\bny\b|förläng|extended|framflytt", re.IGNORECASE)
_SURELY_LAST = re.compile(r"sista|senast|\bosa\b|deadline|last day|latest|no later", re.IGNORECASE)
_CHEAPER = re.compile(r"rabatt|early[ -]?bird|betalar|lägre pris|\bkr\b|discount", re.IGNORECASE)


def _weight(one: Told) -> int:
    """Which of several last days counts: the new one, the last of all, not the last of a lower price; else the first."""
    words = one.sentence
    return 8 * bool(_RENEWED.search(words)) + 2 * bool(_SURELY_LAST.search(words)) - 4 * bool(_CHEAPER.search(words))


def _said(text: str, span: Span) -> str:
    return " ".join(text[span.begin : span.stop].split())[:200]


def _hour_of(text: str, span: Span, *, any_strength: bool) -> Span | None:
    """The day with the hour that a piece of text says, when it says one surely enough."""
    found = [one for one in hours(text) if any_strength or one.strong or one.role == "end"]
    starts = [one for one in found if one.role not in ("doors", "end")] or [one for one in found if one.role == "doors"]
    if not starts or (not any_strength and re.search(r"\b20\d\d\b", text[starts[0].begin : starts[0].stop])):
        return None
    hour = starts[0]
    last = (span.end or span.start)[:10]
    end = hour.end or next((one.start for one in found if one.role == "end" and one.start > hour.start), None)
    if end is not None and hour.over_midnight:
        last = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    start = f"{span.day}T{hour.start}"
    doubt = span.uncertain
    if doubt is None and hour.twofold:
        other = (datetime.fromisoformat(start) - timedelta(hours=12)).isoformat(timespec="minutes")
        doubt = Uncertain(Doubt.CLOCK, " ".join(text[hour.begin : hour.stop].split()), (start, other))
    ended = f"{last}T{end}" if end is not None else None
    if ended is not None and ended <= start:
        ended = None
    return replace(span, start=start, end=ended, precision=Precision.TIME, uncertain=doubt)


def _same_breath(best: Told, told: Sequence[Told]) -> list[Told]:
    """The best day, with those told in one breath with it: "3, 10 och 17 november"."""
    return [
        one
        for one in told
        if one.line == best.line and one.span.group == best.span.group and one.span.begin == best.span.begin
    ] or [best]


def _with_dates(happening: list[Told]) -> list[Told]:
    """Where dates are written out, "måndag kl 6" alone is one of those days, and none of its own."""
    dated = [one for one in happening if not one.span.relative and not one.span.loose and one.score >= ENOUGH]
    return [one for one in happening if not (one.span.relative and one.span.loose_weekday)] if dated else happening


def _days_in_a_row(told: Sequence[Told]) -> list[Told]:
    """Days of one occasion made one: day 1, day 2 and day 3 that follow each other in one label's words or as "dag 1"."""
    rows: list[Told] = []
    for one in told:
        last = rows[-1] if rows else None
        if last is not None and last.span.day < one.span.day and _follows(last, one):
            end = one.span.end or (one.span.start if one.span.precision is Precision.DAY else None)
            if last.span.precision is Precision.TIME and (end is None or "T" not in end):
                end = None
            rows[-1] = replace(last, span=replace(last.span, end=end, stop=one.span.stop))
        else:
            rows.append(one)
    return rows


def _follows(last: Told, one: Told) -> bool:
    end = date.fromisoformat((last.span.end or last.span.start)[:10])
    if (date.fromisoformat(one.span.day) - end).days != 1 or one.span.either:
        return False
    same_field = last.field is not None and one.field is last.field
    return same_field or (bool(_NUMBERED_DAY.search(one.sentence)) and bool(_NUMBERED_DAY.search(last.sentence)))


def _once(chosen: Sequence[Told]) -> list[Told]:
    """Each day once: the one that tells most of it."""
    kept: dict[str, Told] = {}
    for one in chosen:
        key = one.span.start if one.span.precision is Precision.TIME else one.span.day
        known = next((day for day in kept if day[:10] == key[:10] and ("T" not in day or "T" not in key)), key)
        if known in kept:
            if one.span.precision is Precision.TIME and kept[known].span.precision is not Precision.TIME:
                kept[known] = one
            continue
        kept[key] = one
    return list(kept.values())
