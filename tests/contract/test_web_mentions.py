"""What a letter tells of on its page: who may share it, that opening changes nothing, and that it is shared once."""

import re

import pytest

from bot import actions
from bridges.tokens import Purpose
from storage.models import Item, Member, Mention
from storage.words import Doubt, ItemStatus, Kind, MemberStatus, Role
from tests.fixtures.web import Site


async def letter(site: Site, **more) -> tuple[Item, Mention]:
    """A newsletter that tells of an event."""
    given = {"kind": Kind.NEWSLETTER, "author_name": "Anna Ek"} | more
    item = await site.item("Agronytt <b>i</b> september", **given)
    return item, await mentioned(site, item)


async def mentioned(site: Site, item: Item, number: int = 1, **more) -> Mention:
    given = {
        "title": "Fältdag <om> vall",
        "start": "2026-09-10T13:00",
        "place": "Norrby gård",
        "registration_url": "https://agro.example.se/faltdag",
        "registration_deadline": "2026-09-01",
    }
    return await site.add(Mention(item_id=item.id, number=number, kind=Kind.INVITATION, **(given | more)))


def page_of(site: Site, item: Item, member: Member) -> str:
    """The link that is mailed to a member who asks for it."""
    return f"/i/{item.id}?k={site.token(Purpose.READ, item.id, member.id, actions.MAILED, days=30)}"


async def share_link(site: Site, item: Item, member: Member) -> str:
    page = await site.get(page_of(site, item, member))
    return re.search(r'href="(/share/[a-z2-7]+)"', page.text)[1]


async def test_the_page_lists_all_and_a_button_shares_after_a_page_that_says_what(site_on_each: Site):
    site = site_on_each
    item, _ = await letter(site)
    await mentioned(site, item, 2, title="Webbinarium", start="2026-09-15T09:00", place="", shared_as=item.id)
    for number in range(3, 61):
        await mentioned(site, item, number, title=f"Träff {number}")
    bo = await site.member("Bo Ström")
    before = await site.everything()
    page = await site.get(page_of(site, item, bo))
    assert "<h2>I brevet</h2>" in page.text
    assert "Fältdag &lt;om&gt; vall" in page.text
    assert "tors 10 sep kl. 13.00 · Norrby gård" in page.text
    assert page.text.count("/share/") == 59
    assert f'<a href="/i/{item.id}" aria-label="Redan delad: Webbinarium">' in page.text
    link = await share_link(site, item, bo)
    asked = await site.get(link)
    for words in ("Fältdag &lt;om&gt; vall", "Sista anmälningsdag: tis 1 sep", "Dela med nätverket", "Ur <a"):
        assert words in asked.text
    assert await site.everything() == before
    done = await site.post(link, {"share": "yes"})
    assert (done.status, "Delat" in done.text) == (200, True)
    [new] = [one for one in await items(site) if one.id != item.id]
    assert (new.title, new.author_id, new.kind) == ("Fältdag <om> vall", bo.id, Kind.INVITATION)
    assert rf"Ur [Agronytt \<b>i</b> september](<{site.house.settings.network.public_url}/i/{item.id}>)" in new.text
    for again in (await site.post(link, {"share": "yes"}), await site.get(link)):
        assert "Redan delad" in again.text
    assert len(await items(site)) == 2


async def items(site: Site) -> list[Item]:
    rows = await site.everything()
    return [await site.fresh(Item, row[0]) for row in sorted(rows["items"])]


async def test_who_may_not_share_sees_the_rows_and_no_button(site: Site):
    item, row = await letter(site)
    cecilia = await site.member("Cecilia Ek", role=Role.READER)
    page = await site.get(page_of(site, item, cecilia))
    assert "Fältdag" in page.text
    assert "/share/" not in page.text
    before = await site.everything()
    link = f"/share/{site.token(Purpose.SHARE, row.id, cecilia.id, days=1)}"
    assert [(await site.ask(how, link)).status for how in ("GET", "POST")] == [403, 403]
    gone = await site.member("Dag Ek", status=MemberStatus.SUSPENDED)
    assert (await site.post(f"/share/{site.token(Purpose.SHARE, row.id, gone.id, days=1)}")).status == 403
    assert await site.everything() == before | {"members": (await site.everything())["members"]}
    mine, _ = await letter(site, author_id=cecilia.id)
    assert "/share/" in (await site.get(page_of(site, mine, cecilia))).text


async def test_a_key_that_stands_in_a_letter_shares_nothing(site: Site):
    """A digest is passed on, and with it what its pages open."""
    item, row = await letter(site)
    bo = await site.member("Bo Ström")
    page = await site.get(f"/i/{item.id}?k={site.token(Purpose.READ, item.id, bo.id, days=30)}")
    assert "/share/" not in page.text
    assert f'<a class="button plain" href="/i/{item.id}"' in page.text, "by way of a link that is mailed"
    assert "mejl" in (await site.get(f"/i/{item.id}")).text
    other = await mentioned(site, item, 2, title="Mingel", start="2026-09-17T17:00", registration_url="")
    for token in (
        site.token(Purpose.READ, row.id, bo.id),
        site.token(Purpose.SHARE, row.id),
        site.token(Purpose.SHARE, row.id, bo.id, 1),
        "x",
    ):
        assert (await site.post(f"/share/{token}")).status == 404
    link = f"/share/{site.token(Purpose.SHARE, row.id, bo.id, days=1)}"
    assert (await site.post(link)).status == 200
    assert (await site.fresh(Mention, other.id)).shared_as is None


async def test_what_may_be_there_is_asked_on_the_page(site: Site):
    item, row = await letter(site)
    twin = await mentioned(site, item, 2, title="Fältdag om <klöver>")
    bo = await site.member("Bo Ström")
    other, _ = await letter(site)
    twin_there = await mentioned(site, other, 1, title="Vallens dag", registration_url="")
    there = await site.post(f"/share/{site.token(Purpose.SHARE, twin_there.id, (await site.member('Dag')).id, days=1)}")
    assert there.status == 200
    link = f"/share/{site.token(Purpose.SHARE, row.id, bo.id, days=1)}"
    asked = await site.post(link, {"share": "yes"})
    assert "Det kan vara samma sak som &#34;Vallens dag&#34;" in asked.text
    assert (await site.fresh(Mention, row.id)).shared_as is None
    same = await site.post(link, {"share": "same"})
    assert "Nätverket har den redan: &#34;Vallens dag&#34;." in same.text
    assert (await site.fresh(Mention, row.id)).shared_as == (await site.fresh(Mention, twin_there.id)).shared_as
    link = f"/share/{site.token(Purpose.SHARE, twin.id, bo.id, days=1)}"
    assert "Delat" in (await site.post(link, {"share": "another"})).text


async def test_a_letter_that_was_changed_or_taken_back_shares_nothing(site: Site):
    _, row = await letter(site, status=ItemStatus.WITHDRAWN)
    bo = await site.member("Bo Ström")
    for number in (row.id, 4711):
        link = f"/share/{site.token(Purpose.SHARE, number, bo.id, days=1)}"
        assert [(await site.ask(how, link)).status for how in ("GET", "POST")] == [410, 410]


async def test_a_doubtful_one_says_so_and_asks_whoever_shares_it(site: Site):
    from bot.reading import EventReading
    from bot.reading.certain import as_kept

    item, _ = await letter(site)
    event = EventReading(title="Mingel", start="2026-09-10T17:00")
    doubtful = await mentioned(
        site,
        item,
        2,
        title="Mingel",
        start="",
        registration_deadline="",
        doubt=Doubt.NEAR,
        said="nästa torsdag kl. 17",
        choices=("2026-09-10T17:00", "2026-09-17T17:00"),
        event=as_kept(event),
    )
    bo = await site.member("Bo Ström")
    link = f"/share/{site.token(Purpose.SHARE, doubtful.id, bo.id, days=1)}"
    page = await site.get(link)
    assert "I brevet står det &#34;nästa torsdag kl. 17&#34;" in page.text
    assert "10 sep" not in page.text
    assert (await site.post(link)).status == 200
    rows = await site.everything()
    assert not rows["events"]
    assert len(rows["questions"]) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_token_is_good_for_a_day(site: Site, method):
    _, row = await letter(site)
    bo = await site.member("Bo Ström")
    link = f"/share/{site.token(Purpose.SHARE, row.id, bo.id, days=1)}"
    from datetime import timedelta

    site.clock.at += timedelta(days=3)
    assert (await site.ask(method, link)).status == 404
