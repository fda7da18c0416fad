"""`kafo protection review`: a month's looks at people, and that a steward has gone through them."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forms.errors import UsageError
from kafo import protection_commands
from kafo.cli import app
from kafo.config import read_config
from kafo.connection import now, warehouse
from kafo.web.accounts import create
from warehouse.access import log_access
from warehouse.access_review import month_before
from warehouse.engine import writing
from warehouse.migrate import migrate

ROOT = Path(__file__).parents[2]
PHRASE = "quatre mots assez longs"
MONTH = month_before(now())
"""Last month: the only one that the command offers by itself."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A warehouse of a steward and an analyst, in which people were looked at last month."""
    shutil.copy(ROOT / "config.yaml", tmp_path)
    engine = warehouse(read_config(tmp_path / "config.yaml", {}))
    migrate(engine, ROOT / "forms" / "reference")
    for name, role in (("awa", "steward"), ("fatou", "analyst")):
        create(engine, name, PHRASE, role=role, administrator=False, must_change=False, now=now())
    with writing(engine) as connection:
        for action, rows in (("search", 3), ("export", 40), ("publish", 0)):
            log_access(
                connection, now=f"{MONTH}-15T10:00:00.000Z", who="awa", action=action, what="person",
                rows=rows, reason="préparer la visite",
            )  # fmt: skip
    engine.dispose()
    return tmp_path


def review(folder: Path, *words: str, entered: str = PHRASE) -> str:
    if not any(group.name == "protection" for group in app.registered_groups):
        protection_commands.add(app)
    command = ["-c", str(folder / "config.yaml"), "protection", "review", *words]
    done = CliRunner().invoke(app, command, input=f"{entered}\n")
    if isinstance(done.exception, UsageError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.output


def test_a_steward_sees_the_looks_and_notes_what_was_found(folder: Path) -> None:
    shown = review(folder)
    assert "pas encore relu" in shown
    assert [cell.strip() for cell in shown.split("awa")[1].split("│")[1:5]] == [
        "2",
        "43",
        "43",
        "1",
    ]
    found = ("--as", "awa", "--found", "rien d'anormal")
    assert "aucun compte" in review(folder, *found, entered="not the password")
    assert "aucun compte" in review(folder, "--as", "fatou", "--found", "rien d'anormal")
    assert "refused" in review(folder, "--as", "awa")
    assert "pas encore relu" in review(folder)
    assert f"✓ {MONTH} relu le {now()[:10]}" in review(folder, *found)
    assert f"✓ {MONTH} relu" in review(folder)


def test_a_month_that_is_not_over_or_does_not_exist_is_not_reviewed(folder: Path) -> None:
    month = now()[:7]
    said = review(folder, "--month", month)
    assert "aucune consultation" in said
    assert "n'est pas fini" in said
    noted = review(folder, "--month", month, "--as", "awa", "--found", "rien d'anormal")
    assert noted.startswith("refused")
    assert "n'est pas fini" in noted
    assert "pas un mois" in review(folder, "--month", "2026-13")
