"""Loads a form on JavaRosa as Collect does when the enumerator opens it."""

import re
import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import jpype

from forms.engine.device import Device, DeviceProperties, Phone, ask_device
from forms.engine.interview import Interview
from forms.engine.jvm import LOCK, java, start
from forms.engine.media import serve
from forms.engine.paths import Paths
from forms.engine.screen import Answer, cast
from forms.errors import FormError

_LAST_SAVED = "__last-saved"
_GEOPOINT = re.compile(r"<odk:setgeopoint\b[^>]*>")


@dataclass(slots=True)
class _Definition:
    """A parsed form and its blank answers; holds one interview at a time."""

    form: Any
    blank: Any
    device: Device


class LoadedForm:
    """A form that the engine has accepted; gives any number of interviews, also at once."""

    def __init__(
        self, xform: str, media: Mapping[str, bytes], device: DeviceProperties, language: str | None
    ) -> None:
        self.xform, self.media = xform, dict(media)
        self._asked = ask_device(xform)
        self._properties, self._language = device, language
        self._folder = Path(mkdtemp(prefix="kafo-form-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        for name, content in media.items():
            (self._folder / Path(name).name).write_bytes(content)
        first = self._define()
        self._idle = [first]
        localizer = first.form.getLocalizer()
        names = () if localizer is None else localizer.getAvailableLocales()
        self.languages: tuple[str, ...] = tuple(str(name) for name in names)
        if language is None and localizer is not None:
            self._language = str(localizer.getDefaultLocale())
        self.missing_media: tuple[str, ...] = tuple(_missing(first.form))
        """Lists the form wants but has no file for; the engine silently takes them for empty."""
        root = first.form.getMainInstance().getRoot()
        self._paths = Paths(xform, str(root.getName()))
        self.form_id = str(root.getAttributeValue("", "id") or "")
        self.version = str(root.getAttributeValue("", "version") or "")

    def interview(
        self,
        language: str | None = None,
        *,
        at: datetime | None = None,
        rng: Random | None = None,
        device: DeviceProperties | None = None,
    ) -> Interview:
        """A new interview, as when the enumerator opens the form.

        With `at` (UTC) the phone's clock shows that time and stands still but for `phone.spend`;
        with `rng` all that is random in the form comes from it, instance IDs too.
        """
        definition = self._idle.pop() if self._idle else self._define()
        definition.device.phone = Phone(device or self._properties, at, rng)
        definition.form.setInstance(definition.blank.clone())
        interview = self._open(definition, language, new=True)
        weakref.finalize(interview, self._idle.append, definition)
        return interview

    def reopen(
        self, xml: str, language: str | None = None, *, at: datetime | None = None
    ) -> Interview:
        """A saved or received submission, as Collect opens it for editing, now or `at` a time.

        FormError when it does not belong to this form.
        """
        definition = self._define(xml)
        definition.device.phone = Phone(self._properties, at, None)
        return self._open(definition, language, new=False)

    def _define(self, answers: str | None = None) -> _Definition:
        reader, parser = java("java.io.StringReader"), java("xform.parse.XFormParser")
        texts = [self._asked] if answers is None else [self._asked, answers]
        try:
            with LOCK:
                serve(self._folder)
                form = parser(*(reader(text) for text in texts)).parse()
        except jpype.JException as error:
            raise _refused(error) from None
        device = Device(self._asked)
        device.attach(form)
        return _Definition(form, form.getMainInstance().clone(), device)

    def _open(self, definition: _Definition, language: str | None, *, new: bool) -> Interview:
        form = definition.form
        definition.device.answer_functions(form)
        try:
            form.initialize(new, java("core.model.instance.InstanceInitializationFactory")())
        except jpype.JException as error:
            raise _refused(error) from None
        if new:
            self._locate(definition)
        wanted = language or self._language
        if wanted is not None and wanted not in self.languages:
            raise FormError(
                f"le formulaire ne parle pas « {wanted} ». Langues : {', '.join(self.languages)}.",
                f"the form does not speak '{wanted}'. Languages: {', '.join(self.languages)}.",
            )
        return Interview(form, definition.device.phone, wanted, self._paths)

    def _locate(self, definition: _Definition) -> None:
        """A location taken when the form opens: JavaRosa leaves finding it to Collect."""
        for action in _GEOPOINT.findall(self.xform):
            target = re.search(r'ref="([^"]+)"', action)
            if target is None or "odk-instance-first-load" not in action:
                continue
            place = java("model.xform.XPathReference")
            reference = place.getPathExpr(target[1]).getReference()
            location = cast(10, definition.device.phone.properties.location)
            definition.form.setValue(location, reference, True)


def load(
    xform: str,
    media: Mapping[str, bytes] | None = None,
    *,
    language: str | None = None,
    device: DeviceProperties | None = None,
) -> LoadedForm:
    """Load a form with its media; FormError in the engine's own words when it refuses."""
    start()
    return LoadedForm(xform, media or {}, device or DeviceProperties(), language)


def check(form: LoadedForm, xml: str, *, at: datetime | None = None) -> Answer:
    """Check a received submission against its form with the engine that took it.

    `at` is when it was finished: an appointment that lay ahead then may be past now.
    """
    return form.reopen(xml, at=at).validate()


def _missing(form: Any) -> list[str]:
    external = java("core.model.instance.ExternalDataInstance")
    instances, found = form.getNonMainInstances(), []
    while instances.hasMoreElements():
        instance = instances.nextElement()
        if isinstance(instance, external) and instance.isUsingPlaceholder():
            found.append(str(instance.getInstanceId()))
    return sorted(name for name in found if name != _LAST_SAVED)


def _refused(error: Any) -> FormError:
    words = " ".join(str(error.getMessage() or error).split())
    return FormError(
        f"le moteur de Collect refuse le formulaire : {words}",
        f"Collect's engine refuses the form: {words}",
    )
