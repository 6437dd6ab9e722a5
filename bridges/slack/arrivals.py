"""What arrives from Slack and what is done with it: kept, opened at once, or passed over. Whatever is not named is passed over."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bridges.slack.api import Me
from bridges.slack.manifest import COMMAND, MESSAGE_SHORTCUT, SHORTCUT
from bridges.slack.own import is_echo

Payload = Mapping[str, Any]

#: Forms whose submission is kept: the one that people share with, and the digest's.
FORMS = ("share", "digest")

#: Subtypes of messages in which people say, change or take back something; None is a plain message.
#: Joins, topics, pins, huddles, other apps' posts and whatever Slack thinks of next are nobody's answers.
SAID = (None, "file_share", "thread_broadcast", "me_message", "message_changed", "message_deleted")

#: The buttons of the question when an event is: each its own choice, by its number.
WHEN = tuple(f"when_{number}" for number in range(1, 6))

#: Buttons and choices that do something: kept like mail, done from the inbox.
ACTING = frozenset(
    {
        "rsvp_yes",
        "rsvp_maybe",
        "rsvp_no",
        "follow",
        "vote",
        "withdraw",
        "undo",
        *WHEN,
        "approve",
        "reject",
        "trust",
        "merge",
        "digest_send",
        "digest_skip",
        "digest_revive",
        "mode",
        "language",
    }
)

#: Buttons that open something, and what they ask for. Slack never sends a press again, and opening loses nothing.
OPENING = {
    "edit": "edit",
    "read": "read",
    "amend": "amend",
    "share": "shortcut",
    "digest_edit": "digest",
    "share_told": "told",
    "share_mention": "mention",
}

#: Those of them that stand in an open view, and show something else in its place.
IN_VIEWS = frozenset({"share_mention"})
IN_PLACE = frozenset(OPENING[name] for name in IN_VIEWS)

#: News that makes what we remember of somebody or something stale, and where in it stands of whom.
STALE: Mapping[str, tuple[str, ...]] = {
    "user_change": ("user", "id"),
    "channel_rename": ("channel", "id"),
    "group_rename": ("channel", "id"),
}

#: What is written after the command to share a tip.
TIPS = frozenset({"tips", "tip"})
_PAGE = re.compile(r"https?://[^\s/]|\bwww\.[^\s.]+\.\S", re.IGNORECASE)
#: No part of it is a single letter: "t.ex." is no address.
_SITE = re.compile(r"(?:[\w-]{2,63}\.)+[a-z]{2,24}(?:[/?#]\S*)?(?=\s|$)", re.IGNORECASE)

#: Ids as Slack makes them; anything else is not written into a key as it is.
_ID = re.compile(r"[A-Za-z0-9._:-]{1,150}")


@dataclass(frozen=True, slots=True)
class Keep:
    """To be stored under this key, and only then acknowledged."""

    key: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A filled-in form: stored under this key when nothing is to be objected to."""

    key: str


@dataclass(frozen=True, slots=True)
class Opener:
    """Somebody asks for a form or a text; `trigger_id` is good for three seconds and once."""

    kind: str  # "command", "shortcut", "message", "edit", "read", "amend", "digest", "told", "mention"
    trigger_id: str
    user_id: str
    channel_id: str = ""
    text: str = ""  # what stood after the command
    message: Payload | None = None  # that the shortcut was used on, or that the button belongs to
    value: str = ""  # of the button
    response_url: str = ""
    view_id: str = ""  # the view that it was pressed in, which then shows what was asked for
    view_hash: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """What we remember of this person, channel or group is no longer so."""

    id: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Slack has taken something from us: somebody must be told."""

    code: str


#: None is passed over.
Arrival = Keep | Submission | Opener | Stale | Alarm | None


def raw_of(payload: Payload) -> bytes:
    """The payload as it is kept. Half characters, which no UTF-8 can hold, stay as the JSON escapes they came as."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def arrival(payload: Payload, me: Me) -> Arrival:
    """What a request from Slack asks of us; any shape has an answer."""
    kind = payload.get("type")
    if kind is None and "command" in payload:
        return _command(payload)
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    return reader(payload, me) if reader else None


def _event(payload: Payload, me: Me) -> Arrival:
    event = _part(payload, "event")
    kind = event.get("type")
    if not isinstance(kind, str):
        return None
    if path := STALE.get(kind):
        name = _at(event, *path)
        return Stale(name) if name else None
    reader = _EVENTS.get(kind)
    return reader(payload, event, me) if reader else None


def _message(payload: Payload, event: Payload, me: Me) -> Arrival:
    said = event.get("subtype") or None
    if said not in SAID or not _at(event, "channel") or is_echo(event, me, _at(payload, "api_app_id")):
        return None
    return Keep(_key("event", _at(payload, "event_id"), payload))


def _home(payload: Payload, event: Payload, me: Me) -> Arrival:
    if event.get("tab", "home") != "home" or not _at(event, "user"):
        return None
    return Keep(_key("event", _at(payload, "event_id"), payload))


def _revoked(payload: Payload, event: Payload, me: Me) -> Arrival:
    # It also comes when a person takes back a token of their own, which we have none of.
    bots = _part(event, "tokens").get("bot")
    return Alarm("tokens_revoked") if isinstance(bots, list) and me.user_id in bots else None


def _uninstalled(payload: Payload, event: Payload, me: Me) -> Arrival:
    return Alarm("app_uninstalled")


def _rate_limited(payload: Payload, me: Me) -> Arrival:
    return Alarm("app_rate_limited")


def _submission(payload: Payload, me: Me) -> Arrival:
    view = _part(payload, "view")
    return Submission(_key("view", _at(view, "id"), payload)) if view.get("callback_id") in FORMS else None


def _press(payload: Payload, me: Me) -> Arrival:
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    name, trigger = action.get("action_id"), _at(payload, "trigger_id")
    in_view = _part(payload, "view").get("type") == "modal"
    if not isinstance(name, str) or (in_view and name not in IN_VIEWS):
        return None  # what is chosen in an open form counts when the form is sent
    if name in ACTING:
        return Keep(_key("press", trigger, payload))
    if name not in OPENING or not trigger:
        return None
    return _opener(OPENING[name], payload, value=_at(action, "value"))


def _command(payload: Payload) -> Arrival:
    if payload.get("command") != COMMAND or not _at(payload, "trigger_id"):
        return None
    if names_page(tip_in(_at(payload, "text")) or ""):
        return Keep(_key("command", _at(payload, "trigger_id"), payload))  # shared at once, with nothing to fill in
    return Opener(
        kind="command",
        trigger_id=_at(payload, "trigger_id"),
        user_id=_at(payload, "user_id"),
        channel_id=_at(payload, "channel_id"),
        text=_at(payload, "text"),
        response_url=_at(payload, "response_url"),
    )


def tip_in(text: str) -> str | None:
    """What stands after `/brygga tips`; None when something else was asked for."""
    word, _, rest = text.strip().partition(" ")
    return rest.strip() if word.casefold() in TIPS else None


def names_page(words: str) -> bool:
    """Whether words hold an address of a page, or begin with one as people say it: `vreta.se/vatten`."""
    return bool(_PAGE.search(words) or _SITE.match(words))


def addressed(words: str) -> str:
    """The same words, in which such an address is one for computers too."""
    return f"https://{words}" if _SITE.match(words) and not _PAGE.match(words) else words


def _shortcut(payload: Payload, me: Me) -> Arrival:
    known = payload.get("callback_id") == SHORTCUT and _at(payload, "trigger_id")
    return _opener("shortcut", payload) if known else None


def _message_shortcut(payload: Payload, me: Me) -> Arrival:
    known = payload.get("callback_id") == MESSAGE_SHORTCUT and _at(payload, "trigger_id")
    return _opener("message", payload) if known else None


def _opener(kind: str, payload: Payload, value: str = "") -> Opener:
    return Opener(
        kind=kind,
        trigger_id=_at(payload, "trigger_id"),
        user_id=_at(payload, "user", "id"),
        channel_id=_at(payload, "channel", "id") or _at(payload, "container", "channel_id"),
        message=_part(payload, "message") or None,
        value=value,
        response_url=_at(payload, "response_url"),
        view_id=_at(payload, "view", "id") if kind in IN_PLACE else "",
        view_hash=_at(payload, "view", "hash") if kind in IN_PLACE else "",
    )


_READERS: Mapping[str, Callable[[Payload, Me], Arrival]] = {
    "event_callback": _event,
    "view_submission": _submission,
    "block_actions": _press,
    "shortcut": _shortcut,
    "message_action": _message_shortcut,
    "app_rate_limited": _rate_limited,
}

#: app_mention is not among them: the same message comes as a message too.
_EVENTS: Mapping[str, Callable[[Payload, Payload, Me], Arrival]] = {
    "message": _message,
    "app_home_opened": _home,
    "tokens_revoked": _revoked,
    "app_uninstalled": _uninstalled,
}


def _key(kind: str, name: str, payload: Payload) -> str:
    """One key for one thing, the same in every redelivery."""
    return f"{kind}:{name}" if _ID.fullmatch(name) else f"{kind}:sha256:{sha256(raw_of(payload)).hexdigest()}"


def _part(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def _at(payload: Payload, *path: str) -> str:
    """The text at this place, or "" when there is none."""
    *parts, last = path
    for part in parts:
        payload = _part(payload, part)
    value = payload.get(last)
    return value if isinstance(value, str) else ""
