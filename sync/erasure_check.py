"""Looks into Central's bin for what was erased: two lists a form, and only while something is left.

A record that somebody restored in Central is deleted again: it was erased for good.
"""

from dataclasses import dataclass

from pyodk.client import Client
from sqlalchemy import Engine, bindparam, select, update

from forms.central_calls import found
from sync.central_erasure import place_of, remove
from warehouse.engine import reading, writing
from warehouse.erasure import hash_of, salt_of
from warehouse.protection_tables import erasure_proof

_WHAT = ("vérifier la corbeille", "looking into the bin")

Where = tuple[int, str, str]
"""Project, kind (submission or entity), form or list."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many were seen gone now, are still in the bin, and had been restored."""

    gone: int = 0
    left: int = 0
    restored: int = 0


def check_bin(engine: Engine, client: Client, *, now: str) -> Looked:
    """Look for everything not yet seen gone. Raises KafoError when Central does not answer."""
    c = erasure_proof.c
    with reading(engine) as connection:
        query = select(c.project_id, c.kind, c.list_name, c.item_hash).where(c.gone_on.is_(None))
        pending: dict[Where, set[str]] = {}
        for project_id, kind, name, item in connection.execute(query):
            pending.setdefault((project_id, kind, name), set()).add(item)
    if not pending:
        return Looked()
    with writing(engine) as connection:
        salt = salt_of(connection)
    done = [
        _look(engine, client, where, items, salt, now) for where, items in sorted(pending.items())
    ]
    return Looked(
        sum(d.gone for d in done), sum(d.left for d in done), sum(d.restored for d in done)
    )


def _look(
    engine: Engine, client: Client, where: Where, items: set[str], salt: str, now: str
) -> Looked:
    place = place_of(*where)
    there = _ids(client, f"{place}?deleted=true", where, salt)
    if there is None:  # form or list deleted as a whole: nothing is proven by its absence
        return Looked(left=len(items))
    absent, restored = items - there.keys(), set[str]()
    if absent:  # gone, unless somebody restored it: only now are the living worth asking for
        living = _ids(client, place, where, salt)
        if living is None:
            return Looked(left=len(items))
        restored = absent & living.keys()
        for item in sorted(restored):
            remove(client, place, living[item])
    gone = absent - restored
    _write(engine, where, gone, looked_on=now[:10], gone_on=now[:10])
    _write(engine, where, restored, looked_on=now[:10], deleted_on=now[:10])
    _write(engine, where, items - absent, looked_on=now[:10])
    return Looked(len(gone), len(items) - len(gone), len(restored))


def _ids(client: Client, url: str, where: Where, salt: str) -> dict[str, str] | None:
    """Hash → ID of all that a list names; None when Central knows no such form or list."""
    answer = found(client, url, what=_WHAT)
    name = "instanceId" if where[1] == "submission" else "uuid"
    return None if answer is None else {hash_of(salt, e[name]): e[name] for e in answer.json()}


def _write(engine: Engine, where: Where, items: set[str], **days: str) -> None:
    c = erasure_proof.c
    if not items:
        return
    project_id, kind, name = where
    mine = (c.project_id == project_id, c.kind == kind, c.list_name == name)
    change = update(erasure_proof).where(*mine, c.item_hash == bindparam("item")).values(**days)
    with writing(engine) as connection:
        connection.execute(change, [{"item": item} for item in sorted(items)])
