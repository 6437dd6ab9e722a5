"""Told to stop, every task ends, at whatever moment it is told."""

import asyncio
from contextlib import suppress

import pytest

from bot.app import insist_on
from bot.inbox import read_inbox
from tests.fixtures.mailrooms import until
from tests.fixtures.newsroom import Newsroom


@pytest.mark.parametrize("steps", range(6))
async def test_the_inbox_ends_though_something_comes_in_the_same_moment(newsroom: Newsroom, steps: int):
    woken = asyncio.Event()
    reading = asyncio.create_task(read_inbox(newsroom.house, woken))
    await until(lambda: bool(woken._waiters))  # it has looked, and waits
    woken.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    reading.cancel()
    done, _ = await asyncio.wait([reading], timeout=5)
    assert done
    assert reading.cancelled()


async def test_who_has_lost_a_cancellation_is_cancelled_again():
    async def waits() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def leaves() -> None:
        await asyncio.sleep(0)

    deaf, quick = asyncio.create_task(waits()), asyncio.create_task(leaves())
    await asyncio.sleep(0.01)
    deaf.cancel()
    insist_on([deaf, quick], after=0.05)
    await asyncio.wait([deaf, quick], timeout=5)
    assert deaf.cancelled()
    assert not quick.cancelled()
