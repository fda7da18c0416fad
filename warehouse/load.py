"""Puts received submissions into the warehouse: raw with its history, then the form's tables.

Every step is idempotent and runs inside the caller's transaction, together with the cursor.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select

from warehouse.bulk import Row, delete_submissions, upsert
from warehouse.erasure import without_erased
from warehouse.flatten import Flat, Flatten, columns_of, flattener
from warehouse.shape import FormShape
from warehouse.tables import load_problem, submission, submission_history

_BATCH = 500
"""Submissions in memory at once; a bigger batch is not faster (docs/mesures.md)."""

OPENED = "opened"
"""Status of a submission that came sealed and was opened on this computer."""

_KEY = ("project_id", "form_id", "instance_id")
_COLUMNS = tuple(c.name for c in submission.columns)
_KEPT = tuple(c.name for c in submission_history.columns if c.name != "replaced_by_run_id")

Received = tuple[str, Mapping[str, Any]]
"""One row of the feed: its JSON text as it came, and the same parsed."""


@dataclass(slots=True)
class Counts:
    """What one load did. `latest` is the newest stamp Central gave, or None without rows."""

    received: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    digest: str
    revision: int
    deleted: bool
    edits: int | None


class Intake:
    """The loading of one feed, batch by batch, each in a transaction of the caller's choice.

    `sealed_versions` are the form versions whose answers must arrive encrypted: a row of one that
    Central can read anyway is quarantined, that is kept raw and shown, but in no other table.
    `seals` gives, for rows that were opened here, the digest of the sealed row of the feed: so
    long as the feed sends that one, the opened answers stay.
    """

    def __init__(
        self,
        connection: Connection,
        shape: FormShape,
        *,
        run_id: int,
        sealed_versions: Collection[str] = (),
        seals: Mapping[str, str] | None = None,
    ) -> None:
        self.counts = Counts()
        self._shape, self._run_id = shape, run_id
        self._sealed_versions, self._seals = sealed_versions, seals
        self._flatten = flattener(shape)
        self._empty = _is_empty(connection, shape)

    def take(self, connection: Connection, batch: Sequence[Received]) -> None:
        """Load one batch; rows that did not change since the last load cost a look-up."""
        shape, counts = self._shape, self.counts
        kept = without_erased(connection, batch)
        received = {str(row["__id"]): (text, row) for text, row in kept}
        held = {} if self._empty else _held(connection, shape, list(received))
        _note_latest(batch, counts)
        fresh = _fresh(received, held, counts, self._sealed_versions, self._seals)
        _keep_history(connection, shape, [i for i in fresh if i in held], run_id=self._run_id)
        _write_raw(connection, shape, fresh, held, run_id=self._run_id)
        _write_tables(connection, shape, fresh, held, self._flatten)
        counts.received += len(batch)


def batches(rows: Iterable[Received]) -> Iterator[list[Received]]:
    """The rows in batches; the last one is short or empty, so it comes after the feed's end."""
    feed = iter(rows)
    while len(batch := list(islice(feed, _BATCH))) == _BATCH:
        yield batch
    yield batch


def load(
    connection: Connection,
    shape: FormShape,
    rows: Iterable[Received],
    *,
    run_id: int,
    sealed_versions: Collection[str] = (),
    seals: Mapping[str, str] | None = None,
) -> Counts:
    """Load a whole feed in the caller's transaction (see `Intake`)."""
    intake = Intake(connection, shape, run_id=run_id, sealed_versions=sealed_versions, seals=seals)
    for batch in batches(rows):
        intake.take(connection, batch)
    return intake.counts


@dataclass(frozen=True, slots=True)
class _New:
    """A submission that is new or changed."""

    digest: str
    text: str
    row: Mapping[str, Any]
    quarantined: bool
    opened: bool

    @property
    def readable(self) -> bool:
        """Whether its answers belong into the form's tables."""
        system = self.row["__system"]
        return system["deletedAt"] is None and system["status"] is None and not self.quarantined


_Fresh = dict[str, _New]


def _is_empty(connection: Connection, shape: FormShape) -> bool:
    mine = (submission.c.project_id == shape.project_id, submission.c.form_id == shape.form_id)
    return (
        connection.execute(select(submission.c.instance_id).where(*mine).limit(1)).first() is None
    )


_HELD = select(
    submission.c.instance_id,
    submission.c.digest,
    submission.c.revision,
    submission.c.deleted_at,
    submission.c.edits,
).where(
    submission.c.project_id == bindparam("project_id"),
    submission.c.form_id == bindparam("form_id"),
    submission.c.instance_id.in_(bindparam("ids", expanding=True)),
)


def _held(connection: Connection, shape: FormShape, ids: list[str]) -> dict[str, _Held]:
    found = connection.execute(
        _HELD, {"project_id": shape.project_id, "form_id": shape.form_id, "ids": ids}
    )
    return {i: _Held(d, revision, gone is not None, edits) for i, d, revision, gone, edits in found}


def _note_latest(batch: Iterable[Received], counts: Counts) -> None:
    for _, row in batch:
        system = row["__system"]
        stamps = (system["submissionDate"], system["updatedAt"], system["deletedAt"])
        counts.latest = max(s for s in (*stamps, counts.latest or "") if s is not None) or None


def _fresh(
    received: Mapping[str, Received],
    held: Mapping[str, _Held],
    counts: Counts,
    sealed_versions: Collection[str],
    seals: Mapping[str, str] | None,
) -> _Fresh:
    fresh: _Fresh = {}
    for instance_id, (text, row) in received.items():
        system = row["__system"]
        before = held.get(instance_id)
        if seals is not None:
            digest = seals[instance_id]
        else:
            digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
            if before is not None and before.digest == digest:
                continue
        open_letter = system["status"] is None and seals is None
        quarantined = open_letter and system["formVersion"] in sealed_versions
        fresh[instance_id] = _New(digest, text, row, quarantined, opened=seals is not None)
        counts.quarantined += quarantined
        counts.new += before is None
        counts.changed += before is not None
        counts.deleted += system["deletedAt"] is not None and not (before and before.deleted)
    return fresh


def _keep_history(connection: Connection, shape: FormShape, ids: list[str], *, run_id: int) -> None:
    """Move the state that is about to be replaced into the history, inside the database."""
    if not ids:
        return
    statement = submission_history.insert().from_select(
        [*_KEPT, "replaced_by_run_id"],
        select(*(submission.c[name] for name in _KEPT), bindparam("replacing_run", run_id)).where(
            submission.c.project_id == shape.project_id,
            submission.c.form_id == shape.form_id,
            submission.c.instance_id.in_(ids),
        ),
    )
    connection.execute(statement)


def _write_raw(
    connection: Connection,
    shape: FormShape,
    fresh: _Fresh,
    held: Mapping[str, _Held],
    *,
    run_id: int,
) -> None:
    rows: list[Row] = []
    for instance_id, new in fresh.items():
        s = new.row["__system"]
        revision = held[instance_id].revision + 1 if instance_id in held else 1
        rows.append((
            shape.project_id, shape.form_id, instance_id, s["formVersion"], s["submissionDate"],
            s["updatedAt"], s["deletedAt"], s["reviewState"], s["edits"],
            OPENED if new.opened else s["status"],
            s["submitterId"], s["submitterName"], s["deviceId"], s["attachmentsPresent"],
            s["attachmentsExpected"], new.quarantined, None, new.digest, revision, run_id, new.text,
        ))  # fmt: skip
    upsert(connection, "submission", _COLUMNS, rows, key=_KEY)


def _write_tables(
    connection: Connection,
    shape: FormShape,
    fresh: _Fresh,
    held: Mapping[str, _Held],
    flatten: Flatten,
) -> None:
    """Live, readable submissions have rows in the form's tables; deleted ones have none."""
    flat, gone = Flat(), []
    for instance_id, new in fresh.items():
        if new.readable:
            flatten(new.row, flat)
        elif instance_id in held:
            gone.append(instance_id)
    seen_before = [i for i in fresh if i in held]
    # A repeat has no lasting row keys (they are positions), so an edit replaces its rows whole.
    # Without an edit (a new form version, a review) they are the same rows: overwriting them
    # keeps the answers to questions that the form no longer asks.
    replaced = [i for i in seen_before if _edited(fresh[i], held[i])]
    for table in reversed(shape.tables):
        delete_submissions(
            connection, table.name, gone if table.parent is None else {*gone, *replaced}
        )
    for table in shape.tables:
        key = ("instance_id",) if table.parent is None else ("instance_id", "row_path")
        upsert(connection, table.name, columns_of(table), flat.rows.get(table.name, []), key=key)
    note_problems(connection, shape, seen_before, flat)


def _edited(new: _New, before: _Held) -> bool:
    return bool(new.row["__system"]["edits"] != before.edits)


def note_problems(
    connection: Connection, shape: FormShape, seen_before: list[str], flat: Flat
) -> None:
    """Write down the answers that fit no column, in place of what was noted of `seen_before`."""
    if seen_before:
        connection.execute(
            load_problem.delete().where(
                load_problem.c.project_id == shape.project_id,
                load_problem.c.form_id == shape.form_id,
                load_problem.c.instance_id.in_(seen_before),
            )
        )
    rows: list[Row] = [(shape.project_id, shape.form_id, *problem) for problem in flat.problems]
    columns = tuple(c.name for c in load_problem.columns)
    upsert(connection, "load_problem", columns, rows, key=columns[:-1])
