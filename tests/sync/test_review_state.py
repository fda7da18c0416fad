"""A decision about a record is made in Central, logged here, and can be taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from forms.central_calls import ask
from forms.errors import KafoError
from sync.review_state import set_state, undo

NOW = "2026-11-23T10:00:00.000Z"
Read = Callable[[str], list[tuple[Any, ...]]]


def _state(central: Any, instance: str) -> Any:
    return central.client.get(central.url(f"submissions/{instance}")).json()["reviewState"]


def _comments(central: Any, instance: str) -> list[str]:
    notes = central.client.get(central.url(f"submissions/{instance}/comments")).json()
    return [note["body"] for note in notes]


def test_a_state_is_set_with_its_comment_and_taken_back(
    central: Any, engine: Engine, read: Read
) -> None:
    mine = central.small()
    key = (1, "small", mine)
    first = set_state(
        engine, central.client, key, "hasIssues", comment="Âge à vérifier", actor="a", now=NOW
    )
    assert (_state(central, mine), _comments(central, mine)) == ("hasIssues", ["Âge à vérifier"])
    second = undo(engine, central.client, first, actor="b", now=NOW)
    assert _state(central, mine) is None
    assert read("select action_id, actor, before, after, outcome, undoes from review_action") == [
        (first, "a", None, "hasIssues", "done", None),
        (second, "b", "hasIssues", None, "done", first),
    ]
    with pytest.raises(KafoError, match="déjà annulée"):
        undo(engine, central.client, first, actor="b", now=NOW)


def test_nothing_is_undone_over_a_later_decision(central: Any, engine: Engine) -> None:
    mine = central.small()
    key = (1, "small", mine)
    first = set_state(engine, central.client, key, "rejected", comment="x", actor="a", now=NOW)
    set_state(engine, central.client, key, "approved", comment="y", actor="b", now=NOW)
    with pytest.raises(KafoError, match="changé depuis"):
        undo(engine, central.client, first, actor="a", now=NOW)
    assert _state(central, mine) == "approved"


def test_a_comment_that_fails_takes_the_state_back(
    central: Any, engine: Engine, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, real = central.small(), ask

    def broken(client: Any, method: str, path: str, **options: Any) -> Any:
        return real(client, method, path + ("x" if method == "POST" else ""), **options)

    monkeypatch.setattr("sync.review_state.ask", broken)
    with pytest.raises(KafoError):
        set_state(
            engine, central.client, (1, "small", mine), "rejected", comment="x", actor="a", now=NOW
        )
    assert (_state(central, mine), _comments(central, mine)) == (None, [])
    assert read("select outcome from review_action") == [("failed",)]


def test_an_unknown_record_leaves_no_trace_and_a_comment_is_due(
    central: Any, engine: Engine, read: Read
) -> None:
    with pytest.raises(KafoError):
        set_state(
            engine, central.client, (1, "small", "uuid:none"), "approved", comment="x",
            actor="a", now=NOW,
        )  # fmt: skip
    mine = central.small()
    with pytest.raises(KafoError, match="commentaire"):
        set_state(
            engine, central.client, (1, "small", mine), "approved", comment=" ", actor="a", now=NOW
        )
    assert read("select * from review_action") == []
