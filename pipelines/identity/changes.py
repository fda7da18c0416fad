"""Follows the submissions: which registrations came, changed or left since they were last compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from pipelines.identity.matcher import Matcher
from pipelines.identity.registrations import Answers, Source, answers_of, batches, changed_since
from warehouse.bulk import Row, upsert
from warehouse.identity_tables import registration

_R = registration.c
_COLUMNS = tuple(registration.columns.keys())
_SOME = 400
_CHUNK = 2000
"""Registrations in memory at once."""


@dataclass(slots=True)
class Changes:
    """Registrations (instance IDs) to be compared anew, and those saying anything new.

    `gone` are those that left, with the number they had.
    """

    compare: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    gone: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.compare or self.said or self.gone)


def take_changes(
    connection: Connection,
    sources: Sequence[Source],
    matcher: Matcher,
    *,
    since: int = -1,
    purged_since: str = "9999-01-01T00:00:00.000Z",
) -> Changes:
    """Bring the table `registration` up to what arrived after the run `since`: all by default."""
    found = Changes()
    for source in sources:
        digests = changed_since(connection, source, since, purged_since)
        for some in batches(sorted(digests), _CHUNK):
            _take(connection, source, {i: digests[i] for i in some}, matcher, found)
    return found


def _take(
    connection: Connection,
    source: Source,
    digests: Mapping[str, str],
    matcher: Matcher,
    found: Changes,
) -> None:
    known = _known(connection, source, list(digests))
    new = [i for i in digests if i not in known or known[i]["source_digest"] != digests[i]]
    answers = answers_of(connection, source, new)
    numbers = _numbers(connection, list(answers))
    rows: list[Row] = []
    for instance_id, said in answers.items():
        row = _row(source, instance_id, said, matcher)
        rows.append(tuple({
            **row, "number": numbers[instance_id], "source_digest": digests[instance_id],
        }[name] for name in _COLUMNS))  # fmt: skip
        found.said.add(instance_id)
        before = known.get(instance_id)
        if before is None or before["content_digest"] != row["content_digest"]:
            found.compare.add(instance_id)
    upsert(connection, "registration", _COLUMNS, rows, key=("project_id", "form_id", "instance_id"))
    _leave(connection, source, [i for i in new if i in known and i not in answers], found)


def _known(
    connection: Connection, source: Source, instance_ids: Sequence[str]
) -> dict[str, RowMapping]:
    columns = select(_R.instance_id, _R.source_digest, _R.content_digest)
    mine = columns.where(
        _R.project_id == source.project_id,
        _R.form_id == source.form_id,
        _R.instance_id.in_(bindparam("ids", expanding=True)),
    )
    return {
        row["instance_id"]: row
        for some in batches(instance_ids, _SOME)
        for row in connection.execute(mine, {"ids": some}).mappings()
    }


def _numbers(connection: Connection, instance_ids: Sequence[str]) -> dict[str, int]:
    """Each registration's number; new ones get the next."""
    mine = select(_R.instance_id, _R.number).where(
        _R.instance_id.in_(bindparam("ids", expanding=True))
    )
    found: dict[str, int] = {
        row.instance_id: row.number
        for some in batches(instance_ids, _SOME)
        for row in connection.execute(mine, {"ids": some})
    }
    following = int(connection.scalar(select(func.max(_R.number))) or 0) + 1
    for instance_id in instance_ids:
        if instance_id not in found:
            found[instance_id] = following
            following += 1
    return found


def _row(source: Source, instance_id: str, said: Answers, matcher: Matcher) -> dict[str, Any]:
    content = matcher.content(said)
    # A registration without changes in what is compared keeps its pairs, so all that clusters
    # read of it belongs into the digest.
    traits = [said["today"], said["card_code"], said["sex"], said["birth_year"]]
    digest = blake2b(f"{matcher.norm_version}\n{traits}\n{content}".encode(), digest_size=16)
    return {
        "project_id": source.project_id,
        "form_id": source.form_id,
        "instance_id": instance_id,
        "norm_version": matcher.norm_version,
        "seen_on": said["today"],
        "card_code": said["card_code"],
        "sex": said["sex"],
        "birth_year": said["birth_year"],
        "content_digest": digest.hexdigest(),
        "content": content,
    }


def _leave(
    connection: Connection, source: Source, instance_ids: Sequence[str], found: Changes
) -> None:
    """Take registrations out; what another project still holds is compared anew instead."""
    drop = registration.delete().where(
        _R.project_id == source.project_id,
        _R.form_id == source.form_id,
        _R.instance_id.in_(bindparam("ids", expanding=True)),
    )
    for some in batches(instance_ids, _SOME):
        numbers = _numbers(connection, some)
        connection.execute(drop, {"ids": some})
        stay = set(connection.execute(_STILL_THERE, {"ids": some}).scalars())
        found.compare |= stay
        found.said |= stay
        found.gone |= {i: numbers[i] for i in some if i not in stay}
    found.compare -= found.gone.keys()
    found.said -= found.gone.keys()


_STILL_THERE = select(_R.instance_id).where(_R.instance_id.in_(bindparam("ids", expanding=True)))
