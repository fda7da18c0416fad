"""Why somebody looks at personal records: asked once, then noted with every look."""

from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.addresses import local
from kafo.web.render import go, page
from kafo.web.site import Visit
from warehouse.access import checked_reason
from warehouse.engine import writing
from warehouse.web_sessions import give_reason


def ask(visit: Visit) -> Response:
    """The question."""
    return page(visit, "reason.html", to=local(visit.asked("to")), given="", problem="")


def answer(visit: Visit) -> Response:
    """Keep it with the session and go where one wanted to."""
    to, given = local(visit.field("to")), visit.field("reason", 300)
    try:
        reason = checked_reason(given)
    except UsageError:
        problem = visit.language.text(
            "Dites-le en quelques mots, sans numéro de téléphone ni code de carte (200 caractères au "
            "plus)."
        )
        return page(visit, "reason.html", status=409, to=to, given=given, problem=problem)
    assert visit.session is not None
    with writing(visit.site.writer) as connection:
        give_reason(connection, visit.session.token_hash, reason, visit.site.now())
    return go(to)
