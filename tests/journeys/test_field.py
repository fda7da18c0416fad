"""What a coordinator types before a mission: publish, cards, phones, a lost phone, a review in Excel."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Kafo = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def kafo(tmp_path: Path) -> Kafo:
    shutil.copy(ROOT / "config.yaml", tmp_path)

    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kafo", *words],
            cwd=tmp_path, env={**os.environ, "COLUMNS": "160", **environment},
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip

    return run


def test_from_publication_to_a_lost_phone(kafo: Kafo, tmp_path: Path) -> None:
    password = {"KAFO_COLLECT_ADMIN_PASSWORD": "long enough"}
    assert "kafo forms publish" in kafo("phones", "add", "PF-01", **password).stderr
    planned = kafo("forms", "publish", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert kafo("forms", "publish", "membership", "referral").returncode == 0
    assert "rien à publier" in kafo("forms", "publish", "membership").stdout
    assert "collect_admin_password" in kafo("phones", "add", "PF-01").stderr
    given = kafo("phones", "add", "PF-01", "PF-02", **password)
    assert given.returncode == 0, given.stderr
    sheets = sorted((tmp_path / "data" / "phones").glob("*.pdf"))
    assert len(sheets) == 2
    assert all(sheet.stat().st_mode & 0o077 == 0 for sheet in sheets)
    assert kafo("phones", "list").stdout.count("oui") == 2
    assert "1 accès" in kafo("phones", "revoke", "PF-01").stdout
    listed = kafo("phones", "list").stdout
    assert listed.count("oui") == listed.count("coupé") == 1


def test_cards_never_repeat_between_two_batches(kafo: Kafo, tmp_path: Path) -> None:
    from forms.cards import issued_codes

    for batch in ("Kéniéba", "Sadiola"):
        assert kafo("cards", "--count", "30", "--batch", batch).returncode == 0
    assert len(issued_codes(tmp_path / "data" / "cards.db")) == 60


def test_a_workbook_goes_out_for_review_and_comes_back(kafo: Kafo, tmp_path: Path) -> None:
    assert kafo("forms", "export", "membership").returncode == 0
    back = kafo("forms", "import", "membership.xlsx", "--dry-run")
    assert "0 textes repris, 0 différences laissées" in back.stdout, back.stderr


def test_anyones_workbook_can_be_tried(kafo: Kafo, tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "mine.xlsx")
    survey = book.add_worksheet("survey")
    survey.write_row(0, 0, ["type", "name", "label", "relevant", "required", "required_message"])
    survey.write_row(1, 0, ["integer", "age", "Age", "", "yes", "Please answer."])
    survey.write_row(2, 0, ["text", "never", "Never asked", "${age} < -5", "", ""])
    settings = book.add_worksheet("settings")
    settings.write_row(0, 0, ["form_id", "version"])
    settings.write_row(1, 0, ["mine", "2026112301"])
    book.close()
    tried = kafo("forms", "try", "mine.xlsx", KAFO_LANG="en")
    assert tried.returncode == 1
    assert "/never" in tried.stderr
    assert "Finding(" not in tried.stderr
    assert kafo("forms", "try", "none.xlsx").returncode == 2


def test_all_forms_pass_the_check_that_people_run(kafo: Kafo) -> None:
    checked = kafo("forms", "check")
    assert checked.returncode == 0, checked.stderr
    assert len(checked.stdout.strip().splitlines()) == 8


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project, whose definitions may be written."""
    ignore = shutil.ignore_patterns(
        ".git", ".venv", "data", "tests", "test-output", "build", "static"
    )
    return Path(shutil.copytree(ROOT, tmp_path / "kafo", ignore=ignore))


def kafo_in(copy: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, "-m", "kafo", "forms", *words],
        cwd=copy, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_changed_form_gets_its_next_version_when_asked(copy: Path) -> None:
    def kafo(*words: str) -> "subprocess.CompletedProcess[str]":
        return kafo_in(copy, "publish", "membership", *words)

    assert kafo().returncode == 0
    definition = copy / "forms" / "definitions" / "membership.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("Carte CIOM", "La carte du CIOM"), encoding="utf-8")
    assert "La carte du CIOM" in definition.read_text(encoding="utf-8")
    refused = kafo()
    assert refused.returncode == 1
    assert "--raise-version" in refused.stderr
    raised = kafo("--raise-version")
    assert raised.returncode == 0, raised.stderr
    assert "La carte du CIOM" in raised.stdout
    assert definition.read_text(encoding="utf-8") != text.replace("Carte CIOM", "La carte du CIOM")
    assert "rien à publier" in kafo("--raise-version").stdout


def test_the_check_counts_what_an_added_language_still_lacks(copy: Path) -> None:
    definition = copy / "forms" / "definitions" / "awareness_session.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text("languages: {bm: Bamanankan (bm)}\n" + text, encoding="utf-8")
    said = kafo_in(copy, "check", "awareness_session")
    assert said.returncode == 0, said.stderr
    assert re.search(r"Bamanankan \(bm\) : \d{2,} textes à traduire \(", said.stdout), said.stdout
