"""What a person does in the workspace: write, press, fill in, submit."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bridges.standins.workspace.acting import action, base, press_payload
from bridges.standins.workspace.api_chat import whisper
from bridges.standins.workspace.api_files import file_object, store
from bridges.standins.workspace.api_views import (
    checked_view,
    close_view,
    push,
    seen,
    settle,
    view_object,
)
from bridges.standins.workspace.delivery import NotAcked
from bridges.standins.workspace.posts import bot_post, find, happened, put, shown
from bridges.standins.workspace.records import Json, OpenView, Refusal, StoredFile, ViewRecord
from bridges.standins.workspace.state import chosen, inputs, refused
from bridges.standins.workspace.writing import FileIn, Writing

TROUBLE = "We had some trouble connecting. Try again?"


class Person(Writing):
    """Somebody at their screen."""

    # --- commands, shortcuts, presses ---------------------------------------------------------------------------

    async def _do(self, kind: str, payload: Json, scope: str = "") -> Json | None:
        """Tell the app once. What it answered; None when it did not, which the person sees."""
        if self._room.token_error or (scope and scope not in self._room.scopes):
            self.errors.append("not_installed")
            return None
        try:
            return await self._room.delivery.interaction(kind, payload) or {}
        except NotAcked as failed:
            self.errors.append("operation_timeout" if failed.reason == "http_timeout" else failed.reason)
            return None

    async def command(self, command: str, text: str = "", *, channel: str = "") -> Json | None:
        """Type a command; what came with the ack."""
        room = self._room
        where = self._where(channel) if channel else room.dm(self.id)
        payload = {
            "token": room.verification,
            "team_id": room.team_id,
            "team_domain": room.domain,
            "channel_id": where.id,
            "channel_name": where.name or "directmessage",
            "user_id": self.id,
            "user_name": self.record.handle,
            "command": command,
            "text": text,
            "api_app_id": room.app_id,
            "is_enterprise_install": "false",
            "response_url": room.response_url(self.id, where.id),
            "trigger_id": room.trigger(self.id),
        }
        answer = await self._do("slash_commands", payload, "commands")
        if answer and (answer.get("text") or answer.get("blocks")):
            said = bot_post(room, str(answer.get("text", "")), answer.get("blocks"))
            if answer.get("response_type") == "in_channel":
                put(room, where, said)
            else:
                whisper(room, where.id, self.id, said)
        return answer

    async def shortcut(self, callback_id: str) -> None:
        """Use one of the app's shortcuts."""
        payload = {**base(self._room, self.record, "shortcut"), "callback_id": callback_id}
        await self._do(
            "interactive",
            {**payload, "action_ts": self._room.ts(), "trigger_id": self._room.trigger(self.id)},
            "commands",
        )

    async def message_shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """Use a shortcut on a message."""
        room, where = self._room, self._where(channel)
        payload = {
            **base(room, self.record, "message_action"),
            "callback_id": callback_id,
            "action_ts": room.ts(),
            "trigger_id": room.trigger(self.id),
            "response_url": room.response_url(self.id, where.id, ts),
            "message_ts": ts,
            "channel": {"id": where.id, "name": where.name or "directmessage"},
            "message": shown(where, find(where, ts)),
        }
        await self._do("interactive", payload, "commands")

    async def press(self, channel: str, ts: str, action_id: str, *, value: Any = None) -> None:
        """Press a button on a message, or choose something there; any confirm dialog is confirmed."""
        room, where = self._room, self._where(channel)
        whispered = next((one for one in room.whispers.get(self.id, []) if one["ts"] == ts), None)
        message = whispered or shown(where, find(where, ts))
        done = action(room, message.get("blocks") or [], action_id, value)
        await self._do("interactive", press_payload(room, self.record, where, message, done))

    async def open_home(self) -> OpenView | None:
        """Look at the app's Home; what it showed before the app heard of it."""
        room = self._room
        record = room.views.get(room.homes.get(self.id, ""))
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": room.dm(self.id).id, "tab": "home"}
        if record:
            event["view"] = view_object(room, record)
        happened(room, "app_home_opened", {**event, "event_ts": room.ts()})
        return seen(room, record) if record else None

    # --- views --------------------------------------------------------------------------------------------------

    async def opened(self, timeout: float = 5) -> OpenView:
        """The next view that is opened for this person, as it was when it opened."""
        waiting = self._room.opened.setdefault(self.id, [])
        await self._room.until(lambda: bool(waiting), timeout, f"a view for {self.id}; trouble: {self.errors}")
        return waiting.pop(0)

    async def updated(self, view: OpenView, timeout: float = 5) -> OpenView:
        """The view once it has changed from what this one shows."""
        record = self._room.views[view.id]
        await self._room.until(lambda: record.version > view.version, timeout, f"another {view.id}")
        return seen(self._room, record)

    def look(self, view: OpenView) -> OpenView | None:
        """The view as it is now; None when it is closed."""
        record = self._room.views[view.id]
        return seen(self._room, record) if record.open else None

    def _open_record(self, view: OpenView | Mapping[str, Any]) -> ViewRecord:
        record = self._room.views[view.id if isinstance(view, OpenView) else view["id"]]
        if not record.open:
            raise LookupError("the view is closed")
        return record

    def _fill(self, record: ViewRecord, values: Mapping[str, Any], files: Mapping[str, Sequence[FileIn]]) -> None:
        fields = {
            element["action_id"]: (block["block_id"], element) for block, element in inputs(record.view["blocks"])
        }
        for name, value in values.items():
            if name not in fields:
                raise LookupError(f"no field {name}: {sorted(fields)}")
            block_id, element = fields[name]
            record.state[(block_id, name)] = chosen(element, value)
        for name, given in files.items():
            block_id, element = fields[name]
            stored = [one if isinstance(one, StoredFile) else store(self._room, self.id, *one) for one in given]
            record.state[(block_id, name)] = chosen(element, [file_object(self._room, file) for file in stored])

    async def fill(
        self, view: OpenView, values: Mapping[str, Any], files: Mapping[str, Sequence[FileIn]] | None = None
    ) -> OpenView:
        """Fill in without submitting."""
        record = self._open_record(view)
        self._fill(record, values, files or {})
        return seen(self._room, record)

    async def submit(
        self,
        view: OpenView,
        values: Mapping[str, Any] | None = None,
        files: Mapping[str, Sequence[FileIn]] | None = None,
        *,
        times: int = 1,
    ) -> dict[str, str]:
        """Fill in and submit, `times` at once. The errors shown, by block_id ("" = the form's own); {} = it went."""
        record = self._open_record(view)
        self._fill(record, values or {}, files or {})
        shown_errors = {}
        for block, element in inputs(record.view["blocks"]):
            if block["type"] == "input" and (
                said := refused(block, element, record.state[(block["block_id"], element["action_id"])])
            ):
                shown_errors[block["block_id"]] = said
        if shown_errors:
            return shown_errors
        payload = {
            **base(self._room, self.record, "view_submission"),
            "trigger_id": self._room.trigger(self.id, record.id),
            "view": view_object(self._room, record),
            "response_urls": [],
        }
        answers = await asyncio.gather(*(self._do("interactive", payload) for _ in range(times)))
        return self._take(record, answers[0])

    def _take(self, record: ViewRecord, answer: Json | None) -> dict[str, str]:
        """Do with the form what the app answered."""
        if answer is None:
            return {"": TROUBLE}
        doing = answer.get("response_action")
        try:
            if doing == "errors":
                return self._errors(record, answer.get("errors"))
            if doing == "update":
                settle(self._room, record, checked_view(self._room, answer.get("view"), but=record.id))
            elif doing == "push":
                push(self._room, record, checked_view(self._room, answer.get("view")))
            elif doing in (None, "clear") and not set(answer) - {"response_action"}:
                close_view(self._room, record, whole=doing == "clear")
            else:
                raise Refusal("invalid_response_action")
        except Refusal as refusal:
            self.errors.append(f"{refusal.error} {refusal.more}".strip())
            return {"": TROUBLE}
        return {}

    def _errors(self, record: ViewRecord, errors: Any) -> dict[str, str]:
        asked = {block["block_id"] for block in record.view["blocks"] if block["type"] == "input"}
        if (
            not isinstance(errors, dict)
            or not errors
            or not all(isinstance(one, str) and one for one in errors.values())
        ):
            raise Refusal("invalid_errors")
        if strange := set(errors) - asked:
            raise Refusal("invalid_errors", unknown=sorted(strange))
        return dict(errors)

    async def close_view(self, view: OpenView) -> None:
        """Close a form without submitting it."""
        record = self._open_record(view)
        close_view(self._room, record)
        if record.view["notify_on_close"]:
            payload = {
                **base(self._room, self.record, "view_closed"),
                "view": view_object(self._room, record),
                "is_cleared": False,
            }
            await self._do("interactive", payload)

    async def press_in_view(self, view: OpenView | Mapping[str, Any], action_id: str, *, value: Any = None) -> None:
        """Press a button in a form or in the app's Home, or choose something there."""
        room, record = self._room, self._open_record(view)
        done = action(room, record.view["blocks"], action_id, value)
        if (done["block_id"], action_id) in record.state and value is not None:
            self._fill(record, {action_id: value}, {})
        payload = {
            **base(room, self.record, "block_actions"),
            "container": {"type": "view", "view_id": record.id},
            "trigger_id": room.trigger(self.id, record.id),
            "view": view_object(room, record),
            "actions": [done],
        }
        await self._do("interactive", payload)
