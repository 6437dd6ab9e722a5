"""The link in the question to a sender: opening it changes nothing, a button says which day it is."""

import pytest
from sqlalchemy import select

from bot.reading.certain import as_kept
from bot.reading.event import EventReading
from bridges.tokens import Purpose
from storage.models import Event, Item, Question
from storage.words import Doubt, ItemStatus
from tests.fixtures.web import Site

TUESDAY, THURSDAY = "2026-10-20T13:00", "2026-10-22T13:00"


async def asked(site: Site, **more) -> tuple[Item, str]:
    """An item whose author is asked, and the link that they got."""
    anna = await site.member()
    item = await site.item("Fältvandring <b>om</b> rybs", author_id=anna.id, author_name="Anna Ek", **more)
    event = EventReading(title=item.title, start=TUESDAY, place="Ås")
    await site.add(
        Question(
            item_id=item.id,
            doubt=Doubt.WEEKDAY,
            said="torsdag 20 oktober",
            choices=(TUESDAY, THURSDAY),
            event=as_kept(event),
            created_at=site.clock(),
        )
    )
    return item, f"/when/{site.token(Purpose.WHEN, item.id, anna.id, days=60)}"


async def start_of(site: Site, item: Item) -> str | None:
    async with site.house.database.read() as session:
        return await session.scalar(select(Event.start).where(Event.item_id == item.id))


async def test_opening_it_shows_the_choices_and_a_button_answers_once(site_on_each: Site):
    site = site_on_each
    item, link = await asked(site)
    before = await site.everything()
    page = await site.get(f"{link}?choice=2")
    assert page.status == 200
    for words in (
        "Fältvandring &lt;b&gt;om&lt;/b&gt; rybs",
        "Du skrev &#34;torsdag 20 oktober&#34;, men den 20 oktober är en tisdag. Vilken dag menar du?",
        f'<button class="main" name="when" value="{THURSDAY}">tors 22 okt</button>',
        f'<button class="plain" name="when" value="{TUESDAY}">tis 20 okt</button>',
    ):
        assert words in page.text
    assert page.text.index(THURSDAY) < page.text.index(TUESDAY)
    assert await site.everything() == before
    done = await site.post(link, {"when": THURSDAY})
    assert "är tors 22 okt kl. 13.00" in done.text
    assert await start_of(site, item) == THURSDAY
    again = await site.post(link, {"when": TUESDAY})
    assert "Det är redan känt" in again.text
    assert await start_of(site, item) == THURSDAY
    assert "är tors 22 okt kl. 13.00" in (await site.get(link)).text


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ({"day": "2026-10-21", "clock": "09:30"}, "2026-10-21T09:30"),
        ({"day": "2026-10-21", "clock": ""}, "2026-10-21T13:00"),
        ({"when": "på torsdag"}, None),
        ({"when": "2026-10-22T13:00+02:00"}, None),
        ({"day": "2026-13-41"}, None),
        ({}, None),
    ],
)
async def test_another_day_can_be_written_and_what_is_no_day_changes_nothing(site: Site, form, start):
    item, link = await asked(site)
    answer = await site.post(link, form)
    assert (answer.status, await start_of(site, item)) == (200 if start else 400, start)
    assert start or "Välj en dag först." in answer.text


async def test_what_was_taken_back_or_never_asked_is_gone(site: Site):
    item, link = await asked(site, status=ItemStatus.WITHDRAWN)
    other = await site.item()
    before = await site.everything()
    for path in (link, f"/when/{site.token(Purpose.WHEN, other.id, 1)}", f"/when/{site.token(Purpose.WHEN, 99, 1)}"):
        for method in ("GET", "POST"):
            assert (await site.ask(method, path, data={"when": THURSDAY} if method == "POST" else None)).status == 410
    for token in (site.token(Purpose.UNDO, item.id, 1), site.token(Purpose.WHEN, item.id), "x"):
        assert (await site.get(f"/when/{token}")).status == 404
    assert await site.everything() == before
