"""Words for the codes of jobs, outcomes and questions to Central."""

from babel.dates import get_day_names
from markupsafe import Markup

from kafo.web.language import Language


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


JOBS = {
    "sync": _("Synchronisation"),
    "sync_form": _("Synchronisation d'un formulaire"),
    "alarms": _("Surveillance et alertes"),
    "slow": _("Fichiers tardifs, listes, commentaires"),
    "write_back": _("Écriture dans ODK Central"),
    "people": _("Personnes, tout à nouveau"),
    "publish": _("Publication des chiffres"),
    "reconcile": _("Preuve que rien ne manque"),
    "pipelines": _("Personnes, qualité, indicateurs"),
    "retention": _("Effacement à échéance"),
    "backup": _("Sauvegarde"),
}

OUTCOMES = {
    "ok": (_("réussi"), "good"),
    "one_form": (_("réussi, ce formulaire"), "good"),
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

ROLES = {
    "none": _("aucune donnée"),
    "union_untm": _("secrétaire de l'UNTM"),
    "union_cstm": _("secrétaire de la CSTM"),
    "publisher": _("publication"),
    "analyst": _("analyste"),
    "data_manager": _("gestionnaire de données"),
    "steward": _("responsable des données"),
}

SECTIONS = {
    "schedule": _("Horaires"),
    "sync": _("Synchronisation"),
    "alarms": _("Alertes"),
    "quality": _("Contrôles de qualité"),
    "pages": _("Pages"),
}

ACTIONS = {
    "login": _("connexion"),
    "password": _("mot de passe changé"),
    "factor_on": _("second facteur activé"),
    "factor_off": _("second facteur désactivé"),
    "sync_now": _("synchronisation demandée"),
    "plan": _("plan changé"),
    "alarm_test": _("alerte d'essai"),
    "account_added": _("compte créé"),
    "account_changed": _("rôle changé"),
    "account_reset": _("nouveau mot de passe donné"),
    "account_closed": _("compte fermé"),
    "phone_provided": _("accès donné à un téléphone"),
    "phone_sheet": _("feuille QR d'un téléphone"),
    "phone_cut_off": _("téléphone coupé"),
    "pair_decided": _("doublon décidé"),
    "persons_united": _("personnes réunies"),
    "pair_undone": _("décision annulée"),
    "person_split": _("fiches séparées"),
    "reviewed": _("état donné dans ODK Central"),
    "review_undone": _("état de Central annulé"),
    "problem_ignored": _("problème ignoré"),
    "problem_open": _("problème rouvert"),
    # The access log, whose lines also come from the command line.
    "search": _("recherche dans le répertoire"),
    "show": _("fiche consultée"),
    "review": _("doublons consultés"),
    "explain": _("doublon examiné"),
    "map": _("sites exacts sur la carte"),
    "sql": _("question en SQL"),
    "correct": _("correction"),
    "erase": _("effacement"),
    "restore": _("sauvegarde restaurée"),
    "export": _("export"),
    "export_ask": _("export nominatif demandé"),
    "export_approved": _("export nominatif accordé"),
    "export_refused": _("export nominatif refusé"),
    "publish": _("chiffres publiés"),
    "report": _("rapport trimestriel"),
    "review_month": _("revue du journal"),
}

EVENTS = {
    "membership": _("syndicat"),
    "training": _("formation"),
    "referral": _("orientation"),
    "labour_case": _("conflit de travail"),
    "register": _("registre"),
}

PERIODS = {"month": _("mois"), "quarter": _("trimestre"), "year": _("année")}

DIMENSIONS = {
    "sex": _("Sexe"), "age_band": _("Âge"), "nationality_group": _("Nationalités"),
    "occupation_group": _("Professions"), "cercle": _("Cercle"), "sector": _("Secteur"),
    "team": _("Équipe"), "stay_pattern": _("Séjour"), "union": _("Syndicat"), "theme": _("Thème"),
    "method": _("Méthode"), "need": _("Besoin"), "doc_need": _("Document"), "service": _("Service"),
    "part_role": _("Rôle des participants"), "channel": _("Accès"), "dispute": _("Sujet du conflit"),
    "site_type": _("Type de site"), "site_status": _("État du site"),
}  # fmt: skip


def period_kind(language: Language, kind: str) -> str:
    """Month, quarter or year."""
    return language.text(PERIODS.get(kind, kind))


def dimension_name(language: Language, dimension: str) -> str:
    """What a figure is broken down by."""
    return language.text(DIMENSIONS.get(dimension, dimension))


SEVERITIES = {
    3: (_("à traiter aujourd'hui"), "bad"),
    2: (_("cette semaine"), "warn"),
    1: (_("à savoir"), ""),
}

REVIEWS = {
    "received": _("reçue"),
    "hasIssues": _("à corriger"),
    "edited": _("modifiée"),
    "approved": _("approuvée"),
    "rejected": _("rejetée"),
}


def severity_name(language: Language, severity: int) -> str:
    """How urgent a problem is."""
    return language.text(SEVERITIES.get(severity, (str(severity), ""))[0])


def severity(language: Language, severity: int) -> Markup:
    """A badge that says so."""
    state = SEVERITIES.get(severity, ("", ""))[1]
    return Markup('<span class="badge {}">{}</span>').format(
        state, severity_name(language, severity)
    )


def review_name(language: Language, state: str) -> str:
    """A review state of ODK Central."""
    return language.text(REVIEWS.get(state, state))


def weekday_name(language: Language, weekday: int) -> str:
    """Monday is 1."""
    return str(get_day_names("abbreviated", locale=language.locale)[weekday - 1])


def event_name(language: Language, kind: str) -> str:
    """What kind of thing happened to a person."""
    return language.text(EVENTS.get(kind, kind))


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


def role_name(language: Language, role: str) -> str:
    """A role's name."""
    return language.text(ROLES.get(role, role))


def section_name(language: Language, section: str) -> str:
    """A section of config.yaml."""
    return language.text(SECTIONS.get(section, section))


def action_name(language: Language, action: str) -> str:
    """What somebody did."""
    return language.text(ACTIONS.get(action, action))
