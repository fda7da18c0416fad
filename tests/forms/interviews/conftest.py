"""Forms of the centre, loaded once, and a way to hold interviews on them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest

from forms.compiler import compile_form
from forms.engine import LoadedForm, load
from forms.interviews import Finished, hold

SINCE = datetime(2026, 10, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


@cache
def _loaded(form_id: str) -> LoadedForm:
    form = compile_form(form_id)
    return load(form.xform, form.media)


@pytest.fixture(scope="session")
def loaded() -> Callable[[str], LoadedForm]:
    """A form of the centre on the engine."""
    return _loaded


@pytest.fixture(scope="session")
def held() -> Callable[..., list[Finished]]:
    """Holds interviews in October and November 2026."""

    def hold_some(
        form_id: str, count: int, *, seed: int = 7, first: int = 0, enumerators: int = 25
    ) -> list[Finished]:
        return list(
            hold(
                _loaded(form_id),
                count=count,
                first=first,
                seed=seed,
                enumerators=enumerators,
                since=SINCE,
                until=UNTIL,
            )
        )

    return hold_some
