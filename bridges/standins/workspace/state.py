"""What an input shows and sends: each kind of input's own way, as Slack puts it into a submission."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bridges.standins.workspace.blocks import inner_elements
from bridges.standins.workspace.records import Json

_TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
#: What the one value of a kind is called, and what its first value is.
_ONE = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    **dict.fromkeys(_TYPED, ("value", "initial_value")),
}
_MANY = {
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
STATEFUL = {**_ONE, **_MANY, "file_input": ("files", "")}


def inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block and element that holds something."""
    for block in blocks:
        for element in inner_elements(block):
            if element["type"] in STATEFUL:
                yield block, element


def initial(element: Json) -> Json:
    """What an input holds before anybody touched it."""
    kind = element["type"]
    name, first = STATEFUL[kind]
    if kind == "file_input":
        return {"type": kind, name: []}
    empty: Any = [] if kind in _MANY else None
    return {"type": kind, name: element.get(first) or empty}


def options(element: Mapping[str, Any]) -> list[Json]:
    """All that can be chosen."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def _option(element: Json, value: Any) -> Json:
    for option in options(element):
        if option["value"] == str(value):
            return option
    raise LookupError(f"{element['action_id']} has no choice {value!r}: {[one['value'] for one in options(element)]}")


def chosen(element: Json, value: Any) -> Json:
    """What an input holds once a person has put `value` in; None empties it."""
    kind = element["type"]
    name, _ = STATEFUL[kind]
    if kind == "file_input":
        return {"type": kind, name: list(value or [])}
    if kind in _MANY:
        if isinstance(value, bool):
            value = [option["value"] for option in options(element)] if value else []
        values = list(value or [])
        picks = name == "selected_options" and kind != "multi_external_select"
        return {"type": kind, name: [_option(element, one) for one in values] if picks else values}
    if value is None or value == "":
        return {"type": kind, name: None}
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, name: _option(element, value)}
    if isinstance(value, datetime):
        value = int(value.timestamp()) if kind == "datetimepicker" else value.date().isoformat()
    elif isinstance(value, date):
        value = value.isoformat()
    if kind == "datetimepicker":
        return {"type": kind, name: int(value)}
    return {"type": kind, name: value if kind == "rich_text_input" else str(value)}


def simple(held: Json) -> Any:
    """What a person sees in an input."""
    value = held[STATEFUL[held["type"]][0]]
    if isinstance(value, list):
        return [one.get("value", one.get("name", one.get("id"))) if isinstance(one, dict) else one for one in value]
    return value["value"] if isinstance(value, dict) and "value" in value else value


def refused(block: Json, element: Json, held: Json) -> str:
    """What Slack's own form says before anything is sent; "" = nothing."""
    value = simple(held)
    kind = element["type"]
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if kind == "plain_text_input":
        return _length(str(value), element)
    if kind == "url_text_input" and not re.fullmatch(r"[a-z][a-z0-9+.\-]*://[^\s/]+\S*", str(value), re.IGNORECASE):
        return "Enter a valid URL."
    if kind == "email_text_input" and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", str(value)):
        return "Enter a valid email address."
    if kind == "number_input" and not re.fullmatch(
        r"-?\d+" + (r"(\.\d+)?" if element["is_decimal_allowed"] else ""), str(value)
    ):
        return "Enter a valid number."
    most = element.get("max_files", 10) if kind == "file_input" else element.get("max_selected_items", 10_000)
    if isinstance(value, list) and len(value) > most:
        return f"Choose at most {most}."
    return _filetypes(element, held) if kind == "file_input" else ""


def _length(value: str, element: Json) -> str:
    if len(value) > element.get("max_length", 3000):
        return f"Must be at most {element.get('max_length', 3000)} characters."
    if len(value) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    return ""


def _filetypes(element: Json, held: Json) -> str:
    taken = element.get("filetypes")
    if taken and any(file.get("filetype") not in taken for file in held["files"]):
        return "This file type is not supported."
    return ""
