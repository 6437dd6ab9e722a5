"""Several events in one mail, sections of newsletters, and mails that invite to nothing."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.events import events_in, events_of_section
from tests.fixtures.require import FULL

SENT = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


def told(text: str, subject: str = "") -> list[tuple[str, str]]:
    return [(event.title, event.start) for event in events_in(text, subject, SENT, "Europe/Stockholm")]


def section(title: str, text: str) -> list[tuple[str, str]]:
    return [(event.title, event.start) for event in events_of_section(title, text, SENT, "Europe/Stockholm")]


def test_a_list_of_days_with_titles():
    text = "Här är höstens träffar:\n\n- 3 november kl 9-11: Växtskydd\n- 17 november kl 9-11: Mjölk\n- 1 december kl 13: Ekonomi"
    assert told(text, "Träffar i höst") == [
        ("Växtskydd", "2026-11-03T09:00"),
        ("Mjölk", "2026-11-17T09:00"),
        ("Ekonomi", "2026-12-01T13:00"),
    ]


def test_days_told_in_one_breath_are_occasions_of_one_thing():
    text = "Kursen hålls den 4 och 11 november kl 9-12 på Hotell Stadt."
    assert told(text, "Kurs") == [("Kurs", "2026-11-04T09:00"), ("Kurs", "2026-11-11T09:00")]


def test_hours_that_hold_for_all():
    text = "Tre webbinarier, samma tid varje gång, 12.00–13.00:\n\n* 15 oktober: Ull\n* 10 november: Lin\n* 8 december: Hampa"
    assert told(text, "Webbinarier") == [
        ("Ull", "2026-10-15T12:00"),
        ("Lin", "2026-11-10T12:00"),
        ("Hampa", "2026-12-08T12:00"),
    ]


def test_a_table_of_days():
    text = (
        "| Datum | Tid | Tema | Plats |\n|---|---|---|---|\n| 6 oktober | 13–15 | Mullhalt | Skara |\n"
        "| 20 oktober | 13–15 | Kalkning | Zoom |\n\n[Anmälan](<https://x.example.se/anmalan>)"
    )
    assert told(text, "Serie om jord") == [("Mullhalt", "2026-10-06T13:00"), ("Kalkning", "2026-10-20T13:00")]
    first, second = events_in(text, "Serie om jord", SENT, "Europe/Stockholm")
    assert (first.place, second.place, second.mode) == ("Skara", "", "online")
    assert first.registration_url == second.registration_url == "https://x.example.se/anmalan"


def test_parts_under_their_own_headings():
    text = (
        "**Växtodlingsdag**\nTisdag 20 oktober kl 9–15, Bjertorps slott\nAnmäl dig på https://x.example.se/vaxt\n\n"
        "**Ekonomikväll**\nOnsdag 28 oktober kl 18–20, digitalt via Teams\n"
        "Anmäl dig på https://x.example.se/eko senast 26 oktober"
    )
    first, second = events_in(text, "Två saker", SENT, "Europe/Stockholm")
    assert (first.title, first.place, first.registration_url) == (
        "Växtodlingsdag",
        "Bjertorps slott",
        "https://x.example.se/vaxt",
    )
    assert (second.title, second.mode, second.registration_deadline) == ("Ekonomikväll", "online", "2026-10-26")
    assert second.registration_url == "https://x.example.se/eko"


def test_labelled_parts():
    text = "Kurs ett\nNär: 3 november kl 9\nVar: Skara\n\nKurs två\nNär: 17 november kl 13\nVar: Lund"
    assert told(text, "Kurser") == [("Kurs ett", "2026-11-03T09:00"), ("Kurs två", "2026-11-17T13:00")]
    assert [event.place for event in events_in(text, "Kurser", SENT, "Europe/Stockholm")] == ["Skara", "Lund"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Datum för styrgruppsmöte?", "Vilket datum passar er bäst, 3, 5 eller 9 november? Svara senast fredag."),
        ("Möte", "Kan vi ses tisdag 13/10 kl 10-11 eller onsdag 14/10 kl 13-14? Säg vad som passar."),
        ("Tack för igår", "Tack för igår! Inspelningen från webbinariet 30 september finns nu här."),
        ("Rapport från höstmötet", "Vi hade ett bra möte den 23 september. Nästa möte är den 2 december kl 13."),
        ("Ny rapport", "Jordbruksverket publicerade den 28 september en rapport. Lagen gäller från 1 januari 2027."),
        ("Utlysning", "Ansökan är öppen 1 oktober–15 november."),
        ("Remiss", "Synpunkter lämnas senast den 30 oktober. Beslut väntas den 15 december."),
        ("Semester", "Jag är ledig v. 42 och tillbaka måndag 19 oktober."),
        ("Ny kollega", "Den 1 november börjar Karin hos oss. Karin är född 12 mars 1985."),
        ("Stallar", "Vi såg ett stall på mässan den 24 september. Svara gärna före den 10 oktober."),
        ("Hej", "Hur går det?"),
        ("", ""),
        (
            "Sv: träff",
            "Tack.\n\nDen tors 24 sep. 2026 kl 09:14 skrev Anna:\n\n> Välkommen på träff den 3 november kl 9.",
        ),
        ("Öppettider", "Kontoret är öppet vardagar 9-16."),
        ("Sv: träff", "Från: Anna Ek\nSkickat: den 6 november 2026 08:41\nTill: Kalle\nÄmne: Träff\n\nTack!"),
    ],
)
def test_what_invites_to_nothing(subject, text):
    assert told(text, subject) == []


def test_what_is_quoted_to_pass_it_on_is_read():
    assert told("Till er:\n\n> Välkommen på träff den 3 november kl 9.", "VB: Träff i Skara") == [
        ("Träff i Skara", "2026-11-03T09:00")
    ]


@pytest.mark.parametrize(
    ("title", "text", "events"),
    [
        ("Skogsdag i Umeå", "Välkommen den 12 november kl 9–15.", [("Skogsdag i Umeå", "2026-11-12T09:00")]),
        (
            "Webbinarium om vatten",
            "12 november. [Läs mer](<https://x.example.se>)",
            [("Webbinarium om vatten", "2026-11-12")],
        ),
        ("Ny rapport om ull", "Rapporten publicerades 28 september.", []),
        ("Sök stöd", "Utlysningen är öppen till 15 november. Sista ansökningsdag 15 november.", []),
        ("Vi minns sommaren", "Den 12 juni träffades vi i Skara.", []),
        (
            "Kalendarium",
            "**3 nov** Skogsträff\n**12 nov** Vattenträff",
            [("Skogsträff", "2026-11-03"), ("Vattenträff", "2026-11-12")],
        ),
        ("Höstmöte var det", "Mötet hölls den 20 september.", []),
    ],
)
def test_a_section_of_a_newsletter(title, text, events):
    assert section(title, text) == events


@given(st.text(max_size=600), st.text(max_size=80), st.booleans())
def test_any_text_can_be_read(text, subject, newsletter):
    read = events_of_section if newsletter else events_in
    if newsletter:
        text, subject = subject, text
    for event in read(text, subject, SENT.astimezone(UTC), "Europe/Stockholm"):
        datetime.fromisoformat(event.start)


#: Characters.
LONG = 400_000 if FULL else 40_000


@pytest.mark.parametrize(
    "piece",
    ["När: 3 november\n", "3 nov kl 9 träff, ", "anmäl senast 3 nov. ", "Aa Bb ", "på Aa ", "[a](<https://x.example.se>) ", "Tid: ", "3 nov i Aaa Bbb\n", "flyttas från ", "a@example.se anmäl ", "| 3 nov | 9-12 |\n", "# Aa\n", "- 3 nov\n", "(((", "****"],
)  # fmt: skip
def test_the_time_taken_grows_with_the_text_alone(piece):
    text = (piece * LONG)[:LONG]
    begun = time.process_time()
    events_in(text, "Möte", SENT, "Europe/Stockholm")
    assert time.process_time() - begun < 6, "quadratic time would be minutes"
