"""The local workspace is as strict as Slack: calls, messages, files."""

import asyncio
import json
import urllib.parse
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bridges.standins.workspace import Workspace
from bridges.standins.workspace.room import EVENTS, SCOPES
from tests.fixtures.workspace import C_DESK, C_INV, C_TIPS, U_ANNA, U_BO, U_EXT, U_GRACE, U_GUST


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    workspace.scopes, workspace.events = set(SCOPES.split()), set(EVENTS.split())
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}


async def test_arguments_come_in_query_form_and_json_by_get_and_post(workspace: Workspace) -> None:
    workspace.pace = 0
    bearer = {"Authorization": f"Bearer {workspace.bot_token}"}
    url = f"{workspace.api_url}chat.postMessage"
    blocks = json.dumps([section("Hej")])
    async with aiohttp.ClientSession() as http:
        answers = [
            await http.get(url, params={"channel": C_INV, "text": "1", "token": workspace.bot_token}),
            await http.post(url, data={"channel": C_INV, "text": "2", "blocks": blocks}, headers=bearer),
            await http.post(url, json={"channel": C_INV, "text": "3", "blocks": [section("Hej")]}, headers=bearer),
            await http.post(f"{url}?channel={C_INV}", data={"text": "4", "token": workspace.bot_token}),
        ]
        assert [(await answer.json())["ok"] for answer in answers] == [True] * 4
        broken = await http.post(url, data={"channel": C_INV, "blocks": "[{"}, headers=bearer)
        assert (await broken.json())["error"] == "invalid_blocks_format"
        broken = await http.post(url, data=b"{", headers={**bearer, "Content-Type": "application/json"})
        assert (await broken.json())["error"] == "invalid_json"
    assert [message["text"] for message in workspace.messages(C_INV)] == ["1", "2", "3", "4"]
    assert [len(message.get("blocks", [])) for message in workspace.messages(C_INV)] == [0, 1, 1, 0]
    assert all("token" not in call.arguments for call in workspace.calls)


async def test_tokens_and_scopes_are_checked(workspace: Workspace, client: AsyncWebClient) -> None:
    stranger = AsyncWebClient(token="xoxb-other", base_url=workspace.api_url)
    assert await refusal(stranger.auth_test()) == "invalid_auth"
    assert await refusal(AsyncWebClient(base_url=workspace.api_url).auth_test()) == "not_authed"
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
    assert await refusal(client.apps_connections_open(app_token=workspace.bot_token)) == "not_allowed_token_type"
    workspace.scopes -= {"users:read", "groups:history"}
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user=U_ANNA)
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "users:read"
    assert "chat:write" in refused.value.response["provided"].split(",")
    assert await refusal(client.conversations_history(channel=C_DESK)) == "missing_scope"
    answer = await client.auth_test()
    assert set(answer.headers["x-oauth-scopes"].split(",")) == workspace.scopes
    workspace.revoke()
    assert await refusal(client.auth_test()) == "token_revoked"


async def test_a_post_of_the_apps_says_whose_it_is(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0
    metadata = {"event_type": "brygga_delivery", "event_payload": {"key": "1@example.se"}}
    first = await client.chat_postMessage(
        channel=C_INV, text="Fält & skog <3", blocks=[section("Fält &amp; skog")], metadata=metadata
    )
    named = await client.chat_postMessage(
        channel=C_INV, text="Hej", username="Anna Åkesson (via e-post)", thread_ts=first["ts"]
    )
    own, answer = workspace.messages(C_INV, first["ts"])
    assert (own["bot_id"], own["user"], own["bot_profile"]["id"]) == (
        workspace.bot_id,
        workspace.bot_user,
        workspace.bot_id,
    )
    assert own["text"] == "Fält &amp; skog &lt;3"
    assert own["blocks"][0]["text"]["text"] == "Fält &amp; skog"
    assert own["blocks"][0]["block_id"]
    assert (own["reply_count"], own["latest_reply"]) == (1, named["ts"])
    assert (answer["subtype"], answer["username"], answer["bot_id"]) == (
        "bot_message",
        "Anna Åkesson (via e-post)",
        workspace.bot_id,
    )
    assert "user" not in answer
    plain = (await client.conversations_history(channel=C_INV))["messages"]
    assert len(plain) == 1
    assert "metadata" not in plain[0]
    shown = (await client.conversations_history(channel=C_INV, include_all_metadata=True))["messages"]
    assert shown[0]["metadata"] == metadata
    workspace.scopes.discard("chat:write.customize")
    unnamed = await client.chat_postMessage(channel=C_INV, text="Hej", username="Anna")
    assert "username" not in unnamed["message"]


async def test_where_the_app_may_speak(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0
    workspace.add_channel("C0UTE", "ute", with_app=False, members=(U_ANNA,))
    workspace.add_channel("C0HEM", "hemligt", private=True, with_app=False)
    workspace.add_channel("C0GAMMAL", "gammal", archived=True)
    workspace.add_person("U0BORTA", "Borta", deleted=True)
    assert await refusal(client.chat_postMessage(channel="C0UTE", text="Hej")) == "not_in_channel"
    assert await refusal(client.chat_postMessage(channel="C0HEM", text="Hej")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="C0GAMMAL", text="Hej")) == "is_archived"
    assert await refusal(client.chat_postMessage(channel="C0INGEN", text="Hej")) == "channel_not_found"
    assert await refusal(client.conversations_open(users="U0BORTA")) == "user_disabled"
    assert await refusal(client.conversations_open(users=workspace.bot_user)) == "cannot_dm_bot"
    assert await refusal(client.conversations_history(channel="C0UTE")) == "not_in_channel"
    await client.conversations_join(channel="C0UTE")
    await client.chat_postMessage(channel="#ute", text="Hej")
    assert [message.get("subtype") for message in workspace.messages("C0UTE")] == ["channel_join", None]
    opened = await client.conversations_open(users=[U_BO])
    direct = await client.chat_postMessage(channel=U_BO, text="Hej Bo")
    assert direct["channel"] == opened["channel"]["id"] == workspace.dm(U_BO)
    assert await refusal(client.chat_postEphemeral(channel="C0UTE", user=U_BO, text="Psst")) == "user_not_in_channel"
    await client.chat_postEphemeral(channel="C0UTE", user=U_ANNA, text="Psst")
    assert [said["text"] for said in workspace.whispers(U_ANNA)] == ["Psst"]
    assert len(workspace.messages("C0UTE")) == 2


async def test_what_a_message_may_be(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0

    async def post(**more: Any) -> str:
        return await refusal(client.chat_postMessage(channel=C_INV, **more))

    assert await post(text=" ") == "no_text"
    assert await post(text="Hej", metadata={"event_type": "x"}) == "invalid_metadata_format"
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=C_INV, text="Hej", blocks=[section("x" * 3001)])
    assert refused.value.response["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text/text]" in refused.value.response["response_metadata"]["messages"][0]
    assert await post(text="Hej", blocks=[section("x" * 2500) for _ in range(6)]) == "msg_blocks_too_long"
    assert await post(text="Hej", blocks=[section("x")] * 51) == "invalid_blocks"
    assert await post(text="Hej", blocks=[{"type": "novelty"}]) == "invalid_blocks"
    long = await client.chat_postMessage(channel=C_INV, text="å" * 40_001)
    assert long["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(workspace.messages(C_INV)[-1]["text"]) == 40_000
    assert await refusal(client.chat_update(channel=C_INV, ts=long["ts"], text="å" * 4001)) == "msg_too_long"


async def test_edits_and_deletions(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0
    anna = workspace.person(U_ANNA)
    own = (await client.chat_postMessage(channel=C_INV, text="Hej", blocks=[section("Hej")]))["ts"]
    annas = await anna.say(C_INV, "Hej själv")
    assert await refusal(client.chat_update(channel=C_INV, ts=annas, text="Nej")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=C_INV, ts=annas)) == "cant_delete_message"
    assert await refusal(client.chat_update(channel=C_INV, ts="1700000000.000001", text="Nej")) == "message_not_found"
    await client.chat_update(channel=C_INV, ts=own, text="Nytt")
    changed = workspace.messages(C_INV)[0]
    assert (changed["text"], changed["edited"]["user"]) == ("Nytt", workspace.bot_user)
    assert changed["blocks"][0]["text"]["text"] == "Hej"  # those that are not named stay
    reply = await anna.say(C_INV, "Svar", thread=own)
    await client.chat_delete(channel=C_INV, ts=own)
    history = (await client.conversations_history(channel=C_INV))["messages"]
    assert [message.get("subtype") for message in history] == [None, "tombstone"]
    assert [message["text"] for message in workspace.messages(C_INV)] == ["Hej själv"]
    assert await refusal(client.chat_delete(channel=C_INV, ts=own)) == "message_not_found"
    await anna.delete(C_INV, reply)
    assert await refusal(client.conversations_replies(channel=C_INV, ts=own)) == "thread_not_found"
    orphan = await client.chat_postMessage(channel=C_INV, text="Svar på det som är borta", thread_ts=own)
    assert "thread_ts" not in orphan["message"]  # Slack lets it fall out of the thread, and says nothing


async def test_threads_and_history_in_pages(workspace: Workspace, client: AsyncWebClient) -> None:
    anna = workspace.person(U_ANNA)
    stamps = [await anna.say(C_INV, f"nr {number}") for number in range(7)]
    answers = [await anna.say(C_INV, f"svar {number}", thread=stamps[2]) for number in range(5)]
    await anna.say(C_INV, "svar till alla", thread=stamps[2], broadcast=True)
    found = [
        message
        async for page in await client.conversations_history(channel=C_INV, limit=3)
        for message in page["messages"]
    ]
    assert [message["text"] for message in found] == [
        "svar till alla",
        *(f"nr {number}" for number in reversed(range(7))),
    ]
    assert found[0]["root"]["ts"] == stamps[2]
    pages = await client.conversations_replies(channel=C_INV, ts=stamps[2], limit=2)
    assert [len(page["messages"]) async for page in pages] == [2, 2, 2, 1]
    alone = await client.conversations_replies(channel=C_INV, ts=answers[3])
    assert [message["text"] for message in alone["messages"]] == ["svar 3"]
    between = await client.conversations_history(channel=C_INV, oldest=stamps[1], latest=stamps[4])
    assert [message["text"] for message in between["messages"]] == ["nr 3", "nr 2"]
    between = await client.conversations_history(
        channel=C_INV, oldest=stamps[1], latest=stamps[1], inclusive=True, limit=1
    )
    assert [message["ts"] for message in between["messages"]] == [stamps[1]]
    assert await refusal(client.conversations_history(channel=C_INV, cursor="x")) == "invalid_cursor"
    link = await client.chat_getPermalink(channel=C_INV, message_ts=answers[0])
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(link["permalink"]).query)["thread_ts"] == [stamps[2]]


async def test_one_message_a_second_in_a_channel(workspace: Workspace, client: AsyncWebClient) -> None:
    refused = []
    for number in range(4):
        try:
            await client.chat_postMessage(channel=C_INV, text=str(number))
        except SlackApiError as error:
            refused.append(error.response)
    await client.chat_postMessage(channel=C_TIPS, text="annan kanal")
    assert [(answer.status_code, answer["error"], answer.headers["Retry-After"]) for answer in refused] == [
        (429, "ratelimited", "1")
    ] * 2
    assert len(workspace.impatient) == 1  # the fourth did not wait
    workspace.faults.rate_limit("users.info", 30)
    with pytest.raises(SlackApiError) as limited:
        await client.users_info(user=U_ANNA)
    assert limited.value.response.headers["Retry-After"] == "30"


async def test_who_is_who(workspace: Workspace, client: AsyncWebClient) -> None:
    anna = (await client.users_info(user=U_ANNA, include_locale=True))["user"]
    assert (anna["profile"]["display_name"], anna["locale"], anna["tz"]) == (
        "Anna Åkesson",
        "sv-SE",
        "Europe/Stockholm",
    )
    assert anna["profile"]["email"] == "anna@vreta.example"
    assert (await client.users_info(user=U_GRACE, include_locale=True))["user"]["locale"] == "en-GB"
    assert (await client.users_info(user=U_GUST))["user"]["is_restricted"]
    extern = (await client.users_info(user=U_EXT))["user"]
    assert extern["team_id"] != workspace.team_id
    assert "email" not in extern["profile"]
    assert "locale" not in extern
    assert (await client.users_lookupByEmail(email="BO@skog.example"))["user"]["id"] == U_BO
    assert await refusal(client.users_lookupByEmail(email="ingen@skog.example")) == "users_not_found"
    assert await refusal(client.users_info(user="U0INGEN")) == "user_not_found"
    workspace.scopes.discard("users:read.email")
    assert "email" not in (await client.users_info(user=U_ANNA))["user"]["profile"]
    workspace.add_group("S0RED", "redaktion", "Redaktionen", [U_ANNA])
    assert (await client.usergroups_list())["usergroups"][0]["handle"] == "redaktion"
    names = [channel["name"] async for page in await client.conversations_list(limit=2) for channel in page["channels"]]
    assert names == ["inbjudningar", "nyhetsbrev", "tips", "fragor"]
    mine = await client.users_conversations(types="public_channel,private_channel")
    assert "redaktion" in [channel["name"] for channel in mine["channels"]]


async def test_files_go_in_three_steps_and_come_out_with_the_token(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    top = (await client.chat_postMessage(channel=C_INV, text="Program"))["ts"]
    sent = await client.files_upload_v2(
        channel=C_INV, thread_ts=top, filename="program.pdf", content=b"%PDF-1.7 \xff", title="Program"
    )
    await workspace.until(lambda: len(workspace.messages(C_INV, top)) == 2)
    post = workspace.messages(C_INV, top)[-1]
    assert (post["subtype"], post["files"][0]["name"], post["bot_id"]) == (
        "file_share",
        "program.pdf",
        workspace.bot_id,
    )
    info = (await client.files_info(file=sent["file"]["id"]))["file"]
    assert info["shares"]["public"][C_INV][0]["ts"] == post["ts"]
    async with aiohttp.ClientSession() as http:
        right = await http.get(info["url_private_download"], headers={"Authorization": f"Bearer {workspace.bot_token}"})
        assert (right.content_type, await right.read()) == ("application/pdf", b"%PDF-1.7 \xff")
        wrong = await http.get(info["url_private_download"], headers={"Authorization": "Bearer xoxb-other"})
        assert (wrong.status, wrong.content_type) == (200, "text/html")
        step = await client.files_getUploadURLExternal(filename="x.txt", length=5)
        assert (await http.post(step["upload_url"], data=b"abc")).status == 400
    assert (
        await refusal(client.files_completeUploadExternal(files=[{"id": step["file_id"], "title": "x"}]))
        == "file_not_found"
    )
    workspace.file(sent["file"]["id"]).mode = "tombstone"
    assert await refusal(client.files_info(file=sent["file"]["id"])) == "file_deleted"


async def test_nothing_pings_unless_it_would_in_slack(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0
    harmless = [
        {"text": "@here &lt;!channel&gt;"},
        {"text": "x", "blocks": [section("@channel", verbatim=True)]},
        {
            "text": "x",
            "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!channel> @here <@U0BO>"}}],
        },
        {"text": "x", "blocks": [section("anna@here.se")]},
    ]
    for message in harmless:
        await client.chat_postMessage(channel=C_INV, parse="none", **message)
    assert workspace.pings == []
    harmful = [
        {"text": "<!channel>"},
        {"text": "hej <@U0BO>", "parse": "none"},
        {"text": "@here", "link_names": True},
        {"text": "x", "blocks": [section("hej @here")]},
        {"text": "x", "blocks": [section("<!everyone>", verbatim=True)]},
        {"text": "x", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!subteam^S0RED>"}]}]},
    ]
    for message in harmful:
        await client.chat_postMessage(channel=C_INV, **message)
    assert [ping.markup for ping in workspace.pings] == [
        "<!channel>",
        "<@U0BO>",
        "@here",
        "@here",
        "<!everyone>",
        "<!subteam^S0RED>",
    ]


async def test_what_people_type_becomes_rich_text(workspace: Workspace) -> None:
    anna = workspace.person(U_ANNA)
    typed = "Hej *alla* & <@U0BO>, se https://skog.example/a?b=1&c=2.\n- ett\n    - två\n1. först\n> citat\n```\nkod <b>\n```\nslut :tada:"
    await anna.say(C_INV, typed)
    message = workspace.messages(C_INV)[0]
    assert message["text"] == (
        "Hej *alla* &amp; <@U0BO>, se <https://skog.example/a?b=1&amp;c=2>.\n• ett\n    ◦ två\n1. först\n&gt; citat\n"
        "```kod &lt;b&gt;```\nslut :tada:"
    )
    parts = message["blocks"][0]["elements"]
    assert [part["type"].removeprefix("rich_text_") for part in parts] == [
        "section",
        "list",
        "list",
        "list",
        "quote",
        "preformatted",
        "section",
    ]
    assert [part.get("indent") for part in parts[1:4]] == [0, 1, 0]
    assert message["client_msg_id"]


async def test_calls_fail_on_demand(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.pace = 0
    workspace.faults.fail("chat.postMessage", "internal_error")
    assert await refusal(client.chat_postMessage(channel=C_INV, text="1")) == "internal_error"
    workspace.faults.fail("chat.postMessage", 503)
    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel=C_INV, text="2")
    assert failed.value.response.status_code == 503
    workspace.faults.fail("chat.postMessage", after_doing=True)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await client.chat_postMessage(channel=C_INV, text="3")
    assert [message["text"] for message in workspace.messages(C_INV)] == ["3"]
    workspace.faults.slow("auth.test", 0.2)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(client.auth_test(), 0.05)
    workspace.faults.away()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.auth_test()
    port = workspace.port
    workspace.faults.back()
    assert (await client.auth_test())["ok"]
    assert workspace.port == port
