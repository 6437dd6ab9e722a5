"""`brygga slack manifest`: what a coordinator pastes at Slack, as the program prints it."""

import json

import pytest

from bridges.slack.manifest import BOT_SCOPES


def test_it_prints_json_in_the_words_of_the_network(terminal, monkeypatch):
    monkeypatch.setenv("BRYGGA_NETWORK__NAME", "Gröna kluster")
    told = json.loads(terminal("slack", "manifest").out)
    assert told["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert "Gröna kluster" in told["display_information"]["description"]
    assert told["features"]["shortcuts"][0]["name"] == "Dela med klustren"
    monkeypatch.setenv("BRYGGA_NETWORK__LOCALE", "en")
    assert (
        json.loads(terminal("slack", "manifest").out)["features"]["shortcuts"][0]["name"] == "Share with the clusters"
    )


def test_over_http_it_names_the_address_that_slack_comes_to(terminal, monkeypatch):
    monkeypatch.setenv("BRYGGA_NETWORK__PUBLIC_URL", "https://lista.example.se")
    told = json.loads(terminal("slack", "manifest", "--http").out)
    assert told["settings"]["event_subscriptions"]["request_url"] == "https://lista.example.se/slack/events"


@pytest.mark.parametrize("url", ["http://lista.example.se", "http://127.0.0.1:8025"])
def test_slack_comes_to_https_alone(terminal, monkeypatch, url):
    monkeypatch.setenv("BRYGGA_NETWORK__PUBLIC_URL", url)
    assert url in terminal.refused("slack", "manifest", "--http")


def test_a_terminal_without_swedish_letters_loses_none(terminal, monkeypatch):
    monkeypatch.setenv("BRYGGA_NETWORK__NAME", "Gröna kluster")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    told = json.loads(terminal.program("slack", "manifest").stdout)
    assert "Gröna kluster" in told["display_information"]["description"]
