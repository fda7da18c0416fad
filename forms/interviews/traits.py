"""Who works at the mines of Kayes: plausible shares to invent people with.

The shares are authored, not measured: they make a demonstration look like field work and mean
nothing about real people.
"""

Weights = dict[str, float]

NATIONALITY: Weights = {
    "GN": 21, "BF": 19, "ML": 17, "SN": 13, "CI": 7, "NE": 5, "TG": 3.5, "GH": 3.5, "NG": 3, "MR": 2.5,
    "BJ": 2, "GM": 1, "SL": 0.8, "LR": 0.6, "GW": 0.5, "CM": 0.4, "TD": 0.3, "DZ": 0.2,
}  # fmt: skip
ENGLISH_SPEAKING = frozenset({"GH", "NG", "GM", "SL", "LR"})

MOBILITY_OF_MALIANS: Weights = {"return": 4, "departure": 2, "internal": 5}
MOBILITY_OF_FOREIGNERS: Weights = {"destination": 8, "transit": 2}
STAY: Weights = {"frontier": 1, "seasonal": 3, "under12": 3, "over12": 5, "dk": 0.5}
REASON: Weights = {"work": 86, "family": 6, "study": 1, "safety": 2, "transit": 3, "other": 2}
EDUCATION: Weights = {
    "none": 34, "koranic": 24, "basic1": 18, "basic2": 11, "secondary": 8, "higher": 3,
    "undisclosed": 2,
}  # fmt: skip
LANGUAGE: dict[str, Weights] = {
    "ML": {"bm": 6, "kao": 2, "snk": 2, "mwk": 2}, "GN": {"ff": 6, "sus": 2, "mwk": 3},
    "SN": {"wo": 6, "ff": 3, "fr": 1}, "GM": {"wo": 3, "en": 3, "mwk": 3}, "BF": {"mos": 7, "dyu": 3},
    "CI": {"dyu": 6, "fr": 4}, "NE": {"ha": 7, "fr": 1}, "GH": {"tw": 6, "en": 3},
    "TG": {"ee": 6, "fr": 3}, "BJ": {"fon": 6, "fr": 3}, "NG": {"ha": 6, "en": 4},
    "MR": {"mey": 6, "ff": 3, "snk": 1}, "SL": {"en": 5, "ff": 2}, "LR": {"en": 7, "mwk": 2},
}  # fmt: skip

OCCUPATION_OF_MEN: Weights = {
    "8111": 38, "9311": 15, "8112": 7, "8113": 3, "7542": 1, "1322": 3, "3121": 1.5, "8321": 5,
    "7231": 3, "5221": 5, "7212": 2.5, "3324": 3, "8342": 2, "5414": 2.5, "7112": 2, "7411": 1,
    "8332": 2, "7313": 1, "9313": 1.5, "7531": 1, "9211": 1, "other": 2,
}  # fmt: skip
OCCUPATION_OF_WOMEN: Weights = {
    "8112": 18, "9311": 9, "5212": 18, "5120": 13, "5211": 12, "9412": 6, "5221": 6, "9624": 4,
    "9121": 4, "5141": 4, "5131": 3, "9111": 2.5, "1412": 1.5, "other": 1.5,
}  # fmt: skip
OTHER_OCCUPATIONS = (
    "réparateur de pompes", "guide de prière", "loueur de détecteurs", "vendeur d’eau en sachet",
    "projectionniste", "teinturière",
)  # fmt: skip

_MINING = {"asgm": 62.0, "semi_mech": 16.0, "contractor": 12.0, "industrial": 10.0}
_SECTORS: tuple[tuple[str, Weights], ...] = (
    ("8111 9311 8112 8113 7542 1322 3121 8342", _MINING),
    ("5212 5120 9412 5131 1412", {"catering": 1}),
    ("5211 5221 9520 9624", {"trade": 1}),
    ("3324 7313", {"gold_trade": 1}),
    ("8321 8332 8322", {"transport": 1}),
    ("7112 9313 7411", {"construction": 1}),
    ("7231 7212 7531 5141", {"craft": 1}),
    ("9111 9121", {"domestic": 1}),
    ("9211", {"farming": 1}),
)
SECTOR: dict[str, Weights] = {
    code: weights for codes, weights in _SECTORS for code in codes.split()
}

WORK_STATUS: Weights = {
    "coop": 26, "daily": 22, "own": 21, "employee": 12, "family": 4, "apprentice": 3, "employer": 3,
    "seeking": 6, "not_working": 3,
}  # fmt: skip
CONTRACT: dict[str, Weights] = {
    "employee": {"verbal": 40, "cdd": 18, "cdi": 12, "none": 15, "agency": 7, "trial": 4, "dk": 4},
    "daily": {"daily": 55, "verbal": 25, "task": 15, "none": 5},
    "apprentice": {"apprentice": 70, "verbal": 20, "none": 10},
}
VISA: Weights = {"yes": 2, "no": 6, "dk": 3}
YES_NO_DK: Weights = {"yes": 5, "no": 4, "dk": 2}
PROTECTION: Weights = {"none": 78, "dk": 8, "inps": 7, "amo": 4, "mutual": 3}
NEED: Weights = {
    "documents": 22, "health": 18, "labour_rights": 12, "contract": 8, "social_security": 7,
    "job_training": 10, "education": 6, "housing": 6, "food": 4, "legal": 4, "return_help": 3,
    "union": 5, "safety": 7, "other": 2,
}  # fmt: skip
THEME: Weights = {
    "rights_duties": 10, "labour_code": 8, "osh": 9, "travel_docs": 10, "contracts": 7,
    "social_protection": 6, "union": 4, "security": 4, "c190": 3, "ponam": 2, "c97_c143": 2,
    "data_protection": 1,
}  # fmt: skip

CERCLE: Weights = {
    "kenieba": 45, "sadiola": 25, "kayes": 12, "bafoulabe": 5, "diamou": 5, "yelimane": 3, "aourou": 3,
    "segala": 2,
}  # fmt: skip
"""Where enumerators work: most near the gold."""
