"""The digest before its editors in Slack: a post and a form that Slack always takes, and that call nobody."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bridges.preview import standing
from bridges.slack.drawing.limits import objections_to_view
from bridges.slack.drawing.preview_card import preview_card
from bridges.slack.form.digest import arranged, digest_form, objections_to_digest, waiting_form
from bridges.standins.workspace import blocks as workspace
from bridges.texts import Texts
from storage.words import DigestState, Section
from tests.fixtures.previews import WEEK, meeting, preview, row, rows
from tests.fixtures.require import FULL
from tests.fixtures.slack_posts import NASTY, buttons, objections, shown, texts, words

SV, EN = Texts("sv"), Texts("en")
NASTIEST = "<!channel> <@U1> &amp; *x* `y` åäö👩\u200d🌾 "
#: More than a post or a form shows.
MANY = 400 if FULL else 120
ENDLESS = ((NASTIEST * 100)[:3_000], ("Fältdag om mellangrödor " * 200)[:3_000], "&" * 3_000)


def shows(view: dict[str, Any]) -> None:
    assert objections_to_view(view) == []
    assert workspace.objections_to_view(view) == []
    assert View(**json.loads(json.dumps(view))).to_dict() == view
    assert len(json.dumps(view, ensure_ascii=False)) < 250_000


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def sent_in(view: dict[str, Any], **written: str | set[int]) -> dict[str, Any]:
    """The view as Slack hands it back; `written`: by block ("in_later_0"), a text, or the items that are ticked."""
    answers = {name.replace("_", ":") if ":" not in name else name: value for name, value in written.items()}
    values: dict[str, Any] = {}
    for name, element in inputs(view).items():
        if element["type"] == "plain_text_input":
            value = answers.pop(name, element.get("initial_value"))
            values[name] = {name: {"type": "plain_text_input", "value": value}}
        else:
            ticked = answers.pop(name, None)
            options = element.get("initial_options", [])
            if ticked is not None:
                options = [option for option in element["options"] if int(option["value"]) in ticked]
            values[name] = {name: {"type": "checkboxes", "selected_options": options}}
    assert not answers, answers
    return view | {"id": "V1", "state": {"values": values}}


# -- the words ------------------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
SPEAKING = (
    "bridges/preview.py",
    "bridges/mail/digest_notices.py",
    "bridges/slack/drawing/preview_card.py",
    "bridges/slack/form/digest.py",
    "bot/slack/digest.py",
    "bot/web/preview.py",
    "bot/web/templates/preview.html",
)
SAID = re.compile(r"""\b(?:t|plural)\(\s*"((?:[^"\\]|\\.)+)\"""")


@pytest.mark.parametrize("path", SPEAKING)
def test_every_word_is_there_in_swedish(path):
    said = SAID.findall((ROOT / path).read_text(encoding="utf-8"))
    assert said
    swedish = set()
    for catalogue in (ROOT / "bridges/locale/sv").glob("*.po"):
        with catalogue.open("rb") as file:
            swedish |= {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(file) if one.string}
    assert set(said) <= swedish


# -- the post -------------------------------------------------------------------------------------------------------------


def test_the_post_says_when_it_goes_to_how_many_and_what_stands_in_it():
    soon = row(1, Section.DEADLINES, title="Kurs <om> ekonomi")
    tip = row(2, Section.HORIZON, title="Stöd till våtmarker")
    card = preview_card(preview([soon, tip], lead="Hej, *läs* det här först."), SV)
    assert card.text.split("\n") == [
        "*INNAN DET GÅR*",
        "*Veckobrev v. 48*",
        "Går måndag kl. 07.30 till 143 personer.",
        "Hej, _läs_ det här först.",
        "*Svara senast*",
        "1. Kurs &lt;om&gt; ekonomi · tors 26 nov kl. 13.00–15.30 · Sista anmälningsdag: tis 24 nov (i morgon)",
        "*Omvärld*",
        "1. Stöd till våtmarker · Tips · Vreta Kluster",
    ]
    assert all(part.strip("*") in shown(card) for part in card.text.split("\n"))
    assert objections(card) == []


def test_the_buttons_name_the_week_and_ask_before_what_everybody_notices():
    pressed = buttons(preview_card(preview(rows(3)), SV))
    assert list(pressed) == ["digest_edit", "digest_send", "digest_skip"]
    assert {button["value"] for button in pressed.values()} == {WEEK}
    assert [button["text"]["text"] for button in pressed.values()] == ["Ändra", "Skicka nu", "Hoppa över"]
    assert pressed["digest_send"]["confirm"]["title"]["text"] == "Skicka till 143 personer?"
    assert pressed["digest_skip"]["confirm"]["title"]["text"] == "Hoppa över veckobrevet v. 48?"
    assert "confirm" not in pressed["digest_edit"]


def test_of_nothing_nothing_can_be_sent():
    card = preview_card(preview(), SV)
    assert "inget nytt, inga kommande träffar" in card.text
    assert list(buttons(card)) == ["digest_edit", "digest_skip"]
    assert objections(card) == []


@pytest.mark.parametrize(
    ("more", "expected", "pressed"),
    [
        (
            {"state": DigestState.SENT, "sent_at": datetime(2026, 11, 23, 6, 30, tzinfo=UTC)},
            "Skickat måndag kl. 07.30 till 143 personer.",
            [],
        ),
        (
            {"state": DigestState.SENT, "sent_at": datetime(2026, 11, 20, 12, 20, tzinfo=UTC), "decided_by": "Hanna"},
            "Hanna skickade det fre 20 nov kl. 13.20 till 143 personer.",
            [],
        ),
        (
            {"state": DigestState.SKIPPED, "decided_by": "Hanna", "why": "editor"},
            "Hanna hoppade över veckobrevet v. 48. Ingen får det, och det som är nytt står i nästa brev.",
            ["digest_revive"],
        ),
        (
            {"state": DigestState.SKIPPED, "why": "holiday"},
            "Inget veckobrev v. 48: veckan är ledig enligt inställningarna.",
            ["digest_revive"],
        ),
        (
            {"state": DigestState.MISSED},
            "har inte gått ut: Brygga var inte i gång måndag kl. 07.30–18.00. Skicka det nu, eller hoppa över det. Det går till 143 personer.",
            ["digest_edit", "digest_send", "digest_skip"],
        ),
        (
            {"state": DigestState.EMPTY},
            "Inget veckobrev v. 48: inget nytt, inga kommande träffar. Skicka det nu, eller hoppa över det.",
            ["digest_edit", "digest_send", "digest_skip"],
        ),
    ],
)  # fmt: skip
def test_what_became_of_it_stands_in_the_post(more, expected, pressed):
    card = preview_card(preview(rows(2), **more), SV)
    assert expected in card.text
    assert list(buttons(card)) == pressed
    assert objections(card) == []


@pytest.mark.parametrize("count", [0, 1, 9, MANY])
@pytest.mark.parametrize("title", ENDLESS)
@pytest.mark.parametrize("lead", ["", NASTIEST * 60, "# Rubrik\n\n" * 300])
def test_slack_takes_the_post_of_any_number_with_endless_titles(count, title, lead):
    card = preview_card(preview(rows(count, title=title), lead=lead), SV)
    assert objections(card) == []
    pressed = ["digest_edit", *(["digest_send"] if count else []), "digest_skip"]
    assert list(buttons(card)) == pressed
    lines = sum(part.partition(". ")[0].isdecimal() for part in card.text.split("\n"))
    if count == MANY:
        assert 5 < lines < MANY
        assert f"och {MANY - lines} till: under Ändra." in card.text
    else:
        assert lines == count


@settings(max_examples=60 if FULL else 15, deadline=None)
@given(
    titles=st.lists(words, max_size=12),
    cluster=words,
    place=words,
    lead=texts,
    state=st.none() | st.sampled_from(DigestState),
    who=words,
    lang=st.sampled_from(["sv", "en"]),
)
def test_whatever_people_write_calls_nobody_and_fits(titles, cluster, place, lead, state, who, lang):
    some = [
        row(number, section, title=title, cluster=cluster, event=meeting(place=place) if number % 2 else None)
        for section in Section
        for number, title in enumerate(titles, 100 * list(Section).index(section) + 1)
    ]
    edition = preview(some[:40], lead=lead, left_out=some[40:], state=state, decided_by=who)
    assert objections(preview_card(edition, Texts(lang))) == []
    shows(digest_form(edition, Texts(lang)))
    assert all(standing(edition, Texts(lang)))


# -- the form -------------------------------------------------------------------------------------------------------------


def test_the_form_shows_the_lead_the_items_by_section_and_asks_what_stands_first():
    some = [row(1, Section.DEADLINES), row(2, Section.LATER), row(3, Section.LATER), row(5, Section.LATER)]
    view = digest_form(preview(some, lead="Hej", left_out=(row(4, Section.LATER, title="Borttagen"),)), SV)
    shows(view)
    assert (view["callback_id"], view["title"]["text"], view["submit"]["text"]) == ("digest", "Veckobrevet", "Spara")
    assert list(inputs(view)) == ["lead", "in:deadlines:0", "in:later:0", "first:later"]
    later = inputs(view)["in:later:0"]
    assert [option["text"]["text"] for option in later["options"]] == [
        "1. Fältvandring 2", "2. Fältvandring 3", "3. Fältvandring 5", "Borttagen",
    ]  # fmt: skip
    assert [option["value"] for option in later["initial_options"]] == ["2", "3", "5"]
    assert later["options"][0]["description"]["text"] == "tors 26 nov kl. 13.00–15.30"
    shows(waiting_form(SV, WEEK))


def test_sent_in_as_it_stood_it_changes_nothing():
    view = digest_form(preview(rows(30), lead="Se https://vreta.example.se\n\n* ett\n* två", left_out=(row(99),)), SV)
    changes = arranged(sent_in(view))
    assert (changes.week, changes.lead, changes.order, changes.out, changes.back) == (
        WEEK, None, (), frozenset(), frozenset(),
    )  # fmt: skip


def test_what_is_unticked_ticked_moved_and_written_is_what_was_changed():
    some = [row(1, Section.LATER), row(2, Section.LATER), row(3, Section.LATER)]
    view = digest_form(preview(some, lead="Hej", left_out=(row(4, Section.LATER),)), SV)
    changes = arranged(sent_in(view, lead="Ny", in_later_0={2, 3, 4}, first_later="3, 1"))
    assert (changes.lead, changes.out, changes.back) == ("Ny", {1}, {4})
    assert changes.order == (3, 1)
    assert arranged(sent_in(view, lead="")).lead == ""


@pytest.mark.parametrize("written", ["4", "3, 9", "tre", "0", "1,,x 77", "9" * 30])
def test_numbers_that_nothing_has_are_objected_to(written):
    view = digest_form(preview([row(1, Section.LATER), row(2, Section.LATER), row(3, Section.LATER)]), SV)
    said = objections_to_digest(sent_in(view, first_later=written))
    assert said == {"first:later": "Skriv nummer mellan 1 och 3, med komma emellan."}
    assert set(said) <= set(inputs(view))


@pytest.mark.parametrize("written", ["3", "3, 1", "3 1 2", "3;1", " 2 ", ""])
def test_numbers_may_be_written_in_any_way(written):
    view = digest_form(preview([row(1, Section.LATER), row(2, Section.LATER), row(3, Section.LATER)]), EN)
    assert objections_to_digest(sent_in(view, first_later=written)) == {}


@pytest.mark.parametrize("count", [0, 1, 11, MANY])
@pytest.mark.parametrize("title", ENDLESS)
def test_slack_takes_the_form_of_any_number_and_everything_is_in_it(count, title):
    view = digest_form(preview(rows(count, title=title), lead=NASTIEST * 100), SV)
    shows(view)
    offered = {option["value"] for name, element in inputs(view).items() if name.startswith("in:") for option in element["options"]}  # fmt: skip
    assert offered == {str(number + 1) for number in range(count)}


def test_of_more_than_a_form_holds_the_rest_is_on_the_page():
    view = digest_form(preview(rows(2_000)), SV)
    shows(view)
    assert "till står på sidan." in json.dumps(view, ensure_ascii=False)


@settings(max_examples=200 if FULL else 50, deadline=None)
@given(
    view=st.recursive(
        st.none() | st.integers() | st.text(max_size=20) | st.sampled_from([*NASTY, "in:later:0", "first:later", "lead"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
            st.sampled_from(["state", "values", "blocks", "element", "action_id", "options", "initial_options",
                             "selected_options", "value", "lead", "in:later:0", "first:later", "private_metadata"]),
            inner, max_size=5),
        max_leaves=30,
    )
)  # fmt: skip
def test_any_shape_of_a_form_is_read(view):
    given_view = view if isinstance(view, dict) else {"state": view}
    arranged(given_view)
    objections_to_digest(given_view)
