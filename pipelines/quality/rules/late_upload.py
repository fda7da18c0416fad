"""Interviews that usually stay on the phone for days: a lost phone would lose them."""

from statistics import median

from pipelines.quality.moments import hours
from pipelines.quality.peers import about, by_enumerator
from pipelines.quality.rule import Finding, Rule, Window


def _check(window: Window) -> list[Finding]:
    found = []
    for facts in by_enumerator(window.facts).values():
        late = [hours(f.ended_at, f.received_at) for f in facts if f.ended_at]
        if len(late) < window.thresholds.min_interviews:
            continue
        usual = median(late)
        if usual > window.thresholds.late_hours:
            found.append(about(
                facts,
                f"{usual:.0f} h en général entre la fin et l'envoi ({len(late)} entretiens).",
                f"Usually {usual:.0f} h between the end and the upload ({len(late)} interviews).",
                usual / window.thresholds.late_hours,
            ))  # fmt: skip
    return found


RULE = Rule(
    "late_upload", 1,
    "Envoi tardif habituel.",
    "Uploads usually late.",
    "Faire envoyer à chaque passage en zone couverte ; vérifier l'envoi automatique.",
    "Send whenever there is coverage; check that automatic sending is on.",
    many=_check,
)  # fmt: skip
