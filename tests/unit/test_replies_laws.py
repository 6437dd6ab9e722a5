"""What holds for every answer: no line lost or doubled, whatever is put together; any text, in a time that grows with it."""

import re
import time
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.reading.texts import answer_words
from bridges.mail.parse import Mail, Mailbox
from bridges.mail.replies import (
    bare_subject,
    forwarded_from,
    is_answer,
    is_forward,
    marked,
    new_html,
    new_markdown,
    new_text,
    only_preformatted,
    rough_lines,
)
from tests.fixtures.require import FULL

PERSON = [
    "Hej Nils!",
    "Ja, vi kommer.",
    "- Bo",
    "- Cia",
    "Hur många får plats?",
    "Från: Umeå",
    "Till: Skara",
    "> 30 personer",
    "Anna skrev igår:",
]
ABOVE = [
    "Den 3 maj 2026 kl. 10:12 skrev Nils <nils@example.se>:",
    "-----Ursprungligt meddelande-----",
    "Från: Nils <nils@example.se>\nSkickat: den 3 maj 2026 10:12\nTill: Anna\nÄmne: Träff",
    "________________________________\n*Från:* Nils\n*Skickat:* den 3 maj 2026\n*Till:* Anna\n*Ämne:* Träff",
    "Nils skrev:",
    "Vidarebefordrat brev:",
    "",
]
OLD = ["Kommer ni?", "Med vänlig hälsning", "Nils Berg", "013-12 34 56", "", ">", "Den 2 maj skrev Bo:"]
CARDS = [
    "Mvh Anna",
    "Med vänlig hälsning\n\nAnna Svensson\nVreta\n013-12 34 56",
    "/Anna",
    "-- \nAnna",
    "Anna",
    "PS Kom i tid.",
    "Skickat från min iPhone",
    "",
]


def lines(*texts: str) -> Counter[str]:
    return Counter(line.strip() for text in texts for line in text.split("\n") if line.strip())


@st.composite
def answers(draw: st.DrawFn) -> str:
    """A person's text, a card, and an old mail that is marked or not, in some order."""
    own = "\n".join(draw(st.lists(st.sampled_from([*PERSON, ""]), max_size=8)))
    old = draw(st.lists(st.sampled_from(OLD), max_size=6))
    mark = draw(st.sampled_from(["> ", ">", "", "> > "]))
    quote = "\n".join([draw(st.sampled_from(ABOVE)), *(f"{mark}{line}" for line in old)])
    parts = draw(st.permutations([own, draw(st.sampled_from(CARDS)), quote, draw(st.sampled_from(CARDS))]))
    return draw(st.sampled_from(["\n", "\n\n", "\r\n\r\n"])).join(parts)


@given(answers(), st.sampled_from(["", "Anna Svensson", "Nils"]))
def test_no_line_of_an_answer_is_lost_or_doubled(whole, author):
    text, trimmed = new_text(whole, author)
    assert lines(text, trimmed) == lines(whole.replace("\r\n", "\n"))


@given(
    st.lists(st.one_of(st.text(max_size=60), st.sampled_from([*PERSON, *ABOVE, *OLD, *CARDS])), max_size=30).map(
        "\n".join
    ),
    st.text(max_size=20),
)
@example("\ufdd1\n-- \n\ufdd2", "")
def test_any_text_is_taken_apart_without_loss(whole, author):
    text, trimmed = new_text(whole, author)
    assert lines(text, trimmed) == lines(whole.replace("\r\n", "\n"))
    forwarded_from(whole)
    is_forward("", whole)


@given(st.text(max_size=200))
def test_any_subject_gives_a_subject(subject):
    bare = bare_subject(subject, ("Gröna kluster", ""))
    assert bare_subject(bare, ("Gröna kluster", "")) == bare
    assert not (is_answer(subject) and is_forward(subject, ""))


PIECES = [
    "<div>",
    "</div>",
    "<blockquote>",
    '<blockquote type="cite">',
    '<blockquote style="margin:0">',
    "</blockquote>",
    "<p>",
    "</p>",
]
PIECES += [
    '<div id="Signature">',
    '<div id="divRplyFwdMsg">',
    '<div class="gmail_quote">',
    "<hr>",
    "<br>",
    "<b>Från:</b> Nils<br>",
    "<li>",
    "<td>",
]
PIECES += [
    "Mvh Anna",
    "-- <br>",
    "&lt;",
    "&gt; ",
    "Den 3 maj 2026 kl. 10:12 skrev Nils &lt;n@example.se&gt;:<br>",
    "\ufdd1",
    "Anna<br>",
]


def html_of(pieces: list[str]) -> str:
    """Pieces with a word of its own between each."""
    return "".join(f"{piece} ord{number}x " for number, piece in enumerate(pieces))


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(html_of))
def test_no_word_of_html_is_lost_and_no_sign_of_ours_is_shown(html):
    head, history = new_html(html)
    assert head + history == html
    found = answer_words(Mail(size=1, senders=(Mailbox("Anna", "anna@example.se"),), html=html))
    whole = found.text + found.trimmed
    assert sorted(re.findall(r"ord\d+x", whole)) == sorted(re.findall(r"ord\d+x", html))
    assert not set(whole) & set("\ufdd0\ufdd1\ufdd2\ufdd3")


@given(st.text(max_size=80).map(lambda text: text.replace("e", "<div ")))
def test_any_html_is_read(html):
    answer_words(Mail(size=1, html=html))
    assert rough_lines(marked(html).html) is not None


#: How often a piece is repeated: at the full scale texts are of some 300 kB.
K = 4_000 if FULL else 1_000
HUGE = {
    "one line": "x" * 75 * K,
    "empty lines": "\n" * 25 * K,
    "quoted lines": "Hej\n" + ">\n" * 25 * K,
    "marks": ">" * 75 * K,
    "froms": "Hej\n" + "Från:\n" * 12 * K,
    "heads": "Hej\n" + "Från: a\nTill: b\n" * 4 * K,
    "fields in a line": "Från: " + "a Till: b " * 8 * K,
    "closings": "Hej\n" + "Mvh\n" * 19 * K,
    "names": "Hej\n\n" + "Anna\n\n" * 12 * K,
    "slashes": "Hej\n" + "/Anna\n" * 12 * K,
    "rules": "Hej\n" + "----\n" * 15 * K,
    "marks of signatures": "Hej\n" + "-- \n" * 19 * K,
    "dates": "Hej\n" + "den 3 maj 2026\n" * 5 * K,
    "attributions": "Den 3 maj 2026 skrev\n" * 4 * K,
    "addresses": "a@" * 38 * K,
    "address lines": "den 3 maj a@b.se\n" * 4 * K,
    "spaces": " " * 75 * K,
    "dashes": "Hej\n" + "-" * 75 * K,
    "telephones": "Mvh Anna\n" + "+46 " + "1 " * 38 * K,
    "figures": "Mvh Anna\n" + "0" * 75 * K,
    "adjectives": "Hej\n" + "bästa " * 12 * K + "hälsningar",
    "adjectives in lines": "Hej\n" + "aa aa aa aa aa aa aa aa aa aa aa aa aa a\n" * 2 * K,
    "stars": "*" * 75 * K,
    "notices": "Hej\n\n" + "När du mejlar\n" * 5 * K,
    "answers": "svar " * 15 * K,
    "says": "Hej\n" + ("svar " * 900 + "\n") * 60,
    "brackets": "[" * 38 * K + "](" * 19 * K,
    "backslashes": "\\" * 75 * K,
}


@pytest.mark.parametrize("case", HUGE)
def test_the_time_grows_with_the_text_and_no_faster(case):
    whole = HUGE[case]
    for work in (
        lambda: new_text(whole, "Anna Svensson"),
        lambda: new_markdown(whole, "Anna"),
        lambda: forwarded_from(whole),
    ):
        start = time.process_time()
        work()
        assert time.process_time() - start < 10
    start = time.process_time()
    bare_subject(whole, ("Anna",))
    assert time.process_time() - start < 5


HUGE_HTML = {
    "divs": "<div>" * 15 * K,
    "quotes": "<blockquote>" * 6 * K,
    "signatures": '<div id="Signature">' * 4 * K,
    "attributes": "<div " + "a=b " * 19 * K,
    "classes": "<div " + "class='" * 11 * K,
    "lines of boxes": '<div style="border-top:solid">' * 2 * K,
    "open": "<div" * 19 * K,
    "rules": "<hr>" * 15 * K + '<div id="divRplyFwdMsg">',
    "spaces": "<hr>" + " " * 75 * K + '<div id="divRplyFwdMsg">',
    "styles": "<style>" * 10 * K,
    "texts": "<pre>" * 12 * K,
}


@pytest.mark.parametrize("case", HUGE_HTML)
def test_the_time_grows_with_the_html_and_no_faster(case):
    html = HUGE_HTML[case]
    for work in (
        lambda: new_html(html),
        lambda: marked(html),
        lambda: rough_lines(html),
        lambda: only_preformatted(html),
    ):
        start = time.process_time()
        work()
        assert time.process_time() - start < 10
