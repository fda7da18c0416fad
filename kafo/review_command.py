"""Command `kafo protection review`: who looked at people in a month, and that somebody checked it."""

import re

import typer
from rich.table import Table

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, opened
from kafo.operator import steward

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_ACCOUNT = say("Compte du responsable qui a relu.", "Account of the steward who reviewed.")
_FOUND = say("Ce que la revue a trouvé, sans nom.", "What the review found, without names.")


def review(
    context: typer.Context,
    month: str = typer.Option("", "--month", help=say("Mois, 2026-10.", "Month, 2026-10.")),
    account: str | None = typer.Option(None, "--as", help=_ACCOUNT),
    found: str = typer.Option("", "--found", help=_FOUND),
) -> None:
    """Show a month's looks, by default last month's; with --as and --found, note it as reviewed."""
    from warehouse.access_review import is_over, looks_of, month_before, note_review, reviewed_on
    from warehouse.engine import reading, writing

    wanted = month or month_before(now())
    if not _MONTH.fullmatch(wanted):
        raise UsageError(
            f"« {wanted} » n'est pas un mois : écrivez-le comme 2026-10.",
            f"'{wanted}' is no month: write it like 2026-10.",
        )
    with opened(configuration(context)) as engine:
        if account is not None:
            name = steward(engine, account)
            with writing(engine) as connection:
                note_review(connection, wanted, who=name, reason=found, now=now())
        with reading(engine) as connection:
            looks, done = looks_of(connection, wanted), reviewed_on(connection, wanted)
    table = Table(say("qui", "who"), say("consultations", "looks"), say("lignes", "rows"),
                  say("le plus en un jour", "most in a day"), say("exports", "exports"))  # fmt: skip
    for each in looks:
        numbers = (each.looks, each.rows, each.most_in_a_day, each.exports)
        table.add_row(each.who, *map(str, numbers))
    if looks:
        out.print(table)
    else:
        out.print(say(f"{wanted} : aucune consultation", f"{wanted}: no looks"))
    if not is_over(wanted, now()):
        text = say(f"{wanted} n'est pas fini : à relire le mois suivant.",
                   f"{wanted} is not over: to be reviewed the month after.")  # fmt: skip
    elif done:
        text = say(f"✓ {wanted} relu le {done[:10]}", f"✓ {wanted} reviewed on {done[:10]}")
    else:
        text = say(
            f"{wanted} n'est pas encore relu. Après la revue : kafo protection review --month {wanted} "
            '--as NOM --found "…"',
            f"{wanted} is not reviewed yet. After the review: kafo protection review --month {wanted} "
            '--as NAME --found "…"',
        )
    out.print(text, markup=False, soft_wrap=True)
