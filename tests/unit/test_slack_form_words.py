"""Text in the form's field: shown as people write it, read as Markdown, filled in from a message."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.markdown import to_html, to_plain
from bridges.slack.form.draft import cut
from bridges.slack.form.views import (
    Draft,
    prefilled,
    read,
    shown,
    text_in,
    typed,
)
from storage.words import Kind
from tests.fixtures.slack_forms import (
    HOSTILE,
    MANY,
    TOPICS,
    ZONE,
    as_submitted,
    open_form,
    shows,
)

# -- words in and out of the text field -----------------------------------------------------------------------------------


def test_links_stand_bare_in_the_field_and_are_links_when_shared():
    md = "Läs <https://example.se/a_b> och [www.slu.se](<https://www.slu.se>), skriv till <anna@example.se>.\n\n* **fet**"
    field = shown(md)
    assert field == "Läs https://example.se/a_b och www.slu.se, skriv till anna@example.se.\n\n* **fet**"
    assert to_html(typed(field)) == to_html(md)


@pytest.mark.parametrize("md", ["Hej &copy; [a]: b", "rad\n" * 3000, "Läs <https://example.se>.\r\n\r\n* **fet**\n"])
def test_a_text_left_as_it_stood_is_the_same_to_the_letter(md: str):
    answered = read(as_submitted(open_form(Draft(text=shown(md)))), ZONE)
    assert text_in(answered, md) == md
    assert text_in(replace(answered, text="Nytt: https://example.se"), md) == "Nytt: <https://example.se>"


@pytest.mark.parametrize(
    "field",
    [
        "[1]: https://example.se/x",
        "Se [sidan](https://example.se/x) och `https://kod.se`",
        "AT&amp;T &copy; x",
        "```\n<https://example.se> [a]: b\n```",
        "www.example.se/å, (https://example.se/x).",
        "<https://example.se>",
    ],
)
def test_no_typed_word_vanishes(field: str):
    plain = to_plain(typed(field))
    for word in field.replace("```", "").replace("`", "").replace("[sidan](", "sidan ").split():
        assert word.strip("<>().,`") in plain


@settings(max_examples=MANY, deadline=None)
@given(HOSTILE)
def test_showing_and_typing_changes_nothing_that_is_seen(md: str):
    assert to_html(typed(shown(md))) == to_html(md) or shown(md) == md


# -- filled in from a message ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("md", "kind", "title"),
    [
        ("<https://vinnova.se/utlysning>", Kind.TIP, "https://vinnova.se/utlysning"),
        ("Ny utlysning: <https://vinnova.se/utlysning>", Kind.TIP, "Ny utlysning"),
        ("Har ni provat biokol?", Kind.QUESTION, "Har ni provat biokol?"),
        ("Vi söker ett kluster som vill vara med.", Kind.QUESTION, "Vi söker ett kluster som vill vara med."),
        ("Efterlysning\n\nTips på lokal", Kind.QUESTION, "Efterlysning"),
        ("\n\n---\n\n**Fältvandring** på Norrby\n\nVälkommen!", Kind.INVITATION, "Fältvandring på Norrby"),
        ("", Kind.INVITATION, ""),
    ],
)
def test_a_message_fills_in_the_form(md: str, kind: Kind, title: str):
    draft = prefilled(md)
    assert (draft.kind, draft.title) == (kind, title)
    assert to_html(typed(draft.text)) == to_html(md)
    assert prefilled(md, kind=Kind.NEWSLETTER).kind is Kind.NEWSLETTER


def test_a_long_first_line_is_cut_at_a_word():
    title = prefilled("ord " * 100).title
    assert len(title) <= 150
    assert title.endswith("ord…")


def test_topics_that_the_text_names_are_chosen():
    assert prefilled("Om Krisberedskap i Tuna", topics=TOPICS).topics == ("krisberedskap",)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Träff 2026-11-26 13:00 på Norrby", "2026-11-26T13:00", None),
        ("Träff 2026-11-26 kl. 13.00–15.30", "2026-11-26T13:00", "2026-11-26T15:30"),
        ("Anmäl dig senast 2026-11-26 13:00", None, None),
        ("2026-11-26 13:00 eller 2026-11-27 13:00", None, None),
        ("2026-13-26 13:00", None, None),
        ("26 nov kl. 13", None, None),
    ],
)
def test_only_an_exact_moment_is_taken_for_the_start(text: str, start: str | None, end: str | None):
    draft = prefilled(text)
    walls = [moment.strftime("%Y-%m-%dT%H:%M") if moment else None for moment in (draft.start, draft.end)]
    assert walls == [start, end]


@settings(max_examples=MANY, deadline=None)
@given(
    st.one_of(
        HOSTILE, st.lists(st.sampled_from(["2026-11-26 13:00", "<https://x.se>", "*", "?", "\n", "a"])).map("".join)
    )
)
def test_any_message_fills_in_a_form_that_slack_takes(md: str):
    draft = prefilled(md, topics=TOPICS)
    shows(open_form(draft))
    assert len(draft.title) <= 150


def test_text_is_cut_as_slack_counts():
    assert cut("abc", 3) == "abc"
    assert cut("🌱🌱🌱", 5) == "🌱🌱…"
    assert cut("ett två tre", 9) == "ett två…"
