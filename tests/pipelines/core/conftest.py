"""A centre in a real warehouse: answers arrive, change and go as Central sends them; people are known."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, Table, text

from forms.xform import read_xform
from pipelines.core.sources import FIELDS, REPEATS
from warehouse import casework_tables, core_tables, identity_tables
from warehouse.form_tables import adopt_form
from warehouse.load import load
from warehouse.tables import metadata

_XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>{id}</h:title><model><instance><data id="{id}" version="1"><meta><instanceID/></meta>
</data></instance></model></h:head><h:body/></h:html>"""
_KINDS = {"day": "date", "int": "int", "text": "string"}
_SKIPPED = ("location_latitude", "location_longitude")


def fields_of(form_id: str, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Central's field list of a form, with just what core reads."""
    found = [_field("", word) for word in FIELDS[form_id].split()]
    if form_id == "mining_site":
        found.append({"path": "/location", "name": "location", "type": "geopoint"})
    for name, (parent, repeat) in REPEATS.items():
        if parent == form_id:
            found.append({"path": f"/{repeat}", "name": repeat, "type": "repeat"})
            found += [_field(f"/{repeat}", word) for word in FIELDS[name].split()]
    return [f for f in found if f["name"] not in (*_SKIPPED, *without)]


def _field(group: str, word: str) -> dict[str, Any]:
    name, _, kind = word.partition(":")
    return {"path": f"{group}/{name}", "name": name, "type": _KINDS.get(kind or "text", "string"),
            "selectMultiple": None}  # fmt: skip


@dataclass
class Centre:
    """Central's side and the persons, as the identity pipeline leaves them."""

    engine: Engine
    rows: dict[tuple[int, str, str], dict[str, Any]] = field(default_factory=dict)
    waiting: list[tuple[int, str, str]] = field(default_factory=list)
    runs: int = 0
    clock: int = 0

    def now(self) -> str:
        """A later stamp each time."""
        self.clock += 1
        return f"2026-11-23T10:{self.clock // 60:02d}:{self.clock % 60:02d}.000Z"

    def send(
        self,
        form_id: str,
        instance_id: str,
        *,
        project: int = 1,
        system: Mapping[str, Any] | None = None,
        **answers: Any,
    ) -> None:
        """A submission, new or edited; answers left out keep what was said before."""
        before = self.rows.get((project, form_id, instance_id), {})
        row = {"today": "2026-10-05", **before, **answers, "__id": instance_id}
        row["__system"] = {
            "submissionDate": "2026-10-05T10:00:00.000Z", "updatedAt": None, "submitterId": "1",
            "submitterName": "PF-01", "attachmentsPresent": 0, "attachmentsExpected": 0,
            "status": None, "reviewState": None, "deviceId": None, "edits": 0, "formVersion": "1",
            "deletedAt": None,
        } | before.get("__system", {}) | dict(system or {})  # fmt: skip
        self.rows[project, form_id, instance_id] = row
        self.waiting.append((project, form_id, instance_id))

    def register(self, instance_id: str, **answers: Any) -> None:
        """A consented interview with a woman born in 1990."""
        said: dict[str, Any] = {"consent_record": "yes", "consent_contact": "yes", "birth_year": 1990,
                "focal_point": "PF-01", "cercle": "kenieba", "seen_before": "no"}  # fmt: skip
        known = self.rows.get((1, "identification", instance_id), {})
        self.send("identification", instance_id, **(said | known | answers))

    def delete(self, form_id: str, instance_id: str, project: int = 1) -> None:
        self.send(
            form_id, instance_id, project=project, system={"deletedAt": "2026-11-20T00:00:00.000Z"}
        )

    def publish(self, form_id: str, *, project: int = 1, without: tuple[str, ...] = ()) -> Any:
        """Take a form into the warehouse, perhaps without some questions."""
        with self.engine.begin() as connection:
            return adopt_form(
                connection, project_id=project,
                xform=read_xform(_XFORM.format(id=form_id)), xml="",
                fields=fields_of(form_id, without), definition_hash="1", now=self.now(),
            )  # fmt: skip

    def sync(self, *, sealed: str | None = None) -> None:
        """What Central sends now."""
        self.runs += 1
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "insert into sync_run (run_id, started_at, ended_at, outcome) "
                    "values (:n, :t, :t, 'ok')"
                ),
                {"n": self.runs, "t": self.now()},
            )
        for project, form_id in sorted({(p, f) for p, f, _ in self.waiting}):
            shape = self.publish(form_id, project=project)
            names = {n for p, f, n in self.waiting if (p, f) == (project, form_id)}
            rows = [self.rows[project, form_id, n] for n in sorted(names)]
            with self.engine.begin() as connection:
                load(
                    connection, shape, [(json.dumps(row), row) for row in rows],
                    run_id=self.runs, sealed_versions=[sealed] if sealed else [],
                )  # fmt: skip
        self.waiting.clear()

    def know(
        self,
        person_id: str,
        *instance_ids: str,
        cards: Mapping[str, str] | None = None,
        state: str = "active",
        into: str | None = None,
        **values: Any,
    ) -> None:
        """A person as the identity pipeline leaves it: her registrations and cards (card → day)."""
        golden = {"sex": "female", "birth_year": 1990, "nationality": "SN", "occupation": "8111",
                  "cercle": "kenieba", "sector": "asgm"} | values  # fmt: skip
        now = self.now()
        person = {"person_id": person_id, "state": state, "merged_into": into, "created_at": now,
                  "updated_at": now, "registrations": len(instance_ids), **golden}  # fmt: skip
        tables = metadata.tables
        with self.engine.begin() as connection:
            for name in ("person", "person_registration", "person_card"):
                table = tables[name]
                connection.execute(table.delete().where(table.c.person_id == person_id))
            connection.execute(tables["person"].insert().values(**person))
            links = tables["person_registration"]
            for instance_id in instance_ids:
                connection.execute(links.delete().where(links.c.instance_id == instance_id))
                connection.execute(
                    links.insert().values(
                        project_id=1, form_id="identification", instance_id=instance_id,
                        person_id=person_id, link_class="auto", since=now,
                    )
                )  # fmt: skip
            for card, day in (cards or {}).items():
                connection.execute(
                    tables["person_card"].insert().values(
                        card_code=card, person_id=person_id, instance_id="x", given_on=day
                    )
                )  # fmt: skip

    def forget(self, *instance_ids: str) -> None:
        """Erasure: the submission and its answers are gone without a run."""
        with self.engine.begin() as connection:
            for _, form_id, instance_id in [k for k in self.rows if k[2] in instance_ids]:
                tables = ["submission", f"form_{form_id}"]
                tables += ["form_training_attendance__participant"] if "training" in form_id else []
                for table in tables:
                    connection.execute(
                        text(f"delete from {table} where instance_id = :i"), {"i": instance_id}
                    )

    def rows_of(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """All rows as text, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(text(f"select {columns} from {table}")).all()
        return sorted(tuple(str(v) for v in row) for row in rows)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The answer to a question in SQL."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


@pytest.fixture
def centre(engine: Engine) -> Centre:
    """An empty centre, on both databases in turn."""
    return Centre(engine)


@pytest.fixture
def emptied() -> Callable[[Centre], None]:
    """Empties a centre and its warehouse, for the next example of a property test."""

    def empty(centre: Centre) -> None:
        own = (core_tables, casework_tables, identity_tables)
        found = [t for module in own for t in vars(module).values() if isinstance(t, Table)]
        found += [metadata.tables[n] for n in ("submission", "submission_history", "sync_run")]
        with centre.engine.begin() as connection:
            for table in {t.name: t for t in found}.values():
                connection.execute(table.delete())
            for name in connection.execute(text("select table_name from form")).scalars().all():
                connection.exec_driver_sql(f"delete from {name}")
                if name == "form_training_attendance":
                    connection.exec_driver_sql(f"delete from {name}__participant")
        centre.rows.clear()
        centre.waiting.clear()
        centre.runs = 0

    return empty
