"""What a person answered in a form, and what is not right in it."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from bridges.mail.headers import one_line
from bridges.slack.form.draft import LONGEST_TITLE, MOST_FILES, Draft, SlackFile, clean, whole_number
from bridges.slack.form.event import NoSuchWeek, event_of, is_web, mail_address, week_of
from bridges.texts import Texts
from storage.words import Attendance, Audience, Kind

_LONG_AGO: Final = timedelta(days=1)
_MOST_TOPICS: Final = 100
_ANY_LINK = re.compile(r"https?://\S|www\.\S+\.\S", re.IGNORECASE)

_Word = TypeVar("_Word", Kind, Attendance, Audience)

# -- reading --------------------------------------------------------------------------------------------------------------


def read(view: object, zone: str) -> Draft:
    """The answers of a submitted form, by their field whatever the block; what is odd or missing is not filled in."""
    answers = _answers(view)
    tz = ZoneInfo(zone)
    files = answers.get("files", {}).get("files")
    return Draft(
        kind=_word(Kind, answers.get("kind")) or Kind.INVITATION,
        title=" ".join(_text(answers, "title").split()),
        text=_text(answers, "text"),
        start=_moment(answers.get("start"), tz),
        end=_moment(answers.get("end"), tz),
        all_day="all_day" in _chosen(answers.get("all_day")),
        when_text=" ".join(_text(answers, "when_text").split()),
        mode=_word(Attendance, answers.get("mode")),
        place=" ".join(_text(answers, "place").split()),
        online_url=_text(answers, "online_url"),
        registration_url=_text(answers, "registration_url"),
        registration_deadline=_day(answers.get("registration_deadline")),
        topics=tuple(dict.fromkeys(_chosen(answers.get("topics"))))[:_MOST_TOPICS],
        audience=_word(Audience, answers.get("audience")) or Audience.ALL,
        files=tuple(file for file in map(SlackFile.of, files) if file.id) if isinstance(files, list) else (),
    )


def _answers(view: object) -> dict[str, Mapping[str, Any]]:
    """Each field's answer; of a field that stands in two blocks, that of the latest filling in."""
    answers: dict[str, Mapping[str, Any]] = {}
    filled: dict[str, int] = {}
    for block_id, action_id, answer in _state(view):
        refill = whole_number(block_id.partition(":")[2]) or 0
        if refill >= filled.get(action_id, 0):
            answers[action_id], filled[action_id] = answer, refill
    return answers


def _state(view: object) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    state = view.get("state") if isinstance(view, Mapping) else None
    values = state.get("values") if isinstance(state, Mapping) else None
    for block_id, fields in values.items() if isinstance(values, Mapping) else ():
        for action_id, answer in fields.items() if isinstance(fields, Mapping) else ():
            if isinstance(answer, Mapping):
                yield str(block_id), str(action_id), answer


def _text(answers: Mapping[str, Mapping[str, Any]], field: str) -> str:
    return clean(answers.get(field, {}).get("value"))


def _chosen(answer: Mapping[str, Any] | None) -> list[str]:
    """The values of one option or of several."""
    given = answer or {}
    several = given.get("selected_options")
    options = several if isinstance(several, list) else [given.get("selected_option")]
    values = (clean(option.get("value")) for option in options if isinstance(option, Mapping))
    return [value for value in values if value]


def _word(words: type[_Word], answer: Mapping[str, Any] | None) -> _Word | None:
    value = next(iter(_chosen(answer)), "")
    return next((word for word in words if word.value == value), None)


def _moment(answer: Mapping[str, Any] | None, tz: ZoneInfo) -> datetime | None:
    seconds = whole_number((answer or {}).get("selected_date_time"))
    try:
        # The days at both ends of time have no wall time everywhere.
        return datetime.fromtimestamp(seconds, UTC).astimezone(tz) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _day(answer: Mapping[str, Any] | None) -> date | None:
    said = (answer or {}).get("selected_date")
    try:
        return date.fromisoformat(said) if isinstance(said, str) and len(said) == 10 else None
    except ValueError:
        return None


# -- objections -----------------------------------------------------------------------------------------------------------


def objections(draft: Draft, t: Texts, now: datetime, zone: str, *, editing: bool = False) -> dict[str, str]:
    """What has to be put right before it can be shared: a sentence at its field. Empty: nothing.

    `editing`: an item that is out already, whose day may well have been.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    return {
        **_of_content(draft, t),
        **_of_links(draft, t),
        **_of_time(draft, t, now, today, editing=editing),
        **_of_deadline(draft, t, zone, today),
    }


def _of_content(draft: Draft, t: Texts) -> dict[str, str]:
    said = {}
    if not one_line(draft.title):  # also when it is made of signs that nobody sees
        said["title"] = t.t("Write a title.")
    elif len(draft.title) > LONGEST_TITLE:
        said["title"] = t.t("The title is longer than {n} characters.", n=t.number(LONGEST_TITLE))
    links = (draft.title, draft.text, draft.online_url, draft.registration_url)
    if draft.kind is Kind.TIP and not any(_ANY_LINK.search(words) for words in links):
        said["online_url"] = t.t("A tip needs a link, here or in the text.")
    if len(draft.files) > MOST_FILES:
        said["files"] = t.t("At most {n} files go along. Take some away.", n=MOST_FILES)
    return said


def _of_links(draft: Draft, t: Texts) -> dict[str, str]:
    said = {}
    if draft.online_url and not is_web(draft.online_url):
        said["online_url"] = t.t("The link must begin with https:// or http://.")
    if draft.registration_url and not is_web(draft.registration_url) and not mail_address(draft.registration_url):
        said["registration_url"] = t.t("Write a link that begins with https://, or a mail address.")
    return said


def _of_time(draft: Draft, t: Texts, now: datetime, today: date, *, editing: bool) -> dict[str, str]:
    """Whether the times agree. An invitation may leave the when to its text or a file, as one by mail may."""
    too_late = draft.kind is Kind.INVITATION and not editing
    if draft.start is None:
        if draft.end is not None:
            return {"start": t.t("Choose when it starts as well.")}
        if draft.when_text:
            return _of_week(draft.when_text, t, today, too_late=too_late)
        elsewhere = draft.text or draft.files or draft.online_url or draft.registration_url
        if draft.kind is Kind.INVITATION and not elsewhere:
            return {"start": t.t("When is it? Choose a start, or write for example week 47 below.")}
        return {}
    said = {}
    if draft.end is not None and draft.end < draft.start and not (draft.all_day and _same_day(draft)):
        said["end"] = t.t("The end is before the start.")
    if too_late and max(draft.start, draft.end or draft.start) < now - _LONG_AGO and "end" not in said:
        said["start"] = t.t("The start has already been. Is the day right?")
    return said


def _same_day(draft: Draft) -> bool:
    return bool(draft.start and draft.end and draft.start.date() == draft.end.date())


def _of_week(words: str, t: Texts, today: date, *, too_late: bool) -> dict[str, str]:
    try:
        monday = week_of(words, today)
    except NoSuchWeek as no:
        if no.year is None:
            return {"when_text": t.t("There is no week {week}.", week=no.week)}
        return {"when_text": t.t("There is no week {week} in {year}.", week=no.week, year=no.year)}
    if too_late and monday and monday + timedelta(days=7) < today:
        return {"when_text": t.t("The start has already been. Is the day right?")}
    return {}


def _of_deadline(draft: Draft, t: Texts, zone: str, today: date) -> dict[str, str]:
    event = event_of(draft, zone, today)
    if draft.registration_deadline is None or event is None or not event.start:
        return {}
    first = date.fromisoformat(event.start[:10])
    last = first + timedelta(days=6) if event.precision == "week" else first
    return (
        {"registration_deadline": t.t("The last day to sign up is after the start.")}
        if draft.registration_deadline > last
        else {}
    )


def errors_by_block(view: object, said: Mapping[str, str]) -> dict[str, str]:
    """The same sentences by the blocks of the view that was submitted, as Slack wants them.

    A field that the view does not show is spoken of at the title: Slack refuses errors at blocks that it cannot find.
    """
    blocks = _inputs(view)
    spare = blocks.get("title") or next(iter(blocks.values()), "title")
    errors: dict[str, str] = {}
    for field, sentence in said.items():
        block = blocks.get(field, field if not blocks else spare)
        errors[block] = f"{errors[block]} {sentence}" if block in errors else sentence
    return errors


def _inputs(view: object) -> dict[str, str]:
    """The block of each field: as the view shows it, else as its state names it."""
    blocks: dict[str, str] = {}
    shown = view.get("blocks") if isinstance(view, Mapping) else None
    for block in shown if isinstance(shown, list) else ():
        element = block.get("element") if isinstance(block, Mapping) else None
        action_id = element.get("action_id") if isinstance(element, Mapping) else None
        if isinstance(action_id, str) and isinstance(block.get("block_id"), str):
            blocks[action_id] = block["block_id"]
    return blocks or {action_id: block_id for block_id, action_id, _ in _state(view)}
