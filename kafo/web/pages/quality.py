"""Quality: one ranked list of problems, and what was done about each."""

from starlette.responses import Response

from kafo.web.render import page
from kafo.web.site import Visit


def problems(visit: Visit) -> Response:
    """Says plainly that nothing checks yet."""
    return page(visit, "quality.html")
