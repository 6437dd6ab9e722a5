"""Text in the form's field: shown as people write it, read as Markdown."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from bridges.markdown import to_html, to_plain
from bridges.slack.form.draft import cut
from bridges.slack.form.views import (
    Draft,
    read,
    shown,
    text_in,
    typed,
)
from tests.fixtures.slack_forms import (
    HOSTILE,
    MANY,
    ZONE,
    as_submitted,
    open_form,
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


def test_text_is_cut_as_slack_counts():
    assert cut("abc", 3) == "abc"
    assert cut("🌱🌱🌱", 5) == "🌱🌱…"
    assert cut("ett två tre", 9) == "ett två…"
