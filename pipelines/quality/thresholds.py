"""From where on something is a problem, and in which unit; `config.yaml` may say otherwise under `quality:`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Defaults are meant for a small team: rather silent than unjust."""

    window_days: int = 30
    min_interviews: int = 10
    min_peers: int = 5
    peer_distance: float = 4.0
    seconds_per_answer: float = 2.0
    long_minutes: int = 180
    night_from: int = 21
    night_to: int = 5
    backdated_days: int = 30
    late_hours: int = 72
    unsure_share: float = 0.25
    other_share: float = 0.3
    grid_share: float = 0.95
    outlier_distance: float = 8.0
    rounded_share: float = 0.5
    alike_share: float = 0.9
    travel_kmh: float = 120.0
    gps_metres: float = 50.0
    site_km: float = 10.0
    version_days: int = 3
    attachment_days: int = 3
    silent_days: int = 7
    sending_days: int = 4
    consent_share: float = 0.6


MEANINGS: dict[str, tuple[str, str, str, str]] = {
    "window_days": ("jours regardés ensemble", "days looked at together", "jours", "days"),
    "min_interviews": ("entretiens qu'il faut pour juger", "interviews needed to judge",
                       "entretiens", "interviews"),
    "min_peers": ("autres enquêteurs qu'il faut pour comparer", "other enumerators needed to compare",
                  "personnes", "people"),
    "peer_distance": ("distance aux autres qui est de trop", "distance from the others that is too far",
                      "écarts robustes", "robust spreads"),
    "seconds_per_answer": ("trop rapide en dessous de", "too fast below", "s par réponse",
                           "s per answer"),
    "long_minutes": ("très long au-dessus de", "very long above", "minutes", "minutes"),
    "night_from": ("la nuit commence à", "night begins at", "h (Bamako)", "h (Bamako)"),
    "night_to": ("la nuit finit à", "night ends at", "h (Bamako)", "h (Bamako)"),
    "backdated_days": ("date douteuse au-delà de", "date in doubt beyond", "jours", "days"),
    "late_hours": ("envoi tardif au-delà de", "upload late beyond", "heures", "hours"),
    "unsure_share": ("part de « ne sait pas » et de refus qui est grande",
                     "share of 'does not know' and refusals that is much", "de 0 à 1", "0 to 1"),
    "other_share": ("part de « autre » qui est grande", "share of 'other' that is much", "de 0 à 1",
                    "0 to 1"),
    "grid_share": ("part de grilles à réponse unique qui est grande",
                   "share of grids with one answer that is much", "de 0 à 1", "0 to 1"),
    "outlier_distance": ("nombre aberrant au-delà de", "number an outlier beyond", "écarts robustes",
                         "robust spreads"),
    "rounded_share": ("part d'années rondes qui est grande (hasard : 0,2)",
                      "share of round years that is much (chance: 0.2)", "de 0 à 1", "0 to 1"),
    "alike_share": ("part de réponses répétées qui est grande", "share of repeated answers that is much",
                    "de 0 à 1", "0 to 1"),
    "travel_kmh": ("déplacement impossible au-delà de", "travel impossible beyond", "km/h", "km/h"),
    "gps_metres": ("position imprécise au-delà de", "position vague beyond", "m", "m"),
    "site_km": ("loin du site au-delà de", "far from the site beyond", "km", "km"),
    "version_days": ("ancienne version permise pendant", "old version allowed for", "jours", "days"),
    "attachment_days": ("pièce jointe attendue pendant", "attachment awaited for", "jours", "days"),
    "silent_days": ("silence au-delà de", "silent beyond", "jours", "days"),
    "sending_days": ("… s'il a envoyé avant pendant", "… if it sent before on", "jours", "days"),
    "consent_share": ("part d'accords qui est faible", "share of consent that is low", "de 0 à 1",
                      "0 to 1"),
}  # fmt: skip
"""Each threshold in words and its unit: French, English, unit in French, unit in English."""
