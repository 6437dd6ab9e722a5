"""The folder of the demo: what is kept between two starts, and what is never emptied."""

import pytest

from bot.demo.folder import MARKER, at_home, default_folder
from bot.demo.trouble import CannotPlay
from tests.fixtures.require import FULL_ONLY
from tests.fixtures.stage import INVITATIONS, Stage


@FULL_ONLY
async def test_a_second_start_goes_on_where_the_first_stopped(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby")
        card = await stage.card("Fältdag på Norrby")
        letter = await stage.letter("cecilia", "Fältdag på Norrby")
        await stage.post("/api/mail/read", {"as": "cecilia", "uid": letter["uid"]})
        file = {"name": "karta.png", "type": "image/png", "base64": "iVBORw0KGgo="}
        await stage.done("anna", "say", channel=INVITATIONS, thread=card["ts"], text="Här är kartan", files=[file])
        await stage.letter("cecilia", "Fältdag på Norrby")
        await stage.post("/api/clock", {"to": "day"})
        before = await stage.get(f"/api/channel/{INVITATIONS}", **{"as": "anna"})
        thread, inbox = await stage.thread(card["ts"]), await stage.inbox("cecilia")
        now = (await stage.get("/api/state"))["clock"]["now"]
    async with stage.open():
        after = await stage.get(f"/api/channel/{INVITATIONS}", **{"as": "anna"})
        assert [one["ts"] for one in after["messages"]] == [one["ts"] for one in before["messages"]]
        again = await stage.thread(card["ts"])
        assert [one["text"] for one in again] == [one["text"] for one in thread] == ["Här är kartan"]
        async with stage.http.get(again[0]["files"][0]["url"]) as bytes_:
            assert await bytes_.read() == b"\x89PNG\r\n\x1a\n"
        assert [(one["uid"], one["subject"], one["seen"]) for one in await stage.inbox("cecilia")] == [
            (one["uid"], one["subject"], one["seen"]) for one in inbox
        ]
        assert (await stage.get("/api/state"))["clock"]["now"] >= now
        # And it goes on: an answer to the old letter lands in the old thread, and nothing of the old comes again.
        answer = {"as": "cecilia", "to": "", "subject": "", "text": "Tack för den.", "reply_to_uid": letter["uid"]}
        assert await stage.post("/api/mail/send", answer) == {"ok": True}
        await stage.scene.quiet()
        assert [one["text"] for one in await stage.thread(card["ts"])] == ["Här är kartan", "Tack för den."]
        await stage.done("anna", "press", channel=INVITATIONS, ts=card["ts"], action_id="follow")


@FULL_ONLY
async def test_what_comes_while_brygga_starts_is_not_lost(stage: Stage):
    async with stage.open():
        pass
    [folder] = [path for path in (stage.folder / "mail").iterdir() if path.name.startswith("kluster@")]
    raw = "From: Anna <anna@vreta.example.se>\r\nSubject: Kallelse\r\nMessage-ID: <1@vreta.example.se>\r\n"
    raw += "Authentication-Results: mx.lista.example.se; dmarc=pass header.from=vreta.example.se\r\n\r\nVälkomna.\r\n"
    (folder / "000101.eml").write_bytes(raw.encode())  # taken by the mail room, and the power went
    async with stage.open():
        await stage.letter("cecilia", "Kallelse")


@FULL_ONLY
async def test_the_seed_is_shared_once_and_fresh_begins_anew(stage: Stage):
    said = []

    async def plant(scene) -> None:
        said.append(scene.seeding)
        await scene.slack_person("anna").say(INVITATIONS, "Från början")

    stage.play = type(stage.play)(
        cast=stage.play.cast, clusters=stage.play.clusters, members=stage.play.members, plant=plant
    )

    async def texts() -> list[str]:
        await stage.scene.quiet()
        found = await stage.get(f"/api/channel/{INVITATIONS}", **{"as": "anna"})
        return [one["text"] for one in found["messages"]]

    async with stage.open():
        assert await texts() == ["Från början"]
        await stage.done("anna", "say", channel=INVITATIONS, text="Nu då")
    async with stage.open():
        assert await texts() == ["Från början", "Nu då"]
    async with stage.open(fresh=True):
        assert await texts() == ["Från början"]
    async with stage.open(fresh=True, seed=False):
        assert await texts() == []
        assert all(person["role"] for person in (await stage.get("/api/state"))["people"] if person["key"] == "anna")
    assert said == [True, True]


def test_only_a_folder_of_the_demos_is_used_or_emptied(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    for fresh in (False, True):
        with pytest.raises(CannotPlay, match="other things than a demo"), at_home(mine, fresh=fresh):
            pass
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotPlay, match="not a folder"), at_home(tmp_path / "file", fresh=False):
        pass
    with at_home(tmp_path / "new", fresh=False) as new:
        assert new
        assert (tmp_path / "new" / MARKER).exists()
        with pytest.raises(CannotPlay, match="another demo"), at_home(tmp_path / "new", fresh=True):
            pass


def test_fresh_follows_no_link_out_of_the_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with at_home(tmp_path / "demo", fresh=False):
        (tmp_path / "demo" / "link").symlink_to(tmp_path / "mine")
        (tmp_path / "demo" / "old").mkdir()
    with at_home(tmp_path / "demo", fresh=True) as new:
        assert new
        assert not (tmp_path / "demo" / "link").exists()
        assert not (tmp_path / "demo" / "old").exists()
    assert (tmp_path / "mine" / "letter.txt").exists()


@pytest.mark.parametrize("broken", ["clock.json", "workspace.json"])
async def test_a_file_that_cannot_be_read_is_said_in_one_line(stage: Stage, broken: str):
    async with stage.open():
        pass
    (stage.folder / broken).write_text('{"half')
    with pytest.raises(CannotPlay, match=f"{broken} cannot be read"):
        async with stage.open():
            pass


def test_the_folder_is_where_state_belongs(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder({}) == tmp_path / ".local" / "state" / "brygga-demo"
    assert default_folder({"XDG_STATE_HOME": "/var/mine"}) == default_folder({}).__class__("/var/mine/brygga-demo")
    assert default_folder({"XDG_STATE_HOME": "not/absolute"}) == tmp_path / ".local" / "state" / "brygga-demo"


async def test_a_newer_database_is_left_alone(stage: Stage):
    async with stage.open():
        pass
    import sqlite3

    with sqlite3.connect(stage.folder / "brygga.db") as database:
        database.execute("update brygga_version set version_num = '9999'")
    database.close()
    with pytest.raises(CannotPlay, match="--fresh"):
        async with stage.open():
            pass
