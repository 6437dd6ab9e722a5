"""A calendar's answer counts for the one who gives it, and what they wrote beside it stands in the thread."""

import pytest
from sqlalchemy import select

from storage.models import Comment, Item, Post, SignUp
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter
from tests.journeys.test_signing_up_by_mail import ANSWER, INVITATION

ANNA, BO, ELIN = "Anna <anna@vreta.example.se>", "Bo <bo@agro.example.se>", "Elin <elin@agro.example.se>"
UID = "faltdag-7@vreta.example.se"


@pytest.fixture
async def invited(reader: Reader) -> Reader:
    mail = letter(ANNA, "Fältdag", "Kom till Norrby.\n", date=reader.clock())
    mail.add_attachment(INVITATION, subtype="calendar", filename="faltdag.ics")
    await reader.mail(mail)
    return reader


def answering(
    reader: Reader,
    sender: str,
    text: str,
    *,
    alias: str = "bo@agro.example.se",
    note: str = "",
    subject: str = "Accepterat: Fältdag",
    **headers: str,
):
    calendar = ANSWER.format(uid=UID, state="ACCEPTED", alias=alias)
    if note:
        calendar = calendar.replace("END:VEVENT", f"COMMENT:{note}\nEND:VEVENT")
    mail = letter(sender, subject, text, date=reader.clock(), **headers)
    mail.add_alternative(calendar, subtype="calendar", params={"method": "REPLY"})
    return mail


async def signed(reader: Reader) -> list[tuple[int, str]]:
    async with reader.house.database.read() as session:
        return [(row.member_id, row.answer.value) for row in await session.scalars(select(SignUp))]


async def said(reader: Reader) -> list[str]:
    return [row.text for row in await reader.rows(Comment)]


async def test_words_in_an_accept_count_and_stand_in_the_thread(invited: Reader):
    before = len(await invited.waiting("comment"))
    text = "Jag kommer, men behöver skjuts från stationen.\n\n-- \nBo Öberg\n\n> Kom till Norrby.\n"
    await invited.mail(answering(invited, BO, text))
    bo = await invited.member("bo@agro.example.se")
    assert await signed(invited) == [(bo.id, "yes")]
    assert await said(invited) == ["Jag kommer, men behöver skjuts från stationen."]
    assert len(await invited.waiting("comment")) > before
    assert (await invited.states())[-1] == ("done", "rsvp")


async def test_the_calendars_own_comment_stands_in_the_thread_and_its_links_with_powers_do_not(invited: Reader):
    token = "abcdefghijklmnopqrstuvwxyz234567"
    link = f"https://brygga.example.se/unsubscribe/{token}"
    await invited.mail(answering(invited, BO, "Bo har tackat ja.\n", note=f"Kommer sent\\, vid tre. {link}"))
    [text] = await said(invited)
    assert text.startswith("Kommer sent, vid tre.")
    assert token not in text


@pytest.mark.parametrize("text", ["", "Kommer!\n", "Bo har accepterat den här inbjudan.\n", "Accepterat: Fältdag\n"])
async def test_a_press_alone_is_counted_and_not_posted(invited: Reader, text: str):
    await invited.mail(answering(invited, BO, text, alias="b.oberg@agro.example.se"))
    bo = await invited.member("bo@agro.example.se")
    assert await signed(invited) == [(bo.id, "yes")]
    assert await said(invited) == []


async def test_another_members_answer_does_not_count_for_who_passes_it_on(invited: Reader):
    sent = (await invited.rows(Item))[0]
    thread = {"In_Reply_To": (await invited.rows(Post))[0].remote_id}
    await invited.mail(answering(invited, ELIN, "Så här svarade Dora.\n", alias="Dora@agro.example.se", **thread))
    assert await signed(invited) == []
    assert [(row.item_id, row.text) for row in await invited.rows(Comment)] == [(sent.id, "Så här svarade Dora.")]


async def test_a_forwarded_answer_is_an_ordinary_mail(invited: Reader):
    forward = answering(
        invited, BO, "Eva kommer hon också.\n", alias="eva@frammande.example", subject="VB: Accepterat: Fältdag"
    )
    await invited.mail(forward)
    assert await signed(invited) == []
    assert [row.text for row in await invited.rows(Item)] == ["Kom till Norrby.", "Eva kommer hon också."]


async def test_a_forwarded_answer_without_words_is_shared_with_nobody(invited: Reader):
    await invited.mail(
        answering(invited, BO, "", alias="dora@agro.example.se"),
        answering(invited, BO, "\n", subject="Fwd: Accepterat: Fältdag"),
    )
    assert await signed(invited) == []
    assert len(await invited.rows(Item)) == 1
    assert (await invited.states())[1:] == [("aside", "empty"), ("aside", "empty")]
