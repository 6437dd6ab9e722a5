"""Our own letters, however they come back, become nothing; machines are never answered."""

from tests.fixtures.require import FULL_ONLY
from tests.fixtures.village import Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"


async def quiet(village: Village) -> tuple[int, int]:
    """Wait until all is read and sent; (items, letters) there are then."""
    await village.taken_in()
    await village.settled()
    return len(await village.json("items", "list")), len(village.post.letters)


async def test_everything_we_sent_comes_back_by_every_road(village: Village):
    """Whole; with its List-Id, X-Loop or Message-ID stripped by a gateway; with every header of ours stripped."""
    await village.mail(letter(ANNA, "Kretslopp", "En fråga om biogas och kretslopp till alla som odlar vall.\n" * 5))
    before = await quiet(village)
    for sent in list(village.post.letters):
        whole = sent.data
        await village.mail(whole)
        for kept in ("List-Id", "X-Loop", "Message-ID", None):
            await village.mail(stripped(sent.message, kept))
    assert await quiet(village) == before


def stripped(message, kept: str | None) -> bytes:
    """The letter as a gateway that rewrites headers hands it on; `kept` is the one header of ours that survives."""
    from email import message_from_bytes, policy

    copy = message_from_bytes(message.as_bytes(), policy=policy.SMTP.clone(max_line_length=998))
    for name in list(copy.keys()):
        ours = name.lower().startswith(("list-", "x-", "archived", "auto-", "precedence", "references", "in-reply"))
        if (ours or name.lower() == "message-id") and name != kept:
            del copy[name]
    if copy["Message-ID"] is None:
        copy["Message-ID"] = "<rewritten@gateway.example.org>"
    del copy["To"]
    copy["To"] = "kluster@lista.example.se"
    return copy.as_bytes()


@FULL_ONLY
async def test_machines_are_set_aside_and_never_answered(village: Village):
    await village.mail(letter(ANNA, "Hej", "Hej alla.\n"))
    before = await quiet(village)
    sent = next(iter(village.shares("Hej"))).message
    answers = [
        letter("Bo <bo@agro.example.se>", "Automatiskt svar: Hej", "Jag är ledig.\n", Auto_Submitted="auto-replied"),
        letter("Bo <bo@agro.example.se>", "Frånvaro: Hej", "Åter på måndag.\n", In_Reply_To=sent["Message-ID"]),
        letter("MAILER-DAEMON@mx.example.org", "Undelivered Mail Returned to Sender", BOUNCE, Return_Path="<>"),
    ]
    await village.mail(*answers)
    assert await quiet(village) == before
    reasons = sorted(reason for (reason,) in await village.rows("select reason from inbox where state = 'aside'"))
    assert reasons == ["auto_reply", "auto_reply", "bounce"]


BOUNCE = """This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not be delivered.

<bo@agro.example.se>: host mx.agro.example.se said: 550 5.1.1 <bo@agro.example.se>:
    Recipient address rejected: User unknown
"""
