"""The texts of an XForm: languages, labels, hints and choice lists."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from forms.xform_model import Choice, Labels
from forms.xform_nodes import (
    SELECTS,
    Source,
    child_of,
    children,
    controls_of,
    local,
    path_of,
    text_of,
)

UNNAMED = "default"
"""The language of labels written in the form without naming one."""

_ITEXT = re.compile(r"^\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\"|[\w./-]+)\s*\)\s*$")
_INSTANCE = re.compile(r"""instance\(\s*['"]([^'"]+)['"]\s*\)""")
_PATH = re.compile(r"^[\w./:()-]+$")


def languages_of(model: Element) -> tuple[tuple[str, ...], str | None]:
    """The languages in document order, and the one a phone starts with."""
    itext = child_of(model, "itext")
    translations = [] if itext is None else children(itext, "translation")
    names = tuple(translation.get("lang", UNNAMED) for translation in translations)
    marked = (t.get("lang", UNNAMED) for t in translations if t.get("default") is not None)
    return names or (UNNAMED,), next(marked, names[0] if names else UNNAMED)


def texts_of(model: Element) -> dict[str, Labels]:
    """itext id -> its text in each language; images and sounds are not text."""
    texts: dict[str, Labels] = {}
    itext = child_of(model, "itext")
    for translation in [] if itext is None else children(itext, "translation"):
        language = translation.get("lang", UNNAMED)
        for text in children(translation, "text"):
            plain = next((v for v in children(text, "value") if v.get("form") is None), None)
            if plain is not None:
                texts.setdefault(text.get("id", ""), {})[language] = _rendered(plain)
    return texts


def _rendered(element: Element) -> str:
    """The text with each `<output value>` as `${name}`."""
    parts = [element.text or ""]
    for child in element:
        if local(child) == "output":
            parts.append("${" + _output_name(child.get("value") or child.get("ref") or "") + "}")
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _output_name(value: str) -> str:
    expression = value.strip()
    return expression.rsplit("/", 1)[-1] if _PATH.match(expression) else expression


def labels_of(source: Source, owner: Element, tag: str, item: Element | None = None) -> Labels:
    """The texts of `<label>` or `<hint>`; one written in place holds in every language."""
    element = child_of(owner, tag)
    if element is None:
        return {}
    reference = element.get("ref")
    if reference is None:
        text = _rendered(element)
        return dict.fromkeys(source.languages, text) if text else {}
    match = _ITEXT.match(reference)
    key = (match and (match[1] or match[2])) or text_of(item, "itextId") or ""
    return dict(source.texts.get(key, {}))


def list_name(source: Source, select: Element, path: str) -> str:
    """Where the choices of a select come from: see `Field.choices`."""
    itemset = child_of(select, "itemset")
    if itemset is None:
        return path
    nodeset = itemset.get("nodeset", "")
    match = _INSTANCE.search(nodeset)
    return match[1] if match else path_of(source, nodeset.split("[", 1)[0])


def choice_lists(source: Source) -> dict[str, tuple[Choice, ...]]:
    """Every choice list inside the form; one written in a question has the path as its name."""
    named = {
        instance.get("id", ""): tuple(_items(source, instance))
        for instance in children(source.model, "instance")[1:]
        if instance.get("src") is None
    }
    return named | {
        path: tuple(
            Choice((text_of(item, "value") or "").strip(), labels_of(source, item, "label"))
            for item in children(control, "item")
        )
        for path, controls in controls_of(source).items()
        for control in controls
        if local(control) in SELECTS and child_of(control, "item") is not None
    }


def _items(source: Source, instance: Element) -> Iterator[Choice]:
    for item in instance.iter():
        if local(item) != "item":
            continue
        value = text_of(item, "name") or text_of(item, "value") or ""
        key = text_of(item, "itextId")
        labels = labels_of(source, item, "label") if key is None else source.texts.get(key, {})
        yield Choice(value, dict(labels))
