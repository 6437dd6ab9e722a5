"""Whatever is written, in Slack or by mail, no visible word is lost on the way, and nothing calls or harms anybody."""

import re
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.tree import SyntaxTreeNode

from bridges.markdown import from_plain, parse, to_html, to_plain
from bridges.slack.drawing.limits import objections_to_message
from bridges.slack.words.from_slack import Names, mentioned, plain_of, to_neutral
from bridges.slack.words.runs import Run, runs_of
from bridges.slack.words.to_slack import escape, literal, sections, shortened, to_mrkdwn, unescape
from tests.fixtures.require import FULL

#: What either side makes something of, beside ordinary words.
PIECES = st.sampled_from(
    [
        *"\\`*_{}[]()<>#+-.!|~=:&;@/^ \t\n•◦–å\u00a0\u200b'\"",
        "1. ", "- ", "* ", "• ", "  • ", "> ", "&gt; ", "# ", "\n\n", "---", "***", "```", "~~", "](", "![", "&amp;",
        "&lt;", "<b>", "<!here>", "<!channel|x>", "<@U1>", "<@U9|bo>", "<#C1|>", "<!subteam^S1>", "@here", "@Channel",
        "@everyone", "<!date^1700000000^{date}^https://x.se|då>", "<https://x.se|ord>", "<https://x.se/?a&amp;b>",
        "<mailto:a@x.se|a@x.se>", "<javascript:alert(1)|tryck>", "https://x.se/a_b|c", "a@x.se", "www.x.se", ":tada:",
        ":egen:", ":heart::skin-tone-3:", "ord", "åäö", "a_b", "**fet**", "*x*", "_y_", "~z~", "`kod`", "👩‍🌾", "\u202e",
        "[x](https://x.se/@here)", "|a|b|\n|-|-|\n",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map("".join)
NAMES = Names({"U1": "Anna @here <b>"}, {"C1": "alla"}, {"S1": "redaktörer"})
#: What does not show, and what is a mark on one side or the other.
HIDDEN = {"\u200b", "\u2060", "\ufffd"}


def visible(text: str) -> str:
    """What a reader sees, whatever the spacing."""
    return "".join(
        char
        for char in text
        if not char.isspace() and char not in HIDDEN and unicodedata.category(char) not in {"Cc", "Cs"}
    )


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def read_mrkdwn(shown: str) -> str:
    """The words of mrkdwn as Slack would show them: links by their labels."""
    shown = re.sub(r"<([^<>|]*)(?:\|([^<>]*))?>", lambda found: found[2] or found[1], shown)
    return unescape(shown)


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(TEXTS)
def test_escape_and_unescape_are_inverse(text: str):
    assert unescape(escape(text)) == text
    assert not re.search("[<>]", escape(text))


@settings(max_examples=150 if FULL else 25, deadline=None)
@example("x**" * 20 + "@here")
@given(TEXTS)
def test_what_goes_to_slack_loses_no_word_and_calls_nobody(text: str):
    for md in (text, from_plain(text)):
        for shown in (to_mrkdwn(md), literal(text), *(block["text"]["text"] for block in sections(md, longest=120)[0])):
            assert not re.search("<[!@#]", shown)
            assert not re.search("@(here|channel|everyone)", shown, re.IGNORECASE)
            assert not re.search(r"<(?!https?://|mailto:)", shown)
        assert _same_letters(read_mrkdwn(to_mrkdwn(md)), md)


def _same_letters(shown: str, md: str) -> bool:
    """Each letter that the Markdown shows is there, in order; list numbers may stand between."""
    rest = iter(letters(shown))
    wanted = letters("".join(_in_order(md)))
    return all(char in rest for char in wanted)


def _in_order(md: str) -> list[str]:
    out = []
    for token in parse(md):
        if token.type == "inline":
            nodes = SyntaxTreeNode([token]).children
            out += [run.text for run in runs_of(nodes)]
        elif token.type in ("fence", "code_block"):
            out.append(token.content)
    return out


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(TEXTS)
def test_a_plain_text_is_read_in_slack_letter_by_letter(text: str):
    shown = read_mrkdwn(to_mrkdwn(from_plain(text)))
    assert letters(shown) == letters(to_plain(from_plain(text), 10_000)) or "|" in text
    assert visible(unescape(literal(text))) == visible(text)


@settings(max_examples=100 if FULL else 20, deadline=None)
@given(TEXTS.map(lambda text: text * 8), st.integers(100, 400))
def test_sections_hold_all_of_it_within_their_length(text: str, longest: int):
    md = from_plain(text)
    blocks, whole = sections(md, longest=longest, most=1000)
    parts = [block["text"]["text"] for block in blocks]
    assert whole
    assert all(0 < len(part) <= longest for part in parts)
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert letters(read_mrkdwn("\n".join(parts))) == letters(read_mrkdwn(to_mrkdwn(md)))
    assert objections_to_message("text", blocks[:20]) == []


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(TEXTS, st.integers(0, 80), st.booleans())
def test_a_beginning_is_no_longer_than_asked_and_shows_what_the_text_begins_with(text: str, size: int, raw: bool):
    md = text if raw else from_plain(text)
    begun, cut = shortened(md, size)
    if not cut:
        assert begun == md
        return
    assert harmless(begun)
    if not raw:
        shown = "".join(_in_order(begun))
        assert len(shown.replace("\n", "")) <= size
        assert letters("".join(_in_order(md))).startswith(letters(shown))


# -- in ---------------------------------------------------------------------------------------------------------------

LOOKS = st.fixed_dictionaries({}, optional={look: st.booleans() for look in ("bold", "italic", "strike", "code")})
INLINE = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": TEXTS, "style": LOOKS}),
    st.fixed_dictionaries(
        {"type": st.just("link"), "url": st.sampled_from(["https://x.se/a|b", "javascript:x", ""]), "text": TEXTS}
    ),
    st.sampled_from(
        [
            {"type": "user", "user_id": "U1"}, {"type": "user", "user_id": "U9"}, {"type": "channel", "channel_id": "C1"},
            {"type": "broadcast", "range": "here"}, {"type": "emoji", "name": "tada", "unicode": "1f389"},
            {"type": "emoji", "name": "egen"}, {"type": "nytt"}, {"type": "color", "value": "#fff"},
        ]
    ),
)  # fmt: skip
INLINES = st.lists(INLINE, max_size=6)
SECTION = st.fixed_dictionaries({"type": st.just("rich_text_section"), "elements": INLINES})
ELEMENT = st.one_of(
    SECTION,
    st.fixed_dictionaries({"type": st.sampled_from(["rich_text_quote", "rich_text_preformatted"]), "elements": INLINES}),
    st.fixed_dictionaries(
        {"type": st.just("rich_text_list"), "style": st.sampled_from(["bullet", "ordered"]),
         "elements": st.lists(SECTION, max_size=3), "indent": st.integers(0, 8)},
        optional={"offset": st.integers(0, 12), "border": st.integers(0, 1)},
    ),
)  # fmt: skip
RICH = st.lists(ELEMENT, max_size=5).map(lambda elements: {"type": "rich_text", "elements": elements})
TYPES = st.sampled_from(
    ["rich_text", "rich_text_section", "rich_text_list", "section", "header", "context", "image", "markdown", "table",
     "text", "user", "emoji", "date", "mrkdwn", "plain_text", "nytt"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["type", "text", "elements", "fields", "accessory", "rows", "style", "indent", "offset", "border", "user_id", "url",
     "timestamp", "format", "unicode", "name", "alt_text", "title", "blocks", "message_blocks", "message", "is_share"]
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TYPES, PIECES),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


def harmless(md: str) -> bool:
    html = to_html(md)
    tags = r"<(?!/?(?:p|br|a|ul|ol|li|strong|em|code|pre|hr|h[2-4]|blockquote|table|thead|tbody|tr|th|td|s)\b)"
    return not re.search(tags, html) and not re.search(r'href="(?!https?://|mailto:)', html)


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(TEXTS)
def test_a_text_from_slack_is_harmless_and_loses_no_word(text: str):
    md = to_neutral({"text": text}, NAMES, zone="Europe/Stockholm", lang="sv")
    assert harmless(md)
    as_typed = to_neutral({"text": escape(text), "mrkdwn": False}, NAMES, zone="Europe/Stockholm", lang="sv")
    assert ":" in text or visible(to_plain(as_typed, 10_000)) == visible(escape(text))


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(RICH)
def test_rich_text_loses_no_word_and_harms_nobody(block: dict):
    md = to_neutral({"text": "", "blocks": [block]}, NAMES, zone="Europe/Stockholm", lang="sv")
    rest = iter(letters(to_plain(md, 10_000)))
    assert harmless(md)
    assert all(char in rest for char in letters("".join(_said(block))))


def _said(element: dict) -> list[str]:
    if element.get("type") in ("text", "link"):
        return [element.get("text") or element.get("url", "")]
    return [words for child in element.get("elements", []) for words in _said(child)]


@settings(max_examples=150 if FULL else 25, deadline=None)
@given(JSON, JSON, JSON)
def test_nothing_that_slack_might_send_is_too_odd_to_read(blocks: object, attachments: object, text: object):
    for message in (
        {"blocks": [blocks], "attachments": [attachments], "text": text},
        {"blocks": blocks, "text": "ord"},
    ):
        mentioned(message)
        assert harmless(to_neutral(message, NAMES, zone="Europe/Stockholm", lang="sv"))
        plain_of(message)


# -- both ways --------------------------------------------------------------------------------------------------------


def slack_would_say(md: str) -> dict:
    """The rich text that Slack's editor would make of neutral Markdown."""
    elements: list[dict] = []
    for node in SyntaxTreeNode(parse(md)).children:
        match node.type:
            case "paragraph" | "heading":
                elements.append({"type": "rich_text_section", "elements": [*_elements(node), _text("\n\n")]})
            case "bullet_list" | "ordered_list":
                elements += _lists(node, 0)
            case "blockquote":
                lines = [piece for child in node.children for piece in (*_elements(child), _text("\n\n"))][:-1]
                elements.append({"type": "rich_text_quote", "elements": lines})
            case "fence":
                elements.append({"type": "rich_text_preformatted", "elements": [_text(node.content)]})
    return {"type": "rich_text", "elements": elements}


def _lists(node: SyntaxTreeNode, indent: int) -> list[dict]:
    style = "ordered" if node.type == "ordered_list" else "bullet"
    out: list[dict] = []
    for number, item in enumerate(node.children):
        first, *nested = item.children
        piece = {"type": "rich_text_section", "elements": _elements(first)}
        out.append({"type": "rich_text_list", "style": style, "indent": indent, "elements": [piece]})
        if style == "ordered":
            out[-1]["offset"] = int(node.attrs.get("start", 1)) - 1 + number
        for inner in nested:
            out += _lists(inner, indent + 1)
    return out


def _text(text: str) -> dict:
    return {"type": "text", "text": text}


def _elements(node: SyntaxTreeNode) -> list[dict]:
    return [_element(run) for run in runs_of(node.children)]


def _element(run: Run) -> dict:
    style = {look: True for look in ("bold", "italic", "strike", "code") if getattr(run, look)}
    if run.href:
        return {"type": "link", "url": run.href, "text": run.text, "style": style}
    return {"type": "text", "text": run.text, "style": style}


@settings(max_examples=100 if FULL else 20, deadline=None)
@given(RICH)
def test_what_came_from_slack_comes_again_the_same(block: dict):
    def read(block: dict) -> str:
        return to_neutral({"text": "", "blocks": [block]}, NAMES, zone="Europe/Stockholm", lang="sv")

    once = read(block)
    assert _BEYOND.search(once) or _page(read(slack_would_say(once))) == _page(once)


#: Slack's editor has no lists within quotes, and reads no tables and headings.
_BEYOND = re.compile(r"^> ?(?:\* |\d+[.)] |$)", re.MULTILINE)


def _page(md: str) -> tuple[str, list[tuple]]:
    """The page without the tags inside lines, and how each letter looks: tags may be nested in another order."""
    page = re.sub(r"</?(?:strong|em|s|code|a)\b[^>]*>", "", to_html(md, styled=False).replace("\u200b", ""))
    runs = [run for token in parse(md) if token.type == "inline" for run in runs_of(SyntaxTreeNode([token]).children)]
    return re.sub(r"\s+", " ", page), [(char, run.looks, run.href) for run in runs for char in visible(run.text)]


@settings(max_examples=100 if FULL else 20, deadline=None)
@given(TEXTS)
def test_what_is_posted_reads_the_same_when_it_is_read_back(text: str):
    md = from_plain(text)
    again = to_neutral({"text": to_mrkdwn(md)}, NAMES, zone="Europe/Stockholm", lang="sv")
    assert ":" in text or letters("".join(_in_order(again))) == letters("".join(_in_order(md)))
