"""The event in a calendar file is told in wall time, as the calendars of Sweden write it."""

# ruff: noqa: DTZ001  wall times are told without a zone, beside it

from datetime import date, datetime

import pytest

from bridges.mail.calendar_in import CalendarUnreadable, all_events, first_event

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=SECONDLY;INTERVAL=1
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Berg, Åsa":mailto:Asa.Berg@example.se
UID:040000008200E00074C5B7101A82E008
SUMMARY;LANGUAGE=sv-SE:Fältvandring\\, mellangrödor
DTSTART;TZID=W. Europe Standard Time:20260826T130000
DTEND;TZID=W. Europe Standard Time:20260826T153000
LOCATION:Norrby gård\\; Tuna
DESCRIPTION:Ta stövlar.\\nAnslut: https://teams.microsoft.com/l/meetup-join/1
 9%3ameeting_x
SEQUENCE:2
STATUS:CONFIRMED
BEGIN:VALARM
DESCRIPTION:REMINDER
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def event(*lines: str, method: str = "PUBLISH") -> bytes:
    text = ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(text).encode()


def test_outlooks_invitation_is_read_whole():
    found = first_event(OUTLOOK.encode(), "Europe/Stockholm")
    assert found.title == "Fältvandring, mellangrödor"
    assert (found.start, found.end) == (datetime(2026, 8, 26, 13), datetime(2026, 8, 26, 15, 30))
    assert found.timezone == "Europe/Stockholm"
    assert found.place == "Norrby gård; Tuna"
    assert found.online_url == "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x"
    assert (found.organiser, found.organiser_email) == ("Berg, Åsa", "asa.berg@example.se")
    assert (found.uid, found.sequence, found.method) == ("040000008200E00074C5B7101A82E008", 2, "REQUEST")
    assert found.description.startswith("Ta stövlar.\n")
    assert (found.onsite, found.online, found.cancelled, found.all_day) == (True, True, False, False)


@pytest.mark.parametrize(
    ("tzid", "hour", "zone"),
    [
        ("Europe/Stockholm", 13, "Europe/Stockholm"),
        ("W. Europe Standard Time", 13, "Europe/Stockholm"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', 13, "Europe/Stockholm"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", 13, "Europe/Stockholm"),
        ("/freeassociation.sourceforge.net/Europe/Stockholm", 13, "Europe/Stockholm"),
        ("FLE Standard Time", 13, "Europe/Kiev"),
        ("Nobody's zone", 13, "Europe/Stockholm"),
        ("../../etc/passwd", 13, "Europe/Stockholm"),
    ],
)
def test_zones_by_any_of_their_names(tzid, hour, zone):
    found = first_event(event(f"DTSTART;TZID={tzid}:20260826T130000"), "Europe/Stockholm")
    assert found.start == datetime(2026, 8, 26, hour)
    assert found.timezone == zone


def test_utc_is_told_by_the_clock_on_our_wall_summer_and_winter():
    assert first_event(event("DTSTART:20260826T110000Z"), "Europe/Stockholm").start == datetime(2026, 8, 26, 13)
    assert first_event(event("DTSTART:20261126T110000Z"), "Europe/Stockholm").start == datetime(2026, 11, 26, 12)


def test_a_zone_without_a_name_is_reckoned_by_the_hours_it_says():
    zone = "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n"
    data = zone.encode() + event("DTSTART;TZID=Mine:20260826T130000")
    assert first_event(data, "Europe/Stockholm").start == datetime(2026, 8, 26, 9, 30)


def test_an_end_in_another_zone_is_told_in_the_zone_of_the_start():
    found = first_event(
        event("DTSTART;TZID=Europe/Stockholm:20260826T130000", "DTEND;TZID=Europe/Helsinki:20260826T160000"),
        "Europe/Stockholm",
    )
    assert found.end == datetime(2026, 8, 26, 15)


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        (["DTSTART;VALUE=DATE:20260826", "DTEND;VALUE=DATE:20260828"], date(2026, 8, 26), date(2026, 8, 27)),
        (["DTSTART;VALUE=DATE:20260826"], date(2026, 8, 26), date(2026, 8, 26)),
        (["DTSTART;VALUE=DATE:20260826", "DTEND;VALUE=DATE:20260826"], date(2026, 8, 26), date(2026, 8, 26)),
        (["DTSTART;VALUE=DATE:20260826", "DURATION:P3D"], date(2026, 8, 26), date(2026, 8, 28)),
        (
            ["X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "DTSTART:20260826T000000", "DTEND:20260828T000000"],
            date(2026, 8, 26),
            date(2026, 8, 27),
        ),
    ],
)
def test_whole_days_end_on_their_last_day(lines, start, end):
    found = first_event(event(*lines), "Europe/Stockholm")
    assert (found.all_day, found.start, found.end) == (True, start, end)


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ([], None),
        (["DURATION:PT90M"], datetime(2026, 8, 26, 14, 30)),
        (["DTEND:20260826T120000"], None),  # before the start
        (["DTEND:20260826T130000"], None),  # no length
        (["DTEND;VALUE=DATE:20260827"], None),
        (["DTEND:rubbish"], None),
    ],
)
def test_an_end_that_makes_no_sense_is_none(lines, end):
    assert first_event(event("DTSTART:20260826T130000", *lines), "Europe/Stockholm").end == end


@pytest.mark.parametrize(
    ("lines", "onsite", "online", "url"),
    [
        (["LOCATION:Vreta Kluster"], True, False, ""),
        (["LOCATION:Microsoft Teams-möte"], False, True, ""),
        (["LOCATION:Digitalt via Zoom"], False, True, ""),
        (["LOCATION:Vreta Kluster eller Teams"], True, True, ""),
        (["LOCATION:https://slu-se.zoom.us/j/123"], False, True, "https://slu-se.zoom.us/j/123"),
        (["X-GOOGLE-CONFERENCE:https://meet.google.com/abc"], False, True, "https://meet.google.com/abc"),
        (["URL:https://example.se/anmalan"], False, False, ""),
        (["DESCRIPTION:Se https://notzoom.us.example.se/j/1"], False, False, ""),
    ],
)
def test_where_people_meet(lines, onsite, online, url):
    found = first_event(event("DTSTART:20260826T130000", *lines), "Europe/Stockholm")
    assert (found.onsite, found.online, found.online_url) == (onsite, online, url)


def test_cancelled_by_method_or_by_status():
    assert first_event(event("DTSTART:20260826T130000", method="CANCEL"), "Europe/Stockholm").cancelled
    assert first_event(event("DTSTART:20260826T130000", "STATUS:CANCELLED"), "Europe/Stockholm").cancelled
    assert not first_event(event("DTSTART:20260826T130000"), "Europe/Stockholm").cancelled


def test_of_a_series_the_pattern_is_read_and_not_one_moved_day():
    moved = event("UID:1", "RECURRENCE-ID:20260902T130000", "DTSTART:20260903T130000")
    found = first_event(
        moved + b"\r\n" + event("UID:1", "DTSTART:20260826T130000", "RRULE:FREQ=WEEKLY"), "Europe/Stockholm"
    )
    assert (found.start, found.recurring) == (datetime(2026, 8, 26, 13), True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Hej",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR",
        event("SUMMARY:no start"),
        event("DTSTART:20269999T130000"),
        event("DTSTART:00010101T000000"),
        event("DTSTART;TZID=" + "x" * 10_000 + ":i morgon"),
        b"BEGIN:VEVENT\n" * 10_000,
        b"\xff\xfe\x00" * 1000,
    ],
)
def test_what_cannot_be_understood_is_said_so(data):
    with pytest.raises(CalendarUnreadable):
        first_event(data, "Europe/Stockholm")


def test_all_events_of_a_file_are_read_each_series_once_and_with_its_calendars_method():
    data = b"\r\n".join(
        [
            event("UID:1", "SUMMARY:Ett", "DTSTART:20260826T130000", "RRULE:FREQ=WEEKLY")[: -len("\r\nEND:VCALENDAR")],
            b"BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20260902T130000\r\nDTSTART:20260903T130000\r\nEND:VEVENT",
            b"BEGIN:VEVENT\r\nUID:2\r\nDTSTART:nonsense\r\nEND:VEVENT",
            b"BEGIN:VEVENT\r\nUID:3\r\nDTSTART;TZID=Europe/Helsinki:20260827T100000\r\nEND:VEVENT",
            b"BEGIN:VEVENT\r\nUID:4\r\nDTSTART:20260828T100000\r\nEND:VEVENT\r\nEND:VCALENDAR",
            event("UID:5", "DTSTART:20260829T100000", method="CANCEL"),
        ]
    )
    found = all_events(data, "Europe/Stockholm")
    assert [(one.uid, one.start, one.timezone, one.cancelled) for one in found] == [
        ("1", datetime(2026, 8, 26, 13), "Europe/Stockholm", False),
        ("3", datetime(2026, 8, 27, 10), "Europe/Helsinki", False),
        ("4", datetime(2026, 8, 28, 10), "Europe/Stockholm", False),
        ("5", datetime(2026, 8, 29, 10), "Europe/Stockholm", True),
    ]
    with pytest.raises(CalendarUnreadable):
        all_events(event("UID:1", "DTSTART:nonsense"), "Europe/Stockholm")


def test_one_day_of_a_series_alone_is_that_day():
    (found,) = all_events(
        event("UID:1", "RECURRENCE-ID:20260902T130000", "DTSTART:20260903T130000"), "Europe/Stockholm"
    )
    assert found.start == datetime(2026, 9, 3, 13)


def test_an_event_with_a_file_in_it_is_read_without_the_file():
    found = first_event(
        event("DTSTART:20260826T130000", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "a" * 900_000), "Europe/Stockholm"
    )
    assert found.start == datetime(2026, 8, 26, 13)


def test_a_series_whose_first_day_was_moved_begins_when_it_does():
    series = event("UID:1", "SUMMARY:Kaffe", "DTSTART;TZID=Europe/Stockholm:20260826T130000", "RRULE:FREQ=WEEKLY")
    moved = event("UID:1", "SUMMARY:Kaffe, ny dag", "RECURRENCE-ID:20260826T110000Z", "DTSTART:20260827T110000Z")
    (found,) = all_events(series + b"\n" + moved, "Europe/Stockholm")
    assert (found.title, found.start, found.recurring) == ("Kaffe, ny dag", datetime(2026, 8, 27, 13), True)
    off = moved.replace(b"SUMMARY", b"STATUS:CANCELLED\r\nSUMMARY")
    (found,) = all_events(series + b"\n" + off, "Europe/Stockholm")
    assert (found.start, found.cancelled) == (datetime(2026, 8, 26, 13), False)


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART:20260826T1300", datetime(2026, 8, 26, 13)),
        ("DTSTART:2026-08-26T13:00:00", datetime(2026, 8, 26, 13)),
        ("DTSTART:20260826T130000+0300", datetime(2026, 8, 26, 12)),
        ("DTSTART:20260825T240000", datetime(2026, 8, 26)),
        ("dtstart;value=date:20260826", date(2026, 8, 26)),
        ("DTSTART;TZID=tzone://Microsoft/Utc:20260826T110000", datetime(2026, 8, 26, 11)),
        ('DTSTART;X-A="x:y;z";TZID="W. Europe Standard Time":20260826T130000', datetime(2026, 8, 26, 13)),
    ],
)
def test_times_as_programs_write_them(line, start):
    assert first_event(event(line), "Europe/Stockholm").start == start


def test_the_calendars_of_old_telephones_are_read():
    found = first_event(
        event(
            "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:F=C3=A4ltvandring =",
            "i Tuna",
            "LOCATION;QUOTED-PRINTABLE:Norrby",
            "DTSTART:20260826T110000Z",
        ),
        "Europe/Stockholm",
    )
    assert (found.title, found.place) == ("Fältvandring i Tuna", "Norrby")


def test_a_description_in_html_is_read_as_text():
    text = "<html><p>Hej &amp; välkommen</p><br>Ta <b>stövlar</b>, 2 < 3</html>"
    found = first_event(event("DTSTART:20260826T130000", f"DESCRIPTION:{text}"), "Europe/Stockholm")
    assert found.description == "Hej & välkommen\n\nTa stövlar, 2 < 3"
    plain = first_event(event("DTSTART:20260826T130000", "DESCRIPTION:1 < 2 <anna@x.se>"), "Europe/Stockholm")
    assert plain.description == "1 < 2 <anna@x.se>"
