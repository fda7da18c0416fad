"""Commands that protect: `kafo protect`, `kafo publish`, `kafo protection …`."""

from datetime import datetime, timedelta
from pathlib import Path

import typer
from rich.table import Table

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, opened
from kafo.operator import who
from kafo.review_command import review

_LINES = 50


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("protect", help=say("Chiffre la base de ce poste.", "Encrypt this database."))(
        protect
    )
    app.command(
        "publish",
        help=say(
            "Écrit la base des chiffres publics, sans aucune personne.",
            "Write the database of public figures, without any person.",
        ),
    )(publish)
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    title = say("Registre, durées, journal.", "Register, periods, log.")
    app.add_typer(group, name="protection", help=title)
    group.command("register", help=say("Le registre pour l'APDP.", "The register."))(register)
    group.command("retention", help=say("Efface ce qui est échu.", "Erase what is due."))(retention)
    group.command("erasures", help=say("Où en est chaque effacement.", "How far each erasure is."))(
        erasures
    )
    group.command("review", help=say("La revue du mois.", "The month's review."))(review)
    group.command("log", help=say("Qui a lu quoi, et pourquoi.", "Who read what and why."))(log)


def protect(context: typer.Context) -> None:
    """Turn the open SQLite file into an encrypted one; explain the key when there is none."""
    from sync.lock import single_run
    from warehouse.encrypted import encrypt
    from warehouse.engine import open_warehouse, parse_url

    config = configuration(context)
    url = parse_url(config.warehouse_url)
    if url.get_backend_name() != "sqlite":
        raise UsageError(
            "PostgreSQL ne se chiffre pas ici : chiffrez le disque du serveur (LUKS).",
            "PostgreSQL is not encrypted here: encrypt the server's disk (LUKS).",
        )
    assert url.database
    path, key = Path(url.database), config.secrets.get("warehouse_key")
    if key is None:
        _explain_key()
        raise typer.Exit(2)
    if not path.exists():
        raise UsageError(
            f"{path} n'existe pas encore : « kafo sync » la créera chiffrée, avec cette clé.",
            f"{path} does not exist yet: 'kafo sync' will make it encrypted, with this key.",
        )
    lock = open_warehouse(url, key=None) if _is_open(path) else open_warehouse(url, key=key)
    with single_run(lock):
        lock.dispose()
        done = encrypt(path, key)
    text = say("chiffrée", "encrypted") if done else say("déjà chiffrée", "encrypted already")
    out.print(
        say(
            f"✓ {path} : {text}. Gardez la clé à deux endroits, chez deux personnes : perdue, elle "
            "ne se retrouve pas. Les anciennes sauvegardes restent lisibles : détruisez-les.",
            f"✓ {path}: {text}. Keep the key in two places, with two people: once lost it cannot be "
            "found again. Old backups stay readable: destroy them.",
        ),
        markup=False,
        soft_wrap=True,
    )


def publish(
    context: typer.Context,
    output: Path = typer.Option(
        Path("kafo-public.db"), "--output", "-o", help=say("Nom du fichier.", "Name of the file.")
    ),
) -> None:
    """Publish the figures as they are now, and write those for the outside as a file."""
    from pipelines.exports.reporting_file import publish_file
    from pipelines.protection.publish import run
    from warehouse.access import log_access
    from warehouse.engine import writing

    with opened(configuration(context)) as engine:
        at = now()
        run(engine, now=at)
        done = publish_file(engine, output, who=who(), now=at)
        cells = done.rows["published_cell"]
        with writing(engine) as connection:
            log_access(
                connection, now=at, who=who(), action="publish", what="published_cell", rows=0,
                reason="chiffres publics, sans personne",
            )  # fmt: skip
        out.print(
            say(
                f"✓ {output} : {cells} chiffres publics. Se lit avec Excel, DB Browser ou Datasette.",
                f"✓ {output}: {cells} public figures. Read it with Excel, DB Browser or Datasette.",
            ),
            markup=False,
        )


def register(
    context: typer.Context,
    controller: str = typer.Option(
        ..., "--controller", help=say("Responsable et adresse.", "Who answers, with address.")
    ),
    output: Path = typer.Option(
        Path("registre-apdp.md"), "--output", "-o", help=say("Nom du fichier.", "File name.")
    ),
) -> None:
    """Write the register of processing from the forms."""
    from pipelines.protection.register import register as write

    configuration(context)
    output.write_text(write(controller=controller, today=now()[:10]), encoding="utf-8")
    out.print(f"✓ {output}", markup=False)


def retention(context: typer.Context) -> None:
    """Erase all that is past its period, then what Central still has to delete."""
    from kafo.backup_work import keep_erasures
    from kafo.person_commands import clear, recompute
    from pipelines.protection.retention import run_retention
    from sync.central_erasure import waiting

    config = configuration(context)
    with opened(config) as engine:
        done = run_retention(engine, now=now(), store=config.data / "attachments")
        out.print(
            say(
                f"✓ Échus : {done.persons} personnes, {done.referrals} fiches d'orientation, "
                f"{done.labour_cases} fiches de conflit, {done.accounts} comptes.",
                f"✓ Due: {done.persons} persons, {done.referrals} referral records, "
                f"{done.labour_cases} case records, {done.accounts} accounts.",
            )
        )
        if done.persons or done.referrals or done.labour_cases:
            recompute(engine)
        keep_erasures(config, engine)
        if waiting(engine):
            clear(config, engine)


def erasures(context: typer.Context) -> None:
    """When what was erased was deleted in Central, and when it was seen gone from its bin."""
    from sync.central_erasure import waiting
    from sync.erasure_ledger import PURGE_DAYS, proofs
    from warehouse.engine import reading

    with opened(configuration(context)) as engine:
        left = waiting(engine)
        with reading(engine) as connection:
            found = proofs(connection)
        table = Table(say("empreinte", "hash"), say("effacé", "erased"),
                      say("supprimé dans Central", "deleted in Central"),
                      say("parti de la corbeille", "gone from the bin"), say("reste", "left"))  # fmt: skip
        for proof in found:
            waits = say("! en retard", "! late") if proof.late(now()) else say("attend", "waiting")
            table.add_row(proof.person_hash[:12], proof.erased_on, proof.deleted_on,
                          proof.gone_on or waits, f"{proof.left}/{proof.items}")  # fmt: skip
        out.print(table)
        out.print(
            say(
                f"{left} suppressions attendent encore ODK Central, qui garde sa corbeille "
                f"{PURGE_DAYS} jours ; Kafo y regarde chaque nuit.",
                f"{left} deletions still wait for ODK Central, which keeps its bin {PURGE_DAYS} days; "
                "Kafo looks into it every night.",
            ),
            markup=False,
            soft_wrap=True,
        )


def log(context: typer.Context) -> None:
    """The last lines of the access log."""
    from sqlalchemy import select

    from warehouse.access import ALARMING, rows_read
    from warehouse.engine import reading
    from warehouse.protection_tables import access_log
    from warehouse.types import iso

    with opened(configuration(context)) as engine:
        a = access_log.c
        columns = (a.at, a.who, a.action, a.what, a.row_count, a.reason)
        table = Table("UTC", say("qui", "who"), say("action", "action"), say("quoi", "what"),
                      say("lignes", "rows"), say("pourquoi", "why"))  # fmt: skip
        with reading(engine) as connection:
            last = connection.execute(
                select(*columns).order_by(a.entry_id.desc()).limit(_LINES)
            ).all()
        since = iso(datetime.fromisoformat(now()) - timedelta(days=1))
        with reading(engine) as connection:
            names = {row.who for row in last}
            busy = {name: rows_read(connection, name, since=since) for name in names}
        for at, *rest in reversed(last):
            table.add_row(str(at)[:16].replace("T", " "), *map(str, rest))
        out.print(table)
    for name in sorted(n for n, rows in busy.items() if rows > ALARMING):
        out.print(
            say(
                f"! {name} : {busy[name]} lignes en 24 heures, plus de {ALARMING}. Demandez pourquoi.",
                f"! {name}: {busy[name]} rows in 24 hours, more than {ALARMING}. Ask why.",
            ),
            markup=False,
        )


def _is_open(path: Path) -> bool:
    from warehouse.encrypted import is_open_file

    return is_open_file(path)


def _explain_key() -> None:
    import secrets

    key = secrets.token_hex(32)
    out.print(
        say(
            "Pour chiffrer la base, il faut une clé. En voici une nouvelle. Dans secrets.yaml, à côté "
            f'de config.yaml, ajoutez cette ligne, guillemets compris :\n\nwarehouse_key: "{key}"\n\n'
            "puis : chmod 600 secrets.yaml ; kafo protect. Écrivez la clé sur deux papiers, dans deux "
            "enveloppes, chez les deux responsables. Sans elle, les données sont perdues.",
            "To encrypt the database a key is needed. Here is a new one. In secrets.yaml beside "
            f'config.yaml, add this line, with the quotes:\n\nwarehouse_key: "{key}"\n\n'
            "then: chmod 600 secrets.yaml; kafo protect. Write the key on two sheets, in two envelopes, "
            "with the two stewards. Without it the data are lost.",
        ),
        markup=False,
        soft_wrap=True,
    )
