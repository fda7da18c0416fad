"""Commands `kafo person`: what is recorded of one person; correct it; erase it everywhere."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from sqlalchemy import Engine, select, text

from forms.errors import KafoError, UsageError
from forms.language import current, say
from kafo.cli import configuration, out
from kafo.config import Config
from kafo.connection import central, now, opened
from kafo.operator import who
from warehouse.tables import form

if TYPE_CHECKING:
    from pipelines.protection.footprint import Of

_WHO = say(
    "Code de la carte, de la demande (D-…) ou de la personne.",
    "Code of the card, the request (D-…) or the person.",
)
_REASON = say("Pourquoi, sans nom ni numéro.", "Why, without names or numbers.")


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    person = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    title = say("Les droits d'une personne sur ses données.", "A person's rights over their data.")
    app.add_typer(person, name="person", help=title)
    waiting = say("Les demandes et leur délai.", "Requests and their time limit.")
    person.command("requests", help=waiting)(requests)
    person.command("show", help=say("Tout ce qui est noté d'elle.", "All that is recorded."))(show)
    person.command("correct", help=say("Corrige une réponse.", "Correct an answer."))(correct)
    person.command("erase", help=say("Efface tout, partout.", "Erase all, everywhere."))(erase)


def requests(context: typer.Context) -> None:
    """Requests about one's data that arrived by the form, the oldest first; no names."""
    from warehouse.engine import reading

    table = Table(
        say("demande", "request"), say("droit", "right"), say("accord retiré", "withdrawn"),
        say("reçue le", "received on"), say("répondre avant le", "answer by"),
    )  # fmt: skip
    query = (
        "select request_code, request, withdrawn, request_date from form_rights_request "
        "where coalesce(review_state, '') <> 'rejected' order by request_date"
    )
    with opened(configuration(context)) as engine, reading(engine) as connection:
        known = select(form.c.form_id).where(form.c.table_name == "form_rights_request")
        rows = connection.execute(text(query)).all() if connection.scalar(known) else []
    for code, right, withdrawn, day in rows:
        until = date.fromisoformat(str(day)) + timedelta(days=30) if day else ""
        table.add_row(*(str(cell or "") for cell in (code, right, withdrawn, day, until)))
    out.print(table)


def show(
    context: typer.Context,
    code: str = typer.Argument(help=_WHO),
    reason: str = typer.Option("", "--reason", help=_REASON),
) -> None:
    """Print every record of the person, with the questions in words."""
    from pipelines.protection.footprint import footprint
    from pipelines.protection.record import record
    from warehouse.access import log_access
    from warehouse.engine import writing

    with opened(configuration(context)) as engine:
        with writing(engine) as connection:
            found = footprint(connection, code)
            sheets = record(connection, found, language=current())
            what = min(found.persons, default="person")
            log_access(
                connection, now=now(), who=who(), action="show", what=what, rows=len(sheets),
                reason=reason,
            )  # fmt: skip
        for sheet in sheets:
            out.print(f"\n{sheet.title} · {sheet.sent_at[:10]} · {sheet.instance_id}", markup=False)
            for question, answer in sheet.answers:
                out.print(f"  {question} : {answer}", markup=False, soft_wrap=True)


def correct(
    context: typer.Context,
    code: str = typer.Argument(help=_WHO),
    question: str = typer.Argument(help=say("Colonne, comme last_name.", "Column, as last_name.")),
    value: str = typer.Argument(help=say("Nouvelle réponse.", "New answer.")),
    reason: str = typer.Option("", "--reason", help=_REASON),
) -> None:
    """Correct one answer of the newest registration, in Central; the next synchronisation brings it."""
    from sync.central_correction import correct as correct_in_central
    from warehouse.access import checked_reason, log_access
    from warehouse.engine import writing

    config = configuration(context)
    with opened(config) as engine:
        why = checked_reason(reason)
        key, path = _target(engine, code, question, value)
        with writing(engine) as connection:
            log_access(
                connection, now=now(), who=who(), action="correct", what=f"{key[1]}.{question}", rows=1,
                reason=why,
            )  # fmt: skip
        with central(config) as source:
            correct_in_central(
                source.client, key, path, value, comment=f"Correction demandée : {why}"
            )
        out.print(
            say(
                "✓ Corrigé dans ODK Central. « kafo sync » l'apporte dans l'entrepôt.",
                "✓ Corrected in ODK Central. 'kafo sync' brings it into the warehouse.",
            )
        )


def erase(
    context: typer.Context,
    code: str = typer.Argument(help=_WHO),
    reason: str = typer.Option("", "--reason", help=_REASON),
    only: str | None = typer.Option(
        None,
        "--only",
        help=say(
            "Un seul formulaire, comme membership : un accord retiré pour un seul but.",
            "One form only, as membership: an agreement withdrawn for one purpose.",
        ),
    ),
    yes: bool = typer.Option(False, "--yes", help=say("Sans demander.", "Without asking.")),
) -> None:
    """Erase the person: warehouse and files now, Central now or as soon as it can be reached."""
    from kafo.backup_work import keep_erasures
    from pipelines.protection.erase import erase as erase_person
    from pipelines.protection.erase import erase_part
    from pipelines.protection.footprint import Footprint, footprint
    from warehouse.access import checked_reason, log_access
    from warehouse.engine import reading, writing

    config = configuration(context)
    with opened(config) as engine:
        why = checked_reason(reason)
        with reading(engine) as connection:
            found = footprint(connection, code)
        if only is not None:
            found = Footprint(own={key for key in found.own if key[1] == only})
        question = say(
            f"Effacer {len(found.own)} fiches, {len(found.entities)} entités, et la carte de "
            f"{len(found.shared)} listes, pour toujours ?",
            f"Erase {len(found.own)} records, {len(found.entities)} entities, and the card from "
            f"{len(found.shared)} lists, for ever?",
        )
        if not yes:
            typer.confirm(question, abort=True)
        store = config.data / "attachments"
        if only is None:
            done = erase_person(engine, code, now=now(), store=store)
        else:
            done = erase_part(engine, code, only, now=now(), store=store)
        with writing(engine) as connection:
            log_access(
                connection, now=now(), who=who(), action="erase", what=done.person_hash,
                rows=done.submissions, reason=why,
            )  # fmt: skip
        out.print(
            say(
                f"✓ Effacé de l'entrepôt : {done.submissions} fiches, {done.files} fichiers.",
                f"✓ Erased from the warehouse: {done.submissions} records, {done.files} files.",
            )
        )
        clear(config, engine)
        recompute(engine)
        keep_erasures(config, engine)


def recompute(engine: Engine) -> None:
    """Make core, indicators and published figures anew from what is left. Persons need nothing: an
    erasure takes whole persons, and leaves no trace of them for others to be matched with."""
    from pipelines.core.refresh import refresh
    from pipelines.indicators.compute import compute
    from pipelines.protection.publish import run as publish

    refresh(engine, now=now())
    compute(engine, now=now())
    publish(engine, now=now())


def clear(config: Config, engine: Engine) -> None:
    """Have Central delete what was erased; say so when it must wait."""
    from sync.central_erasure import clear_central, waiting

    try:
        with central(config) as source:
            done = clear_central(engine, source.client, now=now)
    except KafoError as error:
        left = waiting(engine)
        out.print(
            say(
                f"! ODK Central : {left} suppressions attendent ({error}) Elles se feront à la "
                "prochaine synchronisation, ou : kafo protection retention",
                f"! ODK Central: {left} deletions are waiting ({error}) They will be done at the "
                "next synchronisation, or: kafo protection retention",
            ),
            markup=False,
            soft_wrap=True,
        )
        return
    out.print(
        say(
            f"✓ ODK Central : {done.deleted} suppressions ; Central purge sa corbeille après 30 jours.",
            f"✓ ODK Central: {done.deleted} deletions; Central purges its trash after 30 days.",
        )
    )


def _target(engine: Engine, code: str, column: str, value: str) -> "tuple[Of, str]":
    """The newest registration of the person, and the path of the question; checks a coded answer."""
    from pipelines.protection.footprint import footprint
    from warehouse.engine import reading
    from warehouse.tables import choice, question, submission

    q, s, c = question.c, submission.c, choice.c
    with reading(engine) as connection:
        found = footprint(connection, code)
        mine = [i for _, f, i in found.own if f == "identification"]
        newest = connection.execute(
            select(s.project_id, s.form_id, s.instance_id)
            .where(s.instance_id.in_(mine), s.form_id == "identification")
            .order_by(s.submitted_at.desc())
        ).first()
        asked = connection.execute(
            select(q.path, q.list_name).where(
                q.form_id == "identification", q.column_name == column
            )
        ).first()
        if newest is None or asked is None:
            raise UsageError(
                f"« {column} » n'est pas une question de l'identification, ou la personne n'en a pas. "
                "Les noms : kafo sql \"select column_name from question where form_id = 'identification'\"",
                f"'{column}' is no question of the identification, or the person has none. The names: "
                "kafo sql \"select column_name from question where form_id = 'identification'\"",
            )
        known = set(connection.scalars(
            select(c.value).where(c.form_id == "identification", c.list_name == asked.list_name)
        ))  # fmt: skip
    if known and value not in known:
        raise UsageError(
            f"Réponses possibles pour « {column} » : {', '.join(sorted(known))}.",
            f"Possible answers for '{column}': {', '.join(sorted(known))}.",
        )
    return (int(newest[0]), str(newest[1]), str(newest[2])), str(asked.path)
