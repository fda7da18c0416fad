"""The files that an XForm expects beside it, in the order in which Central finds them."""

import csv
import re
from collections.abc import Iterator

from forms.xform_model import MediaFile
from forms.xform_nodes import Source, children, local

_JR_FILE = re.compile(r"^jr://(?:images|audio|video|file|file-csv)/([^/]+)$")
_MEDIA_FORMS = {"image": "image", "audio": "audio", "video": "video", "big-image": "image"}
_SEARCH = re.compile(r"""^\s*(?:\w*\s+)?search\s*\(\s*("|')(.+)\)\s*$""", re.DOTALL)


def files(source: Source) -> Iterator[MediaFile]:
    """In Central's order: instances, media of labels, default images, itemsets.csv, search()."""
    seen: dict[str, str] = {}
    for kind, name in _expected(source):
        if seen.get(name) != kind:
            yield MediaFile(name, kind)
        seen[name] = kind


def _expected(source: Source) -> Iterator[tuple[str, str]]:
    for instance in children(source.model, "instance"):
        yield from _jr_file("file", instance.get("src"))
    for value in source.model.iter():
        kind = _MEDIA_FORMS.get(value.get("form", ""))
        if local(value) == "value" and kind is not None:
            yield from _jr_file(kind, value.text)
    for instance in children(source.model, "instance"):
        for node in instance.iter():
            if (node.text or "").startswith("jr://images/"):
                yield from _jr_file("image", node.text)
    if any(local(e) == "input" and e.get("query") is not None for e in source.body.iter()):
        yield "file", "itemsets.csv"
    for control in source.body.iter():
        if local(control) in ("select", "select1"):
            yield from _searched(control.get("appearance", ""))


def _jr_file(kind: str, uri: str | None) -> Iterator[tuple[str, str]]:
    match = _JR_FILE.match((uri or "").strip())
    if match:
        yield kind, match[1]


def _searched(appearance: str) -> Iterator[tuple[str, str]]:
    """The CSV file that an appearance `search('file', …)` reads."""
    match = _SEARCH.match(appearance)
    if match is None:
        return
    quote, arguments = match.groups()
    row = next(csv.reader([quote + arguments], quotechar=quote, skipinitialspace=True), [""])
    if row[0] and row[0] == row[0].strip():
        yield "file", row[0] if row[0].endswith(".csv") else row[0] + ".csv"
