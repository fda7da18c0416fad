"""Commands on data: `kafo sync`, `kafo status`, `kafo sql`."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, err, out
from kafo.connection import central, now, reader, warehouse
from kafo.operator import who

if TYPE_CHECKING:
    from sync.ledger import FormReport
    from sync.reconcile import Proof
    from sync.rounds import Round

_SHOWN = 1000
"""Rows `kafo sql` shows as a table; csv and json give all of them."""


class Format(StrEnum):
    """How `kafo sql` prints."""

    table = "table"
    csv = "csv"
    json = "json"


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        "sync",
        help=say(
            "Synchronise ODK Central vers l'entrepôt.",
            "Synchronise ODK Central into the warehouse.",
        ),
    )(sync)
    app.command(
        "reconcile",
        help=say(
            "Prouve que rien ne manque : compare tout avec ODK Central et répare.",
            "Prove that nothing is missing: compare all with ODK Central and heal.",
        ),
    )(reconcile)
    app.command("status", help=say("Où en est chaque formulaire.", "Where each form stands."))(
        status
    )
    app.command(
        "sql", help=say("Une question en SQL, en lecture seule.", "A question in SQL, read-only.")
    )(sql)


def sync(context: typer.Context) -> None:
    """Run once; exit code 1 when a form could not be brought up to date."""
    from kafo.work import bring, derive

    config = configuration(context)
    engine = warehouse(config)
    with (
        central(config) as source,
        out.status(say("Synchronisation…", "Synchronising…")) as spinner,
    ):

        def show(report: "FormReport") -> None:
            spinner.stop()
            print_report(report)
            spinner.start()

        run, extras = bring(config, engine, source, on_form=show)
    if not run.forms:
        out.print(
            say("Aucun formulaire publié sur ODK Central.", "No published form on ODK Central.")
        )
    print_round(extras)
    derive(config, engine)
    if run.failed or extras.files.failed:
        raise typer.Exit(1)


def reconcile(context: typer.Context) -> None:
    """Compare every form with Central's own list; exit code 1 when they differ in the end."""
    from kafo.work import bring, derive, unequal

    config = configuration(context)
    engine = warehouse(config)
    proofs: list[Proof] = []
    with central(config) as source:
        run, extras = bring(
            config, engine, source, on_form=print_report, on_proof=lambda p: proofs.append(p)
        )
    for proof in proofs:
        print_proof(proof)
    print_round(extras)
    derive(config, engine)
    wrong = unequal(proofs)
    if wrong is not None:
        raise wrong
    if run.failed:
        raise typer.Exit(1)


def print_round(done: "Round") -> None:
    """What came besides the answers; a line only for what there is."""
    files = done.files
    if files.stored:
        out.print(say(f"✓ fichiers : {files.stored} reçus", f"✓ files: {files.stored} received"))
    if files.failed:
        err.print(
            say(
                f"✗ fichiers : {files.failed} coupés en route ; le prochain passage les reprend.",
                f"✗ files: {files.failed} cut off on their way; the next run takes them up.",
            )
        )
    if done.opened.opened:
        out.print(
            say(
                f"✓ réponses chiffrées : {done.opened.opened} ouvertes",
                f"✓ encrypted answers: {done.opened.opened} opened",
            )
        )
    if refused := sum(done.opened.refused.values()):
        reasons = ", ".join(f"{reason} {count}" for reason, count in done.opened.refused.items())
        err.print(
            say(
                f"✗ réponses chiffrées : {refused} restent fermées ({reasons}) ; voir "
                "docs/fr/exploitation.md",
                f"✗ encrypted answers: {refused} stay closed ({reasons}); see "
                "docs/fr/exploitation.md",
            ),
            soft_wrap=True,
        )
    for each in done.lists:
        if each.changed or each.deleted or each.restored:
            out.print(
                say(
                    f"✓ liste {each.list_name} : {each.changed} changées, {each.deleted} supprimées",
                    f"✓ list {each.list_name}: {each.changed} changed, {each.deleted} deleted",
                )
            )


def print_proof(proof: "Proof") -> None:
    """One line: both sides, and what was healed."""
    mark = "=" if proof.equal else "≠"
    healed = proof.missing + proof.stale + proof.purged + proof.vanished
    out.print(
        say(
            f"{mark} {proof.form_id} : {proof.central_live} sur Central, {proof.warehouse_live} dans "
            f"l'entrepôt ; {healed} différences réparées",
            f"{mark} {proof.form_id}: {proof.central_live} on Central, {proof.warehouse_live} in the "
            f"warehouse; {healed} differences healed",
        ),
        soft_wrap=True,
    )


def print_report(report: "FormReport") -> None:
    """One line for one form."""
    counts = report.counts
    if report.outcome == "failed":
        err.print(f"✗ {report.form_id} : {report.error}", soft_wrap=True, markup=False)
    elif report.asked == "nothing":
        out.print(say(f"✓ {report.form_id} : rien de nouveau", f"✓ {report.form_id}: nothing new"))
    else:
        out.print(
            say(
                f"✓ {report.form_id} : {counts.received} reçues, {counts.new} nouvelles, "
                f"{counts.changed} modifiées, {counts.deleted} supprimées ({report.seconds:.1f} s)",
                f"✓ {report.form_id}: {counts.received} received, {counts.new} new, "
                f"{counts.changed} changed, {counts.deleted} deleted ({report.seconds:.1f} s)",
            )
        )


def status(context: typer.Context) -> None:
    """Print the view `sync_state`, and the errors of the last run in full below it."""
    _, rows = query(
        context,
        "select project_id, form_id, version, submissions, deleted, last_success_at, last_outcome, "
        "last_error, central_submissions, proof_equal, proven_at, files_outstanding, sealed, "
        "quarantined from sync_state order by project_id, form_id",
    )
    if not rows:
        out.print(
            say(
                "L'entrepôt est vide. Lancez « kafo sync ».",
                "The warehouse is empty. Run 'kafo sync'.",
            )
        )
        return
    titles = (
        say("formulaire", "form"),
        say("reçues", "held"),
        say("réussite (UTC)", "success (UTC)"),
        say("Central", "Central"),
        say("prouvé (UTC)", "proven (UTC)"),
        say("attendus", "awaited"),
    )
    table = Table(*titles, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(str, _status_line(row)))
    out.print(table)
    for row in rows:
        if row[7]:
            err.print(f"✗ {row[1]} : {row[7]}", soft_wrap=True, markup=False)
        if row[12]:
            out.print(
                say(
                    f"{row[1]} : {row[12]} réponses chiffrées ne sont pas ouvertes ici.",
                    f"{row[1]}: {row[12]} encrypted submissions are not opened here.",
                )
            )
        if row[13]:
            err.print(
                say(
                    f"✗ {row[1]} : {row[13]} réponses arrivées en clair alors que le formulaire est "
                    "chiffré ; elles sont gardées à part. Le téléphone utilise-t-il une vieille "
                    "version ?",
                    f"✗ {row[1]}: {row[13]} submissions came in clear though the form is encrypted; "
                    "they are kept apart. Does the phone use an old version?",
                ),
                soft_wrap=True,
            )


def _status_line(row: Sequence[Any]) -> list[Any]:
    """One form in a terminal of 80 columns; the project only where it is not the first."""

    def minute(stamp: object) -> str:
        return str(stamp or "")[5:16].replace("T", " ")

    name = row[1] if row[0] == 1 else f"{row[1]} ({row[0]})"
    success = f"{minute(row[5])}{'' if row[6] == 'ok' else ' ✗'}"
    proof = "" if row[8] is None else f"{'=' if row[9] else '≠'} {row[8]}"
    return [name, row[3], success, proof, minute(row[10]), row[11]]


def sql(
    context: typer.Context,
    statement: str = typer.Argument(
        help=say("La question, entre guillemets.", "The question, in quotes.")
    ),
    form: Format = typer.Option(
        Format.table, "--format", "-f", help=say("Forme de la réponse.", "Form of the answer.")
    ),
    reason: str = typer.Option(
        "",
        "--reason",
        help=say("Pourquoi, si la question lit des personnes.", "Why, if it reads rows of people."),
    ),
) -> None:
    """Answer one read-only question; one that reads rows of people is noted with its reason."""
    personal = _personal(context, statement, reason)
    columns, rows = query(context, statement)
    if personal:
        _note(context, personal, len(rows), reason)
    if form is Format.csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)
    elif form is Format.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, default=str, indent=1) + "\n")
    else:
        out.print(_table(columns, rows[:_SHOWN]))
        if len(rows) > _SHOWN:
            out.print(
                say(
                    f"{_SHOWN} lignes montrées sur {len(rows)} ; --format csv les donne toutes.",
                    f"{_SHOWN} rows shown of {len(rows)}; --format csv gives them all.",
                )
            )


def _personal(context: typer.Context, statement: str, reason: str) -> list[str]:
    """The tables of people that the question reads; UsageError when no reason is given for that."""
    from warehouse.access import checked_reason
    from warehouse.engine import reading
    from warehouse.personal import personal_relations

    engine = reader(configuration(context))
    with reading(engine) as connection:
        found = personal_relations(connection, statement)
    engine.dispose()
    if found:
        checked_reason(reason)
    return found


def _note(context: typer.Context, relations: list[str], rows: int, reason: str) -> None:
    from warehouse.access import log_access
    from warehouse.engine import writing

    engine = warehouse(configuration(context))
    with writing(engine) as connection:
        log_access(
            connection, now=now(), who=who(), action="sql", what=" ".join(relations), rows=rows,
            reason=reason,
        )  # fmt: skip
    engine.dispose()


def query(context: typer.Context, statement: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Columns and rows; UsageError for anything but one statement that reads."""
    from sqlalchemy.exc import DBAPIError

    first = statement.lstrip().split(maxsplit=1)[:1]
    if not first or first[0].lower() not in ("select", "with", "values", "explain"):
        raise UsageError(
            "« kafo sql » ne fait que lire : commencez par SELECT ou WITH.",
            "'kafo sql' only reads: begin with SELECT or WITH.",
        )
    with reader(configuration(context)).connect() as connection:
        try:
            answer = connection.exec_driver_sql(
                statement.replace("%", "%%")
                if connection.dialect.name == "postgresql"
                else statement
            )
            return list(answer.keys()), [tuple(row) for row in answer.all()]
        except DBAPIError as error:
            # The driver's message names tables and columns of the question, never answers.
            reason = str(error.orig).splitlines()[0]
            raise UsageError(
                f"La base n'accepte pas cette question : {reason}. La liste des tables : "
                'kafo sql "select * from dictionary".',
                f"The database does not accept this question: {reason}. The list of tables: "
                'kafo sql "select * from dictionary".',
            ) from None


def _table(columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> Table:
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
