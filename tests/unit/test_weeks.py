"""When the digest is shown, goes, and is too late: wall times where the network is, whatever summer time does."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.weeks import NoSuchWeek, Rhythm, Step, due, monday_of, read_week, week_after, week_of
from storage.ids import Week
from storage.words import DigestState

USUAL = Rhythm(timezone="Europe/Stockholm", hour=time(7, 30), preview_hour=time(13))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("week", "shown", "goes", "closes"),
    [
        ("2026-W48", "2026-11-20T13:00+01:00", "2026-11-23T07:30+01:00", "2026-11-23T18:00+01:00"),
        # Summer time ends on Sunday 25 October 2026, between the preview and the digest.
        ("2026-W44", "2026-10-23T13:00+02:00", "2026-10-26T07:30+01:00", "2026-10-26T18:00+01:00"),
        # And begins on Sunday 28 March 2027.
        ("2027-W13", "2027-03-26T13:00+01:00", "2027-03-29T07:30+02:00", "2027-03-29T18:00+02:00"),
        # 2026 has a week 53; 2027 begins with week 1 on 4 January.
        ("2026-W53", "2026-12-25T13:00+01:00", "2026-12-28T07:30+01:00", "2026-12-28T18:00+01:00"),
        ("2027-W01", "2027-01-01T13:00+01:00", "2027-01-04T07:30+01:00", "2027-01-04T18:00+01:00"),
    ],
)
def test_the_hours_of_an_edition(week: str, shown: str, goes: str, closes: str):
    hours = USUAL.shown_at(Week(week)), USUAL.goes_at(Week(week)), USUAL.closes_at(Week(week))
    assert hours == (at(shown), at(goes), at(closes))
    # As instants, too: a wrong offset would make a wall time compare equal and be an hour off.
    assert [hour.astimezone(UTC) for hour in hours] == [at(t).astimezone(UTC) for t in (shown, goes, closes)]


@pytest.mark.parametrize(
    ("now", "state", "step"),
    [
        ("2026-11-20T12:59+01:00", None, None),
        ("2026-11-20T13:00+01:00", None, Step.SHOW),
        ("2026-11-20T13:01+01:00", DigestState.DRAFT, None),
        ("2026-11-22T23:59+01:00", None, Step.SHOW),
        ("2026-11-23T07:29+01:00", DigestState.DRAFT, None),
        ("2026-11-23T07:30+01:00", DigestState.DRAFT, Step.SEND),
        ("2026-11-23T07:30+01:00", None, Step.SEND),
        ("2026-11-23T17:59+01:00", DigestState.DRAFT, Step.SEND),
        ("2026-11-23T18:00+01:00", DigestState.DRAFT, Step.ASK),
        ("2026-11-25T09:00+01:00", None, Step.ASK),
        ("2026-11-23T08:00+01:00", DigestState.SENT, None),
        ("2026-11-23T08:00+01:00", DigestState.SKIPPED, None),
        ("2026-11-23T19:00+01:00", DigestState.MISSED, None),
        ("2026-11-23T19:00+01:00", DigestState.EMPTY, None),
    ],
)
def test_what_is_due(now: str, state: DigestState | None, step: Step | None):
    week = Week("2026-W48")
    states = {Week("2026-W47"): DigestState.SENT} | ({week: state} if state else {})
    assert due(at(now), USUAL, states) == ([(step, week)] if step else [])


def test_a_network_that_writes_on_thursday_evenings():
    rhythm = Rhythm(timezone="Europe/Stockholm", day=3, hour=time(19), preview_day=3, preview_hour=time(9))
    week = Week("2026-W48")
    assert rhythm.shown_at(week) == at("2026-11-26T09:00+01:00")
    assert rhythm.goes_at(week) == at("2026-11-26T19:00+01:00")
    assert rhythm.closes_at(week) == at("2026-11-27T00:00+01:00")  # 18.00 is past before it goes: until midnight
    later = Rhythm(timezone="Europe/Stockholm", day=3, hour=time(7), preview_day=3, preview_hour=time(9))
    assert later.shown_at(week) == at("2026-11-19T09:00+01:00")  # never after it has gone


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_every_day_has_its_week_and_every_week_the_next(day: date):
    week = week_of(day)
    assert monday_of(week) <= day < monday_of(week) + timedelta(days=7)
    assert monday_of(week_after(week)) == monday_of(week) + timedelta(days=7)
    assert read_week(week.lower()) == week


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(0, 6), st.integers(0, 6), st.times(), st.times())
def test_it_is_always_shown_before_it_goes_and_goes_before_it_is_too_late(day, on, shown_on, hour, shown):
    rhythm = Rhythm(timezone="Europe/Stockholm", day=on, hour=hour, preview_day=shown_on, preview_hour=shown)
    week = week_of(day)
    assert rhythm.shown_at(week) < rhythm.goes_at(week) < rhythm.closes_at(week)
    assert rhythm.goes_at(week) - rhythm.shown_at(week) <= timedelta(days=7, hours=1)
    assert week_of(rhythm.goes_at(week).date()) == week


@pytest.mark.parametrize(
    "text", ["2026-W54", "2027-W53", "2026-W00", "2026-48", "v. 48", "", "W48", "20²6-W48", "9999-W53"]
)
def test_what_is_no_week(text: str):
    with pytest.raises(NoSuchWeek, match="write it as 2026-W48"):
        read_week(text)
