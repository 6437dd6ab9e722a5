"""What Slack makes of what a person types: rich text blocks, and the `text` beside them."""

import re
from itertools import groupby

from bridges.standins.workspace.records import Json

_TOKEN = re.compile(
    r"<(?P<mark>[@#!][^<>]+|(?:https?://|mailto:)[^<>\s]+(?:\|[^<>]*)?)>"
    r"|(?P<url>https?://[^\s<>*~`]+[^\s<>*~`.,;:!?)\"'])"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|(?<!\w)~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?!\w)"
    r"|:(?P<emoji>[a-z0-9_+\-]+(?:::skin-tone-[2-6])?):"
)
_BULLET = re.compile(r"^(?P<indent> *)[-•*◦] +(?P<rest>.*)$")
_ORDERED = re.compile(r"^(?P<indent> *)\d+[.)] +(?P<rest>.*)$")


def escaped(text: str) -> str:
    """As Slack escapes what stands between its markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(text: str, style: Json | None = None) -> list[Json]:
    """The elements of one run of words."""
    found: list[Json] = []
    styled: Json = {"style": style} if style else {}

    def words(part: str) -> None:
        if part:
            found.append({"type": "text", "text": part, **styled})

    at = 0
    for match in _TOKEN.finditer(text):
        words(text[at : match.start()])
        at = match.end()
        kind = match.lastgroup or ""
        inner = match[kind]
        if kind == "mark":
            found.append({**_mark(inner), **styled})
        elif kind == "url":
            found.append({"type": "link", "url": inner, **styled})
        elif kind == "emoji":
            found.append({"type": "emoji", "name": inner, **styled})
        elif kind == "code":
            found.append({"type": "text", "text": inner, "style": {**(style or {}), "code": True}})
        else:
            found += inline(inner, {**(style or {}), kind: True})
    words(text[at:])
    return found


def _mark(inner: str) -> Json:
    name, _, label = inner.partition("|")
    if name.startswith("@"):
        return {"type": "user", "user_id": name[1:]}
    if name.startswith("#"):
        return {"type": "channel", "channel_id": name[1:]}
    if name.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": name.removeprefix("!subteam^")}
    if name.startswith("!date^"):
        stamp, shape = [*name.split("^"), "", ""][1:3]
        return {"type": "date", "timestamp": int(stamp), "format": shape, "fallback": label}
    if name.startswith("!"):
        return {"type": "broadcast", "range": name[1:]}
    return {"type": "link", "url": name, **({"text": label} if label else {})}


def _line_kind(line: str) -> str:
    if line.startswith(("&gt;", ">")):
        return "quote"
    if _BULLET.match(line):
        return "bullet"
    return "ordered" if _ORDERED.match(line) else "words"


def _section(kind: str, text: str) -> Json:
    return {"type": f"rich_text_{kind}", "elements": inline(text)}


def _lists(lines: list[str], kind: str) -> list[Json]:
    """Slack makes one list of each run of the same depth."""
    pattern = _BULLET if kind == "bullet" else _ORDERED
    matches = [match for line in lines if (match := pattern.match(line))]
    return [
        {
            "type": "rich_text_list",
            "style": kind,
            "indent": depth,
            "border": 0,
            "elements": [_section("section", match["rest"]) for match in run],
        }
        for depth, run in groupby(matches, key=lambda match: len(match["indent"]) // 4)
    ]


def rich_text(text: str) -> list[Json]:
    """The one rich_text block of a person's message, as they typed it."""
    parts: list[Json] = []
    for number, piece in enumerate(re.split(r"```\n?(.*?)\n?```\n?", text, flags=re.DOTALL)):
        if number % 2:
            parts.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece}], "border": 0})
            continue
        for kind, run in groupby(piece.split("\n") if piece else [], key=_line_kind):
            lines = list(run)
            if kind == "words":
                parts += [_section("section", joined)] if (joined := "\n".join(lines)) else []
            elif kind == "quote":
                parts.append(_section("quote", "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)))
            else:
                parts += _lists(lines, kind)
    return [{"type": "rich_text", "elements": parts}] if parts else []


def text_of(blocks: list[Json]) -> str:
    """The `text` that Slack puts beside a person's blocks."""
    return "\n".join(_part(part) for block in blocks for part in block.get("elements", [])).strip("\n")


def _part(part: Json) -> str:
    kind = part["type"]
    if kind == "rich_text_list":
        sign = "◦" if part.get("indent", 0) % 2 else "•"
        pad = "    " * part.get("indent", 0)
        return "\n".join(
            f"{pad}{f'{number}.' if part['style'] == 'ordered' else sign} {_run(item['elements'])}"
            for number, item in enumerate(part["elements"], 1)
        )
    if kind == "rich_text_preformatted":
        return f"```{_run(part['elements'])}```"
    if kind == "rich_text_quote":
        return "\n".join(f"&gt; {line}" for line in _run(part["elements"]).split("\n"))
    return _run(part["elements"])


def _run(elements: list[Json]) -> str:
    return "".join(_element(element) for element in elements)


def _element(element: Json) -> str:
    kind = element["type"]
    shown = {
        "text": lambda: escaped(element["text"]),
        "emoji": lambda: f":{element['name']}:",
        "user": lambda: f"<@{element['user_id']}>",
        "channel": lambda: f"<#{element['channel_id']}>",
        "usergroup": lambda: f"<!subteam^{element['usergroup_id']}>",
        "broadcast": lambda: f"<!{element['range']}>",
        "date": lambda: f"<!date^{element['timestamp']}^{element['format']}|{element['fallback']}>",
        "link": lambda: f"<{escaped(element['url'])}{'|' + escaped(element['text']) if 'text' in element else ''}>",
    }[kind]()
    for style, sign in (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*")):
        if element.get("style", {}).get(style):
            shown = f"{sign}{shown}{sign}"
    return shown
