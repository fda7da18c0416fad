"""`kafo rebuild`: all that is made of what was received, made anew."""

import typer

from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import opened


def add(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "rebuild",
        help=say(
            "Refait les tables des formulaires, les personnes et les chiffres à partir de ce qui a "
            "été reçu, sans ODK Central.",
            "Makes form tables, people and figures anew from what was received, without ODK Central.",
        ),
    )(rebuild)


def rebuild(context: typer.Context) -> None:
    """Make everything anew; stopped anywhere, run it again."""
    from kafo.work import derive
    from sync.lock import single_run
    from warehouse.rebuild import rebuild as rebuild_tables

    config = configuration(context)
    with opened(config) as engine:
        with single_run(engine):
            made = rebuild_tables(engine)
        for (project_id, form_id), count in sorted(made.items()):
            out.print(
                say(
                    f"✓ projet {project_id}, {form_id} : {count} réponses",
                    f"✓ project {project_id}, {form_id}: {count} submissions",
                ),
                markup=False,
            )
        derive(config, engine, full=True)
        out.print(
            say("✓ personnes, chiffres et contrôles refaits", "✓ people, figures and checks made")
        )
