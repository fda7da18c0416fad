"""The values of a form as read from its XForm."""

from dataclasses import dataclass

Labels = dict[str, str]
"""Language -> text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice list."""

    value: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Field:
    """One node of the answers, a group and a repeat too."""

    path: str
    """From below the root, without namespaces: `/person/adult/sex`."""
    name: str
    type: str
    """Central's word: `string int decimal boolean date dateTime time geopoint geotrace geoshape
    barcode binary odk:rank structure repeat unknown`, or what the bind says."""
    order: int
    repeat: str | None
    """The path of the nearest repeat around the field."""
    select_multiple: bool
    choices: str | None
    """A key of `XForm.lists`, the name of a secondary instance in a file, or (a select from a
    repeat) the path of the repeat; None when the field is no select."""
    labels: Labels
    hints: Labels
    calculate: str | None
    relevant: str | None
    required: str | None
    readonly: str | None
    save_to: str | None
    """The entity property that takes the answer."""


@dataclass(frozen=True, slots=True)
class EntityList:
    """A form's declaration that its submissions create or update entities."""

    dataset: str
    create: bool
    update: bool
    path: str
    """The repeat or group whose `meta` declares it; "" for the form itself."""
    save_to: dict[str, str]
    """Property -> path of the field that gives its value."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that the form expects beside it."""

    name: str
    type: str
    """Central's word: `file image audio video`."""


@dataclass(frozen=True, slots=True)
class XForm:
    """A form as read."""

    form_id: str
    version: str
    title: str
    root: str
    languages: tuple[str, ...]
    default_language: str | None
    fields: tuple[Field, ...]
    """In document order, groups, repeats and the meta group included, as Central lists them."""
    lists: dict[str, tuple[Choice, ...]]
    files: tuple[MediaFile, ...]
    public_key: str | None
    """The RSA key (base64) with which phones encrypt; None for a plain form."""
    entity_lists: tuple[EntityList, ...]
    entities_version: str | None

    @property
    def media(self) -> tuple[str, ...]:
        """The names of the files that the form expects."""
        return tuple(file.name for file in self.files)

    def field(self, path: str) -> Field | None:
        """The field at a path, if the form has it."""
        return next((field for field in self.fields if field.path == path), None)
