"""A form's fields as a tree of columns, for walking submissions beside it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from forms.xform import Field


@dataclass(slots=True)
class Column:
    """A field, with the fields inside it by name."""

    name: str
    out: str
    """The name in OData."""
    path: str
    type: str
    binary: bool = False
    select_multiple: bool = False
    children: "dict[str, Column]" = field(default_factory=dict)

    @property
    def structural(self) -> bool:
        """A group or a repeat."""
        return self.type in ("structure", "repeat")

    def by_out(self, out: str) -> "Column | None":
        """The child of that OData name."""
        return next((child for child in self.children.values() if child.out == out), None)

    def only(self, paths: Collection[str]) -> "Column":
        """The same tree with only the given paths."""
        children = {
            name: child.only(paths) for name, child in self.children.items() if child.path in paths
        }
        return Column(
            self.name,
            self.out,
            self.path,
            self.type,
            self.binary,
            self.select_multiple,
            children,
        )

    def walk(self) -> "Iterator[Column]":
        """All columns below this one in document order."""
        for child in self.children.values():
            yield child
            yield from child.walk()


def columns_of(fields: Iterable[Field]) -> Column:
    """The tree of a form's fields."""
    root = Column("Submissions", "Submissions", "", "structure")
    by_path = {"": root}
    for each in fields:
        binary = each.type == "binary" or each.path == "/meta/audit"
        column = Column(
            each.name,
            odata_name(each.name),
            each.path,
            each.type,
            binary,
            each.select_multiple,
        )
        by_path[each.path] = column
        by_path[each.path.rpartition("/")[0]].children.setdefault(each.name, column)
    return root


def odata_name(name: str) -> str:
    """A name that OData allows: other characters become `_`."""
    name = re.sub(r"^([^a-z_])", r"_\1", name, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9_]+", "_", name, flags=re.IGNORECASE)


def field_json(each: Field, *, odata: bool) -> dict[str, object]:
    """A field as `/fields` shows it."""
    binary = each.type == "binary" or each.path == "/meta/audit"
    path = "/".join(map(odata_name, each.path.split("/"))) if odata else each.path
    return {
        "path": path,
        "name": odata_name(each.name) if odata else each.name,
        "type": each.type,
        "binary": True if binary else None,
        "selectMultiple": True if each.select_multiple else None,
    }


def same_schema(before: Iterable[Field], after: Iterable[Field]) -> bool:
    """Whether two versions have the same columns in the same order."""
    return [_shape(each) for each in before] == [_shape(each) for each in after]


def _shape(each: Field) -> tuple[str, str, bool]:
    return each.path, each.type, each.select_multiple


def merged(versions: Iterable[Iterable[Field]]) -> list[Field]:
    """All fields that any version had, the newest version's order first."""
    result: list[Field] = []
    for version in versions:
        result = _merge(result, list(version))
    return result


def _merge(older: list[Field], newer: list[Field]) -> list[Field]:
    result, known = list(newer), {each.path for each in newer}
    index = 0
    while index < len(older):
        gone = older[index]
        index += 1
        if gone.path in known:
            continue
        parent = gone.path.rpartition("/")[0]
        at = max((i for i, f in enumerate(result) if f.path.startswith(parent)), default=-1)
        block = [gone]
        while index < len(older) and older[index].path.startswith(gone.path + "/"):
            block.append(older[index])
            index += 1
        result[at + 1 : at + 1] = block
    return result
