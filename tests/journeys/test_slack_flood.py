"""Two hundred things in five seconds, some told twice, some acks lost, a connection closed: each is done once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.fixtures.require import FULL
from tests.fixtures.town import C_INV, PEOPLE, U_ANNA, U_BO, U_GRACE, U_HANNA, Town

ANSWERS, PRESSERS = (140, 30) if FULL else (40, 10)  # each of them presses twice
SECONDS = 5.0 if FULL else 1.5


async def test_everything_at_once(make_town: Callable[..., Town]):
    town = make_town()
    slack = town.slack
    rows = [f"p{n}@agro.example.se,Person {n},agro,reader,sv,digest,,U0P{n}" for n in range(PRESSERS)]
    for n in range(PRESSERS):
        slack.add_person(f"U0P{n}", f"Person {n}", email=f"p{n}@agro.example.se")
        slack.invite(C_INV, f"U0P{n}")
    await town.village.populate(PEOPLE + "\n".join(rows) + "\n")
    await town.village.start()
    await slack.connected()
    starts = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    await town.share(U_GRACE, title="Vårbruk på Åkerby", start=int(starts.timestamp()))
    card = await town.card(having="Vårbruk")
    await town.done()

    slack.faults.redeliver_every, slack.faults.lose_ack_every = 10, 20
    slack.retry_pauses = (0.0, 0.2, 0.5)
    began = time.monotonic()
    doing: set[asyncio.Task[None]] = set()
    pressers = iter(range(PRESSERS))
    for number in range(ANSWERS):
        user = (U_ANNA, U_BO, U_HANNA)[number % 3]
        await slack.person(user).say(C_INV, f"Svar {number}.", thread=card["ts"])
        if number % (ANSWERS // PRESSERS) == 0 and (presser := next(pressers, None)) is not None:
            doing.add(asyncio.create_task(_decide(town, card["ts"], presser)))
        if number == ANSWERS // 2:
            doing.add(asyncio.create_task(slack.faults.disconnect()))
        await asyncio.sleep(max(0.0, began + number * SECONDS / ANSWERS - time.monotonic()))
    await asyncio.gather(*doing)
    await slack.delivered(30)
    slack.faults.redeliver_every = slack.faults.lose_ack_every = 0
    await town.done()

    said = Counter(words for (words,) in await town.village.rows("select text from comments"))
    assert said == {f"Svar {n}.": 1 for n in range(ANSWERS)}
    bodies = (one.message.get_body(("plain",)) for one in town.village.letters_to("grace@uni.example.org"))
    lines = Counter(line for body in bodies if body is not None for line in body.get_content().splitlines())
    assert {line: count for line, count in lines.items() if line.startswith("Svar ")} == said
    yes = len(range(0, PRESSERS, 3))
    counted = await town.village.rows("select answer, count(*) from sign_ups group by answer order by answer")
    assert counted == [("no", PRESSERS - yes), ("yes", yes)]
    assert not slack.unacked
    assert not await town.village.rows("select * from inbox where state in ('new', 'parked')")
    [drawn] = town.cards()
    assert f"{ANSWERS} svar" in str(drawn)
    await town.village.stop()


async def _decide(town: Town, ts: str, number: int) -> None:
    """Waver, then decide; and press again, as people do, when Slack says that it did not work."""
    person = town.slack.person(f"U0P{number}")
    for button in ("rsvp_maybe", "rsvp_no" if number % 3 else "rsvp_yes"):
        while True:
            before = len(person.errors)
            await person.press(C_INV, ts, button)
            if len(person.errors) == before:
                break
            await asyncio.sleep(0.05)
