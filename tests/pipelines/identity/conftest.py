"""A register in a real warehouse: registrations arrive, change and go as Central sends them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import pytest
from sqlalchemy import Engine, Table, text

from forms.xform import read_xform
from pipelines.identity.matcher import Reason, Scored
from pipelines.identity.plausible import Ints
from pipelines.identity.registrations import COLUMNS
from pipelines.identity.update import Report, run
from warehouse import identity_tables
from warehouse.form_tables import adopt_form
from warehouse.load import load
from warehouse.tables import submission_history, sync_run

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Identification</h:title><model><instance><data id="identification" version="1">
<meta><instanceID/></meta></data></instance></model></h:head><h:body/></h:html>"""
_KINDS = {"today": "date", "birth_year": "int", "arrival_year": "int"}
NOW = "2026-11-23T10:00:00.000Z"


@dataclass(frozen=True)
class Toy:
    """Compares letter by letter, so that a test sees at once what must come out."""

    norm_version: str = "toy"
    model_version: str = "toy"
    threshold: float = 3.0
    floor: float = 0.0
    cap: int = 3

    def content(self, answers: Mapping[str, Any]) -> str:
        names = ("last_name", "first_names", "birth_year", "phone", "card_code", "sex")
        return json.dumps([answers.get(name) for name in names])

    def keys(self, content: str) -> list[int]:
        said = json.loads(content)
        found = [f"{n}{v}" for n, v in enumerate(said[:5]) if v and n != 2]
        return [
            int.from_bytes(blake2b(k.encode(), digest_size=8).digest(), "big", signed=True)
            for k in found
        ]

    def score(
        self, contents: Sequence[str], left: Ints, right: Ints
    ) -> Iterable[tuple[int, int, Scored]]:
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            one, other = json.loads(contents[a]), json.loads(contents[b])
            same = [x is not None and x == y for x, y in zip(one, other, strict=True)]
            differ = [None not in (x, y) and x != y for x, y in zip(one, other, strict=True)]
            weights = (4.0, 3.0, 2.0, 3.0, 8.0, 0.5)
            weight = sum(w for w, s in zip(weights, same, strict=True) if s)
            weight -= sum(w / 2 for w, d in zip(weights, differ, strict=True) if d)
            sure = same[4] or (same[0] and same[1] and same[3])
            state = "same" if sure else "review" if weight > 2 else "different"
            if weight >= self.floor:
                yield a, b, Scored(weight, min(0.99, weight / 20), state, json.dumps(same))

    def reasons(self, one: str, other: str) -> list[Reason]:
        same = [x == y for x, y in zip(json.loads(one), json.loads(other), strict=True)]
        return [Reason("last_name", 4.0, "même nom", "same name")] if same[0] else []


@dataclass
class Register:
    """Central's side, and the run that follows each synchronisation."""

    engine: Engine
    matcher: Any = field(default_factory=Toy)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    synced: int = 0

    def send(
        self, instance_id: str, *, system: Mapping[str, Any] | None = None, **answers: Any
    ) -> None:
        """A registration, new or edited; answers left out keep what was said before."""
        said = {
            "today": "2026-11-01", "consent_record": "yes", "consent_contact": "yes", "age": "30",
        }  # fmt: skip
        before = self.rows.get(instance_id, {})
        row = {**dict.fromkeys(COLUMNS), **said, **before, **answers, "__id": instance_id}
        row["__system"] = {
            "submissionDate": "2026-11-01T10:00:00.123Z", "updatedAt": None, "submitterId": "1",
            "submitterName": "PF-01", "attachmentsPresent": 0, "attachmentsExpected": 0,
            "status": None, "reviewState": None, "deviceId": None, "edits": 0, "formVersion": "1",
            "deletedAt": None,
        } | before.get("__system", {}) | dict(system or {})  # fmt: skip
        self.rows[instance_id] = row

    def delete(self, instance_id: str) -> None:
        self.send(instance_id, system={"deletedAt": "2026-11-20T00:00:00.000Z"})

    def restore(self, instance_id: str) -> None:
        self.send(instance_id, system={"deletedAt": None})

    def sync(self, *instance_ids: str, project_id: int = 1, sealed: str | None = None) -> None:
        """What Central sends now: the given registrations, or all."""
        wanted = instance_ids or tuple(self.rows)
        self.synced += 1
        fields = [
            {"path": f"/{n}", "name": n, "type": _KINDS.get(n, "string"), "selectMultiple": None}
            for n in COLUMNS
        ]
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "insert into sync_run (run_id, started_at, ended_at, outcome) values (:n, :t, :t, 'ok')"
                ),
                {"n": self.synced, "t": NOW},
            )
            shape = adopt_form(
                connection, project_id=project_id, xform=read_xform(FORM), xml=FORM, fields=fields,
                definition_hash="1", now=NOW,
            )  # fmt: skip
            feed = [(json.dumps(self.rows[i]), self.rows[i]) for i in wanted]
            load(
                connection,
                shape,
                feed,
                run_id=self.synced,
                sealed_versions=[sealed] if sealed else [],
            )

    def update(self, *, full: bool = False, now: str = NOW) -> Report:
        return run(self.engine, now=now, full=full, matcher=self.matcher)

    def arrive(self, *instance_ids: str) -> Report:
        self.sync(*instance_ids)
        return self.update()

    def wipe(self) -> None:
        """An empty register again."""
        with self.engine.begin() as connection:
            mine = [t for t in vars(identity_tables).values() if isinstance(t, Table)]
            for table in (*mine, submission_history, sync_run):
                connection.execute(table.delete())
            if self.synced:
                connection.exec_driver_sql("delete from form_identification")
        self.rows, self.synced = {}, 0

    def read(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def person_of(self) -> dict[str, str]:
        return dict(self.read("select instance_id, person_id from person_registration"))

    def people(self) -> set[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for instance_id, person_id in self.person_of().items():
            found.setdefault(person_id, set()).add(instance_id)
        return {frozenset(members) for members in found.values()}


@pytest.fixture
def register(engine: Engine) -> Register:
    return Register(engine)


@pytest.fixture
def toy() -> type[Toy]:
    return Toy


@pytest.fixture
def new_register() -> Callable[[Engine], Register]:
    return Register
