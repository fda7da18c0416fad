"""The page about the forms says what the forms say."""

from pathlib import Path

import pytest

from forms.compiler import CompiledForm, compile_form, form_ids
from forms.form_pages import forms_page

PAGE = Path(__file__).parents[2] / "docs" / "fr" / "formulaires.md"


@pytest.fixture(scope="module")
def forms() -> list[CompiledForm]:
    return [compile_form(form_id) for form_id in form_ids()]


def test_page_is_up_to_date(forms: list[CompiledForm]) -> None:
    assert PAGE.read_text(encoding="utf-8") == forms_page(forms), (
        "forms have changed: write docs/fr/formulaires.md again with forms_page()"
    )


def test_every_question_stands_with_class_and_purpose(forms: list[CompiledForm]) -> None:
    lines = forms_page(forms).splitlines()
    for form in forms:
        for row in form.sheets["survey"]:
            label = row.get("label::Français (fr)")
            if label:
                assert any(label.replace("|", "\\|") in line for line in lines), label
    assert all(line.count(" | ") == 4 for line in lines if line.startswith("| "))


def test_page_keeps_the_salt_and_what_phones_compute_to_itself(forms: list[CompiledForm]) -> None:
    page = forms_page([compile_form(form.form_id, salt="very-secret-salt") for form in forms])
    assert "very-secret-salt" not in page
    assert page == forms_page(forms)


def test_same_forms_give_the_same_page(forms: list[CompiledForm]) -> None:
    assert forms_page(forms) == forms_page(list(forms))
