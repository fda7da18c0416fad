"""The command `kafo`: what it can do, and how it ends.

Exit codes: 0 done; 1 the work failed, wholly or for some forms; 2 the command or the configuration
is wrong; 3 another run is under way; 130 stopped by Ctrl-C.
"""

import os
import sys
from pathlib import Path

import typer
from rich.console import Console

from forms import language
from forms.errors import KafoError
from forms.language import say
from kafo.config import Config, read_config
from kafo.mistyped import mistyped

language.use(os.environ.get("KAFO_LANG", "fr"))

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=say(
        "Kafo : d'une réponse sur un téléphone à une ligne de SQL.",
        "Kafo: from an answer on a phone to a line of SQL.",
    ),
    epilog=say(
        "Langue : KAFO_LANG=en pour l'anglais. Codes de sortie : 0 fait, 1 échec, 2 commande ou "
        "configuration fausse, 3 déjà en cours.",
        "Language: KAFO_LANG=fr for French. Exit codes: 0 done, 1 failed, 2 wrong command or "
        "configuration, 3 already running.",
    ),
)


@app.callback()
def _global_options(
    context: typer.Context,
    config: Path = typer.Option(
        Path("config.yaml"),
        "--config",
        "-c",
        help=say("Fichier de configuration.", "Configuration file."),
    ),
) -> None:
    context.obj = config


def configuration(context: typer.Context) -> Config:
    """The configuration that the command was called with."""
    path = context.obj
    assert isinstance(path, Path)
    return read_config(path)


def main() -> None:
    """Run a command; every problem a person can act on ends as one line on standard error."""
    from kafo import (
        alarm_command,
        backup_command,
        data_commands,
        demo_command,
        export_command,
        field_commands,
        form_commands,
        people_commands,
        person_commands,
        protection_commands,
        quality_commands,
        rebuild_command,
        report_command,
        reporting_commands,
        run_command,
        users_commands,
    )

    data_commands.add(app)
    form_commands.add(app)
    field_commands.add(app)
    demo_command.add(app)
    run_command.add(app)
    alarm_command.add(app)
    backup_command.add(app)
    people_commands.add(app)
    person_commands.add(app)
    export_command.add(app)
    protection_commands.add(app)
    quality_commands.add(app)
    rebuild_command.add(app)
    reporting_commands.add(app)
    report_command.add(app)
    users_commands.add(app)
    try:
        code = app(standalone_mode=False)
    except KafoError as error:
        err.print(f"{say('Erreur', 'Error')} : {error}", soft_wrap=True, markup=False)
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        err.print(mistyped(error), soft_wrap=True, markup=False)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        err.print(say("Arrêté. Relancez pour continuer.", "Stopped. Run again to go on."))
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("KAFO_DEBUG"):
            raise
        # The text of a foreign exception may quote an answer, so only its kind is shown.
        kind = type(error).__name__
        err.print(
            say(
                f"Erreur inattendue ({kind}). Rien n'a été enregistré à moitié. Relancez ; si cela se "
                "répète, relancez avec KAFO_DEBUG=1 et prévenez l'administrateur.",
                f"Unexpected error ({kind}). Nothing was half written. Run again; if it repeats, run "
                "with KAFO_DEBUG=1 and tell the administrator.",
            ),
            soft_wrap=True,
        )
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
