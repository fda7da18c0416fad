"""One interview on JavaRosa, driven as Collect drives it: forward from screen to screen.

The controller is driven directly: `Scenario`, JavaRosa's own test helper, misresolves its
overloaded methods through JPype.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jpype

from forms.engine.audit import AuditLog
from forms.engine.device import Phone
from forms.engine.jvm import java
from forms.engine.paths import Paths, counted, uncounted
from forms.engine.screen import Answer, Prompt, Screen, cast, text
from forms.errors import FormError

_END, _NEW_REPEAT, _QUESTION, _GROUP, _REPEAT = 1, 2, 4, 8, 16
"""Events of org.javarosa.form.api.FormEntryController."""

AUDIT = "audit.csv"


class Interview:
    """An interview under way. It belongs to one thread."""

    def __init__(self, form: Any, phone: Phone, language: str | None, paths: Paths) -> None:
        self._form, self.phone, self._paths = form, phone, paths
        self._model = java("form.api.FormEntryModel")(form)
        self._controller = java("form.api.FormEntryController")(self._model)
        if language is not None:
            self._controller.setLanguage(language)
        self._root = paths.root
        self._here: Prompt | None = None
        self._log = AuditLog(phone.now())
        self.attachments: dict[str, bytes] = {}
        """Files taken during the interview, and the audit log once it is finished."""

    # -- going through the form

    def forward(self) -> Prompt | str | None:
        """Swipe on: the next question, the path of a repeat that can get another row, or None at
        the end. Answers count at once: what comes next is what they make relevant."""
        self._here = None
        while (event := self._step()) != _END:
            if event == _QUESTION:
                return self._arrive()
            if event == _NEW_REPEAT:
                self._log.hide(self.phone.now())
                return uncounted(self._path(self._index()))
        return None

    def rewind(self) -> None:
        """Go back to the beginning, as with Collect's arrow."""
        self._controller.jumpToIndex(java("core.model.FormIndex").createBeginningOfFormIndex())
        self._here = None

    def screens(self) -> list[Screen]:
        """All that the enumerator sees now, from the first screen to the last."""
        place, here = self._index(), self._here
        self.rewind()
        found = list(self._screens())
        self._controller.jumpToIndex(place)
        self._here = here
        return found

    # -- answering

    def answer_here(self, value: str | list[str] | None) -> Answer:
        """Answer the question that `forward` came to; None leaves it blank."""
        if self._here is None:
            return Answer("not_shown")
        return self._give(self._here, value)

    def answer(self, path: str, value: str | list[str] | None) -> Answer:
        """Answer the question at a path, wherever it is; going on continues from there."""
        found = self._find(path)
        return Answer("not_shown", path=path) if found is None else self._give(found, value)

    def attach(self, path: str, name: str, content: bytes) -> Answer:
        """Take a picture, sound or file as the answer of a question."""
        answer = self.answer(path, name)
        if answer.result == "ok":
            self.attachments[name] = content
        return answer

    def add_repeat(self, path: str | None = None) -> bool:
        """Say yes to «add another?»: here, or at the repeat with this path; False if not asked."""
        if path is not None and not self._find_repeat(path):
            return False
        if int(self._model.getEvent()) != _NEW_REPEAT:
            return False
        _run(self._controller.newRepeat, self._root)
        return True

    # -- the end

    def validate(self) -> Answer:
        """Check all answers again, as finalising does; `path` is the first that is refused."""
        outcome = _run(self._form.validate, self._root)
        if outcome is None:
            return Answer("ok")
        index = outcome.failedPrompt
        prompt = Prompt(self._model, index, self._path(index))
        return self._verdict(int(outcome.outcome), prompt, prompt.prompt.getAnswerValue())

    def finish(self) -> str:
        """Finalise as Collect does and give the submission's XML; FormError if it is not complete."""
        refused = self.validate()
        if refused.result != "ok":
            raise FormError(
                f"l'entretien ne peut pas finir : {refused.message or refused.result}",
                f"the interview cannot be finished: {refused.message or refused.result}",
                question=refused.path,
            )
        now = self.phone.now()
        self._log.show("end screen", "", now)
        self.phone.spend(2)
        self._keep_log(self.phone.now())
        _run(self._form.postProcessInstance, self._root)
        _run(self._controller.finalizeFormEntry, self._root)
        return self.xml()

    def xml(self) -> str:
        """The answers as they are now, as Collect saves them."""
        visitor = java("model.xform.XFormSerializingVisitor")()
        return bytes(visitor.serializeInstance(self._form.getMainInstance())).decode("utf-8")

    # -- steps

    def _step(self) -> int:
        return int(_run(self._controller.stepToNextEvent, self._root))

    def _index(self) -> Any:
        return self._model.getFormIndex()

    def _path(self, index: Any) -> str:
        return self._paths.of(index)

    def _arrive(self) -> Prompt:
        index = self._index()
        self._here = Prompt(self._model, index, self._path(index))
        self._log.show("question", self._root + self._here.path, self.phone.now())
        return self._here

    def _screens(self) -> Iterator[Screen]:
        while (event := self._step()) != _END:
            index = self._index()
            path = self._path(index)
            if event == _QUESTION:
                yield Prompt(self._model, index, path).screen()
                continue
            label = text(self._model.getCaptionPrompt(index).getLongText())
            if event == _GROUP:
                yield Screen("group", path, "group", label)
            elif event in (_REPEAT, _NEW_REPEAT):
                asked = event == _NEW_REPEAT
                path = uncounted(path) if asked else path
                yield Screen("add_repeat" if asked else "repeat", path, "repeat", label)

    def _find(self, path: str) -> Prompt | None:
        """From here to the end first: who answers in order finds the next question at once."""
        wanted = counted(path)
        if self._here is not None and counted(self._here.path) == wanted:
            return self._here
        found = self._search(wanted)
        if found is None:
            self.rewind()
            found = self._search(wanted)
        return found

    def _search(self, wanted: str) -> Prompt | None:
        while (event := self._step()) != _END:
            if event == _QUESTION and counted(self._path(self._index())) == wanted:
                return self._arrive()
        return None

    def _find_repeat(self, path: str) -> bool:
        self.rewind()
        while (event := self._step()) != _END:
            here = uncounted(self._path(self._index()))
            if event == _NEW_REPEAT and counted(here) == counted(path):
                return True
        return False

    def _give(self, prompt: Prompt, value: str | list[str] | None) -> Answer:
        if prompt.readonly:
            return Answer("read_only", path=prompt.path)
        try:
            data = prompt.data(value) if value else None
        except LookupError:
            return Answer("not_offered", path=prompt.path)
        except ValueError:
            return Answer("wrong_type", path=prompt.path)
        code = _run(lambda: self._controller.answerQuestion(prompt.index, data, True), prompt.path)
        return self._verdict(int(code), prompt, data)

    def _verdict(self, code: int, prompt: Prompt, data: Any) -> Answer:
        if code == 1:
            return Answer("required", self._required_message(prompt), prompt.path)
        if code == 2:
            return Answer("constraint", text(prompt.prompt.getConstraintText(data)), prompt.path)
        return Answer("ok", path=prompt.path)

    def _required_message(self, prompt: Prompt) -> str | None:
        """JavaRosa leaves this message to Collect, which reads it from the bind."""
        for attribute in prompt.prompt.getBindAttributes():
            if str(attribute.getName()) == "requiredMsg":
                message = str(
                    attribute.getAttributeValue() or attribute.getValue().getDisplayText()
                )
                found = re.fullmatch(r"jr:itext\('(.+)'\)", message)
                return text(self._form.getLocalizer().getText(found[1])) if found else message
        return None

    # -- audit log

    def _keep_log(self, now: datetime) -> None:
        """Collect writes the log beside the answers and its name into them when it saves."""
        self._log.hide(now)
        node = self._form.getMainInstance().getRoot().getFirstChild("meta")
        node = None if node is None else _child(node, "audit")
        if node is None:
            return
        for event in ("form save", "form exit", "form finalize"):
            self._log.note(event, now)
        node.setAnswer(cast(1, AUDIT))
        self.attachments[AUDIT] = self._log.csv()


def _child(node: Any, name: str) -> Any:
    for at in range(int(node.getNumChildren())):
        child = node.getChildAt(at)
        if str(child.getName()) == name:
            return child
    return None


def _run(call: Any, path: str) -> Any:
    """What makes JavaRosa fail makes Collect close the form before the enumerator's eyes."""
    try:
        return call()
    except jpype.JException as error:
        words = " ".join(str(error.getMessage() or error).split())
        raise FormError(
            f"Collect s'arrêterait ici : {words}",
            f"Collect would stop here: {words}",
            question=path,
        ) from None
