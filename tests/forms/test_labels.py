"""Reviewed words come back into the sources; rules, codes and order never do."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.compiler import DEFINITIONS, REFERENCE, CompiledForm, compile_form, form_ids
from forms.errors import FormError
from forms.labels import LabelImport, import_labels, raise_version, reviewed_form
from forms.text_places import text_places, untranslated
from forms.yaml_edit import load_yaml

FR, EN = "Français (fr)", "English (en)"
KON = "Kontoka (ko)"  # a language made up for the test
Row = dict[str, str]
Sheets = dict[str, list[Row]]

DEFINITION = """\
# Essai : rien de vrai
settings: {form_id: essai, version: "2026112301"}
questions:
  - q: text nom   # tel que dit
    label: {fr: Nom ?, en: Name?}
  - q: group lieu
    label: {fr: Lieu, en: Place}
    questions:
      - include: village
      - q: integer age
        label:
          fr: Quel âge ?   # en années
          en: How old?
        constraint: . < 120
"""
BLOCK = """\
- q: text village
  label: {fr: Village ?, en: Village?}
  hint: {fr: Le plus proche, en: The nearest}
"""
CHOICES = """\
yes_no:   # partagée
  yes: {fr: Oui, en: Yes}
  no:  {fr: Non, en: No}
"""


def texts(column: str, fr: str, en: str) -> Row:
    return {f"{column}::{FR}": fr, f"{column}::{EN}": en}


def sheets() -> Sheets:
    """What the sources above compile to."""
    required = texts("required_message", "Obligatoire.", "Required.")
    return {
        "survey": [
            {"type": "text", "name": "nom", **texts("label", "Nom ?", "Name?"), **required},
            {"type": "begin_group", "name": "lieu", **texts("label", "Lieu", "Place")},
            {
                **{"type": "text", "name": "village"},
                **texts("label", "Village ?", "Village?"),
                **texts("hint", "Le plus proche", "The nearest"),
            },
            {
                **{"type": "integer", "name": "age", "constraint": ". < 120"},
                **texts("label", "Quel âge ?", "How old?"),
            },
            {"type": "end_group", "name": "lieu"},
        ],
        "choices": [
            {"list_name": "yes_no", "name": "yes", **texts("label", "Oui", "Yes")},
            {"list_name": "yes_no", "name": "no", **texts("label", "Non", "No")},
        ],
        "settings": [{"form_id": "essai", "version": "2026112301"}],
    }


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    (folder / "blocks").mkdir(parents=True)
    (folder / "essai.yaml").write_text(DEFINITION)
    (folder / "blocks" / "village.yaml").write_text(BLOCK)
    (folder / "choices.yaml").write_text(CHOICES)
    return folder


def save(path: Path, book: Sheets) -> Path:
    """A workbook as Excel would save it: numbers become numbers."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": True}) as workbook:
        for name, rows in book.items():
            sheet = workbook.add_worksheet(name)
            columns = list(dict.fromkeys(key for row in rows for key in row))
            sheet.write_row(0, 0, columns)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [row.get(column, "") for column in columns])
    return path


Review = Callable[[Sheets], LabelImport]


@pytest.fixture
def review(definitions: Path, tmp_path: Path) -> Review:
    def bring_back(book: Sheets) -> LabelImport:
        return import_labels(save(tmp_path / "r.xlsx", book), definitions, compiled=sheets())

    return bring_back


def row_of(book: Sheets, name: str, sheet: str = "survey") -> Row:
    return next(row for row in book[sheet] if row["name"] == name)


def read(definitions: Path) -> tuple[str, str, str]:
    files = ("essai.yaml", "blocks/village.yaml", "choices.yaml")
    one, two, three = ((definitions / name).read_text() for name in files)
    return one, two, three


def test_a_workbook_brought_back_untouched_changes_nothing(
    review: Review, definitions: Path
) -> None:
    assert review(sheets()) == LabelImport((), ())
    assert read(definitions) == (DEFINITION, BLOCK, CHOICES)


def test_words_go_back_to_where_they_stand_and_nothing_else_moves(
    review: Review, definitions: Path
) -> None:
    book = sheets()
    row_of(book, "nom")[f"label::{FR}"] = "Quel est votre nom ?"
    row_of(book, "age")[f"label::{EN}"] = "Age: in years?"
    row_of(book, "village")[f"hint::{FR}"] = "Le village le plus proche"
    row_of(book, "no", "choices")[f"label::{FR}"] = "Pas du tout"
    done = review(book)
    assert len(done.applied) == 4
    assert done.left == ()
    assert read(definitions) == (
        DEFINITION.replace("{fr: Nom ?,", "{fr: Quel est votre nom ?,").replace(
            "en: How old?", 'en: "Age: in years?"'
        ),
        BLOCK.replace("Le plus proche", "Le village le plus proche"),
        CHOICES.replace("{fr: Non", "{fr: Pas du tout"),
    )
    assert "village.yaml : /lieu/village hint" in str(done.applied[1])


def test_everything_but_words_is_listed_and_left(review: Review, definitions: Path) -> None:
    book = sheets()
    row_of(book, "age")["constraint"] = ". < 99"
    row_of(book, "nom")[f"label::{FR}"] = ""
    row_of(book, "nom")[f"required_message::{FR}"] = "Il le faut."
    book["choices"] = [book["choices"][1], {**book["choices"][0], "name": "oui"}]
    book["survey"].append({"type": "text", "name": "autre", **texts("label", "A", "A")})
    book["settings"][0]["version"] = "2027010101"
    done = review(book)
    assert done.applied == ()
    assert {str(left) for left in done.left} == {
        "/lieu/age constraint : « . < 120 » → « . < 99 »",
        f"/nom label::{FR} : « Nom ? » → «  »",
        f"/nom required_message::{FR} : « Obligatoire. » → « Il le faut. »",
        "ligne retirée : yes_no/yes",
        "ligne ajoutée : yes_no/oui",
        "ligne ajoutée : /autre",
        "settings version : « 2026112301 » → « 2027010101 »",
    }
    assert read(definitions) == (DEFINITION, BLOCK, CHOICES)


def test_another_order_is_listed_and_left(review: Review, definitions: Path) -> None:
    book = sheets()
    book["choices"].reverse()
    (left,) = review(book).left
    assert "ordre des lignes" in str(left)
    assert read(definitions) == (DEFINITION, BLOCK, CHOICES)


def test_a_speaker_adds_a_language_with_voice(review: Review, definitions: Path) -> None:
    book = sheets()
    row_of(book, "nom")[f"label::{KON}"] = "Ta noma ?"
    row_of(book, "nom")[f"audio::{KON}"] = "nom-ko.mp3"
    row_of(book, "age")[f"label::{KON}"] = "Ta ania ?"
    row_of(book, "village")[f"label::{KON}"] = "Vilaj ?"
    row_of(book, "yes", "choices")[f"label::{KON}"] = "Ya"
    assert review(book).left == ()
    definition, block, choices = map(load_yaml, read(definitions))
    assert definition["languages"] == {"ko": KON}
    nom, lieu = definition["questions"]
    assert nom["label"] == {"fr": "Nom ?", "en": "Name?", "ko": "Ta noma ?"}
    assert nom["audio"] == {"ko": "nom-ko.mp3"}
    assert lieu["questions"][1]["label"]["ko"] == "Ta ania ?"
    assert block[0]["label"]["ko"] == "Vilaj ?"
    assert choices["yes_no"]["yes"] == {"fr": "Oui", "en": "Yes", "ko": "Ya"}
    assert "   # tel que dit\n" in read(definitions)[0]


def test_what_a_language_still_lacks_is_known(review: Review, definitions: Path) -> None:
    book = sheets()
    row_of(book, "nom")[f"label::{KON}"] = "Ta noma ?"
    row_of(book, "village")[f"label::{KON}"] = "Vilaj ?"
    review(book)
    lacking = untranslated(text_places("essai", definitions))
    assert [str(place) for place in lacking["ko"]] == ["/lieu", "/lieu/age"]
    choice = "  - q: select_one yes_no ok\n    label: {fr: Bien ?, en: Well?, ko: B ?}\n"
    asked = read(definitions)[0].replace("questions:\n", "questions:\n" + choice, 1)
    (definitions / "essai.yaml").write_text(asked)
    lacking = untranslated(text_places("essai", definitions))
    assert [str(place) for place in lacking["ko"]][2:] == ["yes_no/yes", "yes_no/no"]


def test_a_second_language_joins_the_first(review: Review, definitions: Path) -> None:
    for language in (KON, "Autre (au)"):
        book = sheets()
        row_of(book, "nom")[f"label::{language}"] = "x"
        review(book)
    content = load_yaml(read(definitions)[0])
    assert content["languages"] == {"ko": KON, "au": "Autre (au)"}


def test_a_hint_that_was_not_there_is_added_in_both_languages(
    review: Review, definitions: Path
) -> None:
    book = sheets()
    row_of(book, "nom").update(texts("hint", "Tel que dit", "As said"))
    assert len(review(book).applied) == 2
    content = load_yaml(read(definitions)[0])
    assert content["questions"][0]["hint"] == {"fr": "Tel que dit", "en": "As said"}


def test_a_dry_run_writes_nothing(definitions: Path, tmp_path: Path) -> None:
    book = sheets()
    row_of(book, "nom")[f"label::{FR}"] = "Le nom ?"
    path = save(tmp_path / "r.xlsx", book)
    done = import_labels(path, definitions, compiled=sheets(), dry_run=True)
    assert len(done.applied) == 1
    assert read(definitions) == (DEFINITION, BLOCK, CHOICES)


def test_a_workbook_that_is_none_or_says_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("name,label")
    with pytest.raises(FormError, match=r"x\.xlsx: ce n’est pas un classeur"):
        reviewed_form(tmp_path / "x.xlsx")
    with pytest.raises(FormError, match="form_id"):
        reviewed_form(save(tmp_path / "y.xlsx", {"survey": sheets()["survey"]}))
    assert reviewed_form(save(tmp_path / "z.xlsx", sheets())) == "essai"


def test_a_form_without_definition_is_told(definitions: Path, tmp_path: Path) -> None:
    book = sheets()
    book["settings"][0]["form_id"] = "inconnu"
    with pytest.raises(FormError, match=r"inconnu\.yaml"):
        import_labels(save(tmp_path / "r.xlsx", book), definitions, compiled=sheets())


def test_the_version_is_raised_in_place(definitions: Path) -> None:
    raise_version(definitions / "essai.yaml", "2026112302")
    assert read(definitions)[0] == DEFINITION.replace("2026112301", "2026112302")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the centre's own definitions and reference files."""
    shutil.copytree(DEFINITIONS, tmp_path / "definitions")
    shutil.copytree(REFERENCE, tmp_path / "reference")
    return tmp_path


def compiled(shipped: Path, form_id: str) -> CompiledForm:
    definitions, reference = shipped / "definitions", shipped / "reference"
    return compile_form(form_id, definitions=definitions, reference=reference)


def book_of(form: CompiledForm) -> Sheets:
    return {name: [dict(row) for row in rows] for name, rows in form.sheets.items() if rows}


@pytest.mark.parametrize("form_id", form_ids())
def test_every_form_of_the_centre_goes_out_and_comes_back_the_same(
    shipped: Path, form_id: str
) -> None:
    form = compiled(shipped, form_id)
    book = save(shipped / "r.xlsx", book_of(form))
    done = import_labels(book, shipped / "definitions", compiled=form.sheets)
    assert done == LabelImport((), ())


@pytest.mark.parametrize("form_id", form_ids())
def test_every_question_of_the_centre_can_be_corrected(shipped: Path, form_id: str) -> None:
    form = compiled(shipped, form_id)
    book = book_of(form)
    shown = [row for row in book["survey"] if row.get(f"label::{EN}")]
    for number, row in enumerate(shown):
        row[f"label::{EN}"] = f"Question {number}"
    path = save(shipped / "r.xlsx", book)
    done = import_labels(path, shipped / "definitions", compiled=form.sheets)
    assert (len(done.applied), done.left) == (len(shown), ())
    assert compiled(shipped, form_id).sheets["survey"] == book["survey"]


def test_a_language_may_grow_text_by_text_and_shows_french_until_then(shipped: Path) -> None:
    before = compiled(shipped, "identification")
    book = book_of(before)
    first, second, *_ = [row for row in book["survey"] if row.get(f"label::{FR}")]
    first[f"label::{KON}"] = "Ta ?"
    first[f"media::audio::{KON}"] = "ta.mp3"
    (shipped / "reference" / "ta.mp3").write_bytes(b"a voice")
    others = {each: compiled(shipped, each).xform for each in form_ids() if each != before.form_id}
    path = save(shipped / "r.xlsx", book)
    assert import_labels(path, shipped / "definitions", compiled=before.sheets).left == ()
    after = compiled(shipped, "identification")
    survey = {row["name"]: row for row in after.sheets["survey"] if row["type"][:4] != "end_"}
    assert survey[first["name"]][f"label::{KON}"] == "Ta ?"
    assert survey[second["name"]][f"label::{KON}"] == second[f"label::{FR}"]
    assert after.media["ta.mp3"] == b"a voice"
    assert "jr://audio/ta.mp3" in after.xform
    assert "<value>-</value>" not in after.xform
    assert {each: compiled(shipped, each).xform for each in others} == others


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)
cells = st.sampled_from([("nom", "label"), ("village", "label"), ("village", "hint")])


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(st.tuples(cells, st.sampled_from([FR, EN])), words, max_size=4))
def test_whatever_is_written_in_the_workbook_stands_in_the_sources(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[Any, str]
) -> None:
    folder = tmp_path_factory.mktemp("r")
    (folder / "blocks").mkdir()
    (folder / "essai.yaml").write_text(DEFINITION)
    (folder / "blocks" / "village.yaml").write_text(BLOCK)
    book = sheets()
    for ((name, column), language), text in changes.items():
        row_of(book, name)[f"{column}::{language}"] = text
    path = folder / "r.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
        for sheet_name, rows in book.items():
            sheet = workbook.add_worksheet(sheet_name)
            columns = list(dict.fromkeys(key for row in rows for key in row))
            for number, row in enumerate([dict(zip(columns, columns, strict=True)), *rows]):
                for at, column in enumerate(columns):
                    sheet.write_string(number, at, row.get(column, ""))
    import_labels(path, folder, compiled=sheets())
    nom = load_yaml((folder / "essai.yaml").read_text())["questions"][0]
    village = load_yaml((folder / "blocks" / "village.yaml").read_text())[0]
    for ((name, column), language), text in changes.items():
        source = nom if name == "nom" else village
        assert source[column]["fr" if language == FR else "en"] == text
