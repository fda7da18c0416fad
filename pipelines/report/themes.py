"""How the report is ordered: themes with their indicators, the figures of its first page, cautions."""

Texts = tuple[str, str]
"""French and English."""

THEMES: tuple[tuple[Texts, tuple[str, ...]], ...] = (
    (("Le répertoire", "The directory"), ("I-01", "I-02", "I-03", "I-04", "I-05", "I-06")),
    (
        ("Contrats et protection sociale", "Contracts and social protection"),
        ("I-07", "I-08", "I-09"),
    ),
    (("Sensibilisation et formation", "Awareness and training"), ("I-10", "I-11", "I-12")),
    (("Syndicalisation", "Unionisation"), ("I-13", "I-14", "I-15", "I-16")),
    (
        ("CIOM, besoins et orientations", "The centre, needs and referrals"),
        ("I-17", "I-18", "I-19", "I-20", "I-21", "I-22"),
    ),
    (("Conflits de travail et protection", "Labour disputes and protection"), ("I-23", "I-24")),
    (("Sites miniers", "Mining sites"), ("I-25",)),
)

KEY_FIGURES = (
    ("I-01", "people"), ("I-05", "women"), ("I-13", "members"), ("I-16", "up_to_date"),
    ("I-10", "attendances"), ("I-12", "people"), ("I-17", "visits"), ("I-21", "served"),
    ("I-23", "opened"), ("I-25", "covered"),
)  # fmt: skip

CAUTIONS: tuple[Texts, ...] = (
    (
        "Ces chiffres comptent des personnes rencontrées : ce n'est pas un recensement.",
        "These figures count people who were met: this is no census.",
    ),
    (
        "Des présences ne sont pas des personnes : qui vient deux fois compte deux fois.",
        "Attendances are not people: whoever comes twice counts twice.",
    ),
    (
        "L'arrêt saisonnier de l'orpaillage fausse le troisième trimestre.",
        "The seasonal stop of gold mining distorts the third quarter.",
    ),
    (
        "On ne sait pas qui sont les personnes qui refusent de répondre.",
        "Nothing is known of the people who refuse to answer.",
    ),
    (
        "Une personne inscrite par les deux centrales peut compter deux fois tant que les doublons "
        "n'ont pas été examinés.",
        "A person registered by both confederations may count twice until duplicates are examined.",
    ),
)

DIMENSIONS: dict[str, Texts] = {
    "age_band": ("âge", "age"),
    "cercle": ("cercle", "cercle"),
    "channel": ("voie", "channel"),
    "contract_type": ("contrat", "contract"),
    "dispute": ("objet", "subject"),
    "doc_need": ("démarche", "document"),
    "method": ("méthode", "method"),
    "nationality_group": ("groupe de nationalités", "nationality group"),
    "need": ("besoin", "need"),
    "occupation_group": ("groupe de métiers", "occupation group"),
    "part_role": ("rôle", "role"),
    "role": ("rôle", "role"),
    "sector": ("secteur", "sector"),
    "service": ("service", "service"),
    "sex": ("sexe", "sex"),
    "site_status": ("état du site", "state of the site"),
    "site_type": ("type de site", "type of site"),
    "stay_pattern": ("durée du séjour", "length of stay"),
    "theme": ("thème", "theme"),
    "union": ("centrale", "union"),
}
