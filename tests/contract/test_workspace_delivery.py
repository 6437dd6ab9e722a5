"""The local workspace delivers as Slack does: sockets, signed HTTP, retries, acks that get lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bridges.standins.workspace import Workspace
from bridges.standins.workspace.room import EVENTS, SCOPES
from tests.fixtures.workspace import C_DESK, C_INV, C_TIPS, U_ANNA, U_BO


class App:
    """An app that writes down all it hears."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        self.bolt = AsyncApp(
            client=self.client,
            signing_secret=workspace.signing_secret,
            ignoring_self_events_enabled=False,
            before_authorize=self._write_down,
            raise_error_for_unhandled_request=True,
        )
        self.bolt.error(self._settle)
        self.handler = AsyncSocketModeHandler(self.bolt, workspace.app_token, web_client=self.client, ping_interval=1)
        self.heard: list[dict[str, Any]] = []
        self.retries: list[str] = []
        self.status = 200

    async def _write_down(self, req: Any, next_: Any) -> None:
        self.heard.append(req.body)
        self.retries.append(req.headers.get("x-slack-retry-num", ["0"])[0])
        await next_()

    async def _settle(self, error: Exception) -> BoltResponse:
        return BoltResponse(status=self.status)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [body["event"] for body in self.heard if body.get("type") == "event_callback"]

    @property
    def kinds(self) -> list[str]:
        return [event.get("subtype") or event["type"] for event in self.events]


@pytest.fixture
async def app(workspace: Workspace) -> AsyncIterator[App]:
    workspace.scopes, workspace.events = set(SCOPES.split()), set(EVENTS.split())
    workspace.pace = 0
    made = App(workspace)
    await made.handler.connect_async()
    await workspace.connected()
    yield made
    await made.handler.close_async()


async def test_each_thing_that_happens_is_told_as_slack_tells_it(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    top = await anna.say(C_INV, f"Hej <@{workspace.bot_user}>")
    reply = await anna.say(C_INV, "svar", thread=top, broadcast=True)
    await anna.edit(C_INV, reply, "svar, rättat")
    workspace.unfurl(C_INV, top)
    await anna.say(C_DESK, "", files=[("namn å.txt", "text/plain", b"hej")])
    await anna.react(C_INV, top, "tada")
    await anna.say(workspace.dm(U_ANNA), "hej du")
    await anna.delete(C_INV, top)
    await anna.delete(C_INV, reply)
    workspace.change_person(U_ANNA, name="Anna Ny")
    workspace.rename_channel(C_TIPS, "bra-tips")
    workspace.invite(C_TIPS, "U0NY")
    await workspace.delivered()
    events = sorted(app.events, key=lambda event: str(event.get("event_ts")))
    assert [event.get("subtype") or event["type"] for event in events if event["type"] != "file_shared"] == [
        "message",
        "app_mention",
        "thread_broadcast",
        "message_changed",
        "message_changed",
        "file_share",
        "reaction_added",
        "message",
        "message_changed",
        "message_deleted",
        "user_change",
        "channel_rename",
        "channel_join",
        "member_joined_channel",
    ]
    by_kind = {event.get("subtype") or event["type"]: event for event in events}
    assert by_kind["thread_broadcast"]["root"]["ts"] == top
    assert by_kind["file_share"]["files"][0]["name"] == "namn å.txt"
    assert by_kind["file_share"]["channel_type"] == "group"
    edited, unfurled, stone = [event["message"] for event in events if event.get("subtype") == "message_changed"]
    assert edited["edited"]["user"] == U_ANNA
    assert "edited" not in unfurled
    assert unfurled["attachments"]
    assert stone["subtype"] == "tombstone"
    assert by_kind["message_deleted"]["deleted_ts"] == reply
    assert len({body["event_id"] for body in app.heard}) == len(app.heard)


async def test_only_what_was_asked_for_and_where_the_app_is(workspace: Workspace, app: App) -> None:
    workspace.add_channel("C0UTE", "ute", with_app=False, members=(U_ANNA,))
    anna = workspace.person(U_ANNA)
    await anna.say("C0UTE", "hörs inte")
    workspace.events.discard("message.groups")
    await anna.say(C_DESK, "hörs inte heller")
    workspace.scopes.discard("reactions:read")
    await anna.react(C_INV, await anna.say(C_INV, "hörs"), "tada")
    await app.client.chat_postMessage(channel=C_INV, text="vår egen hörs också")
    await workspace.delivered()
    assert sorted(event["text"] for event in app.events) == ["hörs", "vår egen hörs också"]
    assert workspace.unacked == []


async def test_what_is_not_acked_comes_again_and_is_given_up(workspace: Workspace, app: App) -> None:
    workspace.retry_pauses = (0.0, 0.01, 0.01)
    workspace.ack_within = 0.1
    app.status = 500
    await workspace.person(U_ANNA).say(C_INV, "ingen tar emot")
    await workspace.delivered()
    assert app.retries == ["0", "1", "2", "3"]
    assert len({body["event_id"] for body in app.heard}) == 1
    assert [payload["event"]["text"] for payload in workspace.unacked] == ["ingen tar emot"]


async def test_lost_acks_double_deliveries_and_disconnects(workspace: Workspace, app: App) -> None:
    workspace.ack_within = 1.0
    workspace.faults.redeliver_every = 10
    workspace.faults.lose_ack_every = 20
    people = [workspace.person(U_ANNA), workspace.person(U_BO)]
    for number in range(60):
        await people[number % 2].say(C_INV, f"nr {number}")
        if number == 30:
            await workspace.faults.disconnect()
            await workspace.connected()
    await workspace.delivered()
    assert {event["text"] for event in app.events} == {f"nr {number}" for number in range(60)}
    assert len(app.heard) >= 68
    assert app.retries.count("1") >= 8
    assert workspace.unacked == []


async def test_several_sockets_share_and_ten_are_the_most(workspace: Workspace) -> None:
    token = {"Authorization": f"Bearer {workspace.app_token}"}
    async with aiohttp.ClientSession() as http:

        async def connect() -> tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]:
            said = await (await http.post(f"{workspace.api_url}apps.connections.open", headers=token)).json()
            ws = await http.ws_connect(said["url"])
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(said["url"])  # a ticket is good for one
            return ws, await ws.receive_json()

        links = [await connect() for _ in range(11)]
        assert [said.get("num_connections") for _, said in links[:10]] == list(range(1, 11))
        assert links[10][1] == {
            "type": "disconnect",
            "reason": "too_many_websockets",
            "debug_info": {"host": "applink-1"},
        }
        heard: dict[int, int] = {}

        async def listen(number: int, ws: aiohttp.ClientWebSocketResponse) -> None:
            async for message in ws:
                heard[number] = heard.get(number, 0) + 1
                envelope = json.loads(message.data)
                assert (envelope["type"], envelope["retry_attempt"]) == ("events_api", 0)
                await ws.send_json({"envelope_id": envelope["envelope_id"]})

        listening = [asyncio.create_task(listen(number, ws)) for number, (ws, _) in enumerate(links[:10])]
        for number in range(60):
            await workspace.person(U_ANNA).say(C_INV, f"nr {number}")
        await workspace.delivered()
        assert sum(heard.values()) == 60
        assert len(heard) > 5
        for task in listening:
            task.cancel()


async def test_a_deaf_socket_is_noticed_by_its_pings_alone(workspace: Workspace, app: App) -> None:
    workspace.retry_pauses = (0.0, *(0.1,) * 100)
    workspace.ack_within = 0.2
    workspace.faults.deaf()
    await workspace.person(U_ANNA).say(C_INV, "hörs inte än")
    await workspace.delivered(20)  # the client's own heartbeat makes it connect anew
    assert app.kinds == ["message"]
    assert int(app.retries[0]) > 0


async def test_signed_http_with_retries(workspace: Workspace) -> None:
    workspace.scopes, workspace.events = set(SCOPES.split()), set(EVENTS.split())
    workspace.retry_pauses = (0.0, 0.01, 0.01)
    verifier = SignatureVerifier(workspace.signing_secret)
    heard: list[tuple[str, str, Any]] = []
    statuses = [500, 200, 404]

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        assert verifier.is_valid_request(body, dict(request.headers))
        number, reason = request.headers.get("X-Slack-Retry-Num", ""), request.headers.get("X-Slack-Retry-Reason", "")
        if request.content_type != "application/json":
            form = await request.post()
            heard.append((number, reason, form.get("command") or json.loads(str(form["payload"]))["type"]))
            return web.json_response({"text": "Tack"}) if "command" in form else web.Response()
        sent = json.loads(body)
        if sent["type"] == "url_verification":
            return web.json_response({"challenge": sent["challenge"]})
        heard.append((number, reason, sent["event"]["text"]))
        return web.Response(status=statuses.pop(0), headers={"x-slack-no-retry": "1"} if len(statuses) == 0 else {})

    server = web.Application()
    server.router.add_post("/slack/events", take)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        workspace.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        assert await workspace.verify_request_url()
        anna = workspace.person(U_ANNA)
        await anna.say(C_INV, "ett")
        await workspace.delivered()
        await anna.say(C_INV, "två")
        await workspace.delivered()
        assert await anna.command("/brygga", "hjälp", channel=C_INV) == {"text": "Tack"}
        await anna.shortcut("share")
    finally:
        await runner.cleanup()
    assert heard == [
        ("", "", "ett"),
        ("1", "http_error", "ett"),
        ("", "", "två"),
        ("", "", "/brygga"),
        ("", "", "shortcut"),
    ]
    assert [payload["event"]["text"] for payload in workspace.unacked] == ["två"]
    assert [said["text"] for said in workspace.whispers(U_ANNA)] == ["Tack"]
    await anna.shortcut("share")
    assert anna.errors == ["connection_failed"]


async def test_away_and_back_on_the_same_port(workspace: Workspace, app: App) -> None:
    workspace.retry_pauses = (0.0, *(0.1,) * 200)
    workspace.faults.away()
    await workspace.until(lambda: workspace.sockets == 0)
    await workspace.person(U_ANNA).say(C_INV, "medan den var borta")
    workspace.faults.back()
    await workspace.delivered(20)
    assert app.kinds == ["message"]
