"""The matching model as a file: what every level is worth, how common names are, where to decide.

Trained by `train` with Splink, read here without it. Frequencies are frozen with the model; a name
it never met counts as rare as `floor`, which is also the rarest a known name may be.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.compare import COMPARISONS

SHIPPED = Path(__file__).with_name("model.json")


@dataclass(frozen=True, slots=True)
class Model:
    """Bits: log2 of how much likelier something is for one person than for two.

    `bits[name]` are, for a comparison, those of « unknown », « else » and up to the strongest.
    """

    version: str
    prior: float
    size: int
    bits: Mapping[str, NDArray[np.float64]]
    u: Mapping[str, tuple[float, ...]]
    frequencies: Mapping[str, Mapping[str, float]]
    floor: float
    link: float
    """Mean weight within a person, for clustering."""
    safe: float
    """Measured: from here on pairs are one person often enough to be joined unasked."""
    review: float
    shares: tuple[tuple[float, float], ...]
    """Weight → share of pairs that were one person, as measured."""
    reranker: Mapping[str, Any] | None = None
    """What was learnt from decisions, and proven (see `current`)."""
    learnt: str = ""
    """Which decisions that were: a digest."""

    def shift(self, size: int) -> float:
        """Bits to add in a register of `size`: strangers alike grow with its square, persons do not.

        By steps of doubling, so that scores stay the same between them.
        """
        steps = math.ceil(math.log2(max(size, 1) / self.size))
        return float(-steps)


def read_model(path: Path = SHIPPED) -> Model:
    """The model in a file. Raises OSError, ValueError or KeyError for a file that is none."""
    said = json.loads(path.read_text(encoding="utf-8"))
    return Model(
        version=said["version"],
        prior=said["prior"],
        size=said["size"],
        bits={c.name: _bits(said["comparisons"][c.name]) for c in COMPARISONS},
        u={name: tuple(parts["u"]) for name, parts in said["comparisons"].items()},
        frequencies=said["frequencies"],
        floor=said["floor"],
        link=said["thresholds"]["link"],
        safe=said["thresholds"]["safe"],
        review=said["thresholds"]["review"],
        shares=tuple((w, s) for w, s in said["shares"]),
    )


def _bits(parts: Mapping[str, list[float]]) -> NDArray[np.float64]:
    worth = [math.log2(m / u) for m, u in zip(parts["m"], parts["u"], strict=True)]
    return np.array([0.0, *reversed(worth)])
