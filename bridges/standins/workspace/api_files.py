"""files.*: sent in three steps, fetched with the token, and a login page for whoever has none."""

import asyncio
import mimetypes

from aiohttp import web

from bridges.standins.workspace.api_chat import speaking
from bridges.standins.workspace.calls import Ask, invalid, method
from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.posts import bot_post, happened, put
from bridges.standins.workspace.records import Channel, Json, Refusal, StoredFile
from bridges.standins.workspace.room import HOST, Room

#: So long after completeUploadExternal the message with the file appears.
SHARE_SECONDS = 0.02
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>"
)


def file_object(room: Room, file: StoredFile) -> Json:
    """As Slack describes a file."""
    if file.mode == "tombstone":
        return {"id": file.id, "mode": "tombstone"}
    if file.mode == "hidden_by_limit":
        return {"id": file.id, "name": file.name, "mode": "hidden_by_limit"}
    if file.access != "visible":
        return {
            "id": file.id,
            "created": file.created,
            "mode": "file_access",
            "file_access": file.access,
            "user": file.user,
        }
    where = f"{room.url}/files-pri/{room.team_id}-{file.id}"
    link = f"https://{room.domain}.slack.com/files/{file.user}/{file.id}/{file.name}"
    kind = file.name.rpartition(".")[2].lower() if "." in file.name else "binary"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.content_type,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file.user,
        "user_team": room.team_id,
        "editable": False,
        "size": len(file.content),
        "mode": file.mode,
        "is_external": file.mode == "external",
        "external_type": "",
        "is_public": any(room.channels[one].kind == "channel" for one in file.shares),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{where}/{file.name}",
        "url_private_download": f"{where}/download/{file.name}",
        "permalink": link,
        "permalink_public": f"https://slack-files.com/{room.team_id}-{file.id}",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": file.access,
    }


def store(room: Room, user: str, name: str, content_type: str, content: bytes) -> StoredFile:
    """A file somebody put in."""
    file = StoredFile(
        id=room.new_id("F"),
        name=name,
        content_type=content_type,
        content=content,
        user=user,
        created=int(room.clock()),
    )
    room.files[file.id] = file
    return file


@method("files.getUploadURLExternal", "files:write")
async def upload_url(ask: Ask) -> Json:
    """Where to send the bytes."""
    name = ask.word("filename")
    try:
        length = int(ask.word("length"))
    except ValueError:
        raise invalid("must be a number: length") from None
    if length <= 0:
        raise invalid("must be more than 0: length")
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = store(ask.room, ask.room.bot_user, name, content_type, b"")
    file.length, file.uploaded, file.completed = length, False, False
    return {"upload_url": f"http://{HOST}:{ask.room.port}/upload/v1/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
async def complete(ask: Ask) -> Json:
    """The bytes are there: show them. The message comes a moment later."""
    room = ask.room
    wanted = ask.arguments.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid("missing required field: files")
    files = []
    for one in wanted:
        file = room.files.get(one.get("id", "")) if isinstance(one, dict) else None
        if file is None or not file.uploaded or file.completed:
            raise Refusal("file_not_found")
        file.title = str(one.get("title") or file.name)
        files.append(file)
    where = ask.word("channel_id", "")
    if where:
        channel = ask.channel(name="channel_id")
        speaking(ask, channel)
        thread = ask.word("thread_ts", "")
        message = bot_post(room, ask.word("initial_comment", ""), None)
        room.delivery.later(_share_later(room, channel, message, files, thread))
    for file in files:
        file.completed = True
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


async def _share_later(room: Room, channel: Channel, message: Json, files: list[StoredFile], thread: str) -> None:
    await asyncio.sleep(SHARE_SECONDS)
    share(room, channel, message, files, thread=thread)


def share(
    room: Room, channel: Channel, message: Json, files: list[StoredFile], *, thread: str = "", broadcast: bool = False
) -> str:
    """A message with files."""
    for file in files:
        file.shares.setdefault(channel.id, [])
    shared = {"subtype": "file_share", "files": [file_object(room, file) for file in files], "upload": False}
    ts = put(room, channel, {**message, **shared, "display_as_bot": False}, thread=thread, broadcast=broadcast)
    for file in files:
        file.shares[channel.id].append(ts)
        event = {"type": "file_shared", "file_id": file.id, "user_id": file.user, "file": {"id": file.id}}
        happened(room, "file_shared", {**event, "channel_id": channel.id, "event_ts": room.ts()}, channel)
    return ts


@method("files.info", "files:read")
async def files_info(ask: Ask) -> Json:
    """One file, and where it was shown."""
    room = ask.room
    file = room.files.get(ask.word("file"))
    if file is None or not file.completed or file.access == "file_not_found":
        raise Refusal("file_not_found")
    if file.mode == "tombstone":
        raise Refusal("file_deleted")
    access, file.access = file.access, "visible"
    described = file_object(room, file)
    file.access = access
    shares: Json = {}
    for channel_id, stamps in file.shares.items():
        channel = room.channels[channel_id]
        side = shares.setdefault("private" if channel.private or channel.im_with else "public", {})
        side[channel_id] = [
            {"ts": ts, "channel_name": channel.name, **({"thread_ts": thread} if thread else {})}
            for ts in stamps
            if ts in channel.posts
            for thread in [channel.posts[ts].get("thread_ts")]
        ]
    return {"file": {**described, "shares": shares, "comments_count": 0}, "comments": [], "content": None}


class Shelf:
    """Bytes in and out."""

    def __init__(self, room: Room, faults: Faults) -> None:
        self._room = room
        self._faults = faults

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The second step of sending a file."""
        await asyncio.sleep(self._faults.slowness("upload"))
        fault = self._faults.failing("upload")
        if fault:
            return web.Response(status=fault.problem if isinstance(fault.problem, int) else 500)
        file = self._room.files.get(request.match_info["file"])
        if file is None or file.uploaded:
            return web.Response(status=404, text="not found")
        content = await request.read()
        if request.content_type.startswith("multipart/"):
            parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
            content = parts[0].file.read() if parts else b""
        if len(content) != file.length:
            return web.Response(status=400, text="length mismatch")
        file.content, file.uploaded = content, True
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes, for whoever shows the app's token; a login page for others."""
        await asyncio.sleep(self._faults.slowness("download"))
        fault = self._faults.failing("download")
        if fault:
            return web.Response(status=fault.problem if isinstance(fault.problem, int) else 500)
        room = self._room
        file = room.files.get(request.match_info["file"])
        allowed = request.headers.get("Authorization") == f"Bearer {room.bot_token}" and "files:read" in room.scopes
        if not allowed or room.token_error or file is None or file.access == "check_file_info":
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if file.mode in ("tombstone", "hidden_by_limit"):
            return web.Response(status=404, text="File not found")
        return web.Response(body=file.content, content_type=file.content_type.partition(";")[0])
