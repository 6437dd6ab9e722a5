"""The calendar file says when and where, exactly as far as it is known, and fills nobody's calendar by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from bridges.mail.calendar_out import EventView, calendar_file
from bridges.texts import Texts
from storage.words import EventStatus, Precision

WALK = EventView(
    title="Fältvandring om mellangrödor",
    start="2026-08-26T13:00",
    end="2026-08-26T15:30",
    timezone="Europe/Stockholm",
    starts_at=datetime(2026, 8, 26, 11, tzinfo=UTC),
    ends_at=datetime(2026, 8, 26, 13, 30, tzinfo=UTC),
    place="Norrby gård, Tuna",
    registration_url="https://exempel.se/anmalan?a=1&b=2",
    uid="item-12@lista.example.se",
    sequence=2,
)


def written(event: EventView, text: str = "Ta med stövlar.", lang: str = "sv") -> bytes:
    return calendar_file(
        event,
        text=text,
        url="https://kluster.example.se/i/12",
        organiser=("Vreta Kluster", "kluster@lista.example.se"),
        stamp=datetime(2026, 8, 14, 8, tzinfo=UTC),
        t=Texts(lang),
    )


def entry(event: EventView):
    calendar = Calendar.from_ical(written(event))
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def test_a_meeting_is_published_in_universal_time_with_its_place():
    calendar, event = entry(WALK)
    assert str(calendar["method"]) == "PUBLISH"
    assert event.decoded("dtstart") == datetime(2026, 8, 26, 11, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2026, 8, 26, 13, 30, tzinfo=UTC)
    assert (str(event["uid"]), event["sequence"], str(event["location"])) == (WALK.uid, 2, "Norrby gård, Tuna")
    assert str(event["organizer"]) == "mailto:kluster@lista.example.se"
    assert "ATTENDEE" not in event
    assert "exempel.se/anmalan?a=1&b=2" in event["description"]


def test_an_end_that_nobody_gave_is_not_invented():
    _, event = entry(replace(WALK, end=None, ends_at=None))
    assert "DTEND" not in event
    assert "DURATION" not in event


@pytest.mark.parametrize(
    ("precision", "all_day", "start", "end", "first", "after", "status"),
    [
        (Precision.DAY, False, "2026-08-26", None, date(2026, 8, 26), date(2026, 8, 27), "TENTATIVE"),
        (Precision.DAY, True, "2026-08-26", "2026-08-28", date(2026, 8, 26), date(2026, 8, 29), "CONFIRMED"),
        (Precision.WEEK, False, "2026-11-16", None, date(2026, 11, 16), date(2026, 11, 23), "TENTATIVE"),
    ],
)
def test_days_and_weeks_are_whole_days_that_leave_people_free(precision, all_day, start, end, first, after, status):
    _, event = entry(replace(WALK, precision=precision, all_day=all_day, start=start, end=end))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (first, after)  # the end is exclusive
    assert (str(event["transp"]), str(event["status"])) == ("TRANSPARENT", status)


def test_a_week_is_named_in_the_title():
    _, event = entry(replace(WALK, precision=Precision.WEEK, start="2026-11-16", end=None))
    assert str(event["summary"]) == "Fältvandring om mellangrödor (v. 47)"


def test_a_cancelled_meeting_is_taken_out_of_calendars():
    calendar, event = entry(replace(WALK, status=EventStatus.CANCELLED, sequence=3))
    assert (str(calendar["method"]), str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 3)
    assert str(event["summary"]) == "Inställt: Fältvandring om mellangrödor"


def test_lines_are_folded_at_75_octets_without_cutting_a_letter():
    raw = written(replace(WALK, title="Öppet hus " + "åäö" * 40), text="Å" * 3000)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    for line in raw.split(b"\r\n"):
        line.decode("utf-8")
    assert b"Rad tv\xc3\xa5\\n" in written(WALK, text="Rad två\nRad tre")


def test_hostile_words_stay_in_their_field():
    _, event = entry(replace(WALK, title="Lunch\r\nATTENDEE:mailto:x@exempel.se", organiser='A"B;C:D', uid="a\r\nb"))
    assert "ATTENDEE" not in event
    assert str(event["summary"]) == "Lunch ATTENDEE:mailto:x@exempel.se"


def test_it_is_small():
    assert len(written(WALK)) < 1000  # no hundreds of lines of time zone history
