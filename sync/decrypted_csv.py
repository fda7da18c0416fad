"""Reads the answers that Central itself decrypts, where a project uses managed encryption.

With managed encryption Central makes the key pair and keeps the private half, locked by a
passphrase; no call gives it out (`/submissions/keys` shows the public half only). So such answers
can only be had by sending the passphrase: `POST …/submissions.csv.zip?attachments=false` with the
form body `{key id: passphrase}`. That is the weaker way, and Kafo's own forms go the other one (a
`public_key` in the form, `sync.decryption`), because with managed encryption

- passphrase and answers are in the server's memory, on every synchronisation: whoever holds the
  server holds them, which the encryption was to prevent;
- Central checks no signature;
- photos of all submissions lie in one folder of the archive under bare names and cannot be told
  apart when two have the same name, so they stay sealed;
- a CSV has no types and no stamps: types come from the field list, stamps from the sealed rows.

The way exists for projects that are encrypted so already. Never send the passphrase in the address
(Central takes it there too): addresses are written into logs.
"""

import csv
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zipfile import BadZipFile, ZipFile

from forms.errors import KafoError
from sync.errors import cut_off
from sync.submission_row import Row, odata_name, row_of

_LONGEST = 2**31 - 1
"""A trace of many points is longer than what the csv module takes by default."""

_RETURN = "\ue00d"
"""Stands for a carriage return inside an answer, which Central does not quote."""

_POINT = ("Latitude", "Longitude", "Altitude", "Accuracy")


@dataclass(slots=True)
class _Table:
    """A CSV file: the path of its repeat, its columns as paths below it, the tables inside it."""

    path: str
    columns: list[tuple[str, str]] = field(default_factory=list)
    inner: "list[_Table]" = field(default_factory=list)
    rows: dict[str, list[tuple[str, list[str]]]] = field(default_factory=dict)
    """Parent's key -> own key and cells, in order."""


def read_decrypted_csv_zip(
    archive: bytes,
    fields: Iterable[Mapping[str, Any]],
    *,
    sealed: Mapping[str, Mapping[str, Any]],
) -> Iterator[Row]:
    """The rows of OData for those `sealed` submissions that the archive has in clear.

    `sealed` maps `__id` to `__system` of the rows that OData gave with status `notDecrypted`. Rows
    that are still sealed, that were not asked for, or that were edited meanwhile are left for the
    next run. KafoError when the archive is not whole or was made for other fields.
    """
    listed = list(fields)
    root, tables = _tables(listed)
    main, inner = _sorted_out(_texts(archive), len(tables))
    for table, text in zip(tables, inner, strict=True):
        for record in _records(text, table, first=0):
            row = (record["KEY"], record.cells)
            table.rows.setdefault(record["PARENT_KEY"], []).append(row)
    for record in _records(main, root, first=1):
        system = sealed.get(record["KEY"])
        if system is not None and not record["Status"] and record["Edits"] == str(system["edits"]):
            element = _element("data", root, record["KEY"], record.cells)
            yield row_of(element, listed, instance_id=record["KEY"], system=system)


def _tables(fields: list[Mapping[str, Any]]) -> tuple[_Table, list[_Table]]:
    """The root's table, and those of all repeats in the order of the form."""
    root = _Table("")
    around, repeats = [root], list[_Table]()
    for each in fields:
        path = str(each["path"])
        while not path.startswith(around[-1].path + "/"):
            around.pop()
        if each["type"] == "repeat":
            table = _Table(path)
            around[-1].inner.append(table)
            around.append(table)
            repeats.append(table)
        elif each["type"] != "structure":
            around[-1].columns.append((path[len(around[-1].path) + 1 :], str(each["type"])))
    return root, repeats


# -- the files


def _texts(archive: bytes) -> list[str]:
    """All CSV files in the order of the archive, checked by its check sums."""
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            names = [n for n in opened.namelist() if "/" not in n and n.endswith(".csv")]
            return [opened.read(name).decode("utf-8") for name in names]
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise _cut_off() from None  # a damaged byte can look like a cipher or a method unknown here


def _sorted_out(texts: list[str], repeats: int) -> tuple[str, list[str]]:
    """The root's file and those of the repeats, told by their headers, in the order of the form."""
    headers = [text.partition("\n")[0] for text in texts]
    found = list(zip(headers, texts, strict=True))
    roots = [text for header, text in found if header.endswith(",FormVersion")]
    inner = [text for header, text in found if header.endswith("PARENT_KEY,KEY")]
    if len(roots) != 1 or len(inner) != repeats:
        raise _other_fields()
    return roots[0], inner


class _Record:
    """A line of a CSV file: the answers' cells, and Central's own columns by name."""

    __slots__ = ("_own", "cells")

    def __init__(self, cells: list[str], own: dict[str, str]) -> None:
        self.cells, self._own = cells, own

    def __getitem__(self, name: str) -> str:
        return self._own[name]


def _records(text: str, table: _Table, *, first: int) -> Iterator[_Record]:
    """The lines; the answers begin in column `first`, Central's own columns follow them."""
    lines = _lines(text)
    header = next(lines)
    expected = [_loose(name) for name in _header(table)]
    last = first + len(expected)
    if [_loose(name) for name in header[first:last]] != expected:
        raise _other_fields()
    for line in lines:
        if len(line) != len(header):
            raise _cut_off()
        yield _Record(line[first:last], dict(zip(header[last:], line[last:], strict=True)))


def _lines(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST)
    try:
        for line in csv.reader(io.StringIO(text.replace("\r", _RETURN), newline="\n")):
            yield [cell.replace(_RETURN, "\r") for cell in line]
    except csv.Error:
        raise _cut_off() from None


def _header(table: _Table) -> Iterator[str]:
    for path, kind in table.columns:
        for part in _POINT if kind == "geopoint" else ("",):
            yield path + part


def _loose(name: str) -> str:
    """What stays of a column's name when OData's rules for names are applied to it."""
    return re.sub(r"[^A-Za-z0-9]", "", name)


# -- putting a submission together again


def _element(name: str, table: _Table, key: str, cells: list[str]) -> Element:
    """The submission, or one instance of a repeat, as the XML it was."""
    element, rest = Element(name), iter(cells)
    for path, kind in table.columns:
        taken = [next(rest) for _ in (_POINT if kind == "geopoint" else ("",))]
        text = " ".join(taken).rstrip() if kind == "geopoint" else taken[0]
        _down(element, path.split("/")).text = text
    for inner in table.inner:
        for child_key, child_cells in inner.rows.get(key, ()):
            *groups, last = child_key[len(key) + 1 :].split("/")
            raw = last.partition("[")[0]
            if odata_name(raw) != inner.path.rpartition("/")[2]:
                raise _other_fields()
            child = _element(raw, inner, child_key, child_cells)
            _down(element, groups).append(child)
    return element


def _down(element: Element, path: list[str]) -> Element:
    for part in path:
        element = SubElement(element, part)
    return element


def _cut_off() -> KafoError:
    return cut_off("submissions.csv.zip")


def _other_fields() -> KafoError:
    return KafoError(
        "L'export déchiffré d'ODK Central n'a pas les colonnes de la version actuelle du formulaire. "
        "Relancez : une nouvelle version vient sans doute d'être publiée.",
        "The decrypted export of ODK Central does not have the columns of the form's present "
        "version. Run again: a new version has probably just been published.",
    )
