"""What Brygga itself says in Slack, to one person or at the desk: what happened, what it means, and the one thing to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bridges.mail.notices import Matter, event_again, held_because, say, tip_known
from bridges.markdown import from_plain
from bridges.obstacles import in_slack
from bridges.slack.arrivals import WHEN
from bridges.slack.drawing.message import Block, Message
from bridges.slack.drawing.pieces import actions, bold, button, link, section
from bridges.slack.drawing.rows import Row, holds, longest, message, text_row
from bridges.slack.manifest import COMMAND
from bridges.slack.words.to_slack import sections
from bridges.texts import Texts
from bridges.which_day import WhichDay, asks, labels, until_then
from storage.ids import ItemId
from storage.words import Kind

#: What is left of a notice that holds more than a post does (characters).
_SIZES = (3_500, 2_000, 1_000, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice in one language."""

    text: Sequence[str]  # paragraphs of plain text
    heading: str = ""  # at the desk, where several stand under each other
    undo: bool = False  # with the button that takes the item back
    link: tuple[str, str] | None = None  # words, URL
    choices: Sequence[str] | None = None  # days to choose from: a button each, and the form for another


def notice(
    name: str,
    params: Mapping[str, Any],
    t: Texts,
    *,
    kind: Kind | None,
    item_id: ItemId | None,
    timezone: str,
    today: date,
    address: str,
    network: str,
) -> Message:
    """The notice of that name: with Slack's words where it has its own, else with those of the mail. Raises KeyError
    for a name that nobody gave words to.
    """
    matter = Matter(params=params, kind=kind, network=network, address=address, timezone=timezone, today=today)
    said = _OURS[name](matter, t) if name in _OURS else _as_in_mail(name, matter, t)
    title = matter.title(t)

    def rows(md: str) -> list[Row]:
        heading = bold(said.heading)
        asks = said.choices is not None and item_id is not None
        leads = link(said.link[1], said.link[0]) if said.link else ""
        undo = said.undo and item_id is not None
        presses = [actions(button("undo", t.t("Undo"), title, item_id or 0, style="danger"))] if undo else []
        return [
            Row(heading, [section(heading)] if heading else ()),
            text_row(md),
            Row(leads, [section(leads)] if leads else ()),
            Row("", presses),
            Row("", [_days(said.choices or (), title, item_id or 0, t)] if asks else ()),
        ]

    md = from_plain("\n\n".join(said.text))
    shown, _ = longest(md, _SIZES, lambda text: sections(text)[1] and holds(rows(text)))
    return message(rows(shown))


def _days(choices: Sequence[str], title: str, item_id: int, t: Texts) -> Block:
    """A button for each day that it may be, and the one that opens the form."""
    days = [button(action, words, title, item_id) for action, words in zip(WHEN, choices, strict=False)]
    return actions(*days, button("edit", t.t("Another day or time"), title, item_id))


def _as_in_mail(name: str, m: Matter, t: Texts) -> Notice:
    said = say(name, m, t)
    return Notice(text=said.text, heading=said.subject, link=said.link)


# -- to the one who shares ----------------------------------------------------------------------------------------------


def _shared(m: Matter, t: Texts) -> Notice:
    going, *_ = say("shared", m, t).text
    if not (seconds := m.number("undo_seconds")):
        return Notice(text=(going,))
    return Notice(text=(going, t.t("Undo within {time}: press the button.", time=t.duration(seconds))), undo=True)


def _held(m: Matter, t: Texts) -> Notice:
    if why := held_because(m.text("reason"), t):
        waits = t.t('"{title}" is waiting for an editor, because {why}. You will hear.', title=m.title(t), why=why)
    else:
        waits = t.t('"{title}" is waiting for an editor. You will hear.', title=m.title(t))
    return Notice(text=(waits, t.t("You need do nothing.")))


def _released(m: Matter, t: Texts) -> Notice:
    people = t.plural("{n} person", "{n} people", m.number("people"))
    if clusters := m.number("clusters"):
        people = t.plural("{people} in {n} cluster", "{people} in {n} clusters", clusters, people=people)
    read = t.t('An editor has read what you shared. "{title}" is going to {people}.', title=m.title(t), people=people)
    return Notice(text=(read,))


def _rejected(m: Matter, t: Texts) -> Notice:
    decided = t.t('An editor has read "{title}" and chosen not to share it in the network.', title=m.title(t))
    return Notice(text=(decided, t.t("Nobody else has received it. You can change it and share it again.")))


def _undone(m: Matter, t: Texts) -> Notice:
    done, _ = say("undone", m, t).text
    return Notice(text=(done, t.t("When it is as you want it, share it again.")))


def _too_late(m: Matter, t: Texts) -> Notice:
    gone, _ = say("too_late", m, t).text
    cure = t.t('If something in it is wrong, press "Change" under it, or put it right in its thread.')
    return Notice(text=(gone, cure))


def _tip_known(m: Matter, t: Texts) -> Notice:
    return Notice(text=tip_known(m, t), link=(t.t("Read the tip"), m.text("url")))


def _tip_gone(m: Matter, t: Texts) -> Notice:
    return Notice(text=say("tip_gone", m, t).text)


def _event_again(m: Matter, t: Texts) -> Notice:
    return Notice(text=event_again(m, t), link=(t.t("Read on the web"), m.text("url")))


def _which_day(m: Matter, t: Texts) -> Notice:
    which = WhichDay.of(m.params)
    names = labels(which.choices, m.today, t)[: len(WHEN)]
    return Notice(text=(asks(which, m.today, t), until_then(which, m.today, t)), heading=m.title(t), choices=names)


def _file_missing(m: Matter, t: Texts) -> Notice:
    name = m.text("name") or t.t("File")
    words = {
        "it was deleted, or Slack hides it because it is old": t.t(
            "it was deleted, or Slack hides it because it is old"
        ),
        "it lies outside Slack": t.t("it lies outside Slack"),
        "it is too large": t.t("it is too large"),
        "Slack does not hand it over: the app lacks files:read, or it is another organisation's": t.t(
            "Slack does not hand it over: the app lacks files:read, or it is another organisation's"
        ),
    }
    reason = words.get(m.text("reason"), m.text("reason")).rstrip(".")
    missing = (
        t.t('The file "{name}" did not go along: {reason}.', name=name, reason=reason)
        if reason
        else t.t('The file "{name}" did not go along.', name=name)
    )
    return Notice(
        text=(missing, t.t("The rest is shared. Put the file on the web and answer in the thread with a link to it."))
    )


# -- answers to what cannot be done ---------------------------------------------------------------------------------------


def _not_yours(m: Matter, t: Texts) -> Notice:
    nothing = t.t('Only the one who shared "{title}", and editors, can change it.', title=m.title(t))
    return Notice(text=(nothing, t.t("Nothing has been changed. Answer in its thread if something in it is wrong.")))


def _gone(m: Matter, t: Texts) -> Notice:
    return Notice(text=(t.t("The post is no longer kept here."), t.t("Nothing has been changed.")))


def _not_member(m: Matter, t: Texts) -> Notice:
    unknown = t.t("Your account in Slack is not known in {network}, so nothing has been done.", network=m.network)
    return Notice(text=(unknown, t.t("Ask an editor to add you, with the address that you have in Slack.")))


def _hello(m: Matter, t: Texts) -> Notice:
    ways = (
        t.t("Share something: write {command}, or choose it in the menu of a message.", command=COMMAND),
        t.t("Tip the network of a page: write {command} tips and its address.", command=COMMAND),
        t.t("Answer: write in the thread of a post. Those who follow it by mail get your answer there."),
        t.t("Keep an answer in Slack: begin it with 🔇."),
        t.t("By mail: what is sent to {address} is shared as well.", address=m.address),
    )
    begins = t.t("Hello. Brygga carries what is shared in {network} between Slack and mail.", network=m.network)
    return Notice(text=(begins, "\n".join(f"• {way}" for way in ways)))


# -- at the desk ----------------------------------------------------------------------------------------------------------


def _desk(name: str) -> Callable[[Matter, Texts], Notice]:
    return lambda m, t: Notice(text=say(name, m, t).text)


def _reminder_held(m: Matter, t: Texts) -> Notice:
    waited, _ = say("reminder_held", m, t).text
    return Notice(text=(waited, t.t("Press under each of them, or on the page that the mail to the editors leads to.")))


def _slack_trouble(m: Matter, t: Texts) -> Notice:
    what, text = in_slack(m.text("channel"), m.text("code"), m.text("reason"), t)
    return Notice(heading=what, text=text)


#: Notices that Slack says in words of its own; all others are said as in mail.
_OURS: dict[str, Callable[[Matter, Texts], Notice]] = {
    "shared": _shared,
    "held": _held,
    "released": _released,
    "rejected": _rejected,
    "undone": _undone,
    "too_late": _too_late,
    "tip_known": _tip_known,
    "tip_gone": _tip_gone,
    "event_again": _event_again,
    "which_day": _which_day,
    "file_missing": _file_missing,
    "not_yours": _not_yours,
    "gone": _gone,
    "not_member": _not_member,
    "hello": _hello,
    "desk_done": _desk("desk_done"),
    "desk_already": _desk("desk_already"),
    "reminder_held": _reminder_held,
    "slack_trouble": _slack_trouble,
}
