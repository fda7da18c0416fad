"""Each rule in SQL finds its case and spares the near miss, in a real warehouse of both kinds."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Boolean, Engine, Float, Integer, insert, text

from pipelines.quality.catalogue import rules
from pipelines.quality.check import run
from warehouse.all_tables import protection_classes
from warehouse.tables import metadata
from warehouse.types import Day, Instant

NOW = "2026-11-20T12:00:00.000Z"
SENT = "2026-11-10T10:00:00.000Z"
MONTH = 2026 * 12 + 10
Rows = list[tuple[str, dict[str, Any]]]


def filled(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table with something harmless in every column that must not be empty."""
    row: dict[str, Any] = {}
    for column in metadata.tables[name].columns:
        if not column.nullable:
            plain: Any = "-"
            if isinstance(column.type, Boolean):
                plain = False
            elif isinstance(column.type, Integer | Float):
                plain = 0
            elif isinstance(column.type, Day | Instant):
                plain = SENT
            row[column.name] = plain
    row |= {"project_id": 1} if "project_id" in metadata.tables[name].c else {}
    return row | dict(values)


def sent(form_id: str, instance: str = "uuid:x", **more: Any) -> tuple[str, dict[str, Any]]:
    return "submission", {
        "form_id": form_id, "instance_id": instance, "submitted_at": SENT,
        "submitter_name": "PF-01", "attachments_present": 0, "attachments_expected": 0,
        "run_id": 1, **more,
    }  # fmt: skip


def event(
    kind: str, on: str, union: str = "UNTM", instance: str = "uuid:x", **more: Any
) -> tuple[str, dict[str, Any]]:
    return "membership_event", {
        "instance_id": instance, "subject_id": "s", "event": kind, "event_on": on, "month": MONTH,
        "union_code": union, "minor": 0, **more,
    }  # fmt: skip


def spell(union: str, joined: str, left: str | None = None) -> tuple[str, dict[str, Any]]:
    return "membership_spell", {
        "subject_id": "s", "union_code": union, "spell": 1, "joined_on": joined,
        "joined_month": MONTH, "left_on": left, "minor": 0,
    }  # fmt: skip


def attended(person: str | None) -> Rows:
    place = {"instance_id": "uuid:x", "row_path": "1"}
    return [
        ("attendance", {**place, "session_on": "2026-11-10", "month": MONTH, "person_id": person}),
        ("record_card", {**place, "form_id": "training_attendance", "card_code": "1234567890"}),
    ]


def born(year: int) -> Rows:
    return [
        ("person", {"person_id": "p", "birth_year": year, "state": "active"}),
        event("join", "2026-11-10", person_id="p"),
    ]


CASES: list[tuple[str, Rows, Rows]] = [
    ("missing_attachment",
     [sent("f", attachments_expected=1, submitted_at="2026-11-17T11:59:00.000Z")],
     [sent("f", attachments_expected=1, submitted_at="2026-11-17T12:01:00.000Z")]),
    ("missing_attachment",
     [sent("f", attachments_present=1, attachments_expected=2)],
     [sent("f", attachments_present=2, attachments_expected=2)]),
    ("unloaded",
     [sent("f"), ("load_problem", {"form_id": "f", "instance_id": "uuid:x", "column_name": "age"})],
     [sent("f"), ("load_problem", {"form_id": "g", "instance_id": "uuid:x", "column_name": "age"})]),
    ("dues_before_joining",
     [sent("membership"), event("dues", "2026-11-09"),
      event("join", "2026-11-10", instance="uuid:y")],
     [sent("membership"), event("dues", "2026-11-10"),
      event("join", "2026-11-10", instance="uuid:y")]),
    ("dues_before_joining",
     [sent("membership"), event("renew", "2026-11-12"),
      event("join", "2026-11-10", union="CSTM", instance="uuid:y")],
     [sent("membership"), event("resign", "2026-11-12"),
      event("join", "2026-11-10", union="CSTM", instance="uuid:y")]),
    ("two_unions",
     [sent("membership"), event("join", "2026-11-10"), spell("CSTM", "2026-10-01")],
     [sent("membership"), event("join", "2026-11-10"), spell("UNTM", "2026-10-01")]),
    ("two_unions",
     [sent("membership"), event("join", "2026-11-10"), spell("CSTM", "2026-10-01", "2026-11-11")],
     [sent("membership"), event("join", "2026-11-10"), spell("CSTM", "2026-10-01", "2026-11-10")]),
    ("member_under_16", [sent("membership"), *born(2011)], [sent("membership"), *born(2010)]),
    ("training_card_unknown",
     [sent("training_attendance"), *attended(None)], [sent("training_attendance"), *attended("p")]),
    ("referral_without_parent",
     [sent("referral"), ("referral", {"instance_id": "uuid:o", "code": "O-2"}),
      ("referral_follow_up", {"instance_id": "uuid:x", "code": "O-1"})],
     [sent("referral"), ("referral", {"instance_id": "uuid:o", "code": "O-1"}),
      ("referral_follow_up", {"instance_id": "uuid:x", "code": "O-1"})]),
    ("labour_case_without_parent",
     [sent("labour_case"), ("labour_case", {"instance_id": "uuid:o", "code": "C-2"}),
      ("labour_case_follow_up", {"instance_id": "uuid:x", "code": "C-1"})],
     [sent("labour_case"), ("labour_case", {"instance_id": "uuid:o", "code": "C-1"}),
      ("labour_case_follow_up", {"instance_id": "uuid:x", "code": "C-1"})]),
]  # fmt: skip


@pytest.fixture
def findings(engine: Engine) -> Callable[[str, Rows], list[tuple[Any, ...]]]:
    """What one rule finds in a warehouse that holds just these rows."""
    protection_classes()

    def check(code: str, rows: Rows) -> list[tuple[Any, ...]]:
        with engine.begin() as connection:
            for name, values in rows:
                connection.execute(insert(metadata.tables[name]).values(filled(name, values)))
        run(engine, now=NOW)
        query = text(
            "select instance_id, enumerator, evidence_fr, evidence_en from quality_problem "
            "where rule = :rule and state = 'open'"
        )
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query, {"rule": code})]

    return check


@pytest.mark.parametrize(("code", "rows"), [(code, fires) for code, fires, _ in CASES])
def test_a_rule_in_sql_finds_its_case(
    findings: Callable[[str, Rows], list[tuple[Any, ...]]], code: str, rows: Rows
) -> None:
    [(instance, enumerator, fr, en)] = findings(code, rows)
    assert (instance, enumerator) == ("uuid:x", "PF-01")
    assert "{" not in fr + en


@pytest.mark.parametrize(("code", "rows"), [(code, near) for code, _, near in CASES])
def test_a_rule_in_sql_spares_the_near_miss(
    findings: Callable[[str, Rows], list[tuple[Any, ...]]], code: str, rows: Rows
) -> None:
    assert findings(code, rows) == []


@pytest.mark.parametrize("gone", [
    {"deleted_at": SENT}, {"purged_at": SENT}, {"quarantined": True},
    {"submitted_at": "2026-10-01T10:00:00.000Z"},
])  # fmt: skip
def test_records_that_do_not_count_are_no_problems(
    findings: Callable[[str, Rows], list[tuple[Any, ...]]], gone: dict[str, Any]
) -> None:
    rows = [sent("membership", **gone), *born(2011)]
    assert findings("member_under_16", rows) == []


def test_every_rule_in_sql_has_its_case() -> None:
    assert {rule.code for rule in rules() if rule.sql} == {code for code, _, _ in CASES}
