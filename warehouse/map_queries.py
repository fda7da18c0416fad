"""What the map shows: published counts by cercle and quarter, and sites with their positions.

Counts are the published ones, with small cells hidden for their audience. Positions of sites are
for data stewards only; whoever calls `site_points` has checked that.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, select, text

from warehouse.casework_tables import indicator, mining_site
from warehouse.protection_tables import published_cell


@dataclass(slots=True)
class Cercle:
    """A cercle, its seat where its position is known, and people by period; None where hidden."""

    code: str
    label: str
    latitude: float | None
    longitude: float | None
    people: dict[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SitePoint:
    """A site at its position: as visited, or as the reference list has it (`exact` is False)."""

    key: str
    name: str
    kind: str | None
    status: str | None
    latitude: float
    longitude: float
    last_visit_on: str | None
    people_middle: int | None
    exact: bool


def cercles(connection: Connection, *, audience: str, publication: str) -> list[Cercle]:
    """Every cercle of the reference list with what is published for it, by quarter."""
    rows = connection.execute(
        text(
            "select c.name, c.label, s.latitude, s.longitude from ref_cercles as c "
            "left join ref_cercle_seats as s on s.name = c.name order by c.label"
        )
    )
    found = {
        row.name: Cercle(row.name, row.label, _float(row.latitude), _float(row.longitude))
        for row in rows
    }
    p, i = published_cell.c, indicator.c
    first = select(i.measure).where(i.indicator == publication).order_by(i.position).limit(1)
    cells = connection.execute(
        select(p.period, p.row_value, p.count.label("people")).where(
            p.audience == audience,
            p.publication == publication,
            p.measure == first.scalar_subquery(),
            p.period_kind == "quarter",
            p.row_dimension == "cercle",
            p.row_value != "",
            p.column_value == "",
        )
    )
    for cell in cells:
        if cell.row_value in found:
            found[cell.row_value].people[cell.period] = cell.people
    return list(found.values())


def site_points(connection: Connection) -> list[SitePoint]:
    """Every site whose position is known."""
    m = mining_site.c
    visited = connection.execute(select(mining_site).order_by(m.site_key)).all()
    listed = {
        row.site: (float(row.latitude), float(row.longitude))
        for row in connection.execute(
            text("select site, latitude, longitude from ref_site_positions")
        )
    }
    names = {
        row.name: row.label for row in connection.execute(text("select name, label from ref_sites"))
    }
    points = []
    for row in visited:
        exact = row.latitude is not None and row.longitude is not None
        reference = listed.pop(row.site_key, None)
        if not exact and reference is None:
            continue
        latitude, longitude = (row.latitude, row.longitude) if exact else reference or (0.0, 0.0)
        people = [n for n in (row.women_middle, row.men_middle) if n is not None]
        name = row.site_name or names.get(row.site_key, row.site_key)
        points.append(
            SitePoint(
                row.site_key, name, row.site_type, row.site_status, latitude, longitude,
                row.last_visit_on, sum(people) if people else None, exact,
            )
        )  # fmt: skip
    for key, (latitude, longitude) in sorted(listed.items()):
        name = names.get(key, key)
        points.append(
            SitePoint(key, name, None, None, latitude, longitude, None, None, exact=False)
        )
    return points


def _float(value: object) -> float | None:
    return None if value in (None, "") else float(str(value))
