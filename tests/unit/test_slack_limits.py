"""What Slack would refuse is found before it is sent; slack_sdk's own models say the same of the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View

from bridges.slack.drawing import limits
from bridges.slack.drawing.limits import fit, objections_to_message, objections_to_view, weight
from bridges.slack.drawing.pieces import (
    actions,
    address,
    button,
    confirm,
    context,
    header,
    link,
    link_button,
    plain,
    section,
)
from bridges.standins.workspace.blocks import objections_to_blocks


def plain_text(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "a" * length}


def mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "a" * length}


def option(words: int = 5, value: int = 5) -> dict[str, Any]:
    return {"text": plain_text(words), "value": "v" * value}


def element(**changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain_text(5)} | changes


def confirmed(**changes: Any) -> dict[str, Any]:
    asked = {"title": plain_text(9), "text": plain_text(9), "confirm": plain_text(9), "deny": plain_text(9)}
    return element(confirm=asked | changes)


def row(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "label": plain_text(5),
        "element": {"type": "plain_text_input", "action_id": "a"} | changes,
    }


#: Blocks on either side of each limit: what is taken, and what is not.
EDGES = [
    ({"type": "section", "text": mrkdwn(3_000)}, {"type": "section", "text": mrkdwn(3_001)}),
    ({"type": "section", "fields": [mrkdwn(2_000)] * 10}, {"type": "section", "fields": [mrkdwn(2)] * 11}),
    ({"type": "header", "text": plain_text(150)}, {"type": "header", "text": plain_text(151)}),
    ({"type": "context", "elements": [mrkdwn(9)] * 10}, {"type": "context", "elements": [mrkdwn(9)] * 11}),
    (row(*(element(action_id=f"a{n}") for n in range(25))), row(*(element(action_id=f"a{n}") for n in range(26)))),
    (row(element(text=plain_text(75))), row(element(text=plain_text(76)))),
    (row(element(value="v" * 2_000)), row(element(value="v" * 2_001))),
    (row(element(url="https://x.se/" + "a" * 2_987)), row(element(url="https://x.se/" + "a" * 2_988))),
    (row(element(accessibility_label="a" * 75)), row(element(accessibility_label="a" * 76))),
    (row(element(action_id="a" * 255)), row(element(action_id="a" * 256))),
    (row(confirmed(title=plain_text(100))), row(confirmed(title=plain_text(101)))),
    (row(confirmed(text=plain_text(300))), row(confirmed(text=plain_text(301)))),
    (row(confirmed(deny=plain_text(30))), row(confirmed(deny=plain_text(31)))),
    (row({"type": "overflow", "options": [option()] * 5}), row({"type": "overflow", "options": [option()] * 6})),
    ({"type": "divider", "block_id": "b" * 255}, {"type": "divider", "block_id": "b" * 256}),
]  # fmt: skip
#: What slack_sdk lets pass, and Slack does not.
REFUSED = [
    row(element(), element()),
    row(element(style="loud")),
    row(element(url="javascript:alert(1)")),
    row(),
    row({"type": "static_select", "options": [option()], "initial_option": option(6)}),
    row({"type": "static_select", "options": [option(76)]}),
    row({"type": "static_select", "options": [option(5, 151)]}),
    row({"type": "file_input", "action_id": "f"}),
    {"type": "section", "text": mrkdwn(0)},
    {"type": "section", "text": {"type": "plain_text", "text": "a", "verbatim": True}},
    {"type": "header", "text": mrkdwn(3)},
    {"type": "poem", "text": "a"},
    {"type": "section"},
    {"type": "image", "image_url": "https://x.se/a.png"},
    asked(),
]


def sdk_takes(block: dict[str, Any]) -> bool:
    try:
        SdkBlock.parse(json.loads(json.dumps(block))).to_dict()
    except SlackObjectFormationError:
        return False
    return True


@pytest.mark.parametrize(("taken", "refused"), EDGES)
def test_limits_are_where_slack_has_them(taken, refused):
    assert [error for error in objections_to_message("a", [taken]) if "in all" not in error] == []
    assert objections_to_message("a", [refused])
    assert objections_to_blocks([taken]) == []
    assert objections_to_blocks([refused])
    assert sdk_takes(taken)
    assert not sdk_takes(refused)


@pytest.mark.parametrize("block", REFUSED)
def test_what_only_slack_itself_refuses_is_known_too(block):
    assert objections_to_message("a", [block])
    assert block["type"] == "input" or objections_to_blocks([block])  # Slack takes fields in posts; we put none there


def test_a_whole_message_has_limits_as_well():
    small = {"type": "divider"}
    assert objections_to_message("a" * 4_000, [small] * 50) == []
    assert objections_to_message("a" * 4_001, [])
    assert objections_to_message(" ", [small])
    assert objections_to_message("a", [small] * 51)
    assert objections_to_message("a", [section("a" * 2_990)] * 5)
    assert objections_to_message("a", [small | {"block_id": "b"}] * 2)


VIEW = {
    "type": "modal",
    "callback_id": "share",
    "title": plain_text(24),
    "submit": plain_text(24),
    "close": plain_text(24),
    "blocks": [asked()],
}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": plain_text(25)},
        {"submit": plain_text(25)},
        {"private_metadata": "m" * 3_001},
        {"callback_id": "c" * 256},
        {"blocks": [{"type": "divider"}] * 101},
        {"type": "window"},
        {"blocks": [asked(max_length=3_001)]},
        {"blocks": [asked(initial_value="a" * 11, max_length=10)]},
        {"blocks": [asked(type="file_input", max_files=11)]},
        {"blocks": [asked(placeholder=plain_text(151))]},
        {"blocks": None},
    ],
)
def test_a_view_has_limits(changes):
    assert objections_to_view(VIEW | {"private_metadata": "m" * 3_000}) == []
    assert objections_to_view(VIEW | changes)


def test_a_view_with_fields_needs_a_button_and_a_page_of_the_app_does_not():
    assert objections_to_view({name: part for name, part in VIEW.items() if name != "submit"})
    assert objections_to_view({"type": "home", "blocks": [section("Hej")]}) == []


def test_the_views_of_slack_sdk_are_as_strict():
    View(**VIEW).validate_json()
    with pytest.raises(SlackObjectFormationError):
        View(**(VIEW | {"title": plain_text(25)})).validate_json()


@given(
    st.lists(
        st.sampled_from(
            [header("H"), context("k"), section("a" * 2_900), section("b"), actions(button("a", "A", "", 1))]
        ),
        max_size=80,
    )
)
def test_what_must_be_left_out_is_text_first_and_from_the_end(blocks):
    kept = fit(blocks)
    assert len(kept) <= limits.MESSAGE_BLOCKS
    assert weight(kept) <= limits.MESSAGE_JSON
    remaining = iter(blocks)
    assert all(any(block is other for other in remaining) for block in kept)
    if (
        sum(block["type"] != "section" for block in blocks) <= limits.MESSAGE_BLOCKS
        and weight([b for b in blocks if b["type"] != "section"]) < limits.MESSAGE_JSON
    ):
        assert [block for block in kept if block["type"] != "section"] == [b for b in blocks if b["type"] != "section"]


# -- pieces -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.se/a b|c>d?q=å#<", "https://x.se/a%20b%7Cc%3Ed?q=%C3%A5#%3C"),
        ("HTTPS://Å.se:8443/x%20y", "https://xn--5ca.se:8443/x%20y"),
        ("mailto:a@b.se", "mailto:a@b.se"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://x.se:99|99/", ""),
        ("/i/12", ""),
        ("", ""),
    ],
)
def test_only_addresses_that_open_safely_are_links(url, expected):
    assert address(url) == expected


def test_a_link_keeps_its_words_where_it_leads_nowhere():
    assert link("https://x.se/?a=1&b=2", "A | B <C>") == "<https://x.se/?a=1&amp;b=2|A ¦ B &lt;C&gt;>"
    assert link("javascript:alert(1)", "Anmäl dig") == "Anmäl dig"
    assert link("https://x.se/" + "a" * 3_000, "Anmäl dig") == "Anmäl dig"


@given(st.text(max_size=200), st.text(max_size=200))
def test_buttons_and_questions_hold_any_words(text, about):
    sure = confirm(plain(text, 90) or "?", about or "?", "Ja", "Nej")
    made = actions(
        button("a", text or "A", about, 1, confirm=sure), link_button("b", text or "A", about, "https://x.se")
    )
    found = objections_to_message("a", [made])
    assert [error for error in found if not error.endswith("empty")] == []
