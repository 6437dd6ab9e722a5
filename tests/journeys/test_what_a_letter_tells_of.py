"""A newsletter tells of events: one is shared from its card in Slack, one by somebody who has only mail, each once."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import aiohttp

from tests.fixtures.mailrooms import until
from tests.fixtures.town import PEOPLE, Town
from tests.fixtures.village import letter
from tests.fixtures.workspace import C_DESK, C_INV, C_NEWS, U_ANNA, U_BO, U_HANNA

MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober")
MONTHS += ("november", "december")
DAG = "dag@agro.example.se"


def in_days(days: int) -> date:
    return (datetime.now(UTC) + timedelta(days=days)).date()


def said(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def newsletter() -> EmailMessage:
    mail = letter("Anna <anna@vreta.example.se>", "Agronytt", "", to="kluster+nyhetsbrev@lista.example.se")
    mail.set_content(
        f"""<html><body><p>Hej, här kommer brevet.</p>
<h2>Fältdag om vall</h2><p>Tid: {said(in_days(30))} kl. 13.00-15.00<br>Plats: Norrby gård</p>
<p><a href="https://agro.example.se/faltdag">Anmäl dig</a></p>
<h2>Webbinarium om stöd</h2><p>Tid: {said(in_days(40))} kl. 9.00-10.00<br>Plats: Digitalt via Teams</p>
</body></html>""",
        subtype="html",
        charset="utf-8",
    )
    return mail


async def test_a_newsletters_events_are_shared_from_slack_and_from_mail_alone(town: Town):
    await town.village.mail(newsletter())
    await town.village.taken_in()
    card = await town.card(C_NEWS, having="Agronytt")
    assert "I brevet" in card["text"]
    assert "Webbinarium om stöd · Digitalt" in card["text"]

    anna = town.slack.person(U_ANNA)
    await anna.press(C_NEWS, card["ts"], "share_told")
    listed = await anna.updated(await anna.opened())
    await anna.press_in_view(listed, "share_mention", value=None)
    form = await anna.updated(listed)
    day = in_days(30).isoformat()
    title, place = form.values["title"], form.values["place"]
    assert (title, place) == ("Fältdag om vall", "Norrby gård")
    assert not await anna.submit(form, {"text": "Vi ses där."})
    await town.done()
    assert "Fältdag om vall" in (await town.card(C_INV, having="Fältdag"))["text"]
    [(text, start)] = await town.village.rows(
        "select items.text, events.start from items join events on events.item_id = items.id"
    )
    assert text == "Vi ses där.\n\nUr [Agronytt](<https://brygga.example.se/i/1>)"
    assert start == f"{day}T13:00"
    card = await town.card(C_NEWS, having="redan delad")
    assert "Fältdag om vall> · Norrby gård" in card["text"] or "Fältdag om vall · Norrby gård" in card["text"]

    bo = town.slack.person(U_BO)
    await bo.press(C_NEWS, card["ts"], "share_told")
    refused = await bo.updated(await bo.opened())
    assert "Klustrens medarbetare, redaktörer" in str(refused.view)

    await shared_by_mail_alone(town)
    assert "Webbinarium om stöd" in (await town.card(C_INV, having="Webbinarium"))["text"]
    card = await town.card(C_NEWS, having="Agronytt")

    async def nothing_left() -> bool:
        return (await town.card(C_NEWS, having="Agronytt"))["text"].count("redan delad") == 2

    await until(nothing_left, 20)
    assert "share_told" not in str((await town.card(C_NEWS, having="Agronytt"))["blocks"])
    shared = await town.village.rows("select title, author_email from items where id > 1 order by id")
    assert shared == [("Fältdag om vall", "anna@vreta.example.se"), ("Webbinarium om stöd", DAG)]


async def shared_by_mail_alone(town: Town) -> None:
    """Dag follows the link in his letter, gets a link by mail, and presses twice."""
    [mail] = [one for one in town.village.letters_to(DAG) if one.message["Subject"] == "Agronytt"]
    plain = mail.message.get_body(("plain",)).get_content()
    assert "I brevet:" in plain
    assert "Webbinarium om stöd · Digitalt" in plain
    path = re.search(r"Dela en träff ur brevet:\s+https://brygga\.example\.se(/i/\d+)", plain)[1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{town.port}") as http:

        async def page(way: str, data: dict[str, str] | None = None) -> str:
            async with http.request("POST" if data else "GET", way, data=data) as answer:
                return await answer.text()

        assert "Webbinarium" not in await page(path)
        await page(path, {"address": DAG})

        async def linked() -> bool:
            return any(
                "?k=" in str(one.message.get_body(("plain",)).get_content()) for one in town.village.letters_to(DAG)
            )

        await until(linked, 20)
        texts = [one.message.get_body(("plain",)).get_content() for one in town.village.letters_to(DAG)]
        key = next(found[0] for text in texts if (found := re.search(r"/i/\d+\?k=[a-z2-7]+", text)))
        shown = await page(key)
        [share] = re.findall(r'href="(/share/[a-z2-7]+)"', shown)
        assert "Webbinarium om stöd" in await page(share)
        assert len(await town.village.rows("select id from items")) == 2, "opening shares nothing"
        assert "Delat" in await page(share, {"share": "yes"})
        assert "Redan delad" in await page(share, {"share": "yes"})
    await town.done()


async def test_of_two_who_send_the_form_the_first_shares_and_the_other_hears_so(town: Town):
    await town.village.mail(newsletter())
    await town.village.taken_in()
    card = await town.card(C_NEWS, having="Agronytt")
    forms = []
    for user in (U_ANNA, U_HANNA):
        person = town.slack.person(user)
        await person.press(C_NEWS, card["ts"], "share_told")
        listed = await person.updated(await person.opened())
        await person.press_in_view(listed, "share_mention")
        forms.append((person, await person.updated(listed)))
    problems = await asyncio.gather(*(person.submit(form) for person, form in forms))
    assert problems == [{}, {}]
    await town.done()
    assert await town.village.rows("select title from items where id > 1") == [("Fältdag om vall",)]
    assert sorted(await town.village.rows("select reason from inbox where remote_key like 'view:%'")) == [
        ("item",),
        ("mention_known",),
    ]
    direct = [post["text"] for user in (U_ANNA, U_HANNA) for post in town.direct(user)]
    assert any("Fältdag om vall" in words and "delade" in words for words in direct), direct


async def test_one_that_an_editor_looks_at_first_is_shared_when_it_is_let_through(make_town: Callable[..., Town]):
    town = make_town(more="\n[limits]\nitems_per_hour = 1\n")
    await town.village.populate(PEOPLE)
    await town.start()
    await town.village.mail(newsletter())
    await town.village.taken_in()
    card, anna = await town.card(C_NEWS, having="Agronytt"), town.slack.person(U_ANNA)
    await anna.press(C_NEWS, card["ts"], "share_told")
    listed = await anna.updated(await anna.opened())
    await anna.press_in_view(listed, "share_mention")
    assert not await anna.submit(await anna.updated(listed))
    held = await town.card(C_DESK, having="Fältdag om vall")
    assert await town.village.rows("select shared_as from mentions where shared_as is not null") == []
    await town.slack.person(U_HANNA).press(C_DESK, held["ts"], "approve")
    await town.card(C_NEWS, having="redan delad")
    assert await town.village.rows("select shared_as from mentions order by number") == [(2,), (None,)]
