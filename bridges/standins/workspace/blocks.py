"""Whether Slack takes these blocks, or this view: every rule on one page, said as Slack says it."""

from collections.abc import Mapping
from typing import Any

from bridges.standins.workspace.elements import ACCESSORIES, ACTIONS, INPUTS, elements, in_context
from bridges.standins.workspace.limits import (
    ID,
    MESSAGE_BLOCKS,
    URL,
    VIEW_BLOCKS,
    Check,
    Fields,
    Objections,
    anything,
    boolean,
    fields_of,
    objection,
    plain,
    several,
    string,
    text,
    words,
)

_RICH_PARTS = {
    "rich_text_section": (
        "text",
        "link",
        "user",
        "usergroup",
        "channel",
        "emoji",
        "broadcast",
        "color",
        "date",
        "team",
    ),
    "rich_text_preformatted": ("text", "link"),
    "rich_text_quote": ("text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "color", "date", "team"),
}


def _rich(value: Any, where: str, out: Objections) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "rich_text_list":
        fields: Fields = {
            "elements": several(1000, _rich),
            "style": words("bullet", "ordered"),
            "indent": anything,
            "offset": anything,
            "border": anything,
        }
        fields_of(value, where, out, fields, ("style", "elements"), ("type",))
    elif kind in _RICH_PARTS:
        own: Fields = {"elements": several(5000, _rich_part, least=0), "border": anything, "language": anything}
        fields_of(value, where, out, own, ("elements",), ("type",))
    else:
        objection(f"{where}/type", f"unsupported type: {kind}", out)


def _rich_part(value: Any, where: str, out: Objections) -> None:
    if not isinstance(value, dict) or value.get("type") not in _RICH_PARTS["rich_text_section"]:
        objection(f"{where}/type", "unsupported type", out)
    elif value["type"] == "text":
        string(12_000)(value.get("text"), f"{where}/text", out)


def _cell(value: Any, where: str, out: Objections) -> None:
    if not isinstance(value, dict) or value.get("type") not in ("raw_text", "raw_number", "rich_text"):
        objection(f"{where}/type", "unsupported type", out)


BLOCKS: dict[str, tuple[Fields, tuple[str, ...]]] = {
    "section": (
        {
            "text": text(3000),
            "fields": several(10, text(2000)),
            "accessory": elements(*ACCESSORIES),
            "expand": boolean,
        },
        (),
    ),
    "header": ({"text": plain(150)}, ("text",)),
    "divider": ({}, ()),
    "context": ({"elements": several(10, in_context)}, ("elements",)),
    "actions": ({"elements": several(25, elements(*ACTIONS))}, ("elements",)),
    "image": (
        {"image_url": URL, "slack_file": anything, "alt_text": string(2000), "title": plain(2000)},
        ("alt_text",),
    ),
    "rich_text": ({"elements": several(1000, _rich)}, ("elements",)),
    "input": (
        {
            "label": plain(2000),
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
            "element": elements(*INPUTS),
        },
        ("label", "element"),
    ),
    "video": (
        {
            "alt_text": string(2000),
            "title": plain(199),
            "title_url": URL,
            "thumbnail_url": URL,
            "video_url": URL,
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(49),
        },
        ("alt_text", "title", "thumbnail_url", "video_url"),
    ),
    "markdown": ({"text": string(12_000)}, ("text",)),
    "table": ({"rows": several(100, several(20, _cell)), "column_settings": anything}, ("rows",)),
    "file": ({"external_id": string(255), "source": words("remote")}, ("external_id", "source")),
}
IN_MESSAGES = tuple(BLOCKS)
IN_VIEWS = ("section", "header", "divider", "context", "actions", "image", "rich_text", "input", "video")


def _block(value: Any, where: str, out: Objections, kinds: tuple[str, ...]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in kinds:
        objection(f"{where}/type", f"unsupported type: {kind}", out)
        return
    fields, required = BLOCKS[kind]
    fields_of(value, where, out, {**fields, "block_id": ID}, required, ("type",))
    if kind == "section" and not value.get("text") and not value.get("fields"):
        objection(where, "needs text or fields", out)
    if kind == "image" and bool(value.get("image_url")) == bool(value.get("slack_file")):
        objection(where, "needs image_url or slack_file, and not both", out)


def inner_elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that a person can act on, or that show a picture."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") in ("actions", "context"):
        found += block.get("elements") or []
    return [element for element in found if isinstance(element, dict)]


def _ids(blocks: list[Any], where: str, out: Objections) -> None:
    seen: set[str] = set()
    focused = 0
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            objection(f"{where}/{number}/block_id", f"block_id already exists: {block_id}", out)
        seen.add(str(block_id))
        actions: set[str] = set()
        for element in inner_elements(block):
            action = element.get("action_id")
            focused += element.get("focus_on_load") is True
            if isinstance(action, str) and action in actions:
                objection(f"{where}/{number}", f"action_id already exists: {action}", out)
            actions.add(str(action))
    if focused > 1:
        objection(where, "only one element can have focus_on_load", out)


def _asks_for_files(block: Any) -> bool:
    return isinstance(block, dict) and any(one.get("type") == "file_input" for one in inner_elements(block))


def objections_to_blocks(
    blocks: Any,
    *,
    most: int = MESSAGE_BLOCKS,
    kinds: tuple[str, ...] = IN_MESSAGES,
    where: str = "/blocks",
    least: int = 0,
) -> Objections:
    """What Slack says against these blocks; [] = it takes them."""
    out: Objections = []
    if not isinstance(blocks, list):
        objection(where, "must be an array", out)
        return out
    if not least <= len(blocks) <= most:
        objection(where, f"must have from {least} to {most} items", out)
    for number, block in enumerate(blocks[: most + 1]):
        _block(block, f"{where}/{number}", out, kinds)
        if kinds is IN_MESSAGES and _asks_for_files(block):
            objection(f"{where}/{number}/element", "unsupported type: file_input", out)
    _ids(blocks, where, out)
    markdown = sum(
        len(str(block.get("text"))) for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"
    )
    if markdown > 12_000:
        objection(where, "markdown text must be less than 12001 characters in all", out)
    return out


_VIEW: dict[str, Check] = {
    "blocks": anything,
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL: dict[str, Check] = {
    **_VIEW,
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}


def objections_to_view(view: Any, *, home: bool = False) -> Objections:
    """What Slack says against this view; [] = it takes it."""
    out: Objections = []
    kind = "home" if home else "modal"
    if not isinstance(view, dict) or view.get("type") != kind:
        objection("/view/type", f"must be {kind}", out)
        return out
    required = ("blocks",) if home else ("title", "blocks")
    fields_of(view, "/view", out, _VIEW if home else _MODAL, required, ("type",))
    blocks = view.get("blocks")
    out += objections_to_blocks(blocks, most=VIEW_BLOCKS, kinds=IN_VIEWS, where="/view/blocks", least=1)
    asks = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if not home and asks and not view.get("submit"):
        objection("/view", "missing required field: submit", out)
    return out
