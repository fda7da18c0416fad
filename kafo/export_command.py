"""Commands `kafo export` and `kafo approve`: files that leave the warehouse."""

from enum import StrEnum
from pathlib import Path

import typer
from sqlalchemy import Engine

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, opened
from kafo.operator import steward, who


class Kind(StrEnum):
    """What the file is."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"
    geojson = "geojson"


class Reader(StrEnum):
    """For whom the file is."""

    inside = "inside"
    outside = "outside"


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        "export",
        help=say(
            "Exporte une vue en fichier marqué et noté au journal.",
            "Export a view as a marked file, noted in the log.",
        ),
    )(export_view)
    app.command(
        "approve",
        help=say("Accorde l'export nominatif d'un autre.", "Agree to another's named export."),
    )(approve)


def export_view(
    context: typer.Context,
    view: str = typer.Argument(help=say("Vue ou table.", "View or table.")),
    kind: Kind = typer.Option(
        Kind.csv, "--format", "-f", help=say("Sorte de fichier.", "Kind of file.")
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", help=say("Nom du fichier.", "Name of the file.")
    ),
    audience: Reader = typer.Option(
        Reader.inside,
        "--audience",
        help=say("inside : les syndicats ; outside : tout le monde.", "Unions, or everybody."),
    ),
    reason: str = typer.Option("", "--reason", help=say("Pourquoi.", "Why.")),
    request: str | None = typer.Option(
        None, "--request", help=say("Accord à un export nominatif.", "Agreement to a named export.")
    ),
    account: str | None = typer.Option(
        None, "--as", help=say("Compte du responsable.", "Account of the steward.")
    ),
) -> None:
    """Make the file; for a view that names people, ask first and come back with the agreement."""
    from pipelines.exports.export import Wish, export, is_named
    from warehouse.engine import reading

    with opened(configuration(context)) as engine:
        with reading(engine) as connection:
            named = is_named(connection, view)
        name = steward(engine, _account(account)) if named else account or who()
        if named and request is None:
            _ask(engine, view, name, reason)
        else:
            path = output or Path(f"{view}-{now()[:10]}.{kind.value}")
            wish = Wish(view, kind.value, path, name, audience.value, reason, request)
            rows = export(engine, wish, now=now())
            out.print(say(f"✓ {path} : {rows} lignes", f"✓ {path}: {rows} rows"), markup=False)


def approve(
    context: typer.Context,
    request_id: str = typer.Argument(help=say("Code de la demande, E-…", "Code, E-…")),
    account: str = typer.Option(
        ..., "--as", help=say("Compte du responsable.", "Account of the steward.")
    ),
    refuse: bool = typer.Option(False, "--refuse", help=say("Refuse.", "Refuse.")),
) -> None:
    """The second person decides, with their own password."""
    from pipelines.exports.requests import decide, find
    from warehouse.engine import reading, writing

    with opened(configuration(context)) as engine:
        with reading(engine) as connection:
            asked = find(connection, request_id)
        out.print(
            say(
                f"{asked.asked_by} demande « {asked.view_name} » : {asked.reason}",
                f"{asked.asked_by} asks for '{asked.view_name}': {asked.reason}",
            ),
            markup=False,
        )
        name = steward(engine, account)
        with writing(engine) as connection:
            done = decide(connection, request_id, who=name, agree=not refuse, now=now())
        text = say("accordé", "agreed") if done.state == "approved" else say("refusé", "refused")
        out.print(f"✓ {request_id} : {text}", markup=False)


def _ask(engine: Engine, view: str, name: str, reason: str) -> None:
    from pipelines.exports.requests import ask
    from warehouse.engine import writing

    with writing(engine) as connection:
        made = ask(connection, view, who=name, reason=reason, now=now())
    out.print(
        say(
            f"Cet export nomme des personnes. Demande {made.request_id} notée. L'autre responsable "
            f"l'accorde : kafo approve {made.request_id} --as NOM\nPuis : kafo export {view} "
            f"--request {made.request_id} --as {name}",
            f"This export names people. Request {made.request_id} noted. The other steward agrees: "
            f"kafo approve {made.request_id} --as NAME\nThen: kafo export {view} "
            f"--request {made.request_id} --as {name}",
        ),
        markup=False,
        soft_wrap=True,
    )


def _account(name: str | None) -> str:
    if name is None:
        raise UsageError(
            "Cet export nomme des personnes : donnez votre compte de responsable, --as NOM.",
            "This export names people: give your account of a steward, --as NAME.",
        )
    return name
