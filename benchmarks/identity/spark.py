"""The shipped model on Splink's Spark back end, for registers that outgrow one machine: the scores of
DuckDB, and what it costs.

`python -m benchmarks.identity.spark 4200 31` (people, seed). Needs besides the extra `train` the
packages `pyspark` and `py4j` (430 MB), and a whole Java 17 or later: the small one of Kafo lacks a module.
"""

import json
import logging
import sys
import tempfile
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.identity.register import register
from pipelines.identity.compare_fields import FIELDS, Fields
from pipelines.identity.model import SHIPPED
from pipelines.identity.train import FLOOR, arrow_table, to_splink, train

RULE = "l.last_key = r.last_key and l.first_key = r.first_key"


def session(folder: str) -> Any:
    """Spark on this machine, with the similarity functions that Splink brings."""
    from pyspark.sql import SparkSession  # type: ignore[import-not-found]
    from splink.backends.spark import similarity_jar_location

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", similarity_jar_location())
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.memory", "4g")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    # Without it Splink's first checkpoint is refused.
    spark.sparkContext.setCheckpointDir(folder)
    return spark


def scores(api: Any, table: Any, lookup: Any, rows: list[Fields], dialect: str) -> Any:
    """Pairs and weights, in the order of the pairs."""
    from splink import Linker

    model = json.loads(SHIPPED.read_text(encoding="utf-8"))
    said = to_splink(model, dialect=dialect)
    said["blocking_rules_to_generate_predictions"] = [
        {"blocking_rule": RULE, "sql_dialect": dialect}
    ]
    linker = Linker(api.register(table(arrow_table(rows))), said)
    for field, common in model["frequencies"].items():
        met = {row[FIELDS.index(field)] for row in rows} - {""}
        known = dict.fromkeys(sorted(met), FLOOR) | common
        linker.table_management.register_term_frequency_lookup(lookup(field, known), field)
    found = linker.inference.predict().as_record_list()
    return sorted((r["number_l"], r["number_r"], r["match_weight"]) for r in found)


def main(people: int, seed: int) -> None:
    import pyarrow  # type: ignore[import-untyped]
    from splink import DuckDBAPI
    from splink.backends.spark import SparkAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    rows, _ = register(people, seed)
    duck = DuckDBAPI()

    def known(field: str, common: dict[str, float]) -> Any:
        return pyarrow.table({field: list(common), f"tf_{field}": list(common.values())})

    started = perf_counter()
    theirs = scores(duck, lambda t: t, lambda f, c: duck.register(known(f, c)), rows, "duckdb")
    print(
        f"{len(rows):,} registrations, {len(theirs):,} pairs; DuckDB {perf_counter() - started:.1f} s"
    )
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        spark = session(folder)
        print(f"Spark started in {perf_counter() - started:.1f} s", flush=True)
        api: Any = SparkAPI(spark_session=spark)  # type: ignore[no-untyped-call]

        def frame(table: Any) -> Any:
            return spark.createDataFrame(table)

        started = perf_counter()
        ours = scores(api, frame, lambda f, c: api.register(frame(known(f, c))), rows, "spark")
        print(f"Spark scored in {perf_counter() - started:.1f} s", flush=True)
        assert [p[:2] for p in ours] == [p[:2] for p in theirs]
        gap = np.abs(np.array([p[2] for p in ours]) - np.array([p[2] for p in theirs])).max()
        print(f"largest difference of two weights: {gap:.2e}", flush=True)
        assert gap < 1e-9
        started = perf_counter()
        model = train(rows, version="spark", api=api, table=frame)
        print(f"Spark trained in {perf_counter() - started:.1f} s: prior {model['prior']:.2f}")
        spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
