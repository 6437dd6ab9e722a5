"""What Slack takes in a message or a form, and what it says of that which it does not take."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

#: Of a message: blocks, characters of their JSON in all (not documented, seen in the wild), of its text.
MESSAGE_BLOCKS = 50
MESSAGE_JSON = 13_200
TEXT = 40_000  # longer is cut
EDITED_TEXT = 4_000  # chat.update refuses more
METADATA_JSON = 8_000
#: Of a view.
VIEW_BLOCKS = 100
VIEW_JSON = 250_000
VIEW_DEPTH = 3

#: Says what is wrong with a value: the value, where it stands, and where to put objections.
Objections = list[str]
Check = Callable[[Any, str, Objections], None]
Fields = Mapping[str, Check]


def objection(where: str, what: str, out: Objections) -> None:
    """Says it as Slack says it."""
    out.append(f"[ERROR] {what} [json-pointer:{where}]")


# --- values -----------------------------------------------------------------------------------------------------


def _string(value: Any, where: str, out: Objections, *, most: int, least: int = 0, shape: str = "") -> None:
    if not isinstance(value, str):
        objection(where, "must be a string", out)
    elif len(value) > most:
        objection(where, f"must be less than {most + 1} characters", out)
    elif len(value) < least:
        objection(where, f"must be more than {least - 1} characters", out)
    elif shape and not re.fullmatch(shape, value):
        objection(where, "is not of the right form", out)


def boolean(value: Any, where: str, out: Objections) -> None:
    """True or false."""
    if not isinstance(value, bool):
        objection(where, "must be a boolean", out)


def _number(value: Any, where: str, out: Objections, *, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        objection(where, f"must be a whole number from {least} to {most}", out)


def _word(value: Any, where: str, out: Objections, *, words: tuple[str, ...]) -> None:
    if value not in words:
        objection(where, f"must be one of {', '.join(words)}", out)


def a_day(value: Any, where: str, out: Objections) -> None:
    """A date."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError(value)
        date.fromisoformat(value)
    except (TypeError, ValueError):
        objection(where, "must be a date as YYYY-MM-DD", out)


def anything(value: Any, where: str, out: Objections) -> None:
    """Slack checks it; we have no use for it."""


def _list(value: Any, where: str, out: Objections, *, most: int, each: Check, least: int = 1) -> None:
    if not isinstance(value, list):
        objection(where, "must be an array", out)
        return
    if len(value) > most:
        objection(where, f"no more than {most} items allowed", out)
    if len(value) < least:
        objection(where, f"no fewer than {least} items allowed", out)
    for number, item in enumerate(value[: most + 1]):
        each(item, f"{where}/{number}", out)


def fields_of(
    value: Any, where: str, out: Objections, fields: Fields, required: tuple[str, ...], extra: tuple[str, ...]
) -> bool:
    """An object with these fields and no others; False when it is none."""
    if not isinstance(value, dict):
        objection(where, "must be an object", out)
        return False
    for name in required:
        if value.get(name) is None:
            objection(where, f"missing required field: {name}", out)
    for name, part in value.items():
        if part is None and name not in required:
            continue
        if name in fields:
            fields[name](part, f"{where}/{name}", out)
        elif name not in extra:
            objection(where, f"invalid additional property: {name}", out)
    return True


def _text(value: Any, where: str, out: Objections, *, most: int, plain: bool) -> None:
    if isinstance(value, dict) and value.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        objection(f"{where}/type", "must be plain_text" if plain else "must be plain_text or mrkdwn", out)
        return
    own: Fields = {"text": partial(_string, most=most, least=1)}
    if isinstance(value, dict) and value.get("type") == "mrkdwn":
        own = {**own, "verbatim": boolean}
    else:
        own = {**own, "emoji": boolean}
    fields_of(value, where, out, own, ("type", "text"), ("type",))


def plain(most: int) -> Check:
    """A plain_text object of at most so many characters."""
    return partial(_text, most=most, plain=True)


def text(most: int) -> Check:
    """A text object of either type."""
    return partial(_text, most=most, plain=False)


def string(most: int, least: int = 1, shape: str = "") -> Check:
    """A string."""
    return partial(_string, most=most, least=least, shape=shape)


def words(*them: str) -> Check:
    """One of these words."""
    return partial(_word, words=them)


def whole(least: int, most: int) -> Check:
    """A whole number."""
    return partial(_number, least=least, most=most)


def several(most: int, each: Check, least: int = 1) -> Check:
    """An array."""
    return partial(_list, most=most, each=each, least=least)


def shaped(fields: Fields, *required: str) -> Check:
    """An object with these fields and no others."""

    def check(value: Any, where: str, out: Objections) -> None:
        fields_of(value, where, out, fields, required, ())

    return check


URL = string(3000, shape=r"(?s)(https?|mailto|tel|slack):\S+")
ID = string(255)

CONFIRM = shaped(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": words("primary", "danger"),
    },
    "title",
    "text",
    "confirm",
    "deny",
)
OPTION = shaped({"text": plain(75), "value": string(150), "description": plain(75)}, "text", "value")
RICH_OPTION = shaped({"text": text(75), "value": string(150), "description": text(75)}, "text", "value")
LINKED_OPTION = shaped({"text": plain(75), "value": string(150), "description": plain(75), "url": URL}, "text", "value")
GROUP = shaped({"label": plain(75), "options": several(100, OPTION)}, "label", "options")
DISPATCH = shaped({"trigger_actions_on": several(2, words("on_enter_pressed", "on_character_entered"))})

# --- elements ---------------------------------------------------------------------------------------------------

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
        _text(value, where, out, most=3000, plain=False)


def json_size(value: Any) -> int:
    """How many characters of JSON it is."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
