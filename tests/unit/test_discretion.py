"""What is not passed on goes from plain text and HTML alike, with its sentence; what people wrote to each other stays."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reading.links import is_profile, led, links_of
from bridges.discretion import Discretion
from bridges.hypertext import html_of, markdown_of, read
from bridges.markdown import to_plain
from tests.fixtures.newsletters import forms, safelink
from tests.fixtures.require import FULL

ANNA = "anna.ek@agro.example.se"
PERSON, MAILING = Discretion(readers=frozenset({ANNA})), Discretion(mailing=True, readers=frozenset({ANNA}))


def both(html: str, discretion: Discretion = MAILING) -> tuple[str, str]:
    parts = discretion.parts(read(html, mailing=discretion.mailing))
    return to_plain(markdown_of(parts), 10_000), html_of(parts)


@pytest.mark.parametrize(
    "sentence",
    [
        'Vill du inte längre få vårt nyhetsbrev? <a href="https://x.se/u/1">Avregistrera dig här</a>.',
        '<a href="https://x.se/unsubscribe?id=1">Klicka här</a>',
        'Du kan <a href="https://x.se/a/1">avsluta prenumerationen</a> när du vill.',
        '<a href="https://x.se/p/1">Ändra dina inställningar</a> | <a href="https://x.se/q">Tipsa en vän</a>',
        'Ser mejlet konstigt ut? <a href="https://x.se/w">Läs det i webbläsaren</a>',
        'To opt out, <a href="https://x.se/o">click here</a>.',
        '<a href="mailto:unsubscribe@x.se?subject=unsubscribe">Sluta få våra utskick</a>',
        f"Det här mejlet skickades till {ANNA}.",
        "Du får det här brevet eftersom du är medlem.",
    ],
)
def test_a_sentence_with_a_way_out_goes_and_the_one_beside_it_stays(sentence: str):
    for form in both(f"<p>Ring oss på 0123-45. {sentence}</p><p>Agro, Storgatan 4</p>"):
        said = " ".join(form.replace("<p>", " ").replace("</p>", " ").split())
        assert said == "Ring oss på 0123-45. Agro, Storgatan 4"


@pytest.mark.parametrize(
    "line",
    [
        "Får du förhinder, avanmäl dig till Bo senast fredag.",
        "Du kan ändra dina uppgifter i anmälan: https://agro.se/anmalan/12",
        "Vi vill inte längre få nyhetsbrev på papper.",
        "Läs den i webbläsaren i stället, den är lång.",
    ],
)
def test_what_people_write_to_each_other_stays(line: str):
    assert PERSON.plain(line) == line
    assert both(f"<p>{line}</p>", PERSON)[0].startswith(line[:20])


@pytest.mark.parametrize("words", ["Avsluta", "Avanmäl", "Sluta"])
@pytest.mark.parametrize("url", ["https://x.se/brev/17?token=q9zz", "https://x.se/nyhetsbrev/avsluta?token=q9zz"])
def test_a_plain_letters_way_out_under_a_single_word_is_gone(words: str, url: str):
    assert MAILING.plain(f"Hej!\n\n--\n{words}: {url}").rstrip(" -\n") == "Hej!"


def test_plain_text_loses_the_same_and_keeps_its_lines():
    text = f"""Nyhetsbrev

Kurs i vall: https://vreta.se/kurs?utm_source=brev&email={quote(ANNA)}
www.vreta.se

Klicka här för att avregistrera dig:
https://x.list-manage.com/unsubscribe?u=1&id=2&e=3

Skickat till {ANNA}
Agro, Storgatan 4"""
    assert MAILING.plain(text).split() == [
        "Nyhetsbrev",
        "Kurs",
        "i",
        "vall:",
        "https://vreta.se/kurs",
        "www.vreta.se",
        "Agro,",
        "Storgatan",
        "4",
    ]
    assert "avregistrera" in PERSON.plain(text)
    assert "unsubscribe" not in PERSON.plain(text)  # nobody's link to pass on, whoever wrote it


def test_a_tracker_that_hides_its_page_leaves_its_words():
    url = "https://u123.ct.sendgrid.net/ls/click?upn=u001.Ab3dEf6hIj9kLmN0pQrStUvWxYz12345678"
    text, html = both(f'<p>Läs <a href="{url}">rapporten</a> nu</p>')
    assert text == "Läs rapporten nu"
    assert "ls/click" not in html
    assert PERSON.plain(f"Se {url}") == "Se"
    assert led(f"Se [rapporten](<{url}>).", PERSON) == "Se rapporten."


def test_a_parameter_by_which_the_ways_out_know_the_reader_goes_from_the_other_links_too():
    html = '<p><a href="https://vreta.se/a?id=7&amp;kund=a81f04c2d9">Läs</a></p><p><a href="https://x.se/unsubscribe/a81f04c2d9">Av</a></p>'
    assert both(html)[0] == "Läs <https://vreta.se/a?id=7>"


@pytest.mark.parametrize(
    "packed", [quote(ANNA), quote(quote(ANNA)), base64.b64encode(ANNA.encode()).decode(), ANNA.encode().hex()]
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_no_link_carries_the_reader(packed: str, wrapped: bool):
    for url in (f"https://vreta.se/sida?x={packed}&v=2", f"https://vreta.se/u/{packed}/sida"):
        said = " ".join(both(f'<p><a href="{safelink(url) if wrapped else url}">Läs hela</a></p>'))
        assert [form for form in forms(ANNA) if form in said] == []
        assert "Läs hela" in said


def test_links_are_told_once_in_their_order_without_profiles_and_addresses():
    md = (
        "[a](https://vreta.se/a?utm_source=x) <https://www.vreta.se/a/> [b](<https://vreta.se/b>) <bo@vreta.se> "
        "[Facebook](https://www.facebook.com/agro) [film](https://www.youtube.com/watch?v=1)"
    )
    assert links_of(md) == ("https://vreta.se/a", "https://vreta.se/b", "https://www.youtube.com/watch?v=1")


@pytest.mark.parametrize(
    ("url", "profile"),
    [
        ("https://www.facebook.com/agro", True),
        ("https://www.linkedin.com/company/agro/", True),
        ("https://www.facebook.com/events/12345678", False),
        ("https://www.linkedin.com/posts/agro_1-activity", False),
        ("https://vreta.se/x.com", False),
    ],
)
def test_a_profile_is_told_from_a_post(url: str, profile: bool):
    assert is_profile(url) is profile


TAGS = [
    "<p>",
    "</p>",
    "<div>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "<ul><li>",
    "<b>",
    "</b>",
    "<br>",
    "<h2>",
    "</h2>",
    "<blockquote>",
    "<pre>",
    "<th>",
    "<!--",
    "<style>",
]
WORDS = ["ord ", "avregistrera dig ", "! ", "| ", "&nbsp;", "&#8203;", "<span style='display:none'>", "\x00", "å"]
LINKS = [
    "<a href='https://x.se/a?utm_source=1'>länk</a>",
    f'<a href="{safelink("https://x.se/unsubscribe/1")}">bort</a>',
]
PIECES = st.sampled_from([*TAGS, *WORDS, *LINKS, "<img alt='bild x' src=y>"])


@settings(max_examples=200 if FULL else 50, deadline=None)
@example(["<table>", "<tr>", "<td>", "<table>", "<h2>", "ord ", "<pre>", "<br>"])
@given(st.lists(PIECES, max_size=30))
def test_any_html_is_read_safely_and_the_same_when_read_again(pieces: list[str]):
    for discretion in (PERSON, MAILING):
        parts = discretion.parts(read("".join(pieces), mailing=discretion.mailing))
        html = html_of(parts)
        assert "unsubscribe" not in html + markdown_of(parts)
        assert "<img" not in html
        assert "style" not in html
        assert list(discretion.parts(parts)) == parts
