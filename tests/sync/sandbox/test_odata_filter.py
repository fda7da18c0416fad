"""`$filter` lets through the rows that its logic says, whatever the expression."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.odata_filter import SUBMISSION_FIELDS, where
from sync.sandbox.odata_filter_parser import parse_filter
from sync.sandbox.problems import Crash, Problem

NOW = "2026-11-23T12:00:00.000Z"
STAMPS = [f"2026-11-23T06:00:0{n}.{n}00Z" for n in range(5)]


def ids(expression: str) -> list[int]:
    """The rows 0-4, one for each stamp; odd ones were updated a second later, row 4 is deleted."""
    db = sqlite3.connect(":memory:")
    db.execute(
        "create table s (id, instanceId text, createdAt text, updatedAt text, submitterId integer, "
        "reviewState text, deletedAt text)"
    )
    for n, stamp in enumerate(STAMPS):
        updated = STAMPS[n + 1] if n % 2 else None
        deleted = stamp if n == 4 else None
        db.execute(
            "insert into s values (?, ?, ?, ?, ?, null, ?)",
            (n, f"uuid:{n}", stamp, updated, n, deleted),
        )
    found = where(expression, SUBMISSION_FIELDS, NOW)
    rows = db.execute(f"select id from s where {found.sql} order by id", found.values).fetchall()
    db.close()
    return [row[0] for row in rows]


OPERATORS = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.integers(0, 4),
    st.sampled_from(sorted(OPERATORS)),
    st.integers(0, 4),
    st.sampled_from(["and", "or"]),
)
def test_comparisons_and_logic_hold(
    first: str, at: int, second: str, submitter: int, glue: str
) -> None:
    expression = (
        f"__system/submissionDate {first} {STAMPS[at]} {glue} "
        f"__system/submitterId {second} {submitter}"
    )
    left = {n for n in range(4) if OPERATORS[first](STAMPS[n], STAMPS[at])}
    right = {n for n in range(4) if OPERATORS[second](n, submitter)}
    expected = left & right if glue == "and" else left | right
    assert ids(expression) == sorted(expected)
    assert ids(f"not ({expression})") == sorted(set(range(4)) - expected)


def test_the_feed_brings_the_deleted_too() -> None:
    since = STAMPS[3]
    feed = " or ".join(
        f"__system/{name} ge {since}" for name in ("submissionDate", "updatedAt", "deletedAt")
    )
    assert ids(feed) == [3, 4]
    assert ids("__system/deletedAt ne null") == [4]
    assert ids("__system/updatedAt eq null") == [0, 2]


@pytest.mark.parametrize(
    ("stamp", "found"),
    [
        ("2026-11-23T06:00:01.100Z", [2, 3]),
        ("2026-11-23T06:00:01.0999Z", [1, 2, 3]),
        ("2026-11-23T06:00:01.100001Z", [2, 3]),
        ("2026-11-23T09:00:01.100+03:00", [2, 3]),
        ("2026-11-23", [0, 1, 2, 3]),
        ("'2026-11-23T06:00:01.100Z'", [2, 3]),
    ],
)
def test_stamps_are_understood_in_every_form(stamp: str, found: list[int]) -> None:
    assert ids(f"__system/submissionDate gt {stamp}") == found


@given(st.text(alphabet="abc_/$() 'eqandornot0123T:-Z.", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        where(text, SUBMISSION_FIELDS, NOW)
        tree = parse_filter(text)
    except (Problem, Crash):
        return
    assert tree.raw == text
