"""Who reads published figures, and what their tables may show.

Rules of the centre: k = 5 inside the unions, 10 for funder, services and public; at most two
dimensions besides time; never nationality × occupation × site; sites never as points outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from forms.errors import KafoError

TIME = frozenset({"month", "quarter", "year"})
"""Dimensions that do not count among the two."""

FAMILY = {
    "nationality_group": "nationality",
    "occupation_group": "occupation",
    "commune": "place",
    "cercle": "place",
    "site": "place",
    "age_band": "age",
}
"""A group is the same dimension as what it groups: both tell of one attribute."""

_OUTLINED = frozenset({"nationality", "occupation"})
"""With a site these two would say where to look for whom."""


@dataclass(frozen=True, slots=True)
class Audience:
    """`k`: smallest count that is shown; `step`: shown counts are multiples of it; `closed`:
    dimensions that are never shown."""

    name: str
    k: int
    step: int
    closed: frozenset[str]

    def shown(self, count: int) -> int:
        """The count as it is printed for this audience, rounded half up."""
        return (count + self.step // 2) // self.step * self.step


INSIDE = Audience("inside", k=5, step=1, closed=frozenset())
OUTSIDE = Audience("outside", k=10, step=5, closed=frozenset({"site", "team"}))
"""A team is often one focal point, so its figures are the work of one person."""
AUDIENCES = {audience.name: audience for audience in (INSIDE, OUTSIDE)}


class NotPublishableError(KafoError):
    """A table with dimensions that no audience, or not this one, may see together."""


def family(dimension: str) -> str:
    """The attribute that a dimension tells of."""
    return FAMILY.get(dimension, dimension)


def check_dimensions(dimensions: Iterable[str], audience: Audience) -> None:
    """Raise NotPublishableError when the audience may not see these dimensions in one table."""
    asked = [d for d in dimensions if d not in TIME]
    families = {family(d) for d in asked}
    if len(asked) > 2:
        raise _refused(asked, "au plus deux dimensions outre le temps", "two besides time at most")
    if "site" in asked and families & _OUTLINED:
        raise _refused(
            asked,
            "jamais un site avec une nationalité ou une profession",
            "never a site with a nationality or an occupation",
        )
    if audience.closed.intersection(asked):
        raise _refused(
            asked, "ni site ni équipe hors des syndicats", "no site or team outside the unions"
        )


def _refused(asked: list[str], fr: str, en: str) -> NotPublishableError:
    shown = " × ".join(asked)
    return NotPublishableError(
        f"Le tableau {shown} ne peut pas être publié : {fr}. Demandez un tableau plus simple.",
        f"The table {shown} cannot be published: {en}. Ask for a simpler table.",
    )
