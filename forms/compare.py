"""Compares the live form with the one to publish: as questions, texts and rules, not as XML."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import Element, canonicalize, tostring

from forms.changes import Change, Kind
from forms.xform import Choice, Field, Labels, XForm, read_xform
from forms.xform_nodes import attribute, bare, children, descend, local, need, parse, primary_of
from forms.xform_texts import texts_of

ENCRYPTED = re.compile(r"\[encrypted:[^\]]*\]$")
"""What Central appends to the version of a form that it encrypts itself."""

_RULES = ("relevant", "constraint", "required", "readonly", "calculate", "saveto")
_MESSAGES = ("constraintMsg", "requiredMsg")
_JR_FOLDER = re.compile(r"^jr://[a-z-]+/")
_ITEXT = re.compile(r"jr:itext\(\s*['\"]([^'\"]*)['\"]\s*\)")


def compare_forms(live: str, new: str) -> list[Change]:
    """Every difference but the version; empty exactly when phones would see the same form."""
    before, after = _Side.of(live), _Side.of(new)
    changes = [
        *_encryption(before.form, after.form),
        *_questions(before.fields, after.fields),
        *_rules(before, after),
        *_choices(before.form, after.form),
        *_texts(before, after),
        *_languages(before.form, after.form),
    ]
    if not changes and _canonical(live) != _canonical(new):
        changes.append(Change(Kind.OTHER))
    return changes


def compare_files(live: Mapping[str, str | None], new: Mapping[str, bytes]) -> list[Change]:
    """Differences between the live files (name -> MD5, None for an entity list) and the new."""
    for_phones = {name: md5 for name, md5 in live.items() if md5 is not None}
    sums = {name: md5_of(content) for name, content in new.items()}
    return [
        *(Change(Kind.FILE_REMOVED, name) for name in for_phones.keys() - sums.keys()),
        *(Change(Kind.FILE_ADDED, name) for name in sums.keys() - for_phones.keys()),
        *(
            Change(Kind.FILE_CHANGED, name)
            for name in for_phones.keys() & sums.keys()
            if for_phones[name] != sums[name]
        ),
    ]


def md5_of(content: bytes) -> str:
    """The checksum by which Central and phones know a file."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def same_form(one: str, other: str) -> bool:
    """Whether two XForms are the same but for version, layout and Central's own encryption."""
    return _canonical(one) == _canonical(other)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two forms, read in the ways needed here."""

    form: XForm
    fields: dict[str, Field]
    """Without groups: a question that only changes its group shows as moved."""
    binds: dict[str, dict[str, str]]
    texts: dict[str, Labels]
    extras: dict[tuple[str, str], Labels]
    """(itext id, form) -> guidance, sounds and images by language."""

    @classmethod
    def of(cls, xml: str) -> "_Side":
        form, model = read_xform(xml), need(descend(parse(xml), "head", "model"), "model")
        binds = {
            bind.get("nodeset", "").removeprefix(f"/{form.root}"): {
                bare(key): value for key, value in bind.attrib.items()
            }
            for bind in children(model, "bind")
        }
        fields = {f.path: f for f in form.fields if not _is_meta(f.path) and f.type != "structure"}
        return cls(form, fields, binds, texts_of(model), _extras_of(model))


def _extras_of(model: Element) -> dict[tuple[str, str], Labels]:
    found: dict[tuple[str, str], Labels] = {}
    itext = descend(model, "itext")
    for translation in () if itext is None else children(itext, "translation"):
        for text in children(translation, "text"):
            for value in children(text, "value"):
                key = (text.get("id", ""), value.get("form", ""))
                if key[1]:
                    shown = _JR_FOLDER.sub("", "".join(value.itertext()).strip())
                    found.setdefault(key, {})[translation.get("lang", "")] = shown
    return found


def _is_meta(path: str) -> bool:
    return "meta" in path.split("/")


# -- questions


def _questions(before: dict[str, Field], after: dict[str, Field]) -> Iterator[Change]:
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    for path in sorted(before.keys() & after.keys()):
        old, new = _type(before[path]), _type(after[path])
        if old != new:
            yield Change(Kind.RETYPED, path, old, new)
    moved: dict[str, str] = {}
    for path in sorted(gone):
        field = before[path]
        if _type(field) == "note":  # nothing was ever answered there
            yield Change(Kind.TEXT, path, next(iter(field.labels.values()), ""))
            continue
        twins = [p for p in come if after[p].name == field.name and _type(after[p]) == _type(field)]
        if len(twins) == 1 and twins[0] not in moved.values():
            moved[path] = twins[0]
            yield Change(Kind.MOVED, path, path, twins[0])
        else:
            yield Change(Kind.REMOVED, path, _type(field))
    for path in sorted(come - set(moved.values())):
        yield Change(Kind.ADDED, path, "", _type(after[path]))
    if [p for p in before if p in after] != [p for p in after if p in before]:
        yield Change(Kind.REORDERED)


def _type(field: Field) -> str:
    """The type as an analyst knows it: Central calls selects and notes strings too."""
    if field.readonly == "true()" and field.type == "string" and not field.calculate:
        return "note"
    if field.select_multiple:
        return "select_multiple"
    return "select_one" if field.choices else field.type


# -- rules


def _rules(before: _Side, after: _Side) -> Iterator[Change]:
    """Rules of what both forms have, and of the meta group (name of a submission, entities)."""
    shared = {f.path for f in before.form.fields} & {f.path for f in after.form.fields}
    for path in dict.fromkeys(chain(before.binds, after.binds)):
        if path not in shared and not _is_meta(path):
            continue
        old, new = before.binds.get(path, {}), after.binds.get(path, {})
        for rule in _RULES:
            was, now = _plain(old.get(rule)), _plain(new.get(rule))
            if was != now:
                yield Change(Kind.LOGIC, f"{path} {rule}", was, now)


def _plain(expression: str | None) -> str:
    return " ".join((expression or "").split())


def _encryption(before: XForm, after: XForm) -> Iterator[Change]:
    """A key of the form's own that disappears; Central puts back the key it manages itself."""
    managed = ENCRYPTED.search(before.version) is not None
    if before.public_key and not after.public_key and not managed:
        yield Change(Kind.UNENCRYPTED)


# -- choices and texts


def _choices(before: XForm, after: XForm) -> Iterator[Change]:
    languages = _shared_languages(before, after)
    for name in sorted(before.lists.keys() & after.lists.keys()):
        old = {choice.value: choice for choice in before.lists[name]}
        new = {choice.value: choice for choice in after.lists[name]}
        for value in old.keys() - new.keys():
            yield Change(Kind.CHOICE_REMOVED, name, _named(old[value]))
        for value in new.keys() - old.keys():
            yield Change(Kind.CHOICE_ADDED, name, "", _named(new[value]))
        for value in (value for value in old if value in new):
            yield from _labels(f"{name} {value}", old[value].labels, new[value].labels, languages)


def _named(choice: Choice) -> str:
    label = next(iter(choice.labels.values()), "")
    return f"{choice.value} ({label})" if label else choice.value


def _texts(before: _Side, after: _Side) -> Iterator[Change]:
    languages = _shared_languages(before.form, after.form)
    if before.form.title != after.form.title:
        yield Change(Kind.TEXT, "titre / title", before.form.title, after.form.title)
    old_fields = {field.path: field for field in before.form.fields}
    for field in after.form.fields:
        old = old_fields.get(field.path)
        if old is None:
            continue
        yield from _labels(f"{field.path} label", old.labels, field.labels, languages)
        yield from _labels(f"{field.path} hint", old.hints, field.hints, languages)
        for message in _MESSAGES:
            was, now = (_message(side, field.path, message) for side in (before, after))
            yield from _labels(f"{field.path} {message}", was, now, languages)
    yield from _extras(before, after, languages)


def _extras(before: _Side, after: _Side, languages: list[str]) -> Iterator[Change]:
    """Guidance, sounds and images of questions that both forms have."""
    for key in dict.fromkeys(chain(before.extras, after.extras)):
        path = key[0].rpartition(":")[0].removeprefix(f"/{after.form.root}")
        if path in before.fields and path in after.fields:
            old, new = before.extras.get(key, {}), after.extras.get(key, {})
            yield from _labels(f"{path} {key[1]}", old, new, languages)


def _message(side: _Side, path: str, name: str) -> Labels:
    text = side.binds.get(path, {}).get(name, "")
    match = _ITEXT.fullmatch(text.strip())
    if match:
        return side.texts.get(match[1], {})
    return dict.fromkeys(side.form.languages, text) if text else {}


def _labels(subject: str, old: Labels, new: Labels, languages: list[str]) -> Iterator[Change]:
    for language in languages:
        was, now = old.get(language, ""), new.get(language, "")
        if was != now:
            yield Change(Kind.TEXT, f"{subject} [{language}]", was, now)


def _shared_languages(before: XForm, after: XForm) -> list[str]:
    """A language that only one side has is told once, not text by text."""
    return [language for language in after.languages if language in before.languages]


def _languages(before: XForm, after: XForm) -> Iterator[Change]:
    for name in after.languages:
        if name not in before.languages:
            yield Change(Kind.LANGUAGE_ADDED, name)
    for name in before.languages:
        if name not in after.languages:
            yield Change(Kind.LANGUAGE_REMOVED, name)


# -- everything else


def _canonical(xml: str) -> str:
    """The XForm with what Central or a pretty printer may change taken out."""
    html = parse(xml)
    model = need(descend(html, "head", "model"), "model")
    primary = primary_of(model)
    version = attribute(primary, "version") or ""
    managed = ENCRYPTED.search(version) is not None
    for key in [key for key in primary.attrib if bare(key) == "version"]:
        del primary.attrib[key]
    if managed:
        for submission in [each for each in model if local(each) == "submission"]:
            _forget_key(model, submission)
    return canonicalize(tostring(html, encoding="unicode"), strip_text=True)


def _forget_key(model: Element, submission: Element) -> None:
    submission.attrib.pop("base64RsaPublicKey", None)
    if not submission.attrib:
        model.remove(submission)
