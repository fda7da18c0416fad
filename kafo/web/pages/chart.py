"""One chart as a picture. Its address is the digest of what it shows: only who saw the page knows it."""

from starlette.responses import Response

from kafo.web.drawing import studio
from kafo.web.site import Visit

_WEEK = 7 * 24 * 3600


def show(visit: Visit) -> Response:
    """The SVG; 404 when no page named it lately: reloading the page names it again."""
    picture = studio.picture(visit.part("digest"))
    if picture is None:
        return Response(status_code=404)
    kept = {"Cache-Control": f"private, max-age={_WEEK}, immutable"}
    return Response(picture, media_type="image/svg+xml", headers=kept)
