"""A lone Kommer is a sign-up: counted, the last answer wins, and never posted in the thread."""

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
