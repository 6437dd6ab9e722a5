"""An invitation shared in Slack, read and answered by one who only has e-mail, and all that follows, in the browser."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import Demo, Seat, playing
from tests.fixtures.require import FULL_ONLY

TITLE = "Fältvandring om mellangrödor"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo where nothing has been shared yet."""
    with playing(tmp_path, "--no-seed") as demo:
        yield demo


def test_an_invitation_crosses_both_ways(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    share(seat, demo)
    read_and_answer(seat)
    see_the_answer(seat)
    hold_and_release(seat)
    read_the_digest(seat)
    assert not seat.amiss, seat.amiss
    assert all(address.startswith((demo.url, "data:")) for address in seat.asked), seat.asked


@FULL_ONLY
def test_the_same_invitation_stands_in_slack_and_in_mail(demo: Demo, sit: Callable[..., Seat]) -> None:
    """Bo asks for both. BRYGGA_SCREENSHOTS=FOLDER keeps what he sees as invitation.png."""
    seat = sit(demo, height=1000)
    seat.become("bo")
    seat.slack.locator("[data-place=home]").click()
    seat.slack.locator("select[data-action=mode]").select_option("each")
    expect(seat.slack.locator("select[data-action=mode]")).not_to_have_attribute("aria-busy", "true")
    share(seat, demo)
    seat.become("bo")
    seat.channel("inbjudningar")
    seat.letter(TITLE).click()
    inside = seat.mail.frame_locator("iframe.html-letter")
    expect(inside.get_by_role("heading", name=TITLE)).to_be_visible()
    for words in ("INBJUDAN · Vreta Kluster", "kl. 13.00–15.30 · Norrby gård, Tuna", "efter årets skörd"):
        expect(seat.message(TITLE)).to_contain_text(words)
        expect(inside.locator("body")).to_contain_text(words)
    if folder := os.environ.get("BRYGGA_SCREENSHOTS"):
        seat.page.evaluate("document.activeElement.blur()")
        seat.page.locator("#panes").screenshot(path=Path(folder) / "invitation.png")


@FULL_ONLY
def test_the_tour_notices_what_is_done(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo, tour=True)
    tour = seat.page.locator("#tour")
    done = tour.locator(".tour-done")
    onward = tour.locator("[data-doing=next]")
    tour.locator("[data-doing=show]").click()
    expect(done).to_have_count(0)
    share(seat, demo)
    expect(done).to_have_text("Klart")
    expect(onward).to_have_text("Bli Cecilia")
    onward.click()
    seat.letter(TITLE).click()
    expect(done).to_have_count(0)
    seat.mail.locator("[data-doing=reply]").click()
    seat.mail.locator("#write-text").fill("Finns det plats för en buss från Gävleborg?")
    seat.mail.locator(".writing [type=submit]").click()
    expect(done).to_be_visible()
    onward.click()
    expect(seat.page.locator("[data-at=who]")).to_contain_text("Anna Åkesson")
    expect(done).to_have_count(0)
    seat.message(TITLE).locator(".replies", has_text="1 svar").click()
    expect(done).to_be_visible()
    seat.become("cecilia")
    seat.mail.locator("[data-at=new]").click()
    seat.mail.locator("#write-subject").fill("Vem har erfarenhet av andelsjordbruk?")
    seat.mail.locator("#write-text").fill("Vi söker någon som kan berätta för tio gårdar i Gävleborg.")
    seat.mail.locator(".writing [type=submit]").click()
    expect(seat.mail.locator(".writing")).to_have_count(0)
    onward.click()
    expect(done).to_have_count(0)
    seat.message("andelsjordbruk").locator("[data-action=approve]").click()
    seat.page.locator("dialog.small [data-yes]").click()
    expect(done).to_be_visible()
    onward.click()  # turns the clock itself
    expect(seat.page.locator("#clock time")).to_contain_text("kl. 07.30")
    expect(done).to_be_visible()
    expect(seat.slack.locator("[data-place=C0VECKO]")).to_have_attribute("aria-current", "true")
    expect(seat.mail.locator("#letter-title")).to_contain_text("Veckobrev v.")
    seat.become("anna")
    expect(seat.slack.locator("[data-place=C0FRAGOR] .dot")).to_be_visible()  # what came, and was not looked at
    seat.page.reload()
    expect(done).to_be_visible()
    tour.locator("[data-doing=finish]").click()
    expect(tour).to_be_hidden()
    assert not seat.amiss, seat.amiss


def share(seat: Seat, demo: Demo) -> None:
    """Anna shares from Slack: the form says what is wrong, at its field, and then takes it."""
    now = datetime.fromisoformat(demo.state()["clock"]["now"])
    day = now + timedelta(days=7 - now.weekday() + 2)  # the Wednesday of next week
    seat.become("anna")
    seat.channel("inbjudningar")
    seat.slack.locator(".command").click()
    dialog = seat.page.locator("dialog.view")
    expect(dialog.locator("[data-action=title]")).to_be_visible()
    dialog.locator("[type=submit]").click()
    expect(dialog.get_by_text("Fyll i det här.").first).to_be_visible()
    seat.write_form(
        kind="invitation",
        title=TITLE,
        text="Vi går i fält och ser på mellangrödor efter årets skörd.\n\nTa med stövlar.",
        start=f"{day:%Y-%m-%d}T13:00",
        end=f"{day:%Y-%m-%d}T12:00",
        mode="onsite",
        place="Norrby gård, Tuna",
        registration_url="https://anmalan.example.se/mellangrodor",
        registration_deadline=f"{day - timedelta(days=2):%Y-%m-%d}",
    )
    dialog.locator("[type=submit]").click()
    expect(dialog.locator("[data-action=end]")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator("[data-action=end]")).to_be_focused()
    seat.write_form(end=f"{day:%Y-%m-%d}T15:30")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)
    card = seat.message(TITLE)
    expect(card).to_contain_text("INBJUDAN")
    expect(card).to_contain_text("Norrby gård, Tuna")


def read_and_answer(seat: Seat) -> None:
    """Cecilia only has e-mail: the invitation is there, with its calendar, and she answers."""
    seat.become("cecilia")
    expect(seat.slack).to_contain_text("Cecilia har inte Slack")
    seat.letter(TITLE).click()
    expect(seat.mail.locator("#letter-title")).to_contain_text(TITLE)
    inside = seat.mail.frame_locator("iframe.html-letter")
    expect(inside.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(seat.mail.locator(".calendar-card")).to_contain_text("kl. 13.00")
    expect(seat.letter(TITLE)).not_to_have_class(re.compile("unread"))
    seat.mail.locator("[data-doing=reply]").click()
    seat.mail.locator("#write-text").fill("Finns det plats för en buss från Gävleborg?")
    seat.mail.locator(".writing [type=submit]").click()
    expect(seat.page.get_by_text("Mejlet är skickat.").first).to_be_visible()


def see_the_answer(seat: Seat) -> None:
    """Anna finds it in the thread, and answers there; Cecilia gets that by mail."""
    seat.become("anna")
    seat.channel("inbjudningar")
    seat.message(TITLE).locator(".replies", has_text="1 svar").click()
    thread = seat.slack.locator(".thread")
    expect(thread).to_contain_text("Finns det plats för en buss från Gävleborg?")
    expect(thread).to_contain_text("Cecilia Ek")
    thread.locator("textarea").fill("Ja, *vid ladan* :+1:")
    thread.locator("textarea").press("Enter")
    expect(thread.locator(".message").last.locator("strong", has_text="vid ladan")).to_be_visible()
    expect(thread.locator("textarea")).to_have_value("")
    seat.become("cecilia")
    expect(seat.mail.locator(".letter-row")).to_have_count(2)
    seat.mail.locator(".letter-row").first.click()
    expect(seat.mail.frame_locator("iframe.html-letter").locator("body")).to_contain_text("vid ladan")


def hold_and_release(seat: Seat) -> None:
    """What a reader shares the first time waits at the desk; an editor sends it on."""
    seat.mail.locator("[data-at=new]").click()
    seat.mail.locator("#write-subject").fill("Vem har erfarenhet av andelsjordbruk?")
    seat.mail.locator("#write-text").fill("Vi söker någon som kan berätta för tio gårdar i Gävleborg.")
    seat.mail.locator(".writing [type=submit]").click()
    expect(seat.page.get_by_text("Mejlet är skickat.").first).to_be_visible()
    seat.become("hanna")
    seat.channel("redaktionen")
    held = seat.message("andelsjordbruk")
    expect(held).to_contain_text("VÄNTAR PÅ EN REDAKTÖR")
    held.locator("[data-action=approve]").click()
    seat.page.locator("dialog.small [data-yes]").click()
    expect(seat.message("andelsjordbruk")).to_contain_text(re.compile("Hanna Lindqvist skickade .* vidare"))


def read_the_digest(seat: Seat) -> None:
    """On Monday at 07.30 it is in Slack and in the inbox."""
    seat.page.locator("[data-turn=monday]").click()
    expect(seat.page.locator("#clock time")).to_contain_text("kl. 07.30")
    expect(seat.slack.locator("[data-place=C0VECKO]")).to_have_attribute("aria-current", "true")
    digest = seat.slack.locator(".room .message", has_text=TITLE)
    expect(digest.last).to_be_visible()
    top = "one => one.getBoundingClientRect().top - one.parentElement.getBoundingClientRect().top"
    assert digest.first.evaluate(top) >= -1
    expect(seat.mail.locator("#letter-title")).to_contain_text("Veckobrev v.")  # Hanna's own
    seat.become("cecilia")
    seat.letter("Veckobrev").click()
    expect(seat.mail.frame_locator("iframe.html-letter").locator("body")).to_contain_text(TITLE)
