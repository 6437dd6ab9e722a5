"""The relay between a real ledger and a real mail server: everybody once, whatever fails meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from bridges.contract import GiveUp
from bridges.health import Health
from bridges.mail.send import SmtpBridge
from bridges.mail.smtp import Patience
from bridges.relay import KNOCK, Relay
from storage import processes
from storage.columns import database_now
from storage.database import Database
from storage.ids import ProcessId
from storage.models import Delivery, Process
from storage.outbox import claim, take_back
from storage.words import DeliveryState
from tests.fixtures.letters import PlainLetters, fill
from tests.fixtures.postgres import Postgres, make_tables
from tests.fixtures.require import FULL
from tests.fixtures.smtp import MailServer, eventually

ANNA, BO = "anna@example.se", "bo@example.se"
MANY = [f"m{number}@example.se" for number in range(1000 if FULL else 120)]


def now() -> datetime:
    return datetime.now(UTC)


def relay_to(
    server: MailServer,
    database: Database,
    *,
    lines: int = 3,
    letters: PlainLetters | None = None,
    clock: Callable[[], datetime] = now,
    me: str = "me",
    per_minute: int = 0,
    knock_seconds: float = KNOCK,
) -> Relay:
    health = Health(now)
    health.expect("smtp")
    bridge = SmtpBridge(
        server.server, letters or PlainLetters(), lines, per_minute, health, patience=Patience(connect=2, command=5)
    )
    return Relay(database, bridge, ProcessId(me), clock, health, knock_seconds=knock_seconds)


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def states(database: Database) -> Counter[str]:
    async with database.read() as session:
        return Counter(await session.scalars(select(Delivery.state)))


async def row(database: Database, address: str = ANNA) -> Delivery:
    async with database.read() as session:
        return (await session.scalars(select(Delivery).where(Delivery.destination == f"mail:{address}"))).one()


async def until(database: Database, address: str, state: DeliveryState, seconds: float = 10) -> Delivery:
    deadline = time.monotonic() + seconds
    while (found := await row(database, address)).state is not state:
        assert time.monotonic() < deadline, (found.state, found.reason)
        await asyncio.sleep(0.01)
    return found


async def all_sent(database: Database, count: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while (await states(database))[DeliveryState.SENT] < count:
        assert time.monotonic() < deadline, await states(database)
        await asyncio.sleep(0.01)


# -- the plain road -------------------------------------------------------------------------------------------------


async def test_everybody_gets_it_once(database: Database, mail_server: MailServer) -> None:
    await fill(database, MANY)
    async with running(relay_to(mail_server, database)):
        await all_sent(database, len(MANY))
    assert mail_server.recipients == Counter(MANY)
    found = await row(database, MANY[0])
    assert found.remote_id.startswith("250 ")
    assert found.sent_at is not None
    assert found.owner is None


async def test_what_comes_while_it_rests_leaves_when_poked_and_soon_without(
    database: Database, mail_server: MailServer
) -> None:
    async with running(relay_to(mail_server, database)) as relay:
        await eventually(lambda: relay._health.ready)
        await fill(database, [ANNA])
        relay.poke()
        await mail_server.wait_for(1, seconds=0.9)
        await fill(database, [BO], key="second")
        await mail_server.wait_for(2, seconds=3)


async def test_what_is_due_later_leaves_then_and_not_before(sqlite_database: Database, mail_server: MailServer) -> None:
    due = now() + timedelta(seconds=0.4)
    await fill(sqlite_database, [ANNA], due=due)
    async with running(relay_to(mail_server, sqlite_database)):
        await mail_server.wait_for(1)
    assert now() - due < timedelta(seconds=1)
    assert (await row(sqlite_database)).sent_at >= due


async def test_an_urgent_letter_overtakes_the_many(sqlite_database: Database, mail_server: MailServer) -> None:
    many = [f"m{number}@example.se" for number in range(60)]
    await fill(sqlite_database, many)
    async with running(relay_to(mail_server, sqlite_database, lines=1, per_minute=3000)) as relay:
        await mail_server.wait_for(5)
        await fill(sqlite_database, [ANNA], key="desk", priority=1)
        relay.poke()
        await all_sent(sqlite_database, 61)
    assert [letter.recipient for letter in mail_server.letters].index(ANNA) < 40


# -- one letter's trouble -------------------------------------------------------------------------------------------


async def test_greylisted_waits_refused_is_parked_and_the_others_get_theirs(
    database: Database, mail_server: MailServer
) -> None:
    mail_server.faults.refuse = {"m3@example.se": "450 4.2.0 greylisted", "m4@example.se": "550 5.1.1 unknown"}
    mail_server.faults.refuse_letter = {"m5@example.se": "554 5.7.1 we do not like it"}
    await fill(database, MANY)
    async with running(relay_to(mail_server, database)) as relay:
        await all_sent(database, len(MANY) - 3)
        await until(database, "m5@example.se", DeliveryState.PARKED)
        assert relay._health.ready
    waits = await row(database, "m3@example.se")
    assert (waits.state, waits.attempts, waits.reason) == (DeliveryState.QUEUED, 1, "450 4.2.0 greylisted")
    assert waits.next_at > now() + timedelta(seconds=50)
    unknown = await row(database, "m4@example.se")
    assert (unknown.state, unknown.reason) == (DeliveryState.PARKED, "bounced: 550 5.1.1 unknown")
    disliked = await row(database, "m5@example.se")
    assert (disliked.state, disliked.reason) == (DeliveryState.PARKED, "554 5.7.1 we do not like it")


async def test_a_greylisted_letter_gets_through_when_its_time_comes(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    offset = timedelta()
    mail_server.faults.refuse[ANNA] = "450 4.2.0 greylisted"
    await fill(sqlite_database, [ANNA])
    async with running(relay_to(mail_server, sqlite_database, clock=lambda: now() + offset)):
        await eventually(lambda: bool(mail_server.options))
        await until(sqlite_database, ANNA, DeliveryState.QUEUED)
        mail_server.faults.refuse.clear()
        offset = timedelta(minutes=2)
        assert (await until(sqlite_database, ANNA, DeliveryState.SENT)).attempts == 2


async def test_a_slow_recipient_delays_nobody_else(sqlite_database: Database, mail_server: MailServer) -> None:
    mail_server.faults.slow = {"m0@example.se": 60.0}
    await fill(sqlite_database, MANY)
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await all_sent(sqlite_database, len(MANY) - 1)
        assert relay.settler.done["sent"] == len(MANY) - 1
        mail_server.faults.slow.clear()
        mail_server.hang_up()  # so that the test need not wait for it
    assert mail_server.recipients - Counter(["m0@example.se"]) == Counter(MANY[1:])


async def test_a_letter_that_cannot_be_made_is_parked_and_the_rest_leave(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    letters = PlainLetters()
    letters.unmakeable = {ANNA: GiveUp("the item was erased"), BO: ZeroDivisionError("oops")}
    await fill(sqlite_database, [ANNA, BO, *MANY])
    async with running(relay_to(mail_server, sqlite_database, letters=letters)):
        await all_sent(sqlite_database, len(MANY))
        assert (await until(sqlite_database, ANNA, DeliveryState.PARKED)).reason == "the item was erased"
        assert (await until(sqlite_database, BO, DeliveryState.PARKED)).reason == "unexpected: ZeroDivisionError: oops"


async def test_a_letter_that_cannot_be_read_just_now_waits_and_the_road_stays_open(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    letters = PlainLetters()
    letters.unmakeable = {ANNA: ConnectionRefusedError("no ledger there")}
    await fill(sqlite_database, [ANNA])
    async with running(relay_to(mail_server, sqlite_database, letters=letters)) as relay:
        await eventually(lambda: relay.settler.done["released"] >= 1)
        assert relay._health.parts["smtp"].up
        letters.unmakeable.clear()
        assert (await until(sqlite_database, ANNA, DeliveryState.SENT)).attempts == 1


async def test_a_letter_that_breaks_every_connection_does_not_stop_the_others(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    mail_server.faults.drop_untaken = {"m7@example.se"}
    mail_server.faults.drop_at_rcpt = {"m8@example.se"}
    await fill(sqlite_database, MANY)
    async with running(relay_to(mail_server, sqlite_database)):
        await all_sent(sqlite_database, len(MANY) - 2)
    assert max(mail_server.recipients.values()) == 1


async def test_what_has_waited_five_days_is_for_a_person(sqlite_database: Database, mail_server: MailServer) -> None:
    await fill(sqlite_database, [ANNA], now=now() - timedelta(days=6))
    await fill(sqlite_database, [BO], key="new")
    async with running(relay_to(mail_server, sqlite_database)):
        await mail_server.wait_for(1)
        assert (await until(sqlite_database, ANNA, DeliveryState.PARKED)).reason == "not sent within 5 days"
    assert mail_server.recipients == {BO: 1}


# -- the road is closed ---------------------------------------------------------------------------------------------


async def test_a_server_that_goes_away_and_comes_back_gets_everything_once(
    database: Database, mail_server: MailServer
) -> None:
    await fill(database, MANY)
    async with running(relay_to(mail_server, database, per_minute=12_000)) as relay:
        await mail_server.wait_for(10)
        mail_server.close()
        await eventually(lambda: not relay._health.parts["smtp"].up)
        assert relay._health.parts["smtp"].reason
        mail_server.open()
        await eventually(lambda: relay._health.parts["smtp"].up)
        in_flight = 3  # each line may have been cut off in the middle of one
        await all_sent(database, len(MANY) - in_flight)
    assert set(mail_server.recipients.values()) == {1}
    assert (await states(database))[DeliveryState.PARKED] == 0


async def test_a_closed_road_costs_no_letter_a_try(sqlite_database: Database, mail_server: MailServer) -> None:
    mail_server.close()
    await fill(sqlite_database, MANY[:20])
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await eventually(lambda: relay._health.parts["smtp"].reason not in ("", "starting"))
        mail_server.open()
        await all_sent(sqlite_database, 20)
        async with sqlite_database.read() as session:
            assert set(await session.scalars(select(Delivery.attempts))) == {1}


async def test_a_server_that_is_full_is_tried_with_one_letter_at_a_time(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    mail_server.faults.refuse_sender = "452 4.3.1 insufficient system storage"
    await fill(sqlite_database, MANY[:20])
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await eventually(lambda: "4.3.1" in relay._health.parts["smtp"].reason)
        await eventually(lambda: relay.settler.done["released"] >= 3 + 2)  # one a line at first, then one a trial
        assert not mail_server.letters
        mail_server.faults.refuse_sender = ""
        await all_sent(sqlite_database, 20)
        assert relay._health.ready
    async with sqlite_database.read() as session:
        assert set(await session.scalars(select(Delivery.attempts))) == {1}


async def test_a_server_that_goes_away_is_noticed_though_nothing_is_to_be_sent(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    async with running(relay_to(mail_server, sqlite_database, knock_seconds=0.1)) as relay:
        await eventually(lambda: relay._health.ready)
        mail_server.close()
        await eventually(lambda: not relay._health.ready)
        assert str(mail_server.port) in relay._health.parts["smtp"].reason
        mail_server.open()
        await eventually(lambda: relay._health.ready)
        assert not mail_server.letters


async def test_an_account_that_may_not_send_as_the_list_parks_nobody(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    """Exchange says so before it has a mailbox permission; once it has, everything goes."""
    mail_server.faults.refuse_sender = "550 5.7.60 client does not have permissions to send as this sender"
    await fill(sqlite_database, MANY[:20])
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await eventually(lambda: "5.7.60" in relay._health.parts["smtp"].reason)
        mail_server.faults.refuse_sender = ""
        await all_sent(sqlite_database, 20)
    async with sqlite_database.read() as session:
        assert set(await session.scalars(select(Delivery.state))) == {DeliveryState.SENT}


async def test_one_letter_that_closes_the_road_again_and_again_is_set_behind(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    mail_server.faults.refuse[ANNA] = "452 4.3.1 insufficient system storage"
    await fill(sqlite_database, [ANNA, *MANY[:20]])
    async with running(relay_to(mail_server, sqlite_database, lines=1)):
        await all_sent(sqlite_database, 20)
    assert (await row(sqlite_database)).reason == "452 4.3.1 insufficient system storage"


async def test_nothing_to_send_and_the_road_is_known_to_be_open(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await eventually(lambda: relay._health.parts["smtp"].up)
    mail_server.close()
    async with running(relay_to(mail_server, sqlite_database)) as relay:
        await eventually(lambda: "127.0.0.1" in relay._health.parts["smtp"].reason)


# -- stopping, dying ------------------------------------------------------------------------------------------------


async def test_told_to_stop_it_finishes_what_is_on_its_way_and_gives_the_rest_back(
    database: Database, mail_server: MailServer
) -> None:
    mail_server.faults.slow = dict.fromkeys(MANY, 0.3)
    await fill(database, MANY)
    async with running(relay_to(mail_server, database)):
        await eventually(lambda: len(mail_server.options) >= 3)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    found = await states(database)
    assert found[DeliveryState.SENT] == len(mail_server.letters) >= 3
    assert found == {
        DeliveryState.SENT: len(mail_server.letters),
        DeliveryState.QUEUED: len(MANY) - len(mail_server.letters),
    }
    async with database.read() as session:
        waiting = select(Delivery.attempts).where(Delivery.state == DeliveryState.QUEUED)
        assert set(await session.scalars(waiting)) == {0}
    mail_server.faults.slow.clear()
    async with running(relay_to(mail_server, database)):
        await all_sent(database, len(MANY))
    assert mail_server.recipients == Counter(MANY)


async def test_it_stops_within_ten_seconds_though_a_letter_does_not_end(
    sqlite_database: Database, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bridges.relay

    monkeypatch.setattr(bridges.relay, "DRAIN", 0.2)  # a constant, for the sake of a quick test
    mail_server.faults.slow = {ANNA: 4.0}
    await fill(sqlite_database, [ANNA])
    async with running(relay_to(mail_server, sqlite_database)):
        await eventually(lambda: bool(mail_server.options))
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert (await row(sqlite_database)).state is DeliveryState.QUEUED


async def test_no_line_sends_its_next_letter_before_its_last_is_durable(
    sqlite_database: Database, mail_server: MailServer
) -> None:
    await fill(sqlite_database, MANY)
    blocked = Database(str(sqlite_database.url.set(drivername="sqlite")))
    relay = relay_to(mail_server, sqlite_database)
    async with running(relay):
        await mail_server.wait_for(10)
        async with blocked.write() as session:  # another writer: nothing can be settled meanwhile
            await session.execute(text("SELECT 1"))
            settled = (await states(sqlite_database))[DeliveryState.SENT]
            await eventually(lambda: len(mail_server.letters) >= settled + 3)
            await asyncio.sleep(0.3)
            assert len(mail_server.letters) == settled + 3  # one a line
        await all_sent(sqlite_database, len(MANY))
    await blocked.close()
    assert mail_server.recipients == Counter(MANY)


async def test_of_several_processes_on_one_ledger_one_dies_and_the_others_send_its_share(
    postgres_url: str, mail_server: MailServer
) -> None:
    databases = [Database(postgres_url) for _ in range(3)]
    dead = databases[0]
    await fill(dead, MANY)
    async with dead.write() as session:
        await processes.register(session, ProcessId("dead"), alone=False)
        claimed = await claim(session, ProcessId("dead"), "mail", now(), 20)
        assert len(claimed) == 20
    async with dead.write() as session:
        await session.execute(update(Process).where(Process.id == "dead").values(alive_until=database_now()))
        assert await take_back(session) == 20
    async with (
        running(relay_to(mail_server, databases[1], me="one")),
        running(relay_to(mail_server, databases[2], me="two")),
    ):
        await all_sent(dead, len(MANY))
    assert mail_server.recipients == Counter(MANY)
    for database in databases:
        await database.close()


async def test_who_was_taken_for_dead_sends_no_letter_that_is_another_s_now(
    postgres_url: str, mail_server: MailServer
) -> None:
    database = Database(postgres_url)
    await fill(database, MANY)
    async with running(relay_to(mail_server, database, lines=1, per_minute=6000)) as relay:
        await mail_server.wait_for(3)
        # It froze for a minute, and another has taken what it had claimed.
        async with database.write() as session:
            await session.execute(update(Process).values(alive_until=database_now()))
            claimed = update(Delivery).where(Delivery.state == DeliveryState.SENDING).values(owner=ProcessId("other"))
            taken = set(await session.scalars(claimed.returning(Delivery.destination)))
        relay.settler._alive_at -= 60
        assert len(taken) > 1
        await all_sent(database, len(MANY) - len(taken), seconds=30)
    sent_twice = {f"mail:{letter.recipient}" for letter in mail_server.letters} & taken
    assert len(sent_twice) <= 2  # the one on its way, and the one that was ending
    await database.close()


# -- the ledger is away ---------------------------------------------------------------------------------------------


async def test_a_database_that_goes_away_stops_the_sending_and_loses_nothing(
    own_postgres: Postgres, mail_server: MailServer
) -> None:
    await make_tables(own_postgres.url())
    database = Database(own_postgres.url())
    await fill(database, MANY)
    async with running(relay_to(mail_server, database)) as relay:
        await mail_server.wait_for(10)
        own_postgres.stop()
        await eventually(lambda: not relay._health.parts["database"].up)
        await asyncio.sleep(0.3)
        sent = len(mail_server.letters)
        await asyncio.sleep(0.5)
        assert len(mail_server.letters) == sent
        own_postgres.start()
        await all_sent(database, len(MANY))
        assert relay._health.ready
    assert mail_server.recipients == Counter(MANY)
    await database.close()


@pytest.mark.skipif(not FULL, reason="full scale only: a file is given up for locked after 5 seconds")
async def test_a_locked_file_is_waited_for(sqlite_database: Database, mail_server: MailServer) -> None:
    other = Database(str(sqlite_database.url.set(drivername="sqlite")))
    await fill(sqlite_database, MANY)
    async with running(relay_to(mail_server, sqlite_database, per_minute=6000)) as relay:
        await mail_server.wait_for(5)
        async with other.write() as session:
            await session.execute(text("SELECT 1"))
            await eventually(lambda: not relay._health.parts["database"].up, seconds=12)
        await all_sent(sqlite_database, len(MANY))
        assert relay._health.ready
    assert mail_server.recipients == Counter(MANY)
    await other.close()
