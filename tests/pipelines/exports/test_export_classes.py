"""How sensitive a column is decides how it may leave: alone, with two people's word, or not at all."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from forms.errors import KafoError, UsageError
from pipelines.exports.export import Wish, export
from pipelines.exports.relations import NAMED, class_of
from pipelines.indicators.definition import read_definitions
from pipelines.protection.audiences import AUDIENCES, check_dimensions
from warehouse.dictionary import column_text, fixed_tables, read_descriptions
from warehouse.tables import schema_of

NOW = "2026-11-23T10:00:00.000Z"
_COLUMN = {"union": "union_code", "team": "focal_point", "theme": "themes", "need": "needs"}
"""Dimension → the column that it counts by, where the names differ."""


def _sensitive(table: str, columns: list[str]) -> bool:
    said = [column_text(table, column) for column in columns]
    return any(text is None or text.sensitivity in ("C", "R") for text in said)


def test_a_table_with_a_sensitive_column_leaves_by_the_stewards_export_or_never(
    engine: Engine,
) -> None:
    held = 0
    with engine.connect() as connection:
        for table in fixed_tables():
            if not _sensitive(table.name, [c.name for c in table.columns]):
                continue
            held += 1
            try:
                assert class_of(connection, table.name) in NAMED, table.name
            except UsageError:
                assert schema_of(table) in ("web", "raw"), table.name
    assert held > 30


@pytest.mark.parametrize("table", ["worker", "labour_case", "person", "submission"])
def test_an_export_of_sensitive_columns_without_a_second_persons_word_is_refused(
    engine: Engine, tmp_path: Path, table: str
) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(KafoError):
        export(engine, Wish(table, "csv", target, "awa", "inside", "rapport annuel"), now=NOW)
    assert not target.exists()


def test_no_figure_is_broken_down_by_a_confidential_column() -> None:
    shared, tables = read_descriptions()
    classes: dict[str, set[str]] = {}
    for said in (shared, *(table.columns for table in tables.values())):
        for name, text in said.items():
            classes.setdefault(name, set()).add(text.sensitivity)
    judged = 0
    for measure in read_definitions():
        for dimensions in measure.by:
            check_dimensions(dimensions, AUDIENCES["inside"])
            for dimension in dimensions:
                judged += 1
                found = classes.get(_COLUMN.get(dimension, dimension), set())
                assert found, f"{measure.indicator}: {dimension} is no described column"
                assert "C" not in found, f"{measure.indicator}: {dimension} is confidential"
    assert judged > 60
