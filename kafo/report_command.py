"""Command `kafo report`: the quarterly report as PDF and Excel workbook."""

from enum import StrEnum
from pathlib import Path

import typer

from forms import language as spoken
from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, opened, reader
from kafo.export_command import Reader
from kafo.operator import who
from kafo.outline import report_outline


class Language(StrEnum):
    """In which the report is written."""

    fr = "fr"
    en = "en"


def add(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "report",
        help=say(
            "Fait le rapport trimestriel, en PDF et en classeur Excel.",
            "Make the quarterly report, as PDF and as Excel workbook.",
        ),
    )(report)


def report(
    context: typer.Context,
    quarter: str | None = typer.Option(
        None,
        "--quarter",
        help=say("2026-T3 ; sinon le dernier trimestre fini.", "2026-Q3; else the last whole one."),
    ),
    audience: Reader = typer.Option(
        Reader.outside,
        "--audience",
        help=say("inside : les syndicats ; outside : tout le monde.", "Unions, or everybody."),
    ),
    language: Language | None = typer.Option(
        None, "--language", help=say("Langue du rapport.", "Language of the report.")
    ),
    to: Path = typer.Option(Path(), "--to", help=say("Dossier.", "Folder.")),
) -> None:
    """Make both files and say where they are."""
    from pipelines.report.make import make
    from pipelines.report.quarter import last_whole, parse_quarter

    at = now()
    asked = parse_quarter(quarter) if quarter else last_whole(at)
    _check_folder(to)
    words = language.value if language else spoken.current()
    config = configuration(context)
    with opened(config) as writer:
        read = reader(config)
        try:
            made = make(
                read, writer, quarter=asked, audience=audience.value, language=words, now=at,
                who=who(), outline=report_outline(config),
            )  # fmt: skip
        finally:
            read.dispose()
    pages, sheets = to / f"{made.name}.pdf", to / f"{made.name}.xlsx"
    _write(pages, made.pdf)
    _write(sheets, made.xlsx)
    out.print(f"✓ {pages}\n✓ {sheets}", markup=False, soft_wrap=True)
    out.print(_next(audience), markup=False, soft_wrap=True)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(
            f"Le dossier {folder} n'existe pas. Créez-le ou choisissez --to.",
            f"The folder {folder} does not exist. Make it or choose --to.",
        )


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, for this account's eyes only from the first byte on."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.touch(mode=0o600)
        beside.chmod(0o600)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(
            f"{path} ne s'écrit pas ({error.strerror}). Libérez la place ou choisissez --to.",
            f"{path} cannot be written ({error.strerror}). Make room or choose --to.",
        ) from None


def _next(audience: Reader) -> str:
    if audience is Reader.inside:
        return say(
            "Relisez-le, puis donnez-le aux syndicats seulement. Pour les autres : --audience outside",
            "Read it over, then give it to the unions only. For others: --audience outside",
        )
    return say(
        "Relisez-le, puis donnez-le : il ne contient que des chiffres publiables.",
        "Read it over, then hand it out: it holds only figures that may be published.",
    )
