"""The neutral Markdown shows what people wrote, all of it, and nothing that could harm who reads it."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridges.markdown import from_html, from_plain, to_html, to_plain, to_plain_whole
from tests.fixtures.require import FULL

#: What Markdown makes something of, beside ordinary words and links.
PIECES = st.sampled_from(
    [
        *"\\`*_{}[]()<>#+-.!|~=:&;@/ \t\n•–å\u00a0",
        "1. ", "- ", "* ", "• ", "  • ", "> ", "# ", "\n\n", "---", "===", "***", "```", "~~~", "](", "]:", "![", "&amp;", "&#65;",
        "<b>", "<!--", "www.lista.se", "https://exempel.se/a_b*c?d=e&f=(g)", "http://", "http://[::1", "anna.ek@exempel.se",
        "mailto:", "javascript:", "Åsa", "mellangröda", "    ", "|a|b|\n|-|-|\n", "a_b", "__init__",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map("".join)


def visible(text: str) -> str:
    """What a reader sees, whatever the spacing."""
    return "".join(
        char
        for char in text
        if not char.isspace() and unicodedata.category(char) not in {"Cc", "Cs"} and char != "\ufffd"
    )


@settings(max_examples=400 if FULL else 100, deadline=None)
@example("www.lista.se\\ www.lista.se/?a&amp;b www.lista.se[ www.lista.se](x !www.lista.se")
@given(TEXTS)
def test_every_visible_character_of_a_plain_text_is_shown(text: str):
    md = from_plain(text)

    shown = visible(to_plain(md))

    assert shown == visible(re.sub("[·▪◦‣●]", "•", text)) or shown == visible(text)


@settings(max_examples=200 if FULL else 50, deadline=None)
@given(TEXTS)
def test_no_text_becomes_a_harmful_link_or_raw_html(text: str):
    html = to_html(from_plain(text))
    assert not re.search(
        r"<(?!/?(?:p|br|a|ul|ol|li|strong|em|code|pre|hr|h[2-4]|blockquote|table|thead|tbody|tr|th|td|s)\b)", html
    )
    assert all(target.startswith(("http://", "https://", "mailto:")) for target in re.findall(r'href="([^"]*)"', html))


@settings(max_examples=200 if FULL else 50, deadline=None)
@example("![]() []() [ord]() ![bild](javascript:x)")
@given(TEXTS)
def test_even_text_that_was_never_escaped_renders_safely(text: str):
    assert not re.search(r'(?:href|src)="(?!https?://|mailto:)', to_html(text))
    assert "<img" not in to_html(text)
    to_plain(text)


def test_an_invitation_as_people_write_it_reads_the_same():
    text = """Hej!

Välkommen till fältvandring *utan kostnad* – ta stövlar_och_regnrock.
Samling kl. 13.00 vid ladan.

Vi tittar på

• mellangrödor, också sådana som
  övervintrar
• såtidpunkter
  • tidig
  • sen

Program:
   09.00  Kaffe
   09.30  Gå ut

1. Anmäl dig på https://exempel.se/anmal_dig?id=4_5.
2. Frågor? Mejla anna.ek@exempel.se (eller ring).

Med hälsning
Anna"""
    assert to_plain(from_plain(text)) == text


def test_a_bullet_list_is_a_list_in_html_and_a_lone_speech_dash_is_not():
    assert to_html(from_plain("• ett\n• två"), styled=False).count("<li>") == 2
    assert to_html(from_plain("- ett\n- två"), styled=False).count("<li>") == 2
    assert "<li>" not in to_html(from_plain("- Det blir bra, säger hon."))
    assert to_plain(from_plain("- ett\n- två")) == "- ett\n- två"


def test_a_line_that_follows_a_list_does_not_become_part_of_it():
    html = to_html(from_plain("• ett\n• två\nMålet är tre."), styled=False)
    assert "<p>Målet är tre.</p>" in html


def test_line_breaks_stay():
    assert to_html(from_plain("Norrby gård\n123 45 Tuna"), styled=False) == "<p>Norrby gård<br />\n123 45 Tuna</p>\n"


def test_links_can_be_pressed_and_end_where_the_sentence_does():
    html = to_html(from_plain("Se (https://exempel.se/a_(b)), www.lista.se. Skriv till anna@exempel.se!"))
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://exempel.se/a_(b)",
        "https://www.lista.se",
        "mailto:anna@exempel.se",
    ]


def test_a_link_with_swedish_letters_is_shown_as_written():
    assert to_plain(from_plain("https://exempel.se/fältvandring")) == "https://exempel.se/fältvandring"


def test_plain_text_wraps_softly_and_shows_where_links_lead():
    md = "Ord " * 40 + "\n\n[Anmäl dig](https://exempel.se/anmalan) eller https://exempel.se/" + "x" * 90
    lines = to_plain(md).split("\n")
    assert all(len(line) <= 72 for line in lines if "xxx" not in line)
    assert "Anmäl dig <https://exempel.se/anmalan> eller" in lines
    assert "x" * 90 in lines[-1]


def test_html_mail_keeps_its_words_and_links_and_loses_the_rest():
    md = from_html(
        """<html><head><title>x</title><style>p{color:red}</style></head><body><script>alert(1)</script>
        <h1>Fältvandring</h1><p>Hej <b>alla</b>,<br>välkomna till <a href="https://exempel.se/a_b">Norrby
        gård</a>.</p><ul><li>en</li><li>två_tre * fyra</li></ul>
        <a href="javascript:alert(2)">Tryck</a><img src="https://spion.se/p.gif" width="1" height="1" alt="x">
        <a href="https://exempel.se/anmal"><img src="https://exempel.se/knapp.png" alt="Anmäl dig"></a></body></html>"""
    )
    assert "javascript" not in md
    assert "spion" not in md
    assert "alert" not in md
    assert to_plain(md) == (
        "Fältvandring\n\nHej alla,\nvälkomna till Norrby gård <https://exempel.se/a_b>.\n\n• en\n• två_tre * fyra\n\n"
        "Tryck Anmäl dig <https://exempel.se/anmal>"
    )


def test_layout_tables_become_text_in_reading_order_and_data_tables_stay():
    layout = from_html("<table><tr><td>Tid</td><td><table><tr><td>kl. 13</td></tr></table></td></tr></table>")
    data = from_html("<table><tr><th>Tid</th><th>Vad</th></tr><tr><td>13</td><td>Kaffe</td></tr></table>")
    assert "|" not in layout
    assert to_plain(layout).split() == ["Tid", "kl.", "13"]
    assert to_plain(data) == "Tid | Vad\n13 | Kaffe"
    assert "<table" in to_html(data)


WORDS = st.lists(
    st.sampled_from([*"\\`*_[]()#+-.!|~=:&<>", "1.", "ord", "å", " ", "https://a.se", "]("]), min_size=1, max_size=15
)


@settings(max_examples=200 if FULL else 50, deadline=None)
@given(WORDS.map("".join))
def test_the_text_of_an_html_paragraph_is_shown_whole(text: str):
    from html import escape

    assert visible(to_plain(from_html(f"<p>{escape(text)}</p>"))) == visible(text)


def test_headings_leave_the_first_level_to_the_page():
    assert to_html("# Rubrik", styled=False) == "<h2>Rubrik</h2>\n"


def test_pictures_are_links_so_that_nobody_is_watched_reading():
    assert (
        to_html("![Karta](https://exempel.se/k.png)", styled=False)
        == '<p><a href="https://exempel.se/k.png">Karta</a></p>\n'
    )


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "JaVaScRiPt:x"]
)
def test_dangerous_schemes_are_never_links(scheme: str):
    assert "href" not in to_html(f"[x]({scheme}) <{scheme}>")


@settings(max_examples=400 if FULL else 100, deadline=None)
@example("# Rubrik\n\n* a\n\n* b\n\n[Läs](https://a.se/b) mer\n\n---\n\n| a | b |\n| --- | --- |\n| c | d |\n\nSlut")
@example("a [b](https://a.se/b_c) <https://a.se/?x=1&y=2> **c**\n\n1. d\n2. e\n\n\u00a0 in \\* ut")
@given(st.one_of(TEXTS.map(from_plain), TEXTS, TEXTS.map(lambda text: from_html(f"<p>{text}</p>"))))
def test_each_line_whole_is_what_the_parser_says_too(md: str):
    assert visible(to_plain_whole(md)) == visible(to_plain(md, 1_000_000))


@given(
    st.lists(
        st.sampled_from(
            [
                "Hej på dig",
                "kl. 13\\_00",
                "[Läs mer](https://a.se/b)",
                "<https://a.se/c>",
                "* punkt",
                "* punkt ett\n* punkt **två**",
                "**fet** rad",
                "**Tid:** kl. 13",
                "## Rubrik",
                "# 1. Rubrik",
                "rad\n* punkt",
                "- tal\n- svar",
                "**a** **b**\n**c**",
            ]
        ),
        max_size=6,
    )
)
def test_its_lines_are_the_same_lines(blocks: list[str]):
    md = "\n\n".join(blocks)
    assert to_plain_whole(md) == to_plain(md, 1_000_000)
