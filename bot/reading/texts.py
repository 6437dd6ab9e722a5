"""The words of a mail as neutral Markdown, whichever of its forms holds them best."""

import html as html_entities
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bridges.mail.parse import Mail
from bridges.mail.replies import new_html, new_text
from storage.words import Audience

#: Characters; a longer text is cut and the rest kept as trimmed. A book in a mail helps nobody.
MAX_TEXT = 400_000
MAX_ANSWER = 300_000  # of an answer are looked through for quotes
MAX_HTML = 2_000_000
#: HTML nested deeper than this is read as text: converters recurse.
MAX_NESTING = 200

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "wbr", "source", "p", "li", "td"})
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Words:
    """A text, what was cut from it, and what was odd."""

    text: str  # neutral Markdown
    trimmed: str
    plain: str  # the text as it stood, for rules that look for words
    warnings: tuple[str, ...] = ()


def answer_words(mail: Mail) -> Words:
    """What the person wrote in an answer: no quotes, no signature. The plain form marks quotes more surely."""
    from bridges.markdown import from_plain  # noqa: PLC0415  kept out of the imports of `explain`

    if mail.plain is not None:
        head, rest = _cut(mail.plain, MAX_ANSWER)
        new, trimmed = new_text(head)
        return _bounded(new, "\n".join(part for part in (trimmed, rest) if part), from_plain)
    if mail.html is None:
        return Words("", "", "")
    head, history = new_html(mail.html[:MAX_HTML])
    below, history_warnings = _from_html(history) if history else ("", ())
    converted, warnings = _from_html(head)
    new, trimmed = new_text(converted)
    trimmed = "\n\n".join(part for part in (trimmed, below) if part)
    return Words(new, trimmed, new, (*warnings, *history_warnings))


def post_words(mail: Mail) -> Words:
    """Everything a post or a forward says. HTML keeps links and whole paragraphs, unless the plain form says more."""
    from bridges.markdown import from_plain  # noqa: PLC0415  as above

    if mail.html is not None and not (mail.plain is not None and len(mail.html) > MAX_HTML):
        text, warnings = _from_html(mail.html)
        if text.strip() and (mail.plain is None or _covers(text, mail.plain)):
            return Words(text[:MAX_TEXT], text[MAX_TEXT:], (mail.plain or text)[:MAX_TEXT], warnings)
    return _bounded((mail.plain or "").strip("\n"), "", from_plain)


def _bounded(text: str, trimmed: str, convert: Callable[[str], str]) -> Words:
    head, rest = _cut(text, MAX_TEXT)
    if not rest:
        return Words(convert(text), trimmed, text)
    return Words(convert(head), "\n".join(part for part in (rest, trimmed) if part), head, ("long_text",))


def _cut(text: str, length: int) -> tuple[str, str]:
    """A text of at most that length, whole lines if it has any, and the rest."""
    if len(text) <= length:
        return text, ""
    end = text.rfind("\n", 0, length)
    return (text[:end], text[end + 1 :]) if end > 0 else (text[:length], text[length:])


def _covers(markdown: str, plain: str) -> bool:
    """Whether the HTML says nearly every word of the plain text; some tools put the message in one form only."""
    wanted = set(_WORD.findall(re.sub(r"https?://\S+", " ", plain[:50_000]).casefold()))
    have = set(_WORD.findall(markdown.casefold()))
    return len(wanted - have) <= 0.1 * len(wanted)  # link texts and "view in browser" differ


def _from_html(html: str) -> tuple[str, tuple[str, ...]]:
    from bridges.markdown import from_html, from_plain  # noqa: PLC0415  as above

    warnings: tuple[str, ...] = ()
    if len(html) > MAX_HTML:
        html, warnings = html[:MAX_HTML], ("long_text",)
    if _nesting(html) <= MAX_NESTING:
        try:
            text = from_html(html)
            if text or not _words_of(html):
                return text, warnings
            warnings = (*warnings, "odd_html")
        except Exception:  # noqa: BLE001  whatever a converter meets in other people's HTML, the words must come through
            warnings = (*warnings, "odd_html")
    else:
        warnings = (*warnings, "odd_html")
    return from_plain(_words_of(html)[:MAX_TEXT]), warnings


def _nesting(html: str) -> int:
    """How deep elements that must be closed are nested."""
    depth = deepest = 0
    unclosed: Counter[str] = Counter()
    for close, name in _TAG.findall(html.lower()):
        if name in _VOID:
            continue
        if not close:
            unclosed[name] += 1
            depth += 1
        elif unclosed[name]:
            unclosed[name] -= 1
            depth -= 1
        deepest = max(deepest, depth)
    return deepest


def _words_of(html: str) -> str:
    """The words of HTML that no converter should be given."""
    for name in ("script", "style", "title"):
        html = _without(html, name)
    html = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", "\n", html)
    return html_entities.unescape(re.sub(r"<[^<>]*>", "", html)).strip()


def _without(html: str, name: str) -> str:
    """HTML without the elements of that name; one that is never closed goes on to the end."""
    folded = html.lower() if html.isascii() else re.sub("[A-Z]", lambda letter: letter[0].lower(), html)
    out: list[str] = []
    position = 0
    while (start := folded.find(f"<{name}", position)) >= 0:
        out.append(html[position:start])
        end = folded.find(f"</{name}", start)
        if end < 0:
            return "".join(out)
        position = (folded.find(">", end) + 1) or len(html)
    return "".join([*out, html[position:]])


# -- whom it is for --------------------------------------------------------------------------------------------------

_AUDIENCES = {
    "kluster": Audience.CLUSTERS,
    "klustren": Audience.CLUSTERS,
    "clusters": Audience.CLUSTERS,
    "områden": Audience.AREAS,
    "områdena": Audience.AREAS,
    "areas": Audience.AREAS,
    "alla": Audience.ALL,
    "all": Audience.ALL,
}
_TO_LINE = re.compile(r"[\s*_]*(?:till|to)\s*:[\s*_]*([^\W\d_]+)[\s*_.]*", re.IGNORECASE)


def audience_line(text: str) -> tuple[Audience | None, str]:
    """A first line `Till: kluster` or `Till: områden`, and the text without it."""
    first, _, rest = text.lstrip("\n ").partition("\n")
    match = _TO_LINE.fullmatch(first)
    audience = _AUDIENCES.get(match.group(1).casefold()) if match else None
    return (audience, rest.lstrip("\n")) if audience is not None else (None, text)
