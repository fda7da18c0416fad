"""Which rules and model a deployment compares by now: the shipped ones, and what it has learnt.

A register smaller than was ever measured counts as the smallest measured: the fewer people, the more
a likeness weighs, and in a register of three, namesakes would be joined unasked.
"""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from pipelines.identity.model import read_model
from pipelines.identity.model_matcher import ModelMatcher
from pipelines.identity.names import read_table
from pipelines.identity.own_names import own_equivalences
from pipelines.identity.reasons import ExplainingMatcher
from pipelines.identity.registrations import FORM
from warehouse.identity_tables import match_model
from warehouse.tables import submission

MEASURED_FROM = 20_000
"""Registrations in the smallest register on which joining unasked was measured (docs)."""
_L = match_model.c


def current_matcher(connection: Connection) -> ExplainingMatcher:
    """The rules and the model that the deployment uses now, for a register of this size."""
    plain = plain_matcher(connection)
    found = newest(connection, plain)
    if found is None or found.reranker is None:
        return plain
    learnt = found.model_version.removeprefix(learnt_version(plain, ""))
    model = replace(plain.model, reranker=json.loads(found.reranker), learnt=learnt)
    return ExplainingMatcher(model, size=register_size(connection), names=plain.names)


def plain_matcher(connection: Connection) -> ExplainingMatcher:
    """The same without what was learnt from decisions."""
    own = read_table(own_equivalences(connection))
    return ExplainingMatcher(read_model(), size=register_size(connection), names=own)


def register_size(connection: Connection) -> int:
    """Registrations that the model reckons with, at least `MEASURED_FROM`."""
    mine = submission.c.form_id == FORM
    size = connection.scalar(select(func.count()).select_from(submission).where(mine))
    return max(int(size or 0), MEASURED_FROM)


def learnt_version(plain: ModelMatcher, decided: str) -> str:
    """Name of the model with what it learnt from decisions, `decided` being their digest.

    A re-ranker is good for the model and the size step that it was learnt on top of, alone.
    """
    return f"{plain.model_version}~{decided}"


def newest(connection: Connection, plain: ModelMatcher) -> Any | None:
    """The last row of `match_model` that was learnt on top of this model, if there is one."""
    mine = select(match_model).where(
        _L.norm_version == plain.norm_version,
        _L.model_version.startswith(learnt_version(plain, ""), autoescape=True),
    )
    return connection.execute(mine.order_by(_L.used_from.desc(), _L.model_version).limit(1)).first()
