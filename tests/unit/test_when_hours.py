"""Hours as people write them beside a day, read in a mail of Thursday 1 October 2026."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.reading.when import Span, hours, spans

#: A Thursday.
SENT = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


def told(span: Span) -> str:
    """start/end, a star for a whole day, a question mark and why for what is uncertain."""
    end = f"/{span.end}" if span.end else ""
    doubt = f"?{span.uncertain.doubt.value}" if span.uncertain else ""
    return f"{span.start}{end}{'*' if span.all_day else ''}{doubt}"


def read(text: str, sent: datetime = SENT) -> str:
    return " ".join(map(told, spans(text, sent)))


HOURS = [
    ("3 november kl 13", "2026-11-03T13:00"),
    ("3 november kl. 13.00", "2026-11-03T13:00"),
    ("3 november kl.13", "2026-11-03T13:00"),
    ("3 november kl 13.00–15.30", "2026-11-03T13:00/2026-11-03T15:30"),
    ("3 november klockan 12-12.45", "2026-11-03T12:00/2026-11-03T12:45"),
    ("3 november 13:00-16:30", "2026-11-03T13:00/2026-11-03T16:30"),
    ("3 november 13.00 - 16.30", "2026-11-03T13:00/2026-11-03T16:30"),
    ("3 november kl 8.30-9.15", "2026-11-03T08:30/2026-11-03T09:15"),
    ("3 november 9-11", "2026-11-03T09:00/2026-11-03T11:00"),
    ("3 november, 8-16", "2026-11-03T08:00/2026-11-03T16:00"),
    ("3 november 1300-1500", "2026-11-03T13:00/2026-11-03T15:00"),
    ("3 november kl 0930", "2026-11-03T09:30"),
    ("3 november från 13", "2026-11-03T13:00"),
    ("3 november från kl 13", "2026-11-03T13:00"),
    ("3 november från 9 till ca 15", "2026-11-03T09:00/2026-11-03T15:00"),
    ("3 november kl 13 till 15", "2026-11-03T13:00/2026-11-03T15:00"),
    ("3 november mellan 13 och 15", "2026-11-03T13:00/2026-11-03T15:00"),
    ("3 november mellan klockan 13 och 15", "2026-11-03T13:00/2026-11-03T15:00"),
    ("3 november kl 13:00 - ca 15:30", "2026-11-03T13:00/2026-11-03T15:30"),
    ("den 3 november halv nio", "2026-11-03T08:30"),
    ("den 3 november klockan halv tio", "2026-11-03T09:30"),
    ("den 3 november kvart över tio", "2026-11-03T10:15"),
    ("den 3 november kl kvart i nio", "2026-11-03T08:45"),
    ("den 3 november klockan nio", "2026-11-03T09:00"),
    ("3 november kl 9 fm", "2026-11-03T09:00"),
    ("3 november kl 3 em", "2026-11-03T15:00"),
    ("3 november kl 9-12 fm", "2026-11-03T09:00/2026-11-03T12:00"),
    ("3 november kl 7 på kvällen", "2026-11-03T19:00"),
    ("ikväll kl 7", "2026-10-01T19:00"),
    ("3 november kl 18", "2026-11-03T18:00"),
    ("3 november kl 18-20", "2026-11-03T18:00/2026-11-03T20:00"),
    ("3 november kl 21-01", "2026-11-03T21:00/2026-11-04T01:00"),
    ("3 november 6 pm", "2026-11-03T18:00"),
    ("November 3 at 10 am", "2026-11-03T10:00"),
    ("November 3, 2-4 pm", "2026-11-03T14:00/2026-11-03T16:00"),
    ("November 3, 10:30 am to 12 noon", "2026-11-03T10:30/2026-11-03T12:00"),
    ("November 3, 11 am - 1 pm", "2026-11-03T11:00/2026-11-03T13:00"),
    ("kl 13-15 den 3 november", "2026-11-03T13:00/2026-11-03T15:00"),
    ("13.00-15.00, torsdag 5 november", "2026-11-05T13:00/2026-11-05T15:00"),
    ("kl 9-12, 13 november", "2026-11-13T09:00/2026-11-13T12:00"),
    ("kl 9, 13 november", "2026-11-13T09:00"),
    ("3 november, insläpp från 08.30, start 09.00", "2026-11-03T09:00"),
    ("3 november. Samling 8.30, start kl 9.", "2026-11-03T09:00"),
    ("3 november kl 9, slut ca 15", "2026-11-03T09:00/2026-11-03T15:00"),
    ("3 november, fika från 8.30", "2026-11-03T08:30"),
    ("3 november drop-in 8-16", "2026-11-03T08:00/2026-11-03T16:00"),
    ("Datum: 3 november Tid: 9.00–15.00", "2026-11-03T09:00/2026-11-03T15:00"),
    ("Datum: 3 november\nTid: 9–15", "2026-11-03"),
    ("Datum: 3 november\nTid: 9.00–15.00", "2026-11-03T09:00/2026-11-03T15:00"),
    ("Tid: Onsdag 4 november, kl 13:00 - ca 15:30", "2026-11-04T13:00/2026-11-04T15:30"),
    ("När: tisdag 3 november, 13-15", "2026-11-03T13:00/2026-11-03T15:00"),
    ("2026-11-03 13:00", "2026-11-03T13:00"),
    ("2026-11-03T13:00", "2026-11-03T13:00"),
    ("2026-11-03 kl. 13:00–14:00", "2026-11-03T13:00/2026-11-03T14:00"),
    ("3 november 2026 10.00-11.30 CET", "2026-11-03T10:00/2026-11-03T11:30"),
    ("3 november 2026 10:00 UTC", "2026-11-03T11:00"),
    ("3 november 2026 11:00 EET", "2026-11-03T10:00"),
    ("tisdag 3/11 kl 12 – onsdag 4/11 kl 13", "2026-11-03T12:00/2026-11-04T13:00"),
    ("tisdag 3 november kl 12.00 till onsdag 4 november kl 13.00", "2026-11-03T12:00/2026-11-04T13:00"),
    ("3–4 november kl 9–16", "2026-11-03T09:00/2026-11-04T16:00"),
    ("4/11, 13.00 till 4/11, 16.00", "2026-11-04T13:00/2026-11-04T16:00"),
    ("4 och 11 november kl 9-12", "2026-11-04T09:00/2026-11-04T12:00 2026-11-11T09:00/2026-11-11T12:00"),
    ("den 25 oktober 2026 kl 9-12", "2026-10-25T09:00/2026-10-25T12:00"),
    ("3 november heldag", "2026-11-03*"),
    ("3 november, hela dagen", "2026-11-03*"),
    ("heldag 3 november", "2026-11-03*"),
    ("lunch till lunch 3–4 november", "2026-11-03/2026-11-04"),
    ("3 november förmiddag", "2026-11-03"),
    ("fredag eftermiddag den 6 november", "2026-11-06"),
    ("3 november kl 3", "2026-11-03T15:00?clock"),
    ("3 november kl 2-4", "2026-11-03T14:00/2026-11-03T16:00?clock"),
    ("3 november kl 10-12 personer", "2026-11-03"),
    ("3 november, 10-12 personer", "2026-11-03"),
    ("3 november, 4.22", "2026-11-03T04:22"),
    ("3 november, 15 platser", "2026-11-03"),
    ("3 november 2026", "2026-11-03"),
    ("tisdag 3 november\n\nkl 13 är det fika", "2026-11-03T13:00"),
    ("3 november är anmälan klar. Ring kl 8-9.", "2026-11-03"),
]


@pytest.mark.parametrize(("phrase", "when"), HOURS)
def test_hours_are_read_beside_their_day(phrase, when):
    assert read(phrase) == when


@pytest.mark.parametrize(
    ("phrase", "when"),
    [
        ("kl 13-15", [("13:00", "15:00")]),
        ("9–15", [("09:00", "15:00")]),
        ("13.00", [("13:00", None)]),
        ("8.30-9.15, därefter 10-12", [("08:30", "09:15"), ("10:00", "12:00")]),
        ("6–7 november", []),
        ("3/11", []),
        ("12 deltagare", []),
        ("klockan nio till klockan tolv", [("09:00", "12:00")]),
    ],
)
def test_hours_stand_alone_where_a_line_is_about_them(phrase, when):
    assert [(hour.start, hour.end) for hour in hours(phrase)] == when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        (
            "Tisdag 3 november kl 13-15, onsdag 4 november kl 9-12",
            "2026-11-03T13:00/2026-11-03T15:00 2026-11-04T09:00/2026-11-04T12:00",
        ),
        ("Torsdag 3 december i Vretas lokaler kl 13–15", "2026-12-03T13:00/2026-12-03T15:00"),
        ("Anmäl dig senast 28 oktober. Vi börjar kl 9 den 3 november.", "2026-10-28 2026-11-03T09:00"),
        ("Den 3 november, anmälan senast kl 12", "2026-11-03"),
        ("Ring på tisdag. Kursen är den 3 november kl 10.", "2026-10-06 2026-11-03T10:00"),
    ],
)
def test_each_day_has_its_own_hours(text, when):
    assert read(text) == when


def test_summer_time_ends_on_25_october():
    (before,) = spans("24 oktober 2026 10:00 UTC", SENT)
    (after,) = spans("26 oktober 2026 10:00 UTC", SENT)
    assert (before.start, after.start) == ("2026-10-24T12:00", "2026-10-26T11:00")
