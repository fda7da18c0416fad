"""Reference files become tables, whole or not at all."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from forms.errors import FormError
from warehouse.reference import load_reference


def test_a_file_becomes_a_table_and_follows_its_changes(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "towns.csv"
    file.write_text("name,label_fr\nkayes,Kayes\nkita,\n", encoding="utf-8")
    with engine.begin() as connection:
        assert load_reference(connection, [file]) == ["ref_towns"]
        assert load_reference(connection, [file]) == []
        rows = connection.execute(text("select name, label_fr from ref_towns order by 1")).all()
        assert rows == [("kayes", "Kayes"), ("kita", None)]
        connection.exec_driver_sql("create view on_towns as select name from ref_towns")
    file.write_text("name,label_fr,label_en\nkita,Kita,Kita\n", encoding="utf-8")
    with engine.begin() as connection:
        assert load_reference(connection, [file]) == ["ref_towns"]
        rows = connection.execute(text("select name, label_fr, label_en from ref_towns")).all()
        assert rows == [("kita", "Kita", "Kita")]
        assert connection.execute(text("select * from on_towns")).all() == [("kita",)]


def test_a_line_with_a_missing_column_is_refused_with_its_number(
    engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "towns.csv"
    file.write_text("name,label\nkayes,Kayes\nkita\n", encoding="utf-8")
    with engine.begin() as connection, pytest.raises(FormError) as error:
        load_reference(connection, [file])
    assert "towns.csv:3" in str(error.value)
