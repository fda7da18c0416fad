"""Draws charts once, in a process of its own that takes its memory with it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


def draw(charts: Sequence[dict[str, Any]]) -> list[str]:
    """The SVG of each Vega-Lite chart; '' for one that cannot be drawn."""
    if not charts:
        return []
    asked = "".join(json.dumps(chart) + "\n" for chart in charts)
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.charts.worker"],
        input=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=False,
    )  # fmt: skip
    drawn = [json.loads(line) or "" for line in done.stdout.splitlines()]
    return drawn + [""] * (len(charts) - len(drawn))
