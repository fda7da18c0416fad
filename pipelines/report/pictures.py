"""The drawings of the report, collected while it is gathered and drawn all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from pipelines.charts.draw import draw
from pipelines.report.model import Cell, Chart, Table
from pipelines.report.numbers import scaled, show
from pipelines.report.quarter import Quarter

_INK, _FIRST, _SECOND, _PALE = "#1d2a2f", "#0b5563", "#d9822b", "#e7eef0"
_FONT = {"labelFontSize": 11, "titleFontSize": 11, "labelColor": _INK, "titleColor": _INK,
         "grid": False, "domainColor": "#9fb0b5", "tickColor": "#9fb0b5"}  # fmt: skip
_MOST_BARS = 12


@dataclass(slots=True)
class Drawn:
    """What was drawn."""

    trend: list[Chart] = field(default_factory=list)
    parts: dict[str, list[Chart]] = field(default_factory=dict)
    map: Chart | None = None


class Pictures:
    """Takes note of what to draw."""

    def __init__(self, connection: Connection, language: str, outline: Mapping[str, Any]) -> None:
        self._connection, self._language, self._outline = connection, language, outline
        self._asked: list[tuple[str, str, str, str, dict[str, Any]]] = []

    def trend(self, title: str, quarters: Sequence[Quarter], cells: Sequence[Cell]) -> None:
        """A figure over the last quarters; nothing for less than two."""
        values = [
            {"q": str(q), "n": scaled(c.value, c.kind)}
            for q, c in zip(quarters, cells, strict=True)
            if c.value is not None and not c.hidden
        ]
        if len(values) < 2:
            return
        spec = _spec(values, 230, 110, {
            "x": {"field": "q", "type": "ordinal", "title": None, "axis": {"labelAngle": 0},
                  "scale": {"domain": [str(q) for q in quarters]}},
            "y": {"field": "n", "type": "quantitative", "title": None, "axis": {"tickCount": 3}},
            "color": {"value": _FIRST},
        })  # fmt: skip
        said = ", ".join(f"{v['q']} {v['n']}" for v in values)
        self._asked.append(("trend", "", title, f"{title} : {said}", spec))

    def part(self, indicator: str, tables: Sequence[Table]) -> None:
        """Bars for the first breakdown by one thing with at least three figures to show."""
        for table in tables:
            shown = [(line.label, line.cells[0]) for line in table.lines if len(line.cells) == 1]
            seen = [(label, c) for label, c in shown if c.value is not None and not c.hidden]
            if len(seen) < 3 or len({c.value for _, c in seen}) < 2:
                continue
            seen = sorted(seen, key=lambda pair: -(pair[1].value or 0))[:_MOST_BARS]
            values = [{"label": label, "n": scaled(c.value or 0, c.kind)} for label, c in seen]
            spec = _spec(values, 330, 19 * len(values), {
                "y": {"field": "label", "type": "nominal", "title": None, "sort": None,
                      "axis": {"labelLimit": 220}},
                "x": {"field": "n", "type": "quantitative", "title": None, "axis": {"tickCount": 4}},
                "color": {"value": _FIRST},
            })  # fmt: skip
            said = ", ".join(f"{label} {show(c, self._language)}" for label, c in seen)
            alternative = f"{table.title} : {said}"
            self._asked.append(("part", indicator, table.title, alternative, spec))
            return

    def cercles(self, tables: Sequence[Table]) -> None:
        """People by cercle on the outline of the country: cercles only, never a site."""
        by_cercle = [t for t in tables if t.lines and t.lines[0].cells[0].key[2:3] == ("cercle",)]
        if not by_cercle:
            return
        counts = {
            line.cells[0].key[3]: (line.label, line.cells[0].value)
            for line in by_cercle[0].lines
            if not line.cells[0].hidden and line.cells[0].value
        }
        rows = self._connection.execute(
            text("select name, latitude, longitude from ref_cercle_seats")
        )
        points = [
            {"label": counts[row.name][0], "n": counts[row.name][1],
             "lat": float(row.latitude), "lon": float(row.longitude)}
            for row in rows if row.name in counts and row.latitude and row.longitude
        ]  # fmt: skip
        if points:
            said = ", ".join(f"{p['label']} {p['n']:.0f}" for p in points)
            title = by_cercle[0].title
            self._asked.append(("map", "", title, f"{title} : {said}", _map(points, self._outline)))

    def drawn(self) -> Drawn:
        """Draw everything; what cannot be drawn is left out."""
        found = Drawn()
        svgs = draw([spec for *_, spec in self._asked])
        for (kind, indicator, title, alternative, _), svg in zip(self._asked, svgs, strict=True):
            if not svg:
                continue
            chart = Chart(title, alternative, svg)
            if kind == "map":
                found.map = chart
            elif kind == "trend":
                found.trend.append(chart)
            else:
                found.parts.setdefault(indicator, []).append(chart)
        return found


def _spec(
    values: list[dict[str, Any]], width: int, height: int, encoding: dict[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": encoding,
        "config": {"axis": _FONT, "view": {"stroke": None}, "font": "sans-serif"},
    }


def _map(points: list[dict[str, Any]], outline: Mapping[str, Any]) -> dict[str, Any]:
    place = {"longitude": {"field": "lon", "type": "quantitative"},
             "latitude": {"field": "lat", "type": "quantitative"}}  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 430,
        "height": 330,
        "projection": {"type": "mercator"},
        "layer": [
            {"data": {"values": outline["features"]},
             "mark": {"type": "geoshape", "fill": _PALE, "stroke": "#9fb0b5"}},
            {"data": {"values": points}, "mark": {"type": "circle", "color": _SECOND, "opacity": 0.75},
             "encoding": {**place, "size": {"field": "n", "type": "quantitative", "title": None,
                                            "scale": {"rangeMin": 20, "rangeMax": 900},
                                            "legend": {"orient": "bottom"}}}},
            {"data": {"values": points}, "mark": {"type": "text", "dy": -14, "fontSize": 10,
                                                  "color": _INK},
             "encoding": {**place, "text": {"field": "label"}}},
        ],
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
    }  # fmt: skip
