"""An event that is told of again is the same item: changed, called off, reminded of, or shared by one more; or an editor says."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, text, update

from bot import actions
from bot.again import look_up, take
from bot.house import list_house
from bot.publishing import Origin, Published, share
from bot.reading import EventReading, Reading
from bot.understanding import Author
from bridges.mail.letters import LedgerLetters
from bridges.mail.parse import parse
from bridges.tokens import Purpose
from storage.inbox import keep_one
from storage.models import Comment, Content, Delivery, Event, Held, Inbound, Item, Member, Sharer
from storage.outbox import Claim
from storage.sharers import sharers_of
from storage.threads import sign_up
from storage.words import Answer, DeliveryState, EventStatus, HeldState, Intent, Kind, Role
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter

ANNA, BO, FILIP = "Anna <anna@vreta.example.se>", "Bo <bo@agro.example.se>", "Filip <filip@vreta.example.se>"
HANNA, DORA = "Hanna <hanna@lrf.example.se>", "Dora <dora@agro.example.se>"
TITLE = "Fältvandring om rybs och raps"
CALENDAR = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
SUMMARY:{title}
DTSTART;TZID=Europe/Stockholm:{start}00
DTEND;TZID=Europe/Stockholm:{end}00
LOCATION:{place}
{more}END:VEVENT
END:VCALENDAR
"""


def invitation(
    reader: Reader,
    sender: str = ANNA,
    subject: str = TITLE,
    words: str = "Välkomna till en vandring bland rybs och raps. Ta stövlar.",
    *,
    uid: str = "rybs@vreta.example.se",
    sequence: int = 0,
    start: str = "20261210T1300",
    end: str = "20261210T1500",
    place: str = "Norrby gård",
    method: str = "REQUEST",
    title: str = TITLE,
    more: str = "",
) -> EmailMessage:
    reader.clock.at += timedelta(minutes=10)
    mail = letter(sender, subject, words, date=reader.clock())
    data = CALENDAR.format(
        method=method, uid=uid, sequence=sequence, start=start, end=end, place=place, title=title, more=more
    )
    mail.add_attachment(data.encode(), maintype="text", subtype="calendar", filename="m.ics", params={"method": method})
    return mail


async def event(reader: Reader) -> Event:
    """Of the first item."""
    return (await reader.rows(Event))[0]


async def reasons(reader: Reader) -> list[str]:
    return [reason for _, reason in await reader.states()]


async def takers(reader: Reader, key: str) -> set[str]:
    [content] = [row for row in await reader.rows(Content) if row.key == key]
    return {row.destination.partition(":")[2] for row in await reader.waiting() if row.content_id == content.id}


async def letter_to(reader: Reader, key: str) -> str:
    """One copy of the letter, in Swedish: its plain text, and its calendar."""
    [content] = [row for row in await reader.rows(Content) if row.key == key]
    row = next(row for row in await reader.waiting() if row.content_id == content.id and row.language == "sv")
    house = reader.house
    letters = LedgerLetters(house.database, house.tokens, list_house(house.settings), house.now)
    claim = Claim(row.id, row.content_id, row.kind, row.destination, row.member_id, row.name, row.language, 1)
    mail = parse((await letters.dress(claim)).data)
    return "\n".join([mail.subject, mail.plain or "", *(data.decode() for data in mail.calendars)])


async def test_a_newer_calendar_of_the_author_changes_the_item_and_all_who_have_it_are_told(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.gone_out()
    changed = invitation(
        reader, subject=f"Uppdaterad inbjudan: {TITLE}", sequence=4, start="20261217T0900", end="20261217T1100"
    )
    await reader.mail(changed)
    [item] = await reader.rows(Item)
    now = await event(reader)
    assert (now.start, now.end, now.status, now.sequence) == (
        "2026-12-17T09:00",
        "2026-12-17T11:00",
        EventStatus.MOVED,
        4,
    )
    assert (item.title, item.intent, item.revision) == (TITLE, Intent.UPDATE, 1)
    assert await reasons(reader) == ["item", "event_changed"]
    assert await takers(reader, f"item:{item.id}:1") == {
        *("bo@agro.example.se", "cecilia@gavle.example.se", "grace@uni.example.org", "hanna@lrf.example.se")
    }
    told = await letter_to(reader, f"item:{item.id}:1")
    assert "Flyttat: Fältvandring" in told
    assert "Tidigare: tors 10 dec kl. 13.00–15.00 · Norrby gård" in told
    assert "SEQUENCE:4" in told
    assert "UID:rybs@vreta.example.se" in told
    [notice] = [row for row in await reader.rows(Content) if row.data.get("notice") == "event_again"]
    assert (notice.data["outcome"], notice.data["title"]) == ("changed", TITLE)


async def test_what_is_called_off_stays_the_item_says_so_and_calendars_take_it_out(reader: Reader):
    await reader.mail(invitation(reader))
    item = await reader.item()
    dora = await reader.member("dora@agro.example.se")  # reads the digest alone, and means to come
    async with reader.house.database.write() as session:
        await sign_up(session, item.id, dora.id, Answer.YES, "web", reader.clock())
    await reader.gone_out()
    await reader.mail(letter(ANNA, f"INSTÄLLT: {TITLE}", "Tyvärr är Nils sjuk.\n", date=reader.clock()))
    [item] = await reader.rows(Item)
    assert (await event(reader)).status is EventStatus.CANCELLED
    assert (item.title, item.intent) == (TITLE, Intent.CANCELLATION)
    assert item.text.startswith("Tyvärr är Nils sjuk.")
    assert "Ta stövlar" in item.text
    assert "dora@agro.example.se" in await takers(reader, f"item:{item.id}:1")
    told = await letter_to(reader, f"item:{item.id}:1")
    assert "Inställt: Fältvandring" in told
    assert "METHOD:CANCEL" in told
    assert "Tidigare" not in told
    # once more says nothing new
    await reader.mail(letter(ANNA, f"INSTÄLLT: {TITLE}", "Tyvärr är Nils sjuk.\n\nHälsningar\n", date=reader.clock()))
    assert len(await reader.rows(Item)) == 1


async def test_a_calendar_that_is_called_off_needs_no_words(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.mail(invitation(reader, words="", method="CANCEL", sequence=1, more="STATUS:CANCELLED\n"))
    assert (await event(reader)).status is EventStatus.CANCELLED
    assert len(await reader.rows(Item)) == 1


async def test_letters_that_have_not_left_say_the_new(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.mail(invitation(reader, subject=f"Ny tid: {TITLE}", sequence=1, start="20261210T1400"))
    item = await reader.item()
    assert not [row for row in await reader.rows(Content) if row.key == f"item:{item.id}:1"]
    assert "kl. 14.00–15.00" in await letter_to(reader, f"item:{item.id}:0")


async def test_another_cluster_that_shares_it_too_makes_no_second_item_and_is_named_with_it(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.mail(invitation(reader, BO, f"VB: {TITLE}", uid="annan@agro.example.se", place="Norrby"))
    [item] = await reader.rows(Item)
    bo = await reader.member("bo@agro.example.se")
    assert [(row.item_id, row.member_id) for row in await all_sharers(reader)] == [(item.id, bo.id)]
    async with reader.house.database.read() as session:
        assert await sharers_of(session, item.id) == ("Agro Örebro",)
    assert (await reasons(reader))[-1] == "event_shared"
    [told] = [row for row in await reader.rows(Content) if row.data.get("notice") == "event_again"]
    assert (told.data["outcome"], told.data["by"], told.data["own"]) == ("shared", "Anna Åkesson", False)
    assert not await reader.rows(Comment)
    # whoever answers their forward answers the item, and they hear of it
    answer = letter(ANNA, "SV: Fältvandring", "Tack Bo!\n", date=reader.clock(), In_Reply_To=await last_id(reader))
    await reader.mail(answer)
    assert [row.item_id for row in await reader.rows(Comment)] == [item.id]
    assert "mail:bo@agro.example.se" in {row.destination for row in await reader.waiting("comment")}


async def all_sharers(reader: Reader) -> list[Sharer]:
    async with reader.house.database.read() as session:
        return list(await session.scalars(select(Sharer)))


async def last_id(reader: Reader) -> str:
    return (await reader.rows(Inbound))[-1].message_id


async def test_who_may_not_change_it_waits_for_an_editor_who_can_say_that_it_is_the_same(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.mail(letter(BO, f"INSTÄLLT: {TITLE}", "Anna hälsar att Nils är sjuk.\n", date=reader.clock()))
    assert (await reader.states())[-1] == ("held", "not_their_event")
    assert (await event(reader)).status is EventStatus.CONFIRMED
    held, hanna = await reader.held(), await reader.member("hanna@lrf.example.se")
    [desk] = [row for row in await reader.rows(Content) if row.held_id == held.id]
    assert desk.data["same_title"] == TITLE
    done = await actions.decide(reader.house, held.id, hanna.id, "merge", "web")
    assert done.outcome == "merged"
    assert (await event(reader)).status is EventStatus.CANCELLED
    assert (await reader.held()).state is HeldState.MERGED
    assert len(await reader.rows(Item)) == 1
    assert (await actions.decide(reader.house, held.id, hanna.id, "approve", "web")).outcome == "already"


@pytest.mark.parametrize(("word", "items"), [("samma", 1), ("ja", 2), ("nej", 1)])
async def test_what_may_be_the_same_is_decided_by_one_word_and_stays_decided(reader: Reader, word, items):
    await reader.mail(invitation(reader, title="Studiebesök Norrby gård", subject="Studiebesök Norrby gård", place=""))
    other = {"title": "Studiebesök Söderby gård", "subject": "Studiebesök Söderby gård", "place": ""}
    await reader.mail(invitation(reader, BO, uid="b@agro.example.se", **other))
    assert (await reader.states())[-1] == ("held", "same_event")
    held, hanna = await reader.held(), await reader.member("hanna@lrf.example.se")
    desk = await letter_to(reader, f"desk:{held.id}")
    assert "Kanske samma som: Studiebesök Norrby gård" in desk
    assert 'svara "samma"' in " ".join(desk.split())
    to = reader.address(Purpose.DESK, held.id, hanna.id)
    await reader.mail(letter(HANNA, "SV: Att avgöra", f"{word}\n", to=to, date=reader.clock()))
    assert len(await reader.rows(Item)) == items
    # The same mail's event once more, moved by its author: what was kept apart is apart.
    moved = invitation(
        reader, BO, uid="b@agro.example.se", sequence=1, start="20261211T1300", end="20261211T1500", **other
    )
    await reader.mail(moved)
    if word == "ja":
        first, second = await reader.rows(Event)
        assert (first.start, second.start) == ("2026-12-10T13:00", "2026-12-11T13:00")


async def test_a_reminder_of_the_author_is_an_answer_in_the_thread(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.mail(letter(ANNA, f"Påminnelse: {TITLE}", "Glöm inte stövlarna.\n", date=reader.clock()))
    assert len(await reader.rows(Item)) == 1
    assert [row.text for row in await reader.rows(Comment)] == ["Glöm inte stövlarna."]
    assert (await event(reader)).sequence == 0
    assert (await reasons(reader))[-1] == "event_reminded"


async def test_one_of_a_series_and_the_next_are_two_items(reader: Reader):
    await reader.mail(invitation(reader, title="Onsdagslunch om skog", subject="Onsdagslunch om skog"))
    week = {"start": "20261217T1300", "end": "20261217T1500", "uid": "x@y"}
    await reader.mail(invitation(reader, title="Onsdagslunch om skog", subject="Onsdagslunch om skog", **week))
    assert len(await reader.rows(Item)) == 2


async def test_a_colleague_in_the_same_cluster_and_an_editor_may_change_it(reader: Reader):
    await reader.mail(invitation(reader))
    async with reader.house.database.write() as session:
        await session.execute(update(Member).where(Member.email == "filip@vreta.example.se").values(role=Role.STAFF))
    await reader.mail(invitation(reader, FILIP, f"Ny tid: {TITLE}", sequence=1, start="20261210T1400"))
    assert (await event(reader)).start == "2026-12-10T14:00"
    await reader.mail(letter(HANNA, f"Inställt: {TITLE}", "Anna ringde.\n", date=reader.clock()))
    assert (await event(reader)).status is EventStatus.CANCELLED
    assert len(await reader.rows(Item)) == 1


async def test_the_author_calls_it_off_in_its_thread_and_others_only_say_so(reader: Reader):
    first = invitation(reader)
    await reader.mail(first)
    about = {"In_Reply_To": first["Message-ID"]}
    await reader.mail(
        letter(BO, f"SV: {TITLE}", "Tyvärr är träffen inställd, hör jag.\n", date=reader.clock(), **about)
    )
    assert (await event(reader)).status is EventStatus.CONFIRMED
    await reader.mail(letter(ANNA, f"SV: {TITLE}", "Tyvärr ställer vi in träffen.\n", date=reader.clock(), **about))
    now, [item] = await event(reader), await reader.rows(Item)
    assert (now.status, now.sequence, item.intent) == (EventStatus.CANCELLED, 1, Intent.CANCELLATION)
    assert len(await reader.rows(Comment)) == 2
    assert "Ta stövlar" in item.text


async def test_an_older_calendar_changes_nothing(reader: Reader):
    await reader.mail(invitation(reader, sequence=3))
    await reader.mail(invitation(reader, sequence=1, start="20261210T0800", words="Hej igen."))
    now = await event(reader)
    assert (now.start, now.sequence) == ("2026-12-10T13:00", 3)
    assert len(await reader.rows(Item)) == 1


async def test_what_was_withdrawn_makes_room(reader: Reader):
    await reader.mail(invitation(reader))
    await actions.withdraw(reader.house, (await reader.item()).id, "anna@vreta.example.se", "web")
    await reader.mail(invitation(reader, BO, uid="b@x"))
    assert [row.author_email for row in await reader.rows(Item)] == ["anna@vreta.example.se", "bo@agro.example.se"]


async def test_a_post_that_waited_joins_what_was_shared_meanwhile(reader: Reader):
    await reader.mail(invitation(reader, DORA, uid="d@x"))  # a reader's first
    held, hanna = await reader.held(), await reader.member("hanna@lrf.example.se")
    await reader.mail(invitation(reader))
    await actions.decide(reader.house, held.id, hanna.id, "approve", "web")
    assert len(await reader.rows(Item)) == 1
    assert (await reasons(reader))[0] == "event_shared"


async def _share(session, reader: Reader, member: Member) -> object:
    what = EventReading(title=TITLE, start="2026-12-10T13:00", place="Norrby")
    reading = Reading(kind=Kind.INVITATION, intent=Intent.NEW, title=TITLE, text="Välkomna.", event=what)
    author = Author(name=member.name, email=member.email or "", member_id=member.id, cluster_id=member.cluster_id)
    now, key = reader.clock(), f"command:{member.id}"
    await keep_one(session, "slack", key, b"{}", now)
    number = await session.scalar(select(Inbound.id).where(Inbound.remote_key == key))
    origin = Origin(inbox_id=number, sent_at=now)
    again = await look_up(session, reader.house, reading, author, origin, now)
    if again is not None:
        return await take(session, reader.house, again, reading, author, origin, now)
    return await share(session, reader.house, reading, author, origin, now)


async def test_five_who_share_it_at_the_same_instant_make_one_item(reader: Reader):
    people = [row for row in await reader.rows(Member) if row.email][:5]

    async def one(member: Member) -> object:
        async with reader.house.database.write() as session:
            return await _share(session, reader, member)

    done = await asyncio.gather(*map(one, people))
    assert len([each for each in done if isinstance(each, Published)]) == 1
    assert len(await reader.rows(Item)) == 1
    assert len(await all_sharers(reader)) == len(people) - 1


async def test_a_change_and_one_more_who_shares_it_wait_for_each_other(reader: Reader):
    if reader.house.database.sqlite:
        return  # one writer at a time: there is no such moment
    people = [row for row in await reader.rows(Member) if row.email][:2]
    async with reader.house.database.write() as session:
        await _share(session, reader, people[0])
        waiting = asyncio.create_task(_alone(reader, people[1]))
        async with reader.house.database.read() as looking:
            while not await looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not waiting.done()
                await asyncio.sleep(0.01)
    assert not isinstance(await waiting, Published)
    assert len(await reader.rows(Item)) == 1


async def _alone(reader: Reader, member: Member) -> object:
    async with reader.house.database.write() as session:
        return await _share(session, reader, member)


async def test_nothing_is_sent_twice_and_nothing_is_left_queued_for_who_has_left(reader: Reader):
    await reader.mail(invitation(reader))
    await reader.gone_out()
    await reader.mail(invitation(reader, subject=f"Ny tid: {TITLE}", sequence=1, start="20261210T1400"))
    rows = [(row.content_id, row.destination) for row in await reader.rows(Delivery)]
    assert len(rows) == len(set(rows))
    assert DeliveryState.PARKED not in {row.state for row in await reader.rows(Delivery)}
    assert not await reader.rows(Held)
