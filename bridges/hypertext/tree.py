"""HTML as a tree of few sorts of elements, whatever was written: made whole by nh3, and never deeper than can be walked."""

import re

#: Elements deeper than this stand beside each other.
DEEPEST = 120

_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_TAGS = _TABLE | frozenset(
    {"a", "article", "aside", "b", "big", "blockquote", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em"}
    | {"figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins"}
    | {
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "s",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "u",
        "ul",
    }
)
_ATTRIBUTES = {
    "*": {"style", "class", "hidden"},
    "a": {"href"},
    "img": {"alt", "width", "height"},
    "font": {"size"},
    "ol": {"start"},
}
_NOTHING_TO_READ = {"script", "style", "title", "template", "noscript"}
_EMPTY = frozenset({"br", "hr", "img"})
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)([^>"]*(?:"[^"]*"[^>"]*)*)>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')

#: What an element holds, however deep, as bits.
TABLE, HEADLINE, PICTURE, LIST, LINK = 1, 2, 4, 8, 16
_BITS = {
    "table": TABLE,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADLINE),
    "img": PICTURE,
    **dict.fromkeys(("ul", "ol"), LIST),
    "a": LINK,
}


class Node:
    """An element: its text stands in `children`, still escaped as HTML has it."""

    __slots__ = ("attributes", "children", "holds", "length", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node | str] = []
        self.length = 0  # characters of text within
        self.holds = 0


def grown(html: str) -> Node:
    """The tree of a mail's HTML."""
    import nh3  # noqa: PLC0415  most mail that is read has a plain form, or none

    safe = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags=_NOTHING_TO_READ,
    )
    root = Node("div", {})
    path = [root]
    too_deep: list[str] = []
    position = 0
    for token in _TOKEN.finditer(safe):
        if token.start() > position:
            _say(path[-1], safe[position : token.start()])
        position = token.end()
        close, tag, attributes = token.groups()
        if not close:
            node = Node(tag, dict(_ATTRIBUTE.findall(attributes)) if attributes else {})
            path[-1].children.append(node)
            if tag in _EMPTY:
                path[-1].holds |= _BITS.get(tag, 0)
            elif len(path) < DEEPEST:
                path.append(node)
            else:
                too_deep.append(tag)
        elif too_deep:
            too_deep.pop()
        elif len(path) > 1:
            _close(path)
    if position < len(safe):
        _say(path[-1], safe[position:])
    while len(path) > 1:
        _close(path)
    return root


def _say(node: Node, text: str) -> None:
    node.children.append(text)
    node.length += len(text.replace("&nbsp;", "").strip())


def _close(path: list[Node]) -> None:
    node = path.pop()
    path[-1].length += node.length
    path[-1].holds |= node.holds | _BITS.get(node.tag, 0)
