"""Saved questions, questions in SQL, and the dictionary of the reporting views."""

import re
from datetime import date

from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.audience import audience_of
from kafo.web.downloads import csv_file, xlsx_file
from kafo.web.render import page
from kafo.web.rights import Right
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.question import OPS, Answer, ask, plan, relations
from warehouse.saved_queries import Parameter, SavedQuery, saved_queries

_SECONDS = 5.0
_SHOWN, _SAVED = 500, 50_000
_LONGEST = 20_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d{1,12}")


def list_page(visit: Visit) -> Response:
    """The saved questions that this person may ask."""
    return page(
        visit, "queries.html", queries=[q for q in saved_queries().values() if _may(visit, q)]
    )


def saved(visit: Visit) -> Response:
    """One of them with its answer, on the page or as a file."""
    query = saved_queries().get(visit.part("name"))
    if query is None or not _may(visit, query):
        text = visit.language.text("Cette question n'existe pas.")
        return page(visit, "problem.html", status=404, text=text)
    form = visit.asked("format", 4)
    today = date.fromisoformat(visit.site.now()[:10])
    given = {p.name: visit.asked(p.name) or p.usual(today) for p in query.parameters}
    answer, problem = None, ""
    try:
        bound = {p.name: _checked(p, given[p.name]) for p in query.parameters}
        with reading(visit.site.reader) as connection:
            most = _SAVED if form else _SHOWN
            answer = ask(
                connection, query.sql, seconds=_SECONDS, most=most, parameters=bound,
                audience=OPS if query.readers else audience_of(visit.rights),
                publication=query.publication, only=query.only,
            )  # fmt: skip
    except UsageError as error:
        problem = visit.language.error(error)
    if answer is not None and form:
        return _file(form, query.name, answer)
    return _saved_page(visit, query, given, answer, problem)


def sql_page(visit: Visit) -> Response:
    """An empty question, with the views it may name."""
    return _sql(visit, "", None, [], "")


def sql(visit: Visit) -> Response:
    """The answer, the plan, or a file; what went wrong in words."""
    statement, wanted = visit.field("statement", _LONGEST), visit.field("do", 10)
    answer, steps, problem = None, [], ""
    try:
        with reading(visit.site.reader) as connection:
            if wanted == "explain":
                steps = plan(connection, statement)
            else:
                most = _SAVED if wanted in ("csv", "xlsx") else _SHOWN
                answer = ask(connection, statement, seconds=_SECONDS, most=most)
    except UsageError as error:
        problem = visit.language.error(error)
    if answer is not None and wanted in ("csv", "xlsx"):
        return _file(wanted, "question", answer)
    return _sql(visit, statement, answer, steps, problem)


def dictionary(visit: Visit) -> Response:
    """What every reporting view and column means."""
    with reading(visit.site.reader) as connection:
        found = relations(connection, audience=audience_of(visit.rights))
    return page(visit, "dictionary.html", relations=found)


def _may(visit: Visit, query: SavedQuery) -> bool:
    return not query.readers or Right(query.readers) in visit.rights


def _saved_page(
    visit: Visit, query: SavedQuery, given: dict[str, str], answer: Answer | None, problem: str
) -> Response:
    return page(
        visit, "query.html", status=409 if problem else 200,
        query=query, given=given, answer=answer, problem=problem,
    )  # fmt: skip


def _sql(
    visit: Visit, statement: str, answer: Answer | None, steps: list[str], problem: str
) -> Response:
    with reading(visit.site.reader) as connection:
        found = relations(connection)
    return page(
        visit, "sql.html", status=409 if problem else 200, statement=statement, answer=answer,
        steps=steps, problem=problem, relations=found, seconds=_SECONDS, most=_SHOWN,
    )  # fmt: skip


def _file(form: str, name: str, answer: Answer) -> Response:
    write = xlsx_file if form == "xlsx" else csv_file
    return write(name, answer.columns, answer.rows)


def _is_day(value: str) -> bool:
    try:
        return _DAY.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:  # the 31st of February
        return False


def _checked(parameter: Parameter, value: str) -> str:
    right = (
        _is_day(value) if parameter.kind == "day"
        else parameter.kind != "number" or _NUMBER.fullmatch(value)
    )  # fmt: skip
    if not right:
        raise UsageError(
            f"« {parameter.label[0]} » : « {value} » ne convient pas. Un jour s'écrit 2026-11-23.",
            f"'{parameter.label[1]}': '{value}' does not fit. A day is written 2026-11-23.",
        )
    return value
