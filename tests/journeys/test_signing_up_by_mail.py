"""A lone Kommer is a sign-up: counted, the last answer wins, and never posted in the thread."""

from tests.fixtures.require import FULL_ONLY
from tests.fixtures.village import Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"


async def test_one_word_is_counted_and_not_posted(village: Village):
    await village.mail(letter(ANNA, "Fältvandring", "Kom till Norrby på fredag.\n"))
    await village.taken_in()
    await village.settled()
    sent = next(iter(village.shares("Fältvandring"))).message
    answering = {"In_Reply_To": sent["Message-ID"]}
    letters = len(village.post.letters)
    await village.mail(
        letter("Bo <bo@agro.example.se>", "Sv: Fältvandring", "Kanske\n", **answering),
        letter("Grace <grace@uni.example.org>", "Re: Fältvandring", "Can't come.\n\n> Kom till Norrby", **answering),
        letter("Bo <bo@agro.example.se>", "Sv: Fältvandring", "Kommer!\n", **answering),
    )
    await village.taken_in()
    await village.settled()
    [item] = await village.json("items", "list")
    [shown] = await village.json("items", "show", str(item["id"]))
    assert shown["sign_ups"] == {"yes": 1, "maybe": 0, "no": 1}
    assert shown["comments"] == []
    assert len(village.post.letters) == letters


@FULL_ONLY
async def test_more_than_the_word_is_an_answer(village: Village):
    await village.mail(letter(ANNA, "Studieresa", "Till Gotland.\n"))
    await village.taken_in()
    await village.settled()
    sent = next(iter(village.shares("Studieresa"))).message
    await village.mail(
        letter("Bo <bo@agro.example.se>", "Sv: Studieresa", "Kommer ni med bil?\n", In_Reply_To=sent["Message-ID"])
    )
    await village.taken_in()
    await village.settled()
    assert "Kommer ni med bil?" in str(village.letters_to("anna@vreta.example.se")[-1].message.get_body(("plain",)))


INVITATION = """BEGIN:VCALENDAR
METHOD:PUBLISH
BEGIN:VEVENT
UID:faltdag-7@vreta.example.se
DTSTART;TZID=Europe/Stockholm:20270826T130000
SUMMARY:Fältdag
END:VEVENT
END:VCALENDAR
"""
ANSWER = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
DTSTART:20270826T110000Z
ATTENDEE;PARTSTAT={state}:mailto:{alias}
END:VEVENT
END:VCALENDAR
"""


def accepted(
    sender: str, state: str, *, uid: str = "faltdag-7@vreta.example.se", alias: str = "b.oberg@agro.example.se"
):
    mail = letter(sender, f"{state}: Fältdag", "")
    mail.add_alternative(
        ANSWER.format(uid=uid, state=state, alias=alias), subtype="calendar", params={"method": "REPLY"}
    )
    return mail


async def counted(village: Village) -> dict[str, int]:
    await village.taken_in()
    [item] = await village.json("items", "list")
    [shown] = await village.json("items", "show", str(item["id"]))
    assert shown["comments"] == []
    return shown["sign_ups"]


@FULL_ONLY
async def test_a_calendars_own_answer_counts_and_the_last_one_wins(village: Village):
    shared = letter(ANNA, "Fältdag", "Kom till Norrby.\n")
    shared.add_attachment(INVITATION, subtype="calendar", filename="faltdag.ics")
    await village.mail(shared)
    await village.taken_in()
    await village.settled()
    letters = len(village.post.letters)
    bo, grace = "Bo <bo@agro.example.se>", "Grace <grace@uni.example.org>"
    await village.mail(accepted(bo, "ACCEPTED"), accepted(grace, "TENTATIVE"))
    assert await counted(village) == {"yes": 1, "maybe": 1, "no": 0}
    await village.mail(accepted(bo, "DECLINED"))
    assert await counted(village) == {"yes": 0, "maybe": 1, "no": 1}
    # What nobody knows, and who is nobody's member, is kept and changes nothing.
    await village.mail(
        accepted(bo, "ACCEPTED", uid="annat@vreta.example.se"), accepted("x@frammande.example", "ACCEPTED")
    )
    assert await counted(village) == {"yes": 0, "maybe": 1, "no": 1}
    assert await village.rows("select state, reason from inbox order by id") == [
        ("done", "item"),
        *[("done", "rsvp")] * 3,
        *[("aside", "rsvp")] * 2,
    ]
    await village.settled()
    assert len(village.post.letters) == letters
