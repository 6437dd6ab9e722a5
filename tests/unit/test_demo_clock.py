"""The demo's clock: where a jump leads, and what lies on the way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo.clock import DemoClock, moment_of, moments_between

ZONE = ZoneInfo("Europe/Stockholm")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("to", "now", "then"),
    [
        ("monday", "2026-11-27T13:04", "2026-11-30T07:30"),
        ("monday", "2026-11-30T07:29", "2026-11-30T07:30"),
        ("monday", "2026-11-30T07:30", "2026-12-07T07:30"),
        ("friday", "2026-11-27T13:04", "2026-12-04T13:00"),
        ("friday", "2026-11-27T12:59", "2026-11-27T13:00"),
        ("hour", "2026-11-27T23:30", "2026-11-28T00:30"),
        # Over the ends of summer time the wall stays, and the hours between are as many as they are.
        ("day", "2026-10-24T12:00", "2026-10-25T12:00"),
        ("day", "2027-03-27T12:00", "2027-03-28T12:00"),
        ("monday", "2026-10-24T12:00", "2026-10-26T07:30"),
    ],
)
def test_a_jump_leads_forward_to_the_wall_time_that_is_meant(to: str, now: str, then: str):
    assert moment_of(to, at(now).astimezone(UTC), ZONE) == at(then)


def test_nothing_of_a_jumped_week_is_left_out():
    found = [
        moment.astimezone(ZONE) for moment in moments_between(at("2026-11-25T10:00"), at("2026-11-30T07:30"), ZONE)
    ]
    assert found == [
        at("2026-11-26T08:00"),
        at("2026-11-27T08:00"),
        at("2026-11-27T13:00"),
        at("2026-11-28T08:00"),
        at("2026-11-29T08:00"),
        at("2026-11-30T07:30"),
    ]
    assert moments_between(at("2026-11-30T10:00"), at("2026-11-30T11:00"), ZONE) == [at("2026-11-30T11:00")]


def test_the_clock_goes_on_from_where_it_was_and_never_back(tmp_path: Path):
    clock = DemoClock(tmp_path / "clock.json")
    before = clock()
    clock.go_to(before + timedelta(days=3))
    assert timedelta(days=3) <= clock() - before < timedelta(days=3, seconds=5)
    again = DemoClock(tmp_path / "clock.json")
    assert again.offset == clock.offset
    for wrong in (clock() - timedelta(hours=1), clock() + timedelta(days=30 * 365)):
        with pytest.raises(ValueError, match="only goes forward"):
            clock.go_to(wrong)
    assert DemoClock(tmp_path / "clock.json").offset == again.offset
