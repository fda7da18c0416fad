"""Each rule finds its own mistake in a form that is clean otherwise, and nothing else."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from shutil import copytree

import pytest
import xlsxwriter

from forms.compiler import DEFINITIONS, compile_form, form_ids
from forms.lint import RULES, Finding, lint

Sheets = dict[str, list[dict[str, str]]]
Change = Callable[[Sheets], None]
FR, EN = "Français (fr)", "English (en)"


def both(column: str, text: str) -> dict[str, str]:
    return {f"{column}::{FR}": f"{text} ?", f"{column}::{EN}": f"{text}?"}


def required(text: str = "R") -> dict[str, str]:
    return {"required": "yes"} | both("required_message", text)


CLEAN: Sheets = {
    "survey": [
        {"type": "csv-external", "name": "cards"},
        {"type": "select_one_from_file towns.csv", "name": "town"} | both("label", "T") | required(),
        {"type": "select_one_from_file streets.csv", "name": "street", "choice_filter": "town=${town}"}
        | both("label", "S"),
        {"type": "text", "name": "last"} | both("label", "L"),
        {"type": "text", "name": "first", "appearance": "multiline w1"} | both("label", "F"),
        {"type": "integer", "name": "age", "constraint": ". >= 0 and . < 100"}
        | both("label", "A") | both("constraint_message", "C") | required(),
        {"type": "select_one yes_no", "name": "works", "relevant": "${age} - 14 > 0"}
        | both("label", "W"),
        {"type": "select_multiple need", "name": "needs"} | both("label", "N"),
        {"type": "text", "name": "what", "relevant": "selected(${needs}, 'other') and ${works}='yes'",
         "constraint": "regex(., '^[a-z -]+$')"} | both("label", "W") | both("constraint_message", "C"),
        {"type": "calculate", "name": "fp", "calculation": "concat(${last}, ' - ', ${first})", "save_to": "fp"},
        {"type": "calculate", "name": "same",
         "calculation": "if(${fp} = '', 0, count(instance('cards')/root/item[fp = ${fp}]))"},
        {"type": "note", "name": "bye"} | both("label", "${last}, ${first}"),
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes"} | both("label", "Y"),
        {"list_name": "yes_no", "name": "no"} | both("label", "N"),
        {"list_name": "need", "name": "other"} | both("label", "O"),
    ],
    "settings": [
        {"form_title": "T", "form_id": "t", "version": "2026112301", "default_language": FR}
    ],
    "entities": [
        {"list_name": "cards", "label": "${last}", "create_if": "${age} > 17"},
    ],
}  # fmt: skip


def on(name: str, **cells: str) -> Change:
    """Set cells of one question; a blank takes the cell out."""

    def change(sheets: Sheets) -> None:
        row = next(row for row in sheets["survey"] if row["name"] == name)
        row.update(
            {
                key.replace("__FR", f"::{FR}").replace("__EN", f"::{EN}"): cell
                for key, cell in cells.items()
            }
        )

    return change


def setting(**cells: str) -> Change:
    return lambda sheets: sheets["settings"][0].update(cells)


def later(name: str) -> Change:
    """Put a question at the end."""

    def change(sheets: Sheets) -> None:
        row = next(row for row in sheets["survey"] if row["name"] == name)
        sheets["survey"].remove(row)
        sheets["survey"].append(row)

    return change


COUNT = "count(instance('cards')/root/item[fp = ${fp}])"
MISTAKES: list[tuple[str, Change]] = [
    ("message_without_constraint", on("age", constraint="")),
    ("required_without_message", on("last", required="yes")),
    ("blank_translation", on("last", label__EN="")),
    ("blank_translation", on("last", label__EN="-")),
    ("blank_translation", on("last", hint__FR="h")),
    ("blank_translation", lambda sheets: sheets["choices"][0].update({f"label::{EN}": ""})),
    ("default_language_unknown", setting(default_language="Français")),
    ("joined_references", on("bye", label__FR="${last} ${first}")),
    ("unknown_choice_compared", on("what", relevant="${works} = 'oui'")),
    ("unknown_choice_compared", on("what", relevant='"yess" != "" and ${works} != "yess"')),
    ("unknown_choice_compared", on("what", relevant="selected(${needs}, 'others')")),
    ("select_multiple_equals", on("what", relevant="${needs} = 'other'")),
    ("text_arithmetic", on("same", calculation="${last} + 1")),
    ("text_arithmetic", on("same", calculation="10 div ${last}")),
    ("unanchored_regex", on("what", constraint="regex(., '[a-z]+')")),
    ("forward_reference", later("works")),
    ("required_and_read_only", on("age", readonly="yes")),
    ("last_saved", on("last", default="${last-saved#last}")),
    ("unknown_column", on("last", relevent="1 = 1")),
    ("unknown_column", setting(verison="1")),
    ("unknown_appearance", on("first", appearance="mutliline")),
    ("version_not_dated", setting(version="")),
    ("version_not_dated", setting(version="1.2")),
    ("version_not_dated", setting(version="2026133101")),
    ("missing_media", on("town", type="select_one_from_file nowhere.csv")),
    ("missing_media", on("last", **{f"media::audio::{FR}": "a.mp3", f"media::audio::{EN}": "a.mp3"})),
    ("filter_column", on("street", choice_filter="twon=${town}")),
    ("filter_column", on("street", choice_filter="${town}=twon")),
    ("unknown_property", on("same", calculation=f"if(1, {COUNT.replace('[fp', '[pf')}, 0)")),
    ("function_in_predicate", on("same", calculation=f"if(1, {COUNT.replace('${fp}', 'once(${fp})')}, 0)")),
    ("blank_key", on("same", calculation=COUNT)),
    ("entity_id_computed", lambda sheets: sheets["entities"][0].update(entity_id="coalesce(${fp}, 'a')")),
]  # fmt: skip


@pytest.fixture
def findings(tmp_path: Path) -> Callable[[Change], list[Finding]]:
    def find(change: Change) -> list[Finding]:
        sheets = deepcopy(CLEAN)
        change(sheets)
        (tmp_path / "towns.csv").write_text("name,label\nkayes,Kayes\n", encoding="utf-8")
        (tmp_path / "streets.csv").write_text("name,label,town\nx,X,kayes\n", encoding="utf-8")
        with xlsxwriter.Workbook(tmp_path / "form.xlsx") as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                columns = list(dict.fromkeys(column for row in rows for column in row))
                sheet.write_row(0, 0, columns)
                for number, row in enumerate(rows, start=1):
                    sheet.write_row(number, 0, [row.get(column, "") for column in columns])
        return lint(tmp_path / "form.xlsx")

    return find


def test_clean_form_has_no_findings(findings: Callable[[Change], list[Finding]]) -> None:
    assert findings(lambda sheets: None) == []


@pytest.mark.parametrize(
    ("rule", "change"), MISTAKES, ids=[f"{at}-{rule}" for at, (rule, _) in enumerate(MISTAKES)]
)
def test_rule_finds_its_mistake_alone(
    rule: str, change: Change, findings: Callable[[Change], list[Finding]]
) -> None:
    found = findings(change)
    assert {finding.rule for finding in found} == {rule}
    assert all(finding.fr and finding.en and finding.fr != finding.en for finding in found)
    assert all(finding.file.name == "form.xlsx" for finding in found)


def test_every_rule_has_a_mistake_and_its_name() -> None:
    assert {rule for rule, _ in MISTAKES} == {rule.__name__ for rule in RULES}


def test_finding_leads_to_row_and_question(findings: Callable[[Change], list[Finding]]) -> None:
    (found,) = findings(on("age", readonly="yes"))
    assert (found.line, found.question) == (7, "age")


@pytest.mark.parametrize("form_id", form_ids())
def test_shipped_forms_are_clean(form_id: str) -> None:
    assert lint(compile_form(form_id)) == []


def test_finding_about_a_source_leads_to_its_line(tmp_path: Path) -> None:
    definitions = copytree(DEFINITIONS, tmp_path / "definitions")
    source = definitions / "rights_request.yaml"
    text = source.read_text(encoding="utf-8").replace("${has_card}='no'", "${has_card}='non'")
    source.write_text(text, encoding="utf-8")
    (found,) = lint(compile_form("rights_request", definitions=definitions))
    line = text[: text.index("note no_card_notice")].count("\n") + 1
    assert (found.rule, found.file, found.line, found.question) == (
        "unknown_choice_compared", source, line, "no_card_notice",
    )  # fmt: skip


def test_finding_in_a_block_leads_into_the_block(tmp_path: Path) -> None:
    definitions = copytree(DEFINITIONS, tmp_path / "definitions")
    block = definitions / "blocks" / "known.yaml"
    text = block.read_text(encoding="utf-8").replace("item[phone_fp =", "item[phonefp =")
    block.write_text(text, encoding="utf-8")
    found = lint(compile_form("identification", definitions=definitions))
    assert {(finding.rule, finding.file.name) for finding in found} == {
        ("unknown_property", "known.yaml")
    }
