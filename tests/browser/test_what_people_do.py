"""What people do in the demo beyond sharing: files, reactions, changes, errors on purpose, and a connection that breaks."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import Demo, Seat, playing
from tests.fixtures.require import FULL_ONLY

pytestmark = FULL_ONLY


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo where nothing has been shared yet."""
    with playing(tmp_path, "--no-seed") as demo:
        yield demo


def test_a_message_is_written_with_a_file_liked_changed_shared_and_taken_away(
    demo: Demo, sit: Callable[..., Seat]
) -> None:
    seat = sit(demo)
    seat.channel("frågor")
    seat.slack.locator(".room input[type=file]").set_input_files(
        {"name": "Fältplan våren.txt", "mimeType": "text/plain", "buffer": "åäö".encode()}
    )
    expect(seat.slack.locator(".room .chosen")).to_contain_text("Fältplan våren.txt")
    area = seat.slack.locator(".room textarea")
    area.fill("Här är *planen* för våren")
    area.press("Enter")
    said = seat.message("för våren")
    expect(said.locator("strong", has_text="planen")).to_be_visible()
    with seat.page.expect_download() as download:
        said.locator("a.file").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "åäö"

    seat.become("olga")
    seat.message("för våren").locator(".m-more").click()
    expect(seat.message("för våren").get_by_role("button", name="Ändra")).to_have_count(0)
    seat.message("för våren").get_by_role("button", name="Reagera med heart").click()
    expect(seat.message("för våren").locator(".reaction")).to_contain_text("1")

    seat.become("anna")
    seat.message("för våren").locator(".m-more").click()
    seat.message("för våren").get_by_role("button", name="Ändra").click()
    field = seat.slack.get_by_role("textbox", name="Ändra")
    field.fill("Här är planen för hösten")
    seat.slack.get_by_role("button", name="Spara").click()
    expect(seat.message("för hösten")).to_contain_text("(ändrat)")

    seat.message("för hösten").locator(".m-more").click()
    seat.message("för hösten").locator("[data-doing=share]").click()
    expect(seat.page.locator("dialog.view [data-action=text]")).to_have_value(re.compile("planen för hösten"))
    seat.page.keyboard.press("Escape")
    expect(seat.page.locator("dialog.view")).to_have_count(0)

    seat.message("för hösten").locator(".m-more").click()
    seat.message("för hösten").get_by_role("button", name="Ta bort").click()
    seat.page.locator("dialog.small [data-yes]").click()
    expect(seat.slack.locator(".room .message", has_text="för hösten")).to_have_count(0)
    assert not seat.amiss, seat.amiss


def test_an_address_that_fails_says_so_where_one_writes(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.become("cecilia")
    seat.page.locator("#status summary").click()
    seat.page.get_by_role("button", name=re.compile("Skriv till permfail@")).click()
    expect(seat.mail.locator("#write-to")).to_have_value(re.compile("^permfail@"))
    seat.mail.locator("#write-text").fill("Kommer det fram?")
    seat.mail.locator(".writing [type=submit]").click()
    expect(seat.mail.get_by_role("alert")).to_contain_text("550")
    expect(seat.mail.get_by_role("alert")).to_contain_text("Mejlet gick inte fram: adressen finns inte.")
    expect(seat.mail.locator("#write-text")).to_have_value("Kommer det fram?")


def test_a_mailbox_that_fails_shows_what_brygga_does(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.become("cecilia")
    seat.page.locator("#status summary").click()
    knob = seat.page.get_by_label("Låt Cecilias brevlåda krångla")
    knob.select_option("temporary")
    line = seat.page.locator(".status-line")
    expect(line).to_contain_text("Cecilias brevlåda krånglar")
    seat.become("anna")
    seat.channel("inbjudningar")
    seat.slack.locator(".command").click()
    expect(seat.page.locator("dialog.view [data-action=title]")).to_be_visible()
    day = datetime.fromisoformat(demo.state()["clock"]["now"]) + timedelta(days=9)
    seat.write_form(kind="invitation", title="Mellangrödor", start=f"{day:%Y-%m-%d}T13:00", place="Norrby")
    seat.page.locator("dialog.view [type=submit]").click()
    expect(line).to_contain_text(re.compile("1 väntar på nytt försök: .*451"))
    seat.become("cecilia")
    seat.page.locator("#status summary").click() if not knob.is_visible() else None
    knob.select_option("permanent")
    expect(line).to_contain_text("Cecilias brevlåda krånglar")
    seat.page.locator("[data-turn=hour]").click()
    expect(line).to_contain_text(re.compile("1 parkerad: .*550"))
    assert not seat.amiss, seat.amiss


def test_a_broken_connection_is_told_and_what_one_wrote_stays(tmp_path: Path, sit: Callable[..., Seat]) -> None:
    with playing(tmp_path, "--no-seed") as first:
        port = int(first.url.rsplit(":", 1)[1].strip("/"))
        seat = sit(first)
        seat.channel("frågor")
        seat.slack.locator(".room textarea").fill("Vem har en")
        first.process.terminate()
        first.process.wait(timeout=30)
        expect(seat.page.locator("#status .link")).to_contain_text("Förbindelsen är bruten")
    with playing(tmp_path, port=port) as again:
        expect(seat.page.locator("#status .link")).to_have_text("Ansluten")
        area = seat.slack.locator(".room textarea")
        expect(area).to_have_value("Vem har en")
        area.press("End")
        area.press_sequentially(" presenning?")
        area.press("Enter")
        expect(seat.message("Vem har en presenning?")).to_be_visible()
        assert again.ready()


def test_what_a_calendar_program_answers_counts_in_slack(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    day = datetime.fromisoformat(demo.state()["clock"]["now"]) + timedelta(days=9)
    seat.channel("inbjudningar")
    seat.slack.locator(".command").click()
    expect(seat.page.locator("dialog.view [data-action=title]")).to_be_visible()
    seat.write_form(kind="invitation", title="Mellangrödor", start=f"{day:%Y-%m-%d}T13:00", place="Norrby")
    seat.page.locator("dialog.view [type=submit]").click()
    expect(seat.message("Mellangrödor")).to_be_visible()

    seat.become("cecilia")
    seat.letter("Mellangrödor").click()
    expect(seat.mail.locator(".calendar-card")).to_be_visible()
    seat.mail.locator("[data-answer=yes]").click()
    expect(seat.page.get_by_text("Ditt kalenderprogram har svarat arrangören.").first).to_be_visible()

    seat.become("anna")
    expect(seat.message("Mellangrödor")).to_contain_text("1 kommer")
    assert not seat.amiss, seat.amiss


def test_a_mail_address_in_a_letter_is_written_to_in_the_demo(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.become("cecilia")
    expect(seat.mail.locator(".box")).to_be_visible()
    seat.page.evaluate(
        "location.hash = '#mejl=' + encodeURIComponent('mailto:kluster+help@lista.example.se?subject=Hj%C3%A4lp')"
    )
    expect(seat.mail.locator("#write-to")).to_have_value("kluster+help@lista.example.se")
    expect(seat.mail.locator("#write-subject")).to_have_value("Hjälp")
    assert "#" not in seat.page.url
