"""Decides whether and how a form may be published, before anything is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from forms.changes import Change, Kind, report
from forms.compare import ENCRYPTED, compare_files, compare_forms
from forms.errors import KafoError
from forms.language import say
from forms.xform import read_xform


class Publishable(Protocol):
    """What publishing needs of a compiled form."""

    @property
    def form_id(self) -> str:
        """Its name on Central."""

    @property
    def version(self) -> str:
        """Its version, `yyyymmddrr`."""

    @property
    def xform(self) -> str:
        """The XForm as XML."""

    @property
    def media(self) -> Mapping[str, bytes]:
        """The files attached to the form, by name."""


class VersionNotRaisedError(KafoError):
    """The form changed and its version did not; `better` is the next one to use."""

    def __init__(self, better: str, fr: str, en: str) -> None:
        self.better = better
        super().__init__(fr, en)


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing would do, or did."""

    form_id: str
    version: str
    live_version: str | None
    """None when Central has no published form of that name."""
    changes: tuple[Change, ...]
    obstacle: KafoError | None = None
    """Why it cannot be published as it is."""
    published: bool = False

    @property
    def needed(self) -> bool:
        """Whether phones would get anything new."""
        return self.live_version is None or bool(self.changes)

    def __str__(self) -> str:
        if not self.needed:
            return say(
                f"{self.form_id} : déjà en ligne (version {self.live_version}), rien à publier.",
                f"{self.form_id}: already live (version {self.live_version}), nothing to publish.",
            )
        since = self.live_version or say("aucune", "none")
        head = say(
            f"{self.form_id} : version {self.version} "
            f"{'publiée' if self.published else 'à publier'} (en ligne avant : {since})",
            f"{self.form_id}: version {self.version} "
            f"{'published' if self.published else 'to publish'} (live before: {since})",
        )
        return f"{head}\n{report(self.changes)}" if self.live_version else head


@dataclass(frozen=True, slots=True)
class Live:
    """The published form as Central has it."""

    version: str
    xml: str
    files: dict[str, str | None]
    """Name -> MD5; None for one linked to an entity list or not there."""
    used_versions: frozenset[str]


def plan_publication(
    form: Publishable, live: Live | None, lists: set[str], *, allow_breaking: bool
) -> Publication:
    """Compare with what is live, among the entity lists that the project has."""
    changes: list[Change] = []
    if live is not None:
        media = {
            name: form.media[name] for name in read_xform(form.xform).media if name in form.media
        }
        changes = [*compare_forms(live.xml, form.xform), *compare_files(live.files, media)]
    plan = Publication(
        form_id=form.form_id,
        version=form.version,
        live_version=None if live is None else live.version,
        changes=tuple(changes),
    )
    if not plan.needed:
        return plan
    obstacle = (
        _unfit(form, lists)
        or _harm(plan, allow_breaking=allow_breaking)
        or (None if live is None else _version_not_raised(form, live))
    )
    return replace(plan, obstacle=obstacle)


def _unfit(form: Publishable, lists: set[str]) -> KafoError | None:
    """What is wrong with the form itself."""
    read = read_xform(form.xform)
    created = {each.dataset for each in read.entity_lists if each.create}
    at_hand = form.media.keys() | {f"{name}.csv" for name in lists | created}
    missing = [name for name in read.media if name not in at_hand]
    if missing:
        names = ", ".join(missing)
        return KafoError(
            f"{form.form_id} : fichier(s) manquant(s) : {names}. Ajoutez-les à forms/reference, ou "
            "publiez d’abord le formulaire qui crée la liste d’entités.",
            f"{form.form_id}: missing file(s): {names}. Add them to forms/reference, or first "
            "publish the form that creates the entity list.",
        )
    if read.entity_lists and read.root != "data":
        # Central would create the list and silently drop all its properties.
        return KafoError(
            f"{form.form_id} : avec une liste d’entités, la racine du formulaire doit s’appeler "
            "« data ». Retirez le réglage « name ».",
            f"{form.form_id}: with an entity list, the root of the form must be called 'data'. "
            "Remove the setting 'name'.",
        )
    return None


def _harm(plan: Publication, *, allow_breaking: bool) -> KafoError | None:
    """What would happen to answers already received."""
    impossible = [change for change in plan.changes if _is_refused_by_central(change)]
    if impossible:
        return KafoError(
            f"{plan.form_id} : ODK Central n’accepte jamais ceci : {impossible[0]}. Rendez-lui son "
            "type, ou donnez un nouveau nom à la question.",
            f"{plan.form_id}: ODK Central never accepts this: {impossible[0]}. Give it back its "
            "type, or give the question a new name.",
        )
    breaking = [change for change in plan.changes if change.breaking]
    if breaking and not allow_breaking:
        told = "; ".join(map(str, breaking))
        return KafoError(
            f"{plan.form_id} : les réponses déjà reçues seraient touchées ({told}). Cachez la "
            "question (relevant) plutôt que de l’enlever, ou confirmez avec --allow-breaking.",
            f"{plan.form_id}: answers already received would be affected ({told}). Hide the "
            "question (relevant) rather than removing it, or confirm with --allow-breaking.",
        )
    return None


def _is_refused_by_central(change: Change) -> bool:
    """Central lets a type become text and nothing else (400.17)."""
    text = {"string", "select_one", "select_multiple", "note"}
    return change.kind is Kind.RETYPED and change.after not in text


def _version_not_raised(form: Publishable, live: Live) -> KafoError | None:
    new, old = form.version, live.version
    older = new.isdigit() and old.isdigit() and int(new) < int(old)
    if new and new not in live.used_versions and not older:
        return None
    better = next_version({*live.used_versions, old})
    return VersionNotRaisedError(
        better,
        f"{form.form_id} a changé, mais sa version ({new or 'vide'}) n’est pas plus récente que "
        f"celle en ligne ({old}). Relancez avec --raise-version, ou écrivez « version: {better} » "
        "dans sa définition.",
        f"{form.form_id} has changed, but its version ({new or 'empty'}) is not newer than the "
        f"live one ({old}). Run again with --raise-version, or write 'version: {better}' in its "
        "definition.",
    )


def next_version(used: Iterable[str]) -> str:
    """The next number after the highest `yyyymmddrr` used; other styles get `.1` appended."""
    versions = [ENCRYPTED.sub("", version) for version in used]
    numbers = [int(version) for version in versions if version.isascii() and version.isdigit()]
    return str(max(numbers) + 1) if numbers else f"{max(versions, default='0')}.1"
