"""A full run of matching over a warehouse of many registrations, and a day's few new ones after it.

`python -m benchmarks.identity.daily 840000 13 /tmp/big.db` (people, seed, SQLite file or a database
address): about a million registrations. The register is filled by a process of its own, so that
the peak of memory is that of matching alone. A file that is there already is used again.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.identity.generate import generate
from forms.xform import read_xform
from pipelines.identity.registrations import COLUMNS
from pipelines.identity.update import run
from warehouse.engine import open_warehouse, parse_url
from warehouse.form_tables import adopt_form
from warehouse.load import load
from warehouse.migrate import migrate

DAY = 100
_NOW = "2027-11-23T10:00:00.000Z"
_FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Identification</h:title><model><instance><data id="identification" version="1">
<meta><instanceID/></meta></data></instance></model></h:head><h:body/></h:html>"""
_KINDS = {"today": "date", "birth_year": "int", "arrival_year": "int"}
_SYSTEM = {
    "submissionDate": "2026-11-01T10:00:00.123Z", "updatedAt": None, "submitterId": "1",
    "submitterName": "PF-01", "attachmentsPresent": 0, "attachmentsExpected": 0, "status": None,
    "reviewState": None, "deviceId": None, "edits": 0, "formVersion": "1", "deletedAt": None,
}  # fmt: skip


def _feed(answers: list[dict[str, Any]], first: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, said in enumerate(answers, first):
        row = {name: said.get(name) for name in COLUMNS}
        row |= {"consent_record": "yes", "consent_contact": "yes", "age": "30"}
        row |= {"__id": f"uuid:{number * 2654435761 % 2**32:08x}-{number}", "__system": _SYSTEM}
        yield json.dumps(row), row


def send(engine: Engine, answers: list[dict[str, Any]], *, first: int, run_id: int) -> None:
    """These registrations arrive with one synchronisation."""
    fields = [
        {"path": f"/{n}", "name": n, "type": _KINDS.get(n, "string"), "selectMultiple": None}
        for n in COLUMNS
    ]
    with engine.begin() as connection:
        begun = (
            "insert into sync_run (run_id, started_at, ended_at, outcome) values (:n, :t, :t, 'ok')"
        )
        connection.execute(text(begun), {"n": run_id, "t": _NOW})
        shape = adopt_form(
            connection, project_id=1, xform=read_xform(_FORM), xml=_FORM, fields=fields,
            definition_hash="1", now=_NOW,
        )  # fmt: skip
        load(connection, shape, _feed(answers, first), run_id=run_id, sealed_versions=[])


def fill(people: int, seed: int, address: str) -> None:
    """A warehouse with this register, but for its last day; that goes into a file beside."""
    engine = open_warehouse(parse_url(address))
    migrate(engine, Path("forms/reference"))
    answers, _ = generate(people, seed)
    send(engine, answers[:-DAY], first=0, run_id=1)
    engine.dispose()
    _last_day(address, people, seed).write_text(
        json.dumps([len(answers), answers[-DAY:]]), encoding="utf-8"
    )


def _last_day(address: str, people: int, seed: int) -> Path:
    name = f"kafo-last-day-{people}-{seed}-{address.split('/')[-1]}.json"
    return Path(tempfile.gettempdir()) / name


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _timed(engine: Engine, what: str, *, full: bool = False) -> None:
    started, cpu = perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    done = run(engine, now=_NOW, full=full)
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    print(
        f"{what:24} {perf_counter() - started:7.2f} s wall {used:7.2f} s CPU, peak {_peak():.2f} GB: "
        f"{done.changed:,} read, {done.pairs:,} pairs, {done.persons:,} persons written",
        flush=True,
    )


def main(people: int, seed: int, where: str) -> None:
    address = where if "://" in where else f"sqlite:///{where}"
    day = _last_day(address, people, seed)
    if not day.exists():
        code = f"from benchmarks.identity.daily import fill; fill({people}, {seed}, {address!r})"
        subprocess.run([sys.executable, "-c", code], check=True)
    size, answers = json.loads(day.read_text(encoding="utf-8"))
    engine = open_warehouse(parse_url(address))
    print(f"{size:,} registrations, {engine.dialect.name}", flush=True)
    with engine.connect() as connection:
        newest = int(connection.scalar(text("select max(run_id) from sync_run")) or 0)
    _timed(engine, "full run", full=True)
    _timed(engine, "nothing new")
    for turn in (1, 2):
        part = answers[(turn - 1) * DAY // 2 : turn * DAY // 2] if newest == 1 else answers
        send(engine, part, first=size * turn * newest, run_id=newest + turn)
        _timed(engine, f"{len(part)} new")
    _timed(engine, "full run again", full=True)
    engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
