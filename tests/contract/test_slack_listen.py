"""What Slack sends is stored before it is acknowledged, over a socket and over HTTP, whatever its shape."""

import asyncio
import copy
import json
import logging
import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.web.edge import Edge
from bot.web.serve import listen, serve_app
from bot.web.slack import SlackEvents
from bridges.slack.api import SlackApi
from bridges.slack.arrivals import ACTING, OPENING
from bridges.slack.listen import Answer, hear, hear_http, make_bolt
from storage.database import Database
from tests.fixtures.listening import (
    ME,
    SECRET,
    InboxDoors,
    command,
    event,
    interaction,
    locked,
    message,
    posted,
    press,
    signed,
    submission,
)
from tests.fixtures.require import FULL
from tests.fixtures.workspace import C_INV, U_ANNA

#: Nobody listens there: whatever asks Slack fails.
NOWHERE = "http://127.0.0.1:9/api/"


@pytest.fixture
def doors(sqlite_database: Database) -> InboxDoors:
    return InboxDoors(sqlite_database)


@pytest.fixture
def app(doors: InboxDoors) -> AsyncApp:
    return bolt(doors)


def bolt(doors: InboxDoors, who: Any = ME, secret: str | None = SECRET) -> AsyncApp:
    return make_bolt(AsyncWebClient(token="xoxb-of-the-tests", base_url=NOWHERE), who, secret, doors)


async def over_http(app: AsyncApp, payload: Any, **more: str) -> Answer:
    body, kind = posted(payload)
    return await hear_http(app, SECRET, body, signed(body) | {"Content-Type": kind} | more)


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  what is waited for happens in the program, which knows of no test
            await asyncio.sleep(0.005)


# -- stored, then acknowledged --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [hear, over_http])
async def test_what_is_not_stored_is_not_acknowledged_and_the_next_delivery_is(doors, app, way):
    doors.refusing = 2
    for payload in (message(event_id="Ev7"), press("approve", trigger_id="1.2.3")):
        assert (await way(app, payload)).status == 503
    assert await doors.kept() == {}
    assert (await way(app, message(event_id="Ev7"))).status == 200
    assert (await way(app, press("approve", trigger_id="1.2.3"))).status == 200
    kept = await doors.kept()
    assert kept == {"event:Ev7": message(event_id="Ev7"), "press:1.2.3": press("approve", trigger_id="1.2.3")}


@pytest.mark.parametrize("way", [hear, over_http])
async def test_a_retry_is_stored_again_under_the_same_key(doors, app, way):
    await way(app, message(event_id="Ev8"))
    if way is hear:
        again = await hear(app, message(event_id="Ev8"), {"x-slack-retry-num": "1", "x-slack-retry-reason": "timeout"})
    else:
        again = await over_http(app, message(event_id="Ev8"), **{"X-Slack-Retry-Num": "1"})
    assert again.status == 200
    assert doors.tries == ["event:Ev8"] * 2
    assert list(await doors.kept()) == ["event:Ev8"]


async def test_until_it_is_known_who_we_are_nothing_is_acknowledged(doors):
    known: list[Any] = [None]
    app = bolt(doors, lambda: known[0])
    for payload in (message(), press("approve"), command()):
        assert (await hear(app, payload)).status == 503
    known[0] = ME
    assert (await hear(app, message())).status == 200
    assert list(await doors.kept()) == ["event:Ev1"]


@pytest.mark.parametrize("way", [hear, over_http])
async def test_objections_are_answered_at_the_fields_and_the_same_form_may_come_again(doors, app, way):
    doors.wrong = {"title": "Skriv en rubrik."}
    said = await way(app, submission("V1"))
    assert json.loads(said.body) == {"response_action": "errors", "errors": {"title": "Skriv en rubrik."}}
    assert said.status == 200
    assert await doors.kept() == {}
    doors.wrong = {}
    for _ in range(2):  # sent twice is one
        said = await way(app, submission("V1"))
        assert (said.status, said.body) == (200, "")
    assert list(await doors.kept()) == ["view:V1"]


async def test_own_posts_do_not_come_back_and_their_deletion_does(doors, app):
    ours = {"bot_id": ME.bot_id, "text": "Fältdag"}
    await hear(app, message(event_id="Ev1", user=None, **ours))
    await hear(app, message(event_id="Ev2", subtype="message_changed", message=ours, user=None))
    await hear(app, message(event_id="Ev3", subtype="message_deleted", previous_message=ours, user=None))
    assert list(await doors.kept()) == ["event:Ev3"]


# -- opened at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [hear, over_http])
async def test_openers_are_acknowledged_and_opened_while_the_database_is_locked(doors, app, way):
    asked = [
        command(),
        command("what is a payload?"),
        interaction("shortcut", callback_id="share"),
        interaction("message_action", callback_id="share_message", message={"text": "Hej"}, channel={"id": "C1"}),
        *(press(button) for button in OPENING),
    ]
    started = time.monotonic()
    async with locked(doors.database):
        for payload in asked:
            assert (await way(app, payload)).status == 200
        await until(lambda: len(doors.opened) == len(asked))
    assert time.monotonic() - started < 3
    kinds = ["command", "command", "shortcut", "message", "edit", "read", "amend", "shortcut", "digest"]
    kinds += ["told", "mention"]
    assert [opener.kind for opener in doors.opened] == kinds
    assert doors.opened[1].text == "what is a payload?"
    assert doors.tries == []


async def test_news_of_people_and_channels_and_alarms_reach_the_doors(doors, app):
    await hear(app, event({"type": "user_change", "user": {"id": "U1ANNA"}}))
    await hear(app, event({"type": "channel_rename", "channel": {"id": "C1", "name": "nytt"}}))
    await hear(app, event({"type": "tokens_revoked", "tokens": {"bot": [ME.user_id]}}))
    await hear(app, {"type": "app_rate_limited", "minute_rate_limited": 1, "team_id": "T0NET"})
    assert (doors.forgotten, doors.alarms) == (["U1ANNA", "C1"], ["tokens_revoked", "app_rate_limited"])
    assert await doors.kept() == {}


# -- any shape --------------------------------------------------------------------------------------------------------------

TYPES = re.findall(
    r"\w+",
    """app_home_opened app_mention app_requested app_uninstalled assistant_thread_started call_rejected channel_archive
channel_created channel_deleted channel_history_changed channel_id_changed channel_left channel_rename channel_shared
channel_unarchive channel_unshared dnd_updated dnd_updated_user email_domain_changed emoji_changed entity_details_requested
file_change file_created file_deleted file_public file_shared file_unshared function_executed goodbye
grid_migration_finished grid_migration_started group_archive group_close group_deleted group_history_changed group_left
group_open group_rename group_unarchive im_close im_created im_history_changed im_open invite_requested link_shared
member_joined_channel member_left_channel message message_metadata_posted pin_added pin_removed reaction_added
reaction_removed resources_added resources_removed scope_denied scope_granted shared_channel_invite_accepted star_added
star_removed subteam_created subteam_members_changed subteam_self_added subteam_updated team_access_granted
team_access_revoked team_domain_change team_join team_rename tokens_revoked url_verification user_change
user_huddle_changed user_profile_changed user_resource_denied user_status_changed workflow_step_execute
something_new""",
)
SUBTYPES = re.findall(
    r"\w+",
    """assistant_app_thread bot_add bot_message bot_remove bot_disable bot_enable channel_archive channel_convert_to_private
channel_join channel_leave channel_name channel_posting_permissions channel_purpose channel_topic channel_unarchive
document_mention ekm_access_denied file_comment file_mention file_share group_archive group_join group_leave group_name
group_purpose group_topic group_unarchive huddle_thread me_message message_changed message_deleted message_replied
pinned_item reminder_add reply_broadcast sh_room_created sh_room_shared thread_broadcast tombstone unpinned_item
something_new""",
)
FULL_MESSAGE = {
    "text": "Vi kommer, *tre* personer <@U2>",
    "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    "files": [{"id": "F1", "name": "program.pdf", "mimetype": "application/pdf", "size": 3, "mode": "hosted"}],
    "thread_ts": "1763700000.000100",
    "edited": {"user": "U1ANNA", "ts": "1763800001.000000"},
    "metadata": {"event_type": "other", "event_payload": {}},
}


def catalogue() -> list[dict[str, Any]]:
    """One payload of every kind that Slack is known to send."""
    nested = {"message": FULL_MESSAGE | {"user": "U1ANNA"}, "previous_message": {"user": "U1ANNA", "text": "Vi"}}
    about = {"item": {"type": "message", "channel": "C1", "ts": "1.1"}, "tokens": {"oauth": ["U"], "bot": ["U0"]}}
    return [
        *(
            event({"type": kind, "tab": "home", "channel": {"id": "C1"}, "user": {"id": "U1"}} | about)
            for kind in TYPES
        ),
        *(event({"type": kind}) for kind in TYPES),
        *(message(subtype=subtype, deleted_ts="1.1", **FULL_MESSAGE, **nested) for subtype in SUBTYPES),
        message(**(FULL_MESSAGE | {"text": "å" * 40_000})),
        {"type": "app_rate_limited", "team_id": "T0NET", "minute_rate_limited": 1, "api_app_id": "A0"},
        command("hjälp"),
        command(name="/another"),
        *(press(action) for action in [*ACTING, *OPENING, "register", "something_new"]),
        press("mode", view={"type": "home", "id": "V2"}, message=None, channel=None),
        submission(),
        submission(callback_id="another"),
        *(interaction(kind, callback_id="share", view={"id": "V1", "callback_id": "share"}) for kind in INTERACTIONS),
        *(interaction(kind, callback_id="share_message", message=FULL_MESSAGE) for kind in INTERACTIONS),
        {},
    ]


INTERACTIONS = re.findall(
    r"\w+",
    """block_actions block_suggestion dialog_cancellation dialog_submission dialog_suggestion interactive_message
message_action shortcut view_closed view_submission workflow_step_edit something_new""",
)


def places(payload: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload where something stands."""
    pairs = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    for name, value in pairs:
        yield (*path, name)
        yield from places(value, (*path, name))


def with_odd(payload: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    """The same with something odd in that place, or (`...`) with nothing there at all."""
    changed = copy.deepcopy(payload)
    where: Any = changed
    for name in path[:-1]:
        where = where[name]
    if odd is ...:
        del where[path[-1]]
    else:
        where[path[-1]] = odd
    return changed


def blanked(value: Any) -> Any:
    """The same shape, with nothing in it."""
    if isinstance(value, dict):
        return {name: inner if name == "type" else blanked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [blanked(inner) for inner in value]
    return "" if isinstance(value, str) else value


def odd_shapes() -> list[dict[str, Any]]:
    """Things that are missing, blank or of the wrong kind: a sample, or at the full scale all of them."""
    every = [
        (payload, path, odd)
        for payload in catalogue()
        for path in places(payload)
        for odd in (..., None, "", 0, True, [], {}, "x", [None], {"id": 5})
    ]
    chosen = every if FULL else random.Random(7).sample(every, 600)
    return [with_odd(*each) for each in chosen]


@pytest.mark.parametrize("way", [hear, over_http])
async def test_every_known_shape_and_every_odd_one_is_acknowledged(doors, way):
    app = bolt(MemoryDoors(doors.database))
    shapes = catalogue()
    for payload in (*shapes, *map(blanked, shapes), *odd_shapes()):
        said = await way(app, payload)
        assert said.status == 200, payload
    await asyncio.sleep(0)


class MemoryDoors(InboxDoors):
    """Stores nothing: thousands of shapes come, and only whether they are taken matters."""

    async def keep(self, key: str, raw: bytes) -> None:
        assert json.loads(raw)


async def test_no_words_of_people_are_logged(doors, app, caplog):
    caplog.set_level(logging.DEBUG)
    doors.broken, doors.refusing = True, 1
    with structlog.testing.capture_logs() as lines:
        await hear(app, message("Hemligt"))
        await hear(app, message("Hemligt", subtype="channel_topic"))
        await hear(app, interaction("something_new", text="Hemligt"))
        await hear(app, event({"type": "message", "text": "Hemligt"}, team=5, enterprise=5))
        await hear(app, command("Hemligt"))
        await over_http(app, command("Hemligt"))
        await hear_http(app, SECRET, b"Hemligt", {})
        await until(lambda: [line["event"] for line in lines].count("slack.not_opened") == 2)
    assert {line["event"] for line in lines} == {"slack.not_kept", "slack.unreadable", "slack.not_opened"}
    assert "Hemligt" not in str(lines)
    assert "Hemligt" not in caplog.text


# -- over HTTP, on a port ---------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served(app: AsyncApp, secret: str = SECRET) -> AsyncIterator[str]:
    """The pages' server with Slack's address in it."""

    async def take(body: bytes, headers: Any) -> Answer:
        return await hear_http(app, secret, body, headers)

    pages = Starlette(
        routes=[Route("/slack/events", SlackEvents(take).post, methods=["POST"])],
        middleware=[
            Middleware(Edge, headers={}, apology=lambda request, status: PlainTextResponse("", status_code=status))
        ],
    )
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_app(pages, listen("127.0.0.1", 0), port.set_result))
    try:
        yield f"http://127.0.0.1:{await asyncio.wait_for(port, 10)}/slack/events"
    finally:
        serving.cancel()
        await asyncio.wait([serving])


async def test_slack_over_http(doors, app):
    async with served(app) as url, aiohttp.ClientSession() as slack:

        async def send(payload: Any, headers: Any = None) -> tuple[int, str]:
            body, kind = posted(payload)
            proof = signed(body) if headers is None else headers
            async with slack.post(url, data=body, headers={"Content-Type": kind} | proof) as answer:
                return answer.status, await answer.text()

        body, _ = posted(message())
        assert (await send(message(), {}))[0] == 401
        assert (await send(message(), signed(body, "another secret")))[0] == 401
        assert (await send(message(), signed(body + b" ")))[0] == 401
        assert (await send(message(), signed(body, age=301)))[0] == 401
        assert (await send(message(), signed(body, age=-301)))[0] == 401
        assert (await send(message(), signed(body) | {"X-Slack-Request-Timestamp": "nu"}))[0] == 401
        assert await doors.kept() == {}

        hello = {"type": "url_verification", "token": "old", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY"}
        status, said = await send(hello)
        assert (status, json.loads(said)) == (200, {"challenge": hello["challenge"]})
        assert await send(message()) == (200, "")
        large = message("å" * 40_000, event_id="Ev2", blocks=[{"type": "rich_text", "elements": ["å" * 40_000]}])
        assert await send(large) == (200, "")
        assert await send(submission("V1")) == (200, "")
        assert list(await doors.kept()) == ["event:Ev1", "event:Ev2", "view:V1"]
        doors.refusing = 1
        assert (await send(message(event_id="Ev3")))[0] == 503
        assert (await send(message("x" * 3_000_000)))[0] == 413
        async with slack.get(url) as answer:
            assert answer.status == 405


async def test_a_workspace_that_delivers_over_http(workspace, doors):
    doors.api = SlackApi(workspace.bot_token, workspace.api_url)
    app = bolt(doors, await doors.api.whoami(), workspace.signing_secret)
    anna = workspace.person(U_ANNA)
    async with served(app, workspace.signing_secret) as workspace.request_url:
        workspace.retry_pauses = (0.0, 0.0, 0.0)
        workspace.faults.redeliver_every = 2
        doors.refusing = 1
        for text in ("ett", "två", "tre"):
            await anna.say(C_INV, text)
        await workspace.delivered()
        kept = await doors.kept()
        assert sorted(payload["event"]["text"] for payload in kept.values()) == ["ett", "tre", "två"]
        assert len(doors.tries) == 5
        assert await anna.command("/brygga", channel=C_INV) is not None
        await until(lambda: doors.opened)
        assert workspace.unacked == anna.errors == []
    await doors.api.close()


async def test_without_a_signing_secret_nothing_is_taken_over_http(doors):
    app = bolt(doors, secret=None)
    body, kind = posted(message())
    for secret in ("", SECRET):
        assert (await hear_http(app, secret, body, signed(body) | {"Content-Type": kind})).status == 401
    assert await doors.kept() == {}
