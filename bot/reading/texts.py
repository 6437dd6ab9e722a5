"""The words of a mail as neutral Markdown, whichever of its forms holds them best."""

import html as html_entities
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bridges.mail.parse import Mail
from bridges.mail.replies import answer_in, marked, new_html, new_markdown, only_preformatted, rough_lines, unsigned
from storage.words import Audience

if TYPE_CHECKING:
    from bridges.discretion import Discretion
    from bridges.neutral import Part

#: Characters; a longer text is cut and the rest kept as trimmed. A book in a mail helps nobody.
MAX_TEXT = 400_000
MAX_ANSWER = 300_000  # of an answer are looked through for quotes
MAX_HTML = 2_000_000
#: HTML nested deeper than this is read as text: converters recurse.
MAX_NESTING = 200
_STUB = 400  # characters; a plain form this short may only say that there is HTML

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})(?![a-zA-Z0-9])[^<>]*>")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "wbr", "source", "p", "li", "td"})
_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTERS = re.compile(r"[^\W_]+")
_TARGET = re.compile(r"\]\([^()\s]*\)|https?://\S+")


@dataclass(frozen=True, slots=True)
class Words:
    """A text, what was cut from it, and what was odd."""

    text: str  # neutral Markdown
    trimmed: str
    plain: str  # the text as it stood, for rules that look for words
    warnings: tuple[str, ...] = ()
    marked: str = ""  # the text with links that are not passed on marked as such; "" = as `text`


def answer_words(mail: Mail) -> Words:
    """What the person wrote in an answer: no quotes, no signature.

    The plain form is read first; the HTML where that says more surely what is quoted, or where the plain form is a stub.
    """
    from bridges.markdown import from_plain  # noqa: PLC0415  kept out of the imports of `explain`

    author = _author(mail)
    if mail.plain is None:
        return _html_answer(mail.html, author)[0] if mail.html is not None else Words("", "", "")
    head, rest = _cut(mail.plain, MAX_ANSWER)
    answer = answer_in(head, author)
    new, trimmed = answer.split
    if mail.html is not None and (not answer.quoted or answer.ragged or _is_stub(mail.plain, mail.html)):
        words, quoted = _html_answer(mail.html, author)
        if _is_better(words, quoted=quoted, plain=mail.plain, new=new):
            return words
    return _bounded(new, "\n".join(part for part in (trimmed, rest) if part), from_plain)


def _author(mail: Mail) -> str:
    """The sender's name, and what stands before the @ of the address: a name alone at the end is a signature."""
    return f"{mail.sender.name} {mail.sender.address.partition('@')[0]}" if mail.sender is not None else ""


def _html_answer(html: str, author: str) -> tuple[Words, bool]:
    """An answer by its HTML, and whether a quote or a history was found in it."""
    from bridges.markdown import from_plain  # noqa: PLC0415  as above

    html = unsigned(html[:MAX_HTML])
    if (plain := only_preformatted(html[:MAX_ANSWER])) is not None and len(html) <= MAX_ANSWER:
        told = answer_in(plain, author)
        return _bounded(told.split.text, told.split.trimmed, from_plain), told.quoted
    head, history = new_html(html)
    below, _, history_warnings = _from_html(history) if history else ("", "", ())
    converted, _, warnings = _from_html(marked(head).html)
    answer = new_markdown(converted, author)
    new, trimmed = answer.split
    trimmed = "\n\n".join(part for part in (trimmed, below) if part)
    return Words(new, trimmed, new, (*warnings, *history_warnings)), bool(history) or answer.quoted


def _is_stub(plain: str, html: str) -> bool:
    """The plain form says little beside the HTML: "Ditt program kan inte visa HTML"."""
    return len(plain) < _STUB and len(_WORD.findall(" ".join(rough_lines(html[:50_000])))) > 3 * len(
        _WORD.findall(plain)
    )


def _is_better(words: Words, *, quoted: bool, plain: str, new: str) -> bool:
    """The HTML tells a quote from the answer, or says what the plain form leaves out; and it says nothing else."""
    said, whole = _words_said(words.plain), _words_said(plain)
    foreign = len(said - whole)
    if not said:
        return False
    if len(plain) < _STUB and foreign > 0.5 * len(said):
        return True
    return quoted and foreign <= 0.1 * len(said) and bool(_words_said(new) - said)


def _words_said(text: str) -> set[str]:
    """The words that a reader sees, without where links lead."""
    return set(_LETTERS.findall(_TARGET.sub(" ", text).casefold()))


def post_words(mail: Mail) -> Words:
    """Everything a post or a forward says. HTML keeps links and whole paragraphs, unless the plain form says more.

    What names or watches one reader is not in it, nor the ways out of somebody else's mailing.
    """
    from bridges.markdown import from_plain  # noqa: PLC0415  as above

    discretion = discretion_of(mail)
    plain = discretion.plain(mail.plain) if mail.plain is not None and len(mail.plain) <= MAX_HTML else mail.plain
    if mail.html is not None and not (plain is not None and len(mail.html) > MAX_HTML):
        text, with_marks, warnings = _from_html(mail.html, discretion)
        if text.strip() and (plain is None or _says_more(text, plain, mailing=discretion.mailing)):
            said = plain if plain is not None and _covers(plain, text) else text
            return Words(text[:MAX_TEXT], text[MAX_TEXT:], said[:MAX_TEXT], warnings, with_marks[:MAX_TEXT])
    words = _bounded((plain or "").strip("\n"), "", from_plain)
    return replace(words, marked=_marked_plain(mail.plain, discretion)) if discretion.mailing and mail.plain else words


def _marked_plain(plain: str, discretion: "Discretion") -> str:
    """A plain text as neutral Markdown, with a link to nowhere where the address of a tracker stood; "" = none did."""
    from bridges.discretion import NOWHERE  # noqa: PLC0415
    from bridges.markdown import from_plain  # noqa: PLC0415
    from bridges.runs import GONE  # noqa: PLC0415  as above

    text = discretion.plain(plain[:MAX_TEXT], marking=True)
    return from_plain(text.strip("\n")).replace(NOWHERE, f"<{GONE}>") if NOWHERE in text else ""


def discreet(words: Words, mail: Mail) -> Words:
    """An answer's words without what is not passed on: what was cut is shown too."""
    from bot.reading.links import led  # noqa: PLC0415  answers with links are few

    discretion = discretion_of(mail)
    return replace(words, text=led(words.text, discretion), trimmed=discretion.plain(words.trimmed))


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


def _says_more(markdown: str, plain: str, *, mailing: bool) -> bool:
    """Whether the HTML is the letter: it says nearly every word of the plain text, or far more than a plain text that only
    says where the letter is. Of a mailing it is, unless most words stand in the plain text alone.
    """
    wanted, have = _words_in(plain), _words_in(markdown)
    missing = len(wanted - have)
    if missing <= 0.1 * len(wanted):  # link texts and "view in browser" differ
        return True
    return 2 * len(wanted) < len(have) or (mailing and 2 * missing < len(wanted))


def _covers(one: str, other: str) -> bool:
    """Whether the first says nearly every word of the second."""
    wanted = _words_in(other)
    return len(wanted - _words_in(one)) <= 0.1 * len(wanted)


def _words_in(text: str) -> set[str]:
    return set(_WORD.findall(_TARGET.sub(" ", text[:50_000]).casefold()))


def _from_html(html: str, discretion: "Discretion | None" = None) -> tuple[str, str, tuple[str, ...]]:
    """HTML as neutral Markdown, the same with links marked that are not passed on, and what was odd."""
    from bridges.hypertext import marked_of, shown  # noqa: PLC0415
    from bridges.markdown import from_plain  # noqa: PLC0415  as above

    parts, warnings = parts_of(html, discretion)
    if parts is not None:
        with_marks = marked_of(parts)
        return shown(with_marks), with_marks, warnings
    text = _words_of(html[:MAX_HTML])[:MAX_TEXT]
    text = from_plain(text if discretion is None else discretion.plain(text))
    return text, text, warnings


@lru_cache(maxsize=1)  # `explain` shows a mail's HTML both as text and as HTML
def parts_of(html: str, discretion: "Discretion | None" = None) -> "tuple[Sequence[Part] | None, tuple[str, ...]]":
    """What HTML says, in parts; None when no converter should be given it. And what was odd."""
    from bridges.hypertext import read  # noqa: PLC0415  as above

    warnings: tuple[str, ...] = ()
    if len(html) > MAX_HTML:
        html, warnings = html[:MAX_HTML], ("long_text",)
    if _nesting(html) <= MAX_NESTING:
        try:
            parts = read(html, mailing=discretion is not None and discretion.mailing)
            if discretion is not None:
                parts = discretion.parts(parts)
            if parts or not _words_of(html):
                return parts, warnings
        except Exception:  # noqa: BLE001, S110  whatever is in other people's HTML, the words must come through
            pass
    return None, (*warnings, "odd_html")


def discretion_of(mail: Mail) -> "Discretion":
    """What of this mail is not passed on."""
    from bridges.discretion import Discretion  # noqa: PLC0415  as above
    from bridges.mail.newsletters import BULK, bulk_signs  # noqa: PLC0415

    people = (*mail.senders, *mail.to, *mail.cc)
    readers = {address.lower() for address in (*mail.delivered_to, *(person.address for person in people)) if address}
    return Discretion(mailing=bulk_signs(mail) >= BULK, readers=frozenset(readers))


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
