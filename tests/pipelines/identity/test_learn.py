"""What people decided is learnt, proven on decisions that were not learnt from, and used."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.identity.generate import generate
from pipelines.identity import decisions, learn
from pipelines.identity.acts import decide
from pipelines.identity.current import MEASURED_FROM, current_matcher, plain_matcher
from pipelines.identity.explain import explain
from pipelines.identity.learn import Learnt
from pipelines.identity.registrations import COLUMNS
from pipelines.identity.rerank import at_least
from pipelines.identity.update import run
from warehouse.engine import writing
from warehouse.identity_tables import match_model, match_pair

NOW = "2026-11-24T02:00:00.000Z"
LATER = "2026-11-25T02:00:00.000Z"
_P = match_pair.c


class Deployment:
    """A register whose truth is known, and somebody who decides by it."""

    def __init__(self, register: Any) -> None:
        self.register, self.engine = register, register.engine
        answers, persons = generate(4200, 31)
        self.person = {f"uuid:{n:06}": person for n, person in enumerate(persons)}
        for name, said in zip(self.person, answers, strict=True):
            register.send(name, **{c: said[c] for c in COLUMNS if said.get(c) is not None})
        register.sync()
        self.update()

    def update(self, *, full: bool = False, now: str = NOW) -> Any:
        return run(self.engine, now=now, full=full)

    def review(self) -> list[tuple[str, str]]:
        found = select(_P.instance_a, _P.instance_b).where(_P.state == "review")
        with self.engine.connect() as connection:
            return [(a, b) for a, b in connection.execute(found.order_by(_P.weight.desc()))]

    def decide(self, pairs: list[tuple[str, str]], *, wrong: bool = False) -> None:
        verdicts: dict[str, list[tuple[str, str]]] = {"same": [], "different": []}
        for pair in pairs:
            right = (self.person[pair[0]] == self.person[pair[1]]) is not wrong
            verdicts["same" if right else "different"].append(pair)
        with writing(self.engine) as connection:
            for verdict, mine in verdicts.items():
                decisions.record(connection, mine, verdict, who="Awa", now=NOW)

    def states(self) -> dict[tuple[str, str], str]:
        columns = select(_P.instance_a, _P.instance_b, _P.state)
        with self.engine.connect() as connection:
            return {(a, b): state for a, b, state in connection.execute(columns)}


@pytest.fixture
def deployment(register: Any) -> Iterator[Deployment]:
    yield Deployment(register)
    register.wipe()


def test_what_is_learnt_joins_what_nobody_decided_and_is_nearly_always_right(
    deployment: Deployment,
) -> None:
    waiting = deployment.review()
    deployment.decide(waiting[: len(waiting) * 2 // 3])
    done = learn.learn(deployment.engine, now=NOW)
    assert done.outcome == "used", done
    assert done.proof
    assert done.proof.at_least >= 0.98
    assert learn.learn(deployment.engine, now=LATER) == Learnt("nothing", done.decisions)
    before = deployment.states()
    assert deployment.update().kind == "full"
    fresh = [pair for pair, state in deployment.states().items()
             if state == "same" and before.get(pair) == "review"]  # fmt: skip
    right = [deployment.person[a] == deployment.person[b] for a, b in fresh]
    assert len(right) > 100
    assert sum(right) >= 0.97 * len(right)
    assert deployment.update().kind == "nothing"


def test_hasty_decisions_prove_nothing_and_change_nothing(deployment: Deployment) -> None:
    waiting = deployment.review()
    deployment.decide([p for n, p in enumerate(waiting) if n % 12])
    deployment.decide([p for n, p in enumerate(waiting) if not n % 12], wrong=True)
    deployment.update()
    done = learn.learn(deployment.engine, now=NOW)
    assert done.outcome == "unproven"
    assert done.proof
    assert done.proof.at_least < 0.98
    assert deployment.update().kind == "nothing"


def test_with_few_decisions_nothing_is_learnt(deployment: Deployment) -> None:
    deployment.decide(deployment.review()[:299])
    assert learn.learn(deployment.engine, now=NOW).outcome == "few"
    deployment.update()
    assert deployment.update().kind == "nothing"


def test_decisions_taken_back_end_what_was_learnt_from_them(deployment: Deployment) -> None:
    waiting = deployment.review()
    deployment.decide(waiting[: len(waiting) * 2 // 3])
    assert learn.learn(deployment.engine, now=NOW).outcome == "used"
    with writing(deployment.engine) as connection:
        plain, learnt = plain_matcher(connection), current_matcher(connection)
        assert learnt.model_version != plain.model_version
        for action in {d.action_id for d in decisions.active(connection)}:
            decisions.take_back(connection, action, who="Awa", now=NOW)
    assert learn.learn(deployment.engine, now=LATER).outcome == "few"
    with deployment.engine.connect() as connection:
        assert current_matcher(connection).model_version == plain.model_version
        kept = connection.execute(select(match_model.c.reranker).order_by(match_model.c.used_from))
        assert [row.reranker is None for row in kept] == [False, True]


def test_full_run_new_registration_decision_and_explanation_reckon_with_the_same_size(
    register: Any,
) -> None:
    """A register of three counts as the smallest that was measured, by whatever way it is asked."""
    awa = {
        "last_name": "Traoré", "first_names": "Awa", "sex": "female", "birth_year": 1990,
        "nationality": "GN", "cercle": "c1", "age": "36",
    }  # fmt: skip
    for name in ("uuid:1", "uuid:2"):
        register.send(name, **awa)
    register.sync()
    run(register.engine, now=NOW)
    full = register.read("select weight from match_pair")
    register.send("uuid:3", **{**awa, "first_names": "Awa"})
    register.sync("uuid:3")
    assert run(register.engine, now=NOW).kind == "incremental"
    weights = register.read("select distinct weight from match_pair")
    assert weights == full
    with register.engine.connect() as connection:
        told = explain(connection, ("uuid:1", "uuid:3"))
        assert sum(r.bits or 0 for r in told.reasons) == pytest.approx(full[0][0], abs=0.1)
        assert current_matcher(connection).model.shift(MEASURED_FROM) == pytest.approx(1.0)
    decide(register.engine, ("uuid:1", "uuid:2"), "same", who="Awa", now=NOW)
    assert run(register.engine, now=NOW, full=True).persons == 0
    assert register.read("select distinct weight from match_pair") == full


@pytest.mark.parametrize(
    ("sure", "wrong", "bound"),
    [(148, 0, 0.97996), (149, 0, 0.98009), (30, 0, 0.905), (1000, 20, 0.9711), (5, 5, 0.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(sure: int, wrong: int, bound: float) -> None:
    assert at_least(sure, wrong) == pytest.approx(bound, abs=6e-4)
