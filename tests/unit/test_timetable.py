"""The timetable: local hours, right across summer time, and a job that fails does not end the others."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from schedules.timetable import Job, keep_time

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-10-24T12:00+02:00", "2026-10-25T03:10+01:00"),  # summer time ends at 3
        ("2027-03-27T12:00+01:00", "2027-03-28T03:10+02:00"),  # and begins at 2
        ("2026-12-31T12:00+01:00", "2027-01-01T03:10+01:00"),  # week 53
    ],
)
def test_a_job_runs_at_its_hour_where_the_network_is(after: str, due: str):
    trigger = CronTrigger(hour=3, minute=10, timezone=STOCKHOLM)
    fires = trigger.get_next_fire_time(None, datetime.fromisoformat(after).astimezone(UTC))
    assert fires == datetime.fromisoformat(due)
    assert trigger.get_next_fire_time(fires, fires.astimezone(UTC)).date() > fires.date()  # once a day


async def test_a_failing_job_runs_again_and_disturbs_nobody():
    ran: list[str] = []
    twice = asyncio.Event()

    async def fails() -> None:
        ran.append("fails")
        if ran.count("fails") >= 2 and "works" in ran:
            twice.set()
        raise ValueError("the ledger is odd")

    async def works() -> None:
        ran.append("works")

    jobs = (Job("fails", fails, {"second": "*"}), Job("works", works, {"second": "*"}))
    keeping = asyncio.create_task(keep_time(jobs, "Europe/Stockholm"))
    await asyncio.wait_for(twice.wait(), 10)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_what_may_have_come_due_while_nothing_ran_runs_at_once():
    ran = asyncio.Event()

    async def run() -> None:
        ran.set()

    later = {"month": (datetime.now(UTC) + timedelta(days=90)).month}
    keeping = asyncio.create_task(keep_time((Job("digest", run, later, at_start=True),), "Europe/Stockholm"))
    await asyncio.wait_for(ran.wait(), 10)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
