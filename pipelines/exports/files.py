"""Writes rows as CSV, XLSX, Parquet or GeoJSON, every file marked with who made it, when and for whom."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forms.errors import UsageError
from warehouse.errors import WarehouseError

Rows = Sequence[Sequence[object]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Mark:
    """Stands in every row or on every page, so that a part of the file is marked too."""

    who: str
    at: str
    audience: str
    destroy_by: str
    language: str = "fr"

    def __str__(self) -> str:
        return (
            f"Kafo · {self.who} · {self.at[:16].replace('T', ' ')} UTC · {self.audience} · "
            + ("destroy before" if self.language == "en" else "à détruire avant le")
            + f" {self.destroy_by}"
        )


def write(path: Path, columns: Sequence[str], rows: Rows, *, kind: str, mark: Mark) -> None:
    """Write the file; a file that is there already is left alone, UsageError."""
    if path.exists():
        raise UsageError(
            f"{path} existe déjà. Choisissez un autre nom : --output.",
            f"{path} exists already. Choose another name: --output.",
        )
    if not path.parent.is_dir():
        raise WarehouseError(
            f"Le dossier {path.parent} n'existe pas. Créez-le ou choisissez --output.",
            f"The folder {path.parent} does not exist. Make it or choose --output.",
        )
    beside = path.with_name(f".{path.name}.part")
    WRITERS[kind](beside, columns, rows, mark)
    beside.chmod(0o600)
    beside.replace(path)


def _csv(path: Path, columns: Sequence[str], rows: Rows, mark: Mark) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark Excel knows UTF-8 by
        writer = csv.writer(file)
        writer.writerow([*columns, "export"])
        writer.writerows([*map(_plain, row), str(mark)] for row in rows)


def _xlsx(path: Path, columns: Sequence[str], rows: Rows, mark: Mark) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"comments": str(mark), "author": mark.who})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("export")
        sheet.set_footer(f"&L{str(mark).replace('&', '&&')}&R&P / &N")
        sheet.freeze_panes(1, 0)
        for number, column in enumerate((*columns, "export")):
            sheet.write_string(0, number, column, bold)
        for line, row in enumerate(rows, start=1):
            for number, value in enumerate((*row, str(mark))):
                sheet.write(line, number, value if isinstance(value, int | float) else _text(value))


def _parquet(path: Path, columns: Sequence[str], rows: Rows, mark: Mark) -> None:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError(
            "Parquet demande un module de plus : pip install 'kafo[parquet]'. Ou choisissez csv.",
            "Parquet asks for one more module: pip install 'kafo[parquet]'. Or choose csv.",
        ) from None
    data = {c: pa.array([_exact(row[n]) for row in rows]) for n, c in enumerate(columns)}
    table = pa.table({**data, "export": [str(mark)] * len(rows)})
    pq.write_table(table.replace_schema_metadata({"export": str(mark)}), path)


def _geojson(path: Path, columns: Sequence[str], rows: Rows, mark: Mark) -> None:
    if not {"latitude", "longitude"} <= set(columns):
        raise UsageError(
            "GeoJSON demande une vue avec les colonnes latitude et longitude. Choisissez csv ou xlsx.",
            "GeoJSON asks for a view with the columns latitude and longitude. Choose csv or xlsx.",
        )
    features = []
    for row in rows:
        answers = dict(zip(columns, map(_exact, row), strict=True))
        place = [answers.pop("longitude"), answers.pop("latitude")]
        point = None if None in place else {"type": "Point", "coordinates": place}
        features.append({"type": "Feature", "geometry": point, "properties": answers})
    found = {"type": "FeatureCollection", "export": str(mark), "features": features}
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


WRITERS: dict[str, Callable[[Path, Sequence[str], Rows, Mark], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "geojson": _geojson,
}


def _exact(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _text(value: object) -> str:
    return "" if value is None else str(_exact(value))


def _plain(value: object) -> object:
    """A text that a spreadsheet would run as a formula is shown as text."""
    found = _exact(value)
    return f"'{found}" if isinstance(found, str) and found.startswith(_FORMULA) else found
