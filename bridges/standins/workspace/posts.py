"""Messages: how they are put, changed and taken away, and what the app hears of it."""

import copy
import re
from typing import Any

from bridges.standins.workspace.blocks import inner_elements
from bridges.standins.workspace.pings import pings_of
from bridges.standins.workspace.records import Channel, Json, Ping, Refusal
from bridges.standins.workspace.room import Room
from bridges.standins.workspace.typed import escaped

_SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
#: What nobody can answer.
_NOT_ANSWERED = ("channel_join", "channel_leave", "channel_name", "channel_topic")
_STRAY = re.compile(r"&(?!(?:amp|lt|gt);)|<(?![@#!][^<>]+>|(?:https?://|mailto:|tel:)[^<>]+>)")
_OPEN = re.compile(r"<[^<>]*>|>")


def kept(text: str) -> str:
    """A text as Slack keeps it: what is no markup is escaped."""
    text = _STRAY.sub(lambda match: "&amp;" if match[0] == "&" else "&lt;", text)
    return _OPEN.sub(lambda match: "&gt;" if match[0] == ">" else match[0], text)


def kept_blocks(thing: Any) -> Any:
    """Blocks as Slack keeps them: plain words come back escaped too."""
    if isinstance(thing, list):
        return [kept_blocks(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    made = {name: kept_blocks(value) for name, value in thing.items()}
    if thing.get("type") == "mrkdwn":
        made["text"] = kept(thing["text"])
    elif thing.get("type") == "plain_text":
        made["text"] = escaped(thing["text"])
    return made


def with_ids(room: Room, blocks: list[Json]) -> list[Json]:
    """A copy, with the ids that Slack makes up where the app gave none."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block["block_id"] = block.get("block_id") or room.new_id("", 8)
        for element in inner_elements(block):
            if element["type"] != "image":
                element["action_id"] = element.get("action_id") or room.new_id("", 8)
    return blocks


def bot_profile(room: Room) -> Json:
    """Who the app is, on each of its posts."""
    icons = dict.fromkeys(("image_36", "image_48", "image_72"), f"{room.url}/icon.png")
    return {
        "id": room.bot_id,
        "app_id": room.app_id,
        "user_id": room.bot_user,
        "name": room.app_name,
        "icons": icons,
        "deleted": False,
        "updated": 1700000000,
        "team_id": room.team_id,
    }


def bot_post(room: Room, text: str, blocks: list[Json] | None, username: str = "", icon: Json | None = None) -> Json:
    """A message of the app's. With another name on it Slack calls it a bot_message, and names no user."""
    message: Json = {
        "type": "message",
        "text": kept(text),
        "bot_id": room.bot_id,
        "app_id": room.app_id,
        "team": room.team_id,
    }
    if username or icon:
        message |= {"subtype": "bot_message", "username": username or room.app_name}
        message |= {"icons": icon} if icon else {}
    else:
        message |= {"user": room.bot_user, "bot_profile": bot_profile(room)}
    if blocks:
        message["blocks"] = kept_blocks(with_ids(room, blocks))
    return message


def replies_to(channel: Channel, ts: str) -> list[Json]:
    """The answers in a thread, oldest first."""
    return [post for post in channel.posts.values() if post.get("thread_ts") == ts and post["ts"] != ts]


def shown(channel: Channel, post: Json, *, metadata: bool = False) -> Json:
    """A message as conversations.history shows it."""
    message = {key: copy.deepcopy(value) for key, value in post.items() if not key.startswith("_")}
    replies = replies_to(channel, post["ts"])
    if replies:
        users = list(dict.fromkeys(reply.get("user") or reply["bot_id"] for reply in replies))
        message |= {
            "thread_ts": post["ts"],
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1]["ts"],
            "reply_users": users[:5],
            "is_locked": False,
            "subscribed": False,
        }
    if metadata and "_metadata" in post:
        message["metadata"] = copy.deepcopy(post["_metadata"])
    return message


def find(channel: Channel, ts: str) -> Json:
    """A message that is there."""
    post = channel.posts.get(ts)
    if post is None or post.get("subtype") == "tombstone":
        raise Refusal("message_not_found")
    return post


def put(
    room: Room, channel: Channel, message: Json, *, thread: str = "", broadcast: bool = False, names: bool = False
) -> str:
    """Put a message into a channel, and tell the app."""
    ts = room.ts()
    message = {**message, "ts": ts}
    parent = None
    if thread:
        parent = channel.posts.get(thread)
        if parent is not None and (parent.get("thread_ts", thread) != thread or parent.get("subtype") in _NOT_ANSWERED):
            raise Refusal("cannot_reply_to_message")
        thread = (
            thread if parent is not None else ""
        )  # Slack shows an answer to what is gone in the channel, and says nothing
    if thread and parent is not None:
        message |= {"thread_ts": thread, "parent_user_id": parent.get("user", "")}
        if broadcast:
            message |= {"subtype": "thread_broadcast", "root": shown(channel, parent)}
    channel.posts[ts] = message
    _note_pings(room, channel, message, names=names)
    tell(room, channel, {**shown(channel, message), "event_ts": ts})
    if not message.get("bot_id") and re.search(rf"<@{room.bot_user}(\||>)", str(message.get("text"))):
        mention: Json = {
            key: message[key] for key in ("user", "text", "ts", "team", "blocks", "thread_ts") if key in message
        }
        happened(
            room, "app_mention", {"type": "app_mention", **mention, "channel": channel.id, "event_ts": ts}, channel
        )
    room.touch()
    return ts


def _note_pings(room: Room, channel: Channel, message: Json, *, names: bool) -> None:
    if message.get("bot_id"):
        room.pings += [Ping(channel.id, message["ts"], markup) for markup in pings_of(message, names=names)]


def change(room: Room, channel: Channel, ts: str, changes: Json, *, by: str = "", names: bool = False) -> Json:
    """Change a message. `by`: who edited it; "" = Slack itself, which writes no `edited`."""
    post = find(channel, ts)
    before = shown(channel, post)
    event_ts = room.ts()
    post.update(changes)
    for key in [key for key, value in post.items() if value is None]:
        del post[key]
    if by:
        post["edited"] = {"user": by, "ts": event_ts}
    _note_pings(room, channel, post, names=names)
    _tell_change(room, channel, shown(channel, post), before, event_ts)
    room.touch()
    return post


def _tell_change(room: Room, channel: Channel, now: Json, before: Json, event_ts: str) -> None:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": {**now, "source_team": room.team_id, "user_team": room.team_id},
        "previous_message": before,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }
    tell(room, channel, event)


def take_away(room: Room, channel: Channel, ts: str) -> None:
    """Delete a message; one with answers leaves a tombstone."""
    post = find(channel, ts)
    before = shown(channel, post)
    event_ts = room.ts()
    if replies_to(channel, ts):
        stone = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT"}
        channel.posts[ts] = {**stone, "hidden": True, "ts": ts, "thread_ts": ts}
        _tell_change(room, channel, shown(channel, channel.posts[ts]), before, event_ts)
    else:
        del channel.posts[ts]
        event = {"type": "message", "subtype": "message_deleted", "previous_message": before, "hidden": True}
        tell(room, channel, {**event, "deleted_ts": ts, "ts": event_ts, "event_ts": event_ts})
        parent = channel.posts.get(post.get("thread_ts", ""))
        if parent and parent.get("subtype") == "tombstone" and not replies_to(channel, parent["ts"]):
            del channel.posts[parent["ts"]]
    room.touch()


def tell(room: Room, channel: Channel, event: Json) -> None:
    """Tell the app of a message, if it is in the channel."""
    event = {**event, "channel": channel.id, "channel_type": channel.kind}
    happened(room, _SUBSCRIPTION[channel.kind], event, channel)


#: What an app must be allowed to read before it hears of these.
_NEEDED = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "file_shared": "files:read",
    "user_change": "users:read",
    "team_join": "users:read",
    "emoji_changed": "emoji:read",
    "subteam_updated": "usergroups:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "group_rename": "groups:read",
}


def happened(room: Room, subscription: str, event: Json, channel: Channel | None = None) -> None:
    """Send the app an event, if it asked for such, may have it, and is there."""
    if subscription not in room.events or room.token_error:
        return
    if _NEEDED.get(subscription, "") not in {"", *room.scopes}:
        return
    if (
        channel is not None
        and room.bot_user not in channel.members
        and event["type"] not in ("channel_rename", "member_left_channel")
    ):
        return
    payload: dict[str, Any] = {
        "token": room.verification,
        "team_id": room.team_id,
        "context_team_id": room.team_id,
        "context_enterprise_id": None,
        "api_app_id": room.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": room.new_id("Ev", 11),
        "event_time": int(float(str(event.get("event_ts") or room.ts()))),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": room.team_id,
                "user_id": room.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.connect),
        "event_context": f"4-{room.uuid()}",
    }
    room.delivery.event(payload)
