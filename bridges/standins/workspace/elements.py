"""What Slack takes as a button, a choice, a field to fill in."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bridges.standins.workspace.limits import (
    CONFIRM,
    DISPATCH,
    GROUP,
    ID,
    LINKED_OPTION,
    OPTION,
    RICH_OPTION,
    URL,
    Check,
    Fields,
    Objections,
    a_day,
    anything,
    boolean,
    checked_text,
    fields_of,
    objection,
    plain,
    several,
    string,
    whole,
    words,
)

_ACTION: Fields = {"action_id": ID}
_ASKING: Fields = {**_ACTION, "focus_on_load": boolean, "placeholder": plain(150)}
_CHOICE: Fields = {**_ASKING, "confirm": CONFIRM}
_TYPED: Fields = {**_ASKING, "dispatch_action_config": DISPATCH}
_MANY: Fields = {"max_selected_items": whole(1, 1000)}
_OPTIONS: Fields = {"options": several(100, OPTION), "option_groups": several(100, GROUP)}
_TEN: Fields = {
    **_ACTION,
    "focus_on_load": boolean,
    "confirm": CONFIRM,
    "options": several(10, RICH_OPTION),
}
_ID_LIST = several(1000, string(255), least=0)

ELEMENTS: dict[str, tuple[Fields, tuple[str, ...]]] = {
    "button": (
        {
            **_ACTION,
            "text": plain(75),
            "url": URL,
            "value": string(2000),
            "style": words("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
        ("text",),
    ),
    "image": ({"image_url": URL, "alt_text": string(2000), "slack_file": anything}, ("alt_text",)),
    "overflow": ({**_ACTION, "options": several(5, LINKED_OPTION), "confirm": CONFIRM}, ("options",)),
    "static_select": ({**_CHOICE, **_OPTIONS, "initial_option": OPTION}, ()),
    "multi_static_select": ({**_CHOICE, **_OPTIONS, **_MANY, "initial_options": several(100, OPTION)}, ()),
    "external_select": ({**_CHOICE, "initial_option": OPTION, "min_query_length": whole(0, 1000)}, ()),
    "multi_external_select": (
        {**_CHOICE, **_MANY, "initial_options": several(100, OPTION), "min_query_length": whole(0, 1000)},
        (),
    ),
    "users_select": ({**_CHOICE, "initial_user": ID}, ()),
    "multi_users_select": ({**_CHOICE, **_MANY, "initial_users": _ID_LIST}, ()),
    "channels_select": ({**_CHOICE, "initial_channel": ID, "response_url_enabled": boolean}, ()),
    "multi_channels_select": ({**_CHOICE, **_MANY, "initial_channels": _ID_LIST}, ()),
    "conversations_select": (
        {
            **_CHOICE,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": anything,
        },
        (),
    ),
    "multi_conversations_select": (
        {
            **_CHOICE,
            **_MANY,
            "initial_conversations": _ID_LIST,
            "default_to_current_conversation": boolean,
            "filter": anything,
        },
        (),
    ),
    "checkboxes": ({**_TEN, "initial_options": several(10, RICH_OPTION)}, ("options",)),
    "radio_buttons": ({**_TEN, "initial_option": RICH_OPTION}, ("options",)),
    "datepicker": ({**_CHOICE, "initial_date": a_day}, ()),
    "timepicker": (
        {**_CHOICE, "initial_time": string(5, shape=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(100)},
        (),
    ),
    "datetimepicker": (
        {
            **_ACTION,
            "focus_on_load": boolean,
            "confirm": CONFIRM,
            "initial_date_time": whole(1_000_000_000, 9_999_999_999),
        },
        (),
    ),
    "plain_text_input": (
        {
            **_TYPED,
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        (),
    ),
    "email_text_input": ({**_TYPED, "initial_value": string(3000)}, ()),
    "url_text_input": ({**_TYPED, "initial_value": string(3000)}, ()),
    "number_input": (
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
        },
        ("is_decimal_allowed",),
    ),
    "rich_text_input": ({**_TYPED, "initial_value": anything}, ()),
    "file_input": ({**_ACTION, "filetypes": several(100, string(20)), "max_files": whole(1, 10)}, ()),
}
_SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
_PICKED = (*_SELECTS, "button", "overflow", "datepicker", "timepicker", "checkboxes", "radio_buttons")
ACCESSORIES = (*_PICKED, "image")
ACTIONS = (*_PICKED, "datetimepicker")
INPUTS = tuple(name for name in ELEMENTS if name not in ("button", "image", "overflow"))


def _chosen_is_offered(value: Mapping[str, Any], where: str, out: Objections) -> None:
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group.get("options", []) if isinstance(group, dict) else []
    for name in ("initial_option", "initial_options"):
        chosen = value.get(name)
        for option in chosen if isinstance(chosen, list) else [chosen] if chosen else []:
            if option not in offered:
                objection(f"{where}/{name}", "must exactly match one of the options", out)


def one_element(value: Any, where: str, out: Objections, *, types: tuple[str, ...]) -> None:
    """An element of one of these types."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in types:
        objection(f"{where}/type", f"unsupported type: {kind}", out)
        return
    fields, required = ELEMENTS[kind]
    fields_of(value, where, out, fields, required, ("type",))
    if kind in ("static_select", "multi_static_select"):
        if bool(value.get("options")) == bool(value.get("option_groups")):
            objection(where, "needs options or option_groups, and not both", out)
        _chosen_is_offered(value, where, out)
    elif kind in ("checkboxes", "radio_buttons"):
        _chosen_is_offered(value, where, out)
    elif kind == "image" and bool(value.get("image_url")) == bool(value.get("slack_file")):
        objection(where, "needs image_url or slack_file, and not both", out)
    elif kind == "plain_text_input":
        longest, initial = value.get("max_length"), value.get("initial_value")
        if isinstance(longest, int) and isinstance(initial, str) and len(initial) > longest:
            objection(f"{where}/initial_value", f"must be less than {longest + 1} characters", out)


def elements(*types: str) -> Check:
    """An element of one of these types."""
    return partial(one_element, types=types)


def in_context(value: Any, where: str, out: Objections) -> None:
    """A text or a picture in a context block."""
    if isinstance(value, dict) and value.get("type") == "image":
        one_element(value, where, out, types=("image",))
    else:
        checked_text(value, where, out, most=3000, plain=False)
