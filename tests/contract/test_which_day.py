"""The question to a sender: the item says what is known, one answer settles it, and everyone who has the old is told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from bot import actions
from bot.answering import answer
from bot.asking import ask
from bot.changing import change
from bot.house import list_house
from bot.publishing import Origin, share
from bot.reading import EventReading, Reading, Uncertain
from bot.understanding import Author
from bridges.mail.letters import LedgerLetters
from bridges.mail.parse import parse
from bridges.tokens import Purpose
from storage.erasure import forget
from storage.inbox import keep_one
from storage.models import Content, Event, Inbound, Item, Member, Question
from storage.outbox import Claim
from storage.words import Doubt, Intent, Kind, Precision
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter

TUESDAY, THURSDAY = "2026-12-15T13:00", "2026-12-17T13:00"
SAID = "torsdag 15 december"
_NUMBERS = count()


def reading(*choices: str, doubt: Doubt = Doubt.WEEKDAY, title: str = "Fältvandring om rybs") -> Reading:
    event = EventReading(
        title=title,
        start=choices[0],
        end=f"{choices[0][:10]}T15:00",
        place="Ås",
        uncertain=Uncertain(doubt, SAID, choices),
    )
    return Reading(kind=Kind.INVITATION, intent=Intent.NEW, title=title, text="Välkommen.", event=event)


async def invited(reader: Reader, what: Reading, *, email: str = "anna@vreta.example.se") -> Item:
    """Shared by somebody, and asked about."""
    member = await reader.member(email)
    author = Author(name=member.name, email=email, member_id=member.id, cluster_id=member.cluster_id)
    now, key = reader.clock(), f"sha256:{next(_NUMBERS)}"
    async with reader.house.database.write() as session:
        await keep_one(session, "mail", key, b"", now)
        origin = await session.scalar(select(Inbound.id).where(Inbound.remote_key == key))
        done = await share(session, reader.house, what, author, Origin(inbox_id=origin, sent_at=now), now)
        await ask(session, reader.house, done.item_id, author, now)
    return await reader.item()


async def event_of(reader: Reader, item: Item) -> Event | None:
    async with reader.house.database.read() as session:
        return await session.scalar(select(Event).where(Event.item_id == item.id))


async def question(reader: Reader) -> Question | None:
    async with reader.house.database.read() as session:
        return await session.scalar(select(Question))


async def asked(reader: Reader) -> Content:
    [told] = [row for row in await reader.rows(Content) if row.data.get("notice") == "which_day"]
    return told


def by(item: Item) -> Author:
    return Author(name=item.author_name, email=item.author_email, member_id=item.author_id)


async def test_an_item_in_doubt_says_what_is_known_and_its_sender_is_asked_once(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    event = await event_of(reader, item)
    assert event is not None
    assert (event.start, event.end, event.precision, event.uncertain) == ("2026-12-14", None, Precision.WEEK, True)
    told = await asked(reader)
    assert (told.data["said"], told.data["choices"], told.data["known"]) == (SAID, [TUESDAY, THURSDAY], "2026-12-14")
    [copy] = [row for row in await reader.waiting() if row.content_id == told.id]
    assert (copy.destination, copy.member_id) == ("mail:anna@vreta.example.se", item.author_id)
    async with reader.house.database.write() as session:
        await ask(session, reader.house, item.id, by(item), reader.clock())
    assert (await reader.notices()).count("which_day") == 1


async def test_days_in_several_weeks_are_no_day_at_all(reader: Reader):
    item = await invited(reader, reading("2026-12-09T13:00", "2026-12-16T13:00", doubt=Doubt.NEAR))
    assert await event_of(reader, item) is None
    await answer(reader.house, item.id, "2026-12-16T13:00", by(item), "web")
    event = await event_of(reader, item)
    assert event is not None
    assert (event.start, event.end, event.place) == ("2026-12-16T13:00", "2026-12-16T15:00", "Ås")


async def test_the_letters_carry_no_calendar_file_until_it_is_known(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    before = await letters_of(reader, f"item:{item.id}:0")
    assert ("v. 51" in before, "text/calendar" in before) == (True, False)
    await reader.gone_out()
    await answer(reader.house, item.id, THURSDAY, by(item), "web")
    after = await letters_of(reader, f"item:{item.id}:1")
    assert "tors 17 dec kl. 13.00–15.00" in after
    assert "text/calendar" in after


async def letters_of(reader: Reader, key: str) -> str:
    [content] = [row for row in await reader.rows(Content) if row.key == key]
    rows = [row for row in await reader.waiting() if row.content_id == content.id and row.language == "sv"]
    raw = (await dressed(reader, rows[0])).decode()
    mail = parse(raw.encode())
    return f"{mail.plain}\n{mail.html}\n{[file.content_type for file in mail.attachments]}"


async def dressed(reader: Reader, row) -> bytes:
    house = reader.house
    letters = LedgerLetters(house.database, house.tokens, list_house(house.settings), house.now)
    claim = Claim(
        id=row.id,
        content_id=row.content_id,
        kind=row.kind,
        destination=row.destination,
        member_id=row.member_id,
        name=row.name,
        language=row.language,
        attempts=1,
    )
    return (await letters.dress(claim)).data


async def test_the_answer_is_said_once_and_those_who_have_the_old_are_told(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    await reader.gone_out()
    done = await answer(reader.house, item.id, THURSDAY, by(item), "web")
    assert (done.outcome, done.answer) == ("settled", THURSDAY)
    event = await event_of(reader, item)
    assert event is not None
    assert (event.start, event.end, event.precision) == (THURSDAY, "2026-12-17T15:00", Precision.TIME)
    assert (event.sequence, event.uncertain) == (1, False)
    assert len(await reader.waiting("item")) == 4
    again = await answer(reader.house, item.id, TUESDAY, by(item), "web")
    assert (again.outcome, again.answer) == ("already", THURSDAY)
    assert (await event_of(reader, item)).start == THURSDAY


async def test_of_two_answers_at_the_same_instant_the_first_counts(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    done = await asyncio.gather(
        *(answer(reader.house, item.id, wall, by(item), "web") for wall in (TUESDAY, THURSDAY, TUESDAY))
    )
    assert sorted(one.outcome for one in done) == ["already", "already", "settled"]
    [first] = [one.answer for one in done if one.outcome == "settled"]
    assert (await event_of(reader, item)).start == first


@pytest.mark.parametrize(("text", "start"), [("2", THURSDAY), ("Torsdag", THURSDAY), ("15 dec\n\nMvh Anna", TUESDAY)])
async def test_one_word_by_mail_answers(reader: Reader, text, start):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    to = reader.address(Purpose.WHEN, item.id, item.author_id)
    reader.clock.at += timedelta(minutes=5)
    mail = letter("Anna <anna@vreta.example.se>", "SV: När är det?", f"{text}\n", to=to, date=reader.clock())
    await reader.mail(mail)
    assert (await event_of(reader, item)).start == start
    assert (await reader.states())[-1] == ("done", "when")
    assert (await reader.notices())[-1] == "which_day_settled"


async def test_an_answer_that_names_no_day_is_asked_about_again_and_nothing_is_changed(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    to = reader.address(Purpose.WHEN, item.id, item.author_id)
    await reader.mail(letter("Anna <anna@vreta.example.se>", "SV: När är det?", "Tack!\n", to=to, date=reader.clock()))
    assert (await event_of(reader, item)).precision is Precision.WEEK
    assert (await reader.notices())[-1] == "which_day_unclear"
    assert (await question(reader)).answered_at is None


async def test_nobody_else_answers_by_mail(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    to = reader.address(Purpose.WHEN, item.id, item.author_id)
    await reader.mail(letter("Bo <bo@agro.example.se>", "SV: När är det?", "2\n", to=to, date=reader.clock()))
    await reader.mail(
        letter("Anna <anna@vreta.example.se>", "SV", "2\n", to=f"{to[:-30]}x{to[-29:]}", date=reader.clock())
    )
    assert (await event_of(reader, item)).precision is Precision.WEEK


async def test_the_letter_of_the_question_has_a_link_a_choice_and_takes_an_answer(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    told = await asked(reader)
    [copy] = [row for row in await reader.waiting() if row.content_id == told.id]
    mail = parse(await dressed(reader, copy))
    token = reader.house.tokens.sign(Purpose.WHEN, item.id, item.author_id, until=told.created_at + timedelta(days=60))
    assert mail.reply_to[0].address == f"kluster+when-{token}@lista.example.se"
    assert "men den 15 december är en tisdag. Vilken dag menar du?" in " ".join(mail.plain.split())
    for number, words in ((1, "tis 15 dec"), (2, "tors 17 dec")):
        assert f"{words}: https://brygga.example.se/when/{token}?choice={number}" in mail.plain
        assert f"when/{token}?choice={number}" in mail.html
    assert f"Annan dag eller tid: https://brygga.example.se/when/{token}\n" in mail.plain


async def test_what_is_changed_in_another_way_is_not_asked_for_any_more(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    async with reader.house.database.write() as session:
        row = await session.get_one(Item, item.id)
        known = EventReading(title="Fältvandring om rybs", start="2026-12-16T09:00")
        new = Reading(kind=Kind.INVITATION, intent=Intent.NEW, title=row.title, text=row.text, event=known)
        assert await change(session, reader.house, row, new, by(item), "slack", reader.clock()) == "changed"
    done = await answer(reader.house, item.id, THURSDAY, by(item), "web")
    assert (done.outcome, done.answer) == ("already", "")
    event = await event_of(reader, item)
    assert (event.start, event.uncertain) == ("2026-12-16T09:00", False)


async def test_a_form_that_says_the_same_week_leaves_it_in_doubt(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    async with reader.house.database.write() as session:
        row = await session.get_one(Item, item.id)
        week = EventReading(title=row.title, start="2026-12-14", date_precision=Precision.WEEK, place="Ås")
        new = Reading(kind=Kind.INVITATION, intent=Intent.NEW, title=row.title, text="Hjärtligt välkommen.", event=week)
        assert await change(session, reader.house, row, new, by(item), "slack", reader.clock()) == "changed"
    assert (await event_of(reader, item)).uncertain
    assert (await answer(reader.house, item.id, THURSDAY, by(item), "web")).outcome == "settled"


async def test_what_was_taken_back_is_not_answered(reader: Reader):
    item = await invited(reader, reading(TUESDAY, THURSDAY))
    await actions.undo(reader.house, item.id, item.author_id, "web")
    assert (await answer(reader.house, item.id, THURSDAY, by(item), "web")).outcome == "gone"
    assert (await answer(reader.house, item.id, "på torsdag", by(item), "web")).outcome == "gone"


async def test_of_a_week_alone_its_days_are_the_choices(reader: Reader):
    what = reading("2026-12-14", doubt=Doubt.WEEK)
    assert what.event is not None
    event = replace(what.event, end=None, date_precision=Precision.WEEK, uncertain=Uncertain(Doubt.WEEK, "v. 51"))
    item = await invited(reader, replace(what, event=event))
    assert (await asked(reader)).data["choices"] == [f"2026-12-{day}" for day in range(14, 19)]
    await answer(reader.house, item.id, "2026-12-18", by(item), "web")
    event = await event_of(reader, item)
    assert (event.start, event.precision) == ("2026-12-18", Precision.DAY)


async def test_who_is_forgotten_is_asked_nothing(reader: Reader):
    await invited(reader, reading(TUESDAY, THURSDAY))
    async with reader.house.database.write() as session:
        anna = await session.scalar(select(Member).where(Member.email == "anna@vreta.example.se"))
        await forget(session, anna, "boss@example.se", reader.clock())
    assert await question(reader) is None


async def test_who_acts_in_slack_is_asked_there(make_reader):
    reader = await make_reader(slack={"bot_token": "xoxb-x", "channels": {"invitations": "C0INV"}})
    async with reader.house.database.write() as session:
        anna = await session.scalar(select(Member).where(Member.email == "anna@vreta.example.se"))
        anna.slack_user = "U0ANNA"
    await invited(reader, reading(TUESDAY, THURSDAY))
    told = await asked(reader)
    [copy] = [row for row in await reader.waiting() if row.content_id == told.id]
    assert copy.destination == "slack:U0ANNA"


INVITATION = """Hej!

Välkommen till fältvandring om rybs och raps på Norrby gård i Tuna, {when} kl. 13.00-15.00.

Anmäl dig till anna@vreta.example.se senast den 10 december.

Hälsningar
Anna
"""


async def by_mail(reader: Reader, when: str, subject: str = "Inbjudan: Fältvandring om rybs och raps") -> Item:
    mail = letter("Anna <anna@vreta.example.se>", subject, INVITATION.format(when=when), date=reader.clock())
    await reader.mail(mail)
    return await reader.item()


async def test_a_weekday_that_is_not_that_day_is_asked_about(reader: Reader):
    item = await by_mail(reader, "torsdag 15 december")
    told, event = await asked(reader), await event_of(reader, item)
    assert told.data["doubt"] == "weekday"
    assert set(told.data["choices"]) == {TUESDAY, THURSDAY}
    assert event is not None
    assert (event.start, event.precision, event.uncertain) == ("2026-12-14", Precision.WEEK, True)
    assert "Norrby" in event.place
    assert "torsdag 15 december" in item.text
    assert [row.data["notice"] for row in await reader.rows(Content) if "notice" in row.data] == ["which_day", "shared"]


async def test_what_is_certain_is_not_asked_about(reader: Reader):
    item = await by_mail(reader, "torsdag 17 december")
    event = await event_of(reader, item)
    assert event is not None
    assert (event.start, event.uncertain) == (THURSDAY, False)
    assert "which_day" not in await reader.notices()


@pytest.mark.parametrize(
    ("text", "start"),
    [("Fredag 18 december kl. 9", "2026-12-18T09:00"), ("den 18 december", "2026-12-18T13:00"), ("nästa vecka", None)],
)
async def test_another_day_in_ones_own_words_answers(reader: Reader, text, start):
    item = await by_mail(reader, "torsdag 15 december")
    to = reader.address(Purpose.WHEN, item.id, item.author_id)
    await reader.mail(
        letter("Anna <anna@vreta.example.se>", "SV: När är det?", f"{text}\n", to=to, date=reader.clock())
    )
    event = await event_of(reader, item)
    assert event is not None
    assert (event.start if event.precision is Precision.TIME else None) == start


async def test_a_mail_too_old_to_write_about_is_not_asked_about(reader: Reader):
    mail = letter(
        "Anna <anna@vreta.example.se>",
        "Inbjudan: Fältvandring",
        INVITATION.format(when="torsdag 15 december"),
        date=reader.clock() - timedelta(days=20),
    )
    await reader.mail(mail)
    assert await question(reader) is None
    assert not await reader.notices()


async def test_editors_see_what_was_understood(reader: Reader):
    text = INVITATION.format(when="torsdag 17 december")
    await reader.mail(letter("Okänd <okand@gard.example>", "Inbjudan: Fältvandring om rybs", text, date=reader.clock()))
    held = await reader.held()
    desk = await letters_of(reader, f"desk:{held.id}")
    assert "Förstått som: tors 17 dec kl. 13.00–15.00" in " ".join(desk.split())
