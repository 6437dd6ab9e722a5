"""The link that votes: opening it does nothing, its button does, and it lets nobody see or do anything else."""

from datetime import timedelta

import pytest

from bridges.tokens import Purpose
from storage.ids import Week
from storage.models import Cluster, Digest, DigestEntry, Tip, Vote
from storage.words import Audience, ClusterType, DigestState, ItemStatus, Kind, MemberStatus, Section
from tests.fixtures.web import Site


async def tip(site: Site, **more):
    item = await site.item("Ny rapport <b>om</b> vatten", kind=Kind.TIP, **more)
    await site.add(Tip(key=f"vreta.se/{item.id}", url="https://vreta.se/vatten", item_id=item.id))
    return item


async def test_a_reader_votes_and_takes_it_back(site_on_each: Site):
    site = site_on_each
    anna, bo = await site.member(), await site.member("Bo Ström")
    item = await tip(site, author_id=anna.id, author_name="Anna Ek")
    link = f"/vote/{item.id}/{site.token(Purpose.VOTE, item.id, bo.id, days=60)}"
    page = await site.get(link)
    assert page.status == 200
    for words in ("Ny rapport &lt;b&gt;om&lt;/b&gt; vatten", "vreta.se/vatten", "Inga röster än", 'value="yes">Rösta<'):
        assert words in page.text
    assert await site.fresh(Vote, (item.id, bo.id)) is None
    for _ in range(2):
        done = await site.post(link, {"vote": "yes"})
        assert "1 röst<" in done.text
        assert "Din röst är räknad" in done.text
    assert (await site.fresh(Vote, (item.id, bo.id))).via == "web"
    back = await site.post(link, {"vote": "no"})
    assert "Inga röster än" in back.text
    assert await site.fresh(Vote, (item.id, bo.id)) is None


async def test_nobody_votes_for_their_own_tip(site: Site):
    anna = await site.member()
    item = await tip(site, author_id=anna.id)
    link = f"/vote/{item.id}/{site.token(Purpose.VOTE, item.id, anna.id, days=60)}"
    for answer in (await site.get(link), await site.post(link, {"vote": "yes"})):
        assert "din egen röst räknas inte" in answer.text
        assert "<button" not in answer.text
    assert await site.fresh(Vote, (item.id, anna.id)) is None


@pytest.mark.parametrize("what", ["invitation", "withdrawn", "for_others", "none"])
async def test_what_is_no_tip_for_this_reader_is_gone(site: Site, what):
    cluster = await site.add(Cluster(slug="vreta", name="Vreta Kluster", type=ClusterType.CLUSTER))
    anna = await site.member(cluster_id=cluster.id)
    more = {"withdrawn": {"status": ItemStatus.WITHDRAWN}, "for_others": {"audience": Audience.AREAS}}.get(what, {})
    item = await (site.item() if what == "invitation" else tip(site, **more))
    number = 999 if what == "none" else item.id
    before = await site.everything()
    for method in ("GET", "POST"):
        answer = await site.ask(method, f"/vote/{number}/{site.token(Purpose.VOTE, number, anna.id, days=60)}")
        assert (answer.status, item.title in answer.text, "Det finns inte kvar" in answer.text) == (410, False, True)
    assert await site.everything() == before


async def test_who_has_left_and_who_has_no_token_votes_for_nothing(site: Site):
    anna = await site.member(status=MemberStatus.LEFT)
    item = await tip(site)
    before = await site.everything()
    good = site.token(Purpose.VOTE, item.id, anna.id, days=60)
    for token in (
        good,
        site.token(Purpose.READ, item.id, anna.id),
        site.token(Purpose.VOTE, item.id, 999),
        site.token(Purpose.VOTE, anna.id),
        good[:-3],
        "x",
        "åäö",
    ):
        for method in ("GET", "POST"):
            answer = await site.ask(method, f"/vote/{item.id}/{token}")
            assert (answer.status, "vatten" in answer.text) == (404, False)
    for number in ("0", "-1", "x", "9" * 30):
        assert (await site.get(f"/vote/{number}/{good}")).status == 404
    assert await site.everything() == before


async def test_a_letter_that_is_passed_on_opens_no_tip_but_its_own(site_on_each: Site):
    site = site_on_each
    anna = await site.member()
    inside, taken_out, outside = await tip(site), await tip(site), await tip(site)
    await site.add(Digest(week=Week("2026-W48"), state=DigestState.SENT, created_at=site.clock(), sent_at=site.clock()))
    for n, row in enumerate((inside, taken_out)):
        await site.add(
            DigestEntry(
                week=Week("2026-W48"), item_id=row.id, section=Section.HORIZON, position=n, dropped=row is taken_out
            )
        )
    tokens = (
        site.token(Purpose.VOTE, inside.id, anna.id, days=60),
        site.token(Purpose.VOTES, 202648, anna.id, days=60),
    )
    before = await site.everything()
    for token in (*tokens, site.token(Purpose.VOTES, 202647, anna.id)):
        for item in (taken_out, outside):
            for method in ("GET", "POST"):
                answer = await site.ask(method, f"/vote/{item.id}/{token}")
                assert (answer.status, "vatten" in answer.text) == (404, False)
    assert await site.everything() == before
    for token in tokens:
        assert (await site.get(f"/vote/{inside.id}/{token}")).status == 200
    assert "1 röst<" in (await site.post(f"/vote/{inside.id}/{tokens[1]}", {"vote": "yes"})).text


async def test_a_link_to_vote_grows_old(site: Site):
    anna = await site.member()
    item = await tip(site)
    link = f"/vote/{item.id}/{site.token(Purpose.VOTE, item.id, anna.id, days=60)}"
    site.clock.at += timedelta(days=62)
    assert (await site.post(link, {"vote": "yes"})).status == 404
    assert await site.fresh(Vote, (item.id, anna.id)) is None


async def test_the_page_of_a_tip_says_how_many_have_voted(site: Site):
    anna, bo, cia = await site.member(), await site.member("Bo Ström"), await site.member("Cia Alm")
    item = await tip(site, author_id=anna.id)
    for voter in (anna, bo, cia):  # a vote of one's own may stand from before the item was theirs
        await site.add(Vote(item_id=item.id, member_id=voter.id, via="web", at=site.clock()))
    page = await site.get(f"/i/{item.id}?k={site.token(Purpose.READ, item.id, anna.id)}")
    assert "2 röster" in page.text
