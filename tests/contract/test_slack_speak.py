"""From the ledger to a strict workspace: each post once, in order, at Slack's pace, and what is said when it cannot be."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bridges.contract import TryLater
from bridges.slack.api import Away
from bridges.standins.workspace import Workspace
from storage.database import Database
from storage.ids import ProcessId
from storage.models import Content, Post
from storage.outbox import claim, take_back, withdraw
from storage.processes import register, retire
from storage.words import ContentKind, DeliveryState
from tests.fixtures.smtp import eventually
from tests.fixtures.speaking import Speaking, now
from tests.fixtures.workspace import C_DESK, C_INV, C_NEWS, U_ANNA


@pytest.fixture
def speaking(sqlite_database: Database, workspace: Workspace) -> Speaking:
    workspace.pace = 0
    return Speaking(sqlite_database, workspace)


async def mapped(database: Database) -> list[tuple[str, int | None]]:
    async with database.read() as session:
        rows = await session.execute(
            select(Post.remote_id, Post.comment_id).where(Post.bridge == "slack").order_by(Post.id)
        )
        return [tuple(row) for row in rows]


# -- the plain road -------------------------------------------------------------------------------------------------


async def test_a_card_answers_in_its_thread_and_the_ledger_knows_both(database: Database, workspace: Workspace) -> None:
    speaking = Speaking(database, workspace)
    item = await speaking.item()
    comment = await speaking.comment(item, "Vi kommer **båda** två")
    async with speaking.running() as relay:
        rows = await speaking.all_sent()
        assert relay._health.parts["slack"].up
    (card,) = speaking.posts()
    (answer,) = speaking.posts(thread=card["ts"])
    assert "Fältdag om mellangrödor" in card["text"]
    assert "Vi kommer *båda* två" in answer["text"]
    assert "Bo Öberg (Vreta, via e-post)" in (answer.get("username") or answer["text"])
    assert card["metadata"] == {
        "event_type": "brygga_delivery",
        "event_payload": {"key": f"item:{item}:0@lista.example.se"},
    }
    assert await mapped(database) == [(f"C0INV:{card['ts']}", None), (f"C0INV:{answer['ts']}", comment)]
    assert rows[f"item:{item}:0"].remote_id == f"C0INV:{card['ts']}"
    assert not workspace.pings


async def test_what_is_said_to_one_person_goes_to_them_alone(speaking: Speaking) -> None:
    data = {"notice": "rejected", "title": "Fältdag"}
    await speaking.say(ContentKind.NOTICE, "notice:1", U_ANNA, data=data)
    async with speaking.running():
        await speaking.all_sent()
    assert len(speaking.posts(speaking.workspace.dm(U_ANNA))) == 1


@pytest.mark.parametrize("written", ["#inbjudningar", "inbjudningar", "C0INV"])
async def test_a_channel_may_be_named_as_people_do(speaking: Speaking, written: str) -> None:
    await speaking.item(to=written)
    async with speaking.running():
        await speaking.all_sent()
    assert len(speaking.posts()) == 1


async def test_a_held_post_stands_on_the_desk_and_says_who_decided(speaking: Speaking) -> None:
    held = await speaking.held()
    async with speaking.running():
        await speaking.all_sent()
        (post,) = speaking.posts(C_DESK)
        assert "approve" in json.dumps(post["blocks"])
        await speaking.decided(held)
        await speaking.all_sent()
    (post,) = speaking.posts(C_DESK)
    assert "approve" not in json.dumps(post["blocks"])
    assert "Hanna Redaktör" in post["text"]


# -- each once ------------------------------------------------------------------------------------------------------


async def test_an_answer_that_was_lost_after_the_post_makes_no_second_post(speaking: Speaking) -> None:
    speaking.workspace.faults.fail("chat.postMessage", 500, after_doing=True)
    await speaking.item()
    async with speaking.running():
        rows = await speaking.all_sent()
    assert len(speaking.posts()) == 1
    assert len(speaking.calls("chat.postMessage")) == 1
    (row,) = rows.values()
    assert row.attempts == 2
    assert await mapped(speaking.database) == [(row.remote_id, None)]


async def test_a_lost_answer_in_a_thread_makes_no_second_answer(speaking: Speaking) -> None:
    item = await speaking.item()
    async with speaking.running():
        await speaking.all_sent()
        speaking.workspace.faults.fail("chat.postMessage", 500, after_doing=True)
        await speaking.comment(item, "Vi kommer")
        await speaking.all_sent()
    (card,) = speaking.posts()
    assert len(speaking.posts(thread=card["ts"])) == 1


async def test_killed_between_the_post_and_its_settling_the_next_process_finds_it(
    database: Database, workspace: Workspace
) -> None:
    speaking = Speaking(database, workspace)
    await speaking.item()
    dead = ProcessId("dead")
    async with database.write() as session:
        await register(session, dead, alone=False)
        (one,) = await claim(session, dead, "slack", now(), 10, serial=True)
    first = speaking.bridge()
    await first.send(one)  # and dies: nobody hears of it
    await first.api.close()
    async with database.write() as session:
        await session.execute(Post.__table__.delete())  # not even this was written down
        await retire(session, dead)
        await take_back(session)
    async with speaking.running():
        rows = await speaking.all_sent()
    assert len(speaking.posts()) == 1
    assert [row.attempts for row in rows.values()] == [2]
    assert len(await mapped(database)) == 1


async def test_slack_that_cannot_be_reached_costs_no_try_and_nothing_is_lost(speaking: Speaking) -> None:
    async with speaking.running() as relay:
        await eventually(lambda: relay._health.parts["slack"].up)
        speaking.workspace.faults.away()
        item = await speaking.item()
        for number in range(3):
            await speaking.comment(item, f"svar {number}")
        await eventually(lambda: not relay._health.parts["slack"].up)
        speaking.workspace.faults.back()
        rows = await speaking.all_sent()
    (card,) = speaking.posts()
    assert [post["text"].splitlines()[-1] for post in speaking.posts(thread=card["ts"])] == [
        "svar 0",
        "svar 1",
        "svar 2",
    ]
    assert max(row.attempts for row in rows.values()) <= 2


# -- Slack's pace ---------------------------------------------------------------------------------------------------


async def test_a_channel_that_wants_to_wait_waits_and_the_others_do_not(speaking: Speaking) -> None:
    speaking.workspace.faults.rate_limit("chat.postMessage", 2)
    await speaking.item("Första")
    async with speaking.running() as relay:
        await speaking.until(lambda rows: any("ratelimited" in row.reason for row in rows.values()))
        limited = next(call.at for call in speaking.calls("chat.postMessage") if call.status == 429)
        await speaking.item("Andra")
        await speaking.item("Nyhetsbrev", to=C_NEWS)
        relay.poke()
        await eventually(lambda: bool(speaking.posts(C_NEWS)))
        assert not speaking.posts()
        await speaking.all_sent()
    assert [post["text"].count("Första") > 0 for post in speaking.posts()] == [True, False]
    made = [call.at for call in speaking.calls("chat.postMessage") if call.arguments["channel"] == C_INV]
    assert made[1] - limited >= 2
    assert not speaking.workspace.impatient
    assert not speaking.calls("conversations.history")  # what Slack refused was surely not posted


async def test_posts_to_a_channel_keep_slack_s_pace(speaking: Speaking) -> None:
    speaking.pace = 0.3
    for number in range(3):
        await speaking.item(f"Nummer {number}")
    await speaking.item("Nyhetsbrev", to=C_NEWS)
    async with speaking.running():
        await speaking.all_sent()
    made = [call.at for call in speaking.calls("chat.postMessage") if call.arguments["channel"] == C_INV]
    assert [0.28 < later - earlier < 2 for earlier, later in pairwise(made)] == [True, True]
    assert [f"Nummer {number}" in post["text"] for number, post in enumerate(speaking.posts())] == [True] * 3


# -- cards, answers, new drawings -----------------------------------------------------------------------------------


async def test_an_answer_comes_after_its_card_however_late_that_is(speaking: Speaking) -> None:
    item = await speaking.item(due=now() + timedelta(seconds=1))
    await speaking.comment(item, "Jag var först")
    async with speaking.running():
        await speaking.all_sent()
    (card,) = speaking.posts()
    assert len(speaking.posts(thread=card["ts"])) == 1


async def test_an_answer_to_a_card_that_never_came_is_for_a_person(speaking: Speaking) -> None:
    item = await speaking.item(to=None)
    await speaking.comment(item, "Till vad?")
    async with speaking.running():
        rows = await speaking.until(lambda rows: all(row.state == "parked" for row in rows.values()))
    assert [row.reason for row in rows.values()] == ["its card was never posted"]


async def test_a_card_is_drawn_anew_though_its_text_has_grown_to_sixty_kilobytes(speaking: Speaking) -> None:
    item = await speaking.item()
    async with speaking.running():
        await speaking.all_sent()
        long = ("En lång rad om **mellangrödor** & annat <b>\n\n" * 2000)[:60_000]
        await speaking.redraw(item, title="Ny rubrik", text=long)
        await speaking.all_sent()
    (card,) = speaking.posts()
    assert "Ny rubrik" in card["text"]


async def test_an_undone_item_s_card_goes_away_with_what_we_put_under_it(speaking: Speaking) -> None:
    item = await speaking.item()
    await speaking.file("inbjudan.pdf", b"%PDF-1.4", item_id=item)
    async with speaking.running():
        await speaking.all_sent()
        (card,) = speaking.posts()
        await eventually(lambda: len(speaking.posts(thread=card["ts"])) == 1)
        await speaking.undo(item)
        await speaking.all_sent()
    assert not speaking.posts()
    assert not speaking.workspace.room.channels[C_INV].posts


async def test_an_item_that_is_undone_before_its_card_is_posted_leaves_no_trace(speaking: Speaking) -> None:
    item = await speaking.item(due=now() + timedelta(hours=1))
    async with speaking.database.write() as session:
        contents = list(await session.scalars(select(Content.id).where(Content.item_id == item)))
        await withdraw(session, contents)
    await speaking.undo(item)
    async with speaking.running():
        rows = await speaking.until(lambda rows: all(row.state in ("sent", "dropped") for row in rows.values()))
    assert sorted(row.state for row in rows.values()) == [DeliveryState.DROPPED, DeliveryState.SENT]
    assert not speaking.calls("chat.postMessage")


async def test_a_card_that_somebody_took_away_is_left_alone(speaking: Speaking) -> None:
    item = await speaking.item()
    async with speaking.running():
        await speaking.all_sent()
        speaking.workspace.room.channels[C_INV].posts.clear()
        await speaking.redraw(item, title="Ny rubrik")
        await speaking.all_sent()
        await speaking.undo(item)
        await speaking.all_sent()
    assert not speaking.told.of


# -- files ----------------------------------------------------------------------------------------------------------


async def shared(speaking: Speaking, count: int) -> list[dict]:
    """The files under the card, when so many are there."""
    (card,) = speaking.posts()

    def files() -> list[dict]:
        return [file for post in speaking.posts(thread=card["ts"]) for file in post.get("files", [])]

    await eventually(lambda: len(files()) >= count)
    return files()


async def test_small_files_stand_in_the_thread_and_large_ones_are_linked_to(speaking: Speaking) -> None:
    item = await speaking.item()
    small = b"%PDF-1.4 liten"
    await speaking.file("Program åäö.pdf", small, item_id=item)
    large = await speaking.file("film.mp4", b"x" * 1_000_001, item_id=item)
    async with speaking.running():
        await speaking.all_sent()
        (file,) = await shared(speaking, 1)
    assert (file["name"], speaking.workspace.file(file["id"]).content) == ("Program åäö.pdf", small)
    (card,) = speaking.posts()
    assert f"https://lista.example.se/a/{large}/film.mp4" in json.dumps(card["blocks"])


async def test_files_that_stand_there_already_are_not_sent_again(speaking: Speaking) -> None:
    item = await speaking.item()
    await speaking.file("ett.pdf", b"ett", item_id=item)
    speaking.workspace.faults.fail("files.completeUploadExternal", 500, after_doing=True)
    async with speaking.running():
        await speaking.all_sent()
        await speaking.comment(item, "Tack")
        await speaking.all_sent()
    assert len(speaking.posts()) == 1
    assert [file["name"] for file in await shared(speaking, 1)] == ["ett.pdf"]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_a_file_that_slack_does_not_take_is_linked_to_instead(speaking: Speaking, method: str) -> None:
    item = await speaking.item()
    number = await speaking.file("ett.pdf", b"ett", item_id=item)
    speaking.workspace.faults.fail(method, 403 if method == "upload" else "file_uploads_disabled")
    async with speaking.running():
        await speaking.all_sent()
    (card,) = speaking.posts()
    (link,) = speaking.posts(thread=card["ts"])
    assert f"https://lista.example.se/a/{number}/ett.pdf" in link["text"]


async def test_a_file_store_that_is_down_is_waited_for(speaking: Speaking) -> None:
    item = await speaking.item()
    await speaking.file("ett.pdf", b"ett", item_id=item)
    speaking.workspace.faults.fail("upload", 503)
    async with speaking.running():
        await speaking.all_sent()
        assert len(await shared(speaking, 1)) == 1
    assert len(speaking.posts()) == 1


# -- trouble --------------------------------------------------------------------------------------------------------


async def test_a_channel_that_the_app_is_not_in_is_told_of_and_heals_when_it_is_invited(speaking: Speaking) -> None:
    speaking.again = timedelta(seconds=0.3)
    speaking.workspace.faults.fail("conversations.join", "method_not_supported_for_channel_type", times=100)
    speaking.workspace.remove(C_INV, speaking.workspace.bot_user)
    await speaking.item()
    await speaking.item("Nyhetsbrev", to=C_NEWS)
    async with speaking.running():
        rows = await speaking.until(lambda rows: any(row.reason for row in rows.values()))
        assert any(
            "not_in_channel: Brygga is not in the channel; write /invite @brygga" in row.reason for row in rows.values()
        )
        await eventually(lambda: bool(speaking.posts(C_NEWS)))
        speaking.workspace.invite(C_INV, speaking.workspace.bot_user, by=U_ANNA)
        await speaking.all_sent()
    assert len(speaking.posts()) >= 1
    assert ("not_in_channel", C_INV) in speaking.told.of


async def test_a_public_channel_is_joined(speaking: Speaking) -> None:
    speaking.workspace.remove(C_INV, speaking.workspace.bot_user)
    await speaking.item()
    async with speaking.running():
        await speaking.all_sent()
    assert not speaking.told.of


async def test_a_revoked_token_closes_the_road_and_says_what_to_do(speaking: Speaking) -> None:
    async with speaking.running(knock_seconds=0.1) as relay:
        await eventually(lambda: relay._health.parts["slack"].up)
        speaking.workspace.revoke()
        await speaking.item()
        await eventually(lambda: not relay._health.parts["slack"].up)
        reason = relay._health.parts["slack"].reason
        assert reason.startswith("token_revoked: ")
        assert "put a new bot_token in the settings" in reason
        speaking.workspace.room.token_error = ""
        rows = await speaking.all_sent()
    assert [row.attempts for row in rows.values()] == [1]
    assert not speaking.told.of


@pytest.mark.parametrize(
    ("code", "state", "told"),
    [
        ("is_archived", "queued", True),
        ("restricted_action", "queued", True),
        ("msg_too_long", "parked", True),
        ("invalid_blocks", "parked", True),
        ("something_quite_new", "parked", True),
    ],
)
async def test_each_refusal_has_its_end(speaking: Speaking, code: str, state: str, told: bool) -> None:
    speaking.workspace.faults.fail("chat.postMessage", code)
    await speaking.item()
    async with speaking.running():
        rows = await speaking.until(lambda rows: all(row.reason for row in rows.values()))
        (row,) = rows.values()
    assert (row.state, row.reason.startswith(f"{code}: "), bool(speaking.told.of)) == (state, True, told)
    if state == "queued":
        assert row.next_at > now() + timedelta(minutes=9)


async def test_a_person_without_an_account_is_given_up_and_nobody_is_bothered(speaking: Speaking) -> None:
    speaking.workspace.change_person(U_ANNA, deleted=True)
    await speaking.say(ContentKind.NOTICE, "notice:1", U_ANNA, data={"notice": "rejected", "title": "Fältdag"})
    async with speaking.running():
        rows = await speaking.until(lambda rows: all(row.state == "parked" for row in rows.values()))
    assert not speaking.told.of
    assert [row.reason.partition(":")[0] for row in rows.values()] == ["user_disabled"]


async def test_a_server_error_of_slack_s_closes_the_road_for_a_moment(speaking: Speaking) -> None:
    speaking.workspace.faults.fail("chat.postMessage", "internal_error", times=2)
    await speaking.item()
    async with speaking.running():
        await speaking.all_sent()
    assert len(speaking.posts()) == 1


async def test_something_else_than_slack_answers(speaking: Speaking, mail_server) -> None:
    """The settings lead to a server that is none of Slack's."""
    from bridges.slack.api import SlackApi

    api = SlackApi("xoxb-1", f"http://127.0.0.1:{mail_server.port}/api/")
    with pytest.raises(Away):
        await api.call("auth.test")
    await api.close()


async def test_the_probe_says_why(speaking: Speaking) -> None:
    bridge = speaking.bridge(token="xoxb-wrong")
    with pytest.raises(TryLater, match=r"^invalid_auth: .*bot_token") as caught:
        await bridge.probe()
    assert caught.value.everyone
    await bridge.api.close()
