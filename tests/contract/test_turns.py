"""Where order matters: one process sends, one delivery at a time to each destination, and nobody overtakes who waits."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update

from bridges.contract import Claim, GiveUp, Receipt, TryLater
from bridges.health import Health
from bridges.relay import Relay
from storage import processes
from storage.columns import database_now
from storage.database import Database
from storage.ids import ContentId, ItemId, ProcessId
from storage.models import Content, Delivery, Held, Inbound, Item, Process
from storage.outbox import claim, enqueue, next_due, retry
from storage.settling import Parked, Retry, Sent, settle
from storage.turns import due_in_turn
from storage.words import ContentKind, DeliveryState, Kind
from tests.fixtures.letters import NOON, content, copies, fill
from tests.fixtures.require import FULL
from tests.fixtures.smtp import eventually

ME = ProcessId("me")
NEWS, TIPS = "C0NEWS", "C0TIPS"
SOON = NOON + timedelta(minutes=1)


async def post(database: Database, key: str, channel: str = NEWS, **about) -> ContentId:
    return await fill(database, [channel], key=key, bridge="slack", now=NOON, **about)


async def taken(database: Database, now: datetime = NOON, limit: int = 50, owner: ProcessId = ME) -> list[Claim]:
    async with database.write() as session:
        return await claim(session, owner, "slack", now, limit, serial=True)


async def due(database: Database, now: datetime = NOON) -> datetime | None:
    async with database.read() as session:
        return await next_due(session, "slack", serial=True, now=now)


async def an_item(database: Database, number: int = 1) -> ItemId:
    async with database.write() as session:
        item = Item(id=number, kind=Kind.TIP, title="Tips", text="Hej", created_at=NOON, updated_at=NOON)
        session.add(item)
    return item.id


async def about_item(
    database: Database, key: str, kind: ContentKind, item_id: ItemId, priority: int = 3, due: datetime = NOON
) -> ContentId:
    said = content(key, kind=kind)
    said.item_id = item_id
    async with database.write() as session:
        await enqueue(session, said, copies([NEWS], bridge="slack", priority=priority, due=due), NOON)
    return said.id


# -- who is first ---------------------------------------------------------------------------------------------------


async def test_one_at_a_time_to_each_destination_in_order(database: Database) -> None:
    first = await post(database, "first")
    second = await post(database, "second")
    other = await post(database, "other", TIPS)
    claims = await taken(database)
    assert [one.content_id for one in claims] == [first, other]
    assert await taken(database) == []
    assert await due(database) is None  # what is held back is not due: nobody looks again and again
    await settle(database, ME, [Sent(claims[0].id)], NOON)
    assert await due(database) == NOON - timedelta(seconds=1)
    assert [one.content_id for one in await taken(database)] == [second]


async def test_one_that_was_tried_and_waits_holds_back_those_behind_it(database: Database) -> None:
    first = await post(database, "first")
    await post(database, "second")
    other = await post(database, "other", TIPS)
    claims = await taken(database)
    await settle(database, ME, [Retry(claims[0].id, "slow down", 1, after=timedelta(minutes=1))], NOON)
    assert await taken(database) == []
    assert await due(database) == SOON
    assert [one.content_id for one in await taken(database, SOON)] == [first]
    assert claims[1].content_id == other


async def test_a_person_who_mended_the_channel_need_not_wait(database: Database) -> None:
    first = await post(database, "first")
    (tried,) = await taken(database)
    await settle(database, ME, [Retry(tried.id, "is_archived", 1, after=timedelta(minutes=10))], NOON)
    await post(database, "second", due=SOON)  # not tried yet: it has its own time
    async with database.write() as session:
        assert await retry(session, None, NOON) == [tried.id]
    assert [one.content_id for one in await taken(database)] == [first]


async def test_one_that_is_given_up_lets_the_next_pass(database: Database) -> None:
    await post(database, "first")
    second = await post(database, "second")
    (first,) = await taken(database)
    await settle(database, ME, [Parked(first.id, "msg_too_long")], NOON)
    assert [one.content_id for one in await taken(database)] == [second]


async def test_the_urgent_goes_first_but_not_past_one_on_its_way(database: Database) -> None:
    (first,) = [await post(database, "first"), *await taken(database)][1:]
    second = await post(database, "second")
    urgent = await post(database, "urgent", priority=1)
    assert await taken(database) == []
    await settle(database, ME, [Sent(first.id)], NOON)
    (now_first,) = await taken(database)
    await settle(database, ME, [Sent(now_first.id)], NOON)
    assert [now_first.content_id, (await taken(database))[0].content_id] == [urgent, second]


async def test_one_whose_time_has_not_come_holds_back_nobody(database: Database) -> None:
    later = await post(database, "later", due=SOON)
    now = await post(database, "now")
    (first,) = await taken(database)
    assert first.content_id == now
    await settle(database, ME, [Sent(first.id)], NOON)
    assert await due(database) == SOON
    assert [one.content_id for one in await taken(database, SOON)] == [later]


async def test_an_answer_waits_for_its_card_and_does_not_hold_it_back(database: Database) -> None:
    item, other = await an_item(database), await an_item(database, 2)
    card = await about_item(database, "item:1:0", ContentKind.ITEM, item, priority=5, due=SOON)
    answer = await about_item(database, "comment:1:0", ContentKind.COMMENT, item, priority=3)
    edit = await about_item(database, "edit:item:1:1", ContentKind.EDIT, item, priority=3)
    elsewhere = await about_item(database, "comment:2:0", ContentKind.COMMENT, other, priority=3)
    order = []
    for _ in range(4):
        assert await due(database, SOON) is not None
        (one,) = await taken(database, SOON)
        order.append(one.content_id)
        await settle(database, ME, [Sent(one.id)], SOON)
    assert order == [elsewhere, card, answer, edit]


async def test_a_decision_waits_for_the_desk_post(database: Database) -> None:
    async with database.write() as session:
        raw = Inbound(source="mail", remote_key="a", raw=b"", size=0, received_at=NOON)
        session.add(raw)
        await session.flush()
        held = Held(inbox_id=raw.id, reason="first_share", created_at=NOON)
        session.add(held)
        await session.flush()
        for key, kind, priority in (("edit:desk:1", ContentKind.EDIT, 1), ("desk:1", ContentKind.DESK, 3)):
            said = content(key, kind=kind)
            said.held_id = held.id
            await enqueue(session, said, copies([NEWS], bridge="slack", priority=priority), NOON)
    kinds = []
    for _ in range(2):
        (one,) = await taken(database)
        kinds.append(one.kind)
        await settle(database, ME, [Sent(one.id)], NOON)
    assert kinds == [ContentKind.DESK, ContentKind.EDIT]


async def test_several_who_claim_at_once_never_have_two_of_one_destination(database: Database) -> None:
    for number in range(6):
        for channel in ("C1", "C2", "C3"):
            await post(database, f"{number}:{channel}", channel)
    order: dict[str, list[int]] = {"C1": [], "C2": [], "C3": []}
    on_way: Counter[str] = Counter()

    async def work(name: str) -> None:
        while sum(map(len, order.values())) < 18:
            for one in await taken(database, owner=ProcessId(name)):
                on_way[one.address] += 1
                assert on_way[one.address] == 1
                order[one.address].append(one.content_id)
                await asyncio.sleep(0)
                on_way[one.address] -= 1
                await settle(database, ProcessId(name), [Sent(one.id)], NOON)

    await asyncio.gather(*(work(f"p{number}") for number in range(4)))
    assert all(ids == sorted(ids) and len(ids) == 6 for ids in order.values())


async def test_a_person_s_retry_keeps_in_mind_that_it_was_tried(database: Database) -> None:
    await post(database, "first")
    (first,) = await taken(database)
    await settle(database, ME, [Parked(first.id, "channel_not_found")], NOON)
    async with database.write() as session:
        await retry(session, None, NOON)
    assert [one.attempts for one in await taken(database)] == [2]


async def test_what_was_sent_long_ago_costs_nothing(sqlite_database: Database) -> None:
    old = await post(sqlite_database, "old", "C0OLD")
    rows = [
        {
            "key": f"old:{number}",
            "content_id": old,
            "kind": ContentKind.NOTICE,
            "destination": f"slack:C{number % 7}",
            "name": "",
            "language": "sv",
            "state": DeliveryState.SENT,
            "priority": 5,
            "attempts": 1,
            "next_at": NOON,
            "created_at": NOON,
            "reason": "",
            "remote_id": "",
        }
        for number in range(200_000 if FULL else 2_000)
    ]
    async with sqlite_database.write() as session:
        await session.execute(insert(Delivery.__table__), rows)
        query = str(due_in_turn("slack", NOON).compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = [row[-1] for row in await session.execute(text("EXPLAIN QUERY PLAN " + query.replace(":", "\\:")))]
    assert any(step.startswith("SEARCH outbox USING INDEX outbox_due") for step in plan)
    assert not any(step.startswith("SCAN outbox") for step in plan)
    began = time.perf_counter()
    assert len(await taken(sqlite_database)) == 1
    assert time.perf_counter() - began < 0.5


# -- the relay ------------------------------------------------------------------------------------------------------


class Board:
    """A road out to a notice board, where order matters."""

    name, part, lines, serial = "slack", "board", 3, True

    def __init__(self) -> None:
        self.put_up: list[tuple[str, int]] = []  # channel, attempts
        self.troubles: list[Exception] = []
        self.holds = asyncio.Event()
        self.holds.set()
        self.trying = 0

    @asynccontextmanager
    async def line(self) -> AsyncIterator["Board"]:
        yield self

    async def send(self, claim: Claim) -> Receipt:
        self.trying += 1
        await self.holds.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        self.put_up.append((claim.address, claim.attempts))
        return Receipt(f"{claim.address}:1")


def relay_to(board: Board, database: Database, me: str = "me") -> Relay:
    def now() -> datetime:
        return datetime.now(UTC)

    return Relay(database, board, ProcessId(me), now, Health(now))


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_next_one_leaves_as_soon_as_the_last_is_written_down(sqlite_database: Database) -> None:
    board = Board()
    for number in range(20):
        await fill(sqlite_database, [NEWS], key=str(number), bridge="slack")
    began = time.monotonic()
    async with running(relay_to(board, sqlite_database)):
        await eventually(lambda: len(board.put_up) == 20)
    assert time.monotonic() - began < 5  # not one a look


@pytest.mark.parametrize(("begun", "attempts"), [(True, 2), (False, 1)])
async def test_an_answer_that_was_lost_counts_as_a_try(sqlite_database: Database, begun: bool, attempts: int) -> None:
    board = Board()
    board.troubles = [TryLater("no answer", everyone=True, begun=begun)]
    await fill(sqlite_database, [NEWS], bridge="slack")
    async with running(relay_to(board, sqlite_database)) as relay:
        await eventually(lambda: len(board.put_up) == 1)
        await eventually(lambda: relay._health.parts["board"].up)
    assert board.put_up == [(NEWS, attempts)]


async def test_told_to_stop_in_the_middle_of_a_post_the_try_counts(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bridges.relay

    monkeypatch.setattr(bridges.relay, "DRAIN", 0.1)  # a constant, for the sake of a quick test
    board = Board()
    board.holds.clear()
    await fill(sqlite_database, [NEWS], bridge="slack")
    async with running(relay_to(board, sqlite_database)):
        await eventually(lambda: board.trying == 1)
    board.holds.set()
    async with running(relay_to(board, sqlite_database)):
        await eventually(lambda: board.put_up == [(NEWS, 2)])


async def test_one_process_sends_and_another_takes_over_when_it_dies(postgres_url: str) -> None:
    database = Database(postgres_url)
    board = Board()
    async with database.write() as session:
        await processes.beat(session, ProcessId("first"))
        assert await processes.hold(session, "send:slack", ProcessId("first"))
    await fill(database, [NEWS], bridge="slack")
    async with running(relay_to(board, database, "second")) as relay:
        await eventually(lambda: relay.seconds["claim"] > 0)
        assert board.trying == 0
        async with database.write() as session:
            dead = update(Process).where(Process.id == "first").values(alive_until=database_now())
            await session.execute(dead)
        await eventually(lambda: board.put_up == [(NEWS, 1)])
    await database.close()


async def test_one_that_can_never_be_put_up_is_parked_and_the_next_follows(sqlite_database: Database) -> None:
    board = Board()
    board.troubles = [GiveUp("invalid_blocks")]
    await fill(sqlite_database, [NEWS], key="first", bridge="slack")
    await fill(sqlite_database, [NEWS], key="second", bridge="slack")
    async with running(relay_to(board, sqlite_database)):
        await eventually(lambda: len(board.put_up) == 1)
    async with sqlite_database.read() as session:
        states = (await session.execute(select(Content.key, Delivery.state).join(Delivery).order_by(Content.id))).all()
    assert [tuple(row) for row in states] == [("first", DeliveryState.PARKED), ("second", DeliveryState.SENT)]
