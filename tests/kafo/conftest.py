"""A webhook that remembers what it was told."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kafo.server import serving


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    got: list[dict[str, Any]] = []

    async def take(request: Request) -> Response:
        got.append(await request.json())
        return Response(status_code=204)

    routes = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    with serving(routes, "127.0.0.1", 0) as address:
        yield f"{address}/hook", got
