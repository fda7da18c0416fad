"""Commands for people who read and try forms: `kafo forms try`, `export`, `import`, `preview`."""

import webbrowser
from pathlib import Path
from time import sleep

import typer

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, err, out


def add(forms: typer.Typer) -> None:
    """Add the commands below `kafo forms`."""
    forms.command("try", help=say("Remplit un XLSForm au hasard.", "Fill an XLSForm at random."))(
        try_out
    )
    forms.command("export", help=say("Un classeur à relire.", "A workbook to review."))(export)
    forms.command("import", help=say("Reprend les textes corrigés.", "Take corrected texts back."))(
        bring_back
    )
    forms.command("preview", help=say("Ouvre dans le navigateur.", "Open in the browser."))(preview)


def try_out(
    workbook: Path = typer.Argument(
        help=say("Un XLSForm, le vôtre ou non.", "An XLSForm, yours or not.")
    ),
    interviews: int = typer.Option(60, min=1, help=say("Par langue.", "In each language.")),
) -> None:
    """Check someone's workbook: compile, our rules, random interviews in every language."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    from forms.engine.monkey import try_form
    from forms.lint import lint

    if not workbook.exists():
        raise UsageError(f"{workbook} n'existe pas.", f"{workbook} does not exist.")
    try:
        xform = convert(workbook, form_name="data").xform
    except PyXFormError as error:
        text = " ".join(str(error).split())
        raise UsageError(f"pyxform refuse : {text}", f"pyxform refuses: {text}") from None
    beside = workbook.parent.glob("*.csv")
    report = try_form(xform, {f.name: f.read_bytes() for f in beside}, interviews=interviews)
    findings = [*lint(workbook), *report.findings]
    for finding in findings:
        err.print(f"✗ {finding}", soft_wrap=True, markup=False)
    out.print(
        say(
            f"{report.finished} entretiens finis sur {report.interviews}, {len(report.shown)} questions vues, "
            f"{len(findings)} remarques",
            f"{report.finished} interviews finished of {report.interviews}, {len(report.shown)} questions "
            f"seen, {len(findings)} remarks",
        )
    )
    if findings:
        raise typer.Exit(1)


def export(context: typer.Context, name: str) -> None:
    """`<form>.xlsx` in this folder, with a salt that is nobody's secret."""
    from forms.compiler import compile_form
    from forms.workbook import write_workbook

    configuration(context)
    path = Path(f"{name}.xlsx")
    write_workbook(compile_form(name), path)
    out.print(f"✓ {path}")


def bring_back(
    workbook: Path,
    dry_run: bool = typer.Option(
        False, "--dry-run", help=say("Montrer sans écrire.", "Show without writing.")
    ),
) -> None:
    """Texts go back into the sources; anything else that differs is listed and left."""
    from forms.compiler import DEFINITIONS, compile_form
    from forms.labels import import_labels, reviewed_form

    form = compile_form(reviewed_form(workbook))
    result = import_labels(workbook, DEFINITIONS, compiled=form.sheets, dry_run=dry_run)
    for change in result.applied:
        out.print(f"✓ {change}", markup=False, soft_wrap=True)
    for left in result.left:
        out.print(say(f"· laissé : {left}", f"· left: {left}"), markup=False, soft_wrap=True)
    out.print(
        say(
            f"{len(result.applied)} textes repris, {len(result.left)} différences laissées",
            f"{len(result.applied)} texts taken, {len(result.left)} differences left",
        )
    )


def preview(
    name: str,
    port: int = typer.Option(
        0, help=say("Port ; 0 en prend un libre.", "Port; 0 takes a free one.")
    ),
    browser: bool = typer.Option(True, help=say("Ouvrir le navigateur.", "Open the browser.")),
) -> None:
    """Serve ODK Web Forms with this form on 127.0.0.1 until Ctrl-C."""
    from forms.compiler import compile_form
    from forms.preview import preview_app
    from kafo.server import serving

    with serving(preview_app(compile_form(name)), "127.0.0.1", port) as address:
        out.print(say(f"{address} — Ctrl-C pour arrêter", f"{address} — Ctrl-C to stop"))
        if browser:
            webbrowser.open(address)
        while True:
            sleep(3600)
