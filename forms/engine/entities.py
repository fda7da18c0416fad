"""The entity lists that submissions leave behind: what phones know at the next interview."""

import csv
from collections.abc import Iterable
from io import StringIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from forms.xform import read_xform
from forms.xform_model import EntityList

_SYSTEM = ("__version", "__trunkVersion", "__branchId")
"""Columns that Central adds and an update looks up."""


def lists_after(xform: str, submissions: Iterable[str]) -> dict[str, bytes]:
    """File name -> CSV of each list that the form creates entities in, as phones download it."""
    declared = read_xform(xform).entity_lists
    answers = [fromstring(submission) for submission in submissions]
    return {f"{one.dataset}.csv": _csv(one, answers) for one in declared if one.dataset}


def _csv(declared: EntityList, submissions: list[Element]) -> bytes:
    columns = ("name", "label", *_SYSTEM, *declared.save_to)
    out = StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for answers in submissions:
        writer.writerows(_rows(declared, answers))
    return out.getvalue().encode()


def _rows(declared: EntityList, answers: Element) -> Iterable[dict[str, str]]:
    for entity in answers.iterfind("./{*}meta/{*}entity"):
        if entity.get("create") not in ("1", "true"):
            continue
        label = entity.find("{*}label")
        row = {"name": entity.get("id", ""), "__version": "1"}
        row["label"] = "" if label is None else label.text or ""
        for saved, path in declared.save_to.items():
            found = answers.find("." + path.replace("/", "/{*}"))
            row[saved] = "" if found is None else found.text or ""
        yield row
