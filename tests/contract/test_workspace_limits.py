"""The workspace takes no message and no view that Slack's own models refuse."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View

from bridges.standins.workspace.blocks import IN_MESSAGES, objections_to_blocks, objections_to_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Ja"), "action_id": "yes", **more}


def option(text: str = "Ett", value: str = "1", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": value, **more}


def asked(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Fält"), "element": {"action_id": "field", **element}, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **more}


CONFIRM = {"title": plain("Säker?"), "text": plain("Det går ut"), "confirm": plain("Ja"), "deny": plain("Nej")}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


#: What Slack takes to the last character, and the least that it does not take.
EDGES: list[tuple[str, Any, Any]] = [
    ("section", section("x" * 3000), section("x" * 3001)),
    ("header", {"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)}),
    ("fields", {"type": "section", "fields": [plain("x")] * 10}, {"type": "section", "fields": [plain("x")] * 11}),
    ("context", {"type": "context", "elements": [plain("x")] * 10}, {"type": "context", "elements": [plain("x")] * 11}),
    (
        "actions",
        actions(*(button(action_id=str(n)) for n in range(25))),
        actions(*(button(action_id=str(n)) for n in range(26))),
    ),
    ("button text", actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76)))),
    ("button value", actions(button(value="x" * 2000)), actions(button(value="x" * 2001))),
    (
        "button url",
        actions(button(url="https://x.se/" + "x" * 2987)),
        actions(button(url="https://x.se/" + "x" * 2988)),
    ),
    ("button style", actions(button(style="danger")), actions(button(style="loud"))),
    ("button name", actions(button(accessibility_label="x" * 75)), actions(button(accessibility_label="x" * 76))),
    ("action_id", actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256))),
    ("block_id", {"type": "divider", "block_id": "x" * 255}, {"type": "divider", "block_id": "x" * 256}),
    ("option text", actions(select(options=[option("x" * 75)])), actions(select(options=[option("x" * 76)]))),
    (
        "option value",
        actions(select(options=[option(value="x" * 150)])),
        actions(select(options=[option(value="x" * 151)])),
    ),
    (
        "options",
        actions(select(options=[option(value=str(n)) for n in range(100)])),
        actions(select(options=[option(value=str(n)) for n in range(101)])),
    ),
    ("placeholder", actions(select(placeholder=plain("x" * 150))), actions(select(placeholder=plain("x" * 151)))),
    (
        "confirm title",
        actions(button(confirm={**CONFIRM, "title": plain("x" * 100)})),
        actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
    ),
    (
        "confirm text",
        actions(button(confirm={**CONFIRM, "text": plain("x" * 300)})),
        actions(button(confirm={**CONFIRM, "text": plain("x" * 301)})),
    ),
    (
        "confirm yes",
        actions(button(confirm={**CONFIRM, "confirm": plain("x" * 30)})),
        actions(button(confirm={**CONFIRM, "confirm": plain("x" * 31)})),
    ),
    (
        "overflow",
        actions({"type": "overflow", "action_id": "o", "options": [option()] * 5}),
        actions({"type": "overflow", "action_id": "o", "options": [option()] * 6}),
    ),
    (
        "label",
        asked({"type": "plain_text_input"}, label=plain("x" * 2000)),
        asked({"type": "plain_text_input"}, label=plain("x" * 2001)),
    ),
    (
        "hint",
        asked({"type": "plain_text_input"}, hint=plain("x" * 2000)),
        asked({"type": "plain_text_input"}, hint=plain("x" * 2001)),
    ),
    (
        "alt text",
        {"type": "image", "image_url": "https://x.se/a", "alt_text": "x" * 2000},
        {"type": "image", "image_url": "https://x.se/a", "alt_text": "x" * 2001},
    ),
    (
        "date",
        asked({"type": "datepicker", "initial_date": "2026-11-22"}),
        asked({"type": "datepicker", "initial_date": "22/11"}),
    ),
    ("unknown block", {"type": "divider"}, {"type": "novelty"}),
]

#: What Slack refuses and its models let pass.
BEYOND: list[tuple[str, Any]] = [
    ("an empty text", section("")),
    ("a field that does not exist", {"type": "divider", "colour": "green"}),
    ("no alt text", {"type": "image", "image_url": "https://x.se/a", "alt_text": ""}),
    ("a choice that is not offered", actions(select(initial_option=option("Två", "2")))),
    ("two actions of one name", actions(button(), button())),
    ("options and groups", actions(select(option_groups=[{"label": plain("A"), "options": [option()]}]))),
    ("a text field outside a form", actions({"type": "plain_text_input", "action_id": "t"})),
    ("a header with markup", {"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
    ("a text longer than its field", asked({"type": "plain_text_input", "max_length": 3, "initial_value": "fyra"})),
    ("a file in a message", asked({"type": "file_input"})),
    ("eleven files", asked({"type": "file_input", "max_files": 11})),
    ("a text of no type", {"type": "section", "text": "Hej"}),
    ("a field of 2,001", {"type": "section", "fields": [plain("x" * 2001)]}),
    ("eleven boxes", asked({"type": "checkboxes", "options": [option()] * 11})),
    ("a time that is none", asked({"type": "datetimepicker", "initial_date_time": 17})),
    ("a long value", asked({"type": "plain_text_input", "initial_value": "x" * 3001})),
]


def slack_takes(block: dict[str, Any]) -> bool:
    try:
        parsed = Block.parse(copy.deepcopy(block))
        if parsed is None:
            return False
        parsed.to_dict()
        for element in [
            *getattr(parsed, "elements", []),
            getattr(parsed, "element", None),
            getattr(parsed, "accessory", None),
        ]:
            if element is not None:
                element.to_dict()
            for one in getattr(element, "options", None) or []:
                Option(**one).to_dict() if isinstance(one, dict) else one.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError):
        return False
    return True


@pytest.mark.parametrize(("taken", "refused"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_the_table_is_that_of_slacks_models(taken: dict[str, Any], refused: dict[str, Any]) -> None:
    assert slack_takes(taken)
    assert objections_to_blocks([taken]) == []
    assert not slack_takes(refused)
    assert objections_to_blocks([refused])


@pytest.mark.parametrize("refused", [one[1] for one in BEYOND], ids=[one[0] for one in BEYOND])
def test_and_stricter_where_slack_is(refused: dict[str, Any]) -> None:
    assert objections_to_blocks([refused])


def view(**more: Any) -> dict[str, Any]:
    made = {
        "type": "modal",
        "title": plain("Dela"),
        "submit": plain("Skicka"),
        "blocks": [asked({"type": "plain_text_input"})],
    }
    return {name: value for name, value in {**made, **more}.items() if value is not None}


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        ({"title": plain("x" * 24)}, {"title": plain("x" * 25)}),
        ({"submit": plain("x" * 24)}, {"submit": plain("x" * 25)}),
        ({"close": plain("x" * 24)}, {"close": plain("x" * 25)}),
        ({"private_metadata": "x" * 3000}, {"private_metadata": "x" * 3001}),
        ({"callback_id": "x" * 255}, {"callback_id": "x" * 256}),
        ({"blocks": [{"type": "divider"}] * 100}, {"blocks": [{"type": "divider"}] * 101}),
        ({}, {"type": "dialogue"}),
    ],
)
def test_views_are_those_of_slacks_models(taken: dict[str, Any], refused: dict[str, Any]) -> None:
    assert objections_to_view(view(**taken)) == []
    View(**view(**taken)).to_dict()
    assert objections_to_view(view(**refused))
    with pytest.raises(SlackObjectFormationError):
        View(**view(**refused)).to_dict()


def test_a_form_needs_a_button_and_a_page_has_none() -> None:
    assert objections_to_view(view(submit=None))
    assert objections_to_view(view(title=None))
    assert objections_to_view(view(), home=True)
    assert objections_to_view({"type": "home", "blocks": [section("Hej")]}, home=True) == []
    assert objections_to_view(view(blocks=[section("x", block_id="a"), section("y", block_id="a")]))
    assert objections_to_view(view(blocks=[{"type": "markdown", "text": "x"}]))


TEXTS = st.text(max_size=60) | st.integers(140, 3100).map("å".__mul__)
BUTTONS = st.builds(
    lambda text, action, value: button(text=plain(text), action_id=action, value=value),
    TEXTS,
    st.text(max_size=260),
    TEXTS,
)
BLOCKS = st.one_of(
    st.builds(section, TEXTS),
    st.builds(lambda text: {"type": "header", "text": plain(text)}, TEXTS),
    st.builds(lambda them: actions(*them), st.lists(BUTTONS, max_size=30)),
    st.builds(
        lambda texts: {"type": "context", "elements": [plain(text) for text in texts]}, st.lists(TEXTS, max_size=12)
    ),
    st.builds(lambda kind: {"type": kind}, st.sampled_from([*IN_MESSAGES, "other"])),
    st.builds(lambda text: asked({"type": "plain_text_input"}, label=plain(text)), TEXTS),
)


@given(BLOCKS)
def test_what_the_workspace_takes_slacks_models_take(block: dict[str, Any]) -> None:
    assert objections_to_blocks([block]) or slack_takes(block)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "text", "blocks", "elements", "element", "options", "title", "section", "accessory"]
                ),
                part | st.sampled_from(["section", "actions", "modal", "input", "mrkdwn", "static_select"]),
                max_size=4,
            )
        ),
    )
)
def test_no_nonsense_makes_it_stumble(nonsense: Any) -> None:
    assert isinstance(objections_to_blocks(nonsense), list)
    assert isinstance(objections_to_view(nonsense), list)
    assert isinstance(objections_to_blocks([nonsense]), list)
