"""One tip for each page and one vote for each member, on either database, however many come at the same instant."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select, text

from bot import actions
from bot.changing import change
from bot.publishing import Origin, Published, share
from bot.reading import Reading
from bot.reading.tips import as_tip, page_of
from bot.slack.meaning import reading_of_draft
from bot.tipping import Known, tell_known
from bot.understanding import Author
from bot.voting import vote
from bridges.markdown import from_plain
from bridges.slack.form.draft import Draft
from bridges.urls import comparison_key
from storage.erasure import forget
from storage.ids import Week
from storage.inbox import keep_one
from storage.models import Comment, Content, Digest, Inbound, Item, Member, Tip, Vote
from storage.tips import count_votes, hold_page
from storage.words import Audience, DigestState, Intent, ItemStatus, Kind, MemberStatus
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter

TIPS = "kluster+tips@lista.example.se"
ANNA, BO = "Anna <anna@vreta.example.se>", "Bo <bo@agro.example.se>"
PAGE = "https://kunskap.example.org/vatten"


async def by_mail(reader: Reader, sender: str, subject: str, text: str) -> None:
    reader.clock.at += timedelta(minutes=5)
    await reader.mail(letter(sender, subject, text, to=TIPS, date=reader.clock()))


async def votes(reader: Reader, item_id) -> int:
    async with reader.house.database.read() as session:
        return await count_votes(session, item_id)


_NUMBERS = count()


async def shared(reader: Reader, url: str, author: Member, **more) -> Published | Known:
    async with reader.house.database.write() as session:
        return await _share(session, reader, url, author, **more)


async def _share(session, reader: Reader, url: str, author: Member, **more) -> Published | Known:
    reading = Reading(kind=Kind.TIP, intent=Intent.NEW, title="Vatten", text=from_plain(url), **more)
    who = Author(name=author.name, email=author.email or "", member_id=author.id)
    now, key = reader.house.now(), f"command:{next(_NUMBERS)}"
    await keep_one(session, "slack", key, b"{}", now)
    origin = await session.scalar(select(Inbound.id).where(Inbound.remote_key == key))
    return await share(session, reader.house, as_tip(reading), who, Origin(inbox_id=origin, sent_at=now), now)


async def test_who_tips_a_page_again_votes_for_it_and_their_words_join_its_thread(reader: Reader):
    await by_mail(reader, ANNA, "Ny rapport om vatten", f"Läs {PAGE}?utm_source=brev\n")
    await by_mail(
        reader, BO, "Tips", "Sidan 4 är bäst.\n\nhttp://www.kunskap.example.org/vatten/?fbclid=x\n\n-- \nBo\n"
    )
    [item] = await reader.rows(Item)
    [comment] = await reader.rows(Comment)
    assert (comment.text, comment.item_id, comment.author_email) == ("Sidan 4 är bäst.", item.id, "bo@agro.example.se")
    assert await votes(reader, item.id) == 1
    assert await reader.states() == [("done", "item"), ("done", "tip_known")]
    [told] = [row for row in await reader.rows(Content) if row.data.get("notice") == "tip_known"]
    said = {name: told.data[name] for name in ("title", "by", "own", "voted", "said")}
    assert said == {"title": "Ny rapport om vatten", "by": item.author_name, "own": False, "voted": True, "said": True}

    await by_mail(reader, ANNA, "Tips", f"{PAGE}#stycke\n")
    assert len(await reader.rows(Item)) == len(await reader.rows(Comment)) == 1
    assert await votes(reader, item.id) == 1  # her own does not count
    assert [row.data["own"] for row in await reader.rows(Content) if row.data.get("notice") == "tip_known"] == [
        False,
        True,
    ]


async def test_an_answer_to_the_mail_that_found_it_again_lands_in_the_thread(reader: Reader):
    await by_mail(reader, ANNA, "Ny rapport", f"Läs {PAGE}\n")
    again = letter(BO, "Tips", f"{PAGE}\n", to=TIPS, date=reader.clock())
    await reader.mail(again)
    answer = letter(BO, "SV: Tips", "Jag menade kapitel två.\n", date=reader.clock(), In_Reply_To=again["Message-ID"])
    await reader.mail(answer)
    assert [row.text for row in await reader.rows(Comment)] == ["Jag menade kapitel två."]


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"text": "Läs den."},
        {"text": f"Läs {PAGE} nu."},
        {"text": "Se även https://annat.example.org/sida", "place": "Skara"},
        {"start": datetime(2026, 12, 3, 9, tzinfo=UTC)},
    ],
)
async def test_a_link_in_the_forms_own_field_is_the_page_of_the_tip(reader: Reader, beside):
    draft = Draft(kind=Kind.TIP, title="Vatten", online_url=PAGE, **beside)
    reading = reading_of_draft(reader.house, draft, (), reader.house.now())
    page = page_of(reading, reader.house.settings.network.public_url)
    assert (page and page.url, reading.text.count(f"<{PAGE}>")) == (PAGE, 1)


async def test_two_mails_that_share_a_signature_are_not_the_same_tip(reader: Reader):
    """Mail of which nothing tells the kind is read as a tip; the site of an office is no page that somebody found."""
    sign = "\n-- \nAnna Åkesson\nhttps://vreta.example.se/kontakt\n"
    await by_mail(reader, ANNA, "Ny kollega", f"Vi har en ny kollega sedan i måndags.\n{sign}")
    await by_mail(reader, ANNA, "Lokal", f"Vi har en lokal att låna ut i höst.\n{sign}")
    await by_mail(reader, BO, "Ny kollega", "Vi med. Se www.agro.example.se.\n")
    await by_mail(reader, BO, "Maskiner", "Hela parken finns på www.agro.example.se nu.\n")
    assert len(await reader.rows(Item)) == 4


@pytest.mark.parametrize("how", ["undo", "withdraw"])
async def test_what_was_taken_back_makes_room_for_the_next_who_finds_it(reader: Reader, how):
    await by_mail(reader, ANNA, "Ny rapport", f"Läs {PAGE}\n")
    first = await reader.item()
    if how == "undo":
        await actions.undo(reader.house, first.id, first.author_id, "web")
    else:
        await actions.withdraw(reader.house, first.id, "anna@vreta.example.se", "web")
    await by_mail(reader, BO, "Rapport", f"Läs {PAGE}\n")
    one, two = await reader.rows(Item)
    assert (two.status, two.author_email) == (ItemStatus.PUBLISHED, "bo@agro.example.se")
    [tip] = await all_of_tips(reader)
    assert (tip.item_id, tip.url) == (two.id, PAGE)
    assert one.id == first.id


@pytest.mark.parametrize("how", ["undo", "withdraw"])
async def test_whose_tip_joined_one_that_is_taken_back_hears_so_once_and_can_tip_it_again(reader: Reader, how):
    await by_mail(reader, ANNA, "Ny rapport", f"Läs {PAGE}\n")
    first = await reader.item()
    await by_mail(reader, BO, "Tips", f"Sidan 4 är bäst. {PAGE}\n")
    await by_mail(reader, BO, "Tips", f"{PAGE}#fyra\n")
    await by_mail(reader, ANNA, "Tips", f"{PAGE}\n")
    dora = await reader.member("dora@agro.example.se")
    await vote(reader.house, first.id, dora.id, "web", on=True)
    who = Author(
        name="Grace Hill", email="", member_id=(await reader.member("grace@uni.example.org")).id, language="en"
    )
    async with reader.house.database.write() as session:
        found = Known(first.id, first.title, "Anna", first.created_at, own=False, voted=True, said=False)
        await tell_known(session, reader.house, found, replace(who, slack_user="U0GRACE"), reader.clock(), once="x")
    if how == "undo":
        assert (await actions.undo(reader.house, first.id, first.author_id, "web")).outcome == "undone"
    else:
        await actions.withdraw(reader.house, first.id, "anna@vreta.example.se", "web")
    await actions.withdraw(reader.house, first.id, "anna@vreta.example.se", "web")
    assert await told_gone(reader) == {
        ("mail:bo@agro.example.se", "sv", "Ny rapport"),
        ("slack:U0GRACE", "en", "Ny rapport"),
    }
    assert (await reader.notices()).count("tip_gone") == 2
    await by_mail(reader, BO, "Rapport", f"Läs {PAGE}\n")
    assert [row.status is ItemStatus.PUBLISHED for row in await reader.rows(Item)] == [False, True]


async def told_gone(reader: Reader) -> set[tuple[str, str, str]]:
    said = {row.id: row.data for row in await reader.rows(Content) if row.data.get("notice") == "tip_gone"}
    waiting = [row for row in await reader.waiting() if row.content_id in said]
    return {(row.destination, row.language, said[row.content_id]["title"]) for row in waiting}


async def test_who_has_left_is_not_told_that_a_tip_is_gone(reader: Reader):
    await by_mail(reader, ANNA, "Ny rapport", f"Läs {PAGE}\n")
    first = await reader.item()
    await by_mail(reader, BO, "Tips", f"{PAGE}\n")
    await actions.leave(reader.house, (await reader.member("bo@agro.example.se")).id, "web")
    await actions.withdraw(reader.house, first.id, "anna@vreta.example.se", "web")
    assert await told_gone(reader) == set()


async def test_a_tip_is_not_taken_back_while_another_joins_it(reader: Reader):
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    first = await shared(reader, PAGE, anna)
    who = Author(name=bo.name, email=bo.email, member_id=bo.id)
    async with reader.house.database.write() as session:
        joined = await _share(session, reader, PAGE, bo)
        undoing = asyncio.create_task(actions.undo(reader.house, first.item_id, anna.id, "web"))
        async with reader.house.database.read() as looking:
            while not await looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not undoing.done()
                await asyncio.sleep(0.01)
        await tell_known(session, reader.house, joined, who, reader.clock(), once="x")
    assert (await undoing).outcome == "undone"
    assert {to for to, _, _ in await told_gone(reader)} == {"mail:bo@agro.example.se"}


async def all_of_tips(reader: Reader) -> list[Tip]:
    async with reader.house.database.read() as session:
        return list(await session.scalars(select(Tip)))


async def test_five_who_find_it_at_the_same_instant_make_one_tip(reader: Reader):
    await reader.share()
    people = [row for row in await reader.rows(Member) if row.email][:5]
    done = await asyncio.gather(*(shared(reader, f"{PAGE}?utm_id={member.id}", member) for member in people))
    [published] = [one for one in done if isinstance(one, Published)]
    assert {one.item_id for one in done} == {published.item_id}
    assert await votes(reader, published.item_id) == len(people) - 1
    assert len(await all_of_tips(reader)) == 1


async def test_who_finds_a_page_while_another_is_sharing_it_waits_and_then_joins(reader: Reader):
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    async with reader.house.database.write() as session:
        first = await _share(session, reader, PAGE, anna)
        second = asyncio.create_task(shared(reader, f"{PAGE}/", bo))
        async with reader.house.database.read() as looking:
            while not await looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not second.done()
                await asyncio.sleep(0.01)
    joined = await second
    assert isinstance(joined, Known)
    assert joined.item_id == first.item_id


async def test_who_changes_a_tip_and_who_tips_its_page_wait_for_each_other_in_turn(reader: Reader):
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    first = await shared(reader, PAGE, anna)

    async def changed() -> str:
        async with reader.house.database.write() as session:
            item = await session.get_one(Item, first.item_id)
            reading = Reading(kind=Kind.TIP, intent=Intent.NEW, title="Vatten 2", text=from_plain(PAGE))
            who = Author(name="Anna", email=anna.email, member_id=anna.id)
            return await change(session, reader.house, item, as_tip(reading), who, "slack", reader.clock())

    async with reader.house.database.write() as session:
        await hold_page(session, comparison_key(PAGE))
        changing = asyncio.create_task(changed())
        async with reader.house.database.read() as looking:
            while not await looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not changing.done()
                await asyncio.sleep(0.01)
        joined = await _share(session, reader, PAGE, bo)
    assert (joined.item_id, await changing) == (first.item_id, "changed")
    assert (await reader.item()).title == "Vatten 2"


async def test_a_tip_that_is_changed_to_be_for_all_takes_its_page_from_one_for_some(reader: Reader):
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    narrow = await shared(reader, PAGE, anna, audience=Audience.CLUSTERS)
    other = await shared(reader, f"{PAGE}/2", bo)
    async with reader.house.database.write() as session:
        item = await session.get_one(Item, other.item_id)
        reading = Reading(kind=Kind.TIP, intent=Intent.NEW, title="Vatten", text=from_plain(PAGE))
        who = Author(name="Bo", email=bo.email, member_id=bo.id)
        assert await change(session, reader.house, item, as_tip(reading), who, "slack", reader.clock()) == "changed"
    assert isinstance(narrow, Published)
    assert [tip.item_id for tip in await all_of_tips(reader)] == [other.item_id]


async def test_a_tip_for_some_only_answers_nobody_else(reader: Reader):
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    narrow = await shared(reader, PAGE, anna, audience=Audience.AREAS)
    wide = await shared(reader, PAGE, bo)
    assert isinstance(narrow, Published)
    assert isinstance(wide, Published)
    later = await shared(reader, PAGE, anna)
    assert isinstance(later, Known)
    assert later.item_id == wide.item_id


async def test_a_tip_for_some_only_is_not_told_of_to_a_finder_whom_it_is_not_for(reader: Reader):
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    cecilia = await reader.member("cecilia@gavle.example.se")  # of an area
    narrow = await shared(reader, PAGE, anna, audience=Audience.CLUSTERS)
    outside = await shared(reader, PAGE, cecilia, audience=Audience.CLUSTERS)
    assert isinstance(outside, Published)
    assert outside.item_id != narrow.item_id
    assert await votes(reader, narrow.item_id) == 0
    inside = await shared(reader, PAGE, bo, audience=Audience.CLUSTERS)
    assert isinstance(inside, Known)
    assert inside.item_id == narrow.item_id

    areas = await shared(reader, f"{PAGE}/2", anna, audience=Audience.AREAS)
    own = await shared(reader, f"{PAGE}/2", anna, audience=Audience.AREAS)
    assert isinstance(own, Known)  # nobody is kept from their own
    assert own.item_id == areas.item_id


async def test_a_vote_counts_once_can_be_taken_back_and_is_nobody_s_own(reader: Reader):
    await reader.share("Inbjudan: Fältdag")
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    item_id = (await shared(reader, PAGE, anna)).item_id
    done = await asyncio.gather(*(vote(reader.house, item_id, bo.id, "web", on=True) for _ in range(4)))
    assert {one.outcome for one in done} == {"voted"}
    assert await votes(reader, item_id) == 1
    assert (await vote(reader.house, item_id, anna.id, "web")).outcome == "own"
    assert (await vote(reader.house, item_id, bo.id, "slack")).outcome == "taken_back"
    assert await votes(reader, item_id) == 0
    assert (await vote(reader.house, item_id, bo.id, "slack")).votes == 1

    invitation = (await reader.rows(Item))[0]
    assert (await vote(reader.house, invitation.id, bo.id, "web", on=True)).outcome == "gone"
    await actions.withdraw(reader.house, item_id, "anna@vreta.example.se", "web")
    assert (await vote(reader.house, item_id, bo.id, "web", on=False)).outcome == "gone"
    await actions.leave(reader.house, bo.id, "web")
    assert (await vote(reader.house, item_id, bo.id, "web", on=False)).outcome == "left"


async def test_who_is_forgotten_has_no_votes_and_decided_on_no_digest(reader: Reader):
    await reader.share()
    anna, bo = await reader.member("anna@vreta.example.se"), await reader.member("bo@agro.example.se")
    item_id = (await shared(reader, PAGE, anna)).item_id
    await vote(reader.house, item_id, bo.id, "web", on=True)
    now = reader.house.now()
    async with reader.house.database.write() as session:
        session.add(Digest(week=Week("2026-W47"), state=DigestState.SENT, decided_by=bo.id, created_at=now))
        (await session.get_one(Member, bo.id)).slack_user = "U0BO"
        command = b'{"command":"/brygga","user_id":"U0BO","text":"tips https://x.example.org"}'
        await keep_one(session, "slack", "command:bos", command, now)
    async with reader.house.database.write() as session:
        await forget(session, await session.get_one(Member, bo.id), "boss@example.se", now)
    async with reader.house.database.read() as session:
        assert await session.get(Vote, (item_id, bo.id)) is None
        assert (await session.get_one(Digest, "2026-W47")).decided_by is None
        assert await session.scalar(select(Inbound.raw).where(Inbound.remote_key == "command:bos")) == b""
        assert (await session.get_one(Member, bo.id)).status is MemberStatus.LEFT


async def test_who_tipped_a_page_after_one_who_is_forgotten_was_told_of_nobody(reader: Reader):
    await by_mail(reader, "anna@vreta.example.se", "Ny rapport om vatten", f"Läs {PAGE}\n")
    await by_mail(reader, BO, "Tips", f"{PAGE}\n")
    async with reader.house.database.write() as session:
        anna = await session.scalar(select(Member).where(Member.email == "anna@vreta.example.se"))
        await forget(session, anna, "boss@example.se", reader.clock())
    [told] = [row for row in await reader.rows(Content) if row.data.get("notice") == "tip_known"]
    assert (told.data["title"], told.data["by"]) == ("Ny rapport om vatten", "")
    assert not [row.data for row in await reader.rows(Content) if "anna" in str(row.data).lower()]
