"""The digest as a page before it goes: an editor writes a lead, takes out, moves, sends or skips; once, whoever is first."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.digest.contents import drawn
from bot.digest.keeping import keep_the_week
from bot.digest.week import week_number
from bridges.tokens import Purpose
from storage.database import Database
from storage.ids import ItemId, Week
from storage.models import Audit, Content, Digest, Member
from storage.words import ContentKind, DigestState, Kind, MemberStatus, Role
from tests.fixtures.newsroom import STOCKHOLM, Newsroom
from tests.fixtures.require import FULL
from tests.fixtures.web import Reply, Site
from tests.fixtures.web import opened as site_opened

W48 = Week("2026-W48")
#: Friday 20 November 2026, 13.00: the preview of week 48.
FRIDAY = datetime(2026, 11, 20, 13, 0, tzinfo=STOCKHOLM)


@dataclass
class Desk:
    """The pages of a network on the Friday, with five things in the coming digest."""

    site: Site
    room: Newsroom
    items: dict[str, ItemId]

    def link(self, name: str = "hanna", week: Week = W48, days: int = 10) -> str:
        return f"/preview/{self.site.token(Purpose.PREVIEW, week_number(week), self.room.members[name], days=days)}"

    async def get(self, name: str = "hanna") -> Reply:
        return await self.site.get(self.link(name))

    async def post(self, do: str, page: Reply | None = None, name: str = "hanna", **changed: Any) -> Reply:
        """Send the form in as the browser would after these changes; None takes a field away, as an unticked box."""
        form = fields(page.text) if page else {}
        for field, value in changed.items():
            form.pop(field, None)
            if value is not None:
                form[field] = str(value)
        return await self.site.post(self.link(name), {**form, "do": do})

    async def sections(self) -> list[tuple[str, str]]:
        async with self.site.house.database.read() as session:
            found = await drawn(session, self.site.house, W48, self.site.clock())
        return [(row.section.value, row.title) for row in found.edition.rows]

    async def digest(self) -> Digest:
        return await self.site.fresh(Digest, W48)

    async def audit(self) -> list[str]:
        async with self.site.house.database.read() as session:
            return list(await session.scalars(select(Audit.action).order_by(Audit.id)))


def fields(page: str) -> dict[str, str]:
    """What a browser would send of a page as it stands."""
    form: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (not re.search(r'type="checkbox"', tag) or " checked" in tag):
            form[name[1]] = unescape(value[1]) if value else ""
    if lead := re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL):
        form["lead"] = unescape(lead[1]).replace("\n", "\r\n")
    return form


@pytest.fixture(params=["sqlite", "postgres"] if FULL else ["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """At the small scale one database: what pages ask of both, the tests of sending do too."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """On one database after the other."""
    channels = {"desk": "C0DESK"}
    slack = {"bot_token": "xoxb-1", "signing_secret": "s", "channels": channels}
    async with site_opened(database, tmp_path, list={"address": "kluster@lista.example.se"}, slack=slack) as site:
        site.clock.at = FRIDAY
        room = Newsroom(site.house, site.clock)
        await room.populate()
        await room.change(Member, room.members["grace"], role=Role.EDITOR)
        items = {
            "walk": await room.share("Fältvandring", on="2026-11-26T13:00"),
            "course": await room.share("Kurs <om> ekonomi", on="2026-12-10T09:00"),
            "meeting": await room.share("Nätverksträff", on="2026-12-11T09:00"),
            "day": await room.share("Mjölkdag", on="2026-12-12T09:00"),
            "tip": await room.share("Stöd till våtmarker", kind=Kind.TIP),
        }
        await keep_the_week(site.house)
        yield Desk(site, room, items)


async def test_the_editor_sees_when_it_goes_to_how_many_and_what_stands_in_it(desk: Desk):
    page = await desk.get()
    assert page.status == 200
    for part in (
        "<h1>Veckobrev v. 48</h1>",
        "Går måndag kl. 07.30 till 6 personer.",
        '<h2 id="this_week">Den här veckan</h2>',
        '<h2 id="horizon">Omvärld</h2>',
        "Kurs &lt;om&gt; ekonomi",
        'aria-label="Plats för ”Mjölkdag”"',
        '<button class="main" name="do" value="save">Spara</button>',
        '<button class="plain" name="do" value="send">Skicka nu …</button>',
        '<button class="danger" name="do" value="skip">Hoppa över …</button>',
    ):
        assert part in page.text, part
    assert "<script" not in page.text
    assert page.text.count(" checked") == 5


async def test_opening_it_changes_nothing(desk: Desk):
    before = await desk.site.everything()
    await desk.get()
    await desk.post("show")
    assert await desk.site.everything() == before


async def test_what_is_unticked_moved_and_written_is_kept(desk: Desk):
    items, page = desk.items, await desk.get()
    changed = {f"pos_{items['day']}": 1, f"in_{items['meeting']}": None, "lead": "Hej,\r\nse https://vreta.example.se"}
    saved = await desk.post("save", page, **changed)
    assert "✓ Sparat." in saved.text
    assert await desk.sections() == [
        ("this_week", "Fältvandring"),
        ("later", "Mjölkdag"),
        ("later", "Kurs <om> ekonomi"),
        ("horizon", "Stöd till våtmarker"),
    ]
    assert (await desk.digest()).lead == "Hej,\nse <https://vreta.example.se>"
    assert "Hej,\nse https://vreta.example.se</textarea>" in saved.text
    # What was taken out stands last in its section, and comes back with its tick.
    assert saved.text.index("Mjölkdag") < saved.text.index("Kurs ") < saved.text.index("Nätverksträff")
    await desk.post("save", saved, **{f"in_{items['meeting']}": 1})
    assert ("later", "Nätverksträff") in await desk.sections()


async def test_saved_as_it_stands_nothing_is_changed(desk: Desk):
    await desk.post("save", await desk.get(), lead="Två\n\n* ett\n* två & tre <b>")
    before, lead = await desk.sections(), (await desk.digest()).lead
    await desk.post("save", await desk.get())
    digest = await desk.digest()
    assert (await desk.sections(), digest.lead, digest.arranged) == (before, lead, ())


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ({"course": 3}, ["Nätverksträff", "Mjölkdag", "Kurs <om> ekonomi"]),
        ({"day": 2}, ["Kurs <om> ekonomi", "Mjölkdag", "Nätverksträff"]),
        ({"course": 2}, ["Nätverksträff", "Kurs <om> ekonomi", "Mjölkdag"]),
        ({"day": 1, "course": 3}, ["Mjölkdag", "Nätverksträff", "Kurs <om> ekonomi"]),
        ({"day": 0, "course": "tre", "meeting": "99999999999999999999"}, ["Kurs <om> ekonomi", "Nätverksträff", "Mjölkdag"]),
    ],
)  # fmt: skip
async def test_a_number_moves_it_to_that_place(desk: Desk, moves, expected):
    await desk.post("save", await desk.get(), **{f"pos_{desk.items[name]}": place for name, place in moves.items()})
    assert [title for section, title in await desk.sections() if section == "later"] == expected


async def test_sending_asks_first_and_keeps_what_stood_in_the_form(desk: Desk):
    asks = await desk.post("send", await desk.get(), lead="Läs det här")
    assert "<h1>Skicka veckobrevet v. 48 nu?</h1>" in asks.text
    assert 'value="send_now">Skicka till 6 personer</button>' in asks.text
    digest = await desk.digest()
    assert (digest.state, digest.lead) == (DigestState.DRAFT, "Läs det här")
    assert await desk.room.picks() == {}

    done = await desk.post("send_now")
    assert "Hanna skickade det fre 20 nov kl. 13.00 till 6 personer." in done.text
    assert "<button" not in done.text
    digest = await desk.digest()
    assert (digest.state, digest.decided_via) == (DigestState.SENT, "web")
    assert set(await desk.room.picks()) == {"anna", "cecilia", "dora", "filip", "grace", "hanna"}
    assert desk.site.poked


async def test_skipping_asks_first_and_can_be_thought_better_of(desk: Desk):
    asks = await desk.post("skip", await desk.get())
    assert "<h1>Hoppa över veckobrevet v. 48?</h1>" in asks.text
    assert (await desk.digest()).state is DigestState.DRAFT
    done = await desk.post("skip_now")
    assert "Hanna hoppade över veckobrevet v. 48." in done.text
    assert (await desk.digest()).state is DigestState.SKIPPED

    # Another who looked at it before is told, and not obeyed at once; then they know.
    for late in (await desk.post("send_now", name="grace"), await desk.get("grace")):
        assert "Hanna skipped week 48." in late.text
        assert 'value="revive">Send it anyway</button>' in late.text
    assert await desk.room.picks() == {}
    assert 'value="send_anyway">Send to 6 people</button>' in (await desk.post("revive", name="grace")).text
    await desk.post("send_anyway", name="grace")
    assert (await desk.digest()).state is DigestState.SENT
    assert len(await desk.room.picks()) == 6


async def test_of_two_editors_at_once_the_first_decides(desk: Desk):
    answers = await asyncio.gather(
        desk.post("send_now"), desk.post("skip_now", name="grace"), desk.post("send_now", name="grace")
    )
    assert [answer.status for answer in answers] == [200] * 3
    done = [action for action in await desk.audit() if action in ("digest.sent", "digest.skipped")]
    assert len(done) == 1
    sent = done == ["digest.sent"]
    assert len(await desk.room.picks()) == (6 if sent else 0)
    state = (await desk.digest()).state
    assert state is (DigestState.SENT if sent else DigestState.SKIPPED)
    assert "skickade det" in answers[0].text or "hoppade över" in answers[0].text


async def test_of_two_who_arrange_both_are_heard(desk: Desk):
    items, hanna, grace = desk.items, await desk.get(), await desk.get("grace")
    await desk.post("save", hanna, lead="Från Hanna", **{f"in_{items['tip']}": None})
    await desk.post("save", grace, name="grace", **{f"pos_{items['day']}": 1})
    assert (await desk.digest()).lead == "Från Hanna"
    titles = [title for _, title in await desk.sections()]
    assert titles == ["Fältvandring", "Mjölkdag", "Kurs <om> ekonomi", "Nätverksträff"]


async def test_a_lead_that_another_overwrites_is_not_lost(desk: Desk):
    hanna, grace = await desk.get(), await desk.get("grace")
    await desk.post("save", hanna, lead="Från Hanna")
    await desk.post("save", grace, name="grace", lead="Från Grace")
    async with desk.site.house.database.read() as session:
        details = list(await session.scalars(select(Audit.detail).where(Audit.action == "digest.arranged")))
    assert details[-1]["lead_before"] == "Från Hanna"


async def test_what_was_sent_cannot_be_arranged(desk: Desk):
    page = await desk.get()
    await desk.post("send_now", name="grace")
    late = await desk.post("save", page, lead="För sent")
    assert "Grace skickade det" in late.text
    assert (await desk.digest()).lead == ""


async def test_what_came_since_friday_stands_on_the_page(desk: Desk):
    page = await desk.get()
    new = await desk.room.share("Ny träff", on="2026-12-01T10:00", days_ago=0.1)
    assert "Ny träff" in (await desk.get()).text
    await desk.post("save", page, lead="Hej")
    assert ("later", "Ny träff") in await desk.sections()
    assert f"row_{new}" in fields((await desk.get()).text)


async def test_nothing_to_send(desk: Desk):
    page = await desk.get()
    for item in desk.items.values():
        page = await desk.post("save", page, **{f"in_{item}": None})
    assert "inget nytt, inga kommande träffar" in page.text
    assert 'value="send"' not in page.text
    await desk.post("send_now")
    assert (await desk.digest()).state is DigestState.DRAFT


async def test_the_missed_one_says_why_and_can_be_sent(desk: Desk):
    desk.site.clock.at = datetime(2026, 11, 23, 18, 1, tzinfo=STOCKHOLM)
    await keep_the_week(desk.site.house)
    page = await desk.get()
    assert "Brygga var inte i gång måndag kl. 07.30–18.00." in page.text
    assert "Det går till 6 personer." in page.text
    await desk.post("send_now")
    assert len(await desk.room.picks()) == 6


async def test_only_whoever_is_an_editor_sees_and_decides(desk: Desk):
    for name, change in (("hanna", {"role": Role.STAFF}), ("grace", {"status": MemberStatus.LEFT})):
        await desk.room.change(Member, desk.room.members[name], **change)
        for answer in (
            await desk.get(name),
            await desk.post("send_now", name=name),
            await desk.post("save", name=name),
        ):
            assert (answer.status, "Fältvandring" in answer.text) == (403, False)
    assert (await desk.digest()).state is DigestState.DRAFT


async def test_a_link_of_another_sort_or_past_its_day_is_dead(desk: Desk):
    token = desk.site.token(Purpose.DESK, week_number(W48), desk.room.members["hanna"], days=10)
    no_week = desk.site.token(Purpose.PREVIEW, 202699, desk.room.members["hanna"], days=10)
    for path in (f"/preview/{token}", f"/preview/{no_week}", "/preview/x"):
        for answer in (await desk.site.get(path), await desk.site.post(path, {"do": "send_now"})):
            assert (answer.status, "Länken fungerar inte" in answer.text) == (404, True)
    link = desk.link()
    desk.site.clock.at += timedelta(days=11)
    assert (await desk.site.post(link, {"do": "send_now"})).status == 404
    assert (await desk.digest()).state is DigestState.DRAFT


async def test_a_wish_that_is_not_there_does_nothing(desk: Desk):
    before = await desk.site.everything()
    for do in ("", "SEND_NOW", "delete"):
        assert (await desk.post(do)).status == 400
    assert await desk.site.everything() == before


async def test_an_odd_form_changes_nothing_that_it_does_not_name(desk: Desk):
    odd = {
        "row_x": "later:1:1",
        "row_999999": "later:1:1",
        f"row_{desk.items['tip']}": "nowhere:1:1",
        "row_1": "later:1",
    }
    before = await desk.sections()
    assert (await desk.post("save", **odd)).status == 200
    assert await desk.sections() == before


async def test_hundreds_of_items_are_one_form(desk: Desk):
    for number in range(400):
        await desk.room.share(f"Tips {number:03} " + "å" * 300, kind=Kind.TIP, days_ago=1)
    page = await desk.get()
    assert page.text.count(" checked") == 405
    last = max(int(name.removeprefix("row_")) for name in fields(page.text) if name.startswith("row_"))
    saved = await desk.post("save", page, lead="å" * 3_000, **{f"pos_{last}": 1, f"in_{desk.items['walk']}": None})
    assert "✓ Sparat." in saved.text
    assert len(await desk.sections()) == 404
    assert (await desk.digest()).lead == "å" * 3_000


async def test_each_editor_hears_of_it_with_a_link_of_their_own(desk: Desk):
    async with desk.site.house.database.read() as session:
        told = list(await session.scalars(select(Content.data).where(Content.kind == ContentKind.RECEIPT)))
        at_desk = list(await session.scalars(select(Content.data).where(Content.kind == ContentKind.NOTICE)))
    links = {data["url"].removeprefix(desk.site.house.settings.network.public_url) for data in told}
    assert len(links) == 2
    for link in links:
        assert (await desk.site.get(link)).status == 200
    assert [(data["notice"], data["people"], data["items"]) for data in at_desk] == [("digest_preview", 6, 5)]
