"""An attacker, random people, and a warehouse with the centre's forms."""

import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from forms.compiler import compile_form, form_ids, question_notes
from forms.xform import read_xform
from pipelines.protection.lattice import Grouping, Table
from pipelines.protection.relations import tables
from warehouse.form_tables import adopt_form, current_shape
from warehouse.load import Counts, load
from warehouse.views import refresh_views

Person = tuple[int, int, int, int, int]
"""Sex, nationality group, occupation group, cercle, month, each as a number."""


@pytest.fixture(scope="session")
def attacker() -> ModuleType:
    """The module beside this file (test folders are no packages)."""
    spec = importlib.util.spec_from_file_location("attacker", Path(__file__).parent / "attacker.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def directory_tables() -> Callable[[Sequence[Person]], list[Table]]:
    """The public directory: sex × nationality group, sex × occupation group, cercle."""

    def tables(people: Sequence[Person]) -> list[Table]:
        return [
            Table(
                "people",
                ("sex", "nationality_group"),
                Counter((f"s{p[0]}", f"n{p[1]}") for p in people),
            ),
            Table(
                "people",
                ("sex", "occupation_group"),
                Counter((f"s{p[0]}", f"o{p[2]}") for p in people),
            ),
            Table("people", ("cercle",), Counter((f"c{p[3]}",) for p in people)),
        ]

    return tables


@pytest.fixture(scope="session")
def monthly_tables() -> Callable[[Sequence[Person]], tuple[list[Table], list[Grouping]]]:
    """The same people by month and by quarter of their first interview."""

    def tables(people: Sequence[Person]) -> tuple[list[Table], list[Grouping]]:
        months: Counter[tuple[str, ...]] = Counter(
            (f"m{p[4]}", f"s{p[0]}", f"n{p[1]}") for p in people
        )
        quarters: Counter[tuple[str, ...]] = Counter(
            (f"q{p[4] // 3}", f"s{p[0]}", f"n{p[1]}") for p in people
        )
        found = [
            Table("people", ("month", "sex", "nationality_group"), months),
            Table("people", ("quarter", "sex", "nationality_group"), quarters),
        ]
        return found, [Grouping("month", "quarter", {f"m{m}": f"q{m // 3}" for m in range(6)})]

    return tables


NOW = "2026-11-01T10:00:00.000Z"


_compiled = cache(compile_form)


class Centre:
    """A warehouse with the centre's forms, filled by hand as the feed would."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.fields: dict[str, list[dict[str, Any]]] = {}
        self.runs = 0
        with engine.begin() as connection:
            for form_id in form_ids():
                self._adopt(connection, form_id)
            refresh_views(connection)

    def _adopt(self, connection: Connection, form_id: str) -> None:
        form = _compiled(form_id)
        xform = read_xform(form.xform)
        self.fields[form_id] = [
            {"path": f.path, "name": f.name, "type": f.type, "selectMultiple": f.select_multiple}
            for f in xform.fields
        ]
        adopt_form(
            connection,
            project_id=1,
            xform=xform,
            xml=form.xform,
            fields=self.fields[form_id],
            definition_hash="x",
            now=NOW,
            notes=question_notes(form_id),
        )

    def row(self, form_id: str, instance_id: str, **answers: Any) -> dict[str, Any]:
        """A row as OData gives it; a list answers a repeat."""
        row: dict[str, Any] = {}
        for field in self.fields[form_id]:
            *groups, name = field["path"].strip("/").split("/")
            place: Any = row
            for group in groups:
                place = place[group] if place is not None else None
            if place is None or isinstance(place, list):
                continue
            kind = {"structure": {}, "repeat": answers.get(name, [])}
            place[name] = kind.get(field["type"], answers.get(name))
        row["__id"] = instance_id
        row["__system"] = {
            "submissionDate": answers.get("at", NOW), "updatedAt": None, "submitterId": "1",
            "submitterName": "PF-01", "attachmentsPresent": 0, "attachmentsExpected": 0,
            "status": None, "reviewState": None, "deviceId": None, "edits": 0, "formVersion": "1",
            "deletedAt": None,
        }  # fmt: skip
        return row

    def receive(self, form_id: str, *rows: dict[str, Any]) -> Counts:
        """What a synchronisation does with these rows."""
        self.runs += 1
        with self.engine.begin() as connection:
            shape = current_shape(connection, 1, form_id)
            assert shape is not None
            feed = [(json.dumps(row), row) for row in rows]
            return load(connection, shape, feed, run_id=self.runs)

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def everything(self) -> str:
        """All that the warehouse holds, as one text."""
        with self.engine.connect() as connection:
            found = []
            for relation in tables(connection):
                rows = connection.execute(text(f'select * from "{relation.name}"')).all()
                found.append(f"{relation.name}: {rows}")
        return "\n".join(found)


@pytest.fixture
def centre(engine: Engine) -> Centre:
    """On SQLite and PostgreSQL in turn."""
    return Centre(engine)
