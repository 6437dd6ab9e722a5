"""Within the undo window everything can be taken back; and anyone can leave in one click."""

import asyncio
import re
import urllib.request
from collections.abc import Callable

from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL_ONLY
from tests.fixtures.village import Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"


def post(village: Village, path: str, data: bytes) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{village.program.port()}{path}", data=data)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


async def receipt_text(village: Village) -> str:
    await until(lambda: bool(village.letters_to("anna@vreta.example.se")), 20)
    return str(village.letters_to("anna@vreta.example.se")[-1].message.get_body(("plain",)).get_content())


@FULL_ONLY
async def test_undone_by_the_link_in_the_receipt(make_village: Callable[..., Village]):
    village = make_village(undo=60)
    await village.populate()
    await village.start()
    await village.mail(letter(ANNA, "Fel datum", "Vi ses på lördag.\n"))
    link = re.search(r"https://brygga\.example\.se(/undo/\S+)", await receipt_text(village))
    assert link is not None
    status, page = await asyncio.to_thread(post, village, link[1], b"")
    assert status == 200
    assert "Ångrat" in page
    await village.settled()
    assert not list(village.shares("Fel datum"))
    assert await village.json("items", "list") == [] or (await village.json("items", "list"))[0]["status"] == "undone"
    states = await village.rows("select distinct state from outbox where kind = 'item'")
    assert states == [("dropped",)]


@FULL_ONLY
async def test_undone_by_mail_and_only_by_the_author(make_village: Callable[..., Village]):
    village = make_village(undo=60)
    await village.populate()
    await village.start()
    await village.mail(letter(ANNA, "Fel bilaga", "Se bilagan.\n"))
    assert "ångra" in await receipt_text(village)
    address = village.letters_to("anna@vreta.example.se")[-1].message["Reply-To"].addresses[0].addr_spec
    assert address.startswith("kluster+undo-")
    await village.mail(letter("Bo <bo@agro.example.se>", "ångra", "ångra\n", to=address))
    await village.taken_in()
    assert await village.rows("select distinct state from outbox where kind = 'item'") == [("queued",)]
    await village.mail(letter(ANNA, "ångra", "ångra\n", to=address))
    await until(lambda: "Ångrat" in text_to_anna(village), 20)
    assert not list(village.shares("Fel bilaga"))


def text_to_anna(village: Village) -> str:
    last = village.letters_to("anna@vreta.example.se")[-1]
    return str(last.message.get_body(("plain",)).get_content())


async def test_leaving_in_one_click(village: Village):
    """RFC 8058: a POST to the https address of List-Unsubscribe, with no more asked; a GET leaves all as it was."""
    await village.mail(letter(ANNA, "Ett", "Första.\n"))
    await village.taken_in()
    await village.settled()
    [to_bo] = [one for one in village.shares("Ett") if one.recipient == "bo@agro.example.se"]
    link = re.search(r"<https://brygga\.example\.se(/unsubscribe/[^>]+)>", to_bo.message["List-Unsubscribe"])
    assert link is not None
    url = f"http://127.0.0.1:{village.program.port()}{link[1]}"
    await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=10).read())
    [bo] = [row for row in await village.json("members", "list") if row["email"] == "bo@agro.example.se"]
    assert bo["status"] == "active"
    status, _ = await asyncio.to_thread(post, village, link[1], b"List-Unsubscribe=One-Click")
    assert status == 200
    await village.mail(letter(ANNA, "Två", "Andra.\n"))
    await village.taken_in()
    await village.settled()
    assert "bo@agro.example.se" not in [one.recipient for one in village.shares("Två")]


@FULL_ONLY
async def test_leaving_by_the_mail_address_of_the_header(village: Village):
    """Mail clients that know only mailto send an empty mail there; the token says who leaves."""
    await village.mail(letter(ANNA, "Ett", "Första.\n"))
    await village.taken_in()
    await village.settled()
    [to_bo] = [one for one in village.shares("Ett") if one.recipient == "bo@agro.example.se"]
    address = re.search(r"<mailto:([^>?]+)", to_bo.message["List-Unsubscribe"])
    assert address is not None
    await village.mail(letter("bo@agro.example.se", "unsubscribe", "", to=address[1]))
    await village.taken_in()
    [bo] = [row for row in await village.json("members", "list") if row["email"] == "bo@agro.example.se"]
    assert bo["status"] == "left"
