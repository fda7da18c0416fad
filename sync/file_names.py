"""Which files a submission speaks of, read from its answers.

Central expects one file for each name in a question for files (the audit log is one), so where its
count is the same and either all or none are there, nothing needs to be asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def file_names(row: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names in a row of OData; `fields` is Central's field list."""
    paths = [str(field["path"]).strip("/") for field in fields if field["type"] == "binary"]
    return {name for path in paths for name in _answers(row, path.split("/"))}


def known_files(
    row: Mapping[str, Any], fields: Iterable[Mapping[str, Any]], *, present: int, expected: int
) -> dict[str, bool] | None:
    """Each file and whether Central has it, as its own list would say; None when only that knows."""
    if present not in (0, expected):
        return None
    names = file_names(row, fields)
    return dict.fromkeys(sorted(names), present > 0) if len(names) == expected else None


def _answers(value: Any, steps: Sequence[str]) -> Iterator[str]:
    """Down the groups; a repeat is a list of rows."""
    if isinstance(value, list):
        for each in value:
            yield from _answers(each, steps)
    elif not steps:
        if isinstance(value, str) and value:
            yield value
    elif isinstance(value, Mapping):
        yield from _answers(value.get(steps[0]), steps[1:])
