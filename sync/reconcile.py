"""Proves, form by form, that the warehouse holds what Central holds; heals what differs.

A proof is a row of `proof`: how many on each side, what was healed, and whether both were equal
in the end. What Central no longer lists is taken for gone only when Central, asked again, does not
know it; if very much is gone at once, nothing is touched and people are told: a server brought
back from an old copy looks just like that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyodk.client import Client
from sqlalchemy import Connection, Engine, delete, select

from sync.by_id import ask_again
from sync.central import Account
from sync.compare import Difference, compare
from sync.listing import Listing, listing
from sync.removal import forget_purged, mark_vanished, rename_submitters
from warehouse.engine import reading, writing
from warehouse.tables import form, proof

_FEW = 20
_SHARE = 0.1
"""More than so many, and more than this share of a form, do not vanish by themselves."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a comparison found and healed; `equal` after healing."""

    project_id: int
    form_id: str
    central_live: int
    warehouse_live: int
    central_deleted: int
    warehouse_deleted: int
    missing: int
    stale: int
    purged: int
    vanished: int
    equal: bool


def prove(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    project_id: int,
    form_id: str,
    run_id: int,
    folder: Path,
    now: Callable[[], str],
) -> Proof:
    """Compare, heal, compare again, write the proof down. Raises CentralError; call it inside a
    run, after the form's feed was read."""
    media = _has_media(engine, project_id, form_id)

    def look(listed: Listing) -> Difference:
        with writing(engine) as connection:
            return compare(connection, project_id, form_id, listed)

    with listing(client, account, project_id, form_id, media=media, folder=folder) as listed:
        first = last = look(listed)
        confirmed: set[str] = set()
        if not first.none or first.names:
            confirmed = _heal(
                engine, client, account, project_id, form_id, first, run_id, folder, now
            )
        if not first.none:
            last = look(listed)
    found = Proof(
        project_id=project_id,
        form_id=form_id,
        central_live=last.central_live,
        warehouse_live=last.warehouse_live,
        central_deleted=last.central_deleted,
        warehouse_deleted=last.warehouse_deleted,
        missing=len(first.missing),
        stale=len(first.stale),
        purged=len(first.purged),
        vanished=len(first.vanished),
        # What Central was asked again is newer than its list, so it may differ from that.
        equal=not ({*last.missing, *last.stale, *last.purged, *last.vanished} - confirmed),
    )
    with writing(engine) as connection:
        _write(connection, found, run_id, now())
    return found


def _heal(
    engine: Engine,
    client: Client,
    account: Account,
    project_id: int,
    form_id: str,
    found: Difference,
    run_id: int,
    folder: Path,
    now: Callable[[], str],
) -> set[str]:
    """Bring the differences in order; returns the IDs whose present state Central just gave."""
    too_many = len(found.vanished) > max(_FEW, _SHARE * found.warehouse_live)
    vanished = [] if too_many else found.vanished
    wanted = [*found.missing, *found.stale, *vanished]
    again = ask_again(
        engine,
        client,
        account,
        project_id=project_id,
        form_id=form_id,
        instance_ids=wanted,
        run_id=run_id,
        folder=folder,
    )
    gone = set(again.gone)
    with writing(engine) as connection:
        mark_vanished(connection, project_id, form_id, [i for i in vanished if i in gone], now())
        forget_purged(connection, project_id, form_id, found.purged, now())
        rename_submitters(connection, project_id, form_id, found.names)
    return set(wanted)


def _has_media(engine: Engine, project_id: int, form_id: str) -> bool:
    """Whether the form has questions, or an audit log, that come as files."""
    query = select(form.c.fields).where(form.c.project_id == project_id, form.c.form_id == form_id)
    with reading(engine) as connection:
        fields = connection.scalar(query) or ""
    return '"binary": true' in fields


def _write(connection: Connection, found: Proof, run_id: int, at: str) -> None:
    p = proof.c
    connection.execute(
        delete(proof).where(
            p.run_id == run_id, p.project_id == found.project_id, p.form_id == found.form_id
        )
    )
    connection.execute(
        proof.insert().values(
            run_id=run_id,
            project_id=found.project_id,
            form_id=found.form_id,
            proven_at=at,
            central_live=found.central_live,
            warehouse_live=found.warehouse_live,
            central_deleted=found.central_deleted,
            warehouse_deleted=found.warehouse_deleted,
            missing=found.missing,
            stale=found.stale,
            purged=found.purged,
            vanished=found.vanished,
            equal=found.equal,
        )
    )
