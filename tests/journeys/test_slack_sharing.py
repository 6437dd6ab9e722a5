"""Somebody shares in Slack: one card, one mail to each who takes it, and it can be taken back, changed and decided on."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.mailrooms import until
from tests.fixtures.town import BY_MAIL, PEOPLE, Town
from tests.fixtures.workspace import C_DESK, C_INV, U_ANNA, U_BO, U_EXT, U_GRACE, U_HANNA

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
