"""What a route table says, and how a request finds its route."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from starlette.routing import compile_path

from sync.sandbox.call import Answer, Call

Kind = Literal["json", "openrosa", "odata", "odata xml"]
"""Which preliminary checks apply and in which form errors are told."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: `path` in Starlette's notation, below `/v1`."""

    method: str
    path: str
    handler: Callable[[Call], Answer]
    kind: Kind = "json"
    anonymous: bool = False
    """No credentials are looked at."""
    logs: bool = False
    """A read that leaves a trace in the audit log (exports)."""
    submits: bool = False
    """Its commit can be held back by `Misbehaviour.hold_commits`."""

    @property
    def writes(self) -> bool:
        """Whether it runs in a transaction that writes."""
        return self.method != "GET" or self.logs


class Router:
    """Finds the first route that fits; Central knows no 405, only 404."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._routes: dict[str, list[tuple[re.Pattern[str], Endpoint]]] = {}
        for endpoint in endpoints:
            pattern = compile_path(endpoint.path)[0]
            self._routes.setdefault(endpoint.method, []).append((pattern, endpoint))

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The route and the parts of the path; HEAD is served as GET."""
        for pattern, endpoint in self._routes.get("GET" if method == "HEAD" else method, []):
            match = pattern.match(path)
            if match:
                return endpoint, match.groupdict()
        return None
