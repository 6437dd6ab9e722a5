"""The desk as a page: an editor sees what waits and decides it, once, whoever is first."""

import asyncio
import re
from datetime import timedelta

from sqlalchemy import select

from bridges.tokens import Purpose
from storage.models import Held, Item, Likeness, Member
from storage.words import HeldState, MemberStatus, Mode, Role
from tests.fixtures.web import Site

RAW = """\
From: Okänd Granne <okand@gard.example>
To: kluster@lista.example.se
Subject: Maskinvisning
Message-ID: <maskin@gard.example>
Date: Thu, 20 Aug 2026 09:00:00 +0200
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hej, kom och se nya maskiner på tisdag.
""".replace("\n", "\r\n").encode()


async def an_editor(site: Site, name: str = "Eva Ed", **more: object) -> Member:
    return await site.member(name, role=Role.EDITOR, **more)


def link_of(site: Site, held: Held, editor: Member) -> str:
    return f"/desk/{site.token(Purpose.DESK, held.id, editor.id, days=7)}"


async def items(site: Site) -> int:
    return len((await site.everything())["items"])


async def test_the_editor_sees_what_who_why_and_how_many(site_on_each: Site):
    site = site_on_each
    held, editor = await site.held(RAW), await an_editor(site)
    page = await site.get(link_of(site, held, editor))
    assert page.status == 200
    for part in (
        "<h1>Maskinvisning</h1>",
        "Okänd Granne · okand@gard.example",
        "Adressen är inte känd här.",
        "<strong>nya maskiner</strong>",
        'program.pdf <span class="muted">123 kB</span>',
        'value="approve">Skicka till 143 personer</button>',
        'value="reject">Avvisa</button>',
    ):
        assert part in page.text, part
    assert "<script" not in page.text
    assert (await site.fresh(Held, held.id)).state is HeldState.WAITING


async def test_approving_sends_it_on_and_the_next_editor_sees_who_did(site_on_each: Site):
    site = site_on_each
    held, eva, ove = await site.held(RAW), await an_editor(site), await an_editor(site, "Ove Ek", locale="en")
    await site.member("Bo Ström")
    done = await site.post(link_of(site, held, eva), {"decision": "approve"})
    assert (done.status, "Skickat" in done.text, "”Maskinvisning”" in done.text) == (200, True, True)
    assert "Det går nu till 3 personer." in done.text
    row = await site.fresh(Held, held.id)
    assert (row.state, row.decided_by, row.decided_via) == (HeldState.RELEASED, eva.id, "web")
    assert (await site.fresh(Item, 1)).title == "Maskinvisning"
    assert site.poked

    site.clock.at += timedelta(hours=1)
    said = "Eva Ed sent on &#34;Maskinvisning&#34; Thu 20 Aug 12:00."
    for late in (
        await site.get(link_of(site, held, ove)),
        await site.post(link_of(site, held, ove), {"decision": "reject"}),
    ):
        assert "Decided already" in late.text
        assert said in late.text
        assert "<button" not in late.text
    assert (await site.fresh(Held, held.id)).state is HeldState.RELEASED
    assert await items(site) == 1


async def test_rejecting_shares_nothing(site: Site):
    held, editor = await site.held(RAW), await an_editor(site)
    done = await site.post(link_of(site, held, editor), {"decision": "reject"})
    assert "Avvisat" in done.text
    assert (await site.fresh(Held, held.id)).state is HeldState.REJECTED
    assert await items(site) == 0
    again = await site.get(link_of(site, held, editor))
    assert "Eva Ed avvisade ”Maskinvisning” tors 20 aug kl. 12.00." in again.text


async def test_five_editors_at_once_decide_once(site_on_each: Site):
    site = site_on_each
    held = await site.held(RAW)
    editors = [await an_editor(site, f"E{number} Ed") for number in range(5)]
    answers = await asyncio.gather(
        *(
            site.post(link_of(site, held, editor), {"decision": "approve" if number % 2 else "reject"})
            for number, editor in enumerate(editors)
        )
    )
    assert [answer.status for answer in answers] == [200] * 5
    first = [answer for answer in answers if "Redan avgjort" not in answer.text]
    assert len(first) == 1
    assert await items(site) == (1 if "Skickat" in first[0].text else 0)


async def test_the_first_share_of_a_reader_can_be_sent_with_trust(site: Site):
    granne = await site.member("Okänd Granne", email="okand@gard.example", role=Role.READER)
    held, editor = await site.held(RAW, reason="first_share"), await an_editor(site)
    page = await site.get(link_of(site, held, editor))
    assert 'value="trust">Skicka, och lita på avsändaren framöver</button>' in page.text
    await site.post(link_of(site, held, editor), {"decision": "trust"})
    assert (await site.fresh(Member, granne.id)).role is Role.STAFF
    assert await items(site) == 1


async def test_a_stranger_who_is_trusted_is_known_from_then_on_and_gets_no_mail(site: Site):
    held, editor = await site.held(RAW), await an_editor(site)
    await site.post(link_of(site, held, editor), {"decision": "trust"})
    async with site.house.database.read() as session:
        member = await session.scalar(select(Member).where(Member.email == "okand@gard.example"))
    assert (member.name, member.role, member.mode) == ("Okänd Granne", Role.READER, Mode.NONE)
    assert await items(site) == 1


async def test_what_is_too_much_is_not_a_matter_of_trust(site: Site):
    held, editor = await site.held(RAW, reason="too_many"), await an_editor(site)
    assert 'value="trust"' not in (await site.get(link_of(site, held, editor))).text


async def test_a_button_that_is_not_there_decides_nothing(site: Site):
    held, editor = await site.held(RAW), await an_editor(site)
    for data in (None, {}, {"decision": "maybe"}, {"approve": "approve"}, {"decision": "APPROVE"}):
        assert (await site.post(link_of(site, held, editor), data)).status == 400
    assert (await site.fresh(Held, held.id)).state is HeldState.WAITING


async def test_who_is_no_editor_any_more_sees_nothing_and_decides_nothing(site: Site):
    held = await site.held(RAW)
    demoted = await site.member("Dan Dal", role=Role.STAFF)
    left = await an_editor(site, "Lars Lo", status=MemberStatus.LEFT)
    for member in (demoted, left):
        for answer in (
            await site.get(link_of(site, held, member)),
            await site.post(link_of(site, held, member), {"decision": "approve"}),
        ):
            assert (answer.status, "Här beslutar bara redaktörer" in answer.text) == (403, True)
            assert "Maskinvisning" not in answer.text
    assert (await site.fresh(Held, held.id)).state is HeldState.WAITING


async def test_a_desk_link_works_for_a_week(site: Site):
    held, editor = await site.held(RAW), await an_editor(site)
    link = link_of(site, held, editor)
    site.clock.at += timedelta(days=6, hours=23)
    assert (await site.get(link)).status == 200
    site.clock.at += timedelta(days=2)
    late = await site.post(link, {"decision": "approve"})
    assert (late.status, "Länken fungerar inte" in late.text) == (404, True)
    assert (await site.fresh(Held, held.id)).state is HeldState.WAITING


async def test_one_person_is_one_person(site: Site):
    held, editor = await site.held(RAW, recipients=1), await an_editor(site)
    page = await site.get(link_of(site, held, editor))
    assert re.search(r">Skicka till 1 person<", page.text)


async def test_what_may_be_the_same_event_is_shown_with_it_and_merged_by_a_button(site_on_each: Site):
    site = site_on_each
    item, editor = await site.item("Maskindag <b>i</b> Tuna"), await an_editor(site)
    held = await site.held(RAW, {"same_id": item.id, "same_title": item.title})
    await site.add(Likeness(held_id=held.id, item_id=item.id))
    page = await site.get(link_of(site, held, editor))
    assert f'<a href="/i/{item.id}">Maskindag &lt;b&gt;i&lt;/b&gt; Tuna</a>' in page.text
    assert 'class="main" name="decision" value="merge">Samma evenemang</button>' in page.text
    assert await items(site) == 1
    done = await site.post(link_of(site, held, editor), {"decision": "merge"})
    assert (done.status, "nu är de ett inlägg" in done.text) == (200, True)
    row = await site.fresh(Held, held.id)
    assert (row.state, row.decided_by, await items(site)) == (HeldState.MERGED, editor.id, 1)
    again = await site.post(link_of(site, held, editor), {"decision": "approve"})
    assert "är ett evenemang som redan finns" in again.text
    assert await items(site) == 1


async def test_nothing_is_merged_with_what_was_not_asked_about(site: Site):
    held, editor = await site.held(RAW), await an_editor(site)
    assert (await site.post(link_of(site, held, editor), {"decision": "merge"})).status == 404
    assert (await site.fresh(Held, held.id)).state is HeldState.WAITING
