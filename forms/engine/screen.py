"""What an enumerator sees at one place of an interview, read from JavaRosa's prompts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import jpype

from forms.engine.jvm import java

Event = Literal["question", "group", "repeat", "add_repeat"]
Result = Literal[
    "ok", "required", "constraint", "not_shown", "read_only", "not_offered", "wrong_type"
]

Said = str | list[str] | None
"""An answer as it is given: a text, several choices, or nothing."""

SELECTS = ("select_one", "select_multiple", "rank")
_CONTROLS = {2: "select_one", 3: "select_multiple", 16: "rank", 6: "range", 9: "trigger"}
_CONTROLS |= {7: "file", 10: "image", 12: "audio", 13: "video", 14: "osm", 15: "file"}
_TYPES = {
    2: "integer", 3: "decimal", 4: "date", 5: "time", 6: "dateTime", 9: "boolean",
    10: "geopoint", 11: "barcode", 12: "file", 13: "integer", 14: "geoshape", 15: "geotrace",
}  # fmt: skip
"""org.javarosa.core.model.Constants; a control that is an input has the word of its data type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How the engine took an answer; `message` is what the enumerator reads when it refused."""

    result: Result
    message: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """One thing on the phone's screen. Paths are Central's (`/person/adult/sex`), below the root;
    within repeats they count (`/participant[2]/sex`)."""

    event: Event
    path: str
    kind: str
    label: str | None
    hint: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    readonly: bool = False
    appearance: str | None = None
    answer: str | None = None
    audio: str | None = None
    """The name of the recording read aloud with the question."""


class Prompt:
    """A question under the enumerator's finger; each part is read when somebody looks at it.

    Texts cost more than the interview itself: an interviewer who answers by path and type never
    reads them.
    """

    def __init__(self, model: Any, index: Any, path: str) -> None:
        self.index, self.path = index, path
        self.prompt = model.getQuestionPrompt(index)

    @cached_property
    def control(self) -> int:
        """The control type, a constant of JavaRosa."""
        return int(self.prompt.getControlType())

    @cached_property
    def kind(self) -> str:
        """The XLSForm word: `select_one`, `integer`, `text`, `note`, `barcode`, `image` …"""
        if self.control in _CONTROLS:
            return _CONTROLS[self.control]
        word = _TYPES.get(int(self.prompt.getDataType()), "text")
        return "note" if word == "text" and self.readonly else word

    @cached_property
    def required(self) -> bool:
        """Whether the enumerator cannot go on without an answer."""
        return bool(self.prompt.isRequired())

    @cached_property
    def readonly(self) -> bool:
        """Whether there is nothing to answer."""
        return bool(self.prompt.isReadOnly())

    @cached_property
    def appearance(self) -> str | None:
        """The appearance, which may ask for another keyboard or calendar."""
        return text(self.prompt.getAppearanceHint())

    @cached_property
    def offered(self) -> dict[str, Any]:
        """Choice value -> JavaRosa's choice, as filtered now."""
        if self.kind not in SELECTS:
            return {}
        return {str(choice.getValue()): choice for choice in self.prompt.getSelectChoices()}

    @property
    def values(self) -> tuple[str, ...]:
        """The values that can be chosen now."""
        return tuple(self.offered)

    def screen(self) -> Screen:
        """All that is to be read."""
        audio = text(self.prompt.getAudioText())
        answered = self.prompt.getAnswerValue() is not None
        return Screen(
            event="question",
            path=self.path,
            kind=self.kind,
            label=text(self.prompt.getLongText()),
            hint=text(self.prompt.getHelpText()),
            choices={
                value: str(self.prompt.getSelectChoiceText(choice) or "")
                for value, choice in self.offered.items()
            },
            required=self.required,
            readonly=self.readonly,
            appearance=self.appearance,
            answer=text(self.prompt.getAnswerText()) if answered else None,
            audio=audio.rsplit("/", 1)[-1] if audio else None,
        )

    def data(self, value: str | list[str]) -> Any:
        """The answer as JavaRosa's data; LookupError if not offered, ValueError if of no such type."""
        if self.kind in SELECTS:
            return self._selection(value.split() if isinstance(value, str) else value)
        given = value if isinstance(value, str) else " ".join(value)
        if self.kind == "trigger":
            return java("core.model.data.StringData")("OK")
        return cast(int(self.prompt.getDataType()), given)

    def _selection(self, wanted: list[str]) -> Any:
        chosen = [self.offered[value].selection() for value in wanted]  # KeyError is a LookupError
        if self.kind == "select_one":
            if len(chosen) != 1:
                raise LookupError(wanted)
            return java("core.model.data.SelectOneData")(chosen[0])
        return java("core.model.data.MultipleItemsData")(java("java.util.ArrayList")(chosen))


def cast(data_type: int, value: str) -> Any:
    """A text as JavaRosa's data of a type; ValueError when it is none."""
    template = java("core.model.data.AnswerDataFactory").templateByDataType(data_type)
    try:
        return template.cast(java("core.model.data.UncastData")(value))
    except jpype.JException:  # its message repeats the answer, which is nobody else's business
        raise ValueError(data_type) from None


def text(value: Any) -> str | None:
    """A Java string as ours; an empty one says nothing."""
    return str(value) or None if value is not None else None
