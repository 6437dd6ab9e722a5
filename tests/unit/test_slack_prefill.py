"""The form filled in from a message or pasted text: all that was understood, and nothing that is not certain."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import Settings
from bot.slack.prefill import is_pasted, prefilled, sent_at
from bridges.markdown import to_html
from bridges.slack.form.draft import Draft
from bridges.slack.form.views import typed
from storage.words import Attendance, Audience, Kind
from tests.fixtures.slack_forms import HOSTILE, MANY, TOPICS, open_form, shows

SWEDEN = ZoneInfo("Europe/Stockholm")
SENT = datetime(2026, 11, 2, 9, 0, tzinfo=SWEDEN)  # a Monday
SETTINGS = Settings(folder=Path("/"), network={"topics": list(TOPICS)}, topic_words={TOPICS[0]: ["skafferi"]})


def filled(text: str, **more) -> Draft:
    return prefilled(SETTINGS, text, SENT, **more)


@pytest.mark.parametrize(
    ("md", "kind", "title"),
    [
        ("<https://vinnova.se/utlysning>", Kind.TIP, "https://vinnova.se/utlysning"),
        ("Ny utlysning: <https://vinnova.se/utlysning>", Kind.TIP, "Ny utlysning"),
        ("Har ni provat biokol?", Kind.QUESTION, "Har ni provat biokol?"),
        ("Vi söker ett kluster som vill vara med.", Kind.QUESTION, "Vi söker ett kluster som vill vara med."),
        ("Efterlysning\n\nTips på lokal", Kind.QUESTION, "Efterlysning"),
        ("\n\n---\n\n**Fältvandring** på Norrby\n\nVälkommen!", Kind.INVITATION, "Fältvandring på Norrby"),
        ("Hej alla!\n\nKursdag i Ås\n\nVälkommen!", Kind.INVITATION, "Kursdag i Ås"),
        ("Hej!", Kind.INVITATION, "Hej!"),
        ("", Kind.INVITATION, ""),
    ],
)
def test_a_message_fills_in_the_form(md: str, kind: Kind, title: str):
    draft = filled(md)
    assert (draft.kind, draft.title) == (kind, title)
    assert to_html(typed(draft.text)) == to_html(md)
    assert filled(md, kind=Kind.NEWSLETTER).kind is Kind.NEWSLETTER


def test_a_long_first_line_is_cut_at_a_word():
    title = filled("ord " * 100).title
    assert len(title) <= 150
    assert title.endswith("ord…")


def test_topics_that_the_text_speaks_of_are_chosen():
    assert filled("Om krisberedskapen i Tuna").topics == ("krisberedskap",)
    assert filled("Öppna skafferiet").topics == (TOPICS[0],)


def test_all_that_is_understood_of_an_invitation_stands_in_its_fields():
    draft = filled(
        "Till: kluster\n\nHej!\n\nFältvandring om rybs\n\nTid: tors 26 nov kl. 13.00–15.30\n\nPlats: Norrby gård, Tuna\n\n"
        "Sista anmälningsdag: 19 november\n\nAnmäl dig här: <https://anmalan.example/e/1>"
    )
    assert (draft.title, draft.kind, draft.audience) == ("Fältvandring om rybs", Kind.INVITATION, Audience.CLUSTERS)
    assert draft.start == datetime(2026, 11, 26, 13, 0, tzinfo=SWEDEN)
    assert draft.end == datetime(2026, 11, 26, 15, 30, tzinfo=SWEDEN)
    assert (draft.place, draft.mode) == ("Norrby gård, Tuna", Attendance.ONSITE)
    assert (draft.registration_url, draft.registration_deadline) == ("https://anmalan.example/e/1", date(2026, 11, 19))
    assert not draft.text.startswith("Till:")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Nätverksträff i Skara vecka 48, program kommer", "v. 48 2026"),
        ("Nätverksträff i Skara nästa onsdag kl. 13", "nästa onsdag kl. 13"),
        ("Nätverksträff i Skara tisdag 26 november kl. 13", "v. 48 2026"),  # a Thursday
    ],
)
def test_what_is_not_certain_is_left_for_the_person_to_say(text: str, when: str):
    draft = filled(text)
    assert (draft.start, draft.end, draft.when_text) == (None, None, when)


def test_a_tip_or_a_question_has_no_day_of_its_own():
    for text in ("Ny rapport, läs senast 26 nov kl. 13: <https://example.se>", "Har ni tid 26 november kl. 13?"):
        assert (filled(text).start, filled(text).when_text) == (None, "")


def test_days_count_from_when_a_message_was_posted():
    posted = sent_at({"ts": "1793700000.000100"}, SENT)
    assert posted.timestamp() == pytest.approx(1793700000.0001)
    assert sent_at({}, SENT) is SENT
    assert filled("Webbinarium i morgon kl. 13").start == datetime(2026, 11, 3, 13, 0, tzinfo=SWEDEN)


def test_a_text_after_the_command_is_told_from_its_words():
    assert is_pasted("Fältvandring om rybs i Tuna 26 nov")
    for words in ("", "hjälp", "sök gamla rapporter om vatten", "kluster Vreta", "kommande", "ett två tre"):
        assert not is_pasted(words)


@settings(max_examples=MANY, deadline=None)
@given(
    st.one_of(
        HOSTILE,
        st.lists(
            st.sampled_from(
                [
                    "2026-11-26 13:00",
                    "v. 47 ",
                    "fredag ",
                    "Plats: Ås",
                    "OSA 1 dec ",
                    "<https://x.se>",
                    "*",
                    "?",
                    "\n",
                    "a",
                ]
            )
        ).map("".join),
    )
)
def test_any_message_fills_in_a_form_that_slack_takes(md: str):
    draft = filled(md)
    shows(open_form(draft))
    assert len(draft.title) <= 150
