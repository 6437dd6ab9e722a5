"""What a letter tells of is kept with it, follows its changes, and is shared once, by whoever may."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import select, text

from bot import actions
from bot.changing import change
from bot.mentions import event_told
from bot.reading import Reading
from bot.taking_up import take_up
from bot.understanding import Author
from storage.erasure import forget
from storage.mentions import told_by
from storage.models import Content, Delivery, Event, Item, Mention, Question, Sharer
from storage.words import Audience, Doubt, Intent, ItemStatus, Kind, Precision
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter

ANNA, BO = "Anna <anna@vreta.example.se>", "Bo <bo@agro.example.se>"
NEWSLETTER = """<html><body><p>Hej, här kommer höstens nyhetsbrev.</p>
<h2>Fältdag om vall</h2>
<p>Tid: torsdag 10 december 2026 kl. 13.00-15.00<br>Plats: Norrby gård, Tuna</p>
<p><a href="https://agro.example.se/faltdag">Anmäl dig</a> senast 3 december.</p>
<h2>Webbinarium om stöd</h2>
<p>Tid: tisdag 15 december 2026 kl. 9.00-10.00<br>Plats: Digitalt via Teams</p>
<h2>Ny rapport om klöver</h2>
<p>Tre års försök är nu sammanställda.</p>
<p><a href="https://agro.example.se/rapporter/klover-2026">Läs rapporten</a></p>
</body></html>"""
FIELD_DAY = """\
Välkommen!

Tid: torsdag 10 december 2026 kl. 13.00-15.00
Plats: Norrby gård, Tuna
Anmäl dig: https://agro.example.se/faltdag
"""


def newsletter(reader: Reader, words: str = NEWSLETTER, subject: str = "Agronytt i november") -> EmailMessage:
    reader.clock.at += timedelta(minutes=5)
    mail = letter(ANNA, subject, "", to="kluster+nyhetsbrev@lista.example.se", date=reader.clock())
    mail.set_content(words, subtype="html", charset="utf-8")
    return mail


async def told(reader: Reader, item_id: int = 1) -> list[tuple[str, str, int | None]]:
    async with reader.house.database.read() as session:
        return [(one.mention.title, one.mention.start, one.shared_as) for one in await told_by(session, item_id)]


async def press(reader: Reader, number: int, email: str = "bo@agro.example.se", **more):
    who = await reader.member(email)
    row = (await reader.rows(Mention))[number - 1]
    return await take_up(reader.house, row.id, who.id, "web", **more)


async def test_a_newsletter_is_kept_with_what_it_tells_of(reader: Reader):
    await reader.mail(newsletter(reader))
    assert await told(reader) == [
        ("Fältdag om vall", "2026-12-10T13:00", None),
        ("Webbinarium om stöd", "2026-12-15T09:00", None),
        ("Ny rapport om klöver", "", None),
    ]
    field_day, webinar, report = await reader.rows(Mention)
    assert (field_day.kind, field_day.number, field_day.place) == (Kind.INVITATION, 1, "Norrby gård, Tuna")
    assert (field_day.registration_url, field_day.registration_deadline) == (
        "https://agro.example.se/faltdag",
        "2026-12-03",
    )
    assert (webinar.mode, webinar.precision) == ("online", Precision.TIME)
    assert (report.kind, report.url) == (Kind.TIP, "https://agro.example.se/rapporter/klover-2026")
    [item] = await reader.rows(Item)
    assert item.kind is Kind.NEWSLETTER


async def test_one_of_them_becomes_an_item_that_says_where_it_is_from(reader: Reader):
    await reader.mail(newsletter(reader))
    done = await press(reader, 1)
    assert (done.outcome, done.title) == ("shared", "Fältdag om vall")
    item = await reader.item()
    assert (item.kind, item.title, item.author_email) == (Kind.INVITATION, "Fältdag om vall", "bo@agro.example.se")
    assert "Ur [Agronytt i november](<https://brygga.example.se/i/1>)" in item.text
    [event] = await reader.rows(Event)
    assert (event.start, event.end, event.place) == ("2026-12-10T13:00", "2026-12-10T15:00", "Norrby gård, Tuna")
    assert (await told(reader))[0][2] == item.id
    assert "anna@vreta.example.se" in {row.destination.partition(":")[2] for row in await reader.waiting("item")}
    assert "shared" in await reader.notices()
    assert (await press(reader, 1, "hanna@lrf.example.se")).outcome == "already"
    assert len(await reader.rows(Item)) == 2
    report = await press(reader, 3)
    assert report.outcome == "shared"
    tip = await reader.item()
    assert (tip.kind, "https://agro.example.se/rapporter/klover-2026" in tip.text) == (Kind.TIP, True)


async def test_two_who_press_at_once_share_one_item(reader: Reader):
    await reader.mail(newsletter(reader))
    people = ["bo@agro.example.se", "anna@vreta.example.se", "hanna@lrf.example.se", "bo@agro.example.se"]
    done = await asyncio.gather(*(press(reader, 1, who) for who in people))
    assert sorted(one.outcome for one in done) == ["already", "already", "already", "shared"]
    assert len({one.item_id for one in done}) == 1
    assert [item.title for item in await reader.rows(Item)] == ["Agronytt i november", "Fältdag om vall"]
    keys = [row.key for row in await reader.rows(Delivery) if row.key.startswith("item:2:")]
    assert keys
    assert len(keys) == len(set(keys))


async def test_readers_share_nothing_but_of_their_own_letters(reader: Reader):
    await reader.mail(newsletter(reader))
    assert (await press(reader, 1, "cecilia@gavle.example.se")).outcome == "not_allowed"
    assert len(await reader.rows(Item)) == 1
    async with reader.house.database.write() as session:
        cecilia = await reader.member("cecilia@gavle.example.se")
        (await session.get_one(Item, 1)).author_id = cecilia.id
    assert (await press(reader, 1, "cecilia@gavle.example.se")).outcome == "shared"


async def test_what_is_shared_already_says_so_from_the_start_and_from_when_it_is(reader: Reader):
    await reader.mail(letter(BO, "Fältdag om vall", FIELD_DAY, date=reader.clock()))
    await reader.mail(newsletter(reader))
    assert [shared for _, _, shared in await told(reader, 2)] == [1, None, None]
    webinar = "Välkomna.\n\nTid: tisdag 15 december 2026 kl. 9.00-10.00\nPlats: Digitalt via Teams\n"
    await reader.mail(letter(BO, "Webbinarium om stöd", webinar, date=reader.clock()))
    assert [shared for _, _, shared in await told(reader, 2)] == [1, 3, None]
    assert (await press(reader, 2)).outcome == "already"
    assert len(await reader.rows(Item)) == 3


async def test_what_may_be_there_is_asked_about_and_the_answer_stays(reader: Reader):
    await reader.mail(letter(ANNA, "Vallens dag", FIELD_DAY.replace("/faltdag", "/vall"), date=reader.clock()))
    await reader.mail(newsletter(reader))
    before = await told(reader, 2)
    done = await press(reader, 1)
    assert (done.outcome, done.item_id, done.known_title) == ("perhaps", 1, "Vallens dag")
    assert (await told(reader, 2), len(await reader.rows(Item))) == (before, 2)
    assert (await press(reader, 1, choice="same")).outcome == "already"
    assert (await told(reader, 2))[0][2] == 1
    async with reader.house.database.read() as session:
        assert await session.scalar(select(Sharer.item_id)) == 1
    async with reader.house.database.write() as session:
        (await session.get_one(Mention, 1)).shared_as = None
    assert (await press(reader, 1, choice="another")).outcome == "shared"


async def test_the_letter_itself_and_its_other_events_are_not_the_same(reader: Reader):
    series = "Välkomna till två träffar på Norrby gård.\n\n* torsdag 10 december kl. 13.00-15.00\n"
    series += "* torsdag 17 december kl. 13.00-15.00\n\nAnmäl dig: https://vreta.example.se/serie\n"
    await reader.mail(letter(ANNA, "Träffar om vall", series, date=reader.clock()))
    [own] = await reader.rows(Event)
    assert own.start == "2026-12-10T13:00"
    assert [(start, shared) for _, start, shared in await told(reader)] == [("2026-12-17T13:00", None)]
    assert (await press(reader, 1)).outcome == "shared"
    assert (await reader.item()).id == 2


async def test_what_is_taken_back_can_be_shared_again(reader: Reader):
    await reader.mail(newsletter(reader))
    first = await press(reader, 1)
    bo = await reader.member("bo@agro.example.se")
    assert (await actions.undo(reader.house, first.item_id, bo.id, "web")).outcome == "undone"
    assert (await told(reader))[0][2] is None
    second = await press(reader, 1)
    assert second.outcome == "shared"
    assert second.item_id != first.item_id


async def test_who_has_shared_much_this_hour_waits(make_reader):
    reader = await make_reader(limits={"items_per_hour": 1})
    await reader.mail(newsletter(reader))
    assert [(await press(reader, number)).outcome for number in (1, 2)] == ["shared", "too_many"]
    reader.clock.at += timedelta(hours=1, minutes=1)
    assert (await press(reader, 2)).outcome == "shared"


async def test_a_changed_letter_tells_anew_but_for_what_is_shared(reader: Reader):
    await reader.mail(newsletter(reader))
    await press(reader, 1)
    numbers = [row.id for row in await reader.rows(Mention)]
    words = (await reader.rows(Item))[0].text
    words = words.replace("tisdag 15 december 2026 kl. 9.00-10.00", "onsdag 16 december 2026 kl. 8.00-9.00")
    assert "onsdag 16" in words
    words += "\n\n## Mingel i ladan\n\nTid: fredag 18 december 2026 kl. 17.00\n\nPlats: Ås\n"
    await edited(reader, words)
    assert await told(reader) == [
        ("Fältdag om vall", "2026-12-10T13:00", 2),
        ("Webbinarium om stöd", "2026-12-16T08:00", None),
        ("Mingel i ladan", "2026-12-18T17:00", None),
        ("Ny rapport om klöver", "", None),
    ]
    assert not {row.id for row in await reader.rows(Mention)} & set(numbers[1:]), "old buttons lead nowhere"
    who = await reader.member("bo@agro.example.se")
    assert (await take_up(reader.house, numbers[1], who.id, "web")).outcome == "gone"
    await edited(reader, words, title="Agronytt")
    assert [title for title, _, _ in await told(reader)][1:3] == ["Webbinarium om stöd", "Mingel i ladan"]
    await edited(reader, "Brevet är tomt.")
    assert [title for title, _, _ in await told(reader)] == ["Fältdag om vall"]


async def edited(reader: Reader, words: str, title: str = "Agronytt i november") -> None:
    """Anna puts the newsletter right in the form."""
    anna = await reader.member("anna@vreta.example.se")
    async with reader.house.database.write() as session:
        item = await session.get_one(Item, 1)
        new = Reading(kind=Kind.NEWSLETTER, intent=Intent.NEW, title=title, text=words, audience=Audience.ALL)
        author = Author(name=anna.name, email=anna.email, member_id=anna.id)
        await change(session, reader.house, item, new, author, "slack", reader.clock())


async def test_what_is_doubtful_is_shared_as_far_as_it_is_certain_and_asked_about(reader: Reader):
    words = NEWSLETTER.replace("torsdag 10 december 2026 kl. 13.00-15.00", "onsdag 10 december kl. 13.00")
    await reader.mail(newsletter(reader, words))
    row = (await reader.rows(Mention))[0]
    assert (row.doubt, row.precision, row.start) == (Doubt.WEEKDAY, Precision.WEEK, "2026-12-07")
    assert event_told(row).needs_confirmation
    assert (await press(reader, 1)).outcome == "shared"
    [event] = await reader.rows(Event)
    assert (event.start, event.precision) == ("2026-12-07", Precision.WEEK)
    async with reader.house.database.read() as session:
        assert await session.scalar(select(Question.item_id)) == 2
    assert "which_day" in await reader.notices()


async def test_nothing_of_an_undone_letter_is_shared_and_forgetting_its_author_leaves_it(reader: Reader):
    await reader.mail(newsletter(reader))
    anna = await reader.member("anna@vreta.example.se")
    async with reader.house.database.write() as session:
        await forget(session, await session.merge(anna), "hanna@lrf.example.se", reader.clock())
    assert len(await told(reader)) == 3, "as its text does"
    async with reader.house.database.write() as session:
        (await session.get_one(Item, 1)).status = ItemStatus.UNDONE
    assert (await press(reader, 1)).outcome == "gone"


async def test_rows_read_as_sentences(reader: Reader):
    await reader.mail(newsletter(reader))
    async with reader.house.database.read() as session:
        rows = await session.execute(text("select kind, title, start, place, shared_as from mentions order by number"))
        assert next(tuple(row) for row in rows) == (
            *("invitation", "Fältdag om vall", "2026-12-10T13:00", "Norrby gård, Tuna"),
            None,
        )
        assert await session.scalar(select(Content.key).where(Content.item_id == 1)) == "item:1:0"
