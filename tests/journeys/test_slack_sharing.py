"""Somebody shares in Slack: one card, one mail to each who takes it, and it can be taken back, changed and decided on."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.mailrooms import until
from tests.fixtures.town import BY_MAIL, PEOPLE, Town
from tests.fixtures.village import letter
from tests.fixtures.workspace import C_DESK, C_INV, C_QUEST, C_TIPS, U_ANNA, U_BO, U_EXT, U_GRACE, U_HANNA

STARTS = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=30)


async def test_a_form_becomes_one_card_and_one_mail_to_each(town: Town):
    await town.share(
        title="Fältvandring om mellangrödor på Åkerby",
        text="Vi går från åker till äng.\n* Ta med stövlar\n* Samling kl. 13",
        start=int(STARTS.timestamp()),
        end=int((STARTS + timedelta(hours=2)).timestamp()),
        place="Åkerby gård",
        registration_url="https://vreta.example.se/anmalan",
        topics=["krisberedskap"],
    )
    await town.done()

    [card] = town.cards()
    assert "Fältvandring om mellangrödor på Åkerby" in card["text"]
    assert "Åkerby gård" in card["text"]
    assert "Anna Åkesson (Vreta Kluster)" in card["text"]
    letters = list(town.village.shares("Fältvandring om mellangrödor på Åkerby"))
    assert sorted(letter.recipient for letter in letters) == sorted(BY_MAIL)
    [receipt] = town.direct(U_ANNA)
    assert "3 personer" in receipt["text"]
    assert not town.village.letters_to("anna@vreta.example.se")
    assert not town.slack.pings


async def test_the_form_objects_at_the_field_in_the_reader_s_language(town: Town):
    view = await town.form(U_GRACE)
    person = town.slack.person(U_GRACE)
    start = int(STARTS.timestamp())
    wrong = {
        "kind": "invitation",
        "title": "Field day",
        "start": start,
        "end": start - 3600,
        "online_url": "https://x.se",
    }
    assert await person.submit(view, wrong) == {"end": "The end is before the start."}
    assert await person.submit(view, wrong | {"end": start + 3600}) == {}
    await town.done()
    assert len(await town.village.json("items", "list")) == 1


async def test_a_hiccup_of_slack_leaves_no_form_half_made(town: Town):
    town.slack.faults.fail("views.update", 503)
    await town.share(kind="question", title="Vem har en vält?")
    town.slack.faults.rate_limit("views.update", 1)
    await town.share(kind="question", title="Vem har en harv?")
    await town.done()
    assert len(town.cards(C_QUEST)) == 2


async def test_a_message_is_passed_on_with_what_it_says(town: Town):
    anna = town.slack.person(U_ANNA)
    text = "Utlysning om vatten\nSök senast i maj: <https://example.se/utlysning?id=1|här>\n• för *små* gårdar"
    ts = await town.slack.person(U_EXT).say(C_INV, text)
    await anna.message_shortcut("share_message", C_INV, ts)
    view = await anna.updated(await anna.opened())
    assert await anna.submit(view, {"kind": "tip"}) == {}
    await town.done()
    [item] = await town.village.json("items", "show", "1")
    assert item["title"] == "Utlysning om vatten"
    letters = list(town.village.shares("Utlysning om vatten"))
    assert len(letters) == len(BY_MAIL)
    assert "https://example.se/utlysning?id=1" in str(letters[0].message.get_body(("plain",)).get_content())
    assert (await town.card(C_TIPS))["username"].startswith("Anna Åkesson (Vreta Kluster")


async def test_undone_in_the_direct_message_nobody_has_it(make_town):
    town: Town = make_town(undo=60)
    await town.village.populate(PEOPLE)
    await town.start()
    await town.share(title="För tidigt", text="Oj")
    await town.card(having="För tidigt")

    async def told() -> bool:
        return any("För tidigt" in message["text"] for message in town.direct(U_ANNA))

    await until(told, 20)
    receipt = next(message for message in town.direct(U_ANNA) if "För tidigt" in message["text"])
    await town.slack.person(U_ANNA).press(town.slack.dm(U_ANNA), receipt["ts"], "undo")
    await until(lambda: _gone(town), 20)
    await town.done()
    assert not town.village.post.letters
    assert "Ångrat" in town.direct(U_ANNA)[-1]["text"]
    assert (await town.village.json("items", "list"))[0]["status"] == "undone"


async def _gone(town: Town) -> bool:
    return not town.cards()


async def test_a_change_shows_on_the_card_and_reaches_those_who_have_the_old(town: Town):
    await town.share(title="Nätverksträff", text="I Linköping", start=int(STARTS.timestamp()), place="Linköping")
    await town.done()
    card = await town.card(having="Nätverksträff")
    anna, bo = town.slack.person(U_ANNA), town.slack.person(U_BO)
    await bo.press(C_INV, card["ts"], "edit")
    refused = await bo.updated(await bo.opened())
    assert "kan ändras av den som delade" in str(refused.view)

    await anna.press(C_INV, card["ts"], "edit")
    view = await anna.updated(await anna.opened())
    assert await anna.submit(view, {"place": "Norrköping"}) == {}
    await until(lambda: _shows(town, "Norrköping"), 20)
    await town.done()
    to_dag = town.village.letters_to("dag@agro.example.se")
    assert len(to_dag) == 2
    assert "Norrköping" in str(to_dag[1].message.get_body(("plain",)).get_content())
    assert to_dag[0].message["Message-ID"] in to_dag[1].message["References"]

    await anna.press(C_INV, card["ts"], "withdraw")
    await until(lambda: _shows(town, "Tillbakadraget"), 20)
    assert len(town.cards()) == 1
    await town.whispered(U_ANNA, "3 personer hade redan fått mejlet")  # two letters each


async def _shows(town: Town, words: str) -> bool:
    return any(words in post["text"] for post in town.cards())


async def test_one_decision_at_the_desk_wherever_it_is_made(town: Town):
    """A stranger's share and a reader's first wait; Slack, mail and page share one decision."""
    hanna = town.slack.person(U_HANNA)
    await town.share(U_BO, kind="question", title="Vem har en vält?", text="Vi söker en vält")
    waiting = await town.card(C_DESK, having="Vem har en vält?")
    await town.done()
    assert "3 personer" in waiting["text"]
    assert "redaktör" in town.direct(U_BO)[-1]["text"]
    await town.slack.person(U_ANNA).press(C_DESK, waiting["ts"], "approve")
    await town.done()
    await town.whispered(U_ANNA, "Bara redaktörer")
    assert not town.cards(C_QUEST)

    await hanna.press(C_DESK, waiting["ts"], "trust")
    await town.card(C_QUEST, having="Vem har en vält?")
    await town.done()
    assert len(list(town.village.shares("Vem har en vält?"))) == 3
    assert (await town.village.json("members", "show", "bo@agro.example.se"))[0]["role"] == "staff"
    decided = next(post for post in town.cards(C_DESK) if post["ts"] == waiting["ts"])
    assert "Hanna Redaktör" in decided["text"]
    assert not any(block["type"] == "actions" for block in decided["blocks"])

    await town.share(U_EXT, kind="question", title="Från en främling", text="Hej", files=None)
    stranger = await town.card(C_DESK, having="Från en främling")
    await town.done()
    [asked] = [
        one for one in town.village.letters_to("hanna@lrf.example.se") if "främling" in str(one.message["Subject"])
    ]
    await town.village.mail(
        letter("hanna@lrf.example.se", f"Sv: {asked.message['Subject']}", "nej", to=str(asked.message["Reply-To"]))
    )
    await town.village.taken_in()
    await until(lambda: _decided(town, stranger["ts"]), 20)
    assert len(town.cards(C_QUEST)) == 1
    assert "eva@annat.example" not in str([one.message.as_string() for one in town.village.post.letters])


async def _decided(town: Town, ts: str) -> bool:
    post = next(post for post in town.cards(C_DESK) if post["ts"] == ts)
    return not any(block["type"] == "actions" for block in post["blocks"])


async def test_slack_over_http_instead_of_a_socket(make_town):
    town: Town = make_town(over_http=True)
    await town.village.populate(PEOPLE)
    await town.start()
    town.slack.request_url = f"http://127.0.0.1:{town.port}/slack/events"
    await town.share(title="Över HTTP", text="Samma sak")
    await town.done()
    card = await town.card(having="Över HTTP")
    await town.slack.person(U_BO).say(C_INV, "Bra", thread=card["ts"])
    await town.done()
    [item] = await town.village.json("items", "show", "1")
    assert [comment["text"] for comment in item["comments"]] == ["Bra"]


async def test_a_mail_gives_one_card_and_its_author_s_correction_a_note(town: Town):
    dag = "Dag Ågren <dag@agro.example.se>"
    first = letter(dag, "Inbjudan: Frukostmöte", "Välkomna på frukost. <!channel> <@U0BO> @everyone *hej*")
    await town.village.mail(first)
    card = await town.card(having="Frukostmöte")
    assert card["username"] == "Dag Ågren (Agro Örebro, via e-post)"
    correction = letter(dag, "Re: Inbjudan: Frukostmöte", "Rättelse: det är kl. 8.", In_Reply_To=first["Message-ID"])
    await town.village.mail(correction)
    await town.village.taken_in()
    await town.done()
    [note] = town.thread(C_INV, card["ts"])
    assert note["text"].startswith("*Rättelse")
    assert not town.slack.pings
