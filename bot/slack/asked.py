"""What a request from Slack is, told from its bytes: something shared, pressed, said, changed or taken away."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bridges.slack.arrivals import tip_in
from bridges.slack.form.draft import SlackFile

#: Messages that people wrote; every other subtype (joins, topics, pins …) stays where it is.
_SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})


@dataclass(frozen=True, slots=True)
class Submission:
    """The form, sent in."""

    user: str
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TipSent:
    """A tip, written after the command."""

    user: str
    text: str = field(repr=False)  # what stands after the word


@dataclass(frozen=True, slots=True)
class Press:
    """A button, pressed."""

    user: str
    action: str
    value: str
    channel: str  # "" in a view
    ts: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message that somebody wrote."""

    user: str
    channel: str
    ts: str
    thread: str  # "" when it stands by itself
    direct: bool  # to the app alone
    message: Mapping[str, Any] = field(repr=False)
    files: Sequence[SlackFile] = ()

    @property
    def post(self) -> str:
        """The message as the thread mapping knows it."""
        return f"{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that its author changed."""

    channel: str
    ts: str
    message: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Removed:
    """A message that was taken away."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at the app's home."""

    user: str


Asked = Submission | TipSent | Press | Said | Changed | Removed | HomeOpened


def asked(raw: bytes) -> Asked | None:
    """What it is; None for what is nothing to us. Never raises, whatever the bytes."""
    with suppress(ValueError, RecursionError):
        payload = json.loads(raw)
        if isinstance(payload, dict):
            reader = _TYPES.get(_text(payload, "type"), _nothing)
            return _tip(payload) if "command" in payload else reader(payload)
    return None


def moment_of(ts: str) -> datetime:
    """When a message was posted: its ts counts seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _nothing(payload: Mapping[str, Any]) -> None:
    return None


def _submission(payload: Mapping[str, Any]) -> Submission | None:
    user, view = _text(_part(payload, "user"), "id"), _part(payload, "view")
    return Submission(user, view) if user and view else None


def _tip(payload: Mapping[str, Any]) -> TipSent | None:
    user, text = _text(payload, "user_id"), tip_in(_text(payload, "text"))
    return TipSent(user, text) if user and text else None


def _press(payload: Mapping[str, Any]) -> Press | None:
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    user, name = _text(_part(payload, "user"), "id"), _text(action, "action_id")
    if not user or not name:
        return None
    chosen = _text(_part(action, "selected_option"), "value")
    container = _part(payload, "container")
    return Press(
        user=user,
        action=name,
        value=_text(action, "value") or chosen,
        channel=_text(_part(payload, "channel"), "id") or _text(container, "channel_id"),
        ts=_text(_part(payload, "message"), "ts") or _text(container, "message_ts"),
    )


def _event(payload: Mapping[str, Any]) -> Asked | None:
    event = _part(payload, "event")
    if _text(event, "type") == "app_home_opened":
        user = _text(event, "user")
        return HomeOpened(user) if user and _text(event, "tab") in ("home", "") else None
    if _text(event, "type") != "message":
        return None
    channel, subtype = _text(event, "channel"), _text(event, "subtype")
    if not channel:
        return None
    if subtype == "message_changed":
        message = _part(event, "message")
        ts = _text(message, "ts")
        if not ts:
            return None
        # What has answers leaves a stone behind instead of going.
        return Removed(channel, ts) if _text(message, "subtype") == "tombstone" else Changed(channel, ts, message)
    if subtype == "message_deleted":
        ts = _text(event, "deleted_ts") or _text(_part(event, "previous_message"), "ts")
        return Removed(channel, ts) if ts else None
    return _said(event, channel, subtype)


def _said(event: Mapping[str, Any], channel: str, subtype: str) -> Said | None:
    user, ts, thread = _text(event, "user"), _text(event, "ts"), _text(event, "thread_ts")
    if subtype not in _SPOKEN or not user or not ts or event.get("bot_id"):
        return None  # another app's posts are nobody's answers
    files = event.get("files")
    return Said(
        user=user,
        channel=channel,
        ts=ts,
        thread="" if thread == ts else thread,
        direct=_text(event, "channel_type") == "im" or channel.startswith("D"),
        message=event,
        files=tuple(SlackFile.of(file) for file in files if isinstance(file, dict)) if isinstance(files, list) else (),
    )


_TYPES = {
    "view_submission": _submission,
    "block_actions": _press,
    "event_callback": _event,
}


def _part(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = mapping.get(name)
    return value if isinstance(value, dict) else {}


def _text(mapping: Mapping[str, Any], name: str) -> str:
    value = mapping.get(name)
    return value if isinstance(value, str) else ""
