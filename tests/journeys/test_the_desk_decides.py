"""What is doubtful waits for an editor, who decides by a word or on a page; once, whoever is first."""

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from tests.fixtures.mailrooms import until
from tests.fixtures.require import FULL_ONLY
from tests.fixtures.smtp import Letter
from tests.fixtures.village import PEOPLE, TAKERS, Village, letter

TRUSTED = '[list]\naddress = "kluster@lista.example.se"\nundo_seconds = 0\ntrusted_authserv = "mx.example.se"\n'
PASS = "mx.example.se; dmarc=pass header.from=forskning.example.com"
STRANGER = "Ulla Utanför <ulla@forskning.example.com>"
SECOND_EDITOR = "ivar@lrf.example.se,Ivar Redaktör,,editor,en,none,,\n"


@pytest.fixture
async def guarded(make_village: Callable[..., Village]) -> Village:
    """A village whose receiving server is trusted, with two editors."""
    village = make_village()
    settings = village.program.settings.replace(
        '[list]\naddress = "kluster@lista.example.se"\nundo_seconds = 0\n', TRUSTED
    )
    assert settings != village.program.settings
    village.program.config.write_text(settings, encoding="utf-8")
    await village.populate(PEOPLE + SECOND_EDITOR)
    await village.start()
    return village


async def desk_letter(village: Village, editor: str) -> Letter:
    def to_desk() -> list[Letter]:
        return [one for one in village.letters_to(editor) if "kluster+desk-" in str(one.message["Reply-To"])]

    await until(lambda: bool(to_desk()), 20)
    return to_desk()[-1]


def text_of(one: Letter) -> str:
    return str(one.message.get_body(("plain",)).get_content())


async def test_a_stranger_waits_and_an_editor_lets_the_post_through(guarded: Village):
    post = letter(STRANGER, "Inbjudan: forskardag", "Välkomna till forskardag i Alnarp.\n", Authentication_Results=PASS)
    await guarded.mail(post)
    asked = await desk_letter(guarded, "hanna@lrf.example.se")
    assert "ulla@forskning.example.com" in text_of(asked)
    assert "Välkomna till forskardag i Alnarp." in text_of(asked)
    assert str(len(TAKERS) + 1) in text_of(asked)  # Anna as well: she is not the author
    assert not list(guarded.shares("Inbjudan: forskardag"))
    await until(lambda: len(guarded.letters_to("ulla@forskning.example.com")) == 1, 20)
    told = guarded.letters_to("ulla@forskning.example.com")[0]
    assert "väntar på en redaktör" in text_of(told)
    assert told.sender == ""

    reply_to = asked.message["Reply-To"].addresses[0].addr_spec
    yes = letter(
        "Hanna <hanna@lrf.example.se>",
        "SV: beslut",
        "Ja\n\n> ett citat\n",
        to=reply_to,
        Authentication_Results="mx.example.se; dmarc=pass header.from=lrf.example.se",
    )
    await guarded.mail(yes)
    await until(lambda: len(list(guarded.shares("Inbjudan: forskardag"))) == len(TAKERS) + 1, 20)
    # Ivar decides too late, on his page, and is told who was first.
    page = re.search(
        r"https://brygga\.example\.se(/desk/\S+)", text_of(await desk_letter(guarded, "ivar@lrf.example.se"))
    )
    assert page is not None
    body = await asyncio.to_thread(fetch, guarded, page[1], b"decision=reject")
    assert "Hanna Redaktör" in body
    await guarded.settled()
    assert len(list(guarded.shares("Inbjudan: forskardag"))) == len(TAKERS) + 1
    await until(lambda: len(guarded.letters_to("ulla@forskning.example.com")) == 2, 20)


@FULL_ONLY
async def test_a_rejected_post_reaches_nobody_and_the_sender_is_told(guarded: Village):
    await guarded.mail(letter(STRANGER, "Köp kiselgur", "Billigt i dag.\n", Authentication_Results=PASS))
    asked = await desk_letter(guarded, "ivar@lrf.example.se")
    page = re.search(r"https://brygga\.example\.se(/desk/\S+)", text_of(asked))
    assert page is not None
    look = await asyncio.to_thread(fetch, guarded, page[1])
    assert "Köp kiselgur" in look
    assert (await guarded.rows("select state from held")) == [("waiting",)]  # looking decides nothing
    await asyncio.to_thread(fetch, guarded, page[1], b"decision=reject")
    await until(lambda: len(guarded.letters_to("ulla@forskning.example.com")) == 2, 20)
    await guarded.settled()
    assert not list(guarded.shares("Köp kiselgur"))
    assert (await guarded.rows("select state, decided_via from held")) == [("rejected", "web")]


async def test_a_forged_member_is_held_and_nobody_is_written_to(guarded: Village):
    """Anna's address, but the receiving server says that it is not from her: no backscatter to Anna."""
    forged = letter(
        "Anna <anna@vreta.example.se>",
        "Byt konto",
        "Betala hit.\n",
        Authentication_Results="mx.example.se; dmarc=fail header.from=vreta.example.se",
    )
    await guarded.mail(forged)
    asked = await desk_letter(guarded, "hanna@lrf.example.se")
    assert "Byt konto" in text_of(asked)
    await guarded.settled()
    assert guarded.letters_to("anna@vreta.example.se") == []


@FULL_ONLY
async def test_a_decision_must_come_from_its_editor(guarded: Village):
    """A desk letter that was forwarded gives no power to whoever has it."""
    await guarded.mail(letter(STRANGER, "Fråga", "Hur gör ni?\n", Authentication_Results=PASS))
    asked = await desk_letter(guarded, "hanna@lrf.example.se")
    await guarded.mail(
        letter(
            "Bo Öberg <bo@agro.example.se>",
            "Sv: beslut",
            "ja\n",
            to=asked.message["Reply-To"].addresses[0].addr_spec,
            Authentication_Results="mx.example.se; dmarc=pass header.from=agro.example.se",
        )
    )
    await guarded.taken_in()
    assert (await guarded.rows("select state from held")) == [("waiting",)]


def fetch(village: Village, path: str, data: bytes | None = None) -> str:
    """A page as a browser gets it."""
    request = urllib.request.Request(f"http://127.0.0.1:{village.program.port()}{path}", data=data)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())
