"""Commands that prepare the field: `kafo phones`, `kafo cards`."""

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.table import Table

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import central

_ORGANISATION = "CIOM – UNTM · CSTM"
_LOST = "Carte perdue ? Demandez-en une autre au CIOM."
_COLOUR = "#1b6ca8"


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    phones = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    app.add_typer(
        phones,
        name="phones",
        help=say("Les téléphones des enquêteurs.", "The enumerators' phones."),
    )
    phones.command(
        "add", help=say("Donne un accès et une feuille QR.", "Give access and a QR sheet.")
    )(add_phones)
    phones.command("list", help=say("Qui a accès, et depuis quand.", "Who has access."))(list_all)
    phones.command("revoke", help=say("Coupe un téléphone perdu.", "Cut off a lost phone."))(
        revoke_phone
    )
    app.command(
        "cards", help=say("Des feuilles de cartes à imprimer.", "Sheets of cards to print.")
    )(cards)


def add_phones(
    context: typer.Context,
    enumerators: list[str] = typer.Argument(
        help=say("Codes des enquêteurs.", "Codes of the enumerators.")
    ),
) -> None:
    """One app user and one printable sheet each; the sheets are secrets."""
    from forms.collect_settings import PhoneProject, collect_settings
    from forms.compiler import form_ids
    from forms.phone_sheet import write_phone_sheet
    from forms.phones import provide_phones

    config = configuration(context)
    password = config.secret("collect_admin_password")
    folder = config.data / "phones"
    folder.mkdir(parents=True, exist_ok=True)
    with central(config) as source:
        for project_id in source.projects:
            listed = source.client.get(f"projects/{project_id}/forms").json()
            live = {item["xmlFormId"] for item in listed if item["publishedAt"]}
            forms = [name for name in form_ids() if name in live]
            if not forms:
                raise UsageError(
                    "Aucun formulaire n'est publié. Lancez d'abord « kafo forms publish ».",
                    "No form is published. Run 'kafo forms publish' first.",
                )
            project = PhoneProject(
                source.account.url, project_id, f"CIOM {project_id}", "📝", _COLOUR
            )
            given = provide_phones(source.client, project_id, enumerators=enumerators, forms=forms)
            for phone in given:
                settings = collect_settings(phone, project, admin_password=password)
                sheet = write_phone_sheet(settings, folder, printed_on=datetime.now(UTC).date())
                out.print(f"✓ {phone.enumerator} → {sheet}", soft_wrap=True)


def list_all(context: typer.Context) -> None:
    """Every phone, with or without access, and when it last asked for anything."""
    from forms.phones import list_phones

    table = Table(say("projet", "project"), say("enquêteur", "enumerator"), say("accès", "access"),
                  say("dernier passage (UTC)", "last seen (UTC)"))  # fmt: skip
    with central(configuration(context)) as source:
        for project_id in source.projects:
            for phone in list_phones(source.client, project_id):
                seen = f"{phone.last_used:%Y-%m-%d %H:%M}" if phone.last_used else "–"
                access = say("oui", "yes") if phone.active else say("coupé", "cut off")
                table.add_row(str(project_id), phone.enumerator, access, seen)
    out.print(table)


def revoke_phone(context: typer.Context, enumerator: str) -> None:
    """Take the access away at once; what was sent stays, and who sent it remains known."""
    from forms.phones import revoke

    with central(configuration(context)) as source:
        cut = sum(revoke(source.client, project_id, enumerator) for project_id in source.projects)
    out.print(
        say(f"✓ {enumerator} : {cut} accès coupé(s)", f"✓ {enumerator}: {cut} access(es) cut off")
    )


def cards(
    context: typer.Context,
    count: int = typer.Option(..., "--count", min=1, max=10_000, help=say("Combien.", "How many.")),
    batch: str = typer.Option(
        ..., "--batch", help=say("Pour qui, pour quand.", "For whom, for when.")
    ),
) -> None:
    """Codes that were never given out before, on A4 sheets."""
    from forms.card_sheet import write_card_sheets
    from forms.cards import issue_codes

    config, now = configuration(context), datetime.now(UTC)
    codes = issue_codes(config.data / "cards.db", count, batch=batch, now=now)
    path: Path = config.data / f"cartes-{now:%Y%m%d-%H%M%S}.pdf"
    pages = write_card_sheets(codes, path, organisation=_ORGANISATION, note=_LOST)
    out.print(
        say(
            f"✓ {count} cartes, {pages} pages → {path}", f"✓ {count} cards, {pages} pages → {path}"
        ),
        soft_wrap=True,
    )
