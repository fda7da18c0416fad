"""Whether data still arrive, over HTTP, for people and monitoring systems.

`/healthz` says in JSON whether all is well (200) or not (503); `/metrics` gives the numbers in the
text format of Prometheus. Both hold counts, ages and form IDs only.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from forms.errors import KafoError
from sync.freshness import Freshness, read_freshness
from sync.metrics import metrics_text
from warehouse.engine import reading

_PROMETHEUS = "text/plain; version=0.0.4"


def health_routes(reader: Engine, *, now: Callable[[], str], stale_after: timedelta) -> list[Route]:
    """The two addresses, to be joined with the web pages' own."""

    def healthz(_: Request) -> JSONResponse:
        try:
            with reading(reader) as connection:
                content = _report(read_freshness(connection, now=now()), stale_after)
        except KafoError as error:
            content = {"healthy": False, "error": str(error)}
        return JSONResponse(content, status_code=200 if content["healthy"] else 503)

    def metrics(_: Request) -> PlainTextResponse:
        try:
            with reading(reader) as connection:
                text = metrics_text(connection, now=now())
        except KafoError:
            return PlainTextResponse("kafo_up 0\n", media_type=_PROMETHEUS)
        return PlainTextResponse(text, media_type=_PROMETHEUS)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]


def _report(found: Freshness, stale_after: timedelta) -> dict[str, object]:
    last = found.last_success_age
    stale = last is None or last > stale_after.total_seconds()
    return {
        "healthy": not stale and not found.failing,
        "last_success_age_seconds": last,
        "lag_seconds": found.lag,
        "failing_forms": [{"project_id": p, "form_id": f} for p, f in found.failing],
    }
