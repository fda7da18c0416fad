"""The quarterly report: which quarter, for whom, and its two files."""

from threading import Lock

from starlette.responses import Response

from forms.errors import UsageError
from kafo.outline import report_outline
from kafo.web.audience import audience_of, audiences_of
from kafo.web.downloads import pdf_file, workbook_file
from kafo.web.render import page
from kafo.web.site import Visit
from pipelines.report.gather import published_quarters
from pipelines.report.make import make
from pipelines.report.quarter import Quarter, last_whole, parse_quarter

_one_at_a_time = Lock()
"""Setting pages takes a processor and 65 MB beside this process: who asks second waits; all other pages
go on."""


def overview(visit: Visit) -> Response:
    """The quarters with published figures; the last whole one is chosen."""
    audiences, whole = audiences_of(visit.rights), last_whole(visit.site.now())
    known = published_quarters(visit.site.reader, audience_of(visit.rights))
    chosen = whole if whole in known else (known or [whole])[0]
    return page(
        visit, "quarter.html", quarters=known, chosen=chosen, whole=whole, audiences=audiences
    )


def download(visit: Visit) -> Response:
    """One of the two files, marked with the account's name; the log says that it was made."""
    audience = visit.field("audience") or "outside"
    if audience not in audiences_of(visit.rights):
        text = visit.language.text("Votre compte n'ouvre pas les chiffres internes des syndicats.")
        return page(visit, "problem.html", status=403, text=text)
    quarter = _published(visit, audience, parse_quarter(visit.field("quarter")))
    with _one_at_a_time:
        made = make(
            visit.site.reader, visit.site.writer, quarter=quarter, audience=audience,
            language=visit.language.code, now=visit.site.now(), who=visit.who.name,
            outline=report_outline(visit.site.config),
        )  # fmt: skip
    if visit.field("file") == "xlsx":
        return workbook_file(made.name, made.xlsx)
    return pdf_file(made.name, made.pdf)


def _published(visit: Visit, audience: str, quarter: Quarter) -> Quarter:
    if quarter not in published_quarters(visit.site.reader, audience):
        raise UsageError(
            f"Aucun chiffre n'est publié pour {quarter}. Choisissez un trimestre de la liste.",
            f"No figure has been published for {quarter}. Choose a quarter of the list.",
        )
    return quarter
