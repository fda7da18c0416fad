"""The shipped model: Splink's own scores, its measured quality, and what it never does."""

import json
from typing import Any

import numpy as np
import pytest

from benchmarks.identity.measure import at_threshold, true_pairs
from benchmarks.identity.register import register, run
from pipelines.identity.compare_fields import FIELDS, columns_of, from_text, read_fields, to_text
from pipelines.identity.model import SHIPPED, read_model
from pipelines.identity.model_matcher import shipped
from pipelines.identity.score import SAME, score_pairs

_AWA = {
    "last_name": "Traoré", "first_names": "Awa", "sex": "female", "birth_year": 1990,
    "nationality": "GN", "language": "bm", "occupation": "5212", "sector": "catering",
    "cercle": "c1", "site": "s1", "phone": "70000001", "phone_country": "ML",
    "phone_shared": "no", "card_code": "1000000001", "today": "2026-05-04",
    "focal_point": "PF-01", "seen_before": "no", "arrival_year": 2020,
}  # fmt: skip


def _state(**said: Any) -> str:
    matcher = shipped(1000)
    contents = [matcher.content(_AWA), matcher.content({**_AWA, "today": "2026-08-04", **said})]
    one, other = np.array([0]), np.array([1])
    return next((s.state for _, _, s in matcher.score(contents, one, other)), "different")


def test_quality_stays_above_its_floor_on_a_seed_nobody_tuned_on() -> None:
    rows, truth = register(4200, 21)
    model = read_model()
    scored = run(rows, truth, model)
    auto = scored.state == SAME
    assert scored.match[auto].mean() >= 0.98
    found = at_threshold(scored.weight, scored.match, true_pairs(truth), model.link)
    assert found[2] >= 0.85


@pytest.mark.filterwarnings("ignore")
def test_scores_are_those_of_splink() -> None:
    from splink import DuckDBAPI, Linker

    from pipelines.identity.train import FLOOR, arrow_table, to_splink

    rows, _ = register(2500, 22)
    said = to_splink(json.loads(SHIPPED.read_text(encoding="utf-8")))
    rule = "l.last_key = r.last_key and l.site = r.site"
    said["blocking_rules_to_generate_predictions"] = [{"blocking_rule": rule}]
    api = DuckDBAPI()
    linker = Linker(api.register(arrow_table(rows)), said)
    frequencies = json.loads(SHIPPED.read_text(encoding="utf-8"))["frequencies"]
    import pyarrow  # type: ignore[import-untyped]

    for field, common in frequencies.items():
        # Names the model never met count as its rarest; Splink is told so in its own way.
        met = {row[FIELDS.index(field)] for row in rows} - {""}
        known = dict.fromkeys(sorted(met), FLOOR) | common
        table = pyarrow.table({field: list(known), f"tf_{field}": list(known.values())})
        linker.table_management.register_term_frequency_lookup(api.register(table), field)
    theirs = linker.inference.predict().as_record_list()
    left = np.array([row["number_l"] for row in theirs])
    right = np.array([row["number_r"] for row in theirs])
    ours = score_pairs(columns_of(rows, len(rows)), left, right, read_model()).weight
    assert len(theirs) > 2000
    assert np.abs(ours - np.array([row["match_weight"] for row in theirs])).max() < 1e-9


def test_the_same_card_joins_unless_something_contradicts() -> None:
    assert _state() == "same"
    assert _state(sex="male") != "same"
    assert _state(birth_year=1960) != "same"
    assert _state(last_name="Ouédraogo") != "same"


@pytest.mark.parametrize("card", ["1000000001", "2000000002"])
def test_clearly_different_first_names_never_join_by_themselves(card: str) -> None:
    assert _state(first_names="Korotoumou", card_code=card) != "same"


def test_contents_survive_as_text() -> None:
    fields = read_fields(_AWA)
    assert from_text(to_text(fields)) == fields
