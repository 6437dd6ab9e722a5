"""Events and tips are found in letters of any shape: days in cells of their own, buttons below, lists, bold words that lead."""

from datetime import UTC, datetime

import pytest

from bot.reading.contents import contents
from bot.reading.sections import sections
from bridges.hypertext import markdown_of, read

SENT = datetime(2026, 10, 6, 8, tzinfo=UTC)
H1, H2 = '<td style="font-size:24px">', '<td style="font-size:14px">'
SHAPES = {
    "columns of heading cells": (
        (
            '<table><tr><th><table><tr><th><p style="font-size:24px"><a href="https://a.se/nyhet">Ny ledare på plats</a></p>'
            '<p>Karin Ek börjar i december.</p></th></tr></table></th><th><table><tr><th><p style="font-size:24px">Boka in årsmötet</p>'
            "<p>Årsmötet hålls tisdag 17 november kl. 18.30 i Bygdegården, Ås.</p><table><tr><td>"
            '<a href="https://a.se/anmalan">Anmäl dig här &raquo;</a></td></tr></table></th></tr></table></th></tr></table>'
        ),
        [("Boka in årsmötet", "2026-11-17T18:30")],
        [("Ny ledare på plats", "https://a.se/nyhet", "")],
    ),
    "days in cells of their own": (
        "".join(
            f'<table><tr><td style="font-size:30px">{day}<br><span style="font-size:12px">{month}</span></td><td><strong>{title}</strong>'
            f'<br>Kl. {hour}, Norrgård<br><a href="https://a.se/{day}">Läs mer</a></td></tr></table>'
            for day, month, title, hour in (
                (12, "NOV", "Kurs i bokföring", "18.00–20.00"),
                (3, "DEC", "Öppet hus", "10.00"),
            )
        ),
        [("Kurs i bokföring", "2026-11-12T18:00"), ("Öppet hus", "2026-12-03T10:00")],
        [],
    ),
    "a box for each piece": (
        (
            f"<table><tr>{H1}Biogas på väg</td></tr></table><table><tr>{H2}Tre nya mackar byggs i länet.</td></tr></table>"
            f'<table><tr>{H2}<a href="https://a.se/biogas">Läs mer »</a></td></tr></table>'
            f"<table><tr>{H1}Utlysning: bredband</td></tr></table><table><tr>{H2}Öppen 1 oktober&ndash;15 november 2026.</td></tr></table>"
            f'<table><tr>{H2}<a href="https://lst.se/bredband?utm_source=x">Läs mer »</a></td></tr></table>'
        ),
        [],
        [
            ("Biogas på väg", "https://a.se/biogas", ""),
            ("Utlysning: bredband", "https://lst.se/bredband", "2026-11-15"),
        ],
    ),
    "bold words that lead": (
        (
            '<p>Hej!</p><p><b>Ny bok om kor.</b> Läs om mjölkens historia. <a href="https://a.se/bok">Beställ den</a></p>'
            "<p><b>Studiebesök i Falun</b> Torsdag 5 november kl 9-15 åker vi buss till Falun.</p>"
            '<p><b>Stöd att söka</b> Sista ansökningsdag 30 november, se <a href="https://jv.se/stod">Jordbruksverket</a>.</p>'
        ),
        [("Studiebesök i Falun", "2026-11-05T09:00")],
        [("Ny bok om kor", "https://a.se/bok", ""), ("Stöd att söka", "https://jv.se/stod", "2026-11-30")],
    ),
    "a table of rows": (
        (
            "<h2>Kalender</h2><table><tr><td>12 nov</td><td>Bokföring för nya</td><td>Tuna bibliotek</td></tr>"
            "<tr><td>18 nov kl. 8</td><td>Frukost</td><td>Teams</td></tr></table>"
        ),
        [("Bokföring för nya", "2026-11-12"), ("Frukost", "2026-11-18T08:00")],
        [],
    ),
    "what tells of the letter itself": (
        (
            '<h2>Kontakt</h2><p>Anna, <a href="https://a.se/kontakt/anna">mer om oss</a></p><h2>Följ oss</h2><p>'
            '<a href="https://www.facebook.com/agro">Facebook</a></p><h2>Hem</h2><p><a href="https://a.se/">Till startsidan</a></p>'
        ),
        [],
        [],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_letter_tells_of_is_found(shape: str):
    html, events, tips = SHAPES[shape]
    found = contents(markdown_of(read(html, mailing=True)), SENT, "Europe/Stockholm")
    assert [(event.title, event.start) for event in found.events] == events
    assert [(tip.title, tip.url, tip.deadline) for tip in found.tips] == tips


def test_an_entry_of_a_calendar_has_its_place_and_its_page():
    md = "## Kalendarium\n\n* 5 nov kl. 18.00 – [Kvällsträff om får](https://a.se/far), Ås bygdegård\n* v. 48: Skogsvecka i Falun\n* 9/12, 12.00-12.45, Lunchwebb, Zoom. [Anmäl dig](https://a.se/lunch)"
    far, skog, lunch = contents(md, SENT, "Europe/Stockholm").events
    assert (far.title, far.start, far.place) == ("Kvällsträff om får", "2026-11-05T18:00", "Ås bygdegård")
    assert (skog.start, skog.needs_confirmation) == ("2026-11-23", True)
    assert (lunch.start, lunch.end, lunch.registration_url) == (
        "2026-12-09T12:00",
        "2026-12-09T12:45",
        "https://a.se/lunch",
    )


def test_what_stands_twice_is_one():
    md = "## I korthet\n\n12 november: Kurs i vall\n19 november: Kurs i lin\n\n## Kurs i vall\n\nTorsdag 12 november, se [kursen](https://a.se/vall)\n\n## Läs\n\n[Om jord](https://a.se/jord) är bra\n\n## Mer\n\n[Om jord igen](https://www.a.se/jord/) är bra"
    found = contents(md, SENT, "Europe/Stockholm")
    assert [event.start for event in found.events].count("2026-11-12") == 1
    assert len(found.tips) == 1


@pytest.mark.parametrize(
    ("md", "titles"),
    [
        ("# A\n\na\n\n## B\n\nb", ["A", "B"]),
        ("NYTT OM VALL\nText.\n\nNYTT OM LIN\nText.", ["NYTT OM VALL", "NYTT OM LIN"]),
        ("Ny rapport\n\\-------\nText.\n\nNy bok\n\\-------\nText.", ["Ny rapport", "Ny bok"]),
        ("**En**\nText.\n\n**Två**\nText.", ["En", "Två"]),
        ("Hej!\n\nEn enda lång text utan rubriker som går på här.", [""]),
        ("## Del\n\n## [Läs mer](https://a.se/x)\n\ntext", ["Del"]),
    ],
)
def test_headlines_are_told_from_text_and_buttons(md: str, titles: list[str]):
    assert [section.title for section in sections(md)] == titles
