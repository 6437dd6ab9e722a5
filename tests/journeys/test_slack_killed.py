"""kill -9 while something crosses to or from Slack: one card, one item, one mail each, and no answer is lost."""

import asyncio
import random
from collections.abc import Callable

import pytest

from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.town import BY_MAIL, C_INV, C_TIPS, PEOPLE, U_ANNA, U_BO, U_HANNA, Town
from tests.fixtures.village import letter

DAG = "Dag Ågren <dag@agro.example.se>"
CONNECTIONS = 4  # of the program to its mail server: so many letters may be in flight
KILLS = 8 if FULL else 2


def copies(town: Town, words: str, address: str = "dag@agro.example.se") -> int:
    """How many letters with these words somebody got."""
    bodies = (one.message.get_body(("plain",)) for one in town.village.letters_to(address))
    return sum(words in body.get_content() for body in bodies if body is not None)


async def unheard(town: Town, user: str, words: str, thread: str) -> None:
    """Somebody answers while nobody listens, and Slack gives up telling of it."""
    patience, town.slack.ack_within, town.slack.retry_pauses = town.slack.ack_within, 0.05, ()
    await town.slack.person(user).say(C_INV, words, thread=thread)
    await town.slack.delivered()
    assert words in str(town.slack.unacked[-1])
    town.slack.ack_within, town.slack.retry_pauses = patience, (0.0, 60.0)


@pytest.fixture
def town(apart: Town) -> Town:
    """The program is a process of its own here: it is stopped and killed."""
    return apart


@FULL_ONLY
async def test_killed_while_slack_holds_its_answer_back(town: Town):
    """The card stands in Slack and nobody has written down where: it is found again, and so is what was said below it."""
    title = "Inbjudan till fältvandring"
    town.slack.faults.late("chat.postMessage", 30)
    await town.village.mail(letter(DAG, title, "Välkommen till Åkerby.\n"))
    card = await town.card(having=title)
    await until(lambda: {one.recipient for one in town.village.post.letters} >= {"cecilia@gavle.example.se"})
    await town.slack.person(U_BO).say(C_INV, "Sagt innan", thread=card["ts"])
    await town.slack.delivered()
    await town.village.kill()
    await unheard(town, U_HANNA, "Sagt under tiden", card["ts"])
    await town.village.start()
    await town.slack.connected()
    await town.slack.person(U_ANNA).say(C_INV, "Sagt efteråt", thread=card["ts"])
    said = ("Sagt innan", "Sagt under tiden", "Sagt efteråt")
    await until(lambda: all(copies(town, words) for words in said), 20)
    await town.done()
    assert [post["ts"] for post in town.cards()] == [card["ts"]]
    assert [copies(town, words) for words in said] == [1, 1, 1]


async def test_killed_again_and_again_right_after_the_ack(make_town: Callable[..., Town]):
    """What Slack was told that we have is there once, however much of it was done when the power went."""
    town = make_town(more="[limits]\nitems_per_hour = 99\n")
    await town.village.populate(PEOPLE)
    await town.village.start()
    dice = random.Random(3)
    titles = [f"Dag {number} på Åkerby" for number in range(KILLS)]
    for number, title in enumerate(titles):
        await town.slack.connected()
        await town.share(kind="tip", title=title, text="Läs https://vreta.example.se")
        if number == 1:
            card = await town.card(C_TIPS, having=titles[0])
            town.slack.faults.slow("users.info", 1.0)  # whoever it is cannot be known yet
            await town.slack.person(U_BO).say(C_TIPS, "Sagt och bekräftat", thread=card["ts"])
            await town.slack.delivered()
        await asyncio.sleep(dice.random() * 0.08)
        await town.village.kill()
        await town.village.start()
    await town.done()
    items = await town.village.json("items", "list")
    assert sorted(item["title"] for item in items) == titles
    assert [sum(title in post["text"] for post in town.cards(C_TIPS)) for title in titles] == [1] * KILLS
    sent = 0
    for title in titles:
        letters = list(town.village.shares(title))
        assert {one.recipient for one in letters} == BY_MAIL
        assert len({one.message["Message-ID"] for one in letters}) == 1
        sent += len(letters)
    assert sent <= KILLS * (len(BY_MAIL) + CONNECTIONS)  # each kill repeats at most one letter a connection
    assert await town.village.rows("select text from comments") == [("Sagt och bekräftat",)]
    assert len(town.direct(U_ANNA)) == KILLS
    await town.village.stop()
