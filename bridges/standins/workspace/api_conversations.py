"""conversations.*: where things are said, who is there, and what was said before."""

from bridges.standins.workspace.calls import Ask, method
from bridges.standins.workspace.posts import find, happened, put, replies_to, shown
from bridges.standins.workspace.records import Channel, Json, Refusal
from bridges.standins.workspace.room import Room

_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def channel_object(room: Room, channel: Channel) -> Json:
    """As Slack describes a conversation."""
    own: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "context_team_id": room.team_id,
        "updated": channel.created * 1000,
    }
    if channel.im_with:
        return {
            **own,
            "user": channel.im_with,
            "is_org_shared": False,
            "is_user_deleted": room.people[channel.im_with].deleted,
        }
    return {
        **own,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_mpim": False,
        "is_private": channel.private,
        "is_general": False,
        "is_shared": channel.connect,
        "is_ext_shared": channel.connect,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": room.bot_user in channel.members,
        "creator": "U0OWNER",
        "shared_team_ids": [room.team_id],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "unlinked": 0,
    }


@method("conversations.info")
async def info(ask: Ask) -> Json:
    """One conversation."""
    channel = ask.channel()
    ask.need(_READ[channel.kind])
    described = channel_object(ask.room, channel)
    if ask.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    if ask.flag("include_locale"):
        described["locale"] = "sv-SE"
    return {"channel": described}


def _kinds(ask: Ask) -> set[str]:
    kinds: set[str] = set()
    for name in ask.word("types", "public_channel").split(","):
        if name.strip() not in _TYPES:
            raise Refusal("invalid_types")
        kind = _TYPES[name.strip()]
        ask.need(_READ.get(kind, "mpim:read"))
        kinds.add(kind)
    return kinds


def _listed(ask: Ask, *, of: str = "") -> Json:
    kinds = _kinds(ask)
    room = ask.room
    found = [
        channel_object(room, channel)
        for channel in room.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or room.bot_user in channel.members)
        and (not of or of in channel.members)
        and not (channel.archived and ask.flag("exclude_archived"))
    ]
    page, following = ask.page(found, ask.number("limit", 100, 999))
    return {"channels": page, **following}


@method("conversations.list")
async def list_all(ask: Ask) -> Json:
    """All that the app can know of."""
    return _listed(ask)


@method("users.conversations")
async def conversations_of(ask: Ask) -> Json:
    """Those somebody is in; the app, when nobody is named."""
    return _listed(ask, of=ask.word("user", ask.room.bot_user))


@method("conversations.members")
async def members(ask: Ask) -> Json:
    """Who is there."""
    channel = ask.channel()
    ask.need(_READ[channel.kind])
    page, following = ask.page([{"id": one} for one in sorted(channel.members)], ask.number("limit", 100, 1000))
    return {"members": [one["id"] for one in page], **following}


@method("conversations.open", "im:write")
async def open_dm(ask: Ask) -> Json:
    """Direct messages with one person."""
    room = ask.room
    if ask.word("channel", ""):
        channel = ask.channel()
        if channel.kind != "im":
            raise Refusal("method_not_supported_for_channel_type")
        return {"channel": {"id": channel.id}}
    users = [one for one in ask.word("users").split(",") if one]
    if len(users) > 1:
        ask.need("mpim:write")
        raise Refusal("not_enough_users")
    person = room.person(users[0])
    if person.bot:
        raise Refusal("cannot_dm_bot")
    if person.deleted:
        raise Refusal("user_disabled")
    there = any(channel.im_with == person.id for channel in room.channels.values())
    channel = room.dm(person.id)
    described = channel_object(room, channel) if ask.flag("return_im") else {"id": channel.id}
    return {**({"no_op": True, "already_open": True} if there else {}), "channel": described}


@method("conversations.join", "channels:join")
async def join(ask: Ask) -> Json:
    """Go in."""
    channel = ask.channel()
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    described: Json = {}
    if ask.room.bot_user in channel.members:
        described = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        enter(ask.room, channel, ask.room.bot_user)
    return {"channel": channel_object(ask.room, channel), **described}


def enter(room: Room, channel: Channel, user: str, inviter: str = "") -> None:
    """Somebody comes in, and the channel is told."""
    channel.members.add(user)
    invited = {"inviter": inviter} if inviter else {}
    joined = {"type": "message", "subtype": "channel_join", "user": user, "text": f"<@{user}> has joined the channel"}
    put(room, channel, {**joined, **invited})
    event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "team": room.team_id, **invited}
    happened(room, "member_joined_channel", {**event, "channel_type": channel.id[0], "event_ts": room.ts()}, channel)


def _readable(ask: Ask) -> Channel:
    channel = ask.channel()
    ask.need(_HISTORY[channel.kind])
    if ask.room.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _between(ask: Ask, posts: list[Json]) -> list[Json]:
    oldest, latest = ask.word("oldest", "0"), ask.word("latest", "9999999999.999999")
    inclusive = ask.flag("inclusive")
    try:
        after, before = float(oldest), float(latest)
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    if "." not in oldest:
        oldest = f"{int(after)}.000000"
    if "." not in latest:
        latest = f"{int(before)}.000000"
    return [
        post
        for post in posts
        if oldest.zfill(17) < post["ts"] < latest or (inclusive and post["ts"] in (oldest.zfill(17), latest))
    ]


@method("conversations.history")
async def history(ask: Ask) -> Json:
    """What was said, newest first; answers only where they were also sent to the channel."""
    channel = _readable(ask)
    metadata = ask.flag("include_all_metadata")
    posts = [
        post
        for post in channel.posts.values()
        if post.get("thread_ts") in (None, post["ts"]) or post.get("subtype") == "thread_broadcast"
    ]
    found = [shown(channel, post, metadata=metadata) for post in reversed(_between(ask, posts))]
    page, following = ask.page(found, ask.number("limit", 100, 999))
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": page, "has_more": more, "pin_count": 0, **(following if more else {})}


@method("conversations.replies")
async def replies(ask: Ask) -> Json:
    """A thread, oldest first; an answer's own ts gives that answer alone."""
    channel = _readable(ask)
    ts = ask.word("ts")
    metadata = ask.flag("include_all_metadata")
    if ts not in channel.posts:
        raise Refusal("thread_not_found")
    post = channel.posts[ts]
    answers = [] if post.get("thread_ts") not in (None, ts) else replies_to(channel, ts)
    found = [shown(channel, one, metadata=metadata) for one in [post, *_between(ask, answers)]]
    page, following = ask.page(found, ask.number("limit", 1000, 1000))
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": page, "has_more": more, **(following if more else {})}


__all__ = ["channel_object", "enter", "find"]
