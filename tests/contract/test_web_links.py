"""The links in letters: one click leaves, a word undoes, a thread falls silent; and opening a link does nothing."""

from datetime import timedelta

import aiohttp
import pytest

from bridges.tokens import Purpose
from storage.models import Content, Delivery, Follow, Item, Member
from storage.words import ContentKind, DeliveryState, ItemStatus, MemberStatus, Mode
from tests.fixtures.letters import fill
from tests.fixtures.web import Site

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def multipart(fields: dict[str, str]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    return form


# -- leave ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [dict, multipart], ids=["urlencoded", "multipart"])
async def test_a_mail_program_leaves_for_its_reader_in_one_post(site_on_each: Site, shape):
    """RFC 8058: no cookie, no redirect, no question."""
    site = site_on_each
    anna = await site.member()
    await fill(site.house.database, ["anna@example.se"], now=site.clock())
    async with site.house.database.write() as session:
        await session.execute(Delivery.__table__.update().values(member_id=anna.id))

    answer = await site.post(f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}", shape(ONE_CLICK))

    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "Du är avanmäld" in answer.text
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.LEFT
    assert (await site.fresh(Delivery, 1)).state is DeliveryState.DROPPED


async def test_leaving_twice_says_so_and_works(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    await site.post(link, ONE_CLICK)
    again = await site.post(link, ONE_CLICK)
    assert (again.status, "Du är redan avanmäld" in again.text) == (200, True)
    assert "Du är redan avanmäld" in (await site.get(link)).text


async def test_a_leave_link_never_grows_old(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    site.clock.at += timedelta(days=3650)
    assert (await site.post(link, ONE_CLICK)).status == 200
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.LEFT


async def test_a_scanner_that_opens_every_link_leaves_for_nobody(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    page = await site.get(link)
    head = await site.ask("HEAD", link)
    assert (page.status, head.status, head.body) == (200, 200, b"")
    assert '<button class="main" name="List-Unsubscribe" value="One-Click">Avsluta</button>' in page.text
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.ACTIVE


async def test_who_would_rather_have_the_digest_gets_it(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    left = await site.post(link, ONE_CLICK)
    assert "Vill du hellre bara ha veckobrevet?" in left.text
    assert '<button class="main" name="mode" value="digest">Ja</button>' in left.text
    back = await site.post(link, {"mode": "digest"})
    assert "Du får veckobrevet" in back.text
    member = await site.fresh(Member, anna.id)
    assert (member.status, member.mode) == (MemberStatus.ACTIVE, Mode.DIGEST)


async def test_a_reader_of_the_digest_may_have_each_thing_instead_of_leaving(site: Site):
    anna = await site.member(mode=Mode.DIGEST)
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    page = await site.get(link)
    assert '<button class="plain" name="mode" value="each">Allt så snart det delas</button>' in page.text
    answer = await site.post(link, {"mode": "each"})
    assert "Du får allt så snart det delas" in answer.text
    assert (await site.fresh(Member, anna.id)).mode is Mode.EACH
    assert 'value="each"' not in (await site.get(link)).text
    await site.post(link, {"mode": "none"})  # no button offers it: it leaves, as any other press
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.LEFT


async def test_a_forwarded_leave_link_shows_no_whole_address(site: Site):
    anna = await site.member()
    page = await site.get(f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}")
    assert "a***@example.se" in page.text
    assert "anna@" not in page.text


async def test_who_is_forgotten_has_left_already(site: Site):
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, 4711)}"
    assert (await site.get(link)).status == 200
    assert "redan avanmäld" in (await site.post(link, ONE_CLICK)).text


async def test_mail_programs_that_fold_case_still_leave(site: Site):
    anna = await site.member()
    assert (await site.post(f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id).upper()}", ONE_CLICK)).status == 200
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.LEFT


async def test_a_forged_or_borrowed_token_opens_nothing(site: Site):
    anna = await site.member(role="admin")
    item = await site.item(author_id=anna.id)
    held = await site.held()
    before = await site.everything()
    for route, right, borrowed in (
        ("unsubscribe", (Purpose.LEAVE, anna.id), (Purpose.ME, anna.id)),
        ("undo", (Purpose.UNDO, item.id, anna.id), (Purpose.READ, item.id, anna.id)),
        ("mute", (Purpose.MUTE, item.id, anna.id), (Purpose.UNDO, item.id, anna.id)),
        ("desk", (Purpose.DESK, held.id, anna.id), (Purpose.READ, held.id, anna.id)),
    ):
        good = site.token(*right)
        changed = ("b" if good[0] == "a" else "a") + good[1:]
        for token in (site.token(*borrowed), changed, good[:-3], "x", "a" * 5000, "%00", "..%2f..", "åäö"):
            for method in ("GET", "POST"):
                answer = await site.ask(method, f"/{route}/{token}")
                assert answer.status == 404, (route, token)
    assert await site.everything() == before


# -- undo -----------------------------------------------------------------------------------------------------------


async def shared(site: Site, *, author: Member, state: DeliveryState = DeliveryState.QUEUED) -> Item:
    """An item whose letter to two people is in the outbox."""
    item = await site.item(author_id=author.id, author_email=author.email)
    content = await fill(site.house.database, ["b@example.se", "c@example.se"], key=f"item:{item.id}:0")
    async with site.house.database.write() as session:
        row = await session.get_one(Content, content)
        row.kind, row.item_id = ContentKind.ITEM, item.id
        await session.execute(Delivery.__table__.update().values(state=state))
    return item


async def test_the_author_takes_an_item_back(site_on_each: Site):
    site = site_on_each
    anna = await site.member()
    item = await shared(site, author=anna)
    link = f"/undo/{site.token(Purpose.UNDO, item.id, anna.id)}"
    page = await site.get(link)
    assert "Ångra ”Fältvandring om mellangrödor”?" in page.text
    assert (await site.fresh(Item, item.id)).status is ItemStatus.PUBLISHED
    done = await site.post(link, {"undo": "yes"})
    assert "Ingen har fått mejlet, och inlägget är borttaget." in done.text
    assert (await site.fresh(Item, item.id)).status is ItemStatus.UNDONE
    assert {(await site.fresh(Delivery, n)).state for n in (1, 2)} == {DeliveryState.DROPPED}
    for again in (await site.get(link), await site.post(link)):
        assert (again.status, "Ångrat" in again.text, "<button" in again.text) == (200, True, False)


async def test_what_has_gone_out_cannot_be_undone(site: Site):
    anna = await site.member()
    item = await shared(site, author=anna, state=DeliveryState.SENT)
    link = f"/undo/{site.token(Purpose.UNDO, item.id, anna.id)}"
    for answer in (await site.get(link), await site.post(link, {"undo": "yes"})):
        assert "För sent att ångra" in answer.text
        assert "har redan gått till 2 personer" in answer.text
        assert "<button" not in answer.text
    assert (await site.fresh(Item, item.id)).status is ItemStatus.PUBLISHED


async def test_another_members_undo_link_does_not_undo(site: Site):
    anna, bo = await site.member(), await site.member("Bo Ström")
    item = await shared(site, author=anna)
    answer = await site.post(f"/undo/{site.token(Purpose.UNDO, item.id, bo.id)}")
    assert answer.status == 404
    assert (await site.fresh(Item, item.id)).status is ItemStatus.PUBLISHED


async def test_undoing_what_is_erased_says_that_it_is_gone(site: Site):
    anna = await site.member()
    for method in ("GET", "POST"):
        answer = await site.ask(method, f"/undo/{site.token(Purpose.UNDO, 999, anna.id)}")
        assert (answer.status, "Det finns inte kvar" in answer.text) == (404, True)


# -- mute -----------------------------------------------------------------------------------------------------------


async def test_a_follower_mutes_a_thread_and_follows_it_again(site_on_each: Site):
    site = site_on_each
    anna = await site.member()
    item = await site.item()
    await site.add(Follow(item_id=item.id, member_id=anna.id, why="answered"))
    link = f"/mute/{site.token(Purpose.MUTE, item.id, anna.id)}"
    assert "Tysta ”Fältvandring om mellangrödor”?" in (await site.get(link)).text
    assert not (await site.fresh(Follow, (item.id, anna.id))).muted
    muted = await site.post(link, {"muted": "yes"})
    assert "Tråden är tystad" in muted.text
    assert (await site.fresh(Follow, (item.id, anna.id))).muted
    assert 'value="no">Följ igen<' in (await site.get(link)).text
    followed = await site.post(link, {"muted": "no"})
    assert "Du följer tråden" in followed.text
    assert not (await site.fresh(Follow, (item.id, anna.id))).muted


async def test_titles_from_people_are_text_on_every_page(site: Site):
    anna = await site.member()
    item = await site.item('<img src=x onerror="alert(1)">{7*7}{{7*7}}%s', author_id=anna.id)
    for path in (
        f"/mute/{site.token(Purpose.MUTE, item.id, anna.id)}",
        f"/undo/{site.token(Purpose.UNDO, item.id, anna.id)}",
    ):
        for answer in (await site.get(path), await site.post(path)):
            assert answer.status == 200
            assert "<img" not in answer.text
            assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;{7*7}{{7*7}}%s" in answer.text
