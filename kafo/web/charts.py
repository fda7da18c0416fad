"""Charts of the pages, described for Vega-Lite; each is known by its address and drawn when asked for.

Next to each chart stands a table with the same figures, so readers of screens skip the drawing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from kafo.web.drawing import studio

WIDTH, HEIGHT = 760, 260
_COLOURS = ["#0b5563", "#d9822b", "#5b8c5a", "#8f5b8c", "#b4443c", "#6b7a80", "#2f7fb8", "#a08a2c"]
_TEXT = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": "#1d2a2f", "titleColor": "#1d2a2f"}


def arrivals_chart(
    days: Sequence[tuple[str, str, int]], *, since: str, until: str, form: str, count: str
) -> str:
    """Submissions a day, one colour a form; `form` and `count` are the words for them. Days without
    any have their place too, so that a gap is seen."""
    if not days:
        return ""
    values = [{"day": day, "form": name, "n": n} for day, name, n in days]
    spec = _bars(values, {
        "x": {
            "field": "day", "type": "ordinal", "title": None, "scale": {"domain": _days(since, until)},
            "axis": {"labelExpr": "substring(datum.value, 8, 10) + '/' + substring(datum.value, 5, 7)",
                     "labelOverlap": True, "labelAngle": 0},
        },
        "y": {"field": "n", "type": "quantitative", "title": count, "axis": {"tickMinStep": 1}},
        "color": {"field": "form", "type": "nominal", "title": form, "scale": {"range": _COLOURS},
                  "legend": {"orient": "bottom"}},
    })  # fmt: skip
    return _address(spec)


def periods_chart(values: Sequence[tuple[str, float | None]], *, title: str) -> str:
    """One figure period by period; hidden ones leave a gap. No address for less than two."""
    if len([value for _, value in values if value is not None]) < 2:
        return ""
    rows = [{"period": label, "value": value} for label, value in values]
    spec = _bars(rows, {
        "x": {"field": "period", "type": "ordinal", "title": None, "sort": None,
              "axis": {"labelAngle": 0, "labelOverlap": True}},
        "y": {"field": "value", "type": "quantitative", "title": title},
        "color": {"value": _COLOURS[0]},
    })  # fmt: skip
    return _address(spec)


def _bars(values: list[dict[str, Any]], encoding: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "autosize": {
            "type": "fit",
            "contains": "padding",
        },  # the picture's size is known before it is there
        "data": {"values": values},
        "mark": {"type": "bar", "tooltip": None},
        "encoding": encoding,
        "config": {"axis": _TEXT, "legend": _TEXT, "view": {"stroke": None}},
    }


def _days(since: str, until: str) -> list[str]:
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def _address(spec: dict[str, Any]) -> str:
    return f"/charts/{studio.keep(spec)}"
