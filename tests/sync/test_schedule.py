"""Jobs run on time, one at a time, survive each other's failures, and stop cleanly."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import Engine, select

from forms.errors import KafoError
from sync import errors
from sync.job_ledger import note_job, successes
from sync.schedule import After, Daily, Every, Job, JobReport, OnRequest, Schedule, stopped
from warehouse import tables
from warehouse.types import iso

SOON = 0.0005  # minutes
LONG = 600


def now() -> str:
    return iso(datetime.now(UTC))


class Desk:
    """Starts schedules and gathers what they report."""

    def __init__(self) -> None:
        self.stopping, self.reports = Event(), list[JobReport]()
        self.enough, self._wanted = Event(), 0
        self.schedule: Schedule | None = None

    def record(self, report: JobReport) -> None:
        self.reports.append(report)
        if len(self.reports) >= self._wanted:
            self.enough.set()

    def run(
        self,
        *jobs: Job,
        until: int,
        succeeded: dict[str, str] | None = None,
        clock: Callable[[], str] = now,
    ) -> list[str]:
        self._wanted = until
        self.schedule = Schedule(
            jobs, self.record, now=clock, stopping=self.stopping, succeeded=succeeded or {}
        )
        self.schedule.start()
        if until:
            assert self.enough.wait(20)
        return [report.name for report in self.reports]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    if made.schedule is not None and not made.stopping.is_set():
        assert made.schedule.stop(10) == []


def nothing() -> None:
    pass


def test_due_jobs_run_at_once_in_the_order_given(desk: Desk) -> None:
    names = ["sync", "reconcile", "attachments"]
    jobs = [Job(name, Every(LONG), nothing) for name in names]
    assert desk.run(*jobs, until=3) == names
    assert [report.outcome for report in desk.reports] == ["ok"] * 3


def test_a_job_that_comes_too_late_after_a_sleep_is_not_dropped(desk: Desk) -> None:
    def an_hour_ago() -> str:
        return iso(datetime.now(UTC) - timedelta(hours=1))

    seen = desk.run(Job("sync", Every(LONG), nothing), until=1, clock=an_hour_ago)
    assert seen == ["sync"]


def test_a_job_comes_again_and_a_failure_stops_neither_it_nor_the_others(desk: Desk) -> None:
    def fail() -> None:
        raise RuntimeError("the answer was Fatoumata")

    seen = desk.run(Job("bad", Every(SOON), fail), Job("good", Every(SOON), nothing), until=8)
    assert seen.count("bad") >= 2
    assert seen.count("good") >= 2
    bad = next(report for report in desk.reports if report.name == "bad")
    assert (bad.outcome, bad.error) == ("failed", "RuntimeError")


def test_our_own_errors_are_told_in_our_words_and_a_busy_lock_is_no_failure(desk: Desk) -> None:
    def busy() -> None:
        raise errors.already_running()

    def down() -> None:
        raise errors.unreachable("https://central.example.org")

    desk.run(Job("one", Every(LONG), busy), Job("two", Every(LONG), down), until=2)
    assert [report.outcome for report in desk.reports] == ["busy", "failed"]
    assert "ne répond pas" in (desk.reports[1].error or "")


def test_a_job_never_overlaps_itself_nor_another_on_its_lane(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kafo")
    inside, most, skipped = 0, 0, Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "job_still_running":
                skipped.set()

    logging.getLogger("kafo").addHandler(ear := Ear())

    def slow() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        assert skipped.wait(20)
        inside -= 1

    desk.run(Job("a", Every(SOON), slow), Job("b", Every(SOON), slow), until=4)
    logging.getLogger("kafo").removeHandler(ear)
    assert most == 1


def test_the_watch_is_not_kept_waiting_by_the_work(desk: Desk) -> None:
    watched = Event()

    def work() -> None:
        assert watched.wait(20)

    jobs = Job("work", Every(LONG), work), Job("alarms", Every(LONG), watched.set, lane="watch")
    assert set(desk.run(*jobs, until=2)) == {"work", "alarms"}
    assert {report.outcome for report in desk.reports} == {"ok"}


@pytest.mark.parametrize("outcome", ["ok", "failed"])
def test_a_job_follows_another_however_it_ended(desk: Desk, outcome: str) -> None:
    def sync() -> None:
        if outcome == "failed":
            raise KafoError("non", "no")

    jobs = Job("reports", After("sync"), nothing), Job("sync", Every(SOON), sync)
    assert desk.run(*jobs, until=4)[:4] == ["sync", "reports", "sync", "reports"]


def test_nothing_follows_a_run_that_found_the_lock_held(desk: Desk) -> None:
    def busy() -> None:
        raise errors.already_running()

    jobs = Job("reports", After("sync"), nothing), Job("sync", Every(SOON), busy)
    assert set(desk.run(*jobs, until=3)) == {"sync"}


def test_a_daily_job_that_was_missed_runs_at_the_start_and_one_that_was_not_waits(
    desk: Desk,
) -> None:
    moment = datetime.now(UTC)
    at = f"{moment + timedelta(hours=5):%H:%M}"
    late, fresh = iso(moment - timedelta(hours=25)), iso(moment - timedelta(hours=20))
    jobs = [Job(name, Daily(at), nothing) for name in ("fresh", "late", "never")]
    jobs.append(Job("last", Every(LONG), nothing))
    seen = desk.run(*jobs, until=3, succeeded={"late": late, "fresh": fresh})
    assert seen == ["late", "never", "last"]


def test_a_job_can_be_asked_for_now(desk: Desk) -> None:
    desk.run(Job("sync", Every(LONG), nothing), until=1)
    assert desk.schedule is not None
    desk.enough.clear()
    desk._wanted = 2
    desk.schedule.run_now("sync")
    assert desk.enough.wait(20)


def test_a_job_on_request_runs_only_then(desk: Desk) -> None:
    jobs = Job("form", OnRequest(), nothing), Job("sync", Every(LONG), nothing)
    assert desk.run(*jobs, until=1) == ["sync"]
    assert desk.schedule is not None
    desk.enough.clear()
    desk._wanted = 2
    desk.schedule.run_now("form")
    assert desk.enough.wait(20)
    assert [report.name for report in desk.reports] == ["sync", "form"]


def test_stopping_waits_for_a_run_that_gives_up_and_starts_nothing_more(desk: Desk) -> None:
    begun = Event()

    def long() -> None:
        begun.set()
        assert desk.stopping.wait(20)
        raise stopped()

    jobs = Job("sync", Every(LONG), long), Job("queued", Every(LONG), nothing)
    desk.run(*jobs, Job("reports", After("sync"), nothing), until=0)
    assert begun.wait(20)
    assert desk.schedule is not None
    assert desk.schedule.stop(20) == []
    assert [(r.name, r.outcome) for r in desk.reports] == [("sync", "stopped")]


def test_a_run_that_does_not_give_up_is_named_when_time_is_out(desk: Desk) -> None:
    begun, release = Event(), Event()

    def deaf() -> None:
        begun.set()
        release.wait(20)

    desk.run(Job("sync", Every(LONG), deaf), until=0)
    assert begun.wait(20)
    assert desk.schedule is not None
    before = monotonic()
    assert desk.schedule.stop(0.05) == ["sync"]
    assert monotonic() - before < 5
    release.set()


def test_a_warehouse_that_cannot_note_a_run_does_not_end_the_schedule(desk: Desk) -> None:
    tries: list[str] = []
    twice = Event()

    def record(report: JobReport) -> None:
        tries.append(report.name)
        if len(tries) == 2:
            twice.set()
        raise KafoError("disque plein", "disk full")

    desk.record = record  # type: ignore[method-assign]
    desk.run(Job("sync", Every(SOON), nothing), until=0)
    assert twice.wait(20)


def report(outcome: str, minute: int, error: str | None = None) -> JobReport:
    at = f"2026-11-01T10:{minute:02}:00.000Z"
    return JobReport("sync", at, at, outcome, error)  # type: ignore[arg-type]


def test_the_ledger_counts_failures_in_a_row_and_remembers_the_last_success(
    engine: Engine,
) -> None:
    for minute, outcome in enumerate(["failed", "ok", "failed", "busy", "failed", "stopped"]):
        note_job(engine, report(outcome, minute, None if outcome == "ok" else outcome))
    with engine.connect() as connection:
        (row,) = connection.execute(select(tables.job)).all()
    assert (row.outcome, row.failures) == ("stopped", 2)
    assert row.succeeded_at == "2026-11-01T10:01:00.000Z"
    assert successes(engine) == {"sync": "2026-11-01T10:01:00.000Z"}
