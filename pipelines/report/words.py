"""The report's own words, French and English side by side."""

Texts = tuple[str, str]

CAUTIONS: dict[str, Texts] = {
    "census": (
        "Personnes rencontrées, pas un recensement : ces nombres disent qui le centre a rencontré, "
        "pas combien de migrants vivent et travaillent dans la région.",
        "People met, not a census: these numbers say whom the centre has met, not how many migrants "
        "live and work in the region.",
    ),
    "attendances": (
        "Présences, pas des personnes : qui vient deux fois compte deux fois.",
        "Attendances, not people: who comes twice counts twice.",
    ),
    "season": (
        "L'arrêt saisonnier des sites d'orpaillage (juin à septembre) fausse le troisième trimestre : "
        "comparez-le au troisième trimestre d'une autre année.",
        "The seasonal stop of the gold sites (June to September) distorts the third quarter: compare "
        "it with the third quarter of another year.",
    ),
    "refusals": (
        "Le profil de ceux qui refusent l'entretien est inconnu : ils peuvent différer de ceux qui "
        "acceptent.",
        "The profile of those who refuse the interview is unknown: they may differ from those who "
        "agree.",
    ),
    "unions": (
        "Une même personne a pu être inscrite par les deux centrales : elle compte deux fois tant que "
        "les doublons n'ont pas été examinés.",
        "The same person may have been entered by both confederations: they count twice until "
        "duplicates have been looked at.",
    ),
}
"""What every reader must know, as the centre's rules have it."""

DIMENSIONS: dict[str, Texts] = {
    "sex": ("Sexe", "Sex"), "age_band": ("Tranche d'âge", "Age band"),
    "nationality_group": ("Groupe de nationalités", "Nationality group"),
    "occupation_group": ("Groupe de professions", "Occupation group"), "cercle": ("Cercle", "Cercle"),
    "sector": ("Secteur", "Sector"), "team": ("Équipe", "Team"),
    "stay_pattern": ("Durée du séjour", "Length of stay"), "union": ("Centrale", "Confederation"),
    "theme": ("Thème", "Theme"), "method": ("Méthode", "Method"), "need": ("Besoin", "Need"),
    "doc_need": ("Démarche", "Kind of help"), "service": ("Service", "Service"),
    "part_role": ("Rôle", "Role"), "channel": ("Voie", "Channel"), "dispute": ("Objet", "Subject"),
    "site_type": ("Type de site", "Type of site"), "site_status": ("État du site", "State of site"),
}  # fmt: skip

WITHIN: dict[str, Texts] = {
    "sex": ("sexe", "sex"), "age_band": ("tranche d'âge", "age band"),
    "nationality_group": ("groupe de nationalités", "nationality group"),
    "occupation_group": ("groupe de professions", "occupation group"), "cercle": ("cercle", "cercle"),
    "sector": ("secteur", "sector"), "team": ("équipe", "team"),
    "stay_pattern": ("durée du séjour", "length of stay"), "union": ("centrale", "confederation"),
    "theme": ("thème", "theme"), "method": ("méthode", "method"), "need": ("besoin", "need"),
    "doc_need": ("démarche", "kind of help"), "service": ("service", "service"),
    "part_role": ("rôle", "role"), "channel": ("voie", "channel"), "dispute": ("objet", "subject"),
    "site_type": ("type de site", "type of site"), "site_status": ("état du site", "state of site"),
}  # fmt: skip
"""The same inside a sentence."""

ALL: Texts = ("Ensemble", "All")
BASE: Texts = ("Sur", "Out of")
CHANGE: Texts = ("Écart", "Change")
VALUE: Texts = ("Nombre", "Number")
SHARE: Texts = ("Part", "Share")
MEASURE: Texts = ("Mesure", "Measure")

ORDINALS = {1: ("1er", "1st"), 2: ("2e", "2nd"), 3: ("3e", "3rd"), 4: ("4e", "4th")}

DIRECTORY: dict[str, Texts] = {
    "title": ("Le répertoire aujourd'hui", "The directory today"),
    "name": ("Personnes au répertoire", "People in the directory"),
    "numerator": (
        "Personnes distinctes, majeures, qui ont donné leur accord et ne l'ont pas retiré, au moment "
        "de la publication",
        "Distinct adults who agreed and did not withdraw, at the moment of publication",
    ),
}
