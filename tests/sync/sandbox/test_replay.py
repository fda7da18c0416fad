"""The sandbox answers what a real Central was recorded to answer."""

import json
from pathlib import Path

import pytest

NOT_ANSWERED = {
    "edit-14-diffs": "differences between submissions are for Central's own pages",
    "encryption-18-csv-decrypted": "no cryptographic library, and the recorded key is not ours",
    "encryption-19-csvzip-decrypted": "as encryption-18",
    "export-07-geojson": "nothing here reads it",
}
"""Recordings whose answer the sandbox does not give, and why."""


RECORDINGS = Path(__file__).parent / "recordings"
NAMES = [
    exchange["name"]
    for file in sorted(RECORDINGS.glob("*.jsonl"))
    for exchange in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    if exchange["response"] is not None  # the others only lead from one recording to the next
]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_ANSWERED])
def test_the_sandbox_answers_as_central_did(name: str, outcome: dict[str, str | None]) -> None:
    assert outcome[name] is None, outcome[name]


def test_stamps_come_in_the_recorded_order(outcome: dict[str, str | None]) -> None:
    assert outcome["order of stamps"] is None


@pytest.mark.parametrize("name", sorted(NOT_ANSWERED))
def test_what_is_not_answered_really_is_not(name: str, outcome: dict[str, str | None]) -> None:
    assert outcome[name] is not None, "it is answered: take it out of the list"
