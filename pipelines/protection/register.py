"""The register of processing for the authority (APDP), from the forms themselves, in French.

What is asked, why and how sensitive comes from the definitions; who receives it and how long it is
kept are the centre's rules. The text is for the authority, so it has one language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.compiler import QuestionNote, compile_form, form_ids, question_notes
from forms.xform import read_xform
from pipelines.protection.retention import Periods

_CLASSES = {
    "P": "publique",
    "I": "interne",
    "C": "confidentielle (identité, contact)",
    "R": "restreinte (donnée sensible)",
}

_STEWARDS = "les deux responsables des données"


@dataclass(frozen=True, slots=True)
class _Processing:
    """What the definitions do not say of a form."""

    purpose: str
    people: str
    basis: str
    recipients: str
    kept: str


def register(*, controller: str, today: str, periods: Periods | None = None) -> str:
    """The register as Markdown. `controller`: who answers for the processing, with an address."""
    using = periods or Periods()
    rules = _rules(using)
    forms = [_form(form_id, rules) for form_id in form_ids()]
    return "\n\n".join([_head(controller, today), *forms, _measures()]) + "\n"


def _rules(using: Periods) -> Mapping[str, _Processing]:
    express = "consentement exprès, par finalité (loi 2013-015)"
    nobody = "aucun ; seuls des comptes arrondis sont publiés"
    return {
        "identification": _Processing(
            "Répertoire des travailleurs migrants : comptes, aide, formation", "Personnes majeures",
            express, f"{_STEWARDS} ; {nobody}",
            f"{using.person} mois après le dernier contact, puis effacement",
        ),
        "membership": _Processing(
            "Adhésions et cotisations syndicales", "Membres de l'UNTM et de la CSTM, dès 16 ans",
            "consentement exprès et écrit (donnée sensible)",
            f"la centrale choisie par la personne, pour ses seuls membres ; {_STEWARDS}",
            f"tant que la personne est connue ; comptes sans lien : {using.dues} mois",
        ),
        "referral": _Processing(
            "Information, orientation et assistance", "Personnes qui demandent de l'aide",
            "consentement exprès à chaque transmission",
            "le seul service que la personne accepte, chaque fois ; jamais les services de sécurité",
            f"{using.referral} mois après la clôture",
        ),
        "labour_case": _Processing(
            "Conflits de travail", "Travailleurs concernés", "mandat donné au syndicat",
            "la Direction du travail, pour le seul cas accepté ; le syndicat mandaté",
            f"{using.labour_case} mois après la clôture",
        ),
        "training_attendance": _Processing(
            "Présence aux formations", "Participants, sans nom", express, nobody,
            f"carte effacée avec la personne ({using.person} mois)",
        ),
        "rights_request": _Processing(
            "Exercice des droits", "Personnes qui le demandent", "obligation légale", _STEWARDS,
            "jusqu'à l'effacement de la personne",
        ),
    }  # fmt: skip


_NO_PERSON = _Processing(
    "Activités et sites, sans personne", "Aucune", "sans objet", "comptes publiés", "sans limite"
)


def _head(controller: str, today: str) -> str:
    return f"""# Registre des traitements de données à caractère personnel

Pour l'Autorité de protection des données à caractère personnel (APDP). État au {today}.

- Responsable du traitement : {controller}
- Système : Kafo. Collecte sur téléphone (ODK Collect), serveur ODK Central, entrepôt de données.
- Transferts hors du Mali : à déclarer ici si ODK Central ou l'entrepôt est hébergé ailleurs.
- Durées et destinataires : proposés par le centre, à confirmer avec l'APDP et les deux centrales."""


def _form(form_id: str, rules: Mapping[str, _Processing]) -> str:
    rule = rules.get(form_id, _NO_PERSON)
    xform = read_xform(compile_form(form_id).xform)
    notes = question_notes(form_id)
    labels = {
        field.path: next(
            (text for name, text in field.labels.items() if "(fr)" in name), field.name
        )
        for field in xform.fields
    }
    sensitive = [(path, note) for path, note in notes.items() if note.sensitivity in ("C", "R")]
    return f"""## {xform.title} (`{form_id}`)

- Finalité : {rule.purpose}
- Personnes concernées : {rule.people}
- Base : {rule.basis}
- Destinataires : {rule.recipients}
- Conservation : {rule.kept}
- Questions : {_counted(notes)}

{_questions(sensitive, labels)}"""


def _counted(notes: Mapping[str, QuestionNote]) -> str:
    counts = {
        words: sum(note.sensitivity == letter for note in notes.values())
        for letter, words in _CLASSES.items()
    }
    return ", ".join(f"{n} {words}" for words, n in counts.items() if n)


def _questions(found: Sequence[tuple[str, QuestionNote]], labels: Mapping[str, str]) -> str:
    if not found:
        return "Aucune question confidentielle ou restreinte."
    lines = [
        f"| {_cell(labels.get(path, path))} | {_CLASSES[note.sensitivity or 'R']} | "
        f"{_cell(note.purpose or '')} |"
        for path, note in found
    ]
    head = ["| donnée confidentielle ou restreinte | classe | pourquoi |", "|---|---|---|"]
    return "\n".join([*head, *lines])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")


def _measures() -> str:
    return """## Mesures de sécurité

- Téléphones : aucune liste de personnes ; les fiches partent chiffrées et s'effacent après l'envoi.
- Transport : TLS. Repos : chiffrement des soumissions (ODK), de l'entrepôt (SQLCipher) ou du disque.
- Accès : rôles séparés par la base de données ; une centrale ne voit que ses membres ; aucun rôle
  pour la police, la gendarmerie, la mairie, les employeurs ou les bailleurs.
- Journal : toute lecture de personnes est notée (qui, quand, pourquoi, combien), sans retrait possible.
- Exports nominatifs : deux personnes, fichier marqué, à détruire sous 30 jours.
- Publication : moins de 10 personnes (5 à l'intérieur) ne se publie ni ne se déduit.
- Effacement : entrepôt, fichiers et ODK Central ; il reste une empreinte salée et une date.
- Violation de données : constater, contenir, informer l'APDP et les personnes sous 72 heures."""
