"""Answers in HTML: what mail programs say by their marks, handed on to the rules for lines."""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bridges.mail.replies.cards import said_below
from bridges.mail.replies.plain import UNSURE_QUOTE, Answer, Split, says_answers_inside, taken_apart

#: Noncharacters, which no text has: a signature's beginning and its end.
_BEGIN, _END = "\ufdd1", "\ufdd2"
_OURS = re.compile("[\ufdd0-\ufdd3]")

#: Where Outlook, its mobile and its web kin begin what was answered; it runs to the end of the letter.
_HISTORY = re.compile(
    r"<(?:div|span|table|hr|blockquote|section)\b[^<>]{0,500}?(?:"
    r"\bid=[\"']?(?:x_)*(?:divRplyFwdMsg|OLK_SRC_BODY_SECTION|stopSpelling|mail-editor-reference-message-container"
    r"|replySplit|reply-intro|zwchr)\b"
    r"|\bclass=[\"'][^\"'<>]{0,200}\b(?:ms-outlook-mobile-reference-message|yahoo_quoted|zmail_extra)\b"
    r"|\b(?:data-marker=[\"']__DIVIDER__|name=[\"']messageReplySection))",
    re.IGNORECASE,
)
#: One of these is in each of them: to look for words is quicker than to look for marks.
_HISTORY_WORDS = (
    "rplyfwdmsg", "olk_src", "stopspelling", "reference-message", "replysplit", "reply-intro", "zwchr", "yahoo_quoted", "zmail_extra",
    "__divider__", "messagereplysection",
)  # fmt: skip
#: These two need a head below them: the one also ends a new letter, the other is any line above any box.
_WITH_HEAD = re.compile(
    r"<div\b[^<>]{0,500}?(?:\bid=[\"']?(?:x_)*appendonsend\b|\bborder-top:\s{0,3}(?:solid\b|[\d.]{1,4}pt solid\b))",
    re.IGNORECASE,
)
_HEAD_WORDS = re.compile(r"\b(?:från|from|fra|von|lähettäjä)\s{0,3}:", re.IGNORECASE)
_RULE_ABOVE = re.compile(r"<hr\b[^<>]{0,300}>(?:\s|&nbsp;|</?(?:div|p|span|br)\b[^<>]{0,300}>){0,8}$", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]{0,2000})>")
_SIGNATURE = re.compile(
    r"\b(?:id|class|name)=(?:[\"'][^\"'<>]{0,200}\b|)(?:x_)*(?:gmail_signature(?:_prefix)?|moz-signature|AppleMailSignature"
    r"|protonmail_signature_block|ms-outlook-mobile-signature|messageSignatureSection|signature|lineBreakAtBeginningOfSignature)\b"
    r"|\bdata-marker=[\"']__SIG|\bdata-smartmail=[\"']gmail_signature",
    re.IGNORECASE,
)
_QUOTES = re.compile(
    r"\btype=[\"']?cite\b|\bcite=|\b(?:class|id)=[\"'][^\"'<>]{0,200}quote|\bborder-left(?:-width|-style)?\s{0,3}:(?!\s{0,3}(?:none|0|medium none))",
    re.IGNORECASE,
)
_LOOSE_TAG = re.compile(r"<[^<>]{0,2000}>")
_LINE_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote|hr)\b[^<>]{0,500}>", re.IGNORECASE)
_PRE = re.compile(r"<pre\b[^<>]{0,500}>(.*?)</pre>", re.IGNORECASE | re.DOTALL)
_MOST_PARTS = 20  # a mail that is one text has few
_UNSEEN = re.compile(r"<(style|script|title|head)\b[^<>]{0,500}>[^<]{0,200000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marked:
    """HTML in which the marks of mail programs have become characters that outlive its conversion."""

    html: str
    sure: bool  # some mail program marked a quote, a history or a signature


def new_html(html: str) -> Split:
    """HTML cut where a mail program draws the line to the old mail; whole where none does, or where answers are inside."""
    found = _first_line_to_history(html)
    if found is None:
        return Split(html, "")
    if (rule := _RULE_ABOVE.search(html, max(0, found - 2_000), found)) is not None:
        found = rule.start()
    above = " ".join(rough_lines(html[:found])[:60])
    if not above.strip() or says_answers_inside(above):
        return Split(html, "")
    return Split(html[:found], html[found:])


def _first_line_to_history(html: str) -> int | None:
    folded = html.lower()
    sure = _HISTORY.search(html) if any(word in folded for word in _HISTORY_WORDS) else None
    if "border-top" not in folded and "appendonsend" not in folded:
        return sure.start() if sure else None
    end = sure.start() if sure else len(html)
    for found in islice(_WITH_HEAD.finditer(html, 0, end), 40):
        if _HEAD_WORDS.search(_LOOSE_TAG.sub("", html[found.start() : found.start() + 3_000])[:200]):
            return found.start()
    return sure.start() if sure else None


def unsigned(html: str) -> str:
    """HTML without the signs that `marked` writes: a mail that has them means nothing by them."""
    return _OURS.sub("", html)


def marked(html: str) -> Marked:
    """HTML with signs where signatures begin and end, indents that are no quotes as such, and the doubtful ones named."""
    html = unsigned(html)
    folded = html.lower()
    if "signature" not in folded and "__sig" not in folded and "<blockquote" not in folded:
        return Marked(html, sure=False)
    out: list[str] = []
    position = 0
    sure = False
    for start, end, text, told in _changes(html):
        out += [html[position:start], text]
        position = end
        sure = sure or told
    return Marked("".join([*out, html[position:]]), sure)


def _changes(html: str) -> Iterator[tuple[int, int, str, bool]]:
    """What is written in the place of some tags, and whether a mail program's mark told so."""
    opened: dict[str, list[str]] = {}  # what stands after the end tag of each open element
    for tag in _TAG.finditer(html):
        close, name, attributes = tag[1], tag[2].lower(), tag[3]
        if name not in ("div", "span", "p", "table", "td", "blockquote", "pre", "section", "a"):
            continue
        if close:
            after = opened[name].pop() if opened.get(name) else ""
            if after:
                yield tag.start(), tag.end(), tag[0] + after if after[:1] == "<" and after != "</div>" else after, False
            continue
        if attributes.endswith("/"):
            continue
        after = ""
        if name == "blockquote":
            if _QUOTES.search(attributes):
                yield tag.start(), tag.start(), "", True
            elif "style" in attributes.lower():
                after = "</div>"
                yield tag.start(), tag.end(), "<div>", False  # an indent
            else:
                yield tag.end(), tag.end(), UNSURE_QUOTE, False
        elif _SIGNATURE.search(attributes):
            after = f"<div>{_END}</div>"
            yield tag.start(), tag.start(), f"<div>{_BEGIN}</div>", True
        opened.setdefault(name, []).append(after)


# -- the same as Markdown ---------------------------------------------------------------------------------------------

_MARKUP = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # an escaped sign is itself
    r"|!?\[([^\[\]\n]{0,500})\]\(<?([^()\s<>]{0,2000})>?\)"  # a link: its words and where it leads
    r"|\*\*|(?<!\S)\*(?=\S)|(?<=\S)\*(?!\S)|(?<!\S)_(?=\S)|(?<=\S)_(?!\S)"
)


def new_markdown(md: str, author: str = "") -> Answer:
    """An answer that was HTML, marked and converted to neutral Markdown; links and emphasis stay in what is kept."""
    lines = md.split("\n")
    shown = [_shown(line) for line in lines]
    keep = [True] * len(lines)
    _drop_marked(lines, shown, keep)
    answer = taken_apart([_OURS.sub("", line) for line in lines], shown, author, keep)
    return replace(answer, split=Split(*(_fenced(part) for part in answer.split)))


def _fenced(md: str) -> str:
    """Text whose fences were parted by a cut: the one that is missing is put back, so that nothing else becomes code."""
    fences = [line for line in md.split("\n") if line.startswith("```")]
    if len(fences) % 2 == 0:
        return md
    return f"{md}\n```" if not md.endswith("```") or len(fences) > 1 else f"```\n{md}"


def only_preformatted(html: str) -> str | None:
    """The text of HTML that is a plain mail in disguise: all its words stand in `<pre>`; None when they do not."""
    if not 0 < html.lower().count("<pre") <= _MOST_PARTS:
        return None
    found = _PRE.findall(html)
    if not found or any(line for line in rough_lines(_PRE.sub(" ", html))):
        return None
    text = "\n".join(re.sub(r"(?i)<br\b[^<>]{0,100}>", "\n", part).strip("\n") for part in found)
    return entities.unescape(_LOOSE_TAG.sub("", text)).replace("\r", "").replace("\xa0", " ")


def _shown(line: str) -> str:
    """A line of Markdown as a reader sees it, its links told."""
    shown = (
        _MARKUP.sub(_plainly, line).rstrip(" ") if "\\" in line or "*" in line or "](" in line or "_" in line else line
    )
    return "-- " if shown.strip() == "--" else shown


def _plainly(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1]
    if found[2] is None:
        return ""
    return found[2] if found[3] in found[2] or found[3] == f"mailto:{found[2]}" else f"{found[2]} <{found[3]}>"


def _drop_marked(lines: list[str], shown: list[str], keep: list[bool]) -> None:
    """Signatures that the HTML marks; if nothing else is there, the person wrote inside one."""
    inside = False
    cut: list[int] = []
    for number, line in enumerate(lines):
        begin, end = line.rfind(_BEGIN), line.rfind(_END)
        inside = inside or begin >= 0
        if inside:
            cut.append(number)
        if end > begin:
            inside = False
    marks = {number for number in cut if not _OURS.sub("", lines[number]).strip(" >*-\\")}
    within = set(cut)
    if any(line.strip() and not line.lstrip().startswith(">") and at not in within for at, line in enumerate(shown)):
        said = said_below(shown, [number for number in cut if number not in marks], sure=True)
        marks = within.difference(said or ())
    for number in marks:
        keep[number] = False
    for number, line in enumerate(shown):
        if UNSURE_QUOTE not in line:
            shown[number] = _OURS.sub("", line)


def rough_lines(html: str) -> list[str]:
    """The lines of HTML as a reader would see them, roughly: to look for words in, not to show."""
    text = _LINE_TAG.sub("\n", _UNSEEN.sub("", html).replace("\r", "").replace("\n", " "))
    return [line.strip() for line in entities.unescape(_LOOSE_TAG.sub("", text)).split("\n")]
