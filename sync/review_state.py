"""Sets the review state of a submission in Central, with a comment, and takes it back.

What will be done is written down before Central is asked, what came of it afterwards, so that a cut
in between shows as an action that was begun. If the comment fails, the state goes back.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pyodk.client import Client
from sqlalchemy import Connection, Engine, Row, insert, select, update

from forms.central_calls import ask, route
from forms.errors import KafoError
from warehouse.engine import reading, writing
from warehouse.quality_tables import review_action

State = Literal["hasIssues", "approved", "rejected", "edited"]

_WHAT = ("changer l'état de validation", "changing the review state")
_A = review_action.c


def set_state(
    engine: Engine,
    client: Client,
    key: tuple[int, str, str],
    state: State | None,
    *,
    comment: str,
    actor: str,
    now: str,
    undoes: int | None = None,
) -> int:
    """Set the state (None: received) of a submission (project, form, instance); the action's number.

    Raises KafoError when Central refuses or does not answer: then its state is as before.
    """
    if not comment.strip():
        raise KafoError(
            "Il manque un commentaire : dites à l'enquêteur quoi corriger.",
            "A comment is missing: tell the enumerator what to correct.",
        )
    place = route("projects", key[0], "forms", key[1], "submissions", key[2])
    before = ask(client, "GET", place, what=_WHAT).json()["reviewState"]
    noted = {
        "project_id": key[0], "form_id": key[1], "instance_id": key[2], "actor": actor,
        "acted_at": now, "before": before, "after": state, "note": comment, "outcome": "begun",
        "undoes": undoes,
    }  # fmt: skip
    with writing(engine) as connection:
        made = connection.execute(insert(review_action).values(noted).returning(_A.action_id))
        number = int(made.scalar_one())
    try:
        _tell(client, place, before, state, comment)
    except KafoError:
        _end(engine, number, "failed")
        raise
    _end(engine, number, "done")
    return number


def undo(engine: Engine, client: Client, action_id: int, *, actor: str, now: str) -> int:
    """Set the state that was before an action; KafoError if it has been changed since."""
    with reading(engine) as connection:
        row = connection.execute(
            select(review_action).where(_A.action_id == action_id, _A.outcome == "done")
        ).one_or_none()
        gone = connection.scalar(
            select(_A.action_id).where(_A.undoes == action_id, _A.outcome == "done")
        )
    if row is None or gone is not None:
        raise KafoError(
            "Cette action n'existe pas, a échoué ou est déjà annulée. Liste : kafo quality actions.",
            "This action does not exist, failed or is already undone. List: kafo quality actions.",
        )
    key = (row.project_id, row.form_id, row.instance_id)
    place = route("projects", key[0], "forms", key[1], "submissions", key[2])
    current = ask(client, "GET", place, what=_WHAT).json()["reviewState"]
    if current != row.after:
        raise KafoError(
            "L'état a changé depuis dans Central : rien n'est annulé. Regardez la fiche, puis décidez.",
            "The state has changed in Central since: nothing is undone. Look at the record, then decide.",
        )
    note = f"Annulation de l'action {action_id}."
    return set_state(
        engine, client, key, row.before, comment=note, actor=actor, now=now, undoes=action_id
    )


def review_actions(connection: Connection, *, limit: int) -> Sequence[Row[Any]]:
    """The newest first."""
    newest = select(review_action).order_by(_A.action_id.desc()).limit(limit)
    return connection.execute(newest).all()


def _tell(client: Client, place: str, before: Any, state: str | None, comment: str) -> None:
    ask(client, "PATCH", place, what=_WHAT, json={"reviewState": state})
    try:
        ask(client, "POST", f"{place}/comments", what=_WHAT, json={"body": comment})
    except KafoError:
        ask(client, "PATCH", place, what=_WHAT, json={"reviewState": before})
        raise


def _end(engine: Engine, number: int, outcome: str) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(review_action).where(_A.action_id == number).values(outcome=outcome)
        )
