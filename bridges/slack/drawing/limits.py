"""What Slack takes: how long, how many and of which sort; and what it would object to in a message or a form.

The numbers are those of Block Kit's reference; slack_sdk's models hold the same, and a test compares. Two are not in
it: what one message may weigh in all, beyond which Slack answers `msg_blocks_too_long` (bolt-js#2509 met it at about
13,200 characters), and the 4,000 characters of text beyond which it refuses to edit a message.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bridges.slack.drawing.message import Block

TEXT: Final = 4_000  # characters of a message's text
MESSAGE_BLOCKS: Final = 50
MESSAGE_JSON: Final = 12_000  # characters of all blocks of a message, as JSON
SECTION: Final = 3_000
FIELD, FIELDS = 2_000, 10
HEADER: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS: Final = 25
BUTTON: Final = 75  # characters of its words, and of what a screen reader says for them
VALUE: Final = 2_000
URL: Final = 3_000
ID: Final = 255  # of an action, a block, a callback
OPTION, OPTION_VALUE, OPTIONS = 75, 150, 100
FEW_OPTIONS: Final = 10  # of checkboxes and radio buttons
OVERFLOW: Final = 5
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
PLACEHOLDER: Final = 150
LABEL: Final = 2_000
INPUT: Final = 3_000
FILES: Final = 10
USERNAME: Final = 80
VIEW_BLOCKS: Final = 100
VIEW_TITLE: Final = 24  # likewise its two buttons
METADATA: Final = 3_000  # private_metadata

_BOTH = ("plain_text", "mrkdwn")
_PLAIN = ("plain_text",)
_IN_MESSAGES = frozenset({"section", "header", "context", "actions", "divider", "image", "rich_text"})
_IN_VIEWS = _IN_MESSAGES | {"input"}

#: Elements that offer a choice: how many at most.
_CHOICES = {
    "static_select": OPTIONS,
    "multi_static_select": OPTIONS,
    "overflow": OVERFLOW,
    "checkboxes": FEW_OPTIONS,
    "radio_buttons": FEW_OPTIONS,
}
_WRITTEN = frozenset({"plain_text_input", "url_text_input", "email_text_input", "number_input"})
_PICKED = frozenset({"datepicker", "timepicker", "datetimepicker", "users_select", "conversations_select"})
_IN_ACTIONS = frozenset({"button", *_CHOICES, *_PICKED}) - {"multi_static_select"}
_IN_INPUTS = frozenset({*_CHOICES, *_WRITTEN, *_PICKED, "file_input"}) - {"overflow"}
_IN_SECTIONS = _IN_ACTIONS | {"multi_static_select", "image"}

Json = Mapping[str, Any]


def objections_to_message(text: str, blocks: Sequence[Json]) -> list[str]:
    """Why Slack would not post or edit this; [] when it takes it."""
    found = [*_long("text", text, TEXT)]
    if len(blocks) > MESSAGE_BLOCKS:
        found.append(f"{len(blocks)} blocks, at most {MESSAGE_BLOCKS}")
    if (size := weight(blocks)) > MESSAGE_JSON:
        found.append(f"blocks of {size} characters in all, at most {MESSAGE_JSON}")
    return [*found, *_blocks(blocks, _IN_MESSAGES)]


def objections_to_view(view: Json) -> list[str]:
    """Why Slack would not open or publish this; [] when it takes it."""
    kind, blocks = view.get("type"), view.get("blocks")
    if kind not in ("modal", "home"):
        return [f"a view of type {kind!r}"]
    if not isinstance(blocks, list):
        return ["a view without blocks"]
    found = [f"{len(blocks)} blocks, at most {VIEW_BLOCKS}"] if len(blocks) > VIEW_BLOCKS else []
    for name, most in (("private_metadata", METADATA), ("callback_id", ID), ("external_id", ID)):
        found += _long(name, view.get(name, ""), most, least=0)
    for name in ("title", "submit", "close") if kind == "modal" else ():
        if name in view or name == "title":
            found += _text(view.get(name), name, VIEW_TITLE, _PLAIN)
    if kind == "modal" and "submit" not in view and any(block.get("type") == "input" for block in blocks):
        found.append("inputs, but no button that submits them")
    return [*found, *_blocks(blocks, _IN_VIEWS)]


def weight(blocks: Sequence[Json]) -> int:
    """How many characters the blocks are as JSON."""
    return len(json.dumps(list(blocks), ensure_ascii=False))


def fit(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that one message may hold, in order. What goes first when there are too many is text, from the end;
    headings, lines around the text and buttons stay as long as they can.
    """
    kept = list(blocks)
    for sort in ("section", "rich_text", "divider", "context", "header", "actions"):
        while len(kept) > MESSAGE_BLOCKS or weight(kept) > MESSAGE_JSON:
            last = next((n for n in reversed(range(len(kept))) if kept[n].get("type") == sort), None)
            if last is None:
                break
            del kept[last]
    return kept


# -- blocks -------------------------------------------------------------------------------------------------------------


def _blocks(blocks: Sequence[Json], allowed: frozenset[str]) -> Iterator[str]:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "two blocks with the same block_id"
    for number, block in enumerate(blocks):
        at, kind = f"blocks[{number}]", block.get("type")
        if kind not in allowed:
            yield f"{at}: a block of type {kind!r}"
            continue
        if "block_id" in block:
            yield from _long(f"{at}.block_id", block["block_id"], ID)
        yield from _of_block(str(kind), block, at)


def _of_block(kind: str, block: Json, at: str) -> Iterator[str]:
    match kind:
        case "section":
            yield from _section(block, at)
        case "header":
            yield from _text(block.get("text"), f"{at}.text", HEADER, _PLAIN)
        case "context":
            elements = block.get("elements") or []
            yield from _count(f"{at}.elements", elements, CONTEXT_ELEMENTS)
            for element in elements:
                if element.get("type") == "image":
                    yield from _image(element, at)
                else:
                    yield from _text(element, f"{at}.elements", SECTION, _BOTH)
        case "actions":
            yield from _actions(block.get("elements") or [], at)
        case "image":
            yield from _image(block, at)
        case "input":
            yield from _input(block, at)
        case "rich_text":
            yield from _count(f"{at}.elements", block.get("elements") or [], 10_000)


def _section(block: Json, at: str) -> Iterator[str]:
    fields = block.get("fields")
    if "text" in block:
        yield from _text(block["text"], f"{at}.text", SECTION, _BOTH)
    elif not fields:
        yield f"{at}: a section without text"
    if fields is not None:
        yield from _count(f"{at}.fields", fields, FIELDS)
        for field in fields:
            yield from _text(field, f"{at}.fields", FIELD, _BOTH)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}.accessory", _IN_SECTIONS)


def _actions(elements: Sequence[Json], at: str) -> Iterator[str]:
    yield from _count(f"{at}.elements", elements, ACTIONS)
    ids = [element["action_id"] for element in elements if "action_id" in element]
    if len(ids) != len(set(ids)):
        yield f"{at}: two elements with the same action_id"
    for number, element in enumerate(elements):
        yield from _element(element, f"{at}.elements[{number}]", _IN_ACTIONS)


def _input(block: Json, at: str) -> Iterator[str]:
    yield from _text(block.get("label"), f"{at}.label", LABEL, _PLAIN)
    if "hint" in block:
        yield from _text(block["hint"], f"{at}.hint", LABEL, _PLAIN)
    yield from _element(block.get("element") or {}, f"{at}.element", _IN_INPUTS)


# -- elements -----------------------------------------------------------------------------------------------------------


def _element(element: Json, at: str, allowed: frozenset[str]) -> Iterator[str]:
    kind = element.get("type")
    if kind not in allowed:
        yield f"{at}: an element of type {kind!r}"
        return
    if "action_id" in element:
        yield from _long(f"{at}.action_id", element["action_id"], ID)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{at}.placeholder", PLACEHOLDER, _PLAIN)
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{at}.confirm")
    if kind == "button":
        yield from _button(element, at)
    elif kind == "image":
        yield from _image(element, at)
    elif kind in _CHOICES:
        yield from _choice(str(kind), element, at)
    elif kind in _WRITTEN:
        longest = int(element.get("max_length", INPUT))
        if not 0 < longest <= INPUT:
            yield f"{at}.max_length: {longest}, at most {INPUT}"
        yield from _long(f"{at}.initial_value", element.get("initial_value", ""), longest, least=0)
    elif kind == "file_input" and not 1 <= int(element.get("max_files", FILES)) <= FILES:
        yield f"{at}.max_files: {element['max_files']}, at most {FILES}"


def _button(button: Json, at: str) -> Iterator[str]:
    yield from _text(button.get("text"), f"{at}.text", BUTTON, _PLAIN)
    yield from _long(f"{at}.value", button.get("value", ""), VALUE, least=0)
    if "accessibility_label" in button:
        yield from _long(f"{at}.accessibility_label", button["accessibility_label"], BUTTON)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}.style: {button['style']!r}"
    if "url" in button:
        yield from _url(button["url"], f"{at}.url")


def _choice(kind: str, element: Json, at: str) -> Iterator[str]:
    options = [
        *(element.get("options") or []),
        *(option for group in element.get("option_groups") or [] for option in group.get("options") or []),
    ]
    yield from _count(f"{at}.options", options, _CHOICES[kind])
    words = _BOTH if kind in ("checkboxes", "radio_buttons") else _PLAIN
    for option in options:
        yield from _text(option.get("text"), f"{at}.options", OPTION, words)
        yield from _long(f"{at}.options.value", option.get("value"), OPTION_VALUE)
        if "description" in option:
            yield from _text(option["description"], f"{at}.options.description", OPTION, words)
    chosen = [*element.get("initial_options", [])] + (
        [element["initial_option"]] if "initial_option" in element else []
    )
    if any(option not in options for option in chosen):
        yield f"{at}: what is chosen at first is none of the options"
    if "initial_options" in element and not chosen:
        yield f"{at}.initial_options: none"


def _confirm(confirm: Json, at: str) -> Iterator[str]:
    yield from _text(confirm.get("title"), f"{at}.title", CONFIRM_TITLE, _PLAIN)
    yield from _text(confirm.get("text"), f"{at}.text", CONFIRM_TEXT, _BOTH)
    yield from _text(confirm.get("confirm"), f"{at}.confirm", CONFIRM_BUTTON, _PLAIN)
    yield from _text(confirm.get("deny"), f"{at}.deny", CONFIRM_BUTTON, _PLAIN)


def _image(image: Json, at: str) -> Iterator[str]:
    yield from _long(f"{at}.alt_text", image.get("alt_text"), LABEL)
    if "image_url" in image:
        yield from _url(image["image_url"], f"{at}.image_url")


# -- words --------------------------------------------------------------------------------------------------------------


def _text(text: Any, at: str, most: int, kinds: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(text, Mapping) or text.get("type") not in kinds:
        yield f"{at}: not a text of type {' or '.join(kinds)}"
        return
    if ("verbatim" in text and text["type"] == "plain_text") or ("emoji" in text and text["type"] == "mrkdwn"):
        yield f"{at}: a property of the other sort of text"
    yield from _long(at, text.get("text"), most)


def _long(at: str, text: Any, most: int, least: int = 1) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{at}: no text"
    elif len(text) > most:
        yield f"{at}: {len(text)} characters, at most {most}"
    elif len(text.strip()) < least:
        yield f"{at}: empty"


def _count(at: str, things: Sequence[Any], most: int) -> Iterator[str]:
    if not 1 <= len(things) <= most:
        yield f"{at}: {len(things)}, at least 1 and at most {most}"


def _url(url: Any, at: str) -> Iterator[str]:
    yield from _long(at, url, URL)
    if not str(url).startswith(("https://", "http://", "mailto:")) or set(' <>"|\n\r\t') & set(str(url)):
        yield f"{at}: not an address that opens"
