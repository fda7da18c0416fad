"""Joins pages, checks and files into one web application."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from forms.errors import KafoError
from kafo.web.cookies import session_token, spoken
from kafo.web.guard import Guard
from kafo.web.login import resume, touch
from kafo.web.render import STATIC, go, page
from kafo.web.routes import PAGES, Page
from kafo.web.site import Site, Visit
from sync.log import note_crash
from warehouse.errors import WarehouseError

_FIELDS = 100


def pages(site: Site, beside: Iterable[BaseRoute] = ()) -> Starlette:
    """The application: the pages, their files, and routes of others beside them."""
    routes = [Route(p.path, _endpoint(site, p), methods=[p.method]) for p in PAGES]
    return Starlette(
        routes=[*beside, *routes, Mount("/static", _Files(directory=STATIC))],
        middleware=[Middleware(Guard), Middleware(GZipMiddleware, minimum_size=700)],
        exception_handlers={HTTPException: partial(_http_error, site)},
    )


class _Files(StaticFiles):
    """Files whose address changes with their content: browsers need never ask again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _endpoint(site: Site, answers: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = FormData()
        if answers.method == "POST":
            form = await request.form(max_files=0, max_fields=_FIELDS, max_part_size=64 * 1024)
        return await run_in_threadpool(_answer, site, answers, request, form)

    return endpoint


def _answer(site: Site, asked: Page, request: Request, form: FormData) -> Response:
    visit = Visit(site, request, spoken(request), form)
    try:
        found = resume(site, session_token(request))
        if found is not None:
            visit = Visit(site, request, visit.language, form, *found)
        if asked.right not in visit.rights:
            return _refused(visit)
        if visit.account is not None and visit.account.must_change and not asked.always:
            return go("/settings/password")
        if found is not None and not asked.quiet:
            _stay(site, visit)
        return asked.show(visit)
    except HTTPException:
        raise
    except KafoError as error:
        text = visit.language.error(error)
        return page(visit, "problem.html", status=_status(error), text=text)
    except Exception as error:
        # Its text may quote an answer of a form: only its kind goes to the log, nothing to the page.
        note_crash("page_crashed", error, page=asked.path)
        text = visit.language.text(
            "Cette page a échoué ({kind}). Rechargez-la ; si cela se répète, prévenez "
            "l'administrateur.",
            kind=type(error).__name__,
        )
        return page(visit, "problem.html", status=500, text=text)


def _stay(site: Site, visit: Visit) -> None:
    assert visit.session is not None
    try:
        touch(site, visit.session)
    except WarehouseError:
        return  # a synchronisation is writing: the next click notes it


def _refused(visit: Visit) -> Response:
    if visit.account is None:
        if visit.live or visit.request.method != "GET":
            text = visit.language.text("Votre session est finie. Connectez-vous à nouveau.")
            return page(visit, "problem.html", status=401, text=text)
        return go("/login")
    text = visit.language.text(
        "Votre compte n'ouvre pas cette page. Demandez à l'administrateur si vous en avez besoin."
    )
    return page(visit, "problem.html", status=403, text=text)


def _status(error: KafoError) -> int:
    return 503 if isinstance(error, WarehouseError) else 409


async def _http_error(site: Site, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await run_in_threadpool(_say_error, site, request, error.status_code)


def _say_error(site: Site, request: Request, status: int) -> Response:
    visit = Visit(site, request, spoken(request), FormData())
    try:
        found = resume(site, session_token(request))
    except KafoError:  # the page that is not there has nothing to do with the warehouse's trouble
        found = None
    if found is not None:
        visit = Visit(site, request, visit.language, FormData(), *found)
    texts = {
        404: visit.language.text("Cette page n'existe pas. Partez du menu."),
        405: visit.language.text("Cette adresse ne s'ouvre pas ainsi. Partez du menu."),
    }
    unreadable = visit.language.text("La demande est illisible. Revenez en arrière et recommencez.")
    return page(visit, "problem.html", status=status, text=texts.get(status, unreadable))
