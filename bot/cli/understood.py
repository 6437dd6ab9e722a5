"""What was understood of a mail, in a few lines for people: what would become of it, and what it says of when and where."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bot.cli.printing import safe

if TYPE_CHECKING:
    from bot.explain import Explanation
    from bridges.texts import Texts

#: Of a mail's text.
MOST_LINES = 8
#: Of its links, events and tips.
MOST = 10


def summary(said: "Explanation", t: "Texts") -> str:
    """A mail in a few lines, in the reader's language. Nothing in it commands the terminal."""
    lines = [said["file"], f"  {_outcome(said, t)}"]
    intent = _intent(str(said["intent"] or ""), t)
    if intent:
        lines.append(f"  {intent}")
    if isinstance(said["from"], dict):
        lines.append(t("  From: {sender}", sender=_person(said["from"])))
    if isinstance(said["forwarded_from"], dict):
        lines.append(t("  Written first by: {sender}", sender=_person(said["forwarded_from"])))
    events = _list(said["events"])
    for event in events[:MOST]:
        lines += _event(event, t, named=len(events) > 1 or event["title"] != said["title"])
    for tip in _list(said["tips"])[:MOST]:
        last = t(" (last day {day})", day=_day(tip["deadline"], t)) if tip["deadline"] else ""
        lines.append(t("  Tip: {title} {url}", title=tip["title"], url=tip["url"]) + last)
    lines += [t("  Link: {url}", url=url) for url in _links(said)]
    files = [f"{file['name']} ({t.size(file['size'])})" for file in _list(said["attachments"])]
    if files:
        lines.append(t("  Files: {files}", files=", ".join(files)))
    warnings = said["warnings"]
    if isinstance(warnings, list) and warnings:
        lines.append(t("  Note: {warnings}", warnings=", ".join(warnings)))
    text = str(said["text"]).strip().splitlines()
    lines += [f"    {line}" for line in text[:MOST_LINES]]
    if len(text) > MOST_LINES:
        lines.append(t.plural("    … and {n} more line", "    … and {n} more lines", len(text) - MOST_LINES))
    return "\n".join(safe(str(line)) for line in lines) + "\n"


# -- what becomes of it ------------------------------------------------------------------------------------------------


def _outcome(said: "Explanation", t: "Texts") -> str:
    reason = str(said["reason"])
    title = str(said["title"] or said["subject"])
    addresses = ", ".join(bounce["address"] for bounce in _list(said["bounces"]))
    sentences = {
        "post": t("Is shared as {kind}: {title}", kind=_kind(said, t), title=title),
        "reply": t("Goes to its thread as an answer"),
        "hold": t("Waits for an editor: {why}", why=_why(reason, t)),
        "bounce": t("A letter that came back: {addresses}", addresses=addresses or "?"),
        "auto_reply": t("Written by a machine: set aside, and never answered ({reason})", reason=reason),
        "command": t("An errand for Brygga: {word}", word=reason),
        "rsvp": t("A sign-up: {answer}", answer=reason),
        "duplicate": t("The same mail again: set aside"),
        "loop": t("Our own mail come back: set aside ({reason})", reason=reason),
        "empty": t("Nothing to share: {why}", why=_why(reason, t)),
    }
    return sentences[str(said["disposition"])]


def _kind(said: "Explanation", t: "Texts") -> str:
    kinds = {
        "invitation": t("an invitation"),
        "newsletter": t("a newsletter"),
        "tip": t("a tip"),
        "question": t("a question"),
    }
    return kinds.get(str(said["kind"]), str(said["kind"]))


def _intent(intent: str, t: "Texts") -> str:
    """What it wants with it; nothing for what is new."""
    intents = {
        "update": t("Changes what was shared before"),
        "cancellation": t("Says that it is cancelled"),
        "reminder": t("Reminds of what was shared before"),
        "save_the_date": t("Asks readers to keep the day free"),
        "date_poll": t("Asks readers which day suits them"),
        "recording": t("Tells of a recording"),
    }
    return intents.get(intent, "")


def _why(reason: str, t: "Texts") -> str:
    """A reason in words; one that has none yet stands as it is."""
    words = {
        "too_big": t("the mail is too large to relay"),
        "many_senders": t("it has more than one sender"),
        "no_sender": t("it has no sender"),
        "untrusted": t("the trusted server does not say that the sender is who they say"),
        "missing_file": t("the file is not there"),
        "not_a_file": t("it is no ordinary file"),
        "unreadable_file": t("the file cannot be read"),
        "too_large": t("the file is larger than any mail"),
        "not_mail": t("it is not mail"),
        "empty": t("there is nothing in it"),
        "empty_answer": t("the answer has no words of its own"),
    }
    return words.get(reason, reason)


# -- when and where ----------------------------------------------------------------------------------------------------


def _event(event: dict[str, Any], t: "Texts", *, named: bool) -> list[str]:
    wall = SimpleNamespace(start=event["start"], end=event["end"], precision=event["date_precision"])
    when = t.when(wall, _today())
    statuses = {"cancelled": t(" (cancelled)"), "moved": t(" (moved)")}
    lines = [t("  Event: {title}", title=event["title"])] if named and event["title"] else []
    lines.append(t("  When: {when}", when=when) + statuses.get(event["status"], ""))
    places = [place for place in (event["place"], event["online_url"]) if place]
    if places:
        lines.append(t("  Where: {place}", place=", ".join(places)))
    if event["registration_deadline"]:
        lines.append(t("  Last day to sign up: {day}", day=_day(event["registration_deadline"], t)))
    sign_up = event["registration_url"] or event["registration_email"]
    if sign_up:
        lines.append(t("  Sign up: {where}", where=sign_up))
    if event["uncertain"] or event["needs_confirmation"]:
        lines.append(t("  Its sender is asked: {question}", question=_question(event, t)))
    return lines


def _question(event: dict[str, Any], t: "Texts") -> str:
    """In the words that its sender would get, and between what they would choose."""
    from bridges.which_day import WhichDay, asks, labels

    uncertain = event["uncertain"] or {}
    which = WhichDay.of({**uncertain, "known": event["start"], "precision": event["date_precision"]})
    choices = labels(which.choices, _today(), t)
    return asks(which, _today(), t) + (f" ({' / '.join(choices)})" if choices else "")


def _day(said: str, t: "Texts") -> str:
    moment = datetime.fromisoformat(said)
    day = t.day(moment.date(), _today())
    return f"{day} {t.clock(moment.time())}" if "T" in said else day


def _person(person: dict[str, str]) -> str:
    return f"{person['name']} <{person['address']}>".strip()


def _links(said: "Explanation") -> list[str]:
    """Those that no event and no tip has named."""
    links = said["links"] if isinstance(said["links"], list) else []
    named = {event[key] for event in _list(said["events"]) for key in ("online_url", "registration_url")}
    named |= {tip["url"] for tip in _list(said["tips"])}
    return [link for link in links if link not in named][:MOST]


def _today() -> date:
    return datetime.now(UTC).date()


def _list(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []
