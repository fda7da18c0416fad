"""Changes single texts in a YAML source and leaves every other byte as its author wrote it.

A round trip through a YAML library would keep comments but not spacing, quotes or line breaks; the
next person could not see in the difference which words were changed. Here the text is replaced at
the place where the parser saw it, and the result is parsed again to prove that nothing else moved.
"""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from forms.errors import FormError

KeyPath = tuple[str | int, ...]
"""Keys and positions from the top: `("questions", 3, "label", "fr")`."""

_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

Value = str | dict[str, str]
"""A text, or texts by language where there was none before."""


def load_yaml(text: str) -> Any:
    """The content as plain values; YAML 1.2, so that yes and no stay words."""
    return YAML(typ="safe", pure=True).load(text)


def edit_yaml(text: str, changes: Mapping[KeyPath, Value]) -> str:
    """The source with these values set; a missing last key is added after its neighbours."""
    top, wanted = YAML(pure=True).compose(text), load_yaml(text)
    splices = []
    for number, (path, value) in enumerate(changes.items()):
        start, end, written = _splice(text, top, path, value)
        splices.append((start, number, end, written))
        _set(wanted, path, value)
    edited = text
    for start, _, end, written in sorted(splices, reverse=True):  # from the end: places stay right
        edited = edited[:start] + written + edited[end:]
    if load_yaml(edited) != wanted:
        places = ", ".join(".".join(map(str, path)) for path in changes)
        raise FormError(
            f"des textes ne peuvent pas être remplacés sans risque ({places}) : corrigez-les à la "
            "main dans la définition.",
            f"some texts cannot be replaced safely ({places}): correct them by hand in the "
            "definition.",
        )
    return edited


_Splice = tuple[int, int, str]
"""From where to where, and what stands there instead."""


def _splice(text: str, top: Node, path: KeyPath, value: Value) -> _Splice:
    parent, key = _descend(top, path[:-1]), path[-1]
    if not isinstance(parent, MappingNode):
        raise _nowhere(path)
    for name, node in parent.value:
        if name.value == str(key):
            return _replaced(text, node, value, flow=bool(parent.flow_style))
    return _inserted(text, parent, str(key), value)


def _descend(node: Node, path: KeyPath) -> Node:
    for key in path:
        if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        elif isinstance(node, MappingNode):
            found = [value for name, value in node.value if name.value == str(key)]
            if not found:
                raise _nowhere(path)
            node = found[0]
        else:
            raise _nowhere(path)
    return node


def _replaced(text: str, node: Node, value: Value, *, flow: bool) -> _Splice:
    start, end = node.start_mark.index, node.end_mark.index
    block = isinstance(node, ScalarNode) and node.style in ("|", ">")
    quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
    written = _written(value, flow=flow, quoted=quoted)
    if block:  # its end lies at the beginning of a later line
        end = start + len(text[start:end].rstrip())
    return start, end, written


def _inserted(text: str, parent: MappingNode, key: str, value: Value) -> _Splice:
    """After `label` in a question, after the last language in a text, else after short entries."""
    values = [value for _, value in parent.value]
    labels = [value for name, value in parent.value if name.value == "label"]
    short = [value for value in values if isinstance(value, ScalarNode)]
    before: Node = (labels or short[-1:] or values[-1:])[0]
    start, end = before.start_mark.index, before.end_mark.index
    end = start + len(text[start:end].rstrip())
    if parent.flow_style:
        return end, end, f", {key}: {_written(value, flow=True)}"
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    indent = " " * parent.value[0][0].start_mark.column
    return line_end, line_end, f"\n{indent}{key}: {_written(value, flow=False)}"


def _written(value: Value, *, flow: bool, quoted: bool = False) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_written(v, flow=True)}" for k, v in value.items()) + "}"
    return value if not quoted and _is_plain(value, flow=flow) else _in_quotes(value)


def _is_plain(value: str, *, flow: bool) -> bool:
    """Whether YAML reads the bare words as this very text."""
    if not value or value != value.strip() or "\n" in value or ":" in value:
        return False
    try:
        read = load_yaml(f"{{a: {value}, b: c}}" if flow else f"a: {value}\nb: c")
    except Exception:
        return False
    return bool(read == {"a": value, "b": "c"})


def _in_quotes(value: str) -> str:
    """JSON strings are YAML strings, but YAML wants more characters escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _set(content: Any, path: KeyPath, value: Value) -> None:
    for key in path[:-1]:
        content = content[key]
    content[path[-1]] = deepcopy(value)


def _nowhere(path: KeyPath) -> FormError:
    place = ".".join(map(str, path))
    return FormError(
        f"« {place} » n’est pas dans la définition : relisez-la, puis recommencez.",
        f"'{place}' is not in the definition: reread it, then try again.",
    )
