"""What a tip is of, what its title is when it is an address, and which words somebody wrote beside the link."""

import pytest

from bot.reading import Reading
from bot.reading.tips import Page, as_tip, page_of, said_beside
from bridges.markdown import from_html, from_plain
from bridges.urls import comparison_key
from storage.words import Intent, Kind

OURS = "https://brygga.example.se"
SAFE = "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvreta.se%2Fvatten&data=bo%40agro.example.se"
VATTEN = Page("https://vreta.se/vatten", comparison_key("https://vreta.se/vatten"))


def tip(text: str, title: str = "Ny rapport", kind: Kind = Kind.TIP) -> Reading:
    return Reading(kind=kind, intent=Intent.NEW, title=title, text=from_plain(text))


@pytest.mark.parametrize(
    ("text", "title", "url"),
    [
        ("Läs https://vreta.se/vatten nu", "Ny rapport", "https://vreta.se/vatten"),
        (f"Läs {SAFE}", "Ny rapport", "https://vreta.se/vatten"),
        (f"{OURS}/i/3 säger detsamma som www.vreta.se/vatten.", "Ny rapport", "https://www.vreta.se/vatten"),
        ("", "https://vreta.se/vatten", "https://vreta.se/vatten"),
        ("Ingen länk alls", "Ny rapport", None),
        (f"Bara vår egen: {OURS}/i/3", "Ny rapport", None),
    ],
)
def test_a_tip_is_of_the_first_page_that_is_not_ours(text, title, url):
    page = page_of(tip(text, title), OURS)
    assert (page.url if page else None) == url


def test_only_a_tip_is_of_a_page():
    invitation = tip("Läs https://vreta.se/vatten", kind=Kind.INVITATION)
    assert page_of(invitation, OURS) is None
    assert as_tip(invitation) == invitation


def test_a_title_that_is_an_address_is_one_for_people_and_the_link_is_kept():
    alone = as_tip(tip("", "https://www.vreta.se/om/vatten/?utm_source=brev"))
    assert (alone.title, alone.text) == ("vreta.se/om/vatten", "<https://www.vreta.se/om/vatten/>")
    both = as_tip(tip("https://vreta.se/vatten?fbclid=1", "https://vreta.se/vatten?fbc…"))
    assert (both.title, both.text) == ("vreta.se/vatten", "<https://vreta.se/vatten>")
    assert as_tip(tip("Bra", "www.vreta.se")).text == "<https://www.vreta.se/>\n\nBra"


def test_links_in_a_tip_lead_straight_to_their_pages_and_carry_nobody():
    html = f'<p>Se <a href="{SAFE}">rapporten</a> och <a href="{SAFE}">{SAFE}</a></p>'
    text = as_tip(Reading(kind=Kind.TIP, intent=Intent.NEW, title="Vatten", text=from_html(html))).text
    assert text == "Se [rapporten](<https://vreta.se/vatten>) och <https://vreta.se/vatten>"


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        ("https://vreta.se/vatten", "vreta.se/vatten", ""),
        ("https://vreta.se/vatten", "Tips!", ""),
        ("Länk: https://vreta.se/vatten?utm_source=x", "Ny rapport", ""),
        ("https://vreta.se/vatten", "Något annat", "Något annat"),
        ("Bra om krisberedskap https://vreta.se/vatten", "Ny rapport", "Bra om krisberedskap"),
        ("Bra om kris\n\nhttps://vreta.se/vatten\nLäs s. 4", "Bra om kris", "Bra om kris\n\nLäs s. 4"),
        ("https://vreta.se/vatten och https://lrf.se/a", "Ny rapport", "och <https://lrf.se/a>"),
    ],
)
def test_the_words_beside_the_link(text, title, said):
    assert said_beside(tip(text, title), VATTEN, "Ny rapport om vatten", by_mail=False).text == said


def test_the_signature_of_a_mail_is_set_apart():
    reading = tip("Läsvärd rapport\n\nhttps://vreta.se/vatten\n\n-- \nBo Öberg\n070-123 45 67", "Tips")
    said = said_beside(reading, VATTEN, "Ny rapport", by_mail=True)
    assert said.text == "Läsvärd rapport"
    assert "070-123 45 67" in said.trimmed
