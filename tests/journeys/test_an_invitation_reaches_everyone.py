"""A member mails an invitation: everyone who wants it has it once, and an answer reaches those who follow."""

import shutil
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from tests.fixtures.mailrooms import Mailroom
from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.smtp import Letter
from tests.fixtures.village import LIST, TAKERS, Village, letter


@pytest.fixture(params=["pymap", "dovecot"] if FULL or not shutil.which("dovecot") else ["dovecot"])
def mailroom(request: pytest.FixtureRequest) -> Mailroom:
    """The main story is told on Debian's Dovecot; where that is missing on the one in memory, and the skip is seen."""
    room: Mailroom = request.getfixturevalue(f"{request.param}_room")
    return room


ANNA = "Anna Åkesson <anna@vreta.example.se>"

INVITATION = """Hej alla grannar,

Välkommen till fältvandring om mellangrödor på Norrby gård. Vi går från åker
till äng, ser på såtidpunkt och ogräs, och äter ärtsoppa.

  • Samling vid maskinhallen
  • Ta med stövlar; det är blött i år

    Fritt inträde, även för er utanför Östergötland.

Anmäl dig senast på fredag: https://vreta.example.se/anmalan?id=17&år=ja

*Obs* 1_000 kvm # lera > 3 cm
Hälsningar
Anna
"""


async def test_each_reader_gets_one_letter(village: Village):
    """Mode each, of the audience, and not the author; digest, mine and none get nothing by mail."""
    await village.mail(letter(ANNA, "Fältvandring om mellangrödor på Norrby gård – välkomna!", INVITATION))
    await village.taken_in()
    await village.settled()

    shares = list(village.shares("Fältvandring om mellangrödor på Norrby gård – välkomna!"))
    assert sorted(one.recipient for one in shares) == sorted(TAKERS)
    receipts = village.letters_to("anna@vreta.example.se")
    assert len(receipts) == 1
    assert receipts[0].message["Auto-Submitted"] == "auto-generated"
    assert "4 personer" in plain(receipts[0])
    [item] = await village.json("items", "list")
    assert item["title"] == "Fältvandring om mellangrödor på Norrby gård – välkomna!"
    assert item["cluster"] == "vreta"


async def test_the_letter_is_whole_and_readable(village: Village):
    """Every word of it, in both twins, å ä ö right in headers and body, and nothing of Markdown eaten."""
    await village.mail(letter(ANNA, "Fältvandring på Ängsö", INVITATION))
    await village.taken_in()
    await village.settled()

    [got] = [one for one in village.shares("Fältvandring på Ängsö") if one.recipient == "bo@agro.example.se"]
    message = got.message
    assert message["From"].addresses[0].display_name == "Anna Åkesson via Nätverket"
    assert message["From"].addresses[0].addr_spec == LIST
    assert message["To"].addresses[0].addr_spec == "bo@agro.example.se"
    text, html = plain(got), message.get_body(("html",)).get_content()
    for word in INVITATION.split():
        assert word in text.replace("\n", " "), word
    for word in ("ärtsoppa.", "stövlar;", "*Obs*", "1_000", "Östergötland."):
        assert word in html, word
    assert "anna@vreta.example.se" in text
    for name in ("List-Id", "List-Post", "List-Help", "List-Archive", "Archived-At", "List-Unsubscribe"):
        assert message[name], name
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.sender.startswith("kluster+bounce-")


@FULL_ONLY
async def test_the_same_mail_is_one_item(village: Village):
    """Delivered three times, by another road, and fetched again after the mailbox was renumbered."""
    raw = letter(ANNA, "Höstmöte i Ås", "Välkomna till höstmöte.\n").as_bytes()
    by_another_road = b"Received: from relay.example.se by mx.example.se\r\nX-Spam: no\r\n" + raw
    await village.mail(raw, raw, by_another_road, raw)
    await village.taken_in()
    await village.settled()
    await village.stop()
    await village.room.renumber()
    await village.mail(letter(ANNA, "Efter omnumreringen", "Ett mejl till.\n"))
    await village.start()
    await village.taken_in()
    await village.settled()

    titles = sorted(item["title"] for item in await village.json("items", "list"))
    assert titles == ["Efter omnumreringen", "Höstmöte i Ås"]
    assert len(list(village.shares("Höstmöte i Ås"))) == len(TAKERS)


async def test_a_swedish_answer_reaches_the_followers_in_their_thread(village: Village):
    """Bo answers from Outlook: Anna gets what he wrote, without what he quoted, under the mail that she sent."""
    sent = letter(ANNA, "Vem kan jordprover?", "Vi söker någon som kan ta jordprover i höst.\n")
    await village.mail(sent)
    await village.taken_in()
    await village.settled()
    [to_bo] = [one for one in village.shares("Vem kan jordprover?") if one.recipient == "bo@agro.example.se"]

    answer = letter(
        "Bo Öberg <bo@agro.example.se>",
        "SV: Vem kan jordprover?",
        "Det kan vi på Agro. Ring mig på måndag.\n\n"
        "Från: Anna Åkesson via Nätverket <kluster@lista.example.se>\n"
        "Skickat: den 3 november 2026 09:12\n"
        "Till: Bo Öberg <bo@agro.example.se>\n"
        "Ämne: Vem kan jordprover?\n\n"
        "Vi söker någon som kan ta jordprover i höst.\n",
        to=to_bo.message["Reply-To"].addresses[0].addr_spec,
        In_Reply_To=to_bo.message["Message-ID"],
        References=to_bo.message["Message-ID"],
    )
    await village.mail(answer)
    await village.taken_in()
    await village.settled()

    comments = [one for one in village.post.letters if one.message["Subject"] == "Re: Vem kan jordprover?"]
    assert [one.recipient for one in comments] == ["anna@vreta.example.se"]
    message = comments[0].message
    assert "Det kan vi på Agro. Ring mig på måndag." in plain(comments[0])
    assert "jordprover i höst" not in plain(comments[0])
    assert sent["Message-ID"] in message["References"]
    assert to_bo.message["Message-ID"] in message["References"]

    # Anna answers back: now Bo follows, and hears it.
    back = letter(
        ANNA,
        "Sv: Vem kan jordprover?",
        "Tack! Jag ringer.\n",
        In_Reply_To=message["Message-ID"],
        References=f"{message['References']} {message['Message-ID']}",
    )
    await village.mail(back)
    await village.taken_in()
    await village.settled()
    to_bo_again = village.letters_to("bo@agro.example.se")[-1]
    assert "Jag ringer." in plain(to_bo_again)
    assert to_bo.message["Message-ID"] in to_bo_again.message["References"]
    [item] = await village.json("items", "list")
    [shown] = await village.json("items", "show", str(item["id"]))
    assert len(shown["comments"]) == 2


@FULL_ONLY
async def test_an_audience_in_the_first_line(village: Village):
    """ "Till: områden" reaches the areas alone."""
    await village.mail(letter(ANNA, "Till er utan kluster", "Till: områden\n\nHör av er om ni vill vara med.\n"))
    await village.taken_in()
    await village.settled()
    assert [one.recipient for one in village.shares("Till er utan kluster")] == ["cecilia@gavle.example.se"]


def plain(one: Letter) -> str:
    """What a reader without HTML sees."""
    message: EmailMessage = one.message
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@FULL_ONLY
async def test_an_old_mail_is_kept_and_not_sent(village: Village):
    """What was written more than 14 days ago, such as mail found after a long stop, surprises nobody."""
    long_ago = datetime.now(UTC) - timedelta(days=15)
    await village.mail(letter(ANNA, "Förra månadens träff", "Välkomna.\n", date=long_ago))
    await village.taken_in()
    await village.settled()
    assert [item["title"] for item in await village.json("items", "list")] == ["Förra månadens träff"]
    assert village.post.letters == []
