"""Each submission's OData row, made when it is written, so that reading is only copying.

A row is two texts around its `__system` part, which is made at reading time because attachments
and names change without the submission; `wide` is the same with `$expand=*`.
"""

import json

from sync.sandbox.call import compact
from sync.sandbox.forms_state import columns
from sync.sandbox.odata_rows import Shape, rows_of
from sync.sandbox.schema import Column
from sync.sandbox.store import Database
from sync.sandbox.xml_tree import Node, parse_submission

_PLAIN, _WIDE = Shape(), Shape(expand=True)


def cache_row(
    db: Database, submission_id: int, instance_id: str, root: Node, tree: Column, *, encrypted: bool
) -> None:
    """Store the row of one submission as the given version shows it."""
    if encrypted:
        head, tail = f'{{"__id":{json.dumps(instance_id)}', "}"
        wide: tuple[str, str] | tuple[None, None] = (None, None)
    else:
        head, tail = _halves(root, tree, instance_id, _PLAIN)
        wide = _halves(root, tree, instance_id, _WIDE) if tail != "}" else (None, None)
        if wide == (None, None) and '@odata.navigationLink":' in head:
            wide = _halves(root, tree, instance_id, _WIDE)
    db.execute(
        "insert or replace into rows values (?, ?, ?, ?, ?)",
        (submission_id, head, tail, *wide),
    )


def _halves(root: Node, tree: Column, instance_id: str, shape: Shape) -> tuple[str, str]:
    """The row up to and with `__id`, and what follows `__system`."""
    [row] = rows_of(root, tree, instance_id, shape, {"__system": None})
    keys = list(row)
    at = keys.index("__system")
    head = compact({key: row[key] for key in keys[:at]})[:-1]
    rest = {key: row[key] for key in keys[at + 1 :]}
    return head, "," + compact(rest)[1:] if rest else "}"


def rebuild_rows(db: Database, form_id: int, xml: str) -> None:
    """Show every answer of a form through another version, as Central does after publishing."""
    tree = columns(xml)
    sql = """
      select s.id, s.instanceId, d.xml, d.localKey from submissions s
      join submission_defs d on d.id = s.currentDefId where s.formId = ? and not s.draft"""
    for row in db.execute(sql, (form_id,)).fetchall():
        cache_row(
            db,
            row["id"],
            row["instanceId"],
            parse_submission(row["xml"]),
            tree,
            encrypted=row["localKey"] is not None,
        )
