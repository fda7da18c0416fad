"""The root of every error that a person can act on, and those about forms.

KafoError
├── UsageError          the command was called wrongly (exit code 2)
│   └── ConfigError     config.yaml or the secrets file is wrong (in `kafo.config`)
├── FormError           a form or reference file is wrong: file, line, question, remedy
├── CentralError        ODK Central refuses or cannot be reached (in `sync.errors`)
└── WarehouseError      the database refuses (in `warehouse.errors`)
"""

from pathlib import Path

from forms.language import say


class KafoError(Exception):
    """A problem a person can act on: one line saying what is wrong and what to do next."""

    exit_code = 1

    def __init__(self, fr: str, en: str) -> None:
        self.fr, self.en = fr, en
        super().__init__(en)

    def __str__(self) -> str:
        return say(self.fr, self.en)


class UsageError(KafoError):
    """The command was called wrongly."""

    exit_code = 2


class FormError(KafoError):
    """A form source is wrong; the message leads to the file, the line and the question."""

    def __init__(
        self,
        fr: str,
        en: str,
        *,
        file: Path | None = None,
        line: int | None = None,
        question: str | None = None,
    ) -> None:
        self.file, self.line, self.question = file, line, question
        place = ""
        if file is not None:
            place = (
                file.name + (f":{line}" if line else "") + (f" ({question})" if question else "")
            )
            place += ": "
        super().__init__(place + fr, place + en)
