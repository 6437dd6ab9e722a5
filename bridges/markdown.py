"""One neutral Markdown inside, whatever medium the text came by: made from plain text or HTML, shown as either.

A newline is a line break here, as people mean it in mail and chat. Text from people is escaped once when it comes in
(`from_plain`, `from_html`) and once more by each target at its own edge (`to_html`, `to_plain`).
"""

import re
import textwrap
from collections.abc import Iterable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

#: Deeper lists than this are shown flat.
_DEEPEST_LIST = 4
_NBSP = "\u00a0"
_UNWRAPPED = 1_000_000  # characters: each line whole

# -- the parser that every target shares ------------------------------------------------------------------------------


class _Parser(MarkdownIt):
    """CommonMark with tables and strikethrough, no HTML, and only links that are safe to press."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True})
        self.enable(["table", "strikethrough"])
        self.block.ruler.at("paragraph", _indented_paragraph)

    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        return url.lower().startswith(("http://", "https://", "mailto:"))

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  the library's name
        return link  # as the person wrote it


def _indented_paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's paragraph, but hard spaces that begin it stay: they are how an indent is written here."""
    done = paragraph(state, start, end, silent)
    source = state.getLines(start, start + 1, state.blkIndent, keepLastLF=False).lstrip(" \t")
    indent = source[: len(source) - len(source.lstrip(_NBSP))]
    inline = state.tokens[-2]
    inline.content = indent + inline.content.lstrip(_NBSP)
    return done


_parser = _Parser()


def parse(md: str) -> list[Token]:
    """The tokens of neutral Markdown, for targets that render them their own way."""
    return _parser.parse(md)


# -- from plain text --------------------------------------------------------------------------------------------------

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_URL = re.compile(r"\b(?:https?://|www\.(?=[^\s<>]+\.))[^\s<>\"\\\\\x00-\x20]+", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.+@/:-])[A-Za-z0-9][A-Za-z0-9._+-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?![\w@])"
)
_TRAILING = ".,;:!?'*_~…»”’"
_BULLET = re.compile(r"(?P<indent>\s*)(?P<bullet>[•·▪◦‣●-])\s+(?P<text>\S.*)")
#: What Markdown would take for a heading, list, quote, rule or table at the beginning of a line.
_LINE_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|=+\s*$|[-:|](?=[\s:|-]*$)|~~~")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
#: What Markdown would eat inside a line.
_INLINE = re.compile(r"\\|`|\*|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])|\](?=[(:\[])|<(?=[A-Za-z])|&(?=#?\w+;)")
#: What stands behind a piece may make a sign of its last letter: "&" with "auml;".
_LONGEST_ENTITY = 64
#: Likewise in the words of a link.
_LABEL = re.compile(rf"{_INLINE.pattern}|[\[\]]")


def from_plain(text: str) -> str:
    """Neutral Markdown that shows every visible character of `text`, its line breaks and its links.

    Lines that begin with a bullet become a list, two or more that begin with a hyphen likewise (a single one is how
    Swedish writes speech); an indent stays as hard spaces.
    """
    lines = [line.expandtabs(4).rstrip() for line in clean(text).split("\n")]
    out: list[str] = []
    levels: list[int] = []  # indents of the list we are in
    for number, line in enumerate(lines):
        found = _BULLET.match(line)
        if found and (found["bullet"] != "-" or _hyphen_list(lines, number)):
            indent = len(found["indent"])
            while levels and indent < levels[-1]:
                levels.pop()
            if (not levels or indent > levels[-1]) and len(levels) < _DEEPEST_LIST:
                levels.append(indent)
            mark = "-" if found["bullet"] == "-" else "*"
            out.append("  " * (len(levels) - 1) + f"{mark} " + escaped(found["text"]))
        elif line and levels and len(line) - len(line.lstrip()) > levels[-1]:
            out.append("  " * len(levels) + escaped(line.strip()))  # the bullet's text goes on
        else:
            if line and levels and out[-1]:
                out.append("")  # the list ends here
            levels = []
            bare = line.lstrip()
            out.append(_NBSP * (len(line) - len(bare)) + escaped(bare))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


def clean(text: str) -> str:
    """Line ends of one sort, no control characters, nothing that UTF-8 cannot carry."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _BREAKS.sub("\n", text)))


def _hyphen_list(lines: Sequence[str], number: int) -> bool:
    """Whether a line next to this one begins with a hyphen too."""
    near = [lines[n] for n in (number - 1, number + 1) if 0 <= n < len(lines)]
    return any((found := _BULLET.match(line)) is not None and found["bullet"] == "-" for line in near)


def escaped(text: str, *, before: str = "", after: str = "", label: bool = False) -> str:
    """A piece of one line with Markdown's signs disarmed and its links made links.

    `before` and `after`: what stands next to it in the line, as it is written there; with nothing before, the piece
    begins the line. `label`: it will be the words of a link, so it has no links of its own.
    """
    line, position, last = before + text + after, len(before), len(before) + len(text)
    if label:
        return _disarm(text, line, position, brackets=True)
    out = []
    found_links = [*_URL.finditer(line, position, last), *_ADDRESS.finditer(line, position, last)]
    for found in sorted(found_links, key=lambda f: f.start()):
        if found.start() < position:
            continue
        link = _untrail(found.group())
        words, linked = _disarm(line[position : found.start()], line, position), _link(link)
        if words.endswith("!") and linked.startswith("["):
            words = words[:-1] + "\\!"  # or it would be a picture
        out += [words, linked]
        position = found.start() + len(link)
    return "".join([*out, _disarm(line[position:last], line, position)])


def _disarm(part: str, line: str, position: int, *, brackets: bool = False) -> str:
    """`part` of `line` with escapes; its neighbours in the line decide what a sign would mean."""
    start = end = ""
    if position == 0:
        if found := _NUMBERED.match(line):
            start, part = f"{found[1]}\\", part[len(found[1]) :]
            position = len(found[1])
        elif (found := _LINE_START.match(line)) and line[0] != "~":
            start, end, part, position = "\\", part[:1], part[1:], 1
    out: list[str] = []
    done, last = position, position + len(part)
    signs = _LABEL if brackets else _INLINE
    for sign in signs.finditer(line, position, last + _LONGEST_ENTITY):
        if sign.start() >= last:
            break
        out += [line[done : sign.start()], "\\"]
        done = sign.start()
    return "".join((start, end, *out, line[done:last]))


def _untrail(link: str) -> str:
    """The link without the full stop, quotation mark or bracket that ends the sentence around it."""
    while link:
        if link[-1] in _TRAILING or (
            link[-1] in ")]}" and link.count(link[-1]) > link.count("([{"[")]}".index(link[-1])])
        ):
            link = link[:-1]
        else:
            break
    return link


def _link(link: str) -> str:
    if link.lower().startswith("www."):
        target = link.replace("&", "\\&")  # no entity here either
        words = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", _disarm(link, link, 0))
        return f"[{words}](<https://{target}>)"
    return f"<{link}>" if "@" in link or "://" in link else _disarm(link, link, 0)


# -- from HTML --------------------------------------------------------------------------------------------------------


def from_html(html: str) -> str:
    """Neutral Markdown of a person's HTML: no scripts, no pictures that report back, no tables that are only layout."""
    from bridges.hypertext import markdown_of, read  # noqa: PLC0415  late: only mail with HTML needs them

    return markdown_of(read(html))


# -- to HTML ----------------------------------------------------------------------------------------------------------

#: Mail programs drop style sheets, so each element carries its own.
_STYLES = {
    "p": "margin:0 0 16px",
    "h2": "margin:24px 0 8px;font-size:20px;line-height:1.3",
    "h3": "margin:20px 0 8px;font-size:16px;line-height:1.4",
    "h4": "margin:16px 0 8px;font-size:16px;line-height:1.4",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 24px",
    "li": "margin:0 0 4px",
    "a": "color:#1f5d43;text-decoration:underline",
    "blockquote": "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #d9dcd3",
    "pre": "margin:0 0 16px;white-space:pre-wrap",
    "hr": "margin:16px 0;border:0;border-top:1px solid #d9dcd3",
    "table": "margin:0 0 16px;border-collapse:collapse",
    "th": "padding:4px 8px;border:1px solid #d9dcd3;text-align:left",
    "td": "padding:4px 8px;border:1px solid #d9dcd3;text-align:left",
}


def to_html(md: str, *, styled: bool = True) -> str:
    """Safe HTML: no raw HTML passes, links lead to http, https or mailto only, pictures are shown as links.

    The page or letter around it has the one `h1`, so headings start at `h2`. `styled`: with the looks on each element,
    as mail needs; a page with a style sheet of its own asks for none.
    """
    tokens = parse(md)
    _dress(tokens, styled=styled)
    return str(_parser.renderer.render(tokens, _parser.options, {}))


def _dress(tokens: list[Token], *, styled: bool) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
        if styled and token.nesting >= 0 and (style := _STYLES.get(token.tag)):
            token.attrs["style"] = style
        if token.type == "text":
            token.content = token.content.replace("  ", f"{_NBSP} ")
        if token.type == "inline" and token.children:
            token.children = list(_links_alone(token.children))
            _dress(token.children, styled=styled)


def _links_alone(tokens: Iterable[Token]) -> Iterable[Token]:
    """Pictures become links, and a link that leads nowhere becomes its words."""
    nowhere = False
    for token in tokens:
        if token.type == "image":
            source = str(token.attrs.get("src", ""))
            words = Token("text", "", 0, content=token.content or source)
            link = Token("link_open", "a", 1, attrs={"href": source}), words, Token("link_close", "a", -1)
            yield from link if source else (words,)
        elif token.type == "link_open" and not token.attrs.get("href"):
            nowhere = True
        elif token.type == "link_close" and nowhere:
            nowhere = False
        else:
            yield token


# -- to plain text ----------------------------------------------------------------------------------------------------


def to_plain(md: str, width: int = 72) -> str:
    """Plain text for mail: lines wrapped softly at `width`, the target of each link after its words."""
    return "\n".join(_blocks(SyntaxTreeNode(parse(md)).children, width)).strip("\n")


#: A link with a target that no parser would write otherwise.
_TARGET = r"https?://[a-z0-9.-]+(?::\d+)?(?:/(?:[A-Za-z0-9./?=&_~:#,;+@!$-]|%[0-9A-Fa-f]{2})*)?"
_PLAIN_LINK = re.compile(
    rf"\[(?P<words>(?:[^\[\]\\\n!*_`~<&]|\\[!-/:-@\[-`{{-~])+)\]\((?:<(?P<behind>{_TARGET})>|(?P<bare>{_TARGET}))\)"
    rf"|<(?P<alone>{_TARGET}|[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)>"
)
#: Whatever else Markdown makes something of.
_MARKUP = re.compile(
    r"^(?:[ \t#>|=`~+-]|\*|\d{1,9}[.)](?:\s|$))|[`*\t]|~~|!\[|\]\(|(?<![^\W_])_|_(?![^\W_])|&#?\w+;|<[A-Za-z/!?]|[ \\]$"
    rf"|\]\[|\]:|\|.*\n *[|:-]|[{_NBSP}]$",
    re.MULTILINE,
)
_LONE_HEADING = re.compile(r"#{1,6} ([^\s#\\*>|=`~+\-][^\n]*[^\s#])")
_BOLD_WORDS = re.compile(
    r"(?<![\\*\w!])\*\*(?=[^\W_])([^*\\\n`_~\[\]<>]*[\w.:!?)])\*\*(?=[\s.,:;!?)]|$)(?!\*)", re.MULTILINE
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def to_plain_whole(md: str) -> str:
    """The same with each line whole, quickly: paragraphs without markup need no parser."""
    out: list[str] = []
    marked_up: list[str] = []  # neighbours, as items of a list belong together
    for block in re.split(r"\n\n+", md.strip("\n")):
        if (plain := _plainly(block)) is None:
            marked_up.append(block)
            continue
        if marked_up:
            out.append(to_plain("\n\n".join(marked_up), _UNWRAPPED))
            marked_up = []
        out.append(plain)
    if marked_up:
        out.append(to_plain("\n\n".join(marked_up), _UNWRAPPED))
    return "\n\n".join(filter(None, out)).strip("\n")


def _plainly(block: str) -> str | None:
    """A paragraph without markup as plain text; None when there is some."""
    if block.startswith("#") and (heading := _LONE_HEADING.fullmatch(block)):
        block = heading[1]
    if "**" in block:
        block = _BOLD_WORDS.sub(r"\1", block)
    bare = _PLAIN_LINK.sub("x", block)
    if _MARKUP.search(_ESCAPED.sub("x", bare) if "\\" in bare else bare):
        return None
    text = _PLAIN_LINK.sub(_told, block) if bare != block else block
    text = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    return re.sub(rf"^{_NBSP}[{_NBSP} ]*", lambda indent: " " * len(indent[0]), text, flags=re.MULTILINE)


def _told(link: re.Match[str]) -> str:
    if link["alone"]:
        return str(link["alone"]).replace("\\", "\\\\")
    words, target = _ESCAPED.sub(r"\1", link["words"]), link["behind"] or link["bare"]
    shown = link["words"] if target in (words, f"https://{words}", f"http://{words}") else f"{link['words']} <{target}>"
    return str(shown)


def _blocks(nodes: Sequence[SyntaxTreeNode], width: int, *, tight: bool = False) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        if lines and not tight:
            lines.append("")
        lines += _block(node, width)
    return lines


def _block(node: SyntaxTreeNode, width: int) -> list[str]:
    match node.type:
        case "paragraph" | "heading":
            return _wrapped(_inline(node.children), width)
        case "bullet_list" | "ordered_list":
            return _list(node, width)
        case "blockquote":
            return [f"> {line}".rstrip() for line in _blocks(node.children, width - 2)]
        case "fence" | "code_block":
            return node.content.rstrip("\n").split("\n")
        case "hr":
            return ["-" * 20]
        case "table":
            rows = [row for part in node.children for row in part.children]
            return [" | ".join(_inline(cell.children) for cell in row.children) for row in rows]
        case _:
            return node.content.split("\n") if node.type == "html_block" else _blocks(node.children, width)


def _list(node: SyntaxTreeNode, width: int) -> list[str]:
    tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    lines: list[str] = []
    for item in node.children:
        if node.type == "ordered_list":
            mark = f"{item.info}{item.markup} "
        else:
            mark = "- " if item.markup == "-" else "• "
        if lines and not tight:
            lines.append("")
        first, *rest = _blocks(item.children, width - len(mark), tight=tight) or [""]
        lines += [(mark + first).rstrip(), *((" " * len(mark) + line).rstrip() for line in rest)]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.lstrip(_NBSP + " ")
        indent = " " * (len(line) - len(bare))
        if len(line) <= width:
            lines.append(indent + bare)
        else:
            lines += textwrap.wrap(
                bare,
                width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
    return lines


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "".join(_inline_one(node) for node in nodes)


def _inline_one(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link" | "image":
            words = node.content if node.type == "image" else _inline(node.children)
            target = str(node.attrs.get("href") or node.attrs.get("src") or "")
            return words if _says(words, target) else f"{words} <{target}>".strip()
        case "text" | "code_inline" | "html_inline" | "text_special":
            return node.content
        case _:
            return _inline(node.children)


def _says(words: str, target: str) -> bool:
    """Whether the words of a link already show where it leads."""
    normal = _parser.normalizeLink
    return target in {normal(words), normal(f"https://{words}"), normal(f"http://{words}"), normal(f"mailto:{words}")}


#: Characters of a text that a row of the digest shows, or a mail program beside the subject.
_BEGINNING = 300


def beginning(text: str) -> str:
    """The first words of a text, on one line; "…" where it goes on. `text`: neutral Markdown."""
    # Of a long text the beginning is enough: to draw all of it takes seconds.
    words = " ".join(to_plain(text[: 10 * _BEGINNING], width=10_000).split())
    if len(words) <= _BEGINNING:
        return words
    return words[: _BEGINNING - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"
