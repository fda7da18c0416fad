"""Learns from what people decided: a re-ranker is fitted anew when decisions came or were taken back.

A job for the night: what it learns makes the next comparison a full one. People are shown doubtful
pairs, so it learns about doubtful pairs; those are also the only ones that it is asked about.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, bindparam, select

from pipelines.identity.clusters import components
from pipelines.identity.compare_fields import columns_of_texts
from pipelines.identity.current import learnt_version, newest, plain_matcher
from pipelines.identity.decisions import DIFFERENT, SAME, Decision, active
from pipelines.identity.model import SHIPPED
from pipelines.identity.model_matcher import ModelMatcher
from pipelines.identity.plausible import Ints
from pipelines.identity.registrations import batches
from pipelines.identity.rerank import Proof, fit, usable
from pipelines.identity.score import Pairs, score_pairs
from warehouse.engine import writing
from warehouse.identity_tables import match_model, registration

_R = registration.c


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it. `outcome` is `nothing` (no new decision), `few` (too few, or nearly all
    alike), `unproven` (learnt, but not used: its sure pairs were not right often enough, or too few
    to tell) or `used`."""

    outcome: str
    decisions: int = 0
    same: int = 0
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Decided pairs of live registrations: scored, whether one person, and the connected component
    of decisions that each belongs to."""

    pairs: Pairs
    same: NDArray[np.bool_]
    group: Ints


def learn(engine: Engine, *, now: str) -> Learnt:
    """Fit the re-ranker to the decisions in force and write it into `match_model`.

    Running it again without a new decision does nothing. Raises WarehouseError when the database
    refuses, ModuleNotFoundError without the extra `train`.
    """
    with writing(engine) as connection:
        plain = plain_matcher(connection)
        decided = [d for d in active(connection) if d.verdict in (SAME, DIFFERENT)]
        version = learnt_version(plain, _digest(decided))
        known = newest(connection, plain)
        if known is not None and known.model_version == version:
            return Learnt("nothing", known.decisions)
        table = _read(connection, decided, plain)
        same = int(table.same.sum())
        reranker, proof = fit(table.pairs, table.same, table.group)
        used = reranker is not None and usable(proof)
        if known is not None or used:
            _write(
                connection, version, plain, reranker if used else None, proof, len(table.same), now
            )
    outcome = "few" if reranker is None else "used" if used else "unproven"
    return Learnt(outcome, len(table.same), same, proof)


def _digest(decided: Sequence[Decision]) -> str:
    said = ",".join(str(d.decision_id) for d in decided)
    return blake2b(said.encode(), digest_size=5).hexdigest()


def _read(connection: Connection, decided: Sequence[Decision], plain: ModelMatcher) -> Decided:
    """Decisions about registrations that have left teach nothing: what they said is gone."""
    content = _contents(connection, sorted({i for d in decided for i in d.pair}))
    live = [d for d in decided if d.instance_a in content and d.instance_b in content]
    names = sorted({i for d in live for i in d.pair})
    at = {name: place for place, name in enumerate(names)}
    left = np.array([at[d.instance_a] for d in live], dtype=np.int64)
    right = np.array([at[d.instance_b] for d in live], dtype=np.int64)
    columns = columns_of_texts([content[name] for name in names])
    pairs = score_pairs(columns, left, right, plain.model, shift=plain.shift)
    same = np.array([d.verdict == SAME for d in live], dtype=np.bool_)
    return Decided(pairs, same, components(len(names), left, right)[left])


def _contents(connection: Connection, instance_ids: Sequence[str]) -> dict[str, str]:
    mine = select(_R.instance_id, _R.content).where(
        _R.instance_id.in_(bindparam("ids", expanding=True))
    )
    found: dict[str, str] = {}
    for some in batches(instance_ids):
        for row in connection.execute(mine, {"ids": some}):
            found[row.instance_id] = row.content
    return found


def _write(
    connection: Connection,
    version: str,
    plain: ModelMatcher,
    reranker: dict[str, Any] | None,
    proof: Proof | None,
    decisions: int,
    now: str,
) -> None:
    """One row for each time that what is used changed; a row without re-ranker ends the one before."""
    connection.execute(match_model.delete().where(match_model.c.model_version == version))
    connection.execute(
        match_model.insert().values(
            model_version=version,
            norm_version=plain.norm_version,
            used_from=now,
            model=SHIPPED.read_text(encoding="utf-8"),
            reranker=None if reranker is None else json.dumps(reranker),
            thresholds=json.dumps(asdict(proof)) if proof else "{}",
            decisions=decisions,
        )
    )
