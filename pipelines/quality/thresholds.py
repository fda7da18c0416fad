"""From where on something is a problem; `config.yaml` may say otherwise under `quality:`."""

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
