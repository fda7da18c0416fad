"""Sets the report as PDF with Typst; every number is printed as `numbers.show` writes it."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.report.model import Chart, Line, Part, Report, Table
from pipelines.report.numbers import NONE, show
from pipelines.report.typesetter import typeset

_WORDS = {
    "fr": {
        "title": "Rapport trimestriel",
        "owner": "Centre d'information et d'orientation des migrants – ASNAM (UNTM, CSTM)",
        "page": "page",
        "reading": "Pour lire ces chiffres",
        "cautions": "Précautions de lecture",
        "map": "Où vivent les personnes rencontrées",
        "withheld": "Trop peu de personnes pour être montré :",
        "annex": "Annexe : d'où vient chaque chiffre",
        "annex_lead": "Chaque tableau porte un numéro. La question SQL du même numéro, posée à "
        "l'entrepôt par « kafo sql », rend ses chiffres tels qu'ils sont publiés.",
        "before": "trimestre précédent :",
        "over": "sur",
    },
    "en": {
        "title": "Quarterly report",
        "owner": "Migrant workers' information and guidance centre – ASNAM (UNTM, CSTM)",
        "page": "page",
        "reading": "How to read these figures",
        "cautions": "Read with care",
        "map": "Where the people who were met live",
        "withheld": "Too few people to be shown:",
        "annex": "Annex: where every figure comes from",
        "annex_lead": "Every table has a number. The SQL question of that number, asked of the "
        "warehouse by 'kafo sql', gives its figures as they are published.",
        "before": "quarter before:",
        "over": "of",
    },
}


def pdf(report: Report) -> bytes:
    """The report as PDF, tagged, with alternative texts for its drawings."""
    with TemporaryDirectory(prefix="kafo-report-") as name:
        folder = Path(name)
        template = files("pipelines").joinpath("report", "report.typ").read_text(encoding="utf-8")
        (folder / "report.typ").write_text(template, encoding="utf-8")
        said = json.dumps(_data(report, _Pictures(folder)), ensure_ascii=False)
        (folder / "data.json").write_text(said, encoding="utf-8")
        return typeset(folder / "report.typ")


class _Pictures:
    """Writes drawings beside the template."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0

    def write(self, chart: Chart, width: str) -> dict[str, str]:
        self._number += 1
        name = f"drawing-{self._number}.svg"
        (self._folder / name).write_text(chart.svg, encoding="utf-8")
        return {
            "file": name,
            "title": chart.title,
            "alternative": chart.alternative,
            "width": width,
        }


def _data(report: Report, pictures: _Pictures) -> dict[str, Any]:
    words = _WORDS[report.language]
    return {
        "language": report.language,
        "title": words["title"],
        "quarter": report.quarter,
        "period": report.period,
        "days": report.days,
        "mark": report.mark,
        "words": words,
        "made": _made(report),
        "notes": _notes(report),
        "key_figures": [_key(table, report.language) for table in report.key_figures],
        "cautions": report.cautions,
        "trend": _table(report.trend, report.language),
        "trend_charts": [pictures.write(chart, "100%") for chart in report.trend_charts],
        "map": None if report.map is None else pictures.write(report.map, "115mm"),
        "sections": [
            {
                "title": section.title,
                "parts": [_part(part, report.language, pictures) for part in section.parts],
            }
            for section in report.sections
        ],
        "queries": [
            {"code": q.code, "title": q.title, "sql": _breakable(q.sql)} for q in report.queries
        ],
    }


def _part(part: Part, language: str, pictures: _Pictures) -> dict[str, Any]:
    over = _WORDS[language]["over"]
    return {
        "indicator": part.indicator,
        "title": part.title,
        "words": [
            {
                "name": w.name,
                "said": w.numerator + (f", {over} : {w.denominator}" if w.denominator else ""),
            }
            for w in part.words
        ],
        "totals": None if part.totals is None else _table(part.totals, language),
        "charts": [pictures.write(chart, "125mm") for chart in part.charts],
        "tables": [_table(table, language) for table in part.tables],
        "withheld": part.withheld,
        "cautions": part.cautions,
    }


def _table(table: Table, language: str) -> dict[str, Any]:
    return {
        "code": table.code,
        "title": table.title,
        "head": table.head,
        "lines": [{"label": line.label, "cells": _shown(line, language)} for line in table.lines],
    }


def _shown(line: Line, language: str) -> list[str]:
    return [show(cell, language) for cell in line.cells]


def _key(table: Table, language: str) -> dict[str, str]:
    [line] = table.lines
    now, before = _shown(line, language)[:2]
    said = "" if before == NONE else f"{_WORDS[language]['before']} {before}"
    return {"value": now, "label": line.label, "before": said, "code": table.code}


def _made(report: Report) -> str:
    if report.language == "en":
        return (
            f"Figures published on {report.published_at} UTC. Report made on {report.made_at} UTC."
        )
    return f"Chiffres publiés le {report.published_at} UTC. Rapport fait le {report.made_at} UTC."


def _notes(report: Report) -> list[str]:
    who_fr = {"outside": "hors des syndicats", "inside": "des syndicats"}[report.audience]
    who_en = {"outside": "people outside the unions", "inside": "the unions"}[report.audience]
    if report.language == "en":
        return [
            f"For {who_en}: small groups are hidden ( · ), and enough others that nobody can work "
            f"them out ({report.hidden} of {report.figures} figures). Totals are rounded.",
            "« – »: there was nothing to count. T1, T2 …: the question in the annex.",
            *report.cautions[:1],
        ]
    return [
        f"Pour des lecteurs {who_fr} : les petits groupes sont cachés ( · ), et assez d'autres pour "
        f"que personne ne les retrouve ({report.hidden} chiffres sur {report.figures}). Les totaux "
        "sont arrondis.",
        "« – » : il n'y avait rien à compter. T1, T2 … : la question dans l'annexe.",
        *report.cautions[:1],
    ]


def _breakable(sql: str) -> str:
    """Lines that fit the page: a long list continues below."""
    return "\n".join(_folded(sql.splitlines()))


def _folded(lines: Iterable[str], width: int = 112) -> Iterable[str]:
    for line in lines:
        rest = line
        while len(rest) > width and (cut := _last_comma(rest, width)):
            yield rest[:cut]
            rest = "    " + rest[cut:].lstrip()
        yield rest


def _last_comma(line: str, width: int) -> int:
    found = [match.end() for match in re.finditer(r", ", line[:width])]
    return found[-1] if found and found[-1] > 8 else 0
