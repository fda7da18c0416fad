"""Reports: every indicator with its definition, period against period, and its breakdowns."""

from starlette.responses import Response

from kafo.web.audience import audience_of
from kafo.web.charts import periods_chart
from kafo.web.render import page
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.figure_queries import KINDS, breakdowns, measures, periods, series, totals


def overview(visit: Visit) -> Response:
    """All indicators in one period, beside the period before."""
    kind, audience = _kind(visit), audience_of(visit.rights)
    with reading(visit.site.reader) as connection:
        known = periods(connection, audience, kind)
        period = visit.asked("period") if visit.asked("period") in known else (known or [""])[0]
        before = next((p for p in known if p < period), "")
        values = totals(connection, audience, kind, [period, before])
        found = measures(connection)
    return page(
        visit, "reports.html", kind=kind, kinds=KINDS, periods=known, period=period, before=before,
        measures=found, values=values, audience=audience,
    )  # fmt: skip


def one(visit: Visit) -> Response:
    """One indicator: what it means, over time, and by its dimensions."""
    kind, audience, name = _kind(visit), audience_of(visit.rights), visit.part("indicator")
    with reading(visit.site.reader) as connection:
        mine = [m for m in measures(connection) if m.indicator == name]
        if not mine:
            text = visit.language.text("Cet indicateur n'existe pas, ou n'est pas encore calculé.")
            return page(visit, "problem.html", status=404, text=text)
        measure = next((m for m in mine if m.measure == visit.asked("measure")), mine[0])
        line = series(connection, audience, kind, name, measure.measure)
        known = [value.period for value in line]
        period = visit.asked("period") if visit.asked("period") in known else (known or [""])[-1]
        parts = breakdowns(connection, audience, kind, name, measure.measure, period)
    drawn = [(visit.language.period(kind, value.period), value.value) for value in line]
    chart = periods_chart(drawn, title=visit.language.text("Valeur"))
    return page(
        visit, "indicator.html", chart=chart, kind=kind, kinds=KINDS, measures=mine,
        measure=measure, series=line, period=period, breakdowns=parts,
    )  # fmt: skip


def _kind(visit: Visit) -> str:
    asked = visit.asked("kind")
    return asked if asked in KINDS else KINDS[0]
