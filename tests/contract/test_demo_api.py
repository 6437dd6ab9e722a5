"""The demo from the page's side: what one person does in Slack or by mail, and what the other sees of it."""

import asyncio
import json
from datetime import datetime

import pytest

from bot.demo.cast import Play
from bot.demo.scene import Scene
from bot.demo.trouble import CannotPlay
from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL_ONLY
from tests.fixtures.stage import CAST, CLUSTERS, INVITATIONS, MEMBERS, Stage, play

EVENT = {"start": 1_819_000_800, "end": 1_819_008_000, "mode": "onsite", "place": "Norrby gård, Tuna"}


async def test_what_is_shared_in_slack_reaches_the_mailbox_and_the_answer_the_thread(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby", **EVENT)
        card = await stage.card("Fältdag på Norrby")
        assert card["author"] == {"name": "Anna Åkesson (Vreta Kluster)", "app": True, "initials": "AÅ"}
        letter = await stage.letter("cecilia", "Fältdag på Norrby")
        assert letter["from"]["name"] == "Anna Åkesson via Gröna kluster"
        assert "Välkomna." in letter["text"]
        assert "Välkomna." in letter["html"]
        assert letter["calendar"]["title"] == "Fältdag på Norrby"
        assert letter["calendar"]["method"] == "PUBLISH"
        uid = letter["uid"]
        answer = {"as": "cecilia", "to": "", "subject": "", "text": "Vi kommer två, med bil.", "reply_to_uid": uid}
        assert await stage.post("/api/mail/send", answer) == {"ok": True}

        async def answered() -> bool:
            return [one["text"] for one in await stage.thread(card["ts"])] == ["Vi kommer två, med bil."]

        await until(answered, 20)
        await stage.done("anna", "say", channel=INVITATIONS, thread=card["ts"], text="Roligt, ta med stövlar")
        assert "Roligt, ta med stövlar" in (await stage.letter("cecilia", "Re: Fältdag"))["text"]


@FULL_ONLY
async def test_a_calendars_answer_is_counted_on_the_card(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby", **EVENT)
        await stage.card("Fältdag på Norrby")
        letter = await stage.letter("cecilia", "Fältdag på Norrby")

        async def press(answer: str) -> None:
            pressed = {"as": "cecilia", "uid": letter["uid"], "answer": answer}
            assert await stage.post("/api/mail/calendar", pressed) == {"ok": True}

        await press("yes")
        card = await stage.card("1 kommer")
        await press("no")

        async def taken_back() -> bool:
            return "1 kommer" not in str(await stage.card("Fältdag på Norrby"))

        await until(taken_back, 20)
        assert await stage.thread(card["ts"]) == []


async def test_what_cannot_be_delivered_is_said_to_a_person_and_kept_in_the_outbox(stage: Stage):
    more = "".join(f"{word}@prov.example.se,{word},vreta,reader,sv,each,,\n" for word in ("tempfail", "permfail"))
    stage.play = play(members=MEMBERS + more.encode())
    async with stage.open():
        for to, code in (("tempfail", "451"), ("permfail", "550 5.1.1"), ("ingen", "550 5.1.1")):
            mail = {"as": "anna", "to": f"{to}@prov.example.se", "subject": "Hej", "text": "Hej på dig"}
            answer = await stage.post("/api/mail/send", mail)
            assert answer["ok"] is False
            assert answer["said"].startswith(code)
        await stage.share("anna", "Fältdag på Norrby")
        await stage.letter("cecilia", "Fältdag på Norrby")

        async def waits() -> bool:
            outbox = (await stage.get("/api/state"))["outbox"]
            return outbox["parked"] == 1 and outbox["queued"] == 1

        await until(waits, 20)


@FULL_ONLY
async def test_a_mailbox_can_be_made_to_fail_and_to_work_again(stage: Stage):
    async with stage.open():
        await stage.post("/api/mailbox", {"as": "cecilia", "fails": "often"}, 400)
        await stage.post("/api/mailbox", {"as": "ingen", "fails": ""}, 404)
        assert await stage.post("/api/mailbox", {"as": "cecilia", "fails": "temporary"}) == {"ok": True}
        people = (await stage.get("/api/state"))["people"]
        assert {one["key"]: one["fails"] for one in people if one["fails"]} == {"cecilia": "temporary"}
        await stage.share("anna", "Fältdag på Norrby")

        async def waits() -> bool:
            outbox = (await stage.get("/api/state"))["outbox"]
            return (outbox["retrying"], outbox["parked"]) == (1, 0) and "451" in outbox["reason"]

        await until(waits, 20)
        assert await stage.inbox("cecilia") == []
        assert await stage.post("/api/mailbox", {"as": "cecilia", "fails": ""}) == {"ok": True}
        await stage.post("/api/clock", {"to": "hour"})
        letter = await stage.letter("cecilia", "Fältdag på Norrby")
        assert letter["iso"][:16] == (await stage.inbox("cecilia"))[0]["iso"][:16]
        assert datetime.fromisoformat(letter["iso"]).utcoffset() is not None


@FULL_ONLY
async def test_a_strangers_mail_waits_at_the_desk(stage: Stage):
    async with stage.open():
        mail = {
            "as": "sven",
            "to": "kluster@lista.example.se",
            "subject": "Får jag vara med?",
            "text": "Jag odlar lin.",
        }
        assert await stage.post("/api/mail/send", mail) == {"ok": True}
        card = await stage.card("Får jag vara med?", "C0REDAKT", "hanna")
        assert "Jag odlar lin." in json.dumps(card, ensure_ascii=False)
        await stage.get("/api/channel/C0REDAKT", 403, **{"as": "anna"})
        assert await stage.inbox("cecilia") == []


async def test_the_form_shows_what_is_wrong_beside_the_field(stage: Stage):
    async with stage.open():
        view = await stage.form("anna")
        said = await stage.slack("anna", "submit", view_id=view["id"], values={"title": ""})
        assert said["ok"] is False
        assert said["errors"]
        modal = (await stage.get("/api/modal", **{"as": "anna"}))["modal"]
        assert modal["id"] == view["id"]
        assert modal["errors"] == said["errors"]
        await stage.done("anna", "close", view_id=view["id"])
        assert (await stage.get("/api/modal", **{"as": "anna"}))["modal"] is None
        refused = await stage.slack("gustav", "submit", view_id=view["id"], values={})
        assert refused == {"ok": False, "trouble": "Formuläret är någon annans."}


async def test_a_jump_to_monday_sends_the_digest(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby", **EVENT)
        await stage.card("Fältdag på Norrby")
        jumped = await stage.post("/api/clock", {"to": "monday"})
        now = datetime.fromisoformat(jumped["clock"]["now"])
        assert (now.weekday(), now.hour, now.minute) == (0, 7, 30)
        assert jumped["clock"]["offset"] > 0
        assert jumped["clock"]["words"].startswith("mån ")
        assert jumped["clock"]["words"].endswith("kl. 07.30")
        assert "Fältdag på Norrby" in (await stage.letter("hanna", "Veckobrev v."))["text"]
        assert (await stage.letter("hanna", "Titta på veckobrevet"))["when"].startswith(
            "fre "
        )  # the editors saw it first
        post = await stage.card("Fältdag på Norrby", "C0VECKO")
        assert abs(float(post["ts"]) - now.timestamp()) < 60
        later = await stage.post("/api/clock", {"to": "hour"})
        assert (datetime.fromisoformat(later["clock"]["now"]) - now).total_seconds() >= 3600
        await stage.post("/api/clock", {"to": "yesterday"}, 400)


@FULL_ONLY
async def test_an_editor_sends_the_digest_now_and_nobody_else(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby", **EVENT)
        await stage.letter("cecilia", "Fältdag på Norrby")
        refused = await stage.post("/api/digest", {"as": "anna"})
        assert (refused["ok"], refused["outcome"]) == (False, "not_allowed")
        sent = await stage.post("/api/digest", {"as": "hanna"})
        assert sent["ok"]
        assert sent["said"] == "Veckobrevet är på väg till 3 personer."
        assert "Fältdag på Norrby" in (await stage.letter("anna", "Veckobrev v."))["text"]
        again = await stage.post("/api/digest", {"as": "hanna"})
        assert (again["ok"], again["outcome"]) == (False, "already")


async def test_every_change_is_told(stage: Stage):
    async with stage.open(), stage.http.get("/api/events") as events:
        assert events.content_type == "text/event-stream"
        first = json.loads((await events.content.readuntil(b"\n\n")).removeprefix(b"data: "))["version"]
        await stage.done("anna", "say", channel=INVITATIONS, text="Hej alla")
        async with asyncio.timeout(5):
            later = json.loads((await events.content.readuntil(b"\n\n")).removeprefix(b"data: "))["version"]
        assert later > first


async def test_only_the_pages_own_browser_is_let_in(stage: Stage):
    async with stage.open():
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            async with stage.http.get("/api/state", headers=headers) as answer:
                assert answer.status == 403, headers
        async with stage.http.post(
            "/api/clock", data='{"to": "day"}', headers={"Content-Type": "text/plain"}
        ) as answer:
            assert answer.status == 403
        async with stage.http.get("/") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"
            assert answer.headers["Cache-Control"] == "no-store"
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script" not in policy
        assert "'none'" in policy
        for path in ("/%2e%2e/web.py", "/..%2fweb.py", "/api/ingen"):
            async with stage.http.get(path) as answer:
                assert answer.status == 404, path


@FULL_ONLY
async def test_a_file_goes_from_slack_to_the_mail(stage: Stage):
    async with stage.open():
        await stage.share("anna", "Fältdag på Norrby")
        card = await stage.card("Fältdag på Norrby")
        letter = await stage.letter("cecilia", "Fältdag på Norrby")
        answer = {"as": "cecilia", "to": "", "subject": "", "reply_to_uid": letter["uid"], "text": "Här är kartan."}
        file = {"name": "karta över Norrby.png", "type": "image/png", "base64": "iVBORw0KGgo="}
        assert await stage.post("/api/mail/send", {**answer, "files": [file]}) == {"ok": True}

        async def shown() -> bool:
            return any(one.get("files") for one in await stage.thread(card["ts"]))

        await until(shown, 20)
        [found] = next(one["files"] for one in await stage.thread(card["ts"]) if one.get("files"))
        async with stage.http.get(found["url"]) as bytes_:
            assert await bytes_.read() == b"\x89PNG\r\n\x1a\n"
            assert bytes_.headers["Content-Disposition"].startswith("inline")


async def test_a_seed_that_fails_ends_the_demo_and_says_why(stage: Stage):
    async def plant(scene: object) -> None:
        raise LookupError("nobody is called “bertil”")

    stage.play = Play(cast=CAST, clusters=CLUSTERS, members=MEMBERS, plant=plant)
    with pytest.raises(BaseExceptionGroup) as failed:
        async with stage.open():
            await stage.over(20)
    assert failed.value.subgroup(lambda error: isinstance(error, CannotPlay) and "“bertil”" in str(error))


async def test_a_seed_that_fails_because_the_demo_was_told_to_stop_is_not_broken(stage: Stage):
    stopped = asyncio.Event()

    async def plant(scene: Scene) -> None:
        await stopped.wait()
        raise LookupError("nobody answers any more")

    stage.play = Play(cast=CAST, clusters=CLUSTERS, members=MEMBERS, plant=plant)
    async with stage.open():
        stage.scene.running.stop.set()
        stopped.set()
        await stage.over(20)
