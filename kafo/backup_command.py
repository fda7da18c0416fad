"""The commands `kafo backup key | make | restore`."""

from pathlib import Path

import typer

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import opened


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    title = say("Sauvegarder et restaurer, chiffré.", "Back up and restore, encrypted.")
    app.add_typer(group, name="backup", help=title)
    group.command("key", help=say("Fait la clé des sauvegardes.", "Make the key of backups."))(key)
    group.command("make", help=say("Fait une sauvegarde et la relit.", "Make one, and read it."))(
        make
    )
    group.command("restore", help=say("Remet une sauvegarde en place.", "Put a backup back."))(
        restore
    )


def key(
    file: Path = typer.Argument(
        help=say("Fichier à créer, sur une clé USB.", "File to make, on a USB stick.")
    ),
) -> None:
    """Write a new secret key into a file that is not there yet, and show the public one."""
    from kafo.backup_archive import new_key

    secret, public = new_key()
    text = say(
        "Clé des sauvegardes de Kafo. Qui l'a lit toutes les sauvegardes ; sans elle, personne.\n"
        "Imprimez-la deux fois : deux enveloppes, deux personnes, deux bâtiments. Puis effacez ce fichier.",
        "Key of Kafo's backups. Who has it reads all backups; without it, nobody does.\n"
        "Print it twice: two envelopes, two people, two buildings. Then delete this file.",
    )
    try:
        with file.open("x", encoding="utf-8") as made:
            file.chmod(0o600)
            made.write(f"{text}\n\n{secret}\n")
    except FileExistsError:
        raise UsageError(
            f"{file} existe déjà : peut-être une clé dont des sauvegardes ont besoin. Prenez un autre nom.",
            f"{file} is there already: maybe a key that backups need. Take another name.",
        ) from None
    except OSError as error:
        raise UsageError(
            f"{file} ne s'écrit pas ({error.strerror}).",
            f"{file} cannot be written ({error.strerror}).",
        ) from None
    out.print(
        say(
            f"✓ {file} : imprimez-le deux fois, rangez-le en deux lieux, puis effacez-le.\n"
            f'Dans config.yaml, sous « backup: » :\n  recipient: "{public}"',
            f"✓ {file}: print it twice, keep it in two places, then delete it.\n"
            f"In config.yaml, under 'backup:':\n  recipient: \"{public}\"",
        ),
        markup=False,
        soft_wrap=True,
    )


def make(context: typer.Context) -> None:
    """Write a backup of everything, and read it again."""
    from kafo.backup_work import back_up

    config = configuration(context)
    with opened(config) as engine:
        made = back_up(config, engine)
    megabytes = f"{made.size / 1e6:.1f}"
    out.print(
        say(
            f"✓ {made.file} : {megabytes.replace('.', ',')} Mo, écrits et relus ; {made.dropped} anciennes "
            "sauvegardes supprimées.",
            f"✓ {made.file}: {megabytes} MB, written and read again; {made.dropped} old backups removed.",
        ),
        markup=False,
        soft_wrap=True,
    )


def restore(
    context: typer.Context,
    file: Path = typer.Argument(help=say("La sauvegarde.", "The backup.")),
    key: Path = typer.Option(..., "--key", help=say("Fichier de la clé.", "File of the key.")),
    yes: bool = typer.Option(False, "--yes", help=say("Sans demander.", "Without asking.")),
) -> None:
    """Put a backup in the place of what is here, and erase again whom it should no longer hold."""
    from kafo.backup_work import restore as put_back

    path = context.obj
    if not yes:
        typer.confirm(
            say(
                "Kafo est arrêté, et cette sauvegarde doit remplacer ce qui est ici ?",
                "Kafo is stopped, and this backup is to replace what is here?",
            ),
            abort=True,
        )
    done = put_back(path, file, key)
    day = done.made_at[:16].replace("T", " ")
    out.print(
        say(
            f"✓ Sauvegarde du {day} (UTC) en place ; {done.again} fiches effacées depuis, effacées à nouveau. "
            "Tout le monde doit se reconnecter.",
            f"✓ Backup of {day} (UTC) in place; {done.again} records erased since, erased again. Everybody "
            "has to log in again.",
        ),
        markup=False,
        soft_wrap=True,
    )
    if done.aside is not None:
        out.print(
            say(
                f"Ce qui était là : {done.aside}. Vérifiez (« kafo status », les pages), puis détruisez-le.",
                f"What was there: {done.aside}. Check ('kafo status', the pages), then destroy it.",
            ),
            markup=False,
            soft_wrap=True,
        )
    out.print(
        say(
            "Ensuite : « kafo sync », puis Réglages › Comptes : fermez ceux qui ont été fermés depuis.",
            "Next: 'kafo sync', then Settings › Accounts: close those that were closed since.",
        ),
        soft_wrap=True,
    )
