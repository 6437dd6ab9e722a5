"""The digest on the web: to each member what is theirs, to an open archive what is for all, and else a closed door."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.actions import MOST_LINKS
from bot.digest.sending import send
from bridges.mail.letter import ListHouse
from bridges.mail.letters import LedgerLetters
from bridges.tokens import Purpose
from storage.database import Database
from storage.ids import ItemId, ProcessId, Week
from storage.models import Content, Delivery, Item, Member
from storage.outbox import claim
from storage.words import Audience, ItemStatus, Kind, MemberStatus
from tests.fixtures import web
from tests.fixtures.newsroom import MONDAY, Newsroom
from tests.fixtures.require import FULL
from tests.fixtures.web import Reply, Site

WEEK, NUMBER, PAGE = Week("2026-W48"), 202648, "/d/2026-W48"


@dataclass
class Stand:
    """A network whose digest of week 48 has gone out, and its pages."""

    site: Site
    room: Newsroom
    items: dict[str, ItemId]

    def key(self, name: str, number: int = NUMBER, **more: int) -> str:
        return self.site.token(Purpose.DIGEST, number, self.room.members[name], **more)

    async def opened_by(self, name: str) -> Reply:
        return await self.site.get(f"{PAGE}?k={self.key(name)}")

    async def links_mailed(self) -> list[tuple[str, str]]:
        """To whom, and where the links lead."""
        async with self.site.house.database.read() as session:
            rows = await session.execute(
                select(Delivery.destination, Content.data).join(Content, Content.id == Delivery.content_id)
            )
            return [(to, data["url"]) for to, data in rows if data.get("notice") == "link"]


async def stand(site: Site) -> Stand:
    site.clock.at = MONDAY
    room = Newsroom(site.house, site.clock)
    await room.populate()
    items = {
        "all": await room.share("Nätverksträff", on="2026-11-26T13:00", deadline="2026-11-25"),
        "crisis": await room.share("Krisberedskap", on="2026-12-10", topics=("krisberedskap",)),
        "tip": await room.share("Nytt stöd", kind=Kind.TIP),
        "clusters": await room.share("Bara kluster", kind=Kind.NEWSLETTER, audience=Audience.CLUSTERS),
    }
    await room.vote(items["tip"], "dora", "filip")
    assert (await send(site.house, WEEK, "cli")).outcome == "sent"
    return Stand(site, room, items)


@pytest.fixture(params=["sqlite", "postgres"] if FULL else ["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """At the small scale one database: what pages ask of both, the tests of sending do too."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def closed(site_on_each: Site) -> Stand:
    return await stand(site_on_each)


@pytest.fixture
async def archive(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Stand]:
    """An open one."""
    sections = {"network": {"open_archive": True}, "list": {"address": "kluster@lista.example.se"}}
    async with web.opened(sqlite_database, tmp_path, **sections) as site:
        yield await stand(site)


def titles(page: Reply) -> list[str]:
    return re.findall(r'<a href="/i/[^"]*" lang="sv">([^<]*)</a>', page.text)


async def test_a_member_reads_what_is_theirs(closed: Stand):
    page = await closed.opened_by("dora")
    assert page.status == 200
    assert "<h1>Veckobrev v. 48</h1>" in page.text
    assert titles(page) == ["Nätverksträff", "Krisberedskap", "Nytt stöd", "Bara kluster"]
    for said in ("Svara senast", "Sista anmälningsdag: ons 25 nov (om 2 dagar)", "v. 50", "2 röster", "Vreta Kluster"):
        assert said in page.text
    assert titles(await closed.opened_by("grace")) == ["Nätverksträff", "Krisberedskap", "Nytt stöd"]
    assert "<h1>Weekly digest, week 48</h1>" in (await closed.opened_by("grace")).text
    assert titles(await closed.opened_by("filip")) == ["Nätverksträff", "Nytt stöd", "Bara kluster"]


async def test_one_who_is_paused_reads_what_would_have_come(closed: Stand):
    assert "Nätverksträff" in titles(await closed.opened_by("paula"))


async def test_each_title_opens_its_page_and_a_tip_takes_its_readers_vote(closed: Stand):
    page = await closed.opened_by("dora")
    links = re.findall(r'<a href="(/i/[^"]*)"', page.text)
    assert len(links) == 4
    for link in links:
        opened = await closed.site.get(link)
        assert (opened.status, "<h1 lang=" in opened.text) == (200, True)
    [vote] = re.findall(r'href="/vote/(\d+)/(\w+)"', page.text)
    tokens, now = closed.site.house.tokens, closed.site.clock()
    assert int(vote[0]) == closed.items["tip"]
    assert tokens.read(Purpose.VOTE, vote[1], now) == (closed.items["tip"], closed.room.members["dora"])
    assert tokens.read(Purpose.VOTE, vote[1], now + timedelta(days=62)) is None


async def test_the_key_in_a_letter_opens_what_the_letter_speaks_of_and_nothing_else(closed: Stand):
    key, old = closed.key("cecilia"), closed.key("cecilia", 202647)
    tip, clusters = closed.items["tip"], closed.items["clusters"]
    elsewhere = await closed.room.share("Inte i något veckobrev", days_ago=0)
    opened = await closed.site.get(f"/i/{tip}?k={key}")
    assert (opened.status, "<h1 lang=" in opened.text) == (200, True)
    for item, token in ((clusters, key), (elsewhere, key), (tip, old), (tip, f"{key}x")):
        page = await closed.site.get(f"/i/{item}?k={token}")
        assert "Sidan är för medlemmar" in page.text
    await closed.room.change(Member, closed.room.members["cecilia"], status=MemberStatus.LEFT)
    assert "Sidan är för medlemmar" in (await closed.site.get(f"/i/{tip}?k={key}")).text


async def test_the_mailed_digest_takes_votes_for_its_own_tips_only(closed: Stand):
    house, dora = closed.site.house, closed.room.members["dora"]
    later = await closed.room.share("Bara för andra veckor", kind=Kind.TIP)
    listed = ListHouse(
        name="Nätverket",
        address="kluster@lista.example.se",
        public_url="https://x.example.se",
        timezone="Europe/Stockholm",
    )
    async with house.database.write() as session:
        claims = await claim(session, ProcessId("x"), "mail", closed.site.clock(), 100)
    [copy] = [one for one in claims if one.member_id == dora]
    dressed = await LedgerLetters(house.database, house.tokens, listed, closed.site.clock).dress(copy)
    mail = message_from_bytes(dressed.data, policy=policy.default)
    [link] = re.findall(r"https://x\.example\.se(/vote/\S+)", mail.get_body(("plain",)).get_content())
    token = link.rpartition("/")[2]
    assert house.tokens.read(Purpose.VOTES, token, closed.site.clock() + timedelta(days=59)) == (NUMBER, dora)
    assert house.tokens.read(Purpose.VOTES, token, closed.site.clock() + timedelta(days=62)) is None
    assert "Nytt stöd" in (await closed.site.get(link)).text
    other = await closed.site.get(f"/vote/{later}/{token}")
    assert (other.status, "andra veckor" in other.text) == (404, False)


async def test_what_has_been_taken_back_is_gone_from_the_page(closed: Stand):
    await closed.room.change(Item, closed.items["all"], status=ItemStatus.WITHDRAWN)
    page = await closed.opened_by("dora")
    assert titles(page) == ["Krisberedskap", "Nytt stöd", "Bara kluster"]
    assert "Nätverksträff" not in page.text


async def test_reading_changes_nothing(closed: Stand):
    before = await closed.site.everything()
    await closed.opened_by("dora")
    await closed.site.get(PAGE)
    assert await closed.site.everything() == before


async def test_the_door_is_closed_to_every_other_key(closed: Stand):
    dora = closed.room.members["dora"]
    read = closed.site.token(Purpose.READ, NUMBER, dora)
    for key in ("", "?k=", "?k=abc", f"?k={read}", f"?k={closed.key('dora', 202647)}", f"?k={closed.key('dora')}x"):
        page = await closed.site.get(PAGE + key)
        assert (page.status, "Sidan är för medlemmar" in page.text) == (200, True), key
        assert "Nätverksträff" not in page.text
    await closed.room.change(Member, dora, status=MemberStatus.LEFT)
    assert "Nätverksträff" not in (await closed.opened_by("dora")).text
    old = closed.key("grace", days=1)
    closed.site.clock.at += timedelta(days=3)
    assert "Nätverksträff" not in (await closed.site.get(f"{PAGE}?k={old}")).text


async def test_a_member_is_mailed_a_link_that_opens_it(closed: Stand):
    answers = [await closed.site.post(PAGE, {"address": to}) for to in ("Dora@example.se", "okand@example.org")]
    assert {answer.status for answer in answers} == {200}
    assert (
        len({answer.text.replace("okand@example.org", "X").replace("Dora@example.se", "X") for answer in answers}) == 1
    )
    [(to, url)] = await closed.links_mailed()
    assert to == "mail:dora@example.se"
    page = await closed.site.get(url[url.index("/d/") :])
    assert "Krisberedskap" in titles(page)
    await closed.site.post(PAGE, {"address": "dora@example.se"})
    assert len(await closed.links_mailed()) == 1  # the same one, once a day
    assert closed.site.poked


async def test_links_to_pages_of_all_sorts_are_counted_together(closed: Stand):
    for n in range(MOST_LINKS):
        item = await closed.room.share(f"Fråga {n}", kind=Kind.QUESTION)
        await closed.site.post(f"/i/{item}", {"address": "dora@example.se"})
    await closed.site.post(PAGE, {"address": "dora@example.se"})
    links = [url for _, url in await closed.links_mailed()]
    assert len(links) == MOST_LINKS
    assert not any("/d/" in url for url in links)


async def test_what_does_not_look_like_an_address_is_asked_for_again(closed: Stand):
    page = await closed.site.post(PAGE, {"address": "dora"})
    assert (page.status, "ser inte ut som en mejladress" in page.text) == (400, True)


async def test_a_week_that_has_no_digest_says_so(closed: Stand):
    for named in ("2026-W60", "v48", "2026-w99", "%00", "202648"):
        page = await closed.site.get(f"/d/{named}")
        assert (page.status, "Det veckobrevet finns inte" in page.text) == (404, True), named
    page = await closed.site.get(f"/d/2026-W49?k={closed.key('dora', 202649)}")
    assert (page.status, "Inget veckobrev har gått ut den veckan" in page.text) == (404, True)
    await closed.site.post("/d/2026-W49", {"address": "dora@example.se"})
    assert await closed.links_mailed() == []


async def test_an_open_archive_shows_what_is_for_all_and_no_votes(archive: Stand):
    page = await archive.site.get(PAGE)
    assert page.status == 200
    assert titles(page) == ["Nätverksträff", "Krisberedskap", "Nytt stöd"]
    assert "Bara kluster" not in page.text
    assert "?k=" not in page.text
    assert "/vote/" not in page.text
    assert titles(await archive.opened_by("dora"))[-1] == "Bara kluster"
    assert (await archive.site.get("/d/2026-W49")).status == 404


async def test_a_draft_is_shown_to_nobody(site: Site):
    site.clock.at = MONDAY
    room = Newsroom(site.house, site.clock)
    await room.populate()
    await room.share("Hemligt än", on="2026-11-26")
    key = site.token(Purpose.DIGEST, NUMBER, room.members["hanna"])
    page = await site.get(f"{PAGE}?k={key}")
    assert (page.status, "Hemligt" in page.text) == (404, False)


async def test_the_letter_and_the_page_count_the_same_items(closed: Stand):
    picks = await closed.room.picks()
    for name in ("anna", "dora", "filip", "grace", "hanna"):
        page = await closed.opened_by(name)
        assert [int(n) for n in re.findall(r'<a href="/i/(\d+)', page.text)] == picks[name], name
