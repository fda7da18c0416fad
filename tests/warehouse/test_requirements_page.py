"""The table of protection requirements is whole, and every proof that it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fr" / "protection.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| R-\d\d \|", line)]


def test_all_21_requirements_stand_in_the_table() -> None:
    assert [row[2:6] for row in ROWS] == [f"R-{n:02}" for n in range(1, 22)]


def test_every_requirement_has_a_proof_that_exists() -> None:
    for row in ROWS:
        named = re.findall(r"`((?:tests|docs)/[^`]+)`", row)
        assert named, row
        for name in named:
            assert (ROOT / name).is_file(), name
