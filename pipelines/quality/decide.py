"""What people decide of a problem: ignore it for a reason, reopen it, take either back; all logged.

Decisions survive every check: an ignored problem stays ignored until somebody reopens it.
"""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from forms.errors import KafoError, UsageError
from warehouse.quality_tables import quality_decision, quality_problem

State = Literal["open", "ignored"]

_P, _D = quality_problem.c, quality_decision.c
_SHORTEST = 4


def find(connection: Connection, beginning: str) -> str:
    """The ID of the only problem whose ID begins so; UsageError when there is none or several."""
    known: Sequence[str] = []
    if len(beginning) >= _SHORTEST:
        here = _P.problem_id.startswith(beginning, autoescape=True)
        known = connection.scalars(select(_P.problem_id).where(here).limit(2)).all()
    if len(known) != 1:
        raise UsageError(
            f"« {beginning} » ne désigne pas un seul problème. Donnez au moins {_SHORTEST} signes de son "
            "numéro ; liste : kafo quality list.",
            f"'{beginning}' does not name one problem. Give at least {_SHORTEST} characters of its "
            "number; list: kafo quality list.",
        )
    return known[0]


def ignore(connection: Connection, problem_id: str, *, who: str, why: str, now: str) -> int:
    """It is no problem, for that reason; gives the number of the decision."""
    if not why.strip():
        raise UsageError(
            "Dites pourquoi ce n'est pas un problème.", "Say why this is not a problem."
        )
    return _decide(connection, problem_id, "ignored", who, why.strip(), now, None)


def reopen(connection: Connection, problem_id: str, *, who: str, why: str = "", now: str) -> int:
    """It is a problem after all; gives the number of the decision."""
    return _decide(connection, problem_id, "open", who, why.strip(), now, None)


def undo(connection: Connection, decision_id: int, *, who: str, now: str) -> int:
    """Give a problem the state it had before a decision; KafoError if somebody has decided since."""
    made = select(quality_decision).where(_D.decision_id == decision_id)
    row = connection.execute(made).one_or_none()
    last = connection.scalar(
        select(_D.decision_id).where(_D.problem_id == (row.problem_id if row else None))
        .order_by(_D.decision_id.desc()).limit(1)
    )  # fmt: skip
    if row is None or last != decision_id:
        raise KafoError(
            "Cette décision n'existe pas, ou une autre l'a suivie. Liste : kafo quality actions.",
            "This decision does not exist, or another one followed it. List: kafo quality actions.",
        )
    before: State = "open" if row.before == "open" else "ignored"
    why = "" if before == "open" else _why_ignored(connection, row.problem_id, decision_id)
    return _decide(connection, row.problem_id, before, who, why, now, decision_id)


def decisions(connection: Connection, *, limit: int) -> Sequence[Row[Any]]:
    """The newest first."""
    newest = select(quality_decision).order_by(_D.decision_id.desc()).limit(limit)
    return connection.execute(newest).all()


def _decide(
    connection: Connection, problem_id: str, after: State, who: str, why: str, now: str,
    undoes: int | None,
) -> int:  # fmt: skip
    before: State = "open" if after == "ignored" else "ignored"
    # The state is part of the condition: of two people who decide at once, one is told.
    changed = connection.execute(
        update(quality_problem)
        .where(_P.problem_id == problem_id, _P.state == before)
        .values(state=after, state_by=who, state_at=now, state_why=why or None)
        .returning(_P.rule, _P.instance_id)
    ).one_or_none()
    if changed is None:
        raise UsageError(
            "Ce problème n'est plus dans cet état : il a été corrigé, ou quelqu'un a déjà décidé. "
            "Revenez à la liste (kafo quality list).",
            "This problem is no longer in that state: it was corrected, or somebody has decided "
            "already. Go back to the list (kafo quality list).",
        )
    noted = insert(quality_decision).values(
        problem_id=problem_id, rule=changed.rule, instance_id=changed.instance_id, actor=who,
        acted_at=now, before=before, after=after, why=why, undoes=undoes,
    )  # fmt: skip
    return int(connection.execute(noted.returning(_D.decision_id)).scalar_one())


def _why_ignored(connection: Connection, problem_id: str, decision_id: int) -> str:
    """The reason of the decision that a reopening set aside."""
    ignored = (
        select(_D.why)
        .where(_D.problem_id == problem_id, _D.after == "ignored", _D.decision_id < decision_id)
        .order_by(_D.decision_id.desc())
        .limit(1)
    )
    return connection.scalar(ignored) or ""
