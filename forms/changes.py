"""What is different between the form that is live and the one to publish, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from forms.language import say


class Kind(StrEnum):
    """The sorts of difference, in the order in which people should read them."""

    REMOVED = "removed"
    MOVED = "moved"
    RETYPED = "retyped"
    UNENCRYPTED = "unencrypted"
    ADDED = "added"
    REORDERED = "reordered"
    LOGIC = "logic"
    CHOICE_REMOVED = "choice_removed"
    CHOICE_ADDED = "choice_added"
    TEXT = "text"
    LANGUAGE_ADDED = "language_added"
    LANGUAGE_REMOVED = "language_removed"
    FILE_ADDED = "file_added"
    FILE_REMOVED = "file_removed"
    FILE_CHANGED = "file_changed"
    OTHER = "other"


BREAKING = frozenset({Kind.REMOVED, Kind.MOVED, Kind.RETYPED, Kind.UNENCRYPTED})
"""Answers already given would lose their column, change their type or travel unprotected."""

_SAYINGS = {
    Kind.REMOVED: ("question retirée : {subject}", "question removed: {subject}"),
    Kind.MOVED: (
        "question déplacée : {before} → {after}",
        "question moved: {before} → {after}",
    ),
    Kind.RETYPED: (
        "type changé : {subject} ({before} → {after})",
        "type changed: {subject} ({before} → {after})",
    ),
    Kind.UNENCRYPTED: (
        "le chiffrement des réponses serait retiré",
        "the encryption of answers would be taken away",
    ),
    Kind.ADDED: ("question ajoutée : {subject} ({after})", "question added: {subject} ({after})"),
    Kind.REORDERED: ("ordre des questions changé", "order of questions changed"),
    Kind.LOGIC: (
        "règle changée : {subject} : « {before} » → « {after} »",
        "rule changed: {subject}: '{before}' → '{after}'",
    ),
    Kind.CHOICE_REMOVED: (
        "réponse retirée : {subject} : {before}",
        "choice removed: {subject}: {before}",
    ),
    Kind.CHOICE_ADDED: (
        "réponse ajoutée : {subject} : {after}",
        "choice added: {subject}: {after}",
    ),
    Kind.TEXT: (
        "texte changé : {subject} : « {before} » → « {after} »",
        "text changed: {subject}: '{before}' → '{after}'",
    ),
    Kind.LANGUAGE_ADDED: ("langue ajoutée : {subject}", "language added: {subject}"),
    Kind.LANGUAGE_REMOVED: ("langue retirée : {subject}", "language removed: {subject}"),
    Kind.FILE_ADDED: ("fichier joint ajouté : {subject}", "attached file added: {subject}"),
    Kind.FILE_REMOVED: ("fichier joint retiré : {subject}", "attached file removed: {subject}"),
    Kind.FILE_CHANGED: ("fichier joint changé : {subject}", "attached file changed: {subject}"),
    Kind.OTHER: ("présentation changée", "appearance changed"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `subject` is a question's path, a choice list, a file or a language."""

    kind: Kind
    subject: str = ""
    before: str = ""
    after: str = ""

    @property
    def breaking(self) -> bool:
        """Whether answers already received would be affected."""
        return self.kind in BREAKING

    def __str__(self) -> str:
        return say(*_SAYINGS[self.kind]).format(
            subject=self.subject, before=self.before or "–", after=self.after or "–"
        )


def report(changes: Sequence[Change]) -> str:
    """The differences one to a line, those that touch received answers first and marked."""
    order = list(Kind)
    lines = [
        f"{'!' if change.breaking else '·'} {change}"
        for change in sorted(changes, key=lambda change: order.index(change.kind))
    ]
    return "\n".join(lines) or say("aucune différence", "no difference")
