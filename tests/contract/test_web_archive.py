"""Looking back: an item's page and files for members with a link, and the same closed door for everybody else."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.web.archive import disposition
from bridges.tokens import Purpose
from storage.database import Database
from storage.models import Comment, Content, Delivery, Event, Item, Member
from storage.words import Audience, EventStatus, ItemStatus, MemberStatus
from tests.fixtures.web import Reply, Site, conversation, file_of, opened


async def with_key(site: Site) -> tuple[Item, Member, str]:
    item, bo = await conversation(site)
    return item, bo, site.token(Purpose.READ, item.id, bo.id, days=30)


def words_of(page: Reply) -> str:
    """What a person reads, without tags."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


# -- the page -------------------------------------------------------------------------------------------------------


async def test_a_member_reads_what_when_where_by_which_day_and_what_was_answered(site_on_each: Site):
    site = site_on_each
    item, _, key = await with_key(site)
    page = await site.get(f"/i/{item.id}?k={key}")
    assert page.status == 200
    said = words_of(page)
    for part in (
        "Inbjudan · Vreta Kluster",
        "ons 26 aug kl. 13.00–15.30 · Norrby gård, Tuna",
        "Sista anmälningsdag: tis 25 aug (om 5 dagar)",
        "Arrangör: Hushållningssällskapet",
        "Samling vid ladan",
        "krisberedskap",
        "2 svar i tråden",
    ):
        assert part in said, part
    assert said.index("Bo Ström") < said.index("Vi kommer, tre personer.") < said.index("Anna Ek · Vreta Kluster tors")
    assert '<h1 lang="sv">Fältvandring om mellangrödor</h1>' in page.text
    assert '<span class="soon">' in page.text
    assert '<a class="button main" href="https://anmalan.example/falt">Anmäl dig</a>' in page.text
    assert "<strong>Norrby gård</strong>" in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert re.search(r'href="mailto:kluster\+thread-[a-z0-9]+@lista\.example\.se\?subject=SV%3A%20F%C3%A4lt', page.text)


async def test_an_english_reader_gets_english_around_swedish_words(site: Site):
    item, bo, key = await with_key(site)
    async with site.house.database.write() as session:
        (await session.get_one(Member, bo.id)).locale = "en"
    page = await site.get(f"/i/{item.id}?k={key}")
    assert "Wed 26 Aug, 13:00–15:30 · Norrby gård, Tuna" in words_of(page)
    assert "Last day to sign up: Tue 25 Aug (in 5 days)" in words_of(page)
    assert '<html lang="en">' in page.text
    assert '<div class="text" lang="sv">' in page.text


async def test_a_cancelled_event_says_so_and_takes_no_registrations(site: Site):
    item, _, key = await with_key(site)
    async with site.house.database.write() as session:
        await session.execute(Event.__table__.update().values(status=EventStatus.CANCELLED))
    page = await site.get(f"/i/{item.id}?k={key}")
    assert '<span class="off">Inställt:</span>' in page.text
    assert "Anmäl dig" not in page.text


async def test_a_last_day_that_has_passed_offers_no_registration(site: Site):
    item, _, key = await with_key(site)
    site.clock.at = datetime(2026, 8, 26, 6, 0, tzinfo=UTC)
    page = await site.get(f"/i/{item.id}?k={key}")
    assert "Sista anmälningsdag var tis 25 aug." in words_of(page)
    assert "Anmäl dig" not in page.text


async def test_a_link_that_could_run_is_no_button(site: Site):
    item, _, key = await with_key(site)
    for url in ("javascript:alert(1)", "data:text/html,x", " https://x", "//evil.example"):
        async with site.house.database.write() as session:
            await session.execute(Event.__table__.update().values(registration_url=url, online_url=url))
        page = await site.get(f"/i/{item.id}?k={key}")
        assert page.status == 200
        assert 'class="button main"' not in page.text
        assert "Länk till mötet" not in page.text


async def test_a_meeting_is_where_it_is(site: Site):
    item, _, key = await with_key(site)
    for mode, place, url, said in (
        ("online", "", "https://teams.microsoft.com/l/1", "· Digitalt via Teams"),
        ("online", "", "https://moten.example/1", "· Digitalt"),
        ("hybrid", "Norrby gård", "https://slu-se.zoom.us/j/1", "· Norrby gård, och digitalt via Zoom"),
        (None, "", "https://moten.example/1", "· Digitalt"),
        ("onsite", "Norrby gård", "", "· Norrby gård"),
    ):
        async with site.house.database.write() as session:
            await session.execute(Event.__table__.update().values(mode=mode, place=place, online_url=url))
        page = await site.get(f"/i/{item.id}?k={key}")
        assert f"kl. 13.00–15.30 {said} Sista" in words_of(page)
        assert ("Delta digitalt" in page.text) == bool(url)


async def test_a_last_hour_is_told_in_the_networks_time(site: Site):
    item, _, key = await with_key(site)
    async with site.house.database.write() as session:
        await session.execute(Event.__table__.update().values(registration_deadline="2026-08-21T10:00:00+00:00"))
    said = words_of(await site.get(f"/i/{item.id}?k={key}"))
    assert "Sista anmälningsdag: fre 21 aug kl. 12.00 (i morgon)" in said


async def test_what_is_known_only_by_week_is_said_by_week(site: Site):
    item, _, key = await with_key(site)
    async with site.house.database.write() as session:
        await session.execute(
            Event.__table__.update().values(start="2026-11-16", end=None, precision="week", registration_deadline="")
        )
    said = words_of(await site.get(f"/i/{item.id}?k={key}"))
    assert "v. 47 · Norrby gård, Tuna" in said
    assert "16 nov" not in said


# -- who may read ---------------------------------------------------------------------------------------------------


async def test_without_a_key_every_id_looks_the_same(site: Site):
    item, bo, key = await with_key(site)
    undone = await site.item(status=ItemStatus.UNDONE)
    other_key = site.token(Purpose.READ, undone.id, bo.id)
    doors = [
        await site.get(path)
        for path in (
            f"/i/{item.id}",
            f"/i/{undone.id}",
            "/i/987654",
            "/i/999999999999999999",
            f"/i/{item.id}?k={key[:-2]}",
            f"/i/{item.id}?k={other_key}",
            f"/i/{item.id}?k={site.token(Purpose.THREAD, item.id)}",
            "/a/1/program.pdf",
            "/a/987654/program.pdf",
        )
    ]
    assert {door.status for door in doors} == {200}
    assert len({door.text for door in doors}) == 1
    assert "Sidan är för medlemmar" in doors[0].text
    assert "Fältvandring" not in doors[0].text


async def test_an_id_that_is_no_number_is_no_page(site: Site):
    for strange in ("abc", "-1", "1.5", "1e3", "٣", "9" * 5000, "1%00"):
        assert (await site.get(f"/i/{strange}")).status == 404
        assert (await site.post(f"/i/{strange}", {"address": "anna@example.se"})).status == 404


async def test_a_key_grows_old_and_ends_with_the_membership(site: Site):
    item, bo, key = await with_key(site)
    path = f"/i/{item.id}?k={key}"
    site.clock.at += timedelta(days=29)
    assert "Fältvandring" in (await site.get(path)).text
    site.clock.at += timedelta(days=3)
    assert "Fältvandring" not in (await site.get(path)).text
    lasting = f"/i/{item.id}?k={site.token(Purpose.READ, item.id, bo.id)}"
    assert "Fältvandring" in (await site.get(lasting)).text
    async with site.house.database.write() as session:
        (await session.get_one(Member, bo.id)).status = MemberStatus.LEFT
    assert "Fältvandring" not in (await site.get(lasting)).text


@pytest.mark.parametrize("status", [ItemStatus.UNDONE, ItemStatus.WITHDRAWN])
async def test_what_was_taken_back_is_gone_also_for_members(site: Site, status: ItemStatus):
    item, _, key = await with_key(site)
    async with site.house.database.write() as session:
        (await session.get_one(Item, item.id)).status = status
    for path in (f"/i/{item.id}?k={key}", f"/a/1/x.pdf?k={key}"):
        page = await site.get(path)
        assert (page.status, "Det finns inte kvar" in page.text, "Norrby" in page.text) == (410, True, False)


async def test_an_open_archive_shows_names_but_no_addresses_and_only_what_is_for_all(
    sqlite_database: Database, tmp_path: Path
):
    async with opened(sqlite_database, tmp_path, network={"open_archive": True}) as site:
        item, _ = await conversation(site)
        nameless = await site.item("Utan namn", author_email="hemlig@example.se")
        some = await site.item("Bara för områden", audience=Audience.AREAS)
        assert "Sidan är för medlemmar" in (await site.get(f"/i/{item.id}")).text  # it may still be undone
        site.clock.at += timedelta(minutes=3)
        page = await site.get(f"/i/{item.id}")
        assert "Anna Ek" in page.text
        assert "mailto:kluster" not in page.text
        assert f'href="/a/1/{"Program%20f%C3%B6r%20dagen.pdf"}"' in page.text
        assert (await site.get("/a/1/program.pdf")).body == b"%PDF-1.4 program"
        assert "hemlig" not in (await site.get(f"/i/{nameless.id}")).text
        assert "Sidan är för medlemmar" in (await site.get(f"/i/{some.id}")).text


# -- asking for a link ----------------------------------------------------------------------------------------------


async def letters(site: Site) -> list[tuple[str, dict]]:
    async with site.house.database.read() as session:
        rows = await session.execute(
            select(Delivery.destination, Content.data).join(Content, Content.id == Delivery.content_id)
        )
        return [(row.destination, row.data) for row in rows]


async def test_a_member_is_mailed_a_link_that_opens_the_page(site_on_each: Site):
    site = site_on_each
    item, _, _ = await with_key(site)
    answer = await site.post(f"/i/{item.id}", {"address": " BO@example.se "})
    assert (answer.status, "Titta i din inkorg" in answer.text) == (200, True)
    [(destination, data)] = await letters(site)
    assert destination == "mail:bo@example.se"
    assert (data["notice"], data["title"]) == ("link", item.title)
    path = data["url"].removeprefix(site.house.settings.network.public_url)
    assert "Fältvandring" in (await site.get(path)).text
    assert site.poked


async def test_strangers_and_members_are_answered_alike(site: Site):
    item, _, _ = await with_key(site)

    async def ask(path: str, address: str) -> tuple[int, str]:
        answer = await site.post(path, {"address": address})
        return answer.status, answer.text.replace(address, "ADDRESS")

    paths = (f"/i/{item.id}", "/i/987654", "/a/1/x.pdf", "/a/987654/x.pdf")
    addresses = ("bo@example.se", "fel@example.se")
    alike = await asyncio.gather(*(ask(path, address) for path in paths for address in addresses))
    assert len(set(alike)) == 1
    assert [to for to, _ in await letters(site)] == ["mail:bo@example.se"]


async def test_what_is_no_address_is_asked_for_again(site: Site):
    item, _, _ = await with_key(site)
    for address in ("", "anna", "anna@", "@example.se", "a b@example.se", "a@b\r\nBcc: c@d.se", "<a@b.se>"):
        answer = await site.post(f"/i/{item.id}", {"address": address})
        assert (answer.status, "Det ser inte ut som en mejladress." in answer.text) == (400, True)
    assert await letters(site) == []


# -- files ----------------------------------------------------------------------------------------------------------


async def test_a_file_is_saved_under_its_name_and_never_shown(site: Site):
    item, _, key = await with_key(site)
    page = await site.get(f"/i/{item.id}?k={key}")
    path = re.search(r'href="(/a/1/[^"]+)"', page.text)[1]
    answer = await site.get(path)
    assert answer.body == b"%PDF-1.4 program"
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"Program f_r dagen.pdf\"; filename*=UTF-8''Program%20f%C3%B6r%20dagen.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    head = await site.ask("HEAD", path)
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "16", b"")


async def test_what_a_browser_might_run_is_only_bytes(site: Site):
    item, _, key = await with_key(site)
    for kind in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "x\r\ny: z", ""):
        attachment = await site.add(file_of("sida.html", b"<script>1</script>", item_id=item.id, content_type=kind))
        answer = await site.get(f"/a/{attachment.id}/sida.html?k={key}")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_the_file_of_an_answer_needs_the_key_of_its_item(site: Site):
    item, bo, key = await with_key(site)
    other = await site.item("En annan")
    async with site.house.database.read() as session:
        answer_id = await session.scalar(select(Comment.id).where(Comment.item_id == item.id).limit(1))
    attachment = await site.add(file_of("karta.png", b"png", comment_id=answer_id, content_type="image/png"))
    assert f"/a/{attachment.id}/karta.png" in (await site.get(f"/i/{item.id}?k={key}")).text
    assert (await site.get(f"/a/{attachment.id}/karta.png?k={key}")).body == b"png"
    wrong = site.token(Purpose.READ, other.id, bo.id)
    assert (await site.get(f"/a/{attachment.id}/karta.png?k={wrong}")).body != b"png"


@given(st.text(min_size=1, max_size=60))
def test_no_name_of_a_file_breaks_out_of_its_header(name: str):
    try:
        name.encode()
    except UnicodeEncodeError:
        return  # what UTF-8 cannot carry does not get into the ledger
    header = disposition(name)
    assert re.fullmatch(r"attachment; filename=\"[ !#-\[\]-~]+\"; filename\*=UTF-8''[\w.~%-]+", header, re.ASCII)
