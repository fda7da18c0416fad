"""Reads an XForm (what phones run, what Central publishes) into values: fields, labels, choices.

Field paths, types and order are those of Central's `/fields`: the sandbox answers with them and the
warehouse names its columns after them, so both read a form in exactly one place.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from forms.xform_files import files
from forms.xform_model import Choice, EntityList, Field, Labels, MediaFile, XForm
from forms.xform_nodes import (
    SELECTS,
    Source,
    attribute,
    child_of,
    children,
    controls_of,
    descend,
    local,
    need,
    parse,
    path_of,
    primary_of,
)
from forms.xform_texts import UNNAMED, choice_lists, labels_of, languages_of, list_name, texts_of

__all__ = ["UNNAMED", "Choice", "EntityList", "Field", "Labels", "MediaFile", "XForm", "read_xform"]


def read_xform(xml: str | bytes) -> XForm:
    """Read an XForm; FormError when the text is not one."""
    html = parse(xml)
    model = need(descend(html, "head", "model"), "model")
    body = need(child_of(html, "body"), "body")
    primary = primary_of(model)
    languages, default = languages_of(model)
    source = Source(model, body, primary, texts_of(model), languages)
    title = descend(html, "head", "title")
    fields = tuple(_fields(source))
    submission = child_of(model, "submission")
    return XForm(
        form_id=attribute(primary, "id") or "",
        version=attribute(primary, "version") or "",
        title="" if title is None else "".join(title.itertext()),
        root=local(primary),
        languages=languages,
        default_language=default,
        fields=fields,
        lists=choice_lists(source),
        files=tuple(files(source)),
        public_key=None if submission is None else submission.get("base64RsaPublicKey"),
        entity_lists=tuple(_entity_lists(primary, fields)),
        entities_version=attribute(model, "entities-version"),
    )


# -- fields


def _fields(source: Source) -> Iterator[Field]:
    binds = {
        path_of(source, bind.get("nodeset", "")): bind for bind in children(source.model, "bind")
    }
    controls = controls_of(source)
    walk = _walk(source.primary, "", None, binds, controls)
    for order, (node, path, repeat, kind) in enumerate(walk):
        bind = binds.get(path, Element("bind"))
        found = controls.get(path, [])
        select = next((c for c in found if local(c) in SELECTS), None)
        yield Field(
            path=path,
            name=local(node),
            type=kind,
            order=order,
            repeat=repeat,
            select_multiple=any(local(c) == "select" for c in found),
            choices=None if select is None else list_name(source, select, path),
            labels=next(filter(None, (labels_of(source, c, "label") for c in found)), {}),
            hints=next(filter(None, (labels_of(source, c, "hint") for c in found)), {}),
            calculate=attribute(bind, "calculate"),
            relevant=attribute(bind, "relevant"),
            required=attribute(bind, "required"),
            readonly=attribute(bind, "readonly"),
            save_to=attribute(bind, "saveto"),
        )


def _walk(
    parent: Element,
    base: str,
    repeat: str | None,
    binds: dict[str, Element],
    controls: dict[str, list[Element]],
) -> Iterator[tuple[Element, str, str | None, str]]:
    """Each node in depth-first order with its path, enclosing repeat and Central's type."""
    seen: set[str] = set()
    for node in parent:
        path = f"{base}/{local(node)}"
        repeated = any(local(control) == "repeat" for control in controls.get(path, []))
        if repeated and path in seen:  # the template and the first instance of one repeat
            continue
        seen.add(path)
        kind = "repeat" if repeated else _type(node, path, binds)
        yield node, path, repeat, kind
        if kind in ("repeat", "structure"):
            inner = path if kind == "repeat" else repeat
            yield from _walk(node, path, inner, binds, controls)


def _type(node: Element, path: str, binds: dict[str, Element]) -> str:
    """A bind without a type counts for nothing, as in Central."""
    bound = binds[path].get("type") if path in binds else None
    if bound:
        return bound
    if len(node) or (local(node) == "entity" and "/meta/entity" in path):
        return "structure"
    return "unknown"


# -- entities


def _entity_lists(primary: Element, fields: tuple[Field, ...]) -> Iterator[EntityList]:
    """Each field's property goes to the declaration nearest above it."""
    declared = list(_declarations(primary, ""))
    nearest = sorted((path for path, _ in declared), key=len, reverse=True)
    for path, entity in declared:
        yield EntityList(
            dataset=(attribute(entity, "dataset") or "").strip(),
            create=attribute(entity, "create") is not None,
            update=attribute(entity, "update") is not None,
            path=path,
            save_to={
                field.save_to: field.path
                for field in fields
                if field.save_to and _above(nearest, field.path) == path
            },
        )


def _above(paths: list[str], path: str) -> str | None:
    return next((each for each in paths if path.startswith(each + "/")), None)


def _declarations(parent: Element, base: str) -> Iterator[tuple[str, Element]]:
    seen: set[str] = set()
    for node in parent:
        name = local(node)
        if name in seen:
            continue
        seen.add(name)
        entity = child_of(node, "entity") if name == "meta" else None
        if entity is not None:
            yield base, entity
        elif name != "meta":
            yield from _declarations(node, f"{base}/{name}")
