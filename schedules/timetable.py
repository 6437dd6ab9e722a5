"""The timetable: which jobs run when. A job asks the ledger what is due and not done, so a missed, double or
concurrent run does nothing wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that happens by the clock."""

    name: str
    run: Callable[[], Awaitable[None]]
    #: APScheduler's cron fields in the network's zone; days by name ("mon"), since 0 is Monday there.
    when: dict[str, str | int] = field(default_factory=dict)
    #: Also when the clock begins to be kept: what came due while nothing ran does not wait for the next time.
    at_start: bool = False


async def keep_time(jobs: Sequence[Job], timezone: str) -> None:
    """Run the jobs by the clock, for ever. A job that fails is logged and runs again at its next time."""
    scheduler = AsyncIOScheduler(
        timezone=timezone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_listener(_failed, EVENT_JOB_ERROR)
    for job in jobs:
        first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
        scheduler.add_job(job.run, "cron", id=job.name, **job.when, **first)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


def _failed(event: JobExecutionEvent) -> None:
    log.error("job.failed", job=event.job_id, error=f"{type(event.exception).__name__}: {event.exception}")
