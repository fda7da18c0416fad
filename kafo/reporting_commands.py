"""Commands on figures: `kafo refresh` brings core tables and indicators up to date."""

import typer

from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, warehouse


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        "refresh",
        help=say(
            "Met à jour les tables et les indicateurs à partir des réponses et des personnes.",
            "Brings tables and indicators up to date from answers and people.",
        ),
    )(refresh)


def refresh(
    context: typer.Context,
    full: bool = typer.Option(
        False,
        "--full",
        help=say("Tout refaire, même ce qui n'a pas changé.", "Make all anew, changed or not."),
    ),
) -> None:
    """Refresh the core, then the indicators that the changes concern."""
    from pipelines.core.refresh import refresh as refresh_core
    from pipelines.indicators.compute import compute

    engine = warehouse(configuration(context))
    core = refresh_core(engine, now=now(), full=full)
    figures = compute(engine, now=now(), full=full)
    engine.dispose()
    out.print(
        say(
            f"✓ {core.people} personnes ; {core.records} fiches refaites ({core.seconds:.1f} s)\n"
            f"✓ {figures.values} valeurs d'indicateurs, {figures.months} mois recalculés "
            f"({figures.seconds:.1f} s)",
            f"✓ {core.people} people; {core.records} records made anew ({core.seconds:.1f} s)\n"
            f"✓ {figures.values} indicator values, {figures.months} months computed again "
            f"({figures.seconds:.1f} s)",
        )
    )
