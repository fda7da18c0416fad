"""Finds out in Central what came of review actions that were cut off or failed, and finishes them.

A process can die between Central's answer and our note of it. What Central holds decides: an action
that was begun is finished; one that a person was told has failed is made undone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pyodk.client import Client
from sqlalchemy import Engine, Row, select, update

from forms.central_calls import ask, ask_json, found, route
from warehouse.engine import reading, writing
from warehouse.quality_tables import review_action
from warehouse.types import iso

_WHAT = ("reprendre un changement d'état de validation", "settling a change of a review state")
_PATIENCE = timedelta(minutes=10)
"""A younger action may still be under way in another process."""
_CLOCKS = timedelta(minutes=5)
"""Central's clock may differ from ours by so much."""
_A = review_action.c


@dataclass(frozen=True, slots=True)
class Settled:
    """How many actions turned out done, and how many undone."""

    done: int = 0
    undone: int = 0


def settle(engine: Engine, client: Client, *, now: str) -> Settled:
    """Settle every action that was begun or failed; KafoError when Central does not answer."""
    old = iso(datetime.fromisoformat(now) - _PATIENCE)
    waiting = select(review_action).where(
        _A.outcome.in_(("begun", "failed")), _A.acted_at <= old
    ).order_by(_A.action_id)  # fmt: skip
    with reading(engine) as connection:
        rows = connection.execute(waiting).all()
    results = [_settle(engine, client, row) for row in rows]
    return Settled(results.count("done"), results.count("undone"))


def _settle(engine: Engine, client: Client, row: Row[Any]) -> str:
    outcome = _outcome(client, row)
    with writing(engine) as connection:
        connection.execute(
            update(review_action)
            .where(_A.action_id == row.action_id, _A.outcome == row.outcome)
            .values(outcome=outcome)
        )
    return outcome


def _outcome(client: Client, row: Row[Any]) -> str:
    """What Central holds in the end: the state with its comment, or neither as far as it is ours."""
    place = route("projects", row.project_id, "forms", row.form_id, "submissions", row.instance_id)
    record = found(client, place, what=_WHAT)
    if record is None:
        return "undone"
    state = record.json()["reviewState"]
    told = _told(client, place, row)
    if row.outcome == "begun":
        if not told and state == row.after:
            ask(client, "POST", f"{place}/comments", what=_WHAT, json={"body": row.note})
            told = True
        # With the comment there and another state, somebody has decided again since.
        return "done" if told else "undone"
    if state == row.after != row.before and _untouched(record.json(), row):
        ask(client, "PATCH", place, what=_WHAT, json={"reviewState": row.before})
    return "undone"


def _untouched(record: Any, row: Row[Any]) -> bool:
    """Whether nobody has changed the record since: another's decision for the same state stays."""
    last = datetime.fromisoformat(record["updatedAt"] or record["createdAt"])
    return last <= datetime.fromisoformat(row.acted_at) + _CLOCKS


def _told(client: Client, place: str, row: Row[Any]) -> bool:
    """Whether the action's comment is there."""
    begun = datetime.fromisoformat(row.acted_at) - _CLOCKS
    return any(
        note["body"] == row.note and datetime.fromisoformat(note["createdAt"]) >= begun
        for note in ask_json(client, f"{place}/comments", what=_WHAT)
    )
