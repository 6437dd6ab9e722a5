"""How the demo's page looks and behaves: for all readers, on all widths, with keys alone, and fetching nothing from outside."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.browser import Demo, Seat, playing
from tests.fixtures.program import until
from tests.fixtures.require import FULL, FULL_ONLY

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PHONE = {"width": 390, "height": 844}
#: What is looked at: the width, and whether it is dark.
LOOKS = [
    pytest.param({}, id="wide-light"),
    pytest.param({"dark": True}, id="wide-dark", marks=FULL_ONLY),
    pytest.param(PHONE, id="phone-light", marks=FULL_ONLY),
    pytest.param(PHONE | {"dark": True}, id="phone-dark", marks=FULL_ONLY),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo with all that the seed brings; these tests look and hardly touch."""
    with playing(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_stands_in_the_way_of_any_reader(demo: Demo, sit: Callable[..., Seat], look: dict[str, int]) -> None:
    seat = sit(demo, tour=True, **look)
    narrow = "width" in look
    pane(seat, "slack", narrow)
    expect(seat.slack.locator(".message").first).to_be_visible()
    check(seat.page, "Slack and the tour")
    seat.slack.locator(".message .m-more").last.click()
    check(seat.page, "a message's menu")
    open_form(seat)
    check(seat.page, "the form")
    seat.page.locator("dialog.view [type=submit]").click()
    expect(seat.page.locator("dialog.view .error:not([hidden])").first).to_be_visible()
    check(seat.page, "the form with errors")
    seat.page.keyboard.press("Escape")
    expect(seat.page.locator("dialog.view")).to_have_count(0)
    seat.page.locator("[data-at=who]").click()
    check(seat.page, "the people")
    seat.page.keyboard.press("Escape")
    seat.page.locator("[data-at=help]").click()
    check(seat.page, "the help")
    seat.page.keyboard.press("Escape")
    seat.become("cecilia")
    pane(seat, "mail", narrow)
    check(seat.page, "the inbox")
    seat.mail.locator(".letter-row", has_text="Temadag").last.click()
    expect(seat.mail.locator("iframe")).to_be_visible()
    check(seat.page, "a letter")
    seat.mail.locator("[data-doing=reply]").click()
    check(seat.page, "an answer")
    seat.mail.locator(".back").click() if narrow else None
    seat.page.locator("#status summary").click()
    check(seat.page, "the addresses that fail")
    assert not seat.amiss, seat.amiss


@pytest.mark.parametrize("width", [320, 390, 640, 720] if FULL else [390])
def test_a_narrow_screen_scrolls_one_way_only(demo: Demo, sit: Callable[..., Seat], width: int) -> None:
    seat = sit(demo, width=width, height=844, tour=True)
    pane(seat, "slack", narrow=True)
    expect(seat.slack.locator(".message").first).to_be_visible()
    fits(seat.page)
    seat.slack.locator(".chooser").click() if seat.slack.locator(".chooser").is_visible() else None
    seat.slack.locator("[data-place=home]").click()
    expect(seat.slack.locator(".home .b-header").first).to_be_visible()
    fits(seat.page)
    pane(seat, "mail", narrow=True)
    fits(seat.page)
    seat.become("cecilia")
    seat.mail.locator(".letter-row").first.click()
    expect(seat.mail.locator(".letter-head")).to_be_visible()
    fits(seat.page)
    seat.mail.locator(".back").click()
    seat.page.locator("#clock .turner").click()
    fits(seat.page)


def test_on_a_wide_screen_panes_scroll_and_never_the_page(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo, tour=True)
    seat.become("cecilia")
    expect(seat.mail.locator(".letter-row").nth(15)).to_be_attached()
    assert overflow(seat.page.locator("html")) == 0
    seat.mail.locator(".letter-row", has_text="Temadag").last.click()
    frame = seat.mail.locator("iframe.html-letter")
    expect(frame.content_frame.locator("h1")).to_be_visible()
    tall(frame)
    assert overflow(seat.page.locator("html")) == 0
    assert overflow(frame.content_frame.locator("html")) == 0
    assert overflow(seat.mail.locator(".letter")) > 0
    seat.page.set_viewport_size({"width": 1100, "height": 700})  # narrower, so the letter grows
    tall(frame)
    assert overflow(frame.content_frame.locator("html")) == 0


def test_on_a_phone_a_letter_begins_on_the_first_screen(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo, tour=True, **PHONE)
    seat.become("cecilia")
    pane(seat, "mail", narrow=True)
    seat.mail.locator(".letter-row", has_text="Temadag").last.click()
    frame = seat.mail.locator("iframe.html-letter")
    tall(frame)
    assert frame.evaluate("one => one.getBoundingClientRect().top") < PHONE["height"] / 2
    heights = seat.mail.locator(".letter-tools button:visible").evaluate_all(
        "all => all.map(one => one.offsetTop + one.offsetHeight)"
    )
    assert max(heights) < 60, heights  # one row
    # A letter of a fixed width, as newsletters have it, and one that nothing makes narrower.
    for width in ("<table width=600><tr><td>En bred rad</td></tr></table>", "<pre style='width: 900px'>Bred</pre>"):
        frame.evaluate("(one, html) => { one.srcdoc = one.srcdoc.replace('</body>', html + '</body>') }", width)
        expect(frame.content_frame.get_by_text("Bred", exact=False).last).to_be_visible()
        tall(frame)
        assert frame.content_frame.locator("html").evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    seat.mail.locator(".back").click()
    expect(seat.page.locator("[data-at=who]")).to_be_visible()


def test_everything_comes_from_this_machine(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    for person in ("anna", "cecilia", "grace", "hanna"):
        seat.become(person)
        if seat.slack.locator(".place").count():
            for place in seat.slack.locator(".place").all():
                place.click()
        for row in seat.mail.locator(".letter-row").all()[:3]:
            row.click()
            expect(seat.mail.locator(".letter-head")).to_be_visible()
            if (back := seat.mail.locator(".back")).is_visible():
                back.click()
    outside = [address for address in seat.asked if not address.startswith((demo.url, "data:", "about:srcdoc"))]
    assert len(seat.asked) > 50
    assert not outside, outside
    assert not seat.amiss, seat.amiss


def test_words_of_people_never_become_the_page(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.become("bo")
    seat.channel("omvärld")
    trap = '<img src="x" onerror="document.title=1"><script>document.title=2</script> &lt;b&gt; <https://x.example|*y*>'
    area = seat.slack.locator(".room textarea")
    area.fill(trap)
    area.press("Enter")
    said = seat.slack.locator(".room .message", has_text="onerror").last
    expect(said).to_contain_text('<img src="x" onerror="document.title=1"><script>document.title=2</script>')
    assert said.locator("img[src=x], script, b").count() == 0
    assert seat.page.title() == "Brygga · demo"


def test_a_letter_is_shown_without_scripts_or_outside_pictures(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.become("cecilia")
    seat.mail.locator(".letter-row", has_text="Temadag").last.click()
    frame = seat.mail.locator("iframe.html-letter")
    sandbox = str(frame.get_attribute("sandbox")).split()
    assert "allow-scripts" not in sandbox  # with the page's origin no letter may ever run one
    assert "allow-forms" not in sandbox
    inside = frame.content_frame
    expect(inside.locator("h1")).to_be_visible()
    for link in inside.locator("a[href]").all():
        assert link.get_attribute("target") == "_blank"
        assert "noopener" in str(link.get_attribute("rel"))
    with seat.page.context.expect_page() as opened:
        inside.locator("a[href*='/i/'], a[href*='/rsvp/']").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.locator("body").inner_text().strip()
    seat.mail.get_by_role("button", name="Bara text").click()
    expect(frame).to_be_hidden()
    expect(seat.mail.locator(".plain-letter")).to_contain_text("Temadag")


def test_with_keys_alone_somebody_shares_and_another_answers(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    keys = seat.page.keyboard
    walk(seat, "[data-place=C0FRAGOR]")
    keys.press("Enter")
    expect(seat.page.locator("[data-place=C0FRAGOR]")).to_have_attribute("aria-current", "true")
    walk(seat, ".command")
    keys.press("Enter")
    title = seat.page.locator("dialog.view [data-action=title]")
    expect(title).to_be_visible()
    expect(seat.page.locator("dialog.view [data-action=kind]")).to_be_focused()
    keys.type("F")  # the question, in a list
    walk(seat, "[data-action=title]")
    keys.type("Vem har en presenning till lada?")
    walk(seat, "dialog.view [type=submit]")
    keys.press("Enter")
    expect(seat.page.locator("dialog.view")).to_have_count(0)
    expect(seat.message("Vem har en presenning")).to_be_visible()
    walk(seat, "[data-at=who]", back=True)
    keys.press("Enter")
    walk(seat, "[data-person=nils]")
    keys.press("Enter")
    expect(seat.page.locator("[data-at=who]")).to_contain_text("Nils Fors")
    expect(seat.message("Vem har en presenning")).to_be_visible()
    last = seat.message("Vem har en presenning").get_attribute("data-key")
    walk(seat, f"[data-key='{last}'] .replies")
    keys.press("Enter")
    walk(seat, ".thread textarea")
    keys.type("Jag har en.")
    keys.press("Enter")
    expect(seat.slack.locator(".thread .message").last).to_contain_text("Jag har en.")
    keys.press("Escape")
    expect(seat.slack.locator(".thread")).to_have_count(0)


@FULL_ONLY
def test_the_tour_points_and_can_be_put_away(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo, tour=True)
    tour = seat.page.locator("#tour")
    for number in range(1, 6):
        expect(tour.locator(".tour-step")).to_contain_text(f"{number} av 5")
        if number < 5:  # the last would move the clock of a demo that others look at
            tour.locator("[data-doing=show]").click()
            expect(seat.page.locator(".pointed")).to_be_visible()
            tour.locator("[data-doing=next]").click()
    tour.locator("[data-doing=finish]").click()
    expect(tour).to_be_hidden()
    seat.page.reload()
    expect(seat.page.locator("[data-at=who]")).to_be_visible()
    expect(tour).to_be_hidden()
    seat.page.locator("#top-end [data-at=help]").click()
    expect(seat.page.locator("#help")).to_contain_text("brygga demo --fresh")
    seat.page.locator("#top-end [data-at=tour]").click()
    expect(tour.locator(".tour-step")).to_contain_text("1 av 5")


@FULL_ONLY
def test_the_page_speaks_english_too(demo: Demo, sit: Callable[..., Seat]) -> None:
    seat = sit(demo)
    seat.page.locator("[lang=en]").click()
    expect(seat.page.locator("html")).to_have_attribute("lang", "en")
    expect(seat.page.locator("[data-turn=monday]")).to_contain_text("To Monday 07:30")
    expect(seat.page.locator("#clock time")).to_contain_text(
        re.compile(r"^[A-Z][a-z]{2} \d+ [A-Z][a-z]+ \d{4} \d\d:\d\d$")
    )
    expect(seat.slack.locator(".message time").last).to_have_text(
        re.compile(r"^([A-Z][a-z]{2} \d+ [A-Z][a-z]{2} )?\d\d:\d\d$")
    )
    seat.become("cecilia")
    expect(seat.mail).to_contain_text("Choose a message.")
    seat.mail.locator(".letter-row", has_text="Temadag").last.click()
    expect(seat.mail.locator(".letter-head time")).to_have_text(
        re.compile(r"^([A-Z][a-z]{2} \d+ [A-Z][a-z]{2} )?\d\d:\d\d$")
    )
    facts = seat.mail.locator(".calendar-facts")
    expect(facts).to_contain_text(re.compile(r"[A-Z][a-z]{2} \d+ [A-Z][a-z]{2} \d{4} 09:30–15:30"))
    seat.page.locator("[lang=sv]").click()
    expect(seat.mail.locator(".letter-row time").first).to_have_text(
        re.compile(r"^([a-zö]{3,4} \d+ [a-z]{3,4} )?kl\. \d\d\.\d\d$")
    )
    expect(seat.page.locator("[data-turn=monday]")).to_contain_text("Till måndag 07.30")


# -- hands ------------------------------------------------------------------------------------------------------------------


def pane(seat: Seat, name: str, narrow: bool) -> None:
    """Bring a pane forward where only one is shown."""
    if narrow:
        seat.page.locator(f"#tabs [data-pane={name}]").click()
    expect(seat.page.locator(f"#{name}")).to_be_visible()


def open_form(seat: Seat) -> None:
    seat.slack.locator(".command").click()
    expect(seat.page.locator("dialog.view [data-action=title]")).to_be_visible()


def check(page: Page, what: str) -> None:
    """No serious or critical finding of axe, which is read from this machine's disk."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    grave = [
        (one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"]][:4])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not grave, (what, grave)


def fits(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    width, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= shown, (width, shown)


def overflow(one: Locator) -> int:
    """Pixels that a scroll would bring up."""
    return int(one.evaluate("one => one.scrollHeight - one.clientHeight"))


def tall(frame: Locator) -> None:
    """Wait until a frame is as tall as its letter."""
    seen = "one => one.contentDocument.body && one.offsetHeight - one.contentDocument.body.offsetHeight"
    until(lambda: 0 <= (frame.evaluate(seen) or -1) < 100, "the frame is as tall as its letter", 10)


MOST_STEPS = 150


def walk(seat: Seat, wanted: str, *, back: bool = False) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_STEPS):
        if seat.page.evaluate("one => document.activeElement.matches(one)", wanted):
            return
        seat.page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"{MOST_STEPS} tabs do not reach {wanted}")
