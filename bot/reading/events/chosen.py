"""Which of the days that are told of are those of events: labelled before listed, listed before the likeliest sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.reading.events.account import Account
from bot.reading.events.roles import Role
from bot.reading.events.told import ENOUGH, ENOUGH_IN_A_SECTION, Told, is_poll
from storage.words import Doubt, Precision

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


def chosen_days(account: Account) -> list[Told]:
    """The days on which something happens that the text is about, each once; none of a question which day suits."""
    if not account.told or (not account.section and is_poll(account.subject, account.page.text, account.told)):
        return []
    over = bool(_OVER_SUBJECT.search(account.subject) or _OVER_TEXT.search(account.page.text[:600]))
    days = [one for one in _happening(account) if not _is_over(account, one, over=over)]
    return _once([one for one in days if not account.section or _is_news(account, one)])


def _happening(account: Account) -> list[Told]:
    """The days on which something happens that the mail is about."""
    happening = _with_dates([one for one in account.told if one.role in (Role.EVENT, Role.NEW)])
    new = [one for one in happening if one.role is Role.NEW]
    if new:
        return _same_breath(max(new, key=lambda one: one.score), new)
    labelled = [one for one in happening if one.field is not None]
    if labelled:
        return _labelled(labelled)
    if not happening and account.moved:
        return sorted((one for one in account.told if one.role is Role.OLD), key=lambda one: -one.score)[:1]
    lines = _listed(account, happening)
    if len({one.span.day for one in lines}) > 1:
        return _days_in_a_row(lines)
    best = max(happening, key=lambda one: one.score, default=None)
    if best is None or best.score < (ENOUGH_IN_A_SECTION if account.section else ENOUGH):
        return []
    parallel = [
        one
        for one in happening
        if one.line >= 0 and one.span.precision is Precision.TIME and _PARALLEL.search(one.sentence)
    ]
    if len({one.span.day for one in parallel}) > 1:
        return _days_in_a_row(parallel)
    return _same_breath(best, happening)


def _labelled(labelled: list[Told]) -> list[Told]:
    sure = [one for one in labelled if not one.span.loose or one.span.precision is Precision.TIME] or labelled
    certain = [one for one in sure if one.span.precision is not Precision.WEEK] or sure
    return _days_in_a_row(certain)


def _listed(account: Account, happening: Sequence[Told]) -> list[Told]:
    """Days that begin their lines, as in a list of dates: with titles, or each with its hours."""
    opening = [one for one in happening if one.opens_line and one.line >= 0 and not one.span.loose and one.score > -20]
    alike = [one for one in opening if account.page.lines[one.line].bullet] or opening
    if len({one.line for one in alike}) < 2:
        alike = [
            one
            for one in happening
            if one.line >= 0 and account.page.lines[one.line].bullet and one.score >= ENOUGH + 10
        ]
    return alike if len({one.line for one in alike}) > 1 else []


def _is_over(account: Account, one: Told, *, over: bool) -> bool:
    past = one.span.uncertain is not None and one.span.uncertain.doubt is Doubt.PAST
    if past and one.field is None:
        return True
    if over:
        return one.field is None or (one.span.end or one.span.day)[:10] <= account.sent.date().isoformat()
    return False


def _is_news(account: Account, one: Told) -> bool:
    """Whether a newsletter's section tells of something to go to, and not of a day in passing."""
    about = f"{account.subject}\n{account.page.text[:3000]}"
    last = (one.span.end or one.span.day)[:10]
    if one.span.precision is not Precision.WEEK and last < account.sent.date().isoformat():
        return False
    if one.field is not None:
        return True
    if _NO_EVENT_SECTION.search(about) and not re.search(r"anmäl|välkom", about, re.IGNORECASE):
        return False
    return one.span.precision is Precision.TIME or bool(_SECTION_WORDS.search(about))


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
