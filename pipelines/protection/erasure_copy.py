"""What was erased, in salted hashes, to be kept beside backups: a backup older than an erasure still
holds the person, and whoever restores it must erase that person again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from forms.errors import KafoError
from pipelines.protection.erase import empty_journal, erase_rows, mask, sweep_files
from pipelines.protection.footprint import Footprint, Of
from warehouse.bulk import upsert
from warehouse.engine import writing
from warehouse.erasure import hash_of, slow_hash_of
from warehouse.identity_tables import person
from warehouse.protection_tables import (
    central_erasure,
    erased_submission,
    erasure,
    erasure_proof,
    erasure_salt,
    masked_card,
)
from warehouse.tables import entity, submission

Copy = dict[str, Any]
"""Table → its rows as dictionaries, and the salt; ready for JSON."""

_TABLES: tuple[Table, ...] = (erased_submission, masked_card, erasure, erasure_proof)
_CARD = re.compile(r"\b[1-9][0-9]{9}\b")


@dataclass(frozen=True, slots=True)
class Again:
    """What was erased a second time."""

    submissions: int = 0
    persons: int = 0
    entities: int = 0
    lists: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.submissions + self.persons + self.entities + self.lists


def copy_of_erasures(connection: Connection) -> Copy | None:
    """Everything that was ever erased here; None when nothing was."""
    salt = connection.scalar(select(erasure_salt.c.salt))
    if salt is None:
        return None
    made: Copy = {
        t.name: [dict(row) for row in connection.execute(select(t)).mappings()] for t in _TABLES
    }
    c = central_erasure.c
    waiting = connection.scalars(select(c.instance_id).where(c.kind == "entity"))
    gone = {row["item_hash"] for row in made["erasure_proof"] if row["kind"] == "entity"}
    made["entities"] = sorted(gone | {hash_of(str(salt), str(each)) for each in waiting})
    return made | {"salt": str(salt)}


def erase_again(engine: Engine, copies: Iterable[Copy], *, now: str, store: Path) -> Again:
    """Erase from a restored warehouse all that the copies say was erased; KafoError when a copy is of
    another warehouse. One transaction; running it again changes nothing."""
    done = Again()
    with writing(engine) as connection:
        for copy in copies:
            some = _erase_again(connection, copy, now)
            done = Again(
                done.submissions + some.submissions, done.persons + some.persons,
                done.entities + some.entities, done.lists + some.lists,
            )  # fmt: skip
    empty_journal(engine)
    sweep_files(engine, store)
    return done


def _erase_again(connection: Connection, copy: Copy, now: str) -> Again:
    salt = _same_salt(connection, copy["salt"])
    erased = {row["instance_hash"] for row in copy["erased_submission"]}
    persons = {row["person_hash"] for row in copy["erasure"]}
    entities = set(copy["entities"])
    s, e = submission.c, entity.c
    found = Footprint(
        own=_found(connection, (s.project_id, s.form_id, s.instance_id), erased, salt),
        entities=_found(connection, (e.project_id, e.list_name, e.entity_id), entities, salt),
        persons=_persons(connection, persons, salt),
    )
    owner = hash_of(salt, f"restored {now}")
    erase_rows(connection, found, now=now, owner=owner)
    lists = _mask_again(connection, copy["masked_card"], salt, now)
    for table in _TABLES:
        names, key = tuple(table.columns.keys()), tuple(table.primary_key.columns.keys())
        rows = [tuple(row[name] for name in names) for row in copy[table.name]]
        upsert(connection, table.name, names, rows, key=key)
    return Again(len(found.own), len(found.persons), len(found.entities), lists)


def _same_salt(connection: Connection, salt: str) -> str:
    mine = connection.scalar(select(erasure_salt.c.salt))
    if mine is None:
        connection.execute(erasure_salt.insert().values(salt=salt))
    elif mine != salt:
        raise KafoError(
            "La liste des effacements est celle d'une autre base : elle ne peut pas être rejouée ici. "
            "Prenez celle du même dossier de sauvegardes.",
            "The list of erasures is that of another database: it cannot be replayed here. Take the one "
            "of the same folder of backups.",
        )
    return salt


def _found(connection: Connection, columns: Any, hashes: set[str], salt: str) -> set[Of]:
    if not hashes:
        return set()
    return {
        (row[0], row[1], row[2])
        for row in connection.execute(select(*columns).execution_options(stream_results=True))
        if hash_of(salt, row[2]) in hashes
    }


def _persons(connection: Connection, hashes: set[str], salt: str) -> set[str]:
    """Persons of these hashes with those that are one with them: an erasure remembers one ID."""
    if not hashes:
        return set()
    p = person.c
    family = {
        str(name): str(into or name)
        for name, into in connection.execute(select(p.person_id, p.merged_into))
    }
    heads = {into for name, into in family.items() if hash_of(salt, name) in hashes}
    return {name for name, into in family.items() if into in heads}


def _mask_again(connection: Connection, masks: list[dict[str, str]], salt: str, now: str) -> int:
    """Take the erased cards out of lists of several people, found by the hash of each code in them."""
    wanted: dict[str, set[str]] = {}
    for row in masks:
        wanted.setdefault(row["instance_hash"], set()).add(row["card_hash"])
    s, done = submission.c, 0
    for key in _found(connection, (s.project_id, s.form_id, s.instance_id), set(wanted), salt):
        mine = (s.project_id == key[0], s.form_id == key[1], s.instance_id == key[2])
        said = set(_CARD.findall(str(connection.scalar(select(s.payload).where(*mine)))))
        hashes = wanted[hash_of(salt, key[2])]
        cards = {card for card in said if slow_hash_of(salt, card) in hashes}
        if cards:
            mask(connection, key, cards, salt, now)
            done += 1
    return done
