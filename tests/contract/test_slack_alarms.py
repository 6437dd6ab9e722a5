"""Trouble with one medium is told by the other: of Slack by mail, of mail in Slack."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.watch import tell_desk

SLACK = {"bot_token": "xoxb-1", "channels": {"desk": "redaktion"}}
EDITOR, DESK = "mail:hanna@lrf.example.se", "slack:redaktion"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("slack", {EDITOR}),
        ("slack_in", {EDITOR}),
        ("smtp", {DESK}),
        ("imap", {EDITOR, DESK}),  # mail still goes out when it does not come in
    ],
)
async def test_an_alarm_goes_by_the_medium_that_works(make_reader: Callable[..., Any], part: str, told: set[str]):
    reader = await make_reader(slack=SLACK)
    for _ in range(2):  # however often it comes and goes, once a day
        reader.house.health.down(part, "it does not answer")
        assert await tell_desk(reader.house, part)
        reader.clock.at += timedelta(minutes=5)
        reader.house.health.up(part)
    assert sorted(row.destination for row in await reader.waiting()) == sorted(told)
