"""The ear hears everything once, notices when it has gone deaf, and catches up on what it missed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from bridges.health import Health
from bridges.slack.api import Me, SlackApi
from bridges.slack.ear import PART, Ear, Patience, learn_me
from bridges.slack.repair import ThreadSeen, repair
from bridges.slack.sockets import Socket
from bridges.standins.workspace import Workspace
from storage.database import Database
from tests.fixtures.listening import InboxDoors, locked

#: A patient ear would make the tests slow.
QUICK = Patience(ping=0.2, look=0.02, quiet=30, connect=2, settled=0.05, steps=(0.02, 0.05))


class Listening:
    """Ears of one program, or of several that share a database."""

    def __init__(self, workspace: Workspace, database: Database) -> None:
        self.workspace = workspace
        self.database = database
        self.health = Health(lambda: datetime.now(UTC))
        self.api = SlackApi(workspace.bot_token, workspace.api_url)
        self.doors: list[InboxDoors] = []
        self.silences = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def on_silence(self) -> None:
        self.silences += 1

    def listen(self, *, token: str = "", patience: Patience = QUICK, on_silence: Any = None) -> InboxDoors:
        """One more ear begins to listen."""
        doors = InboxDoors(self.database, self.api)
        token = token or self.workspace.app_token
        ear = Ear(self.api, token, doors, None, self.health, on_silence or self.on_silence, patience=patience)
        self._tasks.append(asyncio.create_task(ear.run()))
        self.doors.append(doors)
        return doors

    async def said(self) -> Counter[str]:
        """The texts in the inbox."""
        kept = await self.doors[0].kept()
        return Counter(payload["event"]["text"] for payload in kept.values() if "text" in payload.get("event", {}))

    async def stop(self) -> float:
        """All ears stop; how long it took."""
        began = time.monotonic()
        for task in self._tasks:
            task.cancel()
        ends = await asyncio.gather(*self._tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
        self._tasks.clear()
        return time.monotonic() - began


@pytest.fixture
async def listening(workspace: Workspace, sqlite_database: Database) -> AsyncIterator[Listening]:
    workspace.add_person("U1ANNA", "Anna Åkesson")
    workspace.add_channel("C1INBJUDAN", "inbjudningar", members=["U1ANNA"])
    workspace.retry_pauses = (0.05,) * 20
    listening = Listening(workspace, sqlite_database)
    yield listening
    await listening.stop()
    await listening.api.close()


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  what is waited for happens in the program, which knows of no test
            await asyncio.sleep(0.005)


def down(listening: Listening) -> str:
    part = listening.health.parts.get(PART)
    return "" if part is None or part.up else part.reason


# -- hears everything, once -------------------------------------------------------------------------------------------------


async def test_what_is_not_stored_comes_again_and_is_kept_once(workspace, listening):
    doors = listening.listen()
    await workspace.connected()
    workspace.ack_within, doors.refusing = 0.3, 2
    await workspace.person("U1ANNA").say("C1INBJUDAN", "Vi kommer")
    await workspace.delivered()
    assert len(doors.tries) == 3
    assert await listening.said() == {"Vi kommer": 1}
    assert workspace.unacked == []


async def test_two_hundred_messages_over_three_sockets_with_everything_going_wrong(workspace, listening):
    for _ in range(3):
        listening.listen()
    await workspace.connected(3)
    workspace.ack_within = 1.0
    workspace.faults.redeliver_every, workspace.faults.lose_ack_every = 10, 20
    anna = workspace.person("U1ANNA")
    for number in range(200):
        await anna.say("C1INBJUDAN", f"Svar {number}")
        if number == 100:
            await workspace.faults.disconnect()
        if number % 20 == 0:
            await asyncio.sleep(0)
    await workspace.delivered(30)
    assert await listening.said() == {f"Svar {number}": 1 for number in range(200)}
    assert workspace.unacked == []
    tries = [len(doors.tries) for doors in listening.doors]
    assert sum(tries) > 200
    assert all(tries)


async def test_a_command_opens_its_form_though_the_database_is_locked(workspace, listening):
    doors = listening.listen()
    await workspace.connected()
    anna = workspace.person("U1ANNA")
    async with locked(listening.database):
        assert await anna.command("/brygga", channel="C1INBJUDAN") is not None
        await until(lambda: doors.opened)
    assert [call.method for call in workspace.calls].count("views.open") == 1
    assert anna.errors == []


# -- never deaf -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pongs", [True, False])
async def test_a_deaf_socket_is_left_for_another(workspace, listening, pongs):
    quiet = Patience(ping=0.2, look=0.02, quiet=0.5, connect=2, settled=0.05, steps=(0.02,))
    listening.listen(patience=quiet if pongs else QUICK)
    await workspace.connected()
    await until(lambda: listening.silences == 1)
    workspace.faults.deaf(True, pongs=pongs)
    workspace.ack_within = 0.3
    await workspace.person("U1ANNA").say("C1INBJUDAN", "Hör du?")
    await workspace.delivered()
    assert await listening.said() == {"Hör du?": 1}
    assert listening.silences >= 2


async def test_slack_asks_to_connect_anew_and_nothing_is_missed(workspace, listening):
    listening.listen()
    await workspace.connected()
    await until(lambda: listening.silences == 1)
    await workspace.faults.disconnect(frame=True, reason="warning")
    await workspace.connected()
    await workspace.person("U1ANNA").say("C1INBJUDAN", "Fortfarande där?")
    await workspace.delivered()
    assert await listening.said() == {"Fortfarande där?": 1}


async def test_slack_away_is_told_and_heard_again_when_it_is_back(workspace, listening):
    listening.listen()
    await workspace.connected()
    await workspace.faults.away()
    await until(lambda: "not reached" in down(listening))
    await workspace.faults.back()
    await workspace.connected()
    await until(lambda: not down(listening) and listening.silences == 2)


async def test_slack_is_away_at_the_start(workspace, listening):
    await workspace.faults.away()
    listening.listen()
    await until(lambda: "not reached" in down(listening))
    await workspace.faults.back()
    await workspace.connected()
    await until(lambda: not down(listening))


async def test_a_wrong_token_is_told_with_what_to_do_and_not_tried_in_a_hurry(workspace, listening):
    listening.listen(token=workspace.bot_token, patience=Patience(steps=(0.01, 60)))
    await until(lambda: "app_token begins with xapp-" in down(listening))
    tried = [call.method for call in workspace.calls].count("apps.connections.open")
    await asyncio.sleep(0.2)
    assert tried == [call.method for call in workspace.calls].count("apps.connections.open") == 1


async def test_socket_mode_turned_off_is_told_with_what_to_do(workspace, listening):
    listening.listen(patience=Patience(steps=(60,)))
    await workspace.connected()
    await workspace.faults.disconnect(frame=True, reason="link_disabled")
    await until(lambda: "Socket Mode is turned off" in down(listening))


async def test_a_rationed_connection_waits_as_long_as_slack_says(workspace, listening):
    workspace.faults.rate_limit("apps.connections.open", 1)
    began = time.monotonic()
    listening.listen()
    await until(lambda: "wait 1 s" in down(listening))
    await workspace.connected()
    assert time.monotonic() - began >= 1


async def test_a_short_lived_connection_is_not_replaced_in_a_hurry(workspace, listening):
    listening.listen(patience=Patience(look=0.02, settled=60, steps=(0.01, 0.05, 60)))
    for _ in range(2):
        await workspace.connected()
        await workspace.faults.disconnect()
    await workspace.connected()
    await workspace.faults.disconnect(reason="too_many_websockets")
    await until(lambda: "too many processes listen" in down(listening))
    assert [call.method for call in workspace.calls].count("apps.connections.open") == 3


async def test_it_stops_within_two_seconds_with_work_under_way_and_leaves_nothing(workspace, listening):
    async def long_repair() -> None:
        await asyncio.sleep(60)

    before = asyncio.all_tasks()
    doors = listening.listen(on_silence=long_repair)
    await workspace.connected()
    async with locked(listening.database):
        await workspace.person("U1ANNA").say("C1INBJUDAN", "Väntar")
        await until(lambda: doors.tries)
        workspace.faults.deaf(True)
        assert await listening.stop() < 2
    ours = {task for task in asyncio.all_tasks() - before if "standins" not in repr(task) and not task.done()}
    assert [task for task in ours if "bridges/slack" in repr(task) or "slack_sdk" in repr(task)] == []


async def test_a_socket_that_does_not_open_says_so_at_once(workspace, listening):
    async def take(payload: Any, headers: Any) -> Any:
        raise AssertionError

    socket = Socket(listening.api.client, workspace.app_token, take, 10)
    began = time.monotonic()
    with pytest.raises(Exception, match="does not open: WSServerHandshakeError"):
        await socket.connect(f"ws://127.0.0.1:{workspace.port}/link/?ticket=used", 5)
    assert time.monotonic() - began < 1


# -- who we are ---------------------------------------------------------------------------------------------------------------


async def test_who_we_are_is_asked_until_slack_says(workspace, listening):
    await workspace.faults.away()
    workspace.faults.fail("auth.test", "internal_error")
    asking = asyncio.create_task(learn_me(listening.api, listening.health, steps=(0.01, 0.01)))
    await until(lambda: "not reached" in down(listening))
    await workspace.faults.back()
    me = await asyncio.wait_for(asking, 10)
    assert (me.user_id, me.bot_id) == (workspace.bot_user, workspace.bot_id)
    assert "internal_error" in down(listening)


# -- catching up --------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def me(listening: Listening) -> Me:
    return await listening.api.whoami()


async def thread_of(listening: Listening, answers: Sequence[str]) -> tuple[str, list[str]]:
    """A card of ours with answers of Anna's."""
    card = await listening.api.call("chat.postMessage", channel="C1INBJUDAN", text="Fältdag")
    anna = listening.workspace.person("U1ANNA")
    return card["ts"], [await anna.say("C1INBJUDAN", text, thread=card["ts"]) for text in answers]


async def test_what_was_answered_during_a_silence_is_kept(workspace, listening, me):
    workspace.pace = 0
    ts, answers = await thread_of(listening, ["hört", *(f"missat {number}" for number in range(120))])
    await listening.api.call("chat.postMessage", channel="C1INBJUDAN", text="eget", thread_ts=ts)
    doors = InboxDoors(listening.database)
    listening.doors.append(doors)
    seen = ThreadSeen("C1INBJUDAN", ts, answers[0])
    assert await repair(listening.api, [seen], doors.keep, me) == 120
    assert await repair(listening.api, [seen], doors.keep, me) == 120  # the same ones, which are one each
    assert await listening.said() == {f"missat {number}": 1 for number in range(120)}
    kept = await doors.kept()
    key = f"history:C1INBJUDAN:{answers[1]}"
    assert next(iter(kept)) == key
    event = kept[key]["event"]
    assert (event["type"], event["channel"], event["thread_ts"], event["user"]) == (
        "message",
        "C1INBJUDAN",
        ts,
        "U1ANNA",
    )


async def test_a_thread_that_cannot_be_read_does_not_stop_the_others(workspace, listening, me):
    workspace.pace = 0
    ts, _ = await thread_of(listening, ["missat"])
    doors = InboxDoors(listening.database)
    gone = [ThreadSeen("C0BORTA", "1.1", "1.1"), ThreadSeen("C1INBJUDAN", "1763800000.000001", "1763800000.000001")]
    assert await repair(listening.api, [*gone, ThreadSeen("C1INBJUDAN", ts, ts)], doors.keep, me) == 1


async def test_catching_up_waits_as_told_and_gives_up_when_slack_is_away(workspace, listening, me):
    workspace.pace = 0
    ts, _ = await thread_of(listening, ["missat"])
    doors = InboxDoors(listening.database)
    seen = ThreadSeen("C1INBJUDAN", ts, ts)
    workspace.faults.rate_limit("conversations.replies", 2.5)
    began = time.monotonic()
    assert await repair(listening.api, [seen], doors.keep, me) == 1
    assert time.monotonic() - began >= 2.5
    workspace.faults.rate_limit("conversations.replies", 3600)
    assert await repair(listening.api, [seen] * 3, doors.keep, me) == 0
    await workspace.faults.away()
    assert await repair(listening.api, [seen] * 40, doors.keep, me) == 0


async def test_at_most_forty_threads_and_five_pages_are_looked_at(workspace, listening, me):
    workspace.pace = 0
    ts, _ = await thread_of(listening, [f"svar {number}" for number in range(520)])
    doors = InboxDoors(listening.database)
    workspace.calls.clear()
    threads = [ThreadSeen("C1INBJUDAN", ts, ts), *(ThreadSeen("C0BORTA", f"{n}.1", "1.1") for n in range(60))]
    kept = await repair(listening.api, threads, doors.keep, me)
    assert 400 < kept <= 500
    assert [call.method for call in workspace.calls].count("conversations.replies") == 5 + 39
