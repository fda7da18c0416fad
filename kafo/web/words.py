"""Words for the codes of jobs, outcomes and questions to Central."""

from markupsafe import Markup

from kafo.web.language import Language


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


JOBS = {
    "sync": _("Synchronisation"),
    "alarms": _("Surveillance et alertes"),
    "slow": _("Fichiers tardifs, listes, commentaires"),
    "reconcile": _("Preuve que rien ne manque"),
    "attachments": _("Photos et fichiers"),
    "pipelines": _("Personnes, qualité, indicateurs"),
    "identity": _("Rapprochement des personnes"),
    "core": _("Tables et indicateurs"),
    "quality": _("Contrôles de qualité"),
    "retention": _("Effacement à échéance"),
}

OUTCOMES = {
    "ok": (_("réussi"), "good"),
    "running": (_("en cours"), ""),
    "partial": (_("en partie"), "warn"),
    "failed": (_("échec"), "bad"),
    "busy": (_("déjà en cours ailleurs"), ""),
    "stopped": (_("arrêté"), ""),
    "interrupted": (_("interrompu"), "warn"),
}

ASKED = {
    "all": _("tout"),
    "changes": _("ce qui a changé"),
    "nothing": _("rien de nouveau"),
}


def job_name(language: Language, name: str) -> str:
    """A job's name; a job without one keeps its own."""
    return language.text(JOBS.get(name, name))


def outcome(language: Language, code: str) -> Markup:
    """A badge with the word."""
    word, state = OUTCOMES.get(code, (code, ""))
    return Markup('<span class="badge {}">{}</span>').format(state, language.text(word))


def asked(language: Language, code: str) -> str:
    """What was asked of Central."""
    return language.text(ASKED.get(code, code))
