"""A sender who acts in Slack is asked there which day it is, and one press answers."""

from sqlalchemy import select

from bot.asking import ask
from bot.publishing import Origin, share
from bot.reading import EventReading, Reading, Uncertain
from bot.understanding import Author
from storage.inbox import keep_one
from storage.models import Inbound, Member
from storage.words import Doubt, Intent, Kind
from tests.fixtures.mailrooms import until
from tests.fixtures.town import Town
from tests.fixtures.workspace import C_INV, U_ANNA, U_BO


async def test_one_press_says_which_day_it_is(town: Town):
    event = EventReading(
        title="Fältvandring",
        start="2028-10-20T13:00",
        uncertain=Uncertain(Doubt.WEEKDAY, "torsdag 20 oktober", ("2028-10-20T13:00", "2028-10-19T13:00")),
    )
    what = Reading(kind=Kind.INVITATION, intent=Intent.NEW, title="Fältvandring", text="Välkomna.", event=event)
    house = town.house
    async with house.database.write() as session:
        now = house.now()
        anna = await session.scalar(select(Member).where(Member.slack_user == U_ANNA))
        author = Author(name=anna.name, email=anna.email, member_id=anna.id)
        await keep_one(session, "mail", "sha256:x", b"", now)
        origin = await session.scalar(select(Inbound.id).where(Inbound.remote_key == "sha256:x"))
        item = await share(session, house, what, author, Origin(inbox_id=origin, sent_at=now), now)
        await ask(session, house, item.item_id, author, now)
    house.poke_relay()
    card = await town.card(having="Fältvandring")
    assert "v. 42 2028" in card["text"]

    async def asked() -> bool:
        return any("Vilken dag menar du?" in post["text"] for post in town.direct(U_ANNA))

    await until(asked, 20)
    [post] = [post for post in town.direct(U_ANNA) if "Vilken dag menar du?" in post["text"]]
    assert "men den 20 oktober är en fredag" in post["text"]
    [row] = [block["elements"] for block in post["blocks"] if block["type"] == "actions"]
    assert [(one["action_id"], one["text"]["text"]) for one in row] == [
        ("when_1", "fre 20 okt 2028"),
        ("when_2", "tors 19 okt 2028"),
        ("edit", "Annan dag eller tid"),
    ]
    await town.slack.person(U_BO).press(C_INV, card["ts"], "rsvp_yes")
    await town.slack.person(U_ANNA).press(town.slack.dm(U_ANNA), post["ts"], "when_2")
    await town.done()
    assert "tors 19 okt 2028 kl. 13.00" in (await town.card(having="tors 19 okt"))["text"]
    await town.whispered(U_ANNA, "är tors 19 okt 2028 kl. 13.00")
