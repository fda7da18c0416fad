"""Writes what was found: new problems open, vanished ones close, what people decided stays."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from pipelines.quality.rule import Finding, Rule
from warehouse.quality_tables import quality_problem

_P = quality_problem.c


def problem_id(rule: str, finding: Finding) -> str:
    """The same problem has the same name in every run."""
    what = finding.key or (finding.enumerator,)
    return sha256("|".join(map(str, (rule, *what, finding.part))).encode()).hexdigest()[:16]


def write(
    connection: Connection,
    rule: Rule,
    findings: Iterable[Finding],
    *,
    judged: Callable[[str | None], bool],
    now: str,
) -> tuple[int, int]:
    """Write a rule's findings; close what was open, was `judged` (by instance) and is gone.

    Gives how many opened and closed.
    """
    held = {
        row.problem_id: row
        for row in connection.execute(
            select(_P.problem_id, _P.instance_id, _P.state).where(_P.rule == rule.code)
        )
    }
    found = {problem_id(rule.code, finding): finding for finding in findings}
    new = [_row(rule, finding, name, now) for name, finding in found.items() if name not in held]
    if new:
        connection.execute(insert(quality_problem), new)
    again = [_row(rule, finding, name, now) for name, finding in found.items() if name in held]
    _renew(connection, again)
    back = [name for name in found if name in held and held[name].state == "closed"]
    _turn(connection, back, "open", None)
    gone = [
        name for name, row in held.items()
        if row.state == "open" and name not in found and judged(row.instance_id)
    ]  # fmt: skip
    _turn(connection, gone, "closed", now)
    return len(new) + len(back), len(gone)


def _row(rule: Rule, finding: Finding, name: str, now: str) -> dict[str, Any]:
    project_id, form_id, instance_id = finding.key or (None, None, None)
    return {
        "problem_id": name, "rule": rule.code, "severity": rule.severity,
        "weight": float(finding.weight), "project_id": project_id, "form_id": form_id,
        "instance_id": instance_id, "enumerator": finding.enumerator,
        "focal_point": finding.focal_point, "evidence_fr": finding.evidence_fr,
        "evidence_en": finding.evidence_en, "action_fr": rule.action_fr,
        "action_en": rule.action_en, "first_seen": now, "last_seen": now, "state": "open",
    }  # fmt: skip


_CHANGING = (
    "severity", "weight", "evidence_fr", "evidence_en", "action_fr", "action_en", "last_seen",
)  # fmt: skip


def _renew(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        change = update(quality_problem).where(_P.problem_id == bindparam("b_problem_id"))
        change = change.values({name: bindparam(f"b_{name}") for name in _CHANGING})
        names = ("problem_id", *_CHANGING)
        connection.execute(change, [{f"b_{name}": row[name] for name in names} for row in rows])


def _turn(connection: Connection, names: list[str], state: str, at: str | None) -> None:
    if names:
        change = update(quality_problem).where(_P.problem_id == bindparam("b_id"))
        change = change.values(state=state, state_at=at, state_by=None, state_why=None)
        connection.execute(change, [{"b_id": name} for name in names])
