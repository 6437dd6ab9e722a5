"""What the app did itself is told from what people do; and of what people do, what is kept and what is passed over."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bridges.slack.api import Me
from bridges.slack.arrivals import Alarm, Keep, Opener, Stale, Submission, arrival, raw_of
from bridges.slack.own import is_echo, is_ours
from tests.fixtures.listening import APP_ID, ME, command, event, interaction, message, press, submission

OURS = {"bot_id": ME.bot_id, "username": "Anna Åkesson (Vreta Kluster, via e-post)", "text": "Fältdag"}
THEIRS = {"user": "U1ANNA", "text": "Vi kommer"}


@pytest.mark.parametrize(
    "mark",
    [
        {"bot_id": ME.bot_id},
        {"user": ME.user_id},
        {"app_id": APP_ID},
        {"metadata": {"event_type": "brygga_delivery", "event_payload": {"key": "item-1@lista.example.se"}}},
    ],
)
def test_each_mark_of_ours_is_enough(mark):
    assert is_ours(mark, ME, APP_ID)


@pytest.mark.parametrize(
    "mark",
    [
        {},
        {"bot_id": "B9OTHER", "user": "U9", "app_id": "A9"},
        {"username": "brygga"},
        {"metadata": {"event_type": "task_created"}},
        {"metadata": None, "user": None, "bot_id": ""},
        {"metadata": [], "user": {"id": ME.user_id}},
    ],
)
def test_a_name_or_a_blank_is_not_a_mark(mark):
    assert not is_ours(mark, ME, APP_ID)
    assert not is_ours(mark, Me("", "", "", "", frozenset()), "")


def test_own_posts_and_reactions_are_echoes_and_other_peoples_are_not():
    assert is_echo({"type": "message"} | OURS, ME)
    assert is_echo({"type": "reaction_added", "user": ME.user_id, "item_user": "U1ANNA"}, ME)
    assert not is_echo({"type": "message"} | THEIRS, ME)
    assert not is_echo({"type": "reaction_added", "user": "U1ANNA", "item_user": ME.user_id}, ME)


def test_that_a_post_of_ours_was_deleted_is_news():
    assert not is_echo({"subtype": "message_deleted", "deleted_ts": "1.1", "previous_message": OURS}, ME)
    stone = {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
    assert not is_echo({"subtype": "message_changed", "message": stone, "previous_message": OURS}, ME)


@pytest.mark.parametrize("nested", [OURS, {"user": ME.user_id}, {"bot_id": ME.bot_id, "user": "U1ANNA"}])
def test_that_a_post_of_ours_was_changed_is_an_echo(nested):
    assert is_echo({"subtype": "message_changed", "message": nested}, ME)
    assert is_echo({"subtype": "message_changed", "previous_message": nested}, ME)
    assert not is_echo({"subtype": "message_changed", "message": THEIRS, "previous_message": THEIRS}, ME)


@pytest.mark.parametrize("subtype", [None, "", "file_share", "thread_broadcast", "me_message", "message_deleted"])
def test_what_people_say_is_kept_under_the_id_of_the_event(subtype):
    assert arrival(message(subtype=subtype), ME) == Keep("event:Ev1")


@pytest.mark.parametrize(
    "payload",
    [
        message(subtype="bot_message", user=None, bot_id="B9OTHER"),
        message(subtype="channel_join"),
        message(subtype="channel_topic"),
        message(subtype="message_replied"),
        message(subtype="something Slack thinks of next year"),
        message(bot_id=ME.bot_id, user=None),
        message(channel=""),
        event({"type": "app_mention"}),  # it comes as a message as well
        event({"type": "reaction_added"}),
        event({"type": "app_home_opened", "tab": "messages"}),
        event({"type": "tokens_revoked", "tokens": {"oauth": ["U1ANNA"], "bot": []}}),
        submission(callback_id="another"),
        interaction("view_closed", view={"callback_id": "share"}),
        interaction("shortcut", callback_id="another"),
        interaction("message_action", callback_id="another"),
        interaction("dialog_submission"),
        press("register"),  # a link
        press("mode", view={"type": "modal", "callback_id": "share"}),
        press("edit", trigger_id=""),
        press("approve", actions=[]),
        command(name="/another"),
        {"type": "url_verification", "challenge": "x"},
        {},
    ],
)
def test_the_rest_is_passed_over(payload):
    assert arrival(payload, ME) is None


def test_what_is_kept_has_the_key_of_the_thing():
    assert arrival(submission("V0123"), ME) == Submission("view:V0123")
    assert arrival(press("approve", trigger_id="1.2.3"), ME) == Keep("press:1.2.3")
    assert arrival(event({"type": "app_home_opened", "tab": "home"}, "Ev2"), ME) == Keep("event:Ev2")
    home = {"type": "home", "callback_id": ""}
    assert arrival(press("mode", trigger_id="1.2.4", view=home), ME) == Keep("press:1.2.4")


@pytest.mark.parametrize("odd", ["", None, 7, "x" * 5000, "a\ud83db", "två ord"])
def test_without_a_usable_id_the_content_is_the_key(odd):
    payload = message(text="a") | {"event_id": odd}
    found = arrival(payload, ME)
    assert isinstance(found, Keep)
    assert found == arrival(dict(payload), ME)
    assert found != arrival(message(text="b") | {"event_id": odd}, ME)
    assert found.key.isascii()
    assert len(found.key) < 100


def test_openers_say_all_that_is_needed_to_open():
    given = arrival(command("hjälp"), ME)
    assert given == Opener(
        "command",
        trigger_id=command()["trigger_id"],
        user_id="U1ANNA",
        channel_id="C1INBJUDAN",
        text="hjälp",
        response_url="http://127.0.0.1:9/respond",
    )
    read = arrival(press("read", "42"), ME)
    assert isinstance(read, Opener)
    assert (read.kind, read.value, read.channel_id, read.message) == (
        "read",
        "42",
        "C1INBJUDAN",
        press("read")["message"],
    )
    assert getattr(arrival(press("share"), ME), "kind", "") == "shortcut"
    assert getattr(arrival(interaction("shortcut", callback_id="share"), ME), "kind", "") == "shortcut"
    shared = arrival(interaction("message_action", callback_id="share_message", message=THEIRS), ME)
    assert isinstance(shared, Opener)
    assert (shared.kind, shared.message) == ("message", THEIRS)


@pytest.mark.parametrize(
    "words",
    ["tips https://x.example", "Tip www.vreta.se Bra", "tips Läs https://x.example", "tips vreta.se/vatten bra"],
)
def test_a_command_that_shares_is_kept_under_its_own_key(words):
    assert arrival(command(words), ME) == Keep(f"command:{command()['trigger_id']}")


@pytest.mark.parametrize(
    "words", ["tips", "tips  ", "tips t.ex. detta", "tips https://", "hjälp https://x.example", "tips ."]
)
def test_a_command_without_an_address_shares_nothing(words):
    assert getattr(arrival(command(words), ME), "kind", "") == "command"


def test_news_that_makes_memories_stale_and_news_to_alarm_about():
    assert arrival(event({"type": "user_change", "user": {"id": "U1ANNA"}}), ME) == Stale("U1ANNA")
    assert arrival(event({"type": "channel_rename", "channel": {"id": "C1", "name": "x"}}), ME) == Stale("C1")
    revoked = {"type": "tokens_revoked", "tokens": {"bot": [ME.user_id]}}
    assert arrival(event(revoked), ME) == Alarm("tokens_revoked")
    assert arrival(event({"type": "app_uninstalled"}), ME) == Alarm("app_uninstalled")
    assert arrival({"type": "app_rate_limited", "team_id": "T0NET"}, ME) == Alarm("app_rate_limited")


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(some.sampled_from(["type", "event", "view", "actions", "user", "channel", "trigger_id", "command"]), anything)
def test_any_shape_has_an_answer(name, value):
    for payload in (message(), submission(), press("approve"), press("edit"), command(), {}):
        arrival(payload | {name: value}, ME)
        arrival(payload | {"event": {"type": "message", "channel": "C1"} | {name: value}}, ME)


@given(some.text(some.characters(exclude_categories=())))
def test_what_is_kept_reads_back_as_it_came(text):
    assert json.loads(raw_of({"text": text, "né": [text]})) == {"text": text, "né": [text]}
