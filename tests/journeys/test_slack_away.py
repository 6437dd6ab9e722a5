"""Slack away, or we from it: the mail goes on, what is for Slack waits and leaves in order, and no answer is lost."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.town import C_INV, U_ANNA, U_BO, U_GRACE, U_HANNA, Town
from tests.fixtures.village import letter

DAG = "Dag Ågren <dag@agro.example.se>"
CECILIA = "Cecilia Ek <cecilia@gavle.example.se>"
AWAY = 20.0 if FULL else 2.0  # seconds


def health(town: Town) -> tuple[int, str]:
    """What /healthz answers, and what it says of Slack."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{town.village.program.port()}/healthz", timeout=10) as answer:
            return answer.status, json.loads(answer.read())["parts"]["slack"]
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["parts"]["slack"]


async def says(town: Town, status: int, slack: str) -> None:
    async def so() -> bool:
        return await asyncio.to_thread(health, town) == (status, slack)

    await until(so, 40)


def read_by(town: Town, address: str, words: str) -> int:
    """How many letters with these words somebody got."""
    bodies = (one.message.get_body(("plain",)) for one in town.village.letters_to(address))
    return sum(words in body.get_content() for body in bodies if body is not None)


async def answer(town: Town, sender: str, to: str, text: str) -> None:
    """Answer a letter of the list by mail."""
    [got] = town.village.letters_to(to)
    await town.village.mail(
        letter(sender, f"Sv: {got.message['Subject']}", text, In_Reply_To=got.message["Message-ID"])
    )


@pytest.fixture
def town(apart: Town) -> Town:
    """The program is a process of its own here: it is stopped and killed."""
    return apart


async def test_slack_goes_away_and_comes_back(town: Town):
    slack = town.slack
    slack.retry_pauses = (0.0,)  # then Slack gives up telling
    await town.village.mail(letter(DAG, "Inbjudan till vårbruk", "Välkomna till Åkerby.\n"))
    card = await town.card(having="vårbruk")
    await town.done()

    await slack.person(U_BO).say(C_INV, "Sagt strax innan", thread=card["ts"])
    slack.faults.away()
    await slack.person(U_HANNA).say(C_INV, "Sagt under tiden", thread=card["ts"])
    await answer(town, CECILIA, "cecilia@gavle.example.se", "Mejlat under tiden, ett.\n")
    await until(lambda: read_by(town, "dag@agro.example.se", "Mejlat under tiden, ett.") == 1, 5)
    await answer(town, "Grace Hill <grace@uni.example.org>", "grace@uni.example.org", "Mejlat under tiden, två.\n")
    await town.village.mail(letter(DAG, "Inbjudan till höstbruk", "Välkomna igen.\n"))
    await until(lambda: len(list(town.village.shares("Inbjudan till höstbruk"))) == 2, 5)  # the mail knows no delay
    await says(town, 503, "down")
    await asyncio.sleep(AWAY)
    assert await town.village.rows("select count(*) from outbox where destination like 'slack:%' and state = 'queued'")

    slack.faults.back()
    await slack.connected(timeout=90)
    await slack.person(U_ANNA).say(C_INV, "Sagt strax efteråt", thread=card["ts"])
    said = ("Sagt strax innan", "Sagt under tiden", "Sagt strax efteråt")
    await until(lambda: all(read_by(town, "dag@agro.example.se", words) for words in said), 60)
    await town.card(having="höstbruk")
    await town.done()
    await says(town, 200, "up")

    assert [read_by(town, "dag@agro.example.se", words) for words in said] == [1, 1, 1]
    assert [read_by(town, "cecilia@gavle.example.se", words) for words in said] == [1, 1, 1]
    assert len(town.cards()) == 2
    told = [post["text"] for post in town.thread(C_INV, card["ts"]) if post.get("bot_id")]
    assert len(told) == 2
    assert ["ett." in told[0], "två." in told[1]] == [True, True]
    assert await town.village.rows("select count(*) from comments") == [(5,)]


@FULL_ONLY
async def test_answers_written_while_nobody_listens(town: Town):
    """The program is stopped; meanwhile people answer in Slack and by mail. At the next start all is there, once."""
    slack = town.slack
    await town.village.mail(letter(DAG, "Inbjudan till vårbruk", "Välkomna till Åkerby.\n"))
    card = await town.card(having="vårbruk")
    await town.done()
    await town.village.stop()

    slack.retry_pauses, slack.ack_within = (), 0.05
    for user, words in ((U_BO, "Först"), (U_GRACE, "Sedan"), (U_ANNA, "Sist")):
        await slack.person(user).say(C_INV, words, thread=card["ts"])
    await slack.delivered()
    assert len(slack.unacked) == 3
    slack.ack_within = 3.0
    slack.faults.slow("apps.connections.open", 1.5)  # the mail is in the thread before what was missed is looked for
    await answer(town, CECILIA, "cecilia@gavle.example.se", "Och ett mejl.\n")

    await town.village.start()
    await until(lambda: sum(read_by(town, "dag@agro.example.se", one) for one in ("Först", "Sedan", "Sist")) >= 3, 20)
    await until(lambda: len(town.thread(C_INV, card["ts"])) == 4, 20)
    await town.done()
    assert [read_by(town, "dag@agro.example.se", one) for one in ("Först", "Sedan", "Sist", "ett mejl")] == [1, 1, 1, 1]
    assert len(town.thread(C_INV, card["ts"])) == 4
    if FULL:  # what was found once is known
        await town.village.stop()
        await town.village.start()
        await town.done()
        assert await town.village.rows("select count(*) from inbox where source = 'slack'") == [(3,)]
