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
        "Personnes rencontrées, pas un recensement : ces nombres disent qui le centre a rencontré, "
        "pas combien de migrants vivent et travaillent dans la région.",
        "People met, not a census: these numbers say whom the centre has met, not how many migrants "
        "live and work in the region.",
    ),
    (
        "Présences, pas des personnes : qui vient deux fois compte deux fois.",
        "Attendances, not people: who comes twice counts twice.",
    ),
    (
        "L'arrêt saisonnier des sites d'orpaillage (juin à septembre) fausse le troisième trimestre : "
        "comparez-le au troisième trimestre d'une autre année.",
        "The seasonal stop of the gold sites (June to September) distorts the third quarter: compare "
        "it with the third quarter of another year.",
    ),
    (
        "Le profil de ceux qui refusent l'entretien est inconnu : ils peuvent différer de ceux qui "
        "acceptent.",
        "The profile of those who refuse the interview is unknown: they may differ from those who "
        "agree.",
    ),
    (
        "Une même personne a pu être inscrite par les deux centrales : elle compte deux fois tant que "
        "les doublons n'ont pas été examinés.",
        "The same person may have been entered by both confederations: they count twice until "
        "duplicates have been looked at.",
    ),
)
"""What every reader must know, as the centre's rules have it."""

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
