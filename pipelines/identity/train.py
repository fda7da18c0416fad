"""Trains the matching model with Splink on DuckDB (extra `train`), and writes it as our own JSON.

Trained on pairs that are one person without doubt (same card, both names and phone, both names and
year): left to itself, expectation maximisation learns households.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.identity.compare import COMPARISONS, Comparison
from pipelines.identity.compare_fields import FIELDS, TEXTS, Fields

FLOOR = 2e-4
"""The rarest a name may count as: rarer ones were often misspelt."""
_LEAST_M, _LEAST_U = 1e-4, 2e-7
_SAME_CARD_STRANGERS = 2e-7
"""Cards are random 10-digit numbers: only a mistaken scan gives two people one."""

ANCHORS = (
    "l.card = r.card and l.card <> ''",
    "l.last = r.last and l.first = r.first and l.phone = r.phone and l.phone <> ''",
    "l.last = r.last and l.first = r.first and l.birth_year = r.birth_year and l.sex = r.sex",
)


def settings(size: int, *, dialect: str = "duckdb", twice: float = 0.4) -> dict[str, Any]:
    """Splink's settings; `twice` is the pairs of one person to expect per registration."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "number",
        "probability_two_random_records_match": twice / size,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(c, dialect) for c in COMPARISONS],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "max_iterations": 25,
        "em_convergence": 0.001,
    }


def _comparison(comparison: Comparison, dialect: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        {"sql_condition": comparison.null, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for place, (name, condition) in enumerate(
        zip(comparison.levels, comparison.conditions, strict=True)
    ):
        level: dict[str, Any] = {
            "sql_condition": condition.replace("jaro_winkler_similarity", "jaro_winkler")
            if dialect == "spark"
            else condition,
            "label_for_charts": name,
        }
        if comparison.frequency and place in comparison.frequent:
            level |= {
                "tf_adjustment_column": comparison.frequency,
                "tf_adjustment_weight": 1.0,
                "tf_minimum_u_value": FLOOR,
                "disable_tf_exact_match_detection": True,
            }
        found.append(level)
    found.append({"sql_condition": "ELSE", "label_for_charts": "else"})
    return {
        "output_column_name": comparison.name + "_level",
        "comparison_description": comparison.name,
        "comparison_levels": found,
    }


def arrow_table(rows: Sequence[Fields]) -> Any:
    """Registrations as Splink reads them: Arrow, for pandas turns blanks into NaN."""
    import pyarrow  # type: ignore[import-untyped]

    columns: dict[str, Any] = {"number": pyarrow.array(range(len(rows)), pyarrow.int64())}
    for place, name in enumerate(FIELDS):
        kind = pyarrow.string() if name in TEXTS else pyarrow.int64()
        columns[name] = pyarrow.array([row[place] for row in rows], kind)
    return pyarrow.table(columns)


def train(
    rows: Sequence[Fields],
    *,
    version: str,
    seed: int = 1,
    api: Any = None,
    table: Callable[[Any], Any] = lambda arrow: arrow,
) -> dict[str, Any]:
    """The model for a register like this one, without thresholds (see `benchmarks`).

    On DuckDB, or on another of Splink's back ends: `api`, which reads what `table` makes of an Arrow
    table. That is Spark, for who outgrows a machine; not SQLite, whose similarities Splink confuses
    with distances.
    """
    from splink import DuckDBAPI, Linker

    api = api or DuckDBAPI()
    dialect = api.sql_dialect.sql_dialect_str
    linker = Linker(api.register(table(arrow_table(rows))), settings(len(rows), dialect=dialect))
    linker.training.estimate_u_using_random_sampling(max_pairs=3e6, seed=seed)
    for rule in ANCHORS:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    said = linker.misc.save_model_to_json()
    return export(said, rows, version=version)


def export(said: Mapping[str, Any], rows: Sequence[Fields], *, version: str) -> dict[str, Any]:
    """Splink's model in the shape that `model.read_model` reads."""
    from math import log2

    prior = said["probability_two_random_records_match"]
    found: dict[str, Any] = {}
    for comparison, trained in zip(COMPARISONS, said["comparisons"], strict=True):
        levels = [level for level in trained["comparison_levels"] if not level.get("is_null_level")]
        u = [max(level.get("u_probability") or 0.0, _LEAST_U) for level in levels]
        # A level that no sure pair reached says nothing either way.
        m = [max(_m(level, least), _LEAST_M) for level, least in zip(levels, u, strict=True)]
        if comparison.name == "card":
            u = [_SAME_CARD_STRANGERS, 1 - _SAME_CARD_STRANGERS]
        found[comparison.name] = {"levels": [*comparison.levels, "else"], "m": m, "u": u}
    return {
        "version": version,
        "size": len(rows),
        "prior": log2(prior / (1 - prior)),
        "floor": FLOOR,
        "comparisons": found,
        "frequencies": {
            c.frequency: _frequencies(rows, c.frequency) for c in COMPARISONS if c.frequency
        },
    }


def _m(level: Mapping[str, Any], unmet: float) -> float:
    found = level.get("m_probability")
    return found if isinstance(found, float) else unmet


def _frequencies(rows: Sequence[Fields], field: str) -> dict[str, float]:
    """How common a value is among those known; what is rarer than the floor is left out."""
    place = FIELDS.index(field)
    values, counts = np.unique([row[place] for row in rows if row[place]], return_counts=True)
    total = int(counts.sum())
    return {
        str(value): float(count / total)
        for value, count in zip(values, counts, strict=True)
        if count / total > FLOOR
    }


def to_splink(model: Mapping[str, Any], *, dialect: str = "duckdb") -> dict[str, Any]:
    """Splink's settings with the trained values, so that Splink gives the same scores."""
    odds = 2.0 ** model["prior"]
    found = settings(model["size"], dialect=dialect)
    found["probability_two_random_records_match"] = odds / (1 + odds)
    for comparison, made in zip(COMPARISONS, found["comparisons"], strict=True):
        trained = model["comparisons"][comparison.name]
        levels = [level for level in made["comparison_levels"] if not level.get("is_null_level")]
        for level, m, u in zip(levels, trained["m"], trained["u"], strict=True):
            level |= {"m_probability": m, "u_probability": u}
    return found
