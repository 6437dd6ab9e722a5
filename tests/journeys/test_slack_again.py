"""The same event shared from Slack by two clusters is one card; what may be the same an editor merges by one press."""

from bot.slack.prefill import is_pasted
from tests.fixtures.mailrooms import until
from tests.fixtures.town import Town
from tests.fixtures.workspace import C_DESK, C_INV, U_ANNA, U_GRACE, U_HANNA

START = 1_900_000_000


async def test_who_shares_an_event_that_is_there_is_named_with_it_and_told(town: Town):
    await town.share(title="Fältvandring om rybs och raps", text="Följ med ut", start=START, place="Norrby gård")
    await town.done()
    again = {"title": "Inbjudan: Fältvandring om raps och rybs", "text": "Vi åker", "start": START, "place": "Norrby"}
    await town.share(U_GRACE, **again)
    await town.done()
    assert len(await town.village.json("items", "list")) == 1
    card = await town.card(having="Delas också av Grace Hill")
    assert "Fältvandring om rybs och raps" in card["text"]

    async def told() -> bool:
        return any("Anna Åkesson shared this event" in post["text"] for post in town.direct(U_GRACE))

    await until(told, 20)


async def test_an_editor_merges_by_one_press(town: Town):
    await town.share(title="Studiebesök Norrby gård", text="Följ med", start=START)
    await town.done()
    await town.share(U_GRACE, title="Studiebesök Söderby gård", text="Följ med", start=START)
    post = await town.card(C_DESK, having="Kanske samma som")
    [row] = [block["elements"] for block in post["blocks"] if block["type"] == "actions"]
    assert [one["action_id"] for one in row] == ["merge", "approve", "reject"]
    await town.slack.person(U_HANNA).press(C_DESK, post["ts"], "merge")
    await town.done()
    assert len(await town.village.json("items", "list")) == 1
    assert "ett evenemang som redan finns" in (await town.card(C_DESK, having="redan finns"))["text"]
    assert "Delas också av Grace Hill" in (await town.card(having="Delas också"))["text"]


async def test_a_text_pasted_after_the_command_fills_in_the_form(town: Town):
    text = "Fältvandring om rybs, tors 25 nov 2027 kl. 13.00 på Norrby gård"
    assert is_pasted(text)
    person = town.slack.person(U_ANNA)
    await person.command("/brygga", text, channel=C_INV)
    view = await person.updated(await person.opened())
    filled = {
        block["element"]["action_id"]: block["element"] for block in view.view["blocks"] if block.get("type") == "input"
    }
    assert filled["title"]["initial_value"].startswith("Fältvandring om rybs")
    assert filled["start"]["initial_date_time"] == 1_827_144_000
    assert filled["place"]["initial_value"] == "Norrby gård"
