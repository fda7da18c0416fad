"""What was erased never comes back: the loader asks here, by salted hashes, before it writes.

Instance IDs are random, so a keyed hash of one says nothing. Card codes are guessable (100 million),
so theirs is made slowly, and only compared within the few submissions that speak of several people.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from warehouse.protection_tables import erased_submission, erasure_salt, masked_card

_CARD = re.compile(r"[1-9][0-9]{9}\Z")
_SOME = 400


def salt_of(connection: Connection) -> str:
    """The warehouse's own salt, made when it is first needed."""
    found = connection.scalar(select(erasure_salt.c.salt))
    if found is None:
        found = secrets.token_hex(32)
        connection.execute(erasure_salt.insert().values(salt=found))
    return str(found)


def hash_of(salt: str, name: str) -> str:
    """The hash under which an erased instance ID or person ID is remembered."""
    return hashlib.blake2b(name.encode(), key=bytes.fromhex(salt), digest_size=20).hexdigest()


def slow_hash_of(salt: str, card_code: str) -> str:
    """The hash under which the card of an erased person is remembered; takes about 30 ms."""
    made = hashlib.scrypt(card_code.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=20)
    return made.hex()


def erased(connection: Connection, instance_ids: Iterable[str]) -> set[str]:
    """Those of the instance IDs that were erased and must not be written again."""
    salt = connection.scalar(select(erasure_salt.c.salt))
    if salt is None:
        return set()
    hashes = {hash_of(str(salt), instance_id): instance_id for instance_id in instance_ids}
    column = erased_submission.c.instance_hash
    found: set[str] = set()
    for some in _parts(list(hashes)):
        found |= {hashes[h] for h in connection.scalars(select(column).where(column.in_(some)))}
    return found


def masks(connection: Connection, instance_ids: Iterable[str]) -> dict[str, set[str]]:
    """Instance ID → hashes of the cards that must be taken out of it."""
    salt = connection.scalar(select(erasure_salt.c.salt))
    if salt is None or connection.execute(select(masked_card.c.card_hash).limit(1)).first() is None:
        return {}
    hashes = {hash_of(str(salt), instance_id): instance_id for instance_id in instance_ids}
    found: dict[str, set[str]] = {}
    for some in _parts(list(hashes)):
        query = select(masked_card.c.instance_hash, masked_card.c.card_hash)
        for instance, card in connection.execute(
            query.where(masked_card.c.instance_hash.in_(some))
        ):
            found.setdefault(hashes[instance], set()).add(card)
    return found


def masked(answers: Mapping[str, Any], cards: set[str], salt: str) -> Mapping[str, Any]:
    """The answers without those cards."""
    slow = cache(lambda code: slow_hash_of(salt, code))

    def clean(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: clean(each) for name, each in value.items()}
        if isinstance(value, list):
            return [clean(each) for each in value]
        hit = isinstance(value, str) and _CARD.match(value) and slow(value) in cards
        return None if hit else value

    return {name: clean(value) for name, value in answers.items()}


def without_erased(
    connection: Connection, batch: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[tuple[str, Mapping[str, Any]]]:
    """A batch of the feed (text and row) less what was erased."""
    ids = [str(row["__id"]) for _, row in batch]
    gone = erased(connection, ids)
    cards = masks(connection, ids)
    kept = [(text, row) for text, row in batch if str(row["__id"]) not in gone]
    if not cards:
        return kept
    salt = salt_of(connection)
    return [_unmarked(text, row, cards.get(str(row["__id"]), set()), salt) for text, row in kept]


def _unmarked(
    text: str, row: Mapping[str, Any], cards: set[str], salt: str
) -> tuple[str, Mapping[str, Any]]:
    if not cards:
        return text, row
    clean = masked(row, cards, salt)
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":")), clean


def _parts(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + _SOME] for start in range(0, len(items), _SOME))
