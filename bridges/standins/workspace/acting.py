"""The payloads of what people press and choose."""

from typing import Any

from bridges.standins.workspace.blocks import inner_elements
from bridges.standins.workspace.records import Channel, Json, PersonRecord
from bridges.standins.workspace.room import Room
from bridges.standins.workspace.state import STATEFUL, chosen, inputs, options


def base(room: Room, person: PersonRecord, kind: str) -> Json:
    """What every interaction says of who and where."""
    return {
        "type": kind,
        "team": {"id": room.team_id, "domain": room.domain},
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team_id or room.team_id,
        },
        "api_app_id": room.app_id,
        "token": room.verification,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def action(room: Room, blocks: list[Json], action_id: str, value: Any) -> Json:
    """One action. Raises LookupError when there is nothing to press by that name."""
    offered = []
    for block in blocks:
        for element in inner_elements(block):
            offered.append(element.get("action_id"))
            if element.get("action_id") == action_id:
                if element["type"] == "button" and value is not None and element.get("value") != value:
                    continue
                return {
                    **_done(element, value),
                    "action_id": action_id,
                    "block_id": block["block_id"],
                    "action_ts": room.ts(),
                }
    raise LookupError(f"nothing to press called {action_id}: {offered}")


def _done(element: Json, value: Any) -> Json:
    kind = element["type"]
    if kind == "button":
        return {key: element[key] for key in ("type", "text", "value", "style", "url", "confirm") if key in element}
    if kind == "overflow":
        return {"type": kind, "selected_option": next(one for one in options(element) if one["value"] == value)}
    if kind in STATEFUL:
        return chosen(element, value)
    raise LookupError(f"{kind} cannot be pressed")


def press_payload(room: Room, person: PersonRecord, channel: Channel, message: Json, done: Json) -> Json:
    """Something pressed on a message."""
    whispered = bool(message.get("is_ephemeral"))
    thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": whispered}
    values: Json = {}
    for block, element in inputs(message.get("blocks") or []):
        if element["action_id"] == done["action_id"]:
            values = {block["block_id"]: {element["action_id"]: chosen_only(done)}}
    own = {} if whispered else {"message": message}  # an ephemeral message is not sent along
    return {
        **base(room, person, "block_actions"),
        "container": {**container, **thread},
        "trigger_id": room.trigger(person.id),
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        **own,
        "state": {"values": values},
        "response_url": room.response_url(person.id, channel.id, message["ts"]),
        "actions": [done],
    }


def chosen_only(done: Json) -> Json:
    """What was chosen, without where."""
    return {key: value for key, value in done.items() if key not in ("action_id", "block_id", "action_ts")}
