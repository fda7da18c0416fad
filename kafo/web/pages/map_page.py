"""The map: people by cercle and quarter over an outline; sites at their positions for stewards only."""

from typing import Any

from starlette.responses import JSONResponse, Response

from kafo.outline import SHIPPED, own_boundaries
from kafo.web.audience import audience_of
from kafo.web.personal import looking, reason_of
from kafo.web.render import asset, page
from kafo.web.rights import Right
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.map_queries import Cercle, SitePoint, cercles, site_points

_PUBLICATION = "I-01"
_SHOWN_QUARTERS = 8


def show(visit: Visit) -> Response:
    """The map, and the same figures as a table."""
    found, periods = _cercles(visit)
    return page(
        visit, "map.html", cercles=found, periods=periods, sites=Right.PEOPLE in visit.rights,
        reason=reason_of(visit), placed=sum(c.latitude is not None for c in found),
    )  # fmt: skip


def data(visit: Visit) -> Response:
    """What the map draws: cercles with their counts. No site, no position of anything small."""
    found, periods = _cercles(visit)
    return JSONResponse(
        {
            "outline": boundaries_address(visit),
            "periods": [[p, visit.language.period("quarter", p)] for p in periods],
            "cercles": [_cercle(c) for c in found if c.latitude is not None],
        }
    )


def sites(visit: Visit) -> Response:
    """Sites at their positions; the look is noted like every other look at protected data."""
    with looking(visit) as look:
        found = site_points(look.connection)
        look.note("map", "mining_site", 0)  # rows of people: there are none
    return JSONResponse([_site(point) for point in found])


def boundaries(visit: Visit) -> Response:
    """The deployment's own boundaries."""
    name = visit.site.config.settings.pages.boundaries
    return JSONResponse(own_boundaries(visit.site.config.folder / name))


def boundaries_address(visit: Visit) -> str:
    """Where the map finds its outline."""
    own = visit.site.config.settings.pages.boundaries
    return "/map/boundaries" if own else asset(SHIPPED)


def _cercles(visit: Visit) -> tuple[list[Cercle], list[str]]:
    with reading(visit.site.reader) as connection:
        found = cercles(connection, audience=audience_of(visit.rights), publication=_PUBLICATION)
    periods = sorted({period for c in found for period in c.people})
    return found, periods[-_SHOWN_QUARTERS:]


def _cercle(cercle: Cercle) -> dict[str, Any]:
    return {
        "label": cercle.label, "at": [cercle.latitude, cercle.longitude], "people": cercle.people
    }  # fmt: skip


def _site(point: SitePoint) -> dict[str, Any]:
    return {
        "label": point.name, "at": [point.latitude, point.longitude], "people": point.people_middle,
        "exact": point.exact,
    }  # fmt: skip
