"""How an element looks, as far as it matters to what is read: hidden, large, bold."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bridges.hypertext.tree import LINK, Node

#: Of a style sheet no more than this is read (characters).
_LONGEST_SHEET = 200_000

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:^|[;\s])opacity\s*:\s*0*(?:\.0+)?(?:\s*[;!]|\s*$)"
    r"|max-(?:height|width)\s*:\s*0+(?:px|pt|em|%)?\s*(?:[;!]|$)",
    re.IGNORECASE,
)
_NO_HEIGHT = re.compile(r"(?:^|[;\s])(?:height|width)\s*:\s*[01](?:px|pt)?\s*(?:[;!]|$)", re.IGNORECASE)
_NO_OVERFLOW = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_MSO_HIDE = re.compile(r"mso-hide\s*:\s*all", re.IGNORECASE)
_SIZE = re.compile(
    r"font(?:-size)?\s*:[^;]{0,60}?(?<![\w.#])(\d{1,4}(?:\.\d{1,4})?)\s*(px|pt|em|rem|%)?(?=[\s;/!]|$)", re.IGNORECASE
)
_BOLD = re.compile(r"font(?:-weight)?\s*:[^;]{0,40}?\b(bold(?:er)?|[6-9]00|normal|lighter|[1-5]00)\b", re.IGNORECASE)
_MARGIN = re.compile(r"(?:^|[;\s])margin(?:-bottom)?\s*:\s*0(?:cm|in|px|pt)?\s*(?:[;!]|$|0)", re.IGNORECASE)
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_TINY = re.compile(r"\s*[0-2](?:\.\d+)?\s*(?:px)?\s*")
_TINY_SIDE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[0-2](?:\.\d+)?px\s*(?:[;!]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """What a style attribute says."""

    hidden: bool = False
    size: float | None = None  # pixels
    factor: float = 1.0  # of the size around it, where no size is given
    bold: bool | None = None
    close: bool = False  # no space below
    office_hides: bool = False


@lru_cache(maxsize=1024)  # newsletters repeat the same few hundreds of times
def style_of(style: str) -> Style:
    """What a style says."""
    hidden = bool(_HIDDEN.search(style) or (_NO_HEIGHT.search(style) and _NO_OVERFLOW.search(style)))
    size, factor = None, 1.0
    if found := _SIZE.search(style):
        number, unit = float(found[1]), (found[2] or "px").lower()
        if unit in _PIXELS:
            size = number * _PIXELS[unit]
        else:
            factor = number / (100 if unit == "%" else 1)
    weight = _BOLD.search(style)
    bold = weight[1].lower() not in ("normal", "lighter", *(f"{n}00" for n in range(1, 6))) if weight else None
    return Style(hidden, size, factor, bold, bool(_MARGIN.search(style)), bool(_MSO_HIDE.search(style)))


_PLAIN = Style()


def look_of(node: Node) -> Style:
    """How an element itself looks."""
    style = node.attributes.get("style")
    if style is not None:
        return style_of(style[:2_000])
    if node.tag == "font" and (size := _FONT_SIZES.get(node.attributes.get("size", ""))):
        return Style(size=size)
    return _PLAIN


def is_hidden(node: Node, look: Style, hiding: frozenset[str]) -> bool:
    """Whether no reader sees it. What only Outlook hides is a button that Outlook draws otherwise."""
    if look.hidden or "hidden" in node.attributes:
        return True
    if look.office_hides and not node.holds & LINK and node.tag != "a":
        return True
    return bool(hiding) and not hiding.isdisjoint(node.attributes.get("class", "").split())


def is_pixel(node: Node) -> bool:
    """Whether a picture is too small to be seen."""
    sides = (node.attributes.get("width", ""), node.attributes.get("height", ""))
    return any(_TINY.fullmatch(side) for side in sides) or bool(
        _TINY_SIDE.search(node.attributes.get("style", "")[:2_000])
    )


def hiding_classes(html: str) -> frozenset[str]:
    """The classes that a style sheet hides on every screen."""
    found: set[str] = set()
    folded, position = html.lower() if html.isascii() else re.sub("[A-Z]", lambda letter: letter[0].lower(), html), 0
    while (start := folded.find("<style", position)) >= 0:
        end = folded.find("</style", start)
        end = len(html) if end < 0 else end
        position = end + 1
        if "none" in folded[start:end]:
            found |= _hiding(html[folded.find(">", start) + 1 : end][:_LONGEST_SHEET])
    return frozenset(found)


_BRACE = re.compile(r"([{}])")
_REMARK = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CLASS = re.compile(r"(?:^|,)\s*[a-z]*\.([\w-]+)\s*(?=,|$)", re.IGNORECASE)


def _hiding(sheet: str) -> set[str]:
    found: set[str] = set()
    depth, selector, at_rule = 0, "", False
    pieces = _BRACE.split(_REMARK.sub("", sheet))
    for text, brace in zip(pieces[::2], pieces[1::2], strict=False):  # what follows the last brace is no rule
        if brace == "{":
            depth += 1
            selector = text.strip()
            at_rule = at_rule or selector.rpartition(";")[2].lstrip().startswith("@")
        else:
            if depth == 1 and not at_rule and re.search(r"display\s*:\s*none", text, re.IGNORECASE):
                found.update(_CLASS.findall(selector[-2_000:]))
            depth = max(0, depth - 1)
            at_rule = at_rule and depth > 0
    return found
