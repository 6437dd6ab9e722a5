"""The app asks Slack for exactly what it uses: no right too many, none too few, and every event is listened to."""

import ast
import inspect
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import first_settings
from bot.diagnosis.slack_words import stops
from bot.settings import Settings, SlackChannels
from bridges.slack import arrivals, trouble
from bridges.slack.ear import CURES
from bridges.slack.manifest import (
    BOT_SCOPES,
    COMMAND,
    EVENT_SCOPES,
    EVENTS,
    MESSAGE_SHORTCUT,
    METHOD_SCOPES,
    SHORTCUT,
    manifest,
)
from bridges.texts import Texts

ROOT = Path(__file__).parents[2]
#: What Slack's own library knows: chat_postMessage and the rest.
LIBRARY = {
    name
    for name, _ in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction)
    if "_" in name and not name.startswith(("_", "api_call"))
}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in [*ROOT.glob("bridges/slack/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        if path.name != "manifest.py":
            yield path, ast.parse(path.read_text("utf-8"))


def calls() -> dict[str, str]:
    """Every method of the Web API that the code names, and where: `call("chat.postMessage", …)`, `client.views_open(…)`."""
    found: dict[str, str] = {}
    for path, tree in sources():
        listed = {id(word) for node in ast.walk(tree) if isinstance(node, ast.Set) for word in node.elts}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in listed:
                word = node.value
                if word.isascii() and " " not in word and "." in word and word.replace(".", "_") in LIBRARY:
                    found.setdefault(word, f"{path.name}:{node.lineno}")
            elif isinstance(node, ast.Attribute) and node.attr in LIBRARY:
                found.setdefault(node.attr.replace("_", "."), f"{path.name}:{node.lineno}")
    return found


def test_the_rights_are_those_of_the_calls_that_are_made():
    called = calls()
    assert not (unknown := {name: where for name, where in called.items() if name not in METHOD_SCOPES}), unknown
    assert not (unused := METHOD_SCOPES.keys() - called.keys()), f"asked for, and never called: {unused}"


def test_the_events_are_those_that_are_listened_to():
    heard = set(arrivals.STALE) | set(arrivals._EVENTS) - {"message"}
    heard |= {"message.channels", "message.groups", "message.im"}
    assert set(EVENTS) == heard


def test_what_events_bring_is_covered_by_rights_that_calls_want_too_but_for_what_is_written_to_the_app():
    of_calls = {scope for scopes in METHOD_SCOPES.values() for scope in scopes}
    of_events = {scope for scopes in EVENT_SCOPES.values() for scope in scopes}
    assert of_events <= of_calls
    assert set(BOT_SCOPES) == of_calls | {"commands"}


def test_posts_carry_a_name_of_their_own_which_is_a_right_by_itself():
    named = any(
        (isinstance(node, ast.Constant) and node.value == "username")
        or (isinstance(node, ast.keyword) and node.arg == "username")
        for path, tree in sources()
        if path.parent.name == "slack"
        for node in ast.walk(tree)
    )
    assert named == ("chat:write.customize" in BOT_SCOPES)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_check_can_say_what_stops_without_each_right(lang):
    t = Texts(lang)
    sentences = [stops(t, scope) for scope in BOT_SCOPES]
    assert all(sentences)
    assert len(set(sentences)) == len(BOT_SCOPES)


def test_the_page_for_coordinators_knows_every_code_that_they_may_meet():
    page = (ROOT / "docs/slack.md").read_text("utf-8")
    known = trouble._EVERYONE | trouble._WAIT | trouble._PERSON | trouble._NEVER | CURES
    restricted = {code for code in known if code.startswith("restricted_action")}
    assert not {code for code in known if f"`{code}`" not in page} - restricted
    assert {"restricted_action"} <= restricted


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("socket", [True, False])
@pytest.mark.parametrize("network", ["", "Gröna kluster", "Ett nätverk med ett mycket långt namn " * 9])
def test_it_is_within_what_slack_takes(lang, socket, network):
    """The limits are those of docs.slack.dev/reference/app-manifest."""
    told = json.loads(json.dumps(manifest(network, socket=socket, url="https://lista.example.se", lang=lang)))
    shown, features = told["display_information"], told["features"]
    assert len(shown["name"]) <= 35
    assert 0 < len(shown["description"]) <= 140
    for shortcut in features["shortcuts"]:
        assert 0 < len(shortcut["name"]) <= 24
        assert 0 < len(shortcut["description"]) <= 150
    (command,) = features["slash_commands"]
    assert len(command["command"]) <= 32
    assert 0 < len(command["description"]) <= 2000
    assert features["bot_user"]["display_name"].isascii()
    assert features["app_home"]["messages_tab_read_only_enabled"] is False
    assert len(told["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_what_it_names_is_what_is_listened_for():
    features = manifest("N", socket=True, url="")["features"]
    assert features["slash_commands"][0]["command"] == COMMAND == arrivals.COMMAND
    kinds = {shortcut["callback_id"]: shortcut["type"] for shortcut in features["shortcuts"]}
    assert kinds == {SHORTCUT: "global", MESSAGE_SHORTCUT: "message"}
    assert SHORTCUT in arrivals.FORMS
    assert arrivals.MESSAGE_SHORTCUT == MESSAGE_SHORTCUT


def addresses(told: object) -> set[str]:
    """All addresses anywhere in it."""
    if isinstance(told, dict):
        return {address for value in told.values() for address in addresses(value)}
    if isinstance(told, list):
        return {address for value in told for address in addresses(value)}
    return {told} if isinstance(told, str) and "://" in told else set()


def test_only_over_http_has_it_an_address():
    over_socket = manifest("N", socket=True, url="https://lista.example.se")
    assert over_socket["settings"]["socket_mode_enabled"] is True
    assert addresses(over_socket) == set()
    over_http = manifest("N", socket=False, url="https://lista.example.se/")
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert addresses(over_http) == {"https://lista.example.se/slack/events"}
    assert over_http["settings"]["event_subscriptions"]["request_url"]
    assert over_http["settings"]["interactivity"]["request_url"]
    assert over_http["features"]["slash_commands"][0]["url"]


def test_it_speaks_the_language_of_the_network():
    assert manifest("N", socket=True, url="")["features"]["shortcuts"][0]["name"] == "Dela med klustren"
    assert (
        manifest("N", socket=True, url="", lang="en")["features"]["shortcuts"][0]["name"] == "Share with the clusters"
    )


def test_the_part_of_the_first_settings_that_waits_for_an_app_can_be_used_as_it_stands():
    lines = [line.removeprefix("# ") for line in first_settings._slack(Texts("sv")).splitlines()]
    written = tomllib.loads("\n".join(line for line in lines if line.startswith("[") or " = " in line))
    settings = Settings(**written)
    assert settings.slack
    assert settings.slack.channels.desk
    assert set(written["slack"]["channels"]) <= set(SlackChannels.model_fields)
