"""The workbook gives the same form as the source, and opens well in Excel."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from forms.compiler import CompiledForm, compile_form, form_ids
from forms.review_sheets import read_review
from forms.workbook import write_workbook


@pytest.fixture(scope="module", params=form_ids())
def form(request: pytest.FixtureRequest) -> CompiledForm:
    return compile_form(request.param)


@pytest.fixture
def book(form: CompiledForm, tmp_path: Path) -> Path:
    path = tmp_path / f"{form.form_id}.xlsx"
    write_workbook(form, path)
    return path


def canonical(xform: str) -> str:
    return ElementTree.canonicalize(xform, strip_text=True)


def test_pyxform_makes_the_same_form_of_the_workbook(form: CompiledForm, book: Path) -> None:
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    result = convert(book, form_name="data", warnings=warnings)
    assert canonical(result.xform) == canonical(form.xform)
    assert warnings == []


def test_every_cell_comes_back_as_it_was(form: CompiledForm, book: Path) -> None:
    back = read_review(book)
    for name, rows in form.sheets.items():
        assert back.get(name, []) == [
            {key: cell.strip() for key, cell in row.items() if cell.strip()} for row in rows
        ]


def test_header_stays_and_texts_wrap_in_wide_columns(book: Path) -> None:
    sheet: Any = load_workbook(book)["survey"]
    columns = {cell.value: cell for cell in sheet[1]}
    label = columns["label::Français (fr)"]
    assert sheet.freeze_panes == "C2"
    assert sheet.column_dimensions[label.column_letter].width > 40
    assert sheet.cell(2, label.column).alignment.wrap_text


def test_questions_carry_class_and_purpose(form: CompiledForm, book: Path) -> None:
    sheet: Any = load_workbook(book)["survey"]
    comments = [row[1].comment.text for row in sheet.iter_rows() if row[1].comment]
    assert len(comments) == len(form.notes)
    assert f"{form.notes[0].sensitivity} : {form.notes[0].purpose}" in comments[0]


def test_same_form_gives_same_bytes(form: CompiledForm, book: Path, tmp_path: Path) -> None:
    write_workbook(form, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()
