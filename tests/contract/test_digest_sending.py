"""The digest on both databases: who gets what of it, once, whoever starts it and whatever stops it."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot.actions import Undone, undo, withdraw
from bot.changing import change
from bot.digest.contents import drawn
from bot.digest.editing import arrange, skip
from bot.digest.keeping import keep_the_week
from bot.digest.sending import send
from bot.digest.week import current_week
from bot.reading import Reading
from bot.understanding import Author
from storage.ids import Week
from storage.models import Content, Delivery, Digest, Event, Item
from storage.words import (
    Audience,
    ContentKind,
    DeliveryState,
    DigestState,
    EventStatus,
    Intent,
    ItemStatus,
    Kind,
    Section,
)
from tests.fixtures.newsroom import MONDAY, STOCKHOLM, Newsroom, opened

W48, W49 = Week("2026-W48"), Week("2026-W49")


async def state(room: Newsroom, week: Week = W48) -> DigestState | None:
    async with room.house.database.read() as session:
        return await session.scalar(select(Digest.state).where(Digest.week == week))


async def sections(room: Newsroom, week: Week = W48) -> list[tuple[Section, str]]:
    async with room.house.database.read() as session:
        found = await drawn(session, room.house, week, room.clock())
    return [(row.section, row.title) for row in found.edition.rows]


async def test_each_reader_gets_what_is_theirs_and_what_concerns_everyone(newsroom: Newsroom):
    to_all = await newsroom.share("Nätverksträff", on="2026-11-26T13:00")
    crisis = await newsroom.share("Krisberedskap", on="2026-12-10", topics=("krisberedskap",))
    capital = await newsroom.share("Kapital", kind=Kind.TIP, topics=("kapitalförsörjning",))
    areas = await newsroom.share("För områden", kind=Kind.QUESTION, audience=Audience.AREAS)
    clusters = await newsroom.share("För kluster", kind=Kind.NEWSLETTER, audience=Audience.CLUSTERS)
    assert (await send(newsroom.house, W48, "cli")).people == 6
    assert await newsroom.picks() == {
        "anna": [to_all, crisis, capital, clusters],
        "cecilia": [to_all, crisis, capital, areas],
        "dora": [to_all, crisis, clusters],
        "filip": [to_all, capital, clusters],
        "grace": [to_all, crisis, capital],
        "hanna": [to_all, crisis, capital],
    }


async def test_nobody_gets_an_empty_letter(newsroom: Newsroom):
    crisis = await newsroom.share(
        "Krisberedskap", on="2026-12-10", topics=("krisberedskap",), audience=Audience.CLUSTERS
    )
    assert (await send(newsroom.house, W48, "cli")).people == 2
    assert await newsroom.picks() == {"anna": [crisis], "dora": [crisis]}


async def test_an_empty_week_sends_nothing_and_says_so_once(newsroom: Newsroom):
    for _ in range(3):
        await keep_the_week(newsroom.house)
        newsroom.clock.at += timedelta(minutes=1)
    assert await state(newsroom) is DigestState.EMPTY
    assert await newsroom.picks() == {}
    assert await newsroom.told() == {"digest_empty"}


async def test_what_was_taken_back_or_waits_is_in_no_digest(newsroom: Newsroom):
    stays = await newsroom.share("Stannar", kind=Kind.TIP)
    for name, status in (("Ångrad", ItemStatus.UNDONE), ("Tillbakadragen", ItemStatus.WITHDRAWN)):
        gone = await newsroom.share(name, kind=Kind.TIP)
        await newsroom.change(Item, gone, status=status)
    # Within the undo window it can still be taken back unseen.
    await newsroom.share("Nyss", kind=Kind.TIP, days_ago=0)
    await send(newsroom.house, W48, "cli")
    assert (await newsroom.picks())["cecilia"] == [stays]
    # And what is taken back after it went out is not shown again either.
    await newsroom.change(Item, stays, status=ItemStatus.WITHDRAWN)
    assert await sections(newsroom) == []


async def test_the_edition_is_shown_again_as_it_was(newsroom: Newsroom):
    tip = await newsroom.share("En länk", kind=Kind.TIP)
    await newsroom.vote(tip, "cecilia", "dora", "anna")  # Anna's own does not count
    meeting = await newsroom.share("Nätverksträff", on="2026-11-26T13:00")
    await send(newsroom.house, W48, "cli")
    await newsroom.change(Item, meeting, title="Helt annat", text="Nytt")
    await newsroom.vote(tip, "grace")
    async with newsroom.house.database.read() as session:
        found = await drawn(session, newsroom.house, W48, newsroom.clock() + timedelta(days=40))
    assert [(row.title, row.votes) for row in found.edition.rows] == [("Nätverksträff", 0), ("En länk", 2)]
    assert found.edition.rows[0].event is not None
    assert found.edition.rows[0].event.start == "2026-11-26T13:00"
    assert found.edition.rows[0].event.starts_at == datetime(2026, 11, 26, 13, tzinfo=STOCKHOLM)


async def test_an_item_stands_in_the_first_edition_after_it_and_again_when_its_day_is_near(newsroom: Newsroom):
    await newsroom.share("Tips", kind=Kind.TIP)
    await newsroom.share("Snart", on="2026-11-25")
    await newsroom.share("Om två veckor", on="2026-12-10", deadline="2026-12-04")
    assert await sections(newsroom) == [
        (Section.THIS_WEEK, "Snart"),
        (Section.LATER, "Om två veckor"),
        (Section.HORIZON, "Tips"),
    ]
    await send(newsroom.house, W48, "cli")
    newsroom.clock.at = MONDAY + timedelta(days=7)
    await newsroom.share("Nytt tips", kind=Kind.TIP)
    expected = [(Section.DEADLINES, "Om två veckor"), (Section.HORIZON, "Nytt tips")]
    assert await sections(newsroom, W49) == expected
    await send(newsroom.house, W49, "cli")
    newsroom.clock.at = MONDAY + timedelta(days=14)
    assert await sections(newsroom, Week("2026-W50")) == [(Section.THIS_WEEK, "Om två veckor")]


async def test_a_cancelled_meeting_is_told_once(newsroom: Newsroom):
    meeting = await newsroom.share("Nätverksträff", on="2026-12-17T13:00")
    await send(newsroom.house, W48, "cli")
    newsroom.clock.at = MONDAY + timedelta(days=3)
    async with newsroom.house.database.write() as session:
        event = await session.scalar(select(Event).where(Event.item_id == meeting))
        item = await session.get(Item, meeting)
        assert event is not None
        assert item is not None
        event.status, item.revision, item.updated_at = EventStatus.CANCELLED, 1, newsroom.clock()
    newsroom.clock.at = MONDAY + timedelta(days=7)
    assert await sections(newsroom, W49) == [(Section.CHANGED, "Nätverksträff")]
    await send(newsroom.house, W49, "cli")
    for week in (2, 3):
        newsroom.clock.at = MONDAY + timedelta(days=7 * week)
        assert await sections(newsroom, current_week(newsroom.house, newsroom.clock())) == []


async def test_what_came_in_weeks_without_a_digest_stands_in_the_next(newsroom: Newsroom):
    await send_something(newsroom)
    newsroom.clock.at = MONDAY + timedelta(days=9)
    await newsroom.share("Under uppehållet", kind=Kind.TIP, days_ago=0)
    newsroom.clock.at = MONDAY + timedelta(days=42)
    assert await sections(newsroom, Week("2027-W01")) == [(Section.HORIZON, "Under uppehållet")]


async def send_something(room: Newsroom) -> None:
    await room.share("Förra veckans", kind=Kind.TIP)
    assert (await send(room.house, W48, "cli")).outcome == "sent"


async def test_old_mail_that_is_taken_in_later_is_in_no_digest(newsroom: Newsroom):
    """Items that were written long ago are dated then, so that nothing tells of them as new."""
    await newsroom.share("Gammalt", kind=Kind.NEWSLETTER, days_ago=40)
    await newsroom.share("Gammal träff", on="2026-11-27", days_ago=40)
    assert await sections(newsroom) == []


async def test_what_was_shared_while_it_went_out_waits_for_the_next_however_late(newsroom: Newsroom):
    await newsroom.share("Förra veckans", kind=Kind.TIP)
    await newsroom.share("I sista minuten", kind=Kind.TIP, days_ago=1 / (24 * 60))  # can still be taken back unseen
    await send(newsroom.house, W48, "cli")
    assert [title for _, title in await sections(newsroom)] == ["Förra veckans"]
    newsroom.clock.at = MONDAY + timedelta(days=21)
    assert await sections(newsroom, Week("2026-W51")) == [(Section.HORIZON, "I sista minuten")]


async def test_a_network_whose_first_weeks_are_skipped_loses_nothing(newsroom: Newsroom):
    hanna = newsroom.members["hanna"]
    await newsroom.share("Det första", kind=Kind.TIP)
    for week in range(4):
        newsroom.clock.at = MONDAY + timedelta(days=7 * week)
        assert await skip(newsroom.house, current_week(newsroom.house, newsroom.clock()), "web", by=hanna) == "skipped"
    newsroom.clock.at = MONDAY + timedelta(days=28)
    assert await sections(newsroom, Week("2026-W52")) == [(Section.HORIZON, "Det första")]


@pytest.mark.parametrize(
    ("intent", "section"), [(Intent.RECORDING, Section.RECORDINGS), (Intent.CANCELLATION, Section.CHANGED)]
)
async def test_a_slip_that_is_mended_changes_nothing_else(newsroom: Newsroom, intent: Intent, section: Section):
    item_id = await newsroom.share("Inspeling", intent=intent)
    async with newsroom.house.database.write() as session:
        item = await session.get_one(Item, item_id)
        reading = Reading(kind=item.kind, intent=Intent.NEW, title="Inspelning", text=item.text)
        author = Author(name="Anna", email="anna@example.se", member_id=newsroom.members["anna"], language="sv")
        assert await change(session, newsroom.house, item, reading, author, "web", newsroom.clock()) == "changed"
    assert await sections(newsroom) == [(section, "Inspelning")]


async def test_nobody_reads_that_something_changed_of_what_they_never_saw(newsroom: Newsroom):
    await newsroom.share("Träff", on="2026-12-10", intent=Intent.UPDATE, revision=1)
    async with newsroom.house.database.read() as session:
        (row,) = (await drawn(session, newsroom.house, W48, MONDAY)).edition.rows
    assert (row.section, row.intent) == (Section.LATER, Intent.NEW)


async def test_what_stood_in_a_digest_cannot_be_taken_back_unseen(newsroom: Newsroom):
    tip = await newsroom.share("Tips", kind=Kind.TIP, days_ago=0.3)
    await send(newsroom.house, W48, "cli")
    anna = newsroom.members["anna"]
    assert await undo(newsroom.house, tip, anna, "web") == Undone("too_late", "Tips", 0)
    async with newsroom.house.database.write() as session:
        await session.execute(update(Delivery).values(state=DeliveryState.SENT))
    assert await undo(newsroom.house, tip, anna, "web") == Undone("too_late", "Tips", 6)
    assert await withdraw(newsroom.house, tip, "anna@example.se", "web") == Undone("undone", "Tips", 6)


async def test_a_sunday_evening_missed_is_asked_about_on_monday(database, tmp_path):
    async with opened(database, tmp_path, digest={"day": "sun", "time": "18:30"}) as room:
        room.clock.at = MONDAY - timedelta(days=2)
        await room.share("Tips", kind=Kind.TIP)
        await keep_the_week(room.house)
        room.clock.at = MONDAY + timedelta(hours=1)
        await keep_the_week(room.house)
        assert await state(room, Week("2026-W47")) is DigestState.MISSED
        assert await room.told() == {"digest_preview", "digest_missed"}


async def test_to_send_nothing_does_not_keep_it_from_the_editors(newsroom: Newsroom):
    newsroom.clock.at = MONDAY - timedelta(days=4)
    assert (await send(newsroom.house, W48, "cli")).outcome == "empty"
    newsroom.clock.at = MONDAY - timedelta(days=2)
    await newsroom.share("Tips", kind=Kind.TIP)
    await keep_the_week(newsroom.house)
    assert await newsroom.told() == {"digest_preview"}


# -- once ---------------------------------------------------------------------------------------------------------------


async def test_by_hand_and_by_clock_at_once_from_several(newsroom: Newsroom):
    tip = await newsroom.share("Tips", kind=Kind.TIP)
    outcomes = await asyncio.gather(
        *(send(newsroom.house, W48, "cli") for _ in range(3)),
        *(keep_the_week(newsroom.house) for _ in range(3)),
    )
    assert [one.outcome for one in outcomes if one].count("sent") <= 1
    assert await newsroom.picks() == {name: [tip] for name in ("anna", "cecilia", "dora", "filip", "grace", "hanna")}
    async with newsroom.house.database.read() as session:
        contents = select(func.count()).select_from(Content).where(Content.kind == ContentKind.DIGEST)
        assert await session.scalar(contents) == 1


async def test_stopped_in_the_middle_nothing_has_happened(newsroom: Newsroom):
    tip = await newsroom.share("Tips", kind=Kind.TIP)

    async def send_and_stop() -> None:
        async with newsroom.house.database.write() as session:
            assert (await send(newsroom.house, W48, "clock", within=session)).outcome == "sent"
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await send_and_stop()
    assert await newsroom.picks() == {}
    assert await state(newsroom) is None
    await keep_the_week(newsroom.house)
    assert (await newsroom.picks())["hanna"] == [tip]


async def test_by_the_clock_it_is_shown_sent_and_not_sent_again(newsroom: Newsroom):
    newsroom.clock.at = MONDAY - timedelta(days=2, hours=18, minutes=30)  # Friday 13.00
    await newsroom.share("Tips", kind=Kind.TIP)
    await keep_the_week(newsroom.house)
    await keep_the_week(newsroom.house)
    assert await state(newsroom) is DigestState.DRAFT
    assert await newsroom.told() == {"digest_preview"}
    newsroom.clock.at = MONDAY - timedelta(days=1)
    await newsroom.share("Söndagens tips", kind=Kind.TIP, days_ago=0)
    newsroom.clock.at = MONDAY
    for _ in range(2):
        await keep_the_week(newsroom.house)
    assert await state(newsroom) is DigestState.SENT
    assert [title for _, title in await sections(newsroom)] == ["Söndagens tips", "Tips"]
    assert len((await newsroom.picks())["hanna"]) == 2


@pytest.mark.parametrize(
    ("hour", "expected", "told"), [(17, DigestState.SENT, set()), (19, DigestState.MISSED, {"digest_missed"})]
)
async def test_a_monday_missed_is_made_up_until_the_evening(newsroom: Newsroom, hour: int, expected, told):
    await newsroom.share("Tips", kind=Kind.TIP)
    newsroom.clock.at = MONDAY.replace(hour=hour, minute=50 if hour == 17 else 0)
    for _ in range(3):
        await keep_the_week(newsroom.house)
    assert await state(newsroom) is expected
    assert await newsroom.told() == told
    if expected is DigestState.MISSED:  # the editors were asked, and one says yes
        assert await newsroom.picks() == {}
        done = await send(newsroom.house, W48, "web", by=newsroom.members["hanna"])
        assert (done.outcome, done.people) == ("sent", 6)


async def test_a_network_that_begins_on_a_wednesday_is_not_asked_about_monday(newsroom: Newsroom):
    newsroom.clock.at = MONDAY + timedelta(days=2)
    await newsroom.share("Första tipset", kind=Kind.TIP, days_ago=0)
    newsroom.clock.at += timedelta(hours=1)
    await keep_the_week(newsroom.house)
    assert await newsroom.told() == set()
    assert await sections(newsroom, W49) == [(Section.HORIZON, "Första tipset")]


async def test_a_holiday_rests(database, tmp_path):
    async with opened(database, tmp_path, digest={"holidays": ["2026-W48"]}) as room:
        await room.share("Tips", kind=Kind.TIP)
        for _ in range(2):
            await keep_the_week(room.house)
        assert await state(room) is DigestState.SKIPPED
        assert await room.told() == {"digest_holiday"}
        room.clock.at = MONDAY + timedelta(days=7)
        await keep_the_week(room.house)
        assert [title for _, title in await sections(room, W49)] == ["Tips"]
        assert await state(room, W49) is DigestState.SENT


# -- the editors' hand --------------------------------------------------------------------------------------------------


async def test_editors_write_arrange_and_take_out(newsroom: Newsroom):
    newsroom.clock.at = MONDAY - timedelta(days=2)
    hanna = newsroom.members["hanna"]
    one, two, three = [await newsroom.share(f"Tips {n}", kind=Kind.TIP) for n in (1, 2, 3)]
    meeting = await newsroom.share("Träff", on="2026-11-25")
    done = await arrange(
        newsroom.house, W48, hanna, "web", lead="  Hej på er\n", order=[meeting, one, three, two], dropped=[three]
    )
    assert done == "arranged"
    await newsroom.vote(two, "cecilia", "dora", "grace")  # the editors' order stands
    assert [title for _, title in await sections(newsroom)] == ["Träff", "Tips 1", "Tips 2"]
    newsroom.clock.at = MONDAY
    await keep_the_week(newsroom.house)
    assert (await newsroom.picks())["cecilia"] == [meeting, one, two]
    async with newsroom.house.database.read() as session:
        assert (await drawn(session, newsroom.house, W48, MONDAY)).edition.lead == "Hej på er"
    newsroom.clock.at = MONDAY + timedelta(days=7)
    assert await sections(newsroom, W49) == [], "what was taken out does not come back"
    late = await arrange(newsroom.house, W48, hanna, "web", lead="För sent", order=[], dropped=[])
    assert late == "already"


async def test_only_editors_decide(newsroom: Newsroom):
    await newsroom.share("Tips", kind=Kind.TIP)
    anna = newsroom.members["anna"]
    assert (await send(newsroom.house, W48, "slack", by=anna)).outcome == "not_allowed"
    assert await skip(newsroom.house, W48, "slack", by=anna) == "not_allowed"
    assert await arrange(newsroom.house, W48, anna, "web", lead="", order=[], dropped=[]) == "not_allowed"
    assert await newsroom.picks() == {}
    assert await state(newsroom) is None


async def test_a_week_that_is_skipped_is_left_out_and_its_items_stand_in_the_next(newsroom: Newsroom):
    hanna = newsroom.members["hanna"]
    await newsroom.share("Tips", kind=Kind.TIP)
    assert await skip(newsroom.house, W48, "slack", by=hanna) == "skipped"
    await keep_the_week(newsroom.house)
    assert await newsroom.picks() == {}
    newsroom.clock.at = MONDAY + timedelta(days=7)
    assert [title for _, title in await sections(newsroom, W49)] == ["Tips"]
    await send(newsroom.house, W48, "slack", by=hanna)
    assert await skip(newsroom.house, W48, "slack", by=hanna) == "already"


async def test_a_crowd_is_planned_page_by_page(newsroom: Newsroom):
    people = 2_500
    async with newsroom.house.database.write() as session:
        await session.execute(
            text(
                "insert into members (email, name, role, locale, mode, status, topics, consent, bounce_score, created_at)"
                " values (:email, '', 'reader', 'sv', 'digest', 'active', '', '', 0, :at)"
            ),
            [{"email": f"m{n}@example.se", "at": MONDAY} for n in range(people)],
        )
    await newsroom.share("Tips", kind=Kind.TIP)
    assert (await send(newsroom.house, W48, "cli")).people == people + 6
    async with newsroom.house.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Delivery)) == people + 6
