"""chat.* and reactions.*: the app speaks, corrects itself, and takes back."""

import re
import time

from bridges.standins.workspace.blocks import objections_to_blocks
from bridges.standins.workspace.calls import Ask, Slower, invalid, method
from bridges.standins.workspace.limits import EDITED_TEXT, MESSAGE_JSON, METADATA_JSON, TEXT, json_size
from bridges.standins.workspace.posts import bot_post, change, find, happened, kept, put, shown, take_away
from bridges.standins.workspace.records import Channel, Json, Refusal
from bridges.standins.workspace.room import Room


def checked_blocks(blocks: object) -> list[Json]:
    """The blocks of a message, or a refusal that says why."""
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    objections = objections_to_blocks(blocks)
    if objections:
        raise Refusal("invalid_blocks", errors=objections, response_metadata={"messages": objections})
    if json_size(blocks) > MESSAGE_JSON:
        raise Refusal("msg_blocks_too_long")
    return blocks


def _metadata(ask: Ask) -> Json | None:
    metadata = ask.arguments.get("metadata")
    if metadata is None or metadata == {}:
        return metadata
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict) or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_format")
    if json_size(metadata) > METADATA_JSON:
        raise Refusal("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": payload}


def place(ask: Ask) -> Channel:
    """Where to speak: an id, a name, or a person."""
    where = ask.word("channel")
    room = ask.room
    if where in room.people:
        if room.people[where].deleted or room.people[where].bot:
            raise Refusal("channel_not_found")
        return room.dm(where)
    named = [one for one in room.channels.values() if one.name and one.name == where.removeprefix("#")]
    channel = room.channels.get(where) or (named[0] if named else None)
    if channel is None or (channel.kind != "channel" and room.bot_user not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def speaking(ask: Ask, channel: Channel) -> None:
    """Whether the app may speak here."""
    if channel.archived:
        raise Refusal("is_archived")
    if ask.room.bot_user not in channel.members and "chat:write.public" not in ask.room.scopes:
        raise Refusal("not_in_channel")


def _keep_pace(room: Room, channel: Channel) -> None:
    """One message a second in a channel, with a small allowance."""
    if room.pace <= 0:
        return
    now = time.monotonic()
    most = float(max(room.burst, 1))
    if not channel.allowed_at:
        channel.allowance = most
    channel.allowance = min(most, channel.allowance + (now - channel.allowed_at) / room.pace)
    channel.allowed_at = now
    if channel.allowance < 1:
        raise Slower((1 - channel.allowance) * room.pace)
    channel.allowance -= 1


def _icon(ask: Ask) -> Json | None:
    if emoji := ask.word("icon_emoji", ""):
        return {"emoji": emoji}
    url = ask.word("icon_url", "")
    return {"image_48": url} if url else None


@method("chat.postMessage", "chat:write")
async def post_message(ask: Ask) -> Json:
    """Say something."""
    channel = place(ask)
    speaking(ask, channel)
    blocks = checked_blocks(ask.arguments.get("blocks"))
    text = ask.word("text", "")
    if not text.strip() and not blocks and not ask.arguments.get("attachments") and not ask.word("markdown_text", ""):
        raise Refusal("no_text")
    if ask.word("markdown_text", "") and (text or blocks):
        raise Refusal("markdown_text_conflict")
    metadata = _metadata(ask)
    _keep_pace(ask.room, channel)
    custom = "chat:write.customize" in ask.room.scopes  # Slack ignores the name without it
    message = bot_post(
        ask.room, text[:TEXT], blocks, ask.word("username", "") if custom else "", _icon(ask) if custom else None
    )
    if ask.arguments.get("attachments"):
        message["attachments"] = ask.arguments["attachments"]
    if metadata:
        message["_metadata"] = metadata
    names = ask.flag("link_names") or ask.word("parse", "none") == "full"
    ts = put(
        ask.room, channel, message, thread=ask.word("thread_ts", ""), broadcast=ask.flag("reply_broadcast"), names=names
    )
    answer: Json = {"channel": channel.id, "ts": ts, "message": shown(channel, channel.posts[ts], metadata=True)}
    if len(text) > TEXT:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


@method("chat.update", "chat:write")
async def update(ask: Ask) -> Json:
    """Say it otherwise. Blocks and metadata that are not named stay."""
    channel = ask.channel()
    if channel.archived:
        raise Refusal("is_archived")
    post = find(channel, ask.word("ts"))
    if post.get("bot_id") != ask.room.bot_id or post.get("subtype") == "channel_join":
        raise Refusal("cant_update_message")
    blocks = checked_blocks(ask.arguments.get("blocks"))
    text = ask.word("text", "")
    if len(text) > EDITED_TEXT:
        raise Refusal("msg_too_long")
    if not text.strip() and ask.arguments.get("blocks") is None and ask.arguments.get("attachments") is None:
        raise Refusal("no_text")
    changes: Json = {}
    if text or blocks:
        changes["text"] = kept(text)
    if ask.arguments.get("blocks") is not None:
        changes["blocks"] = bot_post(ask.room, "", blocks).get("blocks")
    if ask.arguments.get("attachments") is not None:
        changes["attachments"] = ask.arguments["attachments"] or None
    metadata = _metadata(ask)
    if metadata is not None:
        changes["_metadata"] = metadata or None
    names = ask.flag("link_names") or ask.word("parse", "client") == "full"
    change(ask.room, channel, post["ts"], changes, by=ask.room.bot_user, names=names)
    return {
        "channel": channel.id,
        "ts": post["ts"],
        "text": post["text"],
        "message": shown(channel, post, metadata=True),
    }


@method("chat.delete", "chat:write")
async def delete(ask: Ask) -> Json:
    """Take it back."""
    channel = ask.channel()
    post = find(channel, ask.word("ts"))
    if post.get("bot_id") != ask.room.bot_id:
        raise Refusal("cant_delete_message")
    take_away(ask.room, channel, post["ts"])
    return {"channel": channel.id, "ts": post["ts"]}


@method("chat.postEphemeral", "chat:write")
async def post_ephemeral(ask: Ask) -> Json:
    """Say something that one person sees."""
    channel = ask.channel()
    speaking(ask, channel)
    user = ask.room.person(ask.word("user")).id
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    blocks = checked_blocks(ask.arguments.get("blocks"))
    text = ask.word("text", "")
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    ts = whisper(ask.room, channel.id, user, bot_post(ask.room, text, blocks), ask.word("thread_ts", ""))
    return {"message_ts": ts}


def whisper(room: Room, channel: str, user: str, message: Json, thread: str = "") -> str:
    """Show it to one person."""
    ts = room.ts()
    said = {**message, "ts": ts, "channel": channel, "is_ephemeral": True, **({"thread_ts": thread} if thread else {})}
    room.whispers.setdefault(user, []).append(said)
    room.touch()
    return ts


@method("chat.getPermalink")
async def get_permalink(ask: Ask) -> Json:
    """Where the message can be seen."""
    channel = ask.channel()
    post = find(channel, ask.word("message_ts"))
    return {"channel": channel.id, "permalink": permalink(ask.room, channel, post)}


def permalink(room: Room, channel: Channel, post: Json) -> str:
    """As Slack writes it."""
    link = f"https://{room.domain}.slack.com/archives/{channel.id}/p{post['ts'].replace('.', '')}"
    thread = post.get("thread_ts")
    return f"{link}?thread_ts={thread}&cid={channel.id}" if thread and thread != post["ts"] else link


@method("reactions.add", "reactions:write")
async def add_reaction(ask: Ask) -> Json:
    """React."""
    channel = ask.channel()
    name = ask.word("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+\-'&\u00c0-\uffff]+(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name")
    if not ask.word("timestamp", ""):
        raise invalid("missing required field: timestamp")
    speaking(ask, channel)
    react(ask.room, channel, ask.word("timestamp"), ask.room.bot_user, name)
    return {}


def react(room: Room, channel: Channel, ts: str, user: str, name: str) -> None:
    """Somebody reacts."""
    post = find(channel, ts)
    reactions = post.setdefault("reactions", [])
    mine = next((one for one in reactions if one["name"] == name), None)
    if mine is None:
        reactions.append(mine := {"name": name, "users": [], "count": 0})
    if user in mine["users"]:
        raise Refusal("already_reacted")
    mine["users"].append(user)
    mine["count"] += 1
    event = {"type": "reaction_added", "user": user, "reaction": name, "item_user": post.get("user", "")}
    item = {"type": "message", "channel": channel.id, "ts": ts}
    happened(room, "reaction_added", {**event, "item": item, "event_ts": room.ts()}, channel)
