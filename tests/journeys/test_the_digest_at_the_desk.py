"""Friday at one the digest stands at the desk; an editor works on it and sends it, or skips the week."""

import asyncio
import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.actions import withdraw
from bot.clock import Clock, shifted_clock
from storage.database import Database
from storage.models import Event, Item, Member
from storage.words import Kind
from tests.fixtures.mailrooms import until
from tests.fixtures.smtp import Letter
from tests.fixtures.town import PEOPLE, Town
from tests.fixtures.workspace import C_DESK, U_ANNA, U_BO, U_HANNA

C_DIGEST = "C0DIGEST"
SETTINGS = f'digest = "{C_DIGEST}"\n[digest]\nday = "mon"\n'
#: Friday 20 November 2026, 13.00.
FRIDAY = datetime(2026, 11, 20, 13, 0, 5, tzinfo=ZoneInfo("Europe/Stockholm"))
EVERYBODY = {line.partition(",")[0] for line in PEOPLE.strip().splitlines()[1:]}


def clock_at(moment: datetime) -> Clock:
    """A clock that goes on from that moment."""
    return shifted_clock(moment - datetime.now(UTC))


@pytest.fixture
async def town(make_town: Callable[..., Town]) -> Town:
    """On the Friday, with four things shared the days before."""
    town = make_town(more=SETTINGS)
    town.slack.add_channel(C_DIGEST, "veckobrev", members=(U_ANNA, U_BO, U_HANNA))
    await town.village.populate(PEOPLE)
    database = Database(f"sqlite:///{town.village.program.folder}/brygga.db")
    async with database.write() as session:
        anna = (await session.scalars(select(Member).where(Member.name == "Anna Åkesson"))).one()
        at = FRIDAY.astimezone(UTC) - timedelta(days=2)
        by_anna = {"author_id": anna.id, "author_name": anna.name, "cluster_id": anna.cluster_id}
        for title, day in (("Fältvandring", 10), ("Kurs i ekonomi", 11), ("Mjölkdag", 12), ("Utlysning om vatten", 0)):
            kind = Kind.INVITATION if day else Kind.TIP
            item = Item(kind=kind, title=title, text=f"Om {title}.", created_at=at, updated_at=at, **by_anna)
            session.add(item)
            await session.flush()
            if day:
                starts = datetime(2026, 12, day, 8, tzinfo=UTC)
                when = {"start": f"2026-12-{day}T09:00", "starts_at": starts, "uid": f"{title}@test"}
                session.add(Event(item_id=item.id, title=title, **when))
    await database.close()
    await town.start(clock_at(FRIDAY))
    return town


async def at_desk(town: Town, having: str) -> dict[str, Any]:
    """Wait until the desk's post says this."""
    return await town.card(C_DESK, having=having)


async def letters(town: Town, count: int) -> list[Letter]:
    def sent() -> list[Letter]:
        subjects = ("Veckobrev v. 48", "Weekly digest, week 48")
        return [one for one in town.village.post.letters if str(one.message["Subject"]).startswith(subjects)]

    await until(lambda: len(sent()) >= count, 30)
    return sent()


def words(one: Letter) -> str:
    return str(one.message.get_body(("plain",)).get_content())


async def test_an_editor_works_on_it_and_sends_it(town: Town):
    card = await at_desk(town, "Veckobrev v. 48")
    assert "Går måndag kl. 07.30 till 6 personer." in card["text"]
    assert "1. Fältvandring" in card["text"]
    # Who is no editor changes nothing, by any of the buttons.
    anna = town.slack.person(U_ANNA)
    for button in ("digest_send", "digest_skip"):
        await anna.press(C_DESK, card["ts"], button)
    await town.whispered(U_ANNA, "Bara redaktörer bestämmer om veckobrevet.")
    await anna.press(C_DESK, card["ts"], "digest_edit")
    refused = await anna.updated(await anna.opened())
    assert "Bara redaktörer" in str(refused.view)

    hanna = town.slack.person(U_HANNA)
    await hanna.press(C_DESK, card["ts"], "digest_edit")
    form = await hanna.updated(await hanna.opened())
    stay = ["1", "3"]
    answers = {"lead": "Snart är det *jul*.", "in:later:0": stay, "first:later": "9"}
    assert await hanna.submit(form, answers) == {"first:later": "Skriv nummer mellan 1 och 3, med komma emellan."}
    assert await hanna.submit(form, answers | {"first:later": "3"}) == {}
    card = await at_desk(town, "Snart är det")
    assert card["text"].index("1. Mjölkdag") < card["text"].index("2. Fältvandring")
    assert "1 är borttaget." in card["text"]

    await hanna.press(C_DESK, card["ts"], "digest_send")
    card = await at_desk(town, "Hanna Redaktör skickade det fre 20 nov kl. 13.")
    assert "till 6 personer." in card["text"]
    assert [block["type"] for block in card["blocks"]].count("actions") == 0
    await town.whispered(U_HANNA, "Veckobrevet v. 48 går nu till 6 personer.")
    got = await letters(town, len(EVERYBODY))
    await town.done()
    [post] = town.cards(C_DIGEST)
    for text in (post["text"], *(words(one) for one in got)):
        assert "Snart är det" in text
        assert text.index("Mjölkdag") < text.index("Fältvandring") < text.index("Utlysning om vatten")
        assert "Kurs i ekonomi" not in text
    assert sorted(one.recipient for one in await letters(town, len(EVERYBODY))) == sorted(EVERYBODY)
    assert not town.slack.pings

    # Its author takes one back: it is gone from the digest in Slack too, and nothing else moves.
    tips = await town.card(C_DIGEST, having="Utlysning om vatten")
    [(number,)] = await town.village.rows("select id from items where title = 'Mjölkdag'")
    await withdraw(town.house, number, "anna@vreta.example.se", "slack")
    await town.card(C_DIGEST, having="Tillbakadrag")
    [post] = town.cards(C_DIGEST)
    assert post["ts"] == tips["ts"]
    assert "Mjölkdag" not in post["text"]
    assert "Fältvandring" in post["text"]


async def test_pressed_by_two_at_once_it_goes_once(town: Town):
    card = await at_desk(town, "Veckobrev v. 48")
    hanna = town.slack.person(U_HANNA)
    await asyncio.gather(*(hanna.press(C_DESK, card["ts"], "digest_send") for _ in range(3)))
    await letters(town, len(EVERYBODY))
    await town.done()
    assert sorted(one.recipient for one in await letters(town, len(EVERYBODY))) == sorted(EVERYBODY)
    assert len(town.cards(C_DIGEST)) == 1


async def test_untouched_it_goes_by_the_clock_and_the_desk_sees_that_it_went(town: Town):
    card = await at_desk(town, "Veckobrev v. 48")
    await town.done()
    await town.stop()
    monday = FRIDAY.replace(day=23, hour=7, minute=29, second=0)
    await town.start(clock_at(monday))
    await town.stop()
    assert town.cards(C_DIGEST) == []
    await town.start(clock_at(monday + timedelta(seconds=75)))
    sent = await at_desk(town, "Skickat måndag kl. 07.30 till 6 personer.")
    assert sent["ts"] == card["ts"]
    assert {one.recipient for one in await letters(town, len(EVERYBODY))} == EVERYBODY


async def test_skipped_it_goes_to_nobody_and_the_next_one_has_it(town: Town):
    card = await at_desk(town, "Veckobrev v. 48")
    await town.slack.person(U_HANNA).press(C_DESK, card["ts"], "digest_skip")
    await at_desk(town, "Hanna Redaktör hoppade över veckobrevet v. 48.")
    await town.done()
    await town.stop()
    await town.start(clock_at(FRIDAY + timedelta(days=2, hours=18, minutes=40)))  # Monday 07.40
    await town.done()
    assert town.cards(C_DIGEST) == []
    assert await letters(town, 0) == []
    await town.stop()
    await town.start(clock_at(FRIDAY + timedelta(days=7)))
    card = await at_desk(town, "Veckobrev v. 49")
    assert all(title in card["text"] for title in ("Fältvandring", "Kurs i ekonomi", "Utlysning om vatten"))
    assert town.cards(C_DIGEST) == []


async def test_by_mail_alone_the_same_is_done_on_the_page(town: Town):
    def told() -> list[Letter]:
        found = town.village.letters_to("hanna@lrf.example.se")
        return [one for one in found if one.message["Subject"] == "Titta på veckobrevet v. 48 innan det går"]

    await until(lambda: len(told()) == 1, 30)
    page = re.search(r"https://brygga\.example\.se(/preview/\S+)", words(told()[0]))
    assert page is not None
    assert "Skicka nu" in await asyncio.to_thread(fetch, town, page[1])
    assert "till 6 personer" in await asyncio.to_thread(fetch, town, page[1], b"do=send")
    assert "Hanna Redaktör skickade det" in await asyncio.to_thread(fetch, town, page[1], b"do=send_now")
    await at_desk(town, "Hanna Redaktör skickade det fre 20 nov")
    assert {one.recipient for one in await letters(town, len(EVERYBODY))} == EVERYBODY


def fetch(town: Town, path: str, body: bytes | None = None) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{town.port}{path}", body, timeout=10) as answer:
        return str(answer.read().decode())
