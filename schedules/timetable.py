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

#: Seconds that a job under way has to finish when the program stops; it takes a few milliseconds.
GRACE_SECONDS = 3.0


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
    under_way = UnderWay()
    for job in jobs:
        first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
        scheduler.add_job(under_way.watched(job.run), "cron", id=job.name, **job.when, **first)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.pause()
        await under_way.ended(GRACE_SECONDS)
        scheduler.shutdown(wait=False)


class UnderWay:
    """The jobs that run at this moment: at the end each may finish before the database is closed under it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def watched(self, run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same job, known while it runs."""

        async def running() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  APScheduler runs this as a task
            self._tasks.add(task)
            try:
                await run()
            finally:
                self._tasks.discard(task)

        return running

    async def ended(self, seconds: float) -> None:
        """Wait until none runs, so long at most."""
        if tasks := set(self._tasks):
            await asyncio.wait(tasks, timeout=seconds)


def _failed(event: JobExecutionEvent) -> None:
    log.error("job.failed", job=event.job_id, error=f"{type(event.exception).__name__}: {event.exception}")
