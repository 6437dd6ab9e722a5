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


def checked_text(value: Any, where: str, out: Objections, *, most: int, plain: bool) -> None:
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
    return partial(checked_text, most=most, plain=True)


def text(most: int) -> Check:
    """A text object of either type."""
    return partial(checked_text, most=most, plain=False)


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


def json_size(value: Any) -> int:
    """How many characters of JSON it is."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
