"""The outbox on both databases: each delivery is claimed by one, settled once, and never lost."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.database import Database
from storage.ids import ProcessId
from storage.models import Content, Delivery
from storage.outbox import (
    Planned,
    claim,
    counts,
    drop,
    enqueue,
    give_back,
    list_outbox,
    next_due,
    oldest_seconds,
    park_stale,
    retry,
    take_back,
    withdraw,
)
from storage.processes import register
from storage.settling import BACKOFF, Parked, Released, Retry, Sent, backoff, settle
from storage.words import DeliveryState
from tests.fixtures.letters import NOON, content, copies, fill

ANNA, BO, CILLA = "anna@example.se", "bo@example.se", "cilla@example.se"
ME, OTHER = ProcessId("me"), ProcessId("other")


async def rows(database: Database) -> dict[str, Delivery]:
    async with database.read() as session:
        return {row.destination.removeprefix("mail:"): row for row in await session.scalars(select(Delivery))}


async def claimed(database: Database, owner: ProcessId = ME, limit: int = 200, now=NOON):
    async with database.write() as session:
        return await claim(session, owner, "mail", now, limit)


async def settled(database: Database, *settlements, owner: ProcessId = ME, now=NOON) -> None:
    await settle(database, owner, settlements, now)


async def test_the_same_copy_is_stored_once_however_often_it_is_planned(database: Database) -> None:
    async with database.write() as session:
        assert await enqueue(session, content(), copies([ANNA, BO]), NOON) == 2
    async with database.write() as session:
        assert await enqueue(session, content(), copies([BO, CILLA]), NOON) == 1
    assert sorted(await rows(database)) == [ANNA, BO, CILLA]
    async with database.read() as session:
        assert len((await session.scalars(select(Content))).all()) == 1


async def test_a_content_that_nobody_takes_is_kept_all_the_same(database: Database) -> None:
    async with database.write() as session:
        assert await enqueue(session, content(), [], NOON) == 0
    async with database.read() as session:
        assert (await session.scalars(select(Content.key))).all() == ["notice:test:1"]


async def test_two_who_plan_the_same_notice_at_once_make_one(database: Database) -> None:
    async def plan() -> int:
        async with database.write() as session:
            return await enqueue(session, content(), copies([ANNA]), NOON)

    assert sorted(await asyncio.gather(*(plan() for _ in range(4)))) == [0, 0, 0, 1]


async def test_thousands_of_copies_are_stored_in_one_go(database: Database) -> None:
    async with database.write() as session:
        assert await enqueue(session, content(), copies([f"m{n}@example.se" for n in range(2500)]), NOON) == 2500


async def test_the_urgent_goes_first_then_the_oldest(database: Database) -> None:
    await fill(database, ["digest@x.se"], key="d", priority=9, now=NOON)
    await fill(database, ["later@x.se"], key="b", due=NOON - timedelta(minutes=1), now=NOON)
    await fill(database, ["earlier@x.se"], key="a", due=NOON - timedelta(minutes=2), now=NOON)
    await fill(database, ["desk@x.se"], key="c", priority=1, now=NOON)
    first, *rest = await claimed(database, limit=3)
    assert [first.address, *(one.address for one in rest)] == ["desk@x.se", "earlier@x.se", "later@x.se"]
    assert first.attempts == 1
    assert [one.address for one in await claimed(database)] == ["digest@x.se"]
    assert await claimed(database) == []


async def test_what_is_not_due_and_what_goes_another_road_stays(database: Database) -> None:
    await fill(database, [ANNA], due=NOON + timedelta(minutes=2), now=NOON)
    await fill(database, ["C0123"], key="s", bridge="slack", now=NOON)
    assert await claimed(database) == []
    async with database.read() as session:
        assert await next_due(session, "mail") == NOON + timedelta(minutes=2)
        assert await next_due(session, "pigeon") is None
    assert [one.address for one in await claimed(database, now=NOON + timedelta(minutes=2))] == [ANNA]


async def test_five_who_claim_at_once_never_get_the_same_row(database: Database) -> None:
    await fill(database, [f"m{n}@example.se" for n in range(100)], now=NOON)
    taken: Counter[int] = Counter()

    async def take(name: str) -> None:
        while got := await claimed(database, ProcessId(name), limit=7):
            taken.update(one.id for one in got)

    await asyncio.gather(*(take(f"p{n}") for n in range(5)))
    assert len(taken) == 100
    assert set(taken.values()) == {1}


async def test_each_end_is_written_down(database: Database) -> None:
    await fill(database, [ANNA, BO, CILLA, "disa@example.se"], now=NOON)
    anna, bo, cilla, disa = await claimed(database)
    await settled(
        database,
        Sent(anna.id, "250 2.0.0 queued as\r\n7F"),
        Retry(bo.id, "450 greylisted", bo.attempts),
        Released(cilla.id),
        Parked(disa.id, "bounced: 550 5.1.1 no such user"),
    )
    found = await rows(database)
    assert found[ANNA].state is DeliveryState.SENT
    assert (found[ANNA].sent_at, found[ANNA].remote_id) == (NOON, "250 2.0.0 queued as 7F")
    assert (found[BO].state, found[BO].attempts, found[BO].reason) == (DeliveryState.QUEUED, 1, "450 greylisted")
    assert timedelta(seconds=54) <= found[BO].next_at - NOON <= timedelta(seconds=66)
    assert (found[CILLA].state, found[CILLA].attempts) == (DeliveryState.QUEUED, 0)
    assert found["disa@example.se"].state is DeliveryState.PARKED
    assert {row.owner for row in found.values()} == {None}


async def test_the_other_side_may_say_how_long_to_wait(database: Database) -> None:
    await fill(database, [ANNA], now=NOON)
    (anna,) = await claimed(database)
    await settled(database, Retry(anna.id, "later", anna.attempts, after=timedelta(seconds=7)))
    assert (await rows(database))[ANNA].next_at == NOON + timedelta(seconds=7)


def test_the_waits_grow_and_the_last_repeats() -> None:
    for attempts, minutes in enumerate((*BACKOFF, BACKOFF[-1], BACKOFF[-1]), start=1):
        assert minutes * 0.9 <= backoff(attempts).total_seconds() / 60 <= minutes * 1.1


async def test_after_five_days_of_trying_a_person_decides(database: Database) -> None:
    await fill(database, [ANNA], now=NOON)
    late = NOON + timedelta(days=5, minutes=1)
    (anna,) = await claimed(database, now=late)
    await settled(database, Retry(anna.id, "450 greylisted", anna.attempts), now=late)
    row = (await rows(database))[ANNA]
    assert (row.state, row.reason) == (DeliveryState.PARKED, "given up after 5 days: 450 greylisted")


async def test_a_person_s_retry_is_a_new_beginning(database: Database) -> None:
    await fill(database, [ANNA], now=NOON)
    late = NOON + timedelta(days=9)
    async with database.write() as session:
        assert await park_stale(session, late) == 1
        assert len(await retry(session, None, late)) == 1
        assert await park_stale(session, late + timedelta(days=1)) == 0
    (anna,) = await claimed(database, now=late)
    await settled(database, Retry(anna.id, "450 greylisted", anna.attempts), now=late)
    assert (await rows(database))[ANNA].state is DeliveryState.QUEUED


async def test_a_restored_outbox_parks_what_is_old_and_keeps_the_rest(database: Database) -> None:
    await fill(database, [ANNA], key="old", now=NOON - timedelta(days=6))
    await fill(database, [BO], key="new", now=NOON - timedelta(days=4))
    await fill(database, [CILLA], key="planned", now=NOON - timedelta(days=6), due=NOON + timedelta(days=1))
    async with database.write() as session:
        assert await park_stale(session, NOON) == 1
    assert [one.address for one in await claimed(database)] == [BO]


async def test_what_is_not_ours_any_more_is_left_to_its_new_owner(database: Database) -> None:
    await fill(database, [ANNA, BO], now=NOON)
    anna, bo = await claimed(database)
    async with database.write() as session:
        await session.execute(update(Delivery).values(owner=OTHER))
    await settled(database, Sent(anna.id), Parked(bo.id, "no"))
    assert {row.state for row in (await rows(database)).values()} == {DeliveryState.SENDING}


async def test_sent_is_a_fact_even_when_the_row_was_taken_back_meanwhile(database: Database) -> None:
    await fill(database, [ANNA], now=NOON)
    (anna,) = await claimed(database)
    async with database.write() as session:
        assert await take_back(session) == 1  # nobody ever registered as "me"
    await settled(database, Sent(anna.id))
    assert (await rows(database))[ANNA].state is DeliveryState.SENT


async def test_only_the_dead_lose_what_they_claimed(database: Database) -> None:
    await fill(database, [ANNA, BO], now=NOON)
    async with database.write() as session:
        await register(session, ME, alone=False)
    (anna,) = await claimed(database, ME, limit=1)
    (bo,) = await claimed(database, OTHER, limit=1)
    async with database.write() as session:
        assert await take_back(session) == 1
    found = await rows(database)
    assert (found[anna.address].state, found[anna.address].owner) == (DeliveryState.SENDING, ME)
    assert (found[bo.address].state, found[bo.address].attempts) == (DeliveryState.QUEUED, 1)


async def test_what_was_claimed_and_never_tried_is_given_back(database: Database) -> None:
    await fill(database, [ANNA, BO, CILLA], now=NOON)
    anna, *_ = await claimed(database)
    async with database.write() as session:
        assert await give_back(session, ME, keep=[anna.id]) == 2
    found = await rows(database)
    assert (found[ANNA].state, found[BO].state) == (DeliveryState.SENDING, DeliveryState.QUEUED)
    assert found[BO].attempts == 0


async def test_undo_stops_what_waits_and_counts_what_has_gone(database: Database) -> None:
    wanted = await fill(database, [ANNA, BO, CILLA], key="wanted", now=NOON)
    other = await fill(database, [ANNA], key="other", now=NOON)
    async with database.write() as session:
        gone = await claim(session, ME, "mail", NOON, 2)
    await settle(database, ME, [Sent(gone[0].id)], NOON)
    async with database.write() as session:
        assert await withdraw(session, [wanted]) == (1, 2)
        assert await withdraw(session, []) == (0, 0)
    assert [one.content_id for one in await claimed(database)] == [other]


async def test_people_see_retry_and_drop(database: Database) -> None:
    await fill(database, [ANNA, BO, CILLA], now=NOON)
    anna, bo, cilla = await claimed(database)
    await settled(database, Sent(anna.id), Parked(bo.id, "550 no"), Parked(cilla.id, "550 no"))
    async with database.write() as session:
        assert [row.destination for row in await list_outbox(session)] == [f"mail:{BO}", f"mail:{CILLA}"]
        assert [row.id for row in await list_outbox(session, address="Cilla")] == [cilla.id]
        assert await oldest_seconds(session, NOON) is None
        assert await drop(session, [anna.id, bo.id]) == [bo.id]  # what is sent is sent
        assert await retry(session, [anna.id, bo.id, cilla.id], NOON) == [cilla.id]
        assert await oldest_seconds(session, NOON + timedelta(minutes=3)) == 180
        found = await counts(session)
    assert (found[DeliveryState.SENT], found[DeliveryState.DROPPED], found[DeliveryState.QUEUED]) == (1, 1, 1)
    assert [one.attempts for one in await claimed(database)] == [1]


@pytest.mark.parametrize("said", ["nul\x00byte", "half \ud83d emoji", "x" * 5000, "two\r\nlines"])
async def test_whatever_a_server_says_can_be_written_down(database: Database, said: str) -> None:
    await fill(database, [ANNA], now=NOON)
    (anna,) = await claimed(database)
    await settled(database, Parked(anna.id, said))
    assert (await rows(database))[ANNA].state is DeliveryState.PARKED


async def test_a_destination_may_hold_what_like_takes_for_a_wildcard(database: Database) -> None:
    odd = Planned(
        destination=copies(["a_b%c@x.se"])[0].destination,
        member_id=None,
        name='"; DROP',
        language="sv",
        next_at=NOON,
        priority=5,
    )
    async with database.write() as session:
        await enqueue(session, content(), [odd, *copies(["axbyc@x.se"])], NOON)
        assert [row.name for row in await list_outbox(session, address="a_b%c")] == ['"; DROP']
