"""What people write in Slack's own editor: its `rich_text` blocks, as the parts that neutral Markdown is made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bridges.neutral import Code, Item, Items, Paragraph, Part, Quote
from bridges.runs import Run, lines_of, text_of
from bridges.slack.words.emoji_names import emoji_at, emoji_of
from bridges.slack.words.reader import Reader

Json = Mapping[str, Any]


def text(value: object) -> str:
    """A string of Slack's; "" for whatever else stands in its place."""
    return value if isinstance(value, str) else ""


def objects(value: object) -> list[Json]:
    """The objects of a list; none for whatever else stands in its place."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def number(value: object) -> int:
    """A whole number; 0 for whatever else stands in its place."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@dataclass(slots=True)
class Reading:
    """Parts, and whether something was met that nothing is known of and that says nothing for itself."""

    parts: list[Part]
    whole: bool = True


def rich_text(block: Json, reader: Reader) -> Reading:
    """One `rich_text` block."""
    reading = Reading([])
    for element in objects(block.get("elements")):
        match text(element.get("type")):
            case "rich_text_section":
                _add_lines(reading.parts, lines_of(_runs(element, reader, reading)))
            case "rich_text_list":
                _add_list(reading.parts, element, reader, reading)
            case "rich_text_quote":
                runs = list(_runs(element, reader, reading))
                reading.parts += [Quote([Paragraph(lines_of(runs))])] if text_of(runs).strip() else []
            case "rich_text_preformatted":
                code = text_of(_runs(element, reader, reading))
                reading.parts += [Code(code)] if code.strip() else []
            case _:
                runs = list(_runs(element, reader, reading)) or list(_unknown(element, reading))
                _add_lines(reading.parts, lines_of(runs))
    return reading


def _add_lines(parts: list[Part], lines: Sequence[Sequence[Run]]) -> None:
    """Sections that follow each other are lines below each other."""
    if parts and isinstance(parts[-1], Paragraph):
        parts[-1] = Paragraph([*parts[-1].lines, *lines])
    elif any(text_of(line).strip() for line in lines):
        parts.append(Paragraph(lines))


def _add_list(parts: list[Part], element: Json, reader: Reader, reading: Reading) -> None:
    """A list has one depth; one that is nested comes as a list of its own, and the outer one goes on after it."""
    level = min(max(number(element.get("indent")), 0), 50)
    ordered = element.get("style") == "ordered"
    quoted = bool(number(element.get("border")))
    before = _items_before(parts, quoted=quoted)
    first = max(number(element.get("offset")), 0) + 1
    if ordered and "offset" not in element:
        first = _last_number(before, level) + 1
    items = [
        Item(lines_of(_runs(section, reader, reading)), level, first + place if ordered else None)
        for place, section in enumerate(objects(element.get("elements")))
    ]
    if not any(text_of(line).strip() for item in items for line in item.lines):
        return
    added = Items([*before, *items])
    last = parts[-1] if parts else None
    if quoted and isinstance(last, Quote):
        parts[-1] = Quote([*(last.blocks[:-1] if before else last.blocks), added])
    elif quoted:
        parts.append(Quote([added]))
    elif before:
        parts[-1] = added
    else:
        parts.append(added)


def _items_before(parts: Sequence[Part], *, quoted: bool) -> Sequence[Item]:
    """The list that a list goes on with."""
    last = parts[-1] if parts else None
    if quoted:
        last = last.blocks[-1] if isinstance(last, Quote) and last.blocks else None
    return last.items if isinstance(last, Items) else ()


def _last_number(items: Sequence[Item], level: int) -> int:
    """The number that the list of this level has come to."""
    for item in reversed(items):
        if item.level < level:
            break
        if item.level == level:
            return item.number or 0
    return 0


# -- inside a line ----------------------------------------------------------------------------------------------------


def _runs(element: Json, reader: Reader, reading: Reading) -> Iterator[Run]:
    for child in objects(element.get("elements")):
        style = child.get("style")
        looks = style if isinstance(style, Mapping) else {}
        like = Run(
            "",
            bold=looks.get("bold") is True,
            italic=looks.get("italic") is True,
            strike=looks.get("strike") is True,
            code=looks.get("code") is True,
        )
        for run in _element(child, reader, reading):
            yield replace(like, text=run.text, href=run.href)


def _element(child: Json, reader: Reader, reading: Reading) -> Iterator[Run]:
    match text(child.get("type")):
        case "text":
            yield Run(text(child.get("text")))
        case "link":
            href = text(child.get("url"))
            yield Run(text(child.get("text")) or href.removeprefix("mailto:").removeprefix("tel:"), href=href)
        case "user":
            yield Run(reader.person(text(child.get("user_id"))))
        case "usergroup":
            yield Run(reader.group(text(child.get("usergroup_id"))))
        case "channel":
            yield Run(reader.channel(text(child.get("channel_id"))))
        case "broadcast":
            yield Run(reader.everybody(text(child.get("range")) or "channel"))
        case "emoji":
            yield Run(_emoji(child))
        case "date":
            when, form, href = child.get("timestamp"), text(child.get("format")), text(child.get("url"))
            yield reader.time(when, form, text(child.get("fallback")), href)
        case "color":
            yield Run(text(child.get("value")))
        case _:
            yield from _unknown(child, reading)


def _emoji(child: Json) -> str:
    name = text(child.get("name"))
    if sign := emoji_at(text(child.get("unicode"))) if child.get("unicode") else "":
        return sign
    return emoji_of(name, number(child.get("skin_tone"))) or (f":{name}:" if name else "")


def _unknown(child: Json, reading: Reading) -> Iterator[Run]:
    """Something that Slack has added since: what it says for itself."""
    said = child.get("text")
    words = text(said) or (text(said.get("text")) if isinstance(said, Mapping) else "")
    words = words or next(
        (found for key in ("fallback", "label", "title", "name", "value") if (found := text(child.get(key)))), ""
    )
    href = text(child.get("url"))
    if words or href:
        yield Run(words or href, href=href)
    else:
        reading.whole = False
