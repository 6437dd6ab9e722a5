"""How the program ends: politely when asked once, at once when asked twice, and never with a letter half known."""

import asyncio
import signal

from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL_ONLY
from tests.fixtures.village import TAKERS, Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"


async def in_mid_sending(village: Village, seconds: float) -> None:
    """All but Bo have it; his server takes its time."""
    village.post.faults.slow["bo@agro.example.se"] = seconds
    await village.mail(letter(ANNA, "Just när vi stänger", "Hej.\n"))
    await until(lambda: len(list(village.shares("Just när vi stänger"))) == len(TAKERS) - 1, 20)


async def test_sigterm_lets_the_letter_on_its_way_arrive(village: Village):
    await in_mid_sending(village, 2.0)
    assert await village.stop() == 0
    await until(lambda: len(list(village.shares("Just när vi stänger"))) == len(TAKERS), 10)
    assert await village.rows("select count(*) from outbox where state != 'sent'") == [(0,)]
    await village.start()
    await village.settled()
    assert len(list(village.shares("Just när vi stänger"))) == len(TAKERS)


@FULL_ONLY
async def test_a_recipient_slower_than_the_drain_does_not_hold_the_program_up(village: Village):
    await in_mid_sending(village, 60.0)
    assert await village.stop() == 0
    village.post.faults.slow.clear()
    await village.start()
    await until(lambda: len(list(village.shares("Just när vi stänger"))) == len(TAKERS), 20)


async def test_a_second_sigint_ends_at_once(village: Village):
    await in_mid_sending(village, 60.0)
    process = village.program.running.pop()
    process.send_signal(signal.SIGINT)
    await until(lambda: "run.stopping" in village.program.log(), 10)
    process.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(process.wait, 5) == 130  # the drain would take 7 s
    village.post.faults.slow.clear()
    await village.start()
    await until(lambda: len(list(village.shares("Just när vi stänger"))) == len(TAKERS), 20)
