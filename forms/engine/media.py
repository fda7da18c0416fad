"""Lets JavaRosa find a form's files (lists, sounds, pictures) in a folder."""

from pathlib import Path
from typing import Any

import jpype

from forms.engine.jvm import java


def serve(folder: Path) -> None:
    """Let every `jr://` reference of the form about to be loaded lead into the folder."""
    manager = java("core.reference.ReferenceManager").instance()
    manager.reset()
    manager.addReferenceFactory(_factory(folder))


def _factory(folder: Path) -> Any:
    methods = {
        "derives": lambda uri: str(uri).startswith("jr://"),
        "derive": lambda uri, *_: _reference(folder / str(uri).rsplit("/", 1)[-1]),
    }
    return jpype.JProxy("org.javarosa.core.reference.ReferenceFactory", dict=methods)


def _reference(file: Path) -> Any:
    methods = {
        "doesBinaryExist": file.exists,
        "getStream": lambda: java("java.io.FileInputStream")(str(file)),
        "getURI": lambda: str(file),
        "getLocalURI": lambda: str(file),
        "isReadOnly": lambda: True,
        "getOutputStream": lambda: None,
        "remove": lambda: None,
        "probeAlternativeReferences": lambda: jpype.JArray(java("core.reference.Reference"))(0),
    }
    return jpype.JProxy("org.javarosa.core.reference.Reference", dict=methods)
