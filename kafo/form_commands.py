"""Commands on forms: `kafo forms build`, `check`, `publish`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forms.errors import FormError
from forms.language import say
from kafo import review_commands
from kafo.cli import configuration, err, out
from kafo.config import Config
from kafo.connection import central

if TYPE_CHECKING:
    from pyodk.client import Client

    from forms.compiler import CompiledForm

_TRIALS = 40
"""Random interviews in each language: enough for every question to come up."""

NAMES = typer.Argument(
    None, help=say("Formulaires ; sans nom, tous.", "Forms; without a name, all of them.")
)


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    forms = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    app.add_typer(
        forms, name="forms", help=say("Les questionnaires : construire, contrôler, publier.",
                                      "The questionnaires: build, check, publish."),
    )  # fmt: skip
    forms.command("build", help=say("Compile vers XForm et XLSX.", "Compile to XForm and XLSX."))(
        build
    )
    forms.command(
        "check",
        help=say(
            "Contrôle tout, sur le moteur de Collect.", "Check all, on the engine of Collect."
        ),
    )(check)
    forms.command(
        "publish",
        help=say("Publie sur ODK Central ce qui a changé.", "Publish to ODK Central what changed."),
    )(publish)
    review_commands.add(forms)


def build(context: typer.Context, names: list[str] | None = NAMES) -> None:
    """Write each form's XForm, XLSX and media below the data folder."""
    config = configuration(context)
    for form in compile_all(names, config):
        out.print(f"✓ {form.form_id} {form.version} → {write_form(form, config.data / 'forms')}")


def write_form(form: "CompiledForm", folder: Path) -> Path:
    """`<form>.xml`, `<form>.xlsx` and `<form>-media/`; returns the XLSX."""
    from forms.workbook import write_workbook

    media = folder / f"{form.form_id}-media"
    media.mkdir(parents=True, exist_ok=True)
    (folder / f"{form.form_id}.xml").write_text(form.xform, encoding="utf-8")
    for name, content in form.media.items():
        (media / name).write_bytes(content)
    workbook = folder / f"{form.form_id}.xlsx"
    write_workbook(form, workbook)
    return workbook


def check(context: typer.Context, names: list[str] | None = NAMES) -> None:
    """Compile, then load on the engine of Collect in every language; all mistakes are listed."""
    from forms.compiler import compile_form, form_ids
    from forms.engine.monkey import try_form
    from forms.lint import lint

    config, wrong = configuration(context), 0
    for name in names or form_ids():
        try:
            form = compile_form(name, salt=salt(config))
            for finding in lint(form):
                wrong += 1
                err.print(f"✗ {name} : {finding}", soft_wrap=True, markup=False)
            report = try_form(form.xform, form.media, interviews=_TRIALS)
            for remark in report.findings:
                wrong += 1
                err.print(f"✗ {name} : {remark}", soft_wrap=True, markup=False)
        except FormError as error:
            wrong += 1
            err.print(f"✗ {name} : {error}", soft_wrap=True, markup=False)
            continue
        out.print(
            say(
                f"· {name} : {report.finished} entretiens au hasard finis sur {report.interviews}",
                f"· {name}: {report.finished} random interviews finished of {report.interviews}",
            )
        )
        _print_untranslated(name)
    if wrong:
        raise typer.Exit(1)


def _print_untranslated(name: str) -> None:
    """How many texts an added language still lacks; the phone shows them in French meanwhile."""
    from forms.compiler import DEFINITIONS
    from forms.text_places import text_places, untranslated

    places = text_places(name, DEFINITIONS)
    for code, missing in untranslated(places).items():
        language = places.languages[code]
        if missing:
            first = ", ".join(place.name for place in missing[:3])
            out.print(
                say(
                    f"  {language} : {len(missing)} textes à traduire ({first}…)",
                    f"  {language}: {len(missing)} texts to translate ({first}…)",
                ),
                markup=False,
                soft_wrap=True,
            )
        else:
            out.print(say(f"  {language} : complet", f"  {language}: complete"), markup=False)


def publish(
    context: typer.Context,
    names: list[str] | None = NAMES,
    dry_run: bool = typer.Option(
        False, "--dry-run", help=say("Montrer sans publier.", "Show without publishing.")
    ),
    allow_breaking: bool = typer.Option(
        False,
        "--allow-breaking",
        help=say(
            "Accepter qu'une question parte ou change de type.",
            "Accept that a question goes or changes its type.",
        ),
    ),
    raise_version: bool = typer.Option(
        False,
        "--raise-version",
        help=say(
            "Écrire la version suivante là où il le faut.", "Write the next version where needed."
        ),
    ),
) -> None:
    """Publish to each configured project what differs from the live forms."""
    from forms.publish import publish as publish_form
    from forms.publish import publishing_order

    config = configuration(context)
    ordered = publishing_order(compile_all(names, config))
    with central(config) as source:
        for project_id in source.projects:
            for form in ordered:
                form = _with_version(source.client, project_id, form, config, wanted=raise_version)
                plan = publish_form(
                    source.client, project_id, form, allow_breaking=allow_breaking, dry_run=dry_run
                )
                out.print(str(plan), markup=False, soft_wrap=True)


def _with_version(
    client: "Client", project_id: int, form: "CompiledForm", config: Config, *, wanted: bool
) -> "CompiledForm":
    """The form, with the next version written into its source if it changed without one."""
    from forms.compiler import compile_form
    from forms.labels import raise_version
    from forms.publish import publish as publish_form
    from forms.publish_plan import VersionNotRaisedError

    if wanted:
        plan = publish_form(client, project_id, form, dry_run=True, allow_breaking=True)
        if isinstance(plan.obstacle, VersionNotRaisedError):
            raise_version(form.source, plan.obstacle.better)
            return compile_form(form.form_id, definitions=form.source.parent, salt=salt(config))
    return form


def compile_all(names: list[str] | None, config: Config) -> "Iterator[CompiledForm]":
    """Compile the named forms, or all; FormError at the first mistake."""
    from forms.compiler import compile_form, form_ids

    for name in names or form_ids():
        yield compile_form(name, salt=salt(config))


def salt(config: Config) -> str:
    """The fingerprint salt: a secret of the deployment; the sandbox has one that everybody knows."""
    return "sandbox" if config.is_sandbox else config.secret("fingerprint_salt")
