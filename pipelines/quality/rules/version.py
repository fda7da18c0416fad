"""Phones that go on with an old form though the new one has been in use for days."""

from pipelines.quality.moments import before
from pipelines.quality.peers import about, by_form_and_enumerator
from pipelines.quality.rule import Finding, Rule, Window


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        current = window.versions.get(form)
        firsts = [
            f.started_at or f.received_at
            for facts in groups.values() for f in facts if f.form_version == current
        ]  # fmt: skip
        if not firsts:
            continue
        for facts in groups.values():
            last = facts[-1]
            began = last.started_at or last.received_at
            if last.form_version == current:
                continue
            if before(began, days=window.thresholds.version_days) > min(firsts):
                found.append(about(
                    facts,
                    f"{form[1]} : version {last.form_version} le {last.day} ; publiée : {current}.",
                    f"{form[1]}: version {last.form_version} on {last.day}; published: {current}.",
                    1.0, form[1],
                ))  # fmt: skip
    return found


RULE = Rule(
    "old_version", 2,
    "Téléphone resté à une ancienne version du formulaire.",
    "Phone still on an old version of the form.",
    "Faire chercher les formulaires à jour sur le téléphone, puis activer la mise à jour automatique.",
    "Get the new forms on the phone, then switch on automatic updates.",
    many=_check,
)  # fmt: skip
