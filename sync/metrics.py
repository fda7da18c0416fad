"""Numbers for Prometheus: counts, ages in seconds and form IDs, never an answer.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from sync.alarms import open_alarms
from sync.freshness import Freshness, age, read_freshness
from warehouse.tables import BESIDE, attachment, job, load_problem, proof, submission, sync_run

Labels = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Metric:
    """One name with its meaning and its values. A value of None is left out."""

    name: str
    kind: str
    meaning: str
    values: Iterable[tuple[Labels, float | None]]

    def __str__(self) -> str:
        lines = [f"# HELP {self.name} {self.meaning}", f"# TYPE {self.name} {self.kind}"]
        for labels, number in self.values:
            if number is not None:
                lines.append(f"{self.name}{_labels(labels)} {number:.15g}")
        return "\n".join(lines) + "\n"


def metrics_text(connection: Connection, *, now: str) -> str:
    """All metrics at a moment."""
    found = read_freshness(connection, now=now)
    parts = [
        _one("kafo_up", "1 when the warehouse can be read", 1),
        *_freshness(found),
        *_rows(connection),
        *_jobs(connection, now),
        Metric("kafo_proof_age_seconds", "gauge", "Age of the proof that a form is complete",
               _proofs(connection, now)),
        _one("kafo_alarms_open", "Alarms that are open now", len(open_alarms(connection))),
    ]  # fmt: skip
    return "".join(str(part) for part in parts)


def _one(name: str, meaning: str, number: float | None) -> Metric:
    return Metric(name, "gauge", meaning, [({}, number)])


def _freshness(found: Freshness) -> Iterable[Metric]:
    yield _one(
        "kafo_last_success_age_seconds",
        "Age of the last run that reached ODK Central",
        found.last_success_age,
    )
    yield _one("kafo_lag_seconds", "Every form is at least this fresh", found.lag)
    failing: list[tuple[Labels, float | None]] = [
        ({"project": form[0], "form": form[1]}, float(form in found.failing))
        for form in found.forms
    ]
    yield Metric("kafo_form_failing", "gauge", "1 when the last run failed for the form", failing)


def _rows(connection: Connection) -> Iterable[Metric]:
    s, p, a, r = submission.c, load_problem.c, attachment.c, sync_run.c
    live = select(s.project_id, s.form_id, func.count()).where(s.deleted_at.is_(None))
    yield Metric("kafo_submissions", "gauge", "Submissions in the warehouse, without deleted ones",
                 _counts(connection, live.group_by(s.project_id, s.form_id), "project", "form"))  # fmt: skip
    problems = select(p.project_id, p.form_id, func.count()).group_by(p.project_id, p.form_id)
    yield Metric("kafo_load_problems", "gauge", "Answers that did not fit their column",
                 _counts(connection, problems, "project", "form"))  # fmt: skip
    files = select(a.state, func.count()).group_by(a.state)
    yield Metric("kafo_attachments", "gauge", "Attachments by state; stored ones are here",
                 _counts(connection, files, "state"))  # fmt: skip
    runs = select(r.outcome, func.count()).where(r.outcome != BESIDE).group_by(r.outcome)
    yield Metric("kafo_sync_runs_total", "counter", "Synchronisation runs by outcome",
                 _counts(connection, runs, "outcome"))  # fmt: skip


def _counts(
    connection: Connection, query: Select[Any], *labels: str
) -> list[tuple[Labels, float | None]]:
    rows = connection.execute(query).all()
    return [(dict(zip(labels, row[:-1], strict=True)), float(row[-1])) for row in sorted(rows)]


def _jobs(connection: Connection, now: str) -> Iterable[Metric]:
    rows = connection.execute(select(job).order_by(job.c.name)).all()
    failures = [({"job": row.name}, float(row.failures)) for row in rows]
    ages = [
        ({"job": row.name}, age(row.succeeded_at, now) if row.succeeded_at else None)
        for row in rows
    ]
    yield Metric("kafo_job_failures", "gauge", "Failures in a row of a job", failures)
    yield Metric("kafo_job_success_age_seconds", "gauge", "Age of a job's last success", ages)


def _proofs(connection: Connection, now: str) -> list[tuple[Labels, float | None]]:
    p = proof.c
    newest = (
        select(p.project_id, p.form_id, func.max(p.proven_at).label("at"))
        .where(p.equal)
        .group_by(p.project_id, p.form_id)
        .order_by(p.project_id, p.form_id)
    )
    return [
        ({"project": row.project_id, "form": row.form_id}, age(row.at, now))
        for row in connection.execute(newest)
    ]


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(str(v))}"' for name, v in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
