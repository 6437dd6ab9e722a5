"""What people ask by mailing a subaddress: each gets one true answer, and nothing that was asked is ever shared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot import actions
from bridges.tokens import Purpose
from storage.models import Content, Delivery, Held, Item
from tests.fixtures.reader import Reader
from tests.fixtures.village import letter

BO = "Bo <bo@agro.example.se>"
NEW = "Nya Nilsson <nya@annan.example.com>"
LIST = "kluster+{}@lista.example.se"


async def told(reader: Reader) -> list[tuple[str, str]]:
    """Who was told what, by address and notice."""
    named = {row.id: row.data["notice"] for row in await reader.rows(Content) if "notice" in row.data}
    return [(row.destination.removeprefix("mail:"), named[row.content_id]) for row in await reader.rows(Delivery)]


async def ask(reader: Reader, sender: str, word: str, subject: str = "", **headers: str) -> None:
    await reader.mail(letter(sender, subject, "\n", to=LIST.format(word), date=reader.clock(), **headers))


async def test_who_wants_to_join_is_told_of_to_the_editors_and_never_shared(make_reader: Callable[..., Any]):
    reader = await make_reader(list={"trusted_authserv": "mx.example.se"})
    passed = {"Authentication_Results": "mx.example.se; dmarc=pass header.from=annan.example.com"}
    for _ in range(2):
        await ask(reader, NEW, "join", **passed)
    assert await told(reader) == [("hanna@lrf.example.se", "wants_in"), ("nya@annan.example.com", "asked_in")]
    assert (await reader.rows(Held), await reader.rows(Item)) == ([], [])
    await ask(reader, "Eva <eva@annan.example.com>", "join", **passed)
    assert (await told(reader))[2:] == [("hanna@lrf.example.se", "wants_in"), ("eva@annan.example.com", "asked_in")]


async def test_nobody_is_written_to_in_a_name_that_is_not_proved(reader: Reader):
    await ask(reader, NEW, "join")
    assert await told(reader) == [("hanna@lrf.example.se", "wants_in")]
    [asked] = await reader.rows(Content)
    assert asked.data["certain"] is False


async def test_a_wish_to_join_waits_until_there_is_an_editor(make_reader: Callable[..., Any]):
    reader = await make_reader(list={"trusted_authserv": "mx.example.se"})
    hanna = await reader.member("hanna@lrf.example.se")
    await actions.leave(reader.house, hanna.id, "web")
    passed = "mx.example.se; dmarc=pass header.from=annan.example.com"
    await ask(reader, NEW, "join", Authentication_Results=passed)
    assert (await told(reader), await reader.states()) == (
        [("hanna@lrf.example.se", "left")],
        [("parked", "no_editor")],
    )


async def test_a_forged_wish_to_join_is_set_aside(make_reader: Callable[..., Any]):
    reader = await make_reader(list={"trusted_authserv": "mx.example.se"})
    await ask(reader, NEW, "join", Authentication_Results="mx.example.se; dmarc=fail header.from=annan.example.com")
    assert (await told(reader), await reader.states()) == ([], [("aside", "errand_of_stranger")])


async def test_a_member_who_asks_for_what_cannot_be_done_yet_is_told(reader: Reader):
    for word in ("digest", "sok", "join"):
        await ask(reader, BO, word, "mellangröda")
    assert [notice for _, notice in await told(reader)] == ["not_yet", "not_yet", "help"]
    await ask(reader, NEW, "digest")
    await ask(reader, BO, "confirm-abc")
    assert [notice for _, notice in await told(reader)][3:] == ["not_understood"]
    assert (await reader.rows(Held), await reader.rows(Item)) == ([], [])


async def test_a_pause_ends_only_on_a_day_to_come(reader: Reader):
    for subject, ends, unread in (
        ("till 2027-02-01", "2027-02-01", None),
        ("till 2020-01-01", None, "till 2020-01-01"),
        ("till sommaren", None, "till sommaren"),
        ("paus", None, None),
    ):
        reader.clock.at += timedelta(days=1)
        await ask(reader, BO, "paus", subject)
        said = (await reader.rows(Content))[-1].data
        assert (said["notice"], said["until"], said["unread"]) == ("paused", ends, unread)
        day = (await reader.member("bo@agro.example.se")).paused_until
        assert (day.isoformat() if day else None) == ends


async def test_an_unclear_decision_names_the_post_that_waits(reader: Reader):
    await reader.share("Köp kiselgur", sender=NEW)
    hanna = await reader.member("hanna@lrf.example.se")
    to = reader.address(Purpose.DESK, (await reader.held()).id, hanna.id)
    await reader.mail(letter("Hanna <hanna@lrf.example.se>", "SV: Att avgöra", "Tja\n", to=to, date=reader.clock()))
    assert (await reader.rows(Content))[-1].data == {"notice": "desk_unclear", "title": "Köp kiselgur"}
