"""response_url: the app answers what somebody did, five times within half an hour."""

import json
import time

from aiohttp import web

from bridges.standins.workspace.api_chat import checked_blocks, whisper
from bridges.standins.workspace.faults import Faults
from bridges.standins.workspace.posts import bot_post, change, put, take_away
from bridges.standins.workspace.records import Call, Json, Refusal, Reply
from bridges.standins.workspace.room import REPLY_SECONDS, REPLY_USES, Room


class Answers:
    """Where response_urls lead."""

    def __init__(self, room: Room, faults: Faults) -> None:
        self._room = room
        self._faults = faults

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One answer."""
        fault = self._faults.failing("response_url")
        if fault:
            return web.Response(status=fault.problem if isinstance(fault.problem, int) else 500)
        reply = self._room.replies.get(request.match_info["key"])
        if reply is None or time.monotonic() - reply.made > REPLY_SECONDS:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if reply.uses >= REPLY_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            said = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        reply.uses += 1
        self._room.calls.append(Call("response_url", said, time.monotonic(), {"ok": True}))
        try:
            self._answer(reply, said)
        except Refusal as refused:
            return web.json_response({"ok": False, "error": refused.error, **refused.more}, status=400)
        return web.Response(text="ok")

    def _answer(self, reply: Reply, said: Json) -> None:
        room = self._room
        channel = room.channels[reply.channel]
        whispered = next((one for one in room.whispers.get(reply.user, []) if reply.ts and one["ts"] == reply.ts), None)
        blocks = checked_blocks(said.get("blocks"))
        text = str(said.get("text") or "")
        if said.get("delete_original") and reply.ts:
            if whispered:
                room.whispers[reply.user].remove(whispered)
            else:
                take_away(room, channel, reply.ts)
            room.touch()
            return
        if not text.strip() and not blocks:
            raise Refusal("no_text")
        message = bot_post(room, text, blocks)
        if said.get("replace_original") and reply.ts:
            if whispered:
                whispered.update(text=message["text"], blocks=message.get("blocks"))
                room.touch()
            else:
                change(
                    room,
                    channel,
                    reply.ts,
                    {"text": message["text"], "blocks": message.get("blocks")},
                    by=room.bot_user,
                )
        elif said.get("response_type") == "in_channel":
            put(room, channel, message, thread=str(said.get("thread_ts") or ""))
        else:
            whisper(room, channel.id, reply.user, message, str(said.get("thread_ts") or ""))
