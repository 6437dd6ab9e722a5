"""`brygga check` asks Slack: a workspace in good order, each thing that may be amiss, and Slack not there at all."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import system_clock
from bot.diagnosis import slack, tour
from bot.diagnosis.findings import Finding, Inquiry, Mark, Patience, Report
from bot.settings import Settings
from bridges.slack.manifest import BOT_SCOPES
from bridges.texts import Texts
from tests.fixtures.workspace import C_DESK, C_INV, C_NEWS, C_QUEST, C_TIPS, U_ANNA

ROOT = Path(__file__).parents[2]
CHANNELS = {
    "invitations": C_INV,
    "newsletters": "nyhetsbrev",
    "tips": "#tips",
    "questions": C_QUEST,
    "desk": "redaktion",
}
WROTE_NOTHING = {
    "auth.test",
    "apps.connections.open",
    "conversations.info",
    "conversations.list",
    "users.conversations",
}


def settings(workspace, folder: Path, channels: Mapping[str, str] = CHANNELS, **keys: object) -> Settings:
    values = {
        "api_url": workspace.api_url,
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
        "channels": dict(channels),
    } | keys
    wanted = {name: value for name, value in values.items() if value is not None}
    network = {"public_url": "https://lista.example.se"}
    return Settings(network=network, slack=wanted, folder=folder)  # type: ignore[arg-type]


async def look(wanted: Settings, *, lang: str = "en", answer: float = 5, now=system_clock) -> dict[str, Finding]:
    """What the check says, by the name of each line; no token is ever in it."""
    report = Report()
    inquiry = Inquiry(
        settings=wanted,
        path=wanted.folder / "brygga.toml",
        t=Texts(lang),
        now=now,
        report=report,
        patience=Patience(answer=answer),
    )
    await slack.look(inquiry)
    found = {finding.check: finding for finding in report.findings}
    assert len(found) == len(report.findings), "two lines with one name"
    said = " ".join(f"{finding.says} {finding.do}" for finding in report.findings)
    if wanted.slack:
        for secret in (wanted.slack.bot_token, wanted.slack.app_token, wanted.slack.signing_secret):
            assert secret is None or not secret.get_secret_value() or secret.get_secret_value() not in said
    assert "ticket" not in said
    return found


def wrong(found: dict[str, Finding]) -> set[str]:
    return {name for name, finding in found.items() if finding.mark is not Mark.GOOD}


@pytest.mark.parametrize(
    ("lang", "words"), [("sv", "Brygga är med i #inbjudningar"), ("en", "Brygga is in #inbjudningar")]
)
async def test_all_in_order(workspace, tmp_path, lang, words):
    found = await look(settings(workspace, tmp_path), lang=lang)
    assert wrong(found) == set()
    assert "@brygga" in found["slack.bot_token"].says
    assert "Gröna klustret" in found["slack.bot_token"].says
    assert str(len(BOT_SCOPES)) in found["slack.scopes"].says
    assert words in found["slack.channel.invitations"].says
    assert found["slack.socket"].mark is Mark.GOOD
    assert found["slack.clock"].mark is Mark.GOOD
    assert {call.method for call in workspace.calls} <= WROTE_NOTHING
    assert workspace.sockets == 0, "asked for, not opened"


async def test_without_slack_nothing_is_said(tmp_path):
    assert await look(Settings(folder=tmp_path)) == {}


@pytest.mark.parametrize(
    ("keys", "line", "says", "do"),
    [
        ({"bot_token": ""}, "bot_token", "is not set", "docs/slack.md"),
        ({"bot_token": "xapp-1-A0-2-abc"}, "bot_token", "begins with xapp-", "changed places"),
        ({"bot_token": "xoxp-1-2-abc"}, "bot_token", "begins with xoxp-", "docs/slack.md"),
        ({"bot_token": "xoxb-1-2-other"}, "bot_token", "invalid_auth", "OAuth & Permissions"),
        ({"app_token": "xoxb-1-2-abc"}, "app_token", "begins with xoxb-", "changed places"),
        ({"app_token": "xapp-1-A0-2-other"}, "socket", "invalid_auth", "App-Level Tokens"),
        ({"app_token": None}, "way_in", "nothing comes in", "app_token"),
    ],
)
async def test_tokens_that_are_wrong(workspace, tmp_path, keys, line, says, do):
    finding = (await look(settings(workspace, tmp_path, **keys)))[f"slack.{line}"]
    assert finding.mark is Mark.BAD
    assert says in finding.says
    assert do in finding.do


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth", "a_code_of_tomorrow"])
@pytest.mark.parametrize("lang", ["sv", "en"])
async def test_a_token_that_slack_knows_no_more(workspace, tmp_path, code, lang):
    workspace.revoke(code)
    found = await look(settings(workspace, tmp_path), lang=lang)
    for line in ("slack.bot_token", "slack.socket"):
        assert found[line].mark is Mark.BAD
        assert code in found[line].says
        assert found[line].do


@pytest.mark.parametrize("scope", BOT_SCOPES)
async def test_each_missing_right_is_named_with_what_stops(workspace, tmp_path, scope):
    workspace.scopes = set(BOT_SCOPES) - {scope}
    found = await look(settings(workspace, tmp_path))
    finding = found[f"slack.scope.{scope}"]
    assert finding.mark is Mark.BAD
    assert scope in finding.says
    assert "brygga slack manifest" in finding.do
    assert "slack.scopes" not in found


async def test_rights_that_are_not_used_are_told(workspace, tmp_path):
    workspace.scopes = {*BOT_SCOPES, "users:read.email"}
    found = await look(settings(workspace, tmp_path))
    assert "users:read.email" in found["slack.more_scopes"].says
    assert wrong(found) == set()


async def test_a_private_channel_without_brygga_says_what_to_write(workspace, tmp_path):
    workspace.add_channel("C0STYR", "styrgrupp", private=True, members=[U_ANNA], with_app=False)
    for name in ("styrgrupp", "C0STYR"):
        finding = (await look(settings(workspace, tmp_path, {**CHANNELS, "desk": name})))["slack.channel.desk"]
        assert finding.mark is Mark.BAD
        assert "/invite @brygga" in finding.do


async def test_a_public_channel_without_brygga(workspace, tmp_path):
    workspace.add_channel("C0NY", "nytt", members=[U_ANNA], with_app=False)
    for name in ("nytt", "#nytt", "C0NY"):
        finding = (await look(settings(workspace, tmp_path, {**CHANNELS, "tips": name})))["slack.channel.tips"]
        assert finding.mark is Mark.DOUBT, "Brygga enters it by itself"
        assert finding.do == "Write in #nytt: /invite @brygga"
    workspace.scopes = set(BOT_SCOPES) - {"channels:join"}
    finding = (await look(settings(workspace, tmp_path, {**CHANNELS, "tips": "nytt"})))["slack.channel.tips"]
    assert finding.mark is Mark.BAD


async def test_a_channel_that_is_not_there_archived_open_to_all_or_shared(workspace, tmp_path):
    workspace.add_channel("C0GAMMAL", "gammal", archived=True)
    workspace.add_channel("C0DELAD", "delad", connect=True)
    named = {
        "invitations": "finns-inte",
        "newsletters": "gammal",
        "tips": "delad",
        "questions": "C0INGEN",
        "desk": C_INV,
    }
    found = await look(settings(workspace, tmp_path, named))
    marks = {name.rpartition(".")[2]: finding.mark for name, finding in found.items() if "channel." in name}
    assert marks == {
        "invitations": Mark.BAD,
        "newsletters": Mark.BAD,
        "questions": Mark.BAD,
        "tips": Mark.DOUBT,
        "desk": Mark.DOUBT,
    }
    assert "#finns-inte" in found["slack.channel.invitations"].says
    assert "archived" in found["slack.channel.newsletters"].says
    assert "another organisation" in found["slack.channel.tips"].says
    assert "private" in found["slack.channel.desk"].do


async def test_kinds_may_share_a_channel_and_may_have_none(workspace, tmp_path):
    found = await look(settings(workspace, tmp_path, {"invitations": "tips", "tips": C_TIPS, "newsletters": "tips"}))
    assert "Invitations, newsletters" in found["slack.channel.invitations"].says
    assert wrong(found) == {"slack.channel.questions", "slack.channel.desk"}
    assert {found[name].mark for name in wrong(found)} == {Mark.DOUBT}


async def test_a_channel_is_found_among_many(workspace, tmp_path):
    for number in range(1100):
        workspace.add_channel(f"C1{number:04d}", f"kanal-{number:04d}", with_app=number % 2 == 0)
    workspace.add_channel("C0SIST", "sist", with_app=False)
    found = await look(settings(workspace, tmp_path, {**CHANNELS, "questions": "sist"}))
    assert "#sist" in found["slack.channel.questions"].do


async def test_over_http(workspace, tmp_path):
    keys = {"app_token": None, "signing_secret": workspace.signing_secret}
    found = await look(settings(workspace, tmp_path, **keys))
    assert wrong(found) == set()
    assert "https://lista.example.se/slack/events" in found["slack.http"].says
    assert "slack.socket" not in found
    here = settings(workspace, tmp_path, **keys).model_copy(update={"network": Settings(folder=tmp_path).network})
    assert (await look(here))["slack.http"].mark is Mark.BAD
    swapped = settings(workspace, tmp_path, app_token=None, signing_secret="xapp-1-A0-2-abc")
    assert (await look(swapped))["slack.signing_secret"].mark is Mark.BAD


async def test_the_clock_is_compared_with_slacks(workspace, tmp_path):
    found = await look(settings(workspace, tmp_path), now=lambda: system_clock() + timedelta(minutes=7))
    assert found["slack.clock"].mark is Mark.BAD
    assert "Slack" in found["slack.clock"].says


async def test_slack_away_slow_or_somebody_else(workspace, tmp_path):
    wanted = settings(workspace, tmp_path)
    workspace.faults.fail("auth.test", 503, times=9)
    found = await look(wanted)
    assert found["slack.connect"].mark is Mark.BAD
    assert "503" in found["slack.connect"].says
    assert "slack.scopes" not in found


async def test_slack_that_does_not_answer_is_not_waited_for(workspace, tmp_path):
    workspace.faults.slow("*", 60, times=9)
    loop = asyncio.get_running_loop()
    began = loop.time()
    found = await look(settings(workspace, tmp_path), answer=0.3)
    assert loop.time() - began < 5
    assert {name for name in found if found[name].mark is Mark.BAD} == {"slack.connect", "slack.socket"}
    assert "in time" in found["slack.connect"].says


async def test_slack_not_there(workspace, tmp_path):
    wanted = settings(workspace, tmp_path)
    await workspace.faults.away()
    found = await look(wanted)
    assert {name for name in found if found[name].mark is Mark.BAD} == {"slack.connect", "slack.socket"}
    assert f"127.0.0.1:{workspace.port}" in found["slack.connect"].says
    await workspace.faults.back()


async def test_slack_that_wants_a_pause(workspace, tmp_path):
    workspace.faults.rate_limit("apps.connections.open", 30)
    finding = (await look(settings(workspace, tmp_path)))["slack.socket"]
    assert finding.mark is Mark.DOUBT
    assert "30 seconds" in finding.do


async def test_it_is_a_step_of_the_tour():
    assert slack.look in [step for _, step in tour.STEPS]


async def test_the_command_says_it_all_in_swedish_and_fails_when_something_is_missing(workspace, tmp_path):
    toml = f"""
[network]
public_url = "https://lista.example.se"
[slack]
api_url = "{workspace.api_url}"
bot_token = "{workspace.bot_token}"
app_token = "{workspace.app_token}"
[slack.channels]
invitations = "inbjudningar"
newsletters = "{C_NEWS}"
tips = "tips"
questions = "finns-inte"
desk = "{C_DESK}"
"""
    path = tmp_path / "brygga.toml"
    path.write_text(toml)
    path.chmod(0o600)
    for more in ((), ("--json",)):
        code, out = await brygga(tmp_path, "check", "--timeout", "5", *more)
        assert code == 1
        assert "#finns-inte" in out
        assert workspace.bot_token not in out
        assert workspace.app_token not in out
    lines = [json.loads(line) for line in out.splitlines()]
    missing = [line["check"] for line in lines if line["check"].startswith("slack.") and line["result"] == "missing"]
    assert missing == ["slack.channel.questions"]


async def brygga(folder: Path, *words: str) -> tuple[int, str]:
    """The program as a process of its own, while the workspace answers here."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *words,
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert b"Traceback" not in out
    return process.returncode or 0, out.decode()
