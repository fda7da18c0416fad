"""Enumerators and their phones: who has access, who sends, a QR code for a new one, a lost one cut off."""

import io
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import segno
from markupsafe import Markup
from starlette.responses import Response

from forms.collect_settings import PhoneProject, Settings, collect_settings, settings_to_text
from forms.errors import KafoError, UsageError
from forms.phones import Phone, list_phones, provide_phones, revoke
from kafo.web.render import go, page
from kafo.web.site import Visit
from sync.central import Source
from warehouse.engine import reading
from warehouse.ops_queries import Submitter, form_states, submitters

_COLOUR = "#1b6ca8"


@dataclass(frozen=True, slots=True)
class Row:
    """One phone as Central knows it, with what it sent."""

    project_id: int
    phone: Phone
    sent: Submitter | None


def list_page(visit: Visit) -> Response:
    """Every phone of every project; without Central, only who sent."""
    today = datetime.fromisoformat(visit.site.now()).date()
    week, month = str(today - timedelta(days=6)), str(today - timedelta(days=29))
    with reading(visit.site.reader) as connection:
        sent = {s.submitter_id: s for s in submitters(connection, week=week, month=month)}
    rows: list[Row] = []
    problem = ""
    try:
        source = visit.site.source()
        for project_id in source.projects:
            for phone in list_phones(source.client, project_id):
                rows.append(Row(project_id, phone, sent.get(str(phone.app_user_id))))
    except KafoError as error:
        problem = visit.language.error(error)
    return page(visit, "phones.html", rows=rows, problem=problem, done=visit.asked("done"))


def provide(visit: Visit) -> Response:
    """Give an enumerator access and show the QR code, once."""
    settings = _settings(visit)
    name = str(settings["general"]["metadata_username"])
    visit.note("phone_provided", name)
    return page(visit, "phone.html", name=name, picture=_qr(settings_to_text(settings)))


def sheet(visit: Visit) -> Response:
    """The same as a printed sheet: a secret, made in memory's stead and kept nowhere."""
    from forms.phone_sheet import write_phone_sheet

    settings = _settings(visit)
    with tempfile.TemporaryDirectory() as folder:
        today = date.fromisoformat(visit.site.now()[:10])
        path = write_phone_sheet(settings, Path(folder), printed_on=today)
        content, name = path.read_bytes(), path.name
    visit.note("phone_sheet", str(settings["general"]["metadata_username"]))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


def cut_off(visit: Visit) -> Response:
    """A lost phone: no access from now on; what it sent stays."""
    source, name = visit.site.source(), visit.field("enumerator")
    project_id = _project(visit, source)
    revoke(source.client, project_id, name)
    visit.note("phone_cut_off", name)
    return go("/settings/phones?done=1")


def _settings(visit: Visit) -> Settings:
    password = visit.site.config.secret("collect_admin_password")
    source, name = visit.site.source(), visit.field("enumerator", 60)
    project_id = _project(visit, source)
    [phone] = provide_phones(
        source.client, project_id, enumerators=[name], forms=_forms(visit, project_id)
    )
    project = PhoneProject(source.account.url, project_id, f"CIOM {project_id}", "📝", _COLOUR)
    return collect_settings(phone, project, admin_password=password)


def _project(visit: Visit, source: Source) -> int:
    asked = visit.field("project_id") or str(source.projects[0])
    number = visit.number(asked)
    if number is None or number not in source.projects:
        raise UsageError(
            "Ce projet n'est pas dans config.yaml. Choisissez-en un de la liste.",
            "This project is not in config.yaml. Choose one of the list.",
        )
    return number


def _forms(visit: Visit, project_id: int) -> list[str]:
    with reading(visit.site.reader) as connection:
        found = [f.form_id for f in form_states(connection) if f.project_id == project_id]
    if not found:
        raise UsageError(
            "Aucun formulaire n'est encore synchronisé : publiez, puis synchronisez.",
            "No form has been synchronised yet: publish, then synchronise.",
        )
    return found


def _qr(text: str) -> Markup:
    drawn = io.BytesIO()
    code = segno.make(text, micro=False, error="l", boost_error=False)
    code.save(drawn, kind="svg", scale=4, xmldecl=False)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno: squares, no text of ours
