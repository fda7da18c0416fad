"""The schedule of one process: which job runs when, one at a time on each lane, and a clean stop.

The times stand in config.yaml and what has run stands in the warehouse, so APScheduler keeps its
jobs in memory. Jobs are plain callables: what they do is known to the caller only.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition, Event
from time import perf_counter
from typing import Literal

from apscheduler import events
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from forms.errors import KafoError
from sync.errors import BusyError
from sync.log import note, note_crash
from warehouse.types import iso

Lane = Literal["work", "watch"]
"""`work` talks to Central and writes rows; `watch` looks on and is never kept waiting by it."""

_EVENTS = {
    events.EVENT_JOB_MISSED: "job_missed",
    events.EVENT_JOB_MAX_INSTANCES: "job_still_running",
    events.EVENT_JOB_ERROR: "job_error",
}


@dataclass(frozen=True, slots=True)
class Every:
    """At the start of the process, and then every so many minutes."""

    minutes: float


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at `HH:MM` UTC, which is the time of Bamako all year; at the start when overdue."""

    at: str


@dataclass(frozen=True, slots=True)
class After:
    """Each time another job has ended, whether it went well or not."""

    job: str


@dataclass(frozen=True, slots=True)
class OnRequest:
    """Only when somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do, and when."""

    name: str
    trigger: Every | Daily | After | OnRequest
    call: Callable[[], object]
    lane: Lane = "work"


@dataclass(frozen=True, slots=True)
class JobReport:
    """How a job ended: `ok`, `failed`, `busy` (another process holds the lock) or `stopped`."""

    name: str
    started_at: str
    ended_at: str
    outcome: Literal["ok", "failed", "busy", "stopped"]
    error: str | None = None


class Stopped(KafoError):
    """A job gave up at a safe place because the process is stopping."""


def stopped() -> Stopped:
    """What a job raises between two pieces of work once it is asked to stop."""
    return Stopped(
        "Arrêt demandé : la suite sera faite au prochain passage.",
        "Asked to stop: the rest will be done by the next run.",
    )


class Schedule:
    """Runs jobs until it is stopped. `stopping` is set then, so that long jobs can give up early."""

    def __init__(
        self,
        jobs: Iterable[Job],
        record: Callable[[JobReport], None],
        *,
        now: Callable[[], str],
        stopping: Event,
        succeeded: Mapping[str, str],
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._record, self._now, self._stopping = record, now, stopping
        self._succeeded = succeeded
        self._running: set[str] = set()
        self._change = Condition()
        lanes: tuple[Lane, ...] = ("work", "watch")
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={lane: ThreadPoolExecutor(1) for lane in lanes},
            # By default a job that is one second late (a busy lane, a laptop that slept) is dropped.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin; jobs that are due run at once, in the order they were given."""
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # _noticed says it in our words
        self._scheduler.add_listener(self._noticed, sum(_EVENTS))
        begin = datetime.fromisoformat(self._now())
        for place, job in enumerate(self._jobs.values()):
            # Jobs due at the same moment are taken in the order of their names: keep ours.
            self._plan(job, begin + timedelta(milliseconds=place))
        self._scheduler.start()

    def run_now(self, name: str) -> None:
        """Let a job run as soon as its lane is free; its own times stay as they are."""
        job, moment = self._jobs[name], datetime.fromisoformat(self._now())
        if isinstance(job.trigger, After | OnRequest):
            self._add(job, DateTrigger(moment), moment)
        else:
            self._scheduler.modify_job(name, next_run_time=moment)

    def upcoming(self) -> dict[str, str]:
        """When each job runs next; jobs that follow others have no time of their own."""
        planned = {job.id: job.next_run_time for job in self._scheduler.get_jobs()}
        return {name: iso(moment) for name, moment in planned.items() if moment is not None}

    def stop(self, grace: float) -> list[str]:
        """Start nothing more and wait at most `grace` seconds; the jobs that are still running."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        with self._change:
            self._change.wait_for(lambda: not self._running, timeout=grace)
            return sorted(self._running)

    def _plan(self, job: Job, begin: datetime) -> None:
        if isinstance(job.trigger, Every):
            self._add(job, IntervalTrigger(minutes=job.trigger.minutes, timezone=UTC), begin)
        elif isinstance(job.trigger, Daily):
            hour, minute = job.trigger.at.split(":")
            trigger = CronTrigger(hour=int(hour), minute=int(minute), timezone=UTC)
            # A laptop that is off at three every night would never run it.
            overdue = self._succeeded.get(job.name, "") < iso(begin - timedelta(days=1))
            due = begin if overdue else trigger.get_next_fire_time(None, begin)
            self._add(job, trigger, due)

    def _add(self, job: Job, trigger: object, due: datetime) -> None:
        self._scheduler.add_job(
            self._run,
            trigger,
            args=[job],
            id=job.name,
            executor=job.lane,
            next_run_time=due,
            replace_existing=True,
        )

    def _run(self, job: Job) -> None:
        with self._change:
            if self._stopping.is_set():  # it waited in the lane's queue while the process stopped
                return
            self._running.add(job.name)
        try:
            report = self._attempt(job)
            self._keep(report)
            if report.outcome in ("ok", "failed"):
                self._follow(job)
        finally:
            with self._change:
                self._running.discard(job.name)
                self._change.notify_all()

    def _attempt(self, job: Job) -> JobReport:
        started_at, started = self._now(), perf_counter()
        outcome: Literal["ok", "failed", "busy", "stopped"] = "ok"
        error: str | None = None
        try:
            job.call()
        except BusyError as problem:
            outcome, error = "busy", str(problem)
        except Stopped as problem:
            outcome, error = "stopped", str(problem)
        except KafoError as problem:
            outcome, error = "failed", str(problem)
        except Exception as problem:
            note_crash("job_crashed", problem, job=job.name)
            outcome, error = "failed", type(problem).__name__
        level = logging.ERROR if outcome == "failed" else logging.INFO
        seconds = round(perf_counter() - started, 3)
        note("job", level=level, job=job.name, outcome=outcome, seconds=seconds, error=error)
        return JobReport(job.name, started_at, self._now(), outcome, error)

    def _keep(self, report: JobReport) -> None:
        """The warehouse may be what failed: then the log is all there is."""
        try:
            self._record(report)
        except KafoError as problem:
            note("job_not_recorded", level=logging.ERROR, job=report.name, error=str(problem))

    def _follow(self, done: Job) -> None:
        for job in self._jobs.values():
            if job.trigger == After(done.name) and not self._stopping.is_set():
                self.run_now(job.name)

    def _noticed(self, event: events.JobExecutionEvent) -> None:
        error = getattr(event, "exception", None)
        kind = type(error).__name__ if error is not None else None
        note(_EVENTS[event.code], level=logging.WARNING, job=event.job_id, kind=kind)
