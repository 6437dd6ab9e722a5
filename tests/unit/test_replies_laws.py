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


HUGE = {
    "one line": "x" * 300_000,
    "empty lines": "\n" * 100_000,
    "quoted lines": "Hej\n" + ">\n" * 100_000,
    "marks": ">" * 300_000,
    "froms": "Hej\n" + "Från:\n" * 50_000,
    "heads": "Hej\n" + "Från: a\nTill: b\n" * 15_000,
    "fields in a line": "Från: " + "a Till: b " * 30_000,
    "closings": "Hej\n" + "Mvh\n" * 75_000,
    "names": "Hej\n\n" + "Anna\n\n" * 50_000,
    "slashes": "Hej\n" + "/Anna\n" * 50_000,
    "rules": "Hej\n" + "----\n" * 60_000,
    "marks of signatures": "Hej\n" + "-- \n" * 75_000,
    "dates": "Hej\n" + "den 3 maj 2026\n" * 20_000,
    "attributions": "Den 3 maj 2026 skrev\n" * 14_000,
    "addresses": "a@" * 150_000,
    "address lines": "den 3 maj a@b.se\n" * 17_000,
    "spaces": " " * 300_000,
    "dashes": "Hej\n" + "-" * 300_000,
    "telephones": "Mvh Anna\n" + "+46 " + "1 " * 150_000,
    "figures": "Mvh Anna\n" + "0" * 300_000,
    "adjectives": "Hej\n" + "bästa " * 50_000 + "hälsningar",
    "adjectives in lines": "Hej\n" + "aa aa aa aa aa aa aa aa aa aa aa aa aa a\n" * 8_000,
    "stars": "*" * 300_000,
    "notices": "Hej\n\n" + "När du mejlar\n" * 20_000,
    "answers": "svar " * 60_000,
    "says": "Hej\n" + ("svar " * 900 + "\n") * 60,
    "brackets": "[" * 150_000 + "](" * 75_000,
    "backslashes": "\\" * 300_000,
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
    "divs": "<div>" * 60_000,
    "quotes": "<blockquote>" * 25_000,
    "signatures": '<div id="Signature">' * 15_000,
    "attributes": "<div " + "a=b " * 75_000,
    "classes": "<div " + "class='" * 45_000,
    "lines of boxes": '<div style="border-top:solid">' * 10_000,
    "open": "<div" * 75_000,
    "rules": "<hr>" * 60_000 + '<div id="divRplyFwdMsg">',
    "spaces": "<hr>" + " " * 300_000 + '<div id="divRplyFwdMsg">',
    "styles": "<style>" * 40_000,
    "texts": "<pre>" * 50_000,
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
