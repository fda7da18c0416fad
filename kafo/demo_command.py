"""`kafo demo`: the whole path once, for real, with invented people on an embedded ODK Central."""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from forms.errors import UsageError
from forms.language import current, say
from kafo.cli import configuration, out
from kafo.config import Config
from kafo.connection import central, now, reader, warehouse
from kafo.data_commands import print_report
from kafo.form_commands import compile_all, write_form
from kafo.run_command import stay

if TYPE_CHECKING:
    from forms.compiler import CompiledForm
    from forms.interviews import Phone
    from sync.central import Source

_ENUMERATORS = 25
_ROUND = 500
_SEED = 20261123
_FIELD_WORK = timedelta(days=30)
_FORM = "identification"


def add(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "demo",
        help=say(
            "Tout le chemin avec des personnes inventées : formulaire, téléphones, Central, SQL.",
            "The whole path with invented people: form, phones, Central, SQL.",
        ),
    )(demo)


def demo(
    context: typer.Context,
    interviews: int = typer.Option(
        _ROUND, "--interviews", min=1, help=say("Entretiens à ajouter.", "Interviews to add.")
    ),
    serve: bool = typer.Option(
        False, "--serve", help=say("Ouvrir ensuite les pages.", "Then open the pages.")
    ),
) -> None:
    """Compile, publish, interview, send, synchronise, report. Run again: it goes on."""
    config = configuration(context)
    if not config.is_sandbox:
        raise UsageError(
            "config.yaml désigne un vrai ODK Central : la démonstration n'y envoie pas de personnes "
            "inventées. Remettez « central.url: sandbox » ou donnez un autre --config.",
            "config.yaml points at a real ODK Central: the demo sends no invented people there. Put "
            "back 'central.url: sandbox' or give another --config.",
        )
    _title(1, "Le formulaire", "The form")
    [form] = compile_all([_FORM], config)
    workbook = write_form(form, config.data / "forms")
    out.print(f"  {form.title}, version {form.version}\n  {workbook}", soft_wrap=True)
    with central(config) as source:
        _title(2, "ODK Central (bac à sable)", "ODK Central (sandbox)")
        _publish(source, form)
        _title(
            3,
            "Les entretiens, sur le moteur de Collect",
            "The interviews, on the engine of Collect",
        )
        _hold_and_send(source, form, interviews)
        _title(4, "La synchronisation", "The synchronisation")
        _synchronise(config, source)
    _title(5, "Le rapport, en SQL", "The report, in SQL")
    _report(config)
    if serve:
        _title(6, "Les pages", "The pages")
        _serve(config)


def _serve(config: Config) -> None:
    """The pages over fresh figures, with an account whose password is new each time, so that a demo
    left behind opens to nobody. Events go to a file: the last lines on the screen say how to enter."""
    from kafo.web.accounts import renew_demo_account
    from kafo.work import publish

    engine = warehouse(config)
    publish(engine)
    name, password = renew_demo_account(engine, now=now())
    engine.dispose()
    log = config.data / "demo.log"
    with log.open("a", encoding="utf-8", buffering=1) as stream:
        stay(config, log=stream, greet=partial(_invite, name, password, log))


def _invite(name: str, password: str, log: Path, address: str) -> None:
    out.print(
        say(
            f"  Journal : {log}\n  Ctrl-C pour arrêter.\n\n  Ouvrez {address}/\n"
            f"  compte        {name}\n  mot de passe  {password}",
            f"  Log: {log}\n  Ctrl-C to stop.\n\n  Open {address}/\n"
            f"  account   {name}\n  password  {password}",
        ),
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    sys.stdout.flush()


def _title(number: int, fr: str, en: str) -> None:
    out.print(f"\n[bold]{number}. {say(fr, en)}[/bold]")


def _publish(source: "Source", form: "CompiledForm") -> None:
    from forms.phones import provide_phones
    from forms.publish import publish

    project_id = source.projects[0]
    out.print("  " + str(publish(source.client, project_id, form)), markup=False, soft_wrap=True)
    enumerators = [f"PF-{number:02d}" for number in range(1, _ENUMERATORS + 1)]
    phones = provide_phones(source.client, project_id, enumerators=enumerators, forms=[_FORM])
    out.print(say(f"  {len(phones)} téléphones prêts", f"  {len(phones)} phones ready"))


def _hold_and_send(source: "Source", form: "CompiledForm", wanted: int) -> None:
    """Interviews have numbers: what a stopped run did not send is held and sent again, the same."""
    import requests

    from forms.engine import load
    from forms.interviews import Phone, hold, send
    from forms.phones import list_phones

    project_id = source.projects[0]
    base = f"{source.account.url}/v1/key"
    tokens = {p.enumerator: p.token for p in list_phones(source.client, project_id) if p.token}
    phones = {
        name: Phone(f"{base}/{token}/projects/{project_id}", f"collect:{name.lower()}")
        for name, token in tokens.items()
    }
    until = datetime.now(UTC)
    cards = _lists_of_phones(next(iter(phones.values())), form.xform)
    first = _already_sent(source, project_id)
    bar = Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=out,
    )
    refusals, english = 0, 0
    with bar, requests.Session() as session:
        task = bar.add_task(say("tenus et envoyés", "held and sent"), total=wanted)
        for finished in hold(
            load(form.xform, {**form.media, **cards}), first=first, count=wanted, enumerators=_ENUMERATORS,
            seed=_SEED, since=until - _FIELD_WORK, until=until,
        ):  # fmt: skip
            send(session, phones[f"PF-{finished.enumerator + 1:02d}"], finished)
            refusals += finished.refusals
            english += finished.english
            bar.advance(task)
    out.print(
        say(
            f"  {wanted} entretiens par {_ENUMERATORS} enquêteurs, dont {english} en anglais ; le "
            f"formulaire a refusé {refusals} réponses, corrigées ensuite",
            f"  {wanted} interviews by {_ENUMERATORS} enumerators, {english} of them in English; the "
            f"form refused {refusals} answers, corrected afterwards",
        )
    )


def _lists_of_phones(phone: "Phone", xform: str) -> dict[str, bytes]:
    """The entity lists as a phone downloads them: cards and fingerprints, no names."""
    import requests

    from forms.xform import read_xform

    found = {}
    for entities in read_xform(xform).entity_lists:
        name = f"{entities.dataset}.csv"
        url = f"{phone.server_url}/forms/{_FORM}/attachments/{name}"
        answer = requests.get(url, headers={"X-OpenRosa-Version": "1.0"}, timeout=60)
        answer.raise_for_status()
        found[name] = answer.content
    return found


def _already_sent(source: "Source", project_id: int) -> int:
    url = f"projects/{project_id}/forms/{_FORM}.svc/Submissions?$top=0&$count=true"
    return int(source.client.get(url).json()["@odata.count"])


def _synchronise(config: Config, source: "Source") -> None:
    from kafo.work import derive
    from sync.pull import pull

    engine = warehouse(config)
    overlap = timedelta(minutes=config.settings.sync.overlap_minutes)
    run = pull(engine, source, overlap=overlap, folder=config.data, now=now)
    for report in run.forms:
        print_report(report)
    derive(config, engine)
    engine.dispose()
    if run.failed:
        raise typer.Exit(1)


def _report(config: Config) -> None:
    label = "row_fr" if current() == "fr" else "row_en"
    counted = f"select {label}, sex, people, suppressed from directory_counts where breakdown = "
    statements = [
        f"{counted}'sex_nationality_group' order by {label}, sex",
        f"{counted}'occupation_group' order by {label}",
        "select outcome, interviews from interview_outcomes order by outcome",
    ]
    titles = [
        say("Répertoire : sexe × groupe de nationalités", "Directory: sex × nationality group"),
        say("Répertoire : professions", "Directory: occupations"),
        say("Entretiens", "Interviews"),
    ]
    engine = reader(config)
    with engine.connect() as connection:
        for title, statement in zip(titles, statements, strict=True):
            answer = connection.exec_driver_sql(statement)
            table = Table(*answer.keys(), title=title, title_justify="left")
            for row in answer:
                table.add_row(*("·" if value is None else str(value) for value in row))
            out.print(table)
            out.print(f'  kafo sql "{statement}"\n', markup=False, soft_wrap=True)
    engine.dispose()
    out.print(
        say(
            "« · » : case masquée (moins de 5 personnes, ou déductible). Nombres arrondis à 5.",
            "'·': hidden cell (fewer than 5 people, or deducible). Numbers are rounded to 5.",
        )
    )
    out.print(
        say(
            f"\nLa base : {config.warehouse_url.removeprefix('sqlite:///')}\n"
            'Regarder : .venv/bin/kafo status ; .venv/bin/kafo sql "select * from dictionary" ; '
            "ou DB Browser for SQLite.\nRecommencer : make demo ajoute d'autres entretiens, sans doublon.",
            f"\nThe database: {config.warehouse_url.removeprefix('sqlite:///')}\n"
            'Look: .venv/bin/kafo status; .venv/bin/kafo sql "select * from dictionary"; or DB Browser '
            "for SQLite.\nAgain: make demo adds more interviews, and doubles nothing.",
        ),
        soft_wrap=True,
        markup=False,
    )
