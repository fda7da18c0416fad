"""Positions that are vague, invented, or far from the site they claim."""

from pipelines.quality.peers import on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.thresholds import Thresholds


def _vague(fact: Fact, thresholds: Thresholds) -> Finding | None:
    if not fact.measured or not fact.accuracy or fact.accuracy <= thresholds.gps_metres:
        return None
    return on(
        fact,
        f"Position à {fact.accuracy:.0f} m près.",
        f"Position accurate to {fact.accuracy:.0f} m.",
        fact.accuracy / thresholds.gps_metres,
    )


def _mocked(fact: Fact, thresholds: Thresholds) -> Finding | None:  # noqa: ARG001 - as all rules
    # A receiver never reports 0 m; an app that feeds false positions does (ODK form-audit-log).
    if not fact.measured or fact.accuracy is None or fact.accuracy > 0:
        return None
    return on(
        fact,
        "Le téléphone annonce une précision de 0 m, ce qu'aucun récepteur ne donne.",
        "The phone states an accuracy of 0 m, which no receiver gives.",
        1.0,
    )


def _far(fact: Fact, thresholds: Thresholds) -> Finding | None:
    if not fact.measured or fact.site_km is None or fact.site_km <= thresholds.site_km:
        return None
    return on(
        fact,
        f"À {fact.site_km:.0f} km du site {fact.site}.",
        f"{fact.site_km:.0f} km from the site {fact.site}.",
        fact.site_km / thresholds.site_km,
    )


VAGUE = Rule(
    "gps_vague", 1,
    "Position imprécise.",
    "Vague position.",
    "Attendre dehors, ciel dégagé, que la précision descende sous le seuil.",
    "Wait outside under open sky until the accuracy is below the threshold.",
    one=_vague,
)  # fmt: skip
MOCKED = Rule(
    "gps_mocked", 3,
    "Position sans doute fournie par une application et non par le récepteur.",
    "Position probably fed by an app, not by the receiver.",
    "Chercher sur le téléphone une application de fausse position ; refaire la visite.",
    "Look for an app for false positions on the phone; repeat the visit.",
    one=_mocked,
)  # fmt: skip
FAR = Rule(
    "gps_far", 2,
    "Position loin du site indiqué (l'incertitude des deux est déduite).",
    "Position far from the site stated (the uncertainty of both is deducted).",
    "Vérifier le site choisi ; corriger la position de référence si c'est elle qui est fausse.",
    "Check the site chosen; correct the reference position if that is wrong.",
    one=_far,
)  # fmt: skip
