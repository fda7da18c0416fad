"""Review actions cut off between Central and our note are settled by what Central holds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from forms.central_calls import ask
from forms.errors import KafoError
from sync.review_settle import Settled, settle
from sync.review_state import set_state, undo
from warehouse.types import iso

Read = Callable[[str], list[tuple[Any, ...]]]
OUTCOMES = "select outcome from review_action order by action_id"


class KilledError(BaseException):
    """As SIGKILL: nothing of ours runs afterwards."""


@pytest.fixture
def now() -> str:
    return iso(datetime.now(UTC))


@pytest.fixture
def later(now: str) -> str:
    return iso(datetime.fromisoformat(now) + timedelta(minutes=11))


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets calls of a kind to Central end in an error, before or after Central does its part."""

    def stop(method: str, error: BaseException, *, after: bool = False, first: int = 1) -> None:
        seen = 0

        def cut(client: Any, verb: str, path: str, **options: Any) -> Any:
            nonlocal seen
            if verb != method:
                return ask(client, verb, path, **options)
            seen += 1
            if seen < first:
                return ask(client, verb, path, **options)
            if after:
                ask(client, verb, path, **options)
            raise error

        monkeypatch.setattr("sync.review_state.ask", cut)

    return stop


def _holds(central: Any, instance: str) -> tuple[Any, list[str]]:
    record = central.client.get(central.url(f"submissions/{instance}")).json()
    notes = central.client.get(central.url(f"submissions/{instance}/comments")).json()
    return record["reviewState"], [note["body"] for note in notes]


CUTS = [
    ("PATCH", False, "undone", (None, [])),
    ("PATCH", True, "done", ("rejected", ["x"])),
    ("POST", False, "done", ("rejected", ["x"])),
    ("POST", True, "done", ("rejected", ["x"])),
]


@pytest.mark.parametrize(("method", "after", "outcome", "held"), CUTS)
def test_an_action_that_was_killed_is_finished_or_was_never_done(
    central: Any, engine: Engine, read: Read, stop_at: Callable[..., None], now: str, later: str,
    method: str, after: bool, outcome: str, held: tuple[Any, list[str]],
) -> None:  # fmt: skip
    mine = central.small()
    stop_at(method, KilledError(), after=after)
    with pytest.raises(KilledError):
        set_state(
            engine, central.client, (1, "small", mine), "rejected", comment="x", actor="a", now=now
        )
    assert settle(engine, central.client, now=now) == Settled()  # it may still be under way
    settle(engine, central.client, now=later)
    assert read(OUTCOMES) == [(outcome,)]
    assert _holds(central, mine) == held
    settle(engine, central.client, now=later)
    assert _holds(central, mine) == held


def test_a_settled_action_can_be_undone(
    central: Any, engine: Engine, stop_at: Callable[..., None], now: str, later: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mine = central.small()
    stop_at("POST", KilledError())
    with pytest.raises(KilledError):
        set_state(
            engine, central.client, (1, "small", mine), "rejected", comment="x", actor="a", now=now
        )
    monkeypatch.undo()
    assert settle(engine, central.client, now=later) == Settled(done=1)
    undo(engine, central.client, 1, actor="a", now=later)
    assert _holds(central, mine)[0] is None


def test_what_people_were_told_has_failed_is_taken_back(
    central: Any, engine: Engine, read: Read, stop_at: Callable[..., None], now: str, later: str
) -> None:
    mine = central.small()
    stop_at("PATCH", KafoError("Muet.", "Mute."), after=True)
    with pytest.raises(KafoError):
        set_state(
            engine, central.client, (1, "small", mine), "rejected", comment="x", actor="a", now=now
        )
    assert (read(OUTCOMES), _holds(central, mine)) == ([("failed",)], ("rejected", []))
    assert settle(engine, central.client, now=later) == Settled(undone=1)
    assert (read(OUTCOMES), _holds(central, mine)) == ([("undone",)], (None, []))


def test_anothers_decision_since_then_stays(
    central: Any, engine: Engine, read: Read, now: str, later: str
) -> None:
    mine = central.small()
    old = iso(datetime.fromisoformat(now) - timedelta(hours=1))
    with engine.begin() as connection:
        connection.execute(text(
            "insert into review_action (project_id, form_id, instance_id, actor, acted_at, after, "
            f"note, outcome) values (1, 'small', '{mine}', 'a', '{old}', 'approved', 'x', 'failed')"
        ))  # fmt: skip
    central.client.patch(central.url(f"submissions/{mine}"), json={"reviewState": "approved"})
    settle(engine, central.client, now=later)
    assert (read(OUTCOMES), _holds(central, mine)) == ([("undone",)], ("approved", []))


def test_an_action_on_a_record_that_is_gone_is_undone(
    central: Any, engine: Engine, read: Read, now: str, later: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text(
            "insert into review_action (project_id, form_id, instance_id, actor, acted_at, after, "
            f"note, outcome) values (1, 'small', 'uuid:none', 'a', '{now}', 'approved', 'x', 'begun')"
        ))  # fmt: skip
    assert settle(engine, central.client, now=later) == Settled(undone=1)
    assert read(OUTCOMES) == [("undone",)]
