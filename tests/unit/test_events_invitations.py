"""Invitations as people write them, and what is read of each: when, where, how to sign up, and what is in doubt."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.reading.event import EventReading
from bot.reading.events import events_in
from storage.words import Attendance, Doubt, EventStatus, Precision

#: A Thursday.
SENT = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


def events(text: str, subject: str = "", sent: datetime = SENT) -> tuple[EventReading, ...]:
    return events_in(text, subject, sent, "Europe/Stockholm")


def event(text: str, subject: str = "", sent: datetime = SENT) -> EventReading:
    (found,) = events(text, subject, sent)
    return found


def test_a_letter_in_prose():
    found = event(
        "Hej!\n\nVälkommen på frukostmöte tisdagen den 3 november klockan 07.30-09.00 i Vretas lokaler.\n"
        "Anmäl dig senast 28 oktober till anna.ek@example.se.\n\nHälsningar Anna, 070-123 45 67",
        "Inbjudan: Frukostmöte om vatten 3 november",
    )
    assert found == EventReading(
        title="Frukostmöte om vatten",
        start="2026-11-03T07:30",
        end="2026-11-03T09:00",
        mode=Attendance.ONSITE,
        place="Vretas lokaler",
        registration_email="anna.ek@example.se",
        registration_deadline="2026-10-28",
    )


def test_a_block_of_labels():
    found = event(
        "**När:** Torsdag 12 november, kl 9.00–15.00\n**Var:** Klusterhuset, Linköping\n**Pris:** 250 kr\n"
        "**Arrangör:** Vreta Kluster och Agro Sörmland\n**Sista anmälningsdag:** 5 november\n\n"
        "[Anmäl dig här](<https://www.lyyti.fi/reg/temadag>)",
        "Temadag kapitalförsörjning",
    )
    assert found == EventReading(
        title="Temadag kapitalförsörjning",
        start="2026-11-12T09:00",
        end="2026-11-12T15:00",
        mode=Attendance.ONSITE,
        place="Klusterhuset, Linköping",
        registration_url="https://www.lyyti.fi/reg/temadag",
        registration_deadline="2026-11-05",
        organiser="Vreta Kluster",
        co_organisers=("Agro Sörmland",),
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Datum: 12 november Tid: 9.00–15.00 Plats: Skara", "2026-11-12T09:00", "2026-11-12T15:00"),
        ("Datum: 12 november\nTid: 9–15\nPlats: Skara", "2026-11-12T09:00", "2026-11-12T15:00"),
        ("Datum: 12 november\nPlats: Skara\nTid: kl 9", "2026-11-12T09:00", None),
        ("Tid: 14.00–16.00\nDag: onsdag den 28 oktober 2026\nVar: Lomma", "2026-10-28T14:00", "2026-10-28T16:00"),
        ("Tid: Onsdag 4 november, kl 13:00 - ca 15:30", "2026-11-04T13:00", "2026-11-04T15:30"),
        ("When: Thursday 5 November 2026, 10:00–11:30 CET\nWhere: Skara", "2026-11-05T10:00", "2026-11-05T11:30"),
        ("När? Onsdag 21 oktober, kl. 10–11\nVar? Skara", "2026-10-21T10:00", "2026-10-21T11:00"),
        ("När\n\n3 november kl 13\n\nVar\n\nSkara", "2026-11-03T13:00", None),
        ("### När\n3 november kl 13–14\n### Var\nSkara", "2026-11-03T13:00", "2026-11-03T14:00"),
        ("| | |\n|---|---|\n| När | 3 november 2026 kl. 13.00–16.00 |\n| Plats | Skara |", "2026-11-03T13:00", "2026-11-03T16:00"),
        ("| **Datum** | 3 november |\n| **Tid** | 13–16 |", "2026-11-03T13:00", "2026-11-03T16:00"),
        ("Tid och plats: tisdag 3 november kl 13, Skara", "2026-11-03T13:00", None),
        ("Tid och plats\nTisdag 3 november kl 12.00 – onsdag 4 november kl 13.00\nGamleby", "2026-11-03T12:00", "2026-11-04T13:00"),
        ("Datum och tid: 4/11, 13.00 till 4/11, 16.00", "2026-11-04T13:00", "2026-11-04T16:00"),
        ("* Datum: 3 november\n* Tid: 13–15\n* Plats: Skara", "2026-11-03T13:00", "2026-11-03T15:00"),
        ("När – tisdag 3 november kl 13", "2026-11-03T13:00", None),
        ("Välkommen lördag 10 oktober mellan klockan 10 och 14 hos oss.", "2026-10-10T10:00", "2026-10-10T14:00"),
        ("Torsdagen den 25 februari samlas vi på Smedby, från 9 till ca 15.", "2027-02-25T09:00", "2027-02-25T15:00"),
        ("Vi ses torsdag 15 oktober, kl 9.15–11.45 (fika från 9), rum Björken.", "2026-10-15T09:15", "2026-10-15T11:45"),
        ("Träffen är den 4:e november. Dagen startar 9.00 och avslutas 15.30.", "2026-11-04T09:00", "2026-11-04T15:30"),
        ("Regionalt forum hålls 12/11 -26, 09:30-15:00, Örebro.", "2026-11-12T09:30", "2026-11-12T15:00"),
        ("Kunskapsdag torsdagen 12/11 kl 0900-1500", "2026-11-12T09:00", "2026-11-12T15:00"),
        ("VÄLKOMMEN TILL SKÖRDEFEST\n\nLÖRDAGEN DEN 10:E OKTOBER\nKL 11–16\nLILLA TORP", "2026-10-10T11:00", "2026-10-10T16:00"),
        ("onsdag, 21 oktober 2026\n15:00 - 17:00\n\nVälkommen till invigningen", "2026-10-21T15:00", "2026-10-21T17:00"),
        ("Föreläsning torsdagen den 22:a oktober kl. halv sju på kvällen", "2026-10-22T18:30", None),
        ("Join us on October 22nd at 10:00-11:30 CET for a webinar", "2026-10-22T10:00", "2026-10-22T11:30"),
        ("We invite you to a workshop on 5 November, 2–4 pm.", "2026-11-05T14:00", "2026-11-05T16:00"),
        ("Välkomna till höststämma!\n\nNär: 22-23 oktober, lunch till lunch", "2026-10-22", "2026-10-23"),
        ("Kom på grillkväll onsdag 7/10 från kl 17!", "2026-10-07T17:00", None),
        ("Kursen går den 14/11 och 15/11 kl 9-16 i Ramnäs.", "2026-11-14T09:00", "2026-11-15T16:00"),
        ("Vi ses på torsdag kl 9 på Kulturhuset. Det blir en träff.", "2026-10-08T09:00", None),
    ],
)  # fmt: skip
def test_when_it_is(text, start, end):
    found = event(text)
    assert (found.start, found.end, found.uncertain) == (start, end, None)


def test_the_day_in_the_subject_and_the_hour_in_the_text_are_one():
    found = event("Vi ses på Navet kl. 7.30 och äter frukost.", "Frukostmöte torsdag 15 oktober")
    assert (found.start, found.title) == ("2026-10-15T07:30", "Frukostmöte")


def test_an_hour_that_nobody_said_is_not_made_up():
    found = event(
        "Boka in den 2 december redan nu! Då arrangerar vi årets livsmedelsdag.", "Save the date – 2 december"
    )
    assert (found.start, found.date_precision, found.all_day) == ("2026-12-02", Precision.DAY, False)
    assert event("Heldagskurs den 3 november. Välkommen!").all_day


def test_lines_of_a_programme_are_no_events():
    found = event(
        "Branschdag\n\nDatum: 18 november\nPlats: Kristianstad\nProgram:\n09:30 Registrering\n10:00 Inledning\n"
        "12:00 Lunch\n15:30 Avslutning",
        "Branschdag",
    )
    assert found.start.startswith("2026-11-18")


def test_days_of_one_event_are_one_event():
    found = event(
        "Dag 1, tisdag 10 november\n12.00 Lunch\n13.00 Välkomna\n\nDag 2, onsdag 11 november\n08.30 Start\n12.00 Lunch",
        "Höstträff",
    )
    assert found.start[:10] == "2026-11-10"


def test_what_was_passed_on_counts_from_when_it_was_first_sent():
    found = event(
        "Vidarebefordrar!\n\nFrån: Anna Ek\nSkickat: den 28 september 2026 08:41\nTill: Kalle\nÄmne: Skog\n\n"
        "Välkommen till en kväll om skog i morgon kl 18.00.",
        "Skog",
    )
    assert found.start == "2026-09-29T18:00"


# -- what is in doubt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "subject", "doubt", "choices"),
    [
        ("Nätverksmöte torsdag 20 oktober kl 13–15.", "", Doubt.WEEKDAY, ("2026-10-20T13:00", "2026-10-22T13:00")),
        ("Ett kort möte nästa onsdag kl 15.", "", Doubt.NEAR, ("2026-10-07T15:00", "2026-10-14T15:00")),
        ("Vi planerar ett studiebesök i vecka 47.", "Studiebesök", Doubt.WEEK, ()),
        ("Datum: 12 november 2025\nTid: 9–12", "Kurs", Doubt.PAST, ()),
        ("Vi ses till möte den 3 november kl 3.", "", Doubt.CLOCK, ("2026-11-03T15:00", "2026-11-03T03:00")),
        ("När: 4 november kl 13", "Möte 3 november", Doubt.SEVERAL, ("2026-11-04T13:00", "2026-11-03T13:00")),
    ],
)
def test_what_is_in_doubt_is_asked(text, subject, doubt, choices):
    found = event(text, subject)
    assert found.uncertain is not None
    assert (found.uncertain.doubt, found.uncertain.choices) == (doubt, choices)


def test_a_day_that_is_said_for_sure_beside_one_in_doubt_is_sure():
    assert event("Nästa onsdag, den 7 oktober kl 10, har vi möte.").uncertain is None


# -- where ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "mode"),
    [
        ("Tid: 3 november kl 9\nPlats: Klusterhuset, Linköping", "Klusterhuset, Linköping", Attendance.ONSITE),
        ("Tid: 3 november kl 9\nPlats: Zoom", "", Attendance.ONLINE),
        ("Tid: 3 november kl 9\nPlats: Digitalt via Teams, länk skickas ut", "", Attendance.ONLINE),
        ("Tid: 3 november kl 9\nPlats: Klusterhuset eller digitalt via Teams", "Klusterhuset", Attendance.HYBRID),
        ("Tid: 3 november kl 9\nPlats: Klusterhuset\nDigitalt: via Teams", "Klusterhuset", Attendance.HYBRID),
        ("Tid: 3 november kl 9\nPlats: meddelas senare", "", None),
        ("Webbinarium den 3 november kl 9.", "", Attendance.ONLINE),
        ("Träff den 3 november kl 9 på Hotell Stadt i Skara.", "Hotell Stadt i Skara", Attendance.ONSITE),
        (
            "Den 3 november kl 9-12, Bibliotekshuset i Lund. Välkommen till en träff.",
            "Bibliotekshuset i Lund",
            Attendance.ONSITE,
        ),
        ("Träff den 3 november kl 9.", "", None),
        ("Fältvandring den 14 oktober kl 18 i Skara, anmäl dig.", "Skara", Attendance.ONSITE),
    ],
)
def test_where_it_is(text, place, mode):
    found = event(text)
    assert (found.place, found.mode) == (place, mode)


def test_the_link_to_a_meeting_is_where_to_join_and_not_where_to_sign_up():
    found = event("Möte den 8 oktober kl 15 via Teams: <https://teams.microsoft.com/l/meetup-join/19>")
    assert (found.online_url, found.registration_url) == ("https://teams.microsoft.com/l/meetup-join/19", "")
    found = event("Webinar October 22 at 10 am. Register here: <https://zoom.us/webinar/register/WN_abc>")
    assert (found.online_url, found.registration_url) == ("", "https://zoom.us/webinar/register/WN_abc")


# -- how to sign up --------------------------------------------------------------------------------------------------------

_DAY = "Välkommen till en träff den 12 november kl 13. "


@pytest.mark.parametrize(
    ("text", "url", "address", "deadline"),
    [
        ("Anmäl dig [här](<https://x.example.se/a>) senast 5 november.", "https://x.example.se/a", "", "2026-11-05"),
        ("Anmälan: https://x.example.se/a", "https://x.example.se/a", "", ""),
        ("[Läs mer](<https://x.example.se/b>) eller [anmäl dig](<https://x.example.se/a>)", "https://x.example.se/a", "", ""),
        ("Läs mer på https://x.example.se/b", "", "", ""),
        ("Program och anmälan:\nhttps://x.example.se/a", "https://x.example.se/a", "", ""),
        ("Boka plats: https://www.trippus.se/web/registration/abc", "https://www.trippus.se/web/registration/abc", "", ""),
        ("https://forms.office.com/e/abc", "https://forms.office.com/e/abc", "", ""),
        ("Anmälan till anna@example.se senast den 5 november.", "", "anna@example.se", "2026-11-05"),
        ("OSA 5/11 till anna@example.se", "", "anna@example.se", "2026-11-05"),
        ("OSA: senast torsdag 5 november kl. 12 till anna@example.se", "", "anna@example.se", "2026-11-05T12:00:00+01:00"),
        ("Frågor? Kontakta anna@example.se", "", "", ""),
        ("Anmälan senast en vecka innan till anna@example.se", "", "anna@example.se", "2026-11-05"),
        ("Anmäl dig senast dagen innan.", "", "", "2026-11-11"),
        ("Anmälan före den 1 november.", "", "", "2026-11-01"),
        ("Sista anmälningsdag är 23 oktober.", "", "", "2026-10-23"),
        ("Sista dag att anmäla sig är den 23 oktober kl 17.00.", "", "", "2026-10-23T17:00:00+02:00"),
        ("Den 23 oktober är sista anmälningsdag.", "", "", "2026-10-23"),
        ("Anmälan är öppen till och med 23 oktober.", "", "", "2026-10-23"),
        ("Anmälan öppnar den 12 oktober. Sista anmälningsdag är den 30 oktober.", "", "", "2026-10-30"),
        ("Förlängd anmälan! Ny sista dag är 6 november (tidigare sista dag 1 november).", "", "", "2026-11-06"),
        ("Anmäl dig före 10 oktober så betalar du 450 kr. Sista anmälningsdag är 4 november.", "", "", "2026-11-04"),
        ("Register by 5 November at https://x.example.se/a", "https://x.example.se/a", "", "2026-11-05"),
        ("Svara senast fredag.", "", "", "2026-10-02"),
        ("Sök stödet senast 15 oktober.", "", "", ""),
        ("[Avanmäl dig](<https://x.example.se/unsubscribe>)", "", "", ""),
    ],
)  # fmt: skip
def test_how_and_by_when_to_sign_up(text, url, address, deadline):
    found = event(_DAY + text)
    assert found.start == "2026-11-12T13:00"
    assert (found.registration_url, found.registration_email, found.registration_deadline) == (url, address, deadline)


# -- off, moved ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "text", "status", "start"),
    [
        ("INSTÄLLT: Träff", "Träffen den 14 oktober kl 18 är tyvärr inställd.", EventStatus.CANCELLED, "2026-10-14T18:00"),
        ("Träff", "Tyvärr ställs träffen den 14 oktober in på grund av sjukdom.", EventStatus.CANCELLED, "2026-10-14"),
        ("Kurs", "Kursen på torsdag (8 oktober kl 18) ställs in. Nytt datum kommer.", EventStatus.CANCELLED, "2026-10-08T18:00"),
        ("Träff", "Träffen den 14 oktober kl 18 ställs in om färre än fem anmäler sig.", EventStatus.CONFIRMED, "2026-10-14T18:00"),
        ("Träff", "Vi är inställda på att ses till en träff den 14 oktober kl 18.", EventStatus.CONFIRMED, "2026-10-14T18:00"),
        ("Nytt datum", "Mötet den 3 november flyttas till den 10 november kl 13.", EventStatus.MOVED, "2026-11-10T13:00"),
        ("Nytt datum", "Dagen flyttas från 17 november till 24 november, kl. 10-15.", EventStatus.MOVED, "2026-11-24"),
        ("OBS! Ny tid", "Ny tid: onsdag 21 oktober kl 12 (i stället för 14 oktober).", EventStatus.MOVED, "2026-10-21T12:00"),
        ("Ny tid", "Träffen 15 oktober tidigareläggs från kl. 13.00 till kl. 10.00.", EventStatus.MOVED, "2026-10-15T10:00"),
        ("Kurs", "Kursen som skulle ha startat den 7 oktober har nytt startdatum: nytt datum är 21 oktober kl 17.", EventStatus.MOVED, "2026-10-21T17:00"),
        ("Rescheduled", "The meeting on 3 November has been moved to 10 November at 1 pm.", EventStatus.MOVED, "2026-11-10T13:00"),
        ("Fullbokat: träff", "Träffen den 14 oktober kl 18 är fullbokad.", EventStatus.CONFIRMED, "2026-10-14T18:00"),
    ],
)  # fmt: skip
def test_what_is_off_or_moved(subject, text, status, start):
    found = event(text, subject)
    assert found.status is status
    assert found.start.startswith(start)
    assert found.uncertain is None
