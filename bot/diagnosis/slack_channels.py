"""Checks each channel of the settings: whether it is there, open, and Brygga in it."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.diagnosis.findings import Inquiry
from bot.diagnosis.slack_asked import Asked, unreached
from bot.settings import SlackChannels
from bridges.slack.api import Away, Refused, Slow
from bridges.texts import Texts

Channel = Mapping[str, Any]

_ID = re.compile(r"[CG][A-Z0-9]{2,}")  # names are in small letters
#: What Slack answers at most at once, and how many such answers are read: more channels than any workspace has.
_PAGE, _PAGES = 999, 50


async def look(inquiry: Inquiry, channels: SlackChannels, asked: Asked) -> None:
    """Look at the channels one by one; those that share a channel are told together."""
    wanted: dict[str, list[str]] = {}
    for key, name in channels.model_dump().items():
        if name.strip():
            wanted.setdefault(name.strip().removeprefix("#"), []).append(key)
        elif key != "digest":
            _not_set(inquiry, key)
    try:
        found = await _find(asked, set(wanted))
    except (Away, Slow) as trouble:
        unreached(inquiry, "slack.channels", trouble)
        return
    except Refused as refused:
        t = inquiry.t
        says = t("The channels cannot be listed: {code}", code=refused.code)
        inquiry.report.bad("slack.channels", says, t("Mend what stands above first."))
        return
    for name, keys in wanted.items():
        channel = found.get(name)
        if channel is None:
            _not_found(inquiry, keys, name, asked.bot)
        else:
            _judge(inquiry, keys, channel, asked)


async def _find(asked: Asked, names: set[str]) -> dict[str, Channel]:
    """The channels by what the settings call them. Those that Brygga is in first; the rest only when it must be."""
    found: dict[str, Channel] = {}
    for name in sorted(names):
        if _ID.fullmatch(name):
            try:
                found[name] = (await asked.call("conversations.info", channel=name))["channel"]
            except Refused as refused:
                if refused.code != "channel_not_found":
                    raise
    named = {name for name in names if not _ID.fullmatch(name)}
    for method, types in (
        ("users.conversations", "public_channel,private_channel"),
        ("conversations.list", "public_channel"),  # private ones that Brygga is not in are shown to nobody
    ):
        if not named - found.keys():
            break
        async for channel in _pages(asked, method, types):
            name = str(channel.get("name") or "")
            if name in named and name not in found:
                found[name] = {"is_member": method == "users.conversations"} | dict(channel)
            if not named - found.keys():
                break
    return found


async def _pages(asked: Asked, method: str, types: str) -> AsyncIterator[Channel]:
    cursor = ""
    for _ in range(_PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = await asked.call(method, types=types, limit=_PAGE, **more)
        for channel in answer.get("channels") or []:
            yield channel
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


def _not_set(inquiry: Inquiry, key: str) -> None:
    t = inquiry.t
    says = (
        t("No desk channel: editors decide by mail and on the page alone.")
        if key == "desk"
        else t("No channel for {kind}: they are not shown in Slack.", kind=_kind(t, key))
    )
    inquiry.report.doubt(f"slack.channel.{key}", says, t("Set [slack.channels] {key}, if it is wanted.", key=key))


def _not_found(inquiry: Inquiry, keys: list[str], name: str, bot: str) -> None:
    t = inquiry.t
    shown = name if _ID.fullmatch(name) else f"#{name}"
    inquiry.report.bad(
        f"slack.channel.{keys[0]}",
        t(
            "{kinds}: there is no channel {channel}, or it is private and Brygga is not in it.",
            kinds=_kinds(t, keys),
            channel=shown,
        ),
        t("Look at the spelling; if it is private, write in it: {words}", words=f"/invite @{bot}"),
    )


def _judge(inquiry: Inquiry, keys: list[str], channel: Channel, asked: Asked) -> None:
    report, t = inquiry.report, inquiry.t
    check, kinds, shown = f"slack.channel.{keys[0]}", _kinds(t, keys), f"#{channel.get('name') or channel.get('id')}"
    if channel.get("is_archived"):
        report.bad(
            check,
            t("{kinds}: {channel} is archived.", kinds=kinds, channel=shown),
            t("Open it again in Slack, or name another in [slack.channels] {key}.", key=keys[0]),
        )
    elif not channel.get("is_member"):
        invite = t("Write in {channel}: {words}", channel=shown, words=f"/invite @{asked.bot}")
        if channel.get("is_private") or "channels:join" not in asked.scopes:
            report.bad(check, t("{kinds}: Brygga is not in {channel}.", kinds=kinds, channel=shown), invite)
        else:
            says = t("{kinds}: Brygga is not in {channel}, and enters with its first post.", kinds=kinds, channel=shown)
            report.doubt(check, says, invite)
    elif "desk" in keys and not channel.get("is_private"):
        report.doubt(
            check,
            t("{kinds}: everybody in the workspace can read {channel}, and what is held.", kinds=kinds, channel=shown),
            t("Make {channel} private, or name a private channel in [slack.channels] desk.", channel=shown),
        )
    elif channel.get("is_ext_shared"):
        report.doubt(
            check,
            t(
                "{kinds}: {channel} is shared with another organisation, which reads all of it.",
                kinds=kinds,
                channel=shown,
            ),
            t("Use a channel of your own, unless that is meant."),
        )
    else:
        report.good(check, t("{kinds}: Brygga is in {channel}.", kinds=kinds, channel=shown))


def _kinds(t: Texts, keys: list[str]) -> str:
    names = ", ".join(_kind(t, key) for key in keys)
    return names[:1].upper() + names[1:]


def _kind(t: Texts, key: str) -> str:
    return {
        "invitations": t("invitations"),
        "newsletters": t("newsletters"),
        "tips": t("tips"),
        "questions": t("questions"),
        "digest": t("the digest"),
        "desk": t("the desk"),
    }.get(key, key)
