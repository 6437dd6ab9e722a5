"""An edition before the editors: what stands in it, what they took out, who gets it, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bridges.edition import Edition, EditionRow
from bridges.mail.headers import one_line
from bridges.occasions import flag, kind_word, last_day
from bridges.texts import Texts
from storage.ids import Week
from storage.words import DigestState, Section

#: The notices that the desk in Slack sees as the edition itself, with what editors can do about it.
PREVIEWS = ("digest_preview", "digest_missed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An edition as editors see it: as it would go now, or with what was decided."""

    edition: Edition
    state: DigestState | None  # None: nobody has begun it
    left_out: tuple[EditionRow, ...] = ()  # what editors took out
    people: int = 0  # who get it by mail; of a sent one who got it
    goes_at: datetime
    closes_at: datetime  # when it is too late to make up for it
    sent_at: datetime | None = None
    decided_by: str = ""  # the editor who sent it or skipped it; "" = nobody, the clock or the command line
    why: str = ""  # of a skipped one: "editor", "holiday"
    timezone: str
    today: date  # where the network is

    @property
    def week(self) -> Week:
        """The week of the edition."""
        return self.edition.week

    def sections(self) -> Iterator[tuple[Section, list[EditionRow], list[EditionRow]]]:
        """Each section that has something: what stands in it, and what was taken out of it."""
        inside = dict(self.edition.sections())
        for section in Section:
            out = [row for row in self.left_out if row.section is section]
            if out or section in inside:
                yield section, inside.get(section, []), out


def week_word(week: str, today: date, t: Texts) -> str:
    """Such as "v. 48", of "2026-W48"."""
    year, _, number = week.partition("-W")
    return t.week(date.fromisocalendar(int(year), int(number), 1), today)


def title_of(row: EditionRow, t: Texts, limit: int = 300) -> str:
    """The title on one line."""
    return one_line(row.title, limit) or t.t("(no subject)")


def facts_of(row: EditionRow, day: date, t: Texts) -> str:
    """What an editor needs beside the title: "Inställt · ons 26 aug kl. 13.00–15.30"; of what has no day, from whom."""
    event = row.event
    if event is None:
        return " · ".join(filter(None, (flag(row.intent, None, t), kind_word(row.kind, t), one_line(row.cluster, 60))))
    pressing = row.section is Section.DEADLINES
    last = last_day(event, day, t).words if pressing else ""
    return " · ".join(filter(None, (flag(row.intent, event, t), t.when(event, day), last)))


# -- what becomes of it ---------------------------------------------------------------------------------------------------


def standing(p: Preview, t: Texts) -> tuple[str, ...]:
    """How it stands with an edition, in sentences: what happens, or happened, and what to do."""
    week = week_word(p.week, p.today, t)
    match p.state:
        case DigestState.SENT:
            return (_sent(p, t),)
        case DigestState.SKIPPED if p.why == "holiday":
            return holiday_words(week, t)
        case DigestState.SKIPPED:
            who = one_line(p.decided_by, 100) or t.t("Another editor")
            return (t.t("{who} skipped {week}.", who=who, week=week), skipped_words(t))
        case DigestState.MISSED:
            return (missed_words(week, p.goes_at, p.closes_at, p.timezone, t), what_to_do(t))
        case DigestState.EMPTY:
            nothing, _ = empty_words(week, t)
            return (nothing, what_to_do(t)) if p.edition.rows else (nothing,)
        case _ if not p.edition.rows:
            return (
                t.t("As it stands, nothing goes {when}: nothing new, nothing coming.", when=_when(p.goes_at, p, t)),
                t.t("If something comes before that, it goes."),
            )
        case _:
            return (goes_words(_when(p.goes_at, p, t), p.people, t),)


def goes_words(when: str, people: int, t: Texts) -> str:
    """Such as "Går måndag kl. 07.30 till 143 personer."."""
    if not people:
        return t.t("Goes {when}. Nobody gets it by mail yet.", when=when)
    return t.plural("Goes {when} to {n} person.", "Goes {when} to {n} people.", people, when=when)


def missed_words(week: str, goes_at: datetime, closes_at: datetime, timezone: str, t: Texts) -> str:
    """That it did not go, and why."""
    first, last = goes_at.astimezone(ZoneInfo(timezone)), closes_at.astimezone(ZoneInfo(timezone))
    when = f"{t.weekday(first.date())} {t.clocks(first.time(), last.time())}"
    return t.t("The digest of {week} has not gone: Brygga was not running {when}.", week=week, when=when)


def what_to_do(t: Texts) -> str:
    """Of one that was missed."""
    return t.t("Send it now, or skip it.")


def empty_words(week: str, t: Texts) -> tuple[str, ...]:
    """That there was nothing to send."""
    return (t.t("No digest {week}: nothing new, nothing coming.", week=week), t.t("You need do nothing."))


def holiday_words(week: str, t: Texts) -> tuple[str, ...]:
    """That the week is one without a digest."""
    return (
        t.t("No digest {week}: the week is a holiday in the settings.", week=week),
        t.t("What is new stands in the next one. You need do nothing."),
    )


def skipped_words(t: Texts) -> str:
    """What skipping means."""
    return t.t("Nobody gets it, and what is new stands in the next one.")


def moment_words(at: datetime, timezone: str, t: Texts) -> str:
    """Such as "måndag kl. 07.30"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{t.weekday(local.date())} {t.clock(local.time())}"


def _when(at: datetime, p: Preview, t: Texts) -> str:
    return moment_words(at, p.timezone, t)


def _sent(p: Preview, t: Texts) -> str:
    at = p.sent_at or p.goes_at
    local = at.astimezone(ZoneInfo(p.timezone))
    on_its_day = local.date() == p.goes_at.astimezone(ZoneInfo(p.timezone)).date()
    when = _when(at, p, t) if on_its_day else f"{t.day(local.date(), p.today)} {t.clock(local.time())}"
    people = t.plural("{n} person", "{n} people", p.people)
    if who := one_line(p.decided_by, 100):
        return t.t("{who} sent it {when} to {people}.", who=who, when=when, people=people)
    return t.t("Sent {when} to {people}.", when=when, people=people)
