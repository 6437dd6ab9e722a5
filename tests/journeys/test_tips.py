"""The same page is tipped by command, by form and by mail: one card, and votes from Slack and from the letter."""

import json
import re

import aiohttp

from tests.fixtures.mailrooms import until
from tests.fixtures.town import BY_MAIL, Town
from tests.fixtures.village import letter
from tests.fixtures.workspace import C_DESK, C_INV, C_TIPS, U_ANNA, U_BO, U_GRACE, U_HANNA

PAGE = "https://kunskap.example.org/rapporter/vatten"


async def test_one_page_found_by_many_is_one_card_with_their_votes(town: Town):
    anna, grace = town.slack.person(U_ANNA), town.slack.person(U_GRACE)
    answer = await anna.command("/brygga", f"tips {PAGE}?utm_source=brev Bra om krisberedskap", channel=C_INV)
    assert not (answer or {}).get("text")
    card = await town.card(C_TIPS, having="Bra om krisberedskap")
    await town.done()
    assert "vatten?utm" not in str(card)
    assert "Tack" in town.direct(U_ANNA)[-1]["text"]
    assert {one.recipient for one in town.village.shares("Bra om krisberedskap")} == BY_MAIL

    await town.share(U_GRACE, kind="tip", title="Vatten", text="https://www.kunskap.example.org/rapporter/vatten/")
    await town.done()
    assert "Anna Åkesson tipped the network of this page" in town.direct(U_GRACE)[-1]["text"]
    dag = letter(
        "Dag Ågren <dag@agro.example.se>",
        "Tips",
        f"Sidan 4 är bäst.\n\n{PAGE}?fbclid=abc\n",
        to="kluster+tips@lista.example.se",
    )
    await town.village.mail(dag)
    await town.village.taken_in()
    await town.done()
    assert len(town.cards(C_TIPS)) == 1
    assert any("Sidan 4 är bäst." in post["text"] for post in town.thread(C_TIPS, card["ts"]))
    [told] = [
        one for one in town.village.letters_to("dag@agro.example.se") if "Redan tipsat" in str(one.message["Subject"])
    ]
    body = str(told.message.get_body(("plain",)).get_content())
    assert "Anna Åkesson tipsade nätverket om sidan" in body
    assert "räknas som en röst" in body
    await until(lambda: _counts(town, "2 röster"), 20)

    await anna.press(C_TIPS, card["ts"], "vote")
    await town.whispered(U_ANNA, "din egen röst räknas inte")
    await grace.press(C_TIPS, card["ts"], "vote")
    await until(lambda: _counts(town, "1 röst"), 20)
    await _vote_by_letter(town)
    await until(lambda: _counts(town, "2 röster"), 20)
    [item] = await town.village.json("items", "show", "1")
    assert (item["url"], item["votes"]) == (PAGE, 2)
    assert len(await town.village.json("items", "list")) == 1


async def _vote_by_letter(town: Town) -> None:
    """Cecilia, who has no Slack, presses the button in her letter; a scanner that opens it votes for nobody."""
    [mine] = [one for one in town.village.letters_to("cecilia@gavle.example.se") if "krisberedskap" in str(one.message)]
    text = str(mine.message.get_body(("plain",)).get_content())
    found = re.search(r"/vote/1/[a-z2-7]+", text)
    assert found, text
    link = f"http://127.0.0.1:{town.port}{found[0]}"
    async with aiohttp.ClientSession() as http:
        async with http.get(link) as page:
            assert "Rösta" in await page.text()
        assert await town.village.rows("select count(*) from votes") == [(1,)]
        async with http.post(link, data={"vote": "yes"}) as page:
            assert "Din röst är räknad" in await page.text()


async def _counts(town: Town, words: str) -> bool:
    [card] = town.cards(C_TIPS)
    return bool(re.search(rf"(?<!\d){words}(?!e)", card["text"]))


async def test_a_press_that_slack_tells_of_twice_counts_once(town: Town):
    await town.slack.person(U_ANNA).command("/brygga", f"tips {PAGE}", channel=C_INV)
    card = await town.card(C_TIPS, having="kunskap.example.org/rapporter/vatten")
    bo = town.slack.person(U_BO)
    await bo.press(C_TIPS, card["ts"], "vote")
    [(raw,)] = await town.village.rows("select raw from inbox where remote_key like 'press:%'")
    for _ in range(2):
        assert await bo._do("interactive", json.loads(raw)) == {}
    await town.done()
    assert await town.village.rows("select count(*) from votes") == [(1,)]
    await bo.press(C_TIPS, card["ts"], "vote")
    await town.done()
    assert await town.village.rows("select count(*) from votes") == [(0,)]


async def test_the_command_without_an_address_opens_the_form_or_says_why_not(town: Town):
    anna = town.slack.person(U_ANNA)
    await anna.command("/brygga", "tips", channel=C_INV)
    view = await anna.updated(await anna.opened())
    [kind] = [block["element"] for block in view.view["blocks"] if block.get("block_id") == "kind"]
    assert kind["initial_option"]["value"] == "tip"
    await anna.command("/brygga", "tips något bra", channel=C_INV)
    await town.whispered(U_ANNA, "är ingen webbadress")
    await town.done()
    assert not await town.village.json("items", "list")


async def test_a_reader_s_first_tip_by_command_waits_for_an_editor(town: Town):
    await town.slack.person(U_BO).command("/brygga", f"tips {PAGE} Läsvärt", channel=C_INV)
    waiting = await town.card(C_DESK, having="Läsvärt")
    await town.slack.person(U_ANNA).command("/brygga", f"tips {PAGE}", channel=C_INV)
    await town.card(C_TIPS, having="rapporter/vatten")
    await town.slack.person(U_HANNA).press(C_DESK, waiting["ts"], "approve")
    await town.done()
    assert len(town.cards(C_TIPS)) == 1
    await until(lambda: _counts(town, "1 röst"), 20)
