"""Templates: one environment per language, every value escaped, a missing one is an error."""

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kafo.web import words
from kafo.web.language import CODES, language
from kafo.web.navigation import NAVIGATION, REPORTS, SETTINGS
from kafo.web.rights import ROLES
from kafo.web.site import Visit

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


def page(visit: Visit, template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A whole page, or a part of one for htmx."""
    text = _environment(visit.language.code).get_template(template)
    here = visit.request.url.path
    entries = [entry for entry in NAVIGATION if entry.right in visit.rights]
    html = text.render(visit=visit, here=here, navigation=entries, languages=CODES, **values)
    return HTMLResponse(html, status_code=status)


def go(address: str) -> Response:
    """To another page, after something was done."""
    return RedirectResponse(address, status_code=303)


@cache
def asset(name: str) -> str:
    """The address of a file in `static`, which changes whenever the file does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def _environment(code: str) -> Environment:
    spoken = language(code)
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "_": spoken.text, "_n": spoken.count, "language": spoken, "asset": asset, "other": _other,
        "job_name": partial(words.job_name, spoken), "outcome": partial(words.outcome, spoken),
        "asked": partial(words.asked, spoken), "role_name": partial(words.role_name, spoken),
        "section_name": partial(words.section_name, spoken), "settings_tabs": SETTINGS, "reports_tabs": REPORTS,
        "action_name": partial(words.action_name, spoken),
        "event_name": partial(words.event_name, spoken),
        "severity": partial(words.severity, spoken),
        "severity_name": partial(words.severity_name, spoken),
        "review_name": partial(words.review_name, spoken),
        "weekday_name": partial(words.weekday_name, spoken),
        "period_kind": partial(words.period_kind, spoken),
        "dimension_name": partial(words.dimension_name, spoken), "all_pages": NAVIGATION,
        "rights_of_role": ROLES.__getitem__,
    }  # fmt: skip
    for name in ("number", "percent", "moment", "day", "time", "ago", "duration", "size"):
        found.filters[name] = getattr(spoken, name)
    return found


def _other(code: str) -> str:
    return "en" if code == "fr" else "fr"
