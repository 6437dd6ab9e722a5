"""Forms, buttons and Home in the local workspace, as Slack has them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bridges.standins.workspace import Workspace
from bridges.standins.workspace.room import EVENTS, SCOPES
from tests.fixtures.workspace import C_INV, U_ANNA, U_BO


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def asked(name: str, element: dict[str, Any], block: str = "", **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block or name,
        "label": plain(name),
        "element": {"action_id": name, **element},
        **more,
    }


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": plain(value.title()), "value": value} for value in values]


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "share",
        "title": plain("Dela"),
        "submit": plain("Skicka"),
        "blocks": list(blocks),
        **more,
    }


SKELETON = {**modal({"type": "section", "text": plain("Ett ögonblick…")})}


def form(**more: Any) -> dict[str, Any]:
    return modal(
        asked("title", {"type": "plain_text_input", "initial_value": "Förslag", "max_length": 20}),
        asked("kind", {"type": "static_select", "options": options("invitation", "tip")}),
        asked("topics", {"type": "multi_static_select", "options": options("jord", "skog", "vatten")}, optional=True),
        asked("start", {"type": "datetimepicker"}, optional=True),
        asked("all_day", {"type": "checkboxes", "options": options("all_day")}, optional=True),
        asked("registration_deadline", {"type": "datepicker"}, optional=True),
        asked("online_url", {"type": "url_text_input"}, optional=True),
        asked("files", {"type": "file_input", "max_files": 2}, optional=True),
        **more,
    )


class App:
    """An app with a form."""

    def __init__(self, workspace: Workspace) -> None:
        self.client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
        self.bolt = AsyncApp(client=self.client, signing_secret="x")
        self.handler = AsyncSocketModeHandler(self.bolt, workspace.app_token, web_client=self.client)
        self.bodies: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.pause = 0.0
        self.bolt.command("/brygga")(self.opens)
        self.bolt.shortcut("share")(self.opens)
        self.bolt.shortcut("share_message")(self.opens)
        self.bolt.view("share")(self.submitted)
        self.bolt.action("yes")(self.pressed)

    async def opens(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        self.bodies.append(body)
        opened = (await client.views_open(trigger_id=body["trigger_id"], view=SKELETON))["view"]
        await client.views_update(view_id=opened["id"], hash=opened["hash"], view=form())

    async def submitted(self, ack: Any, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        await asyncio.sleep(self.pause)
        await ack(**self.answer)

    async def pressed(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.bodies.append(body)


@pytest.fixture
async def app(workspace: Workspace) -> AsyncIterator[App]:
    workspace.scopes, workspace.events = set(SCOPES.split()), set(EVENTS.split())
    workspace.pace = 0
    made = App(workspace)
    await made.handler.connect_async()
    await workspace.connected()
    yield made
    await made.handler.close_async()


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_form_from_skeleton_to_submission(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    await anna.command("/brygga", channel=C_INV)
    skeleton = await anna.opened()
    assert skeleton.values == {}
    view = await anna.updated(skeleton)
    assert view.values["title"] == "Förslag"
    assert await anna.submit(view, {"title": ""}) == {
        "title": "Please complete this required field.",
        "kind": "Please complete this required field.",
    }
    assert set(await anna.submit(view, {"title": "x" * 21, "kind": "tip", "online_url": "x"})) == {
        "title",
        "online_url",
    }
    with pytest.raises(LookupError):
        await anna.submit(view, {"kind": "saga"})
    assert len(app.bodies) == 1  # Slack's form said all that by itself
    app.answer = {"response_action": "errors", "errors": {"title": "Skriv mer"}}
    filled = {
        "title": "Fältdag <&>",
        "online_url": "https://x.se",
        "topics": ["skog"],
        "start": 1795000000,
        "all_day": True,
        "registration_deadline": date(2026, 12, 1),
    }
    files = {"files": [("å.pdf", "application/pdf", b"%PDF")]}
    assert await anna.submit(view, filled, files) == {"title": "Skriv mer"}
    values = app.bodies[-1]["view"]["state"]["values"]
    assert values["title"]["title"] == {"type": "plain_text_input", "value": "Fältdag <&>"}
    assert values["kind"]["kind"]["selected_option"]["value"] == "tip"
    assert [one["value"] for one in values["topics"]["topics"]["selected_options"]] == ["skog"]
    assert values["start"]["start"]["selected_date_time"] == 1795000000
    assert values["all_day"]["all_day"]["selected_options"]
    assert values["registration_deadline"]["registration_deadline"]["selected_date"] == "2026-12-01"
    assert values["files"]["files"]["files"][0]["name"] == "å.pdf"
    app.answer = {}
    assert await anna.submit(view, times=2) == {}
    assert anna.look(view) is None
    assert app.bodies[-1]["view"]["id"] == app.bodies[-2]["view"]["id"]


async def test_an_update_keeps_what_was_typed_where_ids_stay(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    await anna.shortcut("share")
    view = await anna.updated(await anna.opened())
    await anna.fill(view, {"title": "Mitt eget", "kind": "tip"})
    text = {"type": "plain_text_input", "initial_value": "Appens"}
    await app.client.views_update(
        view_id=view.id,
        view=modal(asked("title", text), asked("kind", {"type": "radio_buttons", "options": options("tip")})),
    )
    kept = await anna.updated(view)
    assert kept.values == {"title": "Mitt eget", "kind": None}  # another kind of input begins anew
    await app.client.views_update(view_id=view.id, view=modal(asked("title", text, block="title:1")))
    assert (await anna.updated(kept)).values == {"title": "Appens"}
    assert await refusal(app.client.views_update(view_id=view.id, hash=view.hash, view=form())) == "hash_conflict"
    await anna.close_view(view)
    assert await refusal(app.client.views_update(view_id=view.id, view=form())) == "not_found"


async def test_triggers_are_good_once_and_for_three_seconds(workspace: Workspace, app: App) -> None:
    trigger = workspace.room.trigger(U_ANNA)
    assert await refusal(app.client.views_open(trigger_id=trigger, view=modal())) == "invalid_arguments"
    await app.client.views_open(trigger_id=trigger, view={**SKELETON, "external_id": "one"})
    assert await refusal(app.client.views_open(trigger_id=trigger, view=SKELETON)) == "exchanged_trigger_id"
    twice = app.client.views_open(trigger_id=workspace.room.trigger(U_BO), view={**SKELETON, "external_id": "one"})
    assert await refusal(twice) == "duplicate_external_id"
    late = workspace.room.trigger(U_ANNA)
    workspace.room.triggers[late].made -= 3.1
    assert await refusal(app.client.views_open(trigger_id=late, view=SKELETON)) == "expired_trigger_id"
    assert await refusal(app.client.views_push(trigger_id=workspace.room.trigger(U_ANNA), view=SKELETON)) == "not_found"


async def test_what_the_app_may_answer(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    await anna.shortcut("share")
    view = await anna.updated(await anna.opened())
    await anna.fill(view, {"kind": "tip"})
    app.answer = {"response_action": "errors", "errors": {"titel": "Det fältet finns inte"}}
    assert set(await anna.submit(view)) == {""}
    assert "invalid_errors" in anna.errors.pop()
    patience, workspace.ack_within, app.pause = workspace.ack_within, 0.3, 0.5
    assert set(await anna.submit(view)) == {""}
    assert anna.errors == ["operation_timeout"]
    workspace.ack_within, app.pause = patience, 0.0
    app.answer = {"response_action": "push", "view": {**SKELETON, "callback_id": "two"}}
    assert await anna.submit(view) == {}
    above = await anna.opened()
    assert (above.view["previous_view_id"], above.view["root_view_id"]) == (view.id, view.id)
    app.answer = {"response_action": "update", "view": modal({"type": "section", "text": plain("Tack")})}
    assert await anna.submit(view) == {}
    assert "Tack" in (await anna.updated(view)).texts
    app.answer = {"response_action": "clear"}
    assert await anna.submit(view) == {}
    assert anna.look(above) is None


async def test_buttons_and_response_urls(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    buttons = {
        "type": "actions",
        "elements": [{"type": "button", "text": plain("A & B"), "action_id": "yes", "value": "7"}],
    }
    ts = (await app.client.chat_postMessage(channel=U_ANNA, text="Vill du?", blocks=[buttons]))["ts"]
    with pytest.raises(LookupError):
        await anna.press(workspace.dm(U_ANNA), ts, "maybe")
    await anna.press(workspace.dm(U_ANNA), ts, "yes")
    await workspace.until(lambda: bool(app.bodies))
    body = app.bodies[0]
    assert body["actions"][0]["value"] == "7"
    assert body["actions"][0]["text"]["text"] == "A &amp; B"
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": workspace.dm(U_ANNA),
        "is_ephemeral": False,
    }
    async with aiohttp.ClientSession() as http:

        async def answer(**said: Any) -> int:
            return (await http.post(body["response_url"], json=said)).status

        assert await answer(text="viskat") == 200
        assert await answer(text="ersatt", replace_original=True) == 200
        assert [await answer(text=str(number)) for number in range(4)] == [200, 200, 200, 404]
    assert workspace.whispers(U_ANNA)[0]["text"] == "viskat"
    assert workspace.messages(workspace.dm(U_ANNA))[0]["text"] == "ersatt"


async def test_home(workspace: Workspace, app: App) -> None:
    anna = workspace.person(U_ANNA)
    assert await anna.open_home() is None
    button = {
        "type": "actions",
        "block_id": "a",
        "elements": [{"type": "button", "text": plain("Ja"), "action_id": "yes", "value": "1"}],
    }
    published = await app.client.views_publish(user_id=U_ANNA, view={"type": "home", "blocks": [button]})
    stale = app.client.views_publish(user_id=U_ANNA, hash="1.x", view={"type": "home", "blocks": [button]})
    assert await refusal(stale) == "hash_conflict"
    home = workspace.home(U_ANNA)
    assert home is not None
    assert home["id"] == published["view"]["id"]
    await anna.press_in_view(home, "yes")
    await workspace.until(lambda: bool(app.bodies))
    assert app.bodies[0]["view"]["type"] == "home"
    assert workspace.home(U_BO) is None


async def test_a_shortcut_on_a_message(workspace: Workspace, app: App) -> None:
    anna, bo = workspace.person(U_ANNA), workspace.person(U_BO)
    ts = await anna.say(C_INV, "Kom på fältdag", files=[("a.txt", "text/plain", b"x")])
    await bo.message_shortcut("share_message", C_INV, ts)
    await bo.opened()
    body = app.bodies[0]
    assert (body["message"]["text"], body["message"]["user"], body["channel"]["name"]) == (
        "Kom på fältdag",
        U_ANNA,
        "inbjudningar",
    )
    assert body["message"]["files"][0]["name"] == "a.txt"
    workspace.scopes.discard("commands")
    assert await bo.command("/brygga", channel=C_INV) is None
    assert bo.errors == ["not_installed"]
