"""The command `kafo run`: one process that synchronises on time, watches, and answers over HTTP."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Timer
from typing import TYPE_CHECKING, TextIO

import typer
from sqlalchemy import Engine

from forms.errors import KafoError
from forms.language import say
from kafo.alarm_command import channels, limits, repeat
from kafo.cli import configuration, out
from kafo.config import Config
from kafo.connection import central, now, reader, warehouse
from kafo.private_key import private_key

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from kafo.web.site import Jobs
    from sync.central import Source
    from sync.ledger import FormReport, RunReport
    from sync.reconcile import Proof
    from sync.schedule import Job

_ALARM_MINUTES = 5
_GRACE = 5.0
"""Seconds a run gets to reach the end of its form. After that its transaction is rolled back."""

_CLOSING = 8.0
"""Seconds more for the pages and the database to close."""


@dataclass(frozen=True, slots=True)
class Office:
    """What jobs and pages work with while Kafo runs."""

    config: Config
    writer: Engine
    reader: Engine
    source: "Callable[[], Source]"
    stopping: Event
    since: str
    wanted: "SimpleQueue[str]" = field(default_factory=SimpleQueue)
    """Forms that somebody asked for on the page."""


def add(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "run",
        help=say(
            "Tourne en continu : synchronise à l'heure, surveille, alerte.",
            "Run for good: synchronise on time, watch, alarm.",
        ),
    )(run)


def run(context: typer.Context) -> None:
    """Work until SIGTERM or Ctrl-C."""
    stay(configuration(context), log=sys.stderr, greet=_greet)


def stay(config: Config, *, log: TextIO, greet: Callable[[str], None]) -> None:
    """Synchronise, watch and answer until asked to stop; events go to `log`, the address of the
    pages to `greet` once everything runs."""
    from kafo.server import serving
    from sync.job_ledger import note_job, successes
    from sync.log import note, write_to
    from sync.schedule import Schedule

    private_key(config)  # a passphrase is asked for now, not in the middle of the night
    asked = _signals()
    with ExitStack() as stack:
        office = _open(config, stack)
        jobs = job_table(office)
        listen = config.settings.listen
        schedule = Schedule(
            jobs,
            lambda report: note_job(office.writer, report),
            now=now,
            stopping=office.stopping,
            succeeded=successes(office.reader),
        )
        app = web_app(office, schedule)
        address = stack.enter_context(serving(app, listen.host, listen.port))
        write_to(log)
        schedule.start()
        note("started", address=address, jobs=len(jobs))
        greet(address)
        note("stopping", signal=signal.Signals(_wait(asked)).name)
        _never_later_than(_GRACE + _CLOSING)
        left = schedule.stop(_GRACE)
        note("stopped", unfinished=", ".join(left) or None)
        if left:
            _give_up()


def job_table(office: Office) -> "list[Job]":
    """What runs when. Jobs that are due at the same moment run in this order."""
    from kafo.backup_work import wanted
    from kafo.work import (
        derive_and_show,
        keep_within_periods,
        publish,
        save,
        settle_people,
        slow,
        write_back,
    )
    from sync.schedule import After, Daily, Every, Job, OnRequest

    schedule, config = office.config.settings.schedule, office.config
    names: list[str] = []
    jobs = [
        Job("sync", Every(schedule.sync_minutes), lambda: synchronise(office)),
        Job("pipelines", After("sync"), lambda: derive_and_show(config, office.writer)),
        Job(
            "write_back",
            After("pipelines"),
            lambda: write_back(config, office.writer, office.source()),
        ),
        Job("sync_form", OnRequest(), lambda: synchronise_wanted(office)),
        Job("people", Daily(schedule.reconcile_at), lambda: settle_people(config, office.writer)),
        # Judging years of figures takes minutes: once a day is enough.
        Job("publish", Daily(schedule.reconcile_at), lambda: publish(office.writer)),
        Job(
            "slow",
            Every(schedule.slow_minutes),
            lambda: slow(config, office.writer, office.source()),
        ),
        Job("reconcile", Daily(schedule.reconcile_at), lambda: reconcile(office)),
        Job(
            "retention",
            Daily(schedule.reconcile_at),
            lambda: keep_within_periods(config, office.writer, office.source),
        ),
        Job("alarms", Every(_ALARM_MINUTES), watcher(office, names), lane="watch"),
    ]
    if wanted(config):
        jobs.append(
            Job("backup", Daily(schedule.reconcile_at), lambda: save(config, office.writer))
        )
    names += [job.name for job in jobs]
    return jobs


def web_app(office: Office, jobs: "Jobs") -> "Starlette":
    """The web application: health for machines, pages for people."""
    from kafo.web.app import pages
    from kafo.web.site import Site
    from sync.health import health_routes

    stale = timedelta(minutes=office.config.settings.alarms.silence_minutes)
    site = Site(
        office.config, office.writer, office.reader, office.source, now, jobs, wanted=office.wanted
    )
    return pages(site, beside=health_routes(office.reader, now=now, stale_after=stale))


def synchronise(office: Office) -> None:
    """One run over all forms; raises KafoError naming those that failed.

    The run after a failed one also compares everything with Central.
    """
    from sync.job_ledger import failures

    if failures(office.reader, "sync"):
        reconcile(office)
    else:
        _bring(office)


def synchronise_wanted(office: Office) -> None:
    """The forms that somebody asked for, and what is made of them; KafoError naming what failed."""
    from kafo.work import bring_form, derive

    try:
        while True:
            form_id = office.wanted.get_nowait()
            done = bring_form(
                office.config, office.writer, office.source(), form_id, on_form=_seen(office)
            )
            derive(office.config, office.writer)
            if done.failed:
                raise _incomplete(done)
    except Empty:
        return


def reconcile(office: Office) -> None:
    """A run with the proof that nothing is missing; raises KafoError when there is a difference."""
    from kafo.work import unequal
    from sync.log import note

    proofs: list[Proof] = []

    def seen(proof: "Proof") -> None:
        note("proof", **asdict(proof))
        proofs.append(proof)

    _bring(office, seen)
    wrong = unequal(proofs)
    if wrong is not None:
        raise wrong


def _seen(office: Office) -> "Callable[[FormReport], None]":
    """Writes each form's outcome to the log, and gives up between two forms once asked to stop."""
    from sync.log import note
    from sync.schedule import stopped

    def seen(report: "FormReport") -> None:
        counts = report.counts
        note(
            "form",
            project_id=report.project_id,
            form_id=report.form_id,
            outcome=report.outcome,
            asked=report.asked,
            received=counts.received,
            new=counts.new,
            changed=counts.changed,
            deleted=counts.deleted,
            bytes=report.size,
            seconds=round(report.seconds, 3),
            error=report.error,
        )
        if office.stopping.is_set():
            raise stopped()  # between two forms, so that what is loaded stays loaded

    return seen


def _bring(office: Office, on_proof: "Callable[[Proof], None] | None" = None) -> None:
    from kafo.work import bring
    from sync.log import note

    done, extras = bring(
        office.config, office.writer, office.source(), on_form=_seen(office), on_proof=on_proof
    )
    note(
        "round",
        files=extras.files.stored,
        files_failed=extras.files.failed,
        opened=extras.opened.opened,
        closed=sum(extras.opened.refused.values()),
        outstanding_changed=extras.outstanding,
    )
    if done.failed:
        raise _incomplete(done)


def watcher(office: Office, jobs: list[str]) -> Callable[[], None]:
    """The check that looks for what is wrong and tells the people of the configuration."""
    from sync.alarm_conditions import conditions, unreadable
    from sync.alarms import LogChannel, cry, tell
    from warehouse.engine import reading
    from warehouse.errors import WarehouseError

    ways = [LogChannel(), *channels(office.config)]
    rules, quiet = limits(office.config), repeat(office.config)
    folders = _folders(office.config)
    cried: dict[str, str] = {}

    def check() -> None:
        at = now()
        try:
            with reading(office.reader) as connection:
                found = conditions(
                    connection,
                    rules,
                    now=at,
                    running_since=office.since,
                    jobs=jobs,
                    folders=folders,
                )
        except WarehouseError as error:
            cry(ways, unreadable(error), cried, now=at, repeat=quiet)
            raise
        tell(office.reader, office.writer, found, ways, now=at, repeat=quiet)

    return check


def _open(config: Config, stack: ExitStack) -> Office:
    config.data.mkdir(parents=True, exist_ok=True)
    writer = stack.enter_context(_disposed(warehouse(config)))
    looks = stack.enter_context(_disposed(reader(config)))

    @cache  # one session for the life of the process; an error is not kept, so the next run tries again
    def source() -> "Source":
        return stack.enter_context(central(config))

    if config.is_sandbox:
        source()  # phones are to find it from the start
    return Office(config, writer, looks, source, Event(), now())


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _folders(config: Config) -> list[Path]:
    """Where the data grow on this computer."""
    folders = [config.data]
    url = config.warehouse_url
    if url.startswith("sqlite:///"):
        folders.append(Path(url.removeprefix("sqlite:///")).parent)
    return folders


def _signals() -> SimpleQueue[int]:
    """Filled when someone asks to stop. Its `put` is safe inside a signal handler."""
    asked: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: asked.put(received))
    return asked


def _greet(address: str) -> None:
    out.print(
        say(
            f"Kafo tourne : {address}/ (pour les machines : /healthz). Ctrl-C pour arrêter.",
            f"Kafo is running: {address}/ (for machines: /healthz). Ctrl-C to stop.",
        )
    )
    sys.stdout.flush()


def _wait(asked: "SimpleQueue[int]") -> int:
    """The signal that came. Looked for every second: the system may hand a signal to a thread that
    does not wake this one, which runs the handler."""
    while True:
        with suppress(Empty):
            return asked.get(timeout=1)


def _never_later_than(seconds: float) -> None:
    """Whatever still waits for a thread, a client or a disk: a service that is told to stop stops."""
    last = Timer(seconds, _give_up)
    last.daemon = True
    last.start()


def _give_up() -> None:
    """End at once: Python would wait for the run's thread, maybe for minutes. The database rolls
    back what was not committed, and the next run starts from the cursor."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _incomplete(done: "RunReport") -> KafoError:
    first = done.failed[0]
    return KafoError(
        f"{len(done.failed)} formulaire(s) sur {len(done.forms)} non mis à jour. "
        f"« {first.form_id} » : {first.error}",
        f"{len(done.failed)} of {len(done.forms)} forms not brought up to date. "
        f"'{first.form_id}': {first.error}",
    )
