"""Entity lists as CSV: what phones download and what people export."""

import csv
import hashlib
import io
import json

from sync.sandbox.call import Stream, compact
from sync.sandbox.datasets_state import last_change, property_names
from sync.sandbox.store import Database, Row, value

CSV = "text/csv; charset=utf-8"
ENTITIES = """
  select e.*, d.label, d.data, d.version, a.displayName as creatorName from entities e
  join entity_defs d on d.entityId = e.id and d.current
  left join actors a on a.id = e.creatorId
  where e.datasetId = ?
"""


def list_hash(db: Database, dataset: object) -> str:
    """The MD5 that phones compare: it changes with every change to the list."""
    events = value(
        db,
        "select count(*) from audits a join datasets d on d.acteeId = a.acteeId where d.id = ?",
        dataset,
    )
    text = compact({"latestAuditEntry": last_change(db, dataset), "entries": events})
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def list_csv(db: Database, dataset: object) -> Stream:
    """The list as a form's attachment."""
    names = property_names(db, dataset)
    head: list[object] = ["name", "label", "__version", *names]
    sql = ENTITIES + "and e.deletedAt is null order by e.createdAt desc, e.id desc"
    rows = (
        [row["uuid"], row["label"], row["version"], *_values(row, names)]
        for row in db.execute(sql, (dataset,))
    )
    return _csv([head, *rows])


def _values(row: Row, names: list[str]) -> list[str]:
    data = json.loads(row["data"])
    return [data.get(name, "") for name in names]


def _csv(rows: list[list[object]]) -> Stream:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return Stream(iter([out.getvalue().encode()]), CSV)
