"""Two registrations side by side: what each says, what that weighs, and what was decided, in words."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from forms.errors import KafoError
from pipelines.identity import decisions
from pipelines.identity.current import current_matcher
from pipelines.identity.decisions import Decision, Pair, pair_of
from pipelines.identity.matcher import Matcher, Reason
from pipelines.identity.registrations import Answers, answers_of, sources
from warehouse.identity_tables import match_pair, match_problem, person_registration, registration

SHOWN = (
    "last_name", "first_names", "sex", "birth_year", "nationality", "phone", "phone_shared",
    "card_code", "today", "cercle", "site", "occupation", "sector", "language", "education",
    "arrival_year", "seen_before", "focal_point",
)  # fmt: skip
"""Questions shown side by side, those that tell most first."""

PROBLEMS = {
    "sexes": ("les deux sexes", "both sexes"),
    "birth_years": ("plus de dix ans d’écart de naissance", "births more than ten years apart"),
    "cards": ("deux cartes le même jour", "two cards on one day"),
    "weak": ("les autres fiches s’y opposent", "the other registrations speak against it"),
    "decided": ("une décision tient leurs groupes séparés", "a decision keeps their groups apart"),
    "conflict": ("des décisions se contredisent", "decisions contradict each other"),
}
"""Why a sure pair, or a decision, was not followed: in French, in English."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question: both answers as codes, whether they agree (None: one is missing), and its bits."""

    name: str
    left: Any
    right: Any
    agrees: bool | None
    bits: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to judge a pair by. `weight` is None where nothing brought the two together."""

    pair: Pair
    persons: tuple[str | None, str | None]
    weight: float | None
    probability: float | None
    state: str | None
    lines: list[Line]
    reasons: list[Reason]
    decision: Decision | None
    problem: str | None
    """A key of `PROBLEMS`."""
    others: list[str] = field(default_factory=list)
    """Further registrations of the two persons."""


def explain(connection: Connection, pair: Pair, matcher: Matcher | None = None) -> Explanation:
    """The pair of instance IDs; KafoError when one is not in the register."""
    using = matcher or current_matcher(connection)
    one, other = pair_of(*pair)
    contents, answers = _contents(connection, (one, other)), _answers(connection, (one, other))
    reasons = using.reasons(contents[one], contents[other])
    bits = {reason.field: reason.bits for reason in reasons}
    left, right = answers.get(one, {}), answers.get(other, {})
    p, b, link = match_pair.c, match_problem.c, person_registration.c
    scored = connection.execute(
        select(p.weight, p.probability, p.state).where(p.instance_a == one, p.instance_b == other)
    ).first()
    problem = connection.scalar(
        select(b.reason).where(b.instance_a == one, b.instance_b == other).limit(1)
    )
    mine = select(link.instance_id, link.person_id).where(link.instance_id.in_((one, other)))
    owners = {row.instance_id: row.person_id for row in connection.execute(mine)}
    members = select(link.instance_id).where(link.person_id.in_(owners.values()))
    return Explanation(
        (one, other),
        (owners.get(one), owners.get(other)),
        scored.weight if scored else None,
        scored.probability if scored else None,
        scored.state if scored else None,
        [_line(name, left.get(name), right.get(name), bits.get(name)) for name in SHOWN],
        reasons,
        decisions.on_pair(connection, (one, other)),
        problem,
        sorted(set(connection.execute(members).scalars()) - {one, other}),
    )


def _line(name: str, left: Any, right: Any, bits: float | None) -> Line:
    known = left not in (None, "") and right not in (None, "")
    return Line(name, left, right, left == right if known else None, bits)


def _contents(connection: Connection, pair: Pair) -> dict[str, str]:
    r = registration.c
    rows = select(r.instance_id, r.content).where(r.instance_id.in_(pair)).order_by(r.project_id)
    found: dict[str, str] = {}
    for name, content in connection.execute(rows):
        found.setdefault(name, content)
    for instance_id in pair:
        if instance_id not in found:
            raise KafoError(
                f"La fiche {instance_id} n’est pas dans le registre. Les fiches à revoir : « kafo people "
                "review ».",
                f"The registration {instance_id} is not in the register. For those to review: `kafo "
                "people review`.",
            )
    return found


def _answers(connection: Connection, pair: Pair) -> dict[str, Answers]:
    found: dict[str, Answers] = {}
    for source in reversed(sources(connection)):
        found |= answers_of(connection, source, pair)
    return found
