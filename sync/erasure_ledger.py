"""The proof that erased records are gone: what Central deleted, and when its bin no longer held it.

Only salted hashes are kept. Numbers of days are those of ODK Central: its nightly purge takes what
was deleted 30 days ago or more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, RowMapping, func, select

from sync.alarms import Alarm
from warehouse.bulk import upsert
from warehouse.erasure import hash_of, salt_of
from warehouse.protection_tables import central_erasure, erasure_proof

PURGE_DAYS = 30
"""Central's own period."""

LATE_DAYS = 35
"""Five more: Central purges at night, and Kafo's computer may be off over a long weekend."""

WAITING_DAYS = 7
"""A deletion asked of Central that long ago, and not done, needs somebody to look."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the erasure of one person (or one batch of retention) has come in Central."""

    person_hash: str
    erased_on: str
    deleted_on: str
    gone_on: str | None
    items: int
    left: int

    def late(self, now: str) -> bool:
        """Whether something is still there that Central should have purged."""
        return self.gone_on is None and self.deleted_on < before(now, LATE_DAYS)


def before(now: str, days: int) -> str:
    """The day so many days before a moment."""
    return (date.fromisoformat(now[:10]) - timedelta(days=days)).isoformat()


def note_deleted(
    connection: Connection, row: RowMapping, items: Iterable[str], *, now: str
) -> None:
    """Write down that Central confirmed the deletion of these IDs; `row` is of the queue."""
    kind = "submission" if row["kind"] == "submission" else "entity"
    salt, today = salt_of(connection), now[:10]
    rows = [
        (row["project_id"], kind, row["form_id"], hash_of(salt, item), row["person_hash"],
         str(row["asked_at"])[:10], today, None, None)
        for item in items
    ]  # fmt: skip
    columns = tuple(c.name for c in erasure_proof.columns)
    upsert(connection, "erasure_proof", columns, rows, key=columns[:4])


def proofs(connection: Connection) -> list[Proof]:
    """All erasures that reached Central, oldest first."""
    c = erasure_proof.c
    counted = (
        select(
            c.person_hash,
            func.min(c.erased_on),
            func.max(c.deleted_on),
            func.max(c.gone_on),
            func.count(),
            func.count() - func.count(c.gone_on),
        )
        .group_by(c.person_hash)
        .order_by(func.min(c.erased_on), c.person_hash)
    )
    return [
        Proof(str(who), str(erased), str(deleted), None if left else str(gone), items, left)
        for who, erased, deleted, gone, items, left in connection.execute(counted)
    ]


def not_gone(connection: Connection, now: str) -> Iterator[Alarm]:
    """Erased records that Central still holds after its own period, or never deleted."""
    c = erasure_proof.c
    late = select(func.count()).where(c.gone_on.is_(None), c.deleted_on < before(now, LATE_DAYS))
    if count := connection.scalar(late):
        yield Alarm(
            "erased_in_bin",
            f"{count} fiche(s) effacée(s) n'ont pas été vues parties d'ODK Central {LATE_DAYS} jours "
            "après leur suppression. « kafo protection erasures » dit depuis quand. Demandez à "
            "l'administrateur d'ODK Central si la purge de nuit tourne.",
            f"{count} erased record(s) have not been seen gone from ODK Central {LATE_DAYS} days after "
            "their deletion. 'kafo protection erasures' says since when. Ask the administrator of "
            "ODK Central whether the nightly purge runs.",
        )
    asked = central_erasure.c.asked_at
    old = select(func.count()).where(asked < f"{before(now, WAITING_DAYS)}T00:00:00.000Z")
    if count := connection.scalar(old):
        yield Alarm(
            "erasure_waiting",
            f"{count} suppression(s) attendent ODK Central depuis plus de {WAITING_DAYS} jours. "
            "Lancez « kafo protection retention » : le message dit ce qui manque.",
            f"{count} deletion(s) have waited for ODK Central for more than {WAITING_DAYS} days. Run "
            "'kafo protection retention': its message says what is missing.",
        )
