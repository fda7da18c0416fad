"""The matcher that the register uses: rules for names and phones, and the model file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.identity.block import CAP, block_keys
from pipelines.identity.compare_fields import (
    NORM_VERSION,
    Columns,
    columns_of_texts,
    from_text,
    read_fields,
    to_text,
)
from pipelines.identity.matcher import Scored
from pipelines.identity.model import Model, read_model
from pipelines.identity.names import Equivalence, Table, read_table
from pipelines.identity.plausible import Ints
from pipelines.identity.rerank import probabilities
from pipelines.identity.score import STATES, evidence, score_pairs, shares, verdicts

FLOOR = -4.0
"""Lighter pairs are not kept: a missing pair counts as much (see `clusters`)."""


class ModelMatcher:
    """Compares registrations by the model, for a register of about `size`."""

    def __init__(self, model: Model, *, size: int, names: Table | None = None) -> None:
        self.model, self.names = model, names or read_table()
        self.shift = model.shift(size)
        self._columns: tuple[Sequence[str], Columns] | None = None

    @property
    def norm_version(self) -> str:
        """Rules and tables of names."""
        return f"{NORM_VERSION}.{self.names.version}"

    @property
    def model_version(self) -> str:
        """The model, the step of the register's size, and the decisions that were learnt from."""
        learnt = f"~{self.model.learnt}" if self.model.learnt else ""
        return f"{self.model.version}{self.shift:+.0f}{learnt}"

    @property
    def threshold(self) -> float:
        """See `matcher.Matcher`."""
        return self.model.link

    @property
    def floor(self) -> float:
        """See `matcher.Matcher`."""
        return FLOOR

    @property
    def cap(self) -> int:
        """See `matcher.Matcher`."""
        return CAP

    def content(self, answers: Mapping[str, Any]) -> str:
        """The answers read for comparing, as text."""
        return to_text(read_fields(answers, self.names))

    def keys(self, content: str) -> list[int]:
        """Keys of a content."""
        return block_keys(from_text(content))

    def score(
        self, contents: Sequence[str], left: Ints, right: Ints
    ) -> Iterable[tuple[int, int, Scored]]:
        """See `matcher.Matcher`."""
        if not len(left):
            return iter(())
        return self._score(self._read(contents), left, right)

    def _score(
        self, columns: Columns, left: Ints, right: Ints
    ) -> Iterator[tuple[int, int, Scored]]:
        pairs = score_pairs(columns, left, right, self.model, shift=self.shift)
        learnt = probabilities(self.model.reranker, pairs) if self.model.reranker else None
        states = verdicts(pairs, self.model, learnt)
        share = shares(pairs.weight, self.model) if learnt is None else learnt
        for at in np.flatnonzero((pairs.weight >= FLOOR) | (states > 0)).tolist():
            scored = Scored(
                round(float(pairs.weight[at]), 9),
                round(float(share[at]), 9),
                STATES[int(states[at])],
                evidence(pairs, at),
            )
            yield int(left[at]), int(right[at]), scored

    def _read(self, contents: Sequence[str]) -> Columns:
        """A full run asks for the same contents many times over."""
        if self._columns is None or self._columns[0] is not contents:
            self._columns = (contents, columns_of_texts(contents))
        return self._columns[1]


def shipped(
    size: int, *, additions: Iterable[Equivalence] = (), model: Path | None = None
) -> ModelMatcher:
    """The matcher for a register of `size`, with the deployment's own names and model if it has any.

    Raises OSError, ValueError or KeyError when a file is missing or broken.
    """
    found = read_model(model) if model else read_model()
    return ModelMatcher(found, size=size, names=read_table(additions))
