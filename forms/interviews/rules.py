"""What a focal point answers from the situation rather than from the person, by question name.

A question of another form with the same name gets the same kind of answer; one without a rule is
guessed. A rule may answer None: the question is left blank where that is possible.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

from forms.compiler import REFERENCE, read_reference
from forms.engine.screen import Said
from forms.interviews import traits
from forms.interviews.people import Person, pick


@dataclass(slots=True)
class Situation:
    """An interview as its enumerator knows it."""

    person: Person
    enumerator: int
    home: str
    """The cercle where the enumerator works."""
    now: datetime
    rng: Random
    earlier_code: Callable[[], str | None]
    """Looks up the code of an earlier case of the same form, to follow it up."""
    offered: tuple[str, ...] = ()
    """What can be chosen at the question under way."""
    said: dict[str, Said] = field(default_factory=dict)
    """Answers so far, by the name of the question."""

    def number(self, name: str) -> int:
        """An earlier answer as a number; 0 without one."""
        text = self.said.get(name)
        return int(text) if isinstance(text, str) and text.isdigit() else 0


Rule = Callable[[Situation], Said]


def _weighted(weights: traits.Weights) -> Rule:
    return lambda s: pick(weights, s.rng)


def _count(most: int, mean: float) -> Rule:
    return lambda s: str(min(most, int(s.rng.expovariate(1 / mean))))


def _near(s: Situation) -> Said:
    """Of the places offered, each enumerator mostly goes to the same few."""
    if not s.offered:
        return None
    mine = Random(f"{s.home}/{s.enumerator}")  # noqa: S311 - invented data, no secret
    few = [mine.choice(s.offered) for _ in range(2)]
    return s.rng.choice(few) if s.rng.random() < 0.85 else s.rng.choice(s.offered)


def _days_ago(most: int) -> Rule:
    return lambda s: (s.now - timedelta(days=s.rng.randint(0, most))).date().isoformat()


def _share(*names: str) -> Rule:
    """A part of what was counted before."""
    return lambda s: str(int(sum(map(s.number, names)) * s.rng.betavariate(1, 4)))


def _one_of(*texts: str) -> Rule:
    return lambda s: s.rng.choice(texts)


def _follow_up(s: Situation) -> Said:
    """A case can be followed up if there is one; a site, if the commune has one that is known."""
    if s.rng.random() >= 0.3:
        return "new"
    known = s.said["commune"] in _communes_with_sites() if "commune" in s.said else s.earlier_code()
    return "follow_up" if known else "new"


@cache
def _communes_with_sites() -> frozenset[str]:
    return frozenset(row["commune"] for row in read_reference(REFERENCE / "sites.csv"))


def _score_after(s: Situation) -> Said:
    return str(min(10, s.number("pre_score") + s.rng.randint(0, 4)))


RULES: Mapping[str, Rule] = {
    # where and who
    "focal_point": lambda s: f"PF-{s.enumerator + 1:02d}",
    "cercle": lambda s: s.home,
    "commune": _near,
    "site": _near,
    # the phone may know of somebody like the person; the person says it is the first time
    "is_new": lambda s: "no" if s.person.says.get("seen_before") == "yes" else "yes",
    # membership
    "consent_membership": _weighted({"yes": 94, "no": 6}),
    "event": _weighted({"join": 45, "dues": 35, "renew": 12, "transfer": 3, "resign": 5}),
    "event_date": _days_ago(10),
    "age_years": lambda s: str(max(16, s.now.year - int(str(s.person.says["birth_year"])))),
    "guardian_no_objection": lambda _: "yes",
    "form_signed": _weighted({"yes": 97, "no": 3}),
    "role": _weighted({"member": 90, "delegate": 4, "section": 2, "relay": 4}),
    "card_issued": _weighted({"yes": 8, "no": 2}),
    "union_card_no": lambda s: f"K{s.now:%y}-{s.rng.randint(1, 99999):05d}",
    "dues_amount": _one_of("0", "500", "1000", "1000", "1500", "2000", "6000"),
    "dues_mode": _weighted({"cash": 7, "mobile": 3}),
    "dues_months": lambda s: str(max(1, min(24, s.number("dues_amount") // 500))),
    "receipt_no": lambda s: f"{s.rng.randint(1, 9999):04d}",
    # training and awareness
    "session_date": _days_ago(7),
    "day_no": _weighted({"1": 5, "2": 3, "3": 2}),
    "part_role": _weighted(
        {"migrant": 82, "focal_point": 5, "union_rep": 5, "service_agent": 4, "elected": 2, "other": 2}
    ),
    "has_card": _weighted({"yes": 7, "no": 3}),
    "pre_score": lambda s: str(s.rng.randint(1, 6)),
    "post_score": _score_after,
    "women": _count(200, 9),
    "men": lambda s: str(1 + min(200, int(s.rng.expovariate(1 / 18)))),
    "minors": _share("women", "men"),
    "foreign": _share("women", "men"),
    "materials": _count(300, 20),
    "referrals_opened": _count(10, 1),
    "incident": _weighted({"no": 96, "yes": 4}),
    # referral
    "record_type": _follow_up,
    "referral_code": lambda s: s.earlier_code(),
    "case_code": lambda s: s.earlier_code(),
    "info_only": _weighted({"yes": 4, "no": 6}),
    "urgency": _weighted({"normal": 85, "urgent": 12, "emergency": 3}),
    "consent_share": _weighted({"yes": 9, "no": 1}),
    "status_date": _days_ago(5),
    "status": _weighted({"served": 45, "received": 25, "sent": 12, "refused": 8, "lost": 8, "withdrawn": 2}),
    # labour case
    "mandate": _weighted({"yes": 7, "no": 3}),
    "collective": _weighted({"no": 8, "yes": 2}),
    "employer": _one_of("exploitant local", "société de sous-traitance", "patron de puits"),
    "amount_claimed": _one_of("50000", "75000", "120000", "300000", "450000"),
    "amount_recovered": _one_of("25000", "50000", "120000"),
    "next_date": lambda s: (s.now + timedelta(days=s.rng.randint(1, 30))).date().isoformat(),
    "fact_month": lambda s: (s.now - timedelta(days=s.rng.randint(5, 300))).strftime("%Y-%m-01"),
    # sites
    "site_name": _one_of("placer d’exemple A", "placer d’exemple B", "placer d’exemple C"),
    "alt_names": lambda _: None,
    "village": _one_of("village d’exemple 1", "village d’exemple 2"),
    "operator": _one_of("permis d’exemple"),
    "foreign_share": lambda s: str(10 * s.rng.randint(0, 9)),
    "team_safe": _weighted({"yes": 9, "no": 1}),
}  # fmt: skip
