"""Where the last refresh ended, and what every row of the core depends on."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from pipelines.core.sources import FIELDS, Source
from pipelines.core.statements import read_sql
from pipelines.core.touched import CORE
from warehouse.bulk import upsert
from warehouse.core_tables import core_state
from warehouse.tables import form, reference_file, submission, sync_run


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the last refresh ended. `basis`: digest of what every row depends on."""

    run_id: int
    person_at: str | None
    person_count: int
    submissions: int
    basis: str
    forms: str


def current_mark(connection: Connection, found: dict[str, list[Source]]) -> Mark:
    """Where things stand now."""
    ended = select(func.max(sync_run.c.run_id)).where(sync_run.c.ended_at.is_not(None))
    run_id = connection.scalar(ended)
    newest = connection.exec_driver_sql("select max(updated_at) from person").scalar()
    count = 0
    if newest is not None:
        count = int(connection.exec_driver_sql(
            "select count(*) from person where updated_at = (select max(updated_at) from person)"
        ).scalar() or 0)  # fmt: skip
    held = select(func.count()).select_from(submission).where(submission.c.form_id.in_(FIELDS))
    return Mark(
        int(run_id or 0), None if newest is None else str(newest), count,
        int(connection.scalar(held) or 0), _basis(connection, found), _forms(connection),
    )  # fmt: skip


def _basis(connection: Connection, found: dict[str, list[Source]]) -> str:
    """Digest of the reference files, of our own SQL and of which forms there are."""
    references = connection.execute(
        select(reference_file.c.table_name, reference_file.c.digest).order_by("table_name")
    )
    names = ("merged_person", "card_owner", "withdrawn", "record_card", "worker", "consent_event",
             "membership_spell", "membership_change", "member", "mining_site", *CORE)  # fmt: skip
    own = [read_sql("pipelines.core", f"sql/{name}.sql") for name in names]
    columns = sorted((n, s.table, *sorted(s.columns)) for n, ss in found.items() for s in ss)
    said = json.dumps([[list(r) for r in references], own, columns])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _forms(connection: Connection) -> str:
    """Digest of the published versions, whose labels are kept."""
    f = form.c
    rows = connection.execute(
        select(f.project_id, f.form_id, f.definition_hash).order_by(f.project_id, f.form_id)
    )
    said = json.dumps([list(row) for row in rows])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def last_mark(connection: Connection) -> Mark | None:
    """Where they stood, or None before the first refresh."""
    said = connection.scalar(select(core_state.c.value).where(core_state.c.name == "refresh"))
    return None if said is None else Mark(**json.loads(said))


def remember(connection: Connection, mark: Mark) -> None:
    """Keep it for the next refresh."""
    said = json.dumps({name: getattr(mark, name) for name in Mark.__slots__})
    upsert(connection, "core_state", ("name", "value"), [("refresh", said)], key=("name",))


def arrived(connection: Connection, run_id: int) -> int:
    """Submissions that came for the first time after a run."""
    s = submission.c
    new = (s.form_id.in_(FIELDS), s.run_id > run_id, s.revision == 1)
    return int(connection.scalar(select(func.count()).select_from(submission).where(*new)) or 0)
