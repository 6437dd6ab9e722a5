"""views.* and apps.connections.open: forms that are opened in time, changed without losing what was typed."""

from typing import Any

from bridges.standins.workspace.blocks import objections_to_view
from bridges.standins.workspace.calls import Ask, method
from bridges.standins.workspace.limits import VIEW_DEPTH, VIEW_JSON, json_size
from bridges.standins.workspace.posts import with_ids
from bridges.standins.workspace.records import Json, OpenView, Refusal, ViewRecord
from bridges.standins.workspace.room import Room
from bridges.standins.workspace.state import initial, inputs, simple

_PARTS = ("type", "title", "submit", "close", "private_metadata", "callback_id", "external_id")
_FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")


def checked_view(room: Room, view: Any, *, home: bool = False, but: str = "") -> Json:
    """A view that Slack takes, ids filled in; or a refusal that says why. `but`: the view it replaces."""
    objections = objections_to_view(view, home=home)
    if objections:
        raise Refusal("invalid_arguments", response_metadata={"messages": objections})
    if json_size(view) > VIEW_JSON:
        raise Refusal("view_too_large")
    external = view.get("external_id")
    if external and any(
        one.open and one.id != but and one.view["external_id"] == external for one in room.views.values()
    ):
        raise Refusal("duplicate_external_id")
    made: Json = {name: view.get(name) for name in _PARTS}
    for name in ("private_metadata", "callback_id", "external_id"):
        made[name] = made[name] or ""
    return {**made, **{name: bool(view.get(name)) for name in _FLAGS}, "blocks": with_ids(room, view["blocks"])}


def settle(room: Room, record: ViewRecord, view: Json) -> None:
    """Show this view from now on. An input whose ids and kind are as before keeps what it holds."""
    before = record.state
    record.view = view
    record.state = {}
    for block, element in inputs(view["blocks"]):
        key = (block["block_id"], element["action_id"])
        held = before.get(key)
        record.state[key] = held if held and held["type"] == element["type"] else initial(element)
    record.hash = f"{room.ts().split('.')[0]}.{room.uuid()[:8]}"
    record.version += 1
    room.touch()


def open_view(room: Room, user: str, view: Json, *, on: ViewRecord | None = None) -> ViewRecord:
    """Show a view to somebody, on top of another one if there is one."""
    view_id = room.new_id("V")
    record = ViewRecord(
        id=view_id, user=user, view=view, hash="", root=on.root if on else view_id, previous=on.id if on else ""
    )
    settle(room, record, view)
    room.views[view_id] = record
    room.opened.setdefault(user, []).append(seen(room, record))
    room.touch()
    return record


def close_view(room: Room, record: ViewRecord, *, whole: bool = False) -> None:
    """Take a view away, and what lies on it; `whole`: the pile that it is part of."""
    for other in room.views.values():
        if other.root == record.root and (whole or record.id in (other.id, other.previous)):
            other.open = False
    room.touch()


def values_of(record: ViewRecord) -> Json:
    """The state as a submission has it."""
    values: Json = {}
    for (block_id, action_id), held in record.state.items():
        values.setdefault(block_id, {})[action_id] = held
    return values


def view_object(room: Room, record: ViewRecord, *, state: bool = True) -> Json:
    """As Slack describes a view."""
    return {
        "id": record.id,
        "team_id": room.team_id,
        **record.view,
        "state": {"values": values_of(record) if state else {}},
        "hash": record.hash,
        "previous_view_id": record.previous or None,
        "root_view_id": record.root,
        "app_id": room.app_id,
        "app_installed_team_id": room.team_id,
        "bot_id": room.bot_id,
    }


def seen(room: Room, record: ViewRecord) -> OpenView:
    """As a person sees it now."""
    values = {action_id: simple(held) for (_, action_id), held in record.state.items()}
    return OpenView(record.id, record.hash, view_object(room, record), record.version, values)


@method("views.open")
async def views_open(ask: Ask) -> Json:
    """Open a form for whoever just did something."""
    view = checked_view(ask.room, ask.arguments.get("view"))
    trigger = ask.room.use_trigger(ask.word("trigger_id"))
    return {"view": view_object(ask.room, open_view(ask.room, trigger.user, view))}


@method("views.push")
async def views_push(ask: Ask) -> Json:
    """Lay a form on the one that was pressed in."""
    view = checked_view(ask.room, ask.arguments.get("view"))
    trigger = ask.room.use_trigger(ask.word("trigger_id"))
    below = ask.room.views.get(trigger.view)
    if below is None or not below.open:
        raise Refusal("not_found")
    return {"view": view_object(ask.room, push(ask.room, below, view))}


def push(room: Room, below: ViewRecord, view: Json) -> ViewRecord:
    """Lay a view on another, three at most."""
    depth, under = 1, below
    while under.previous:
        depth, under = depth + 1, room.views[under.previous]
    if depth >= VIEW_DEPTH:
        raise Refusal("push_limit_reached")
    return open_view(room, below.user, view, on=below)


@method("views.update")
async def views_update(ask: Ask) -> Json:
    """Change a form that is open."""
    room = ask.room
    external = ask.word("external_id", "")
    wanted = ask.word("view_id", "") or next(
        (one.id for one in room.views.values() if external and one.open and one.view["external_id"] == external), ""
    )
    if not wanted and not external:
        ask.word("view_id")
    record = room.views.get(wanted)
    home = record is not None and record.view["type"] == "home"
    view = checked_view(room, ask.arguments.get("view"), home=home, but=wanted)
    if record is None or not record.open:
        raise Refusal("not_found")
    if ask.word("hash", record.hash) != record.hash:
        raise Refusal("hash_conflict")
    settle(room, record, view)
    return {"view": view_object(room, record)}


@method("views.publish")
async def views_publish(ask: Ask) -> Json:
    """The app's Home, for one person."""
    room = ask.room
    user = room.person(ask.word("user_id")).id
    record = room.views.get(room.homes.get(user, ""))
    view = checked_view(room, ask.arguments.get("view"), home=True, but=record.id if record else "")
    if record is None:
        view_id = room.new_id("V")
        record = ViewRecord(id=view_id, user=user, view=view, hash="", root=view_id)
        room.views[view_id], room.homes[user] = record, view_id
    elif ask.word("hash", record.hash) != record.hash:
        raise Refusal("hash_conflict")
    settle(room, record, view)
    return {"view": view_object(room, record)}


@method("apps.connections.open", token="app")  # noqa: S106
async def connections_open(ask: Ask) -> Json:
    """Where a socket may be opened."""
    return {"url": ask.room.delivery.ticket()}
