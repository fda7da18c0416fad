"""The entries of the navigation, in the order of a data manager's day."""

from dataclasses import dataclass

from kafo.web.rights import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them; shown to whoever has the right. `title` is French and is translated."""

    path: str
    title: str
    right: Right


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


NAVIGATION = (
    Entry("/today", _("Aujourd'hui"), Right.LOOK),
    Entry("/sync", _("Synchronisation"), Right.LOOK),
    Entry("/quality", _("Qualité"), Right.REVIEW),
    Entry("/duplicates", _("Doublons"), Right.PEOPLE),
    Entry("/directory", _("Répertoire"), Right.PEOPLE),
    Entry("/map", _("Carte"), Right.MAP),
    Entry("/reports", _("Rapports"), Right.REPORT),
    Entry("/settings", _("Réglages"), Right.OWN),
)

SETTINGS = (
    Entry("/settings", _("Mon compte"), Right.OWN),
    Entry("/settings/phones", _("Enquêteurs et téléphones"), Right.FIELD),
    Entry("/settings/plan", _("Plan"), Right.FIELD),
    Entry("/settings/rules", _("Horaires et seuils"), Right.LOOK),
    Entry("/settings/accounts", _("Comptes"), Right.ADMIN),
    Entry("/settings/alarms", _("Alertes"), Right.ADMIN),
    Entry("/settings/log", _("Journal"), Right.LOG),
)
"""The parts of the settings."""

REPORTS = (
    Entry("/reports", _("Indicateurs"), Right.REPORT),
    Entry("/reports/quarter", _("Rapport trimestriel"), Right.REPORT),
    Entry("/reports/queries", _("Questions prêtes"), Right.REPORT),
    Entry("/reports/sql", _("SQL"), Right.SQL),
    Entry("/reports/dictionary", _("Dictionnaire"), Right.REPORT),
)
"""The parts of the reports."""
