"""Keys that bring two registrations together: only those sharing one are compared.

From coarse to fine: a key that too many share is left out (`CAP`), so two common names meet through
a finer one. Both names are sorted in the key, so swapped fields meet as well.
"""

from hashlib import blake2b

import numpy as np

from pipelines.identity.compare_fields import FIELDS, Fields
from pipelines.identity.plausible import Ints

CAP = 120
"""Registrations that may share a key: 7,140 pairs."""

_AT = {name: place for place, name in enumerate(FIELDS)}


def block_texts(fields: Fields) -> list[str]:
    """The keys of one registration as text."""
    last, first, other, lk, fk, born, arrived, site, cercle, card, phone, nation, job, day, who = (
        fields[_AT[name]]
        for name in ("last", "first", "other", "last_key", "first_key", "birth_year",
                     "arrival_year", "site", "cercle", "card", "phone", "nationality",
                     "occupation", "day", "focal_point")
    )  # fmt: skip
    keys = [f"c{card}"] * bool(card) + [f"p{phone}"] * bool(phone)
    if not last or not first:
        return keys
    both = "+".join(sorted((lk, fk)))
    keys += [f"d{both}{who}{day}", f"s{both}{site or cercle}", f"a{both}{nation}{arrived}{job}"]
    # Two overlapping series of four years: whoever is one or two years apart shares one of them.
    keys += [f"y{both}{born // 4}", f"z{both}{(born + 2) // 4}"]
    keys += [f"Y{both}{born // 4}{nation}{cercle}", f"Z{both}{(born + 2) // 4}{nation}{cercle}"]
    keys += [f"e{'+'.join(sorted((last, first)))}{born}{nation}{job}"]
    keys += [
        f"f{first}{born}{nation}{site or cercle}{job}",
        f"l{last}{born}{nation}{site or cercle}{job}",
    ]
    keys += [f"t{last[:3]}{first[:3]}{born}{nation}{arrived}"]
    if other:
        keys += [f"o{'+'.join(sorted((lk, *other.split(), first)))}"]
    return keys


def block_keys(fields: Fields) -> list[int]:
    """The keys as signed 64-bit numbers, each once."""
    return [
        int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
        for key in dict.fromkeys(block_texts(fields))
    ]


def count_pairs(keys: Ints, cap: int = CAP) -> int:
    """At most so many pairs come from these keys (of all registrations): known before comparing."""
    sizes = np.unique(keys, return_counts=True)[1].astype(np.int64)
    sizes = sizes[sizes <= cap]
    return int((sizes * (sizes - 1) // 2).sum())
