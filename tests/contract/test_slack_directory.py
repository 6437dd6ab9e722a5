"""Who and where, asked of a strict workspace: each looked up once, nobody listed, and what the API says of itself."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bridges.slack.api import Away, NoFile, Refused, SlackApi, Slow
from bridges.slack.directory import Directory, Person
from bridges.slack.form.views import SlackFile
from bridges.slack.words.from_slack import Mentioned
from bridges.standins.workspace import Workspace
from tests.fixtures.smtp import eventually
from tests.fixtures.workspace import C_DESK, C_TIPS, U_ANNA, U_EXT, U_GRACE, U_GUST


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def api(workspace: Workspace):
    api = SlackApi(workspace.bot_token, workspace.api_url)
    yield api
    await api.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(api: SlackApi, clock: Clock) -> Directory:
    return Directory(api, clock)


def called(workspace: Workspace, method: str) -> int:
    return sum(call.method == method for call in workspace.calls)


# -- people ---------------------------------------------------------------------------------------------------------


async def test_a_person_is_looked_up_once_an_hour(workspace: Workspace, directory: Directory, clock: Clock) -> None:
    anna = await directory.person(U_ANNA)
    assert anna == Person(
        id=U_ANNA,
        name="Anna Åkesson",
        language="sv",
        zone="Europe/Stockholm",
        guest=False,
        external=False,
        deleted=False,
        bot=False,
    )
    assert await directory.person(U_ANNA) == anna
    assert called(workspace, "users.info") == 1
    clock.now += timedelta(hours=1)
    await directory.person(U_ANNA)
    assert called(workspace, "users.info") == 2


async def test_whoever_changes_is_looked_up_anew(workspace: Workspace, directory: Directory) -> None:
    await directory.person(U_ANNA)
    workspace.change_person(U_ANNA, name="Anna Berg")
    directory.forget(U_ANNA)
    assert (await directory.person(U_ANNA)).name == "Anna Berg"


async def test_people_are_what_slack_says_they_are(workspace: Workspace, directory: Directory) -> None:
    grace = await directory.person(U_GRACE)
    assert (grace.language, grace.zone) == ("en", "Europe/London")
    assert (await directory.person(U_GUST)).guest
    assert (await directory.person(U_EXT)).external
    workspace.change_person(U_GRACE, deleted=True)
    directory.forget(U_GRACE)
    assert (await directory.person(U_GRACE)).deleted
    assert await directory.person("U0NOBODY") is None


async def test_who_has_no_display_name_is_called_by_their_real_one(workspace: Workspace, directory: Directory) -> None:
    workspace.add_person("U0REAL", "", email="r@x.example", real_name="Riktiga Namnet")
    workspace.add_person("U0NONE", "", email="bara@x.example", real_name="")
    assert (await directory.person("U0REAL")).name == "Riktiga Namnet"
    assert (await directory.person("U0NONE")).name == "bara"


async def test_somebody_who_cannot_be_looked_up_just_now_is_no_stranger(
    workspace: Workspace, directory: Directory
) -> None:
    workspace.faults.away()
    with pytest.raises(Away):
        await directory.person(U_ANNA)
    await workspace.faults.back()
    await eventually(lambda: workspace.port > 0)
    assert await directory.person(U_ANNA) is not None


# -- places ---------------------------------------------------------------------------------------------------------


async def test_a_channel_by_its_name_or_its_id(workspace: Workspace, directory: Directory) -> None:
    assert await directory.channel_id("#tips") == C_TIPS
    assert await directory.channel_id("tips") == C_TIPS
    assert await directory.channel_id("C0ANYTHING") == "C0ANYTHING"
    assert await directory.channel_id("redaktion") == C_DESK  # private, and the app is in it
    assert called(workspace, "users.conversations") == 2
    assert called(workspace, "conversations.list") == 0


async def test_a_channel_the_app_is_not_in_is_found_page_by_page(workspace: Workspace, directory: Directory) -> None:
    for number in range(450):
        workspace.add_channel(f"C9{number}", f"kanal-{number}", with_app=False)
    assert await directory.channel_id("#kanal-449") == "C9449"
    assert await directory.channel_id("#kanal-449") == "C9449"
    assert called(workspace, "conversations.list") == 3
    with pytest.raises(Refused, match="channel_not_found"):
        await directory.channel_id("finns-inte")


async def test_a_channel_is_found_though_slack_does_not_say_where_the_app_is(
    workspace: Workspace, directory: Directory
) -> None:
    workspace.faults.fail("users.conversations", 404)
    assert await directory.channel_id("#tips") == C_TIPS


async def test_a_renamed_channel_is_found_by_its_new_name(workspace: Workspace, directory: Directory) -> None:
    assert await directory.channel_name(C_TIPS) == "tips"
    assert await directory.channel_id("#tips") == C_TIPS
    workspace.rename_channel(C_TIPS, "tipsa")
    directory.forget(C_TIPS)
    assert await directory.channel_name(C_TIPS) == "tipsa"
    assert await directory.channel_id("#tipsa") == C_TIPS
    with pytest.raises(Refused):
        await directory.channel_id("#tips")


async def test_without_the_right_to_private_channels_the_public_ones_are_found(
    workspace: Workspace, directory: Directory
) -> None:
    workspace.scopes -= {"groups:read"}
    assert await directory.channel_id("#tips") == C_TIPS


async def test_a_person_is_written_to_in_their_direct_messages(workspace: Workspace, directory: Directory) -> None:
    assert await directory.channel_id(U_ANNA) == workspace.dm(U_ANNA)
    await directory.channel_id(U_ANNA)
    assert called(workspace, "conversations.open") == 1


async def test_names_of_all_who_are_mentioned_and_nobody_is_listed(workspace: Workspace, directory: Directory) -> None:
    workspace.add_group("S1", "styrgruppen", "Styrgruppen")
    mentioned = Mentioned(
        people=frozenset({U_ANNA, "U0NOBODY"}), channels=frozenset({C_TIPS, "C0NONE"}), groups=frozenset({"S1", "S2"})
    )
    names = await directory.names(mentioned)
    assert names.people == {U_ANNA: "Anna Åkesson"}
    assert names.channels == {C_TIPS: "tips"}
    assert names.groups == {"S1": "styrgruppen"}
    workspace.faults.away()
    assert (await directory.names(mentioned)).people == {U_ANNA: "Anna Åkesson"}
    assert not called(workspace, "users.list")


# -- the API itself -------------------------------------------------------------------------------------------------


async def test_who_the_token_belongs_to_and_what_it_may_do(workspace: Workspace, api: SlackApi) -> None:
    me = await api.whoami()
    assert (me.user_id, me.bot_id, me.team_id) == (workspace.bot_user, workspace.bot_id, workspace.team_id)
    assert me.scopes == workspace.scopes


async def test_a_read_is_asked_again_and_a_write_never(workspace: Workspace, api: SlackApi) -> None:
    workspace.faults.fail("users.info", 503)
    assert (await api.call("users.info", user=U_ANNA))["ok"]
    workspace.faults.fail("chat.postMessage", 503)
    with pytest.raises(Away) as caught:
        await api.call("chat.postMessage", channel=C_TIPS, text="hej")
    assert caught.value.begun
    assert called(workspace, "chat.postMessage") == 1


async def test_where_nothing_listens_nothing_was_begun(workspace: Workspace) -> None:
    api = SlackApi(workspace.bot_token, workspace.api_url)
    await workspace.close()
    with pytest.raises(Away) as caught:
        await api.call("chat.postMessage", channel=C_TIPS, text="hej")
    assert not caught.value.begun
    assert "127.0.0.1" in caught.value.reason
    await api.close()


async def test_what_slack_asks_to_wait_and_what_it_lacks(workspace: Workspace, api: SlackApi) -> None:
    workspace.faults.rate_limit("conversations.info", 30)
    with pytest.raises(Slow) as slow:
        await api.call("conversations.info", channel=C_TIPS)
    assert (slow.value.after, slow.value.method) == (timedelta(seconds=30), "conversations.info")
    workspace.scopes -= {"users:read"}
    with pytest.raises(Refused) as refused:
        await api.call("users.info", user=U_GRACE)
    assert (refused.value.code, refused.value.needed) == ("missing_scope", "users:read")


async def test_what_slack_finds_wrong_with_a_message_is_told(api: SlackApi) -> None:
    with pytest.raises(Refused) as refused:
        await api.call("chat.postMessage", channel=C_TIPS, text="x", blocks=[{"type": "divan"}])
    assert refused.value.code == "invalid_blocks"
    assert refused.value.detail


async def test_a_file_that_people_shared(workspace: Workspace, api: SlackApi) -> None:
    stored = workspace.add_file(U_ANNA, "program.pdf", "application/pdf", b"%PDF-1.4")
    file = SlackFile.of(workspace.file_object(stored.id))
    assert await api.download(file, 100) == b"%PDF-1.4"
    with pytest.raises(NoFile, match="too large"):
        await api.download(file, 3)
    workspace.scopes -= {"files:read"}
    with pytest.raises(NoFile, match="files:read"):
        await api.download(file, 100)
    workspace.faults.fail("download", 503)
    with pytest.raises(Away):
        await api.download(file, 100)
    stored.mode = "tombstone"
    with pytest.raises(NoFile, match="deleted"):
        await api.download(SlackFile.of(workspace.file_object(stored.id)), 100)


async def test_the_token_is_shown_to_slack_alone(workspace: Workspace) -> None:
    api = SlackApi(workspace.bot_token, "https://slack.com/api/")
    file = SlackFile(id="F1", name="x", url=f"http://127.0.0.1:{workspace.port}/files-pri/T1-F1/x", size=1)
    with pytest.raises(NoFile, match="outside Slack"):
        await api.download(file, 100)
    await api.close()


async def test_logs_have_no_secrets_and_no_words_of_people(
    workspace: Workspace, api: SlackApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await api.call("chat.postMessage", channel=C_TIPS, text="hemligt ord")
    with pytest.raises(Refused):
        await api.call("chat.postMessage", channel="C0NONE", text="hemligt ord")
    said = await api.call("files.getUploadURLExternal", filename="hemligt.txt", length=3)
    await api.upload(said["upload_url"], b"hej")
    assert "hemligt" not in caplog.text
    assert workspace.bot_token not in caplog.text
    assert "/upload/v1" not in caplog.text
