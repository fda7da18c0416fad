"""Commands `kafo quality`: look for problems, read them, act on them in ODK Central, take back.

Problems hold times, counts and codes, never names: whoever may run commands may read them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer
from sqlalchemy import Engine

from forms.errors import UsageError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import central, now, opened
from kafo.operator import who

if TYPE_CHECKING:
    from sync.review_state import State
    from warehouse.quality_queries import Problem

_PROBLEM = say("Problème : son numéro ou le début.", "Problem: its number or the beginning.")
_NUMBER = say("Numéro de « kafo quality actions ».", "Number from 'kafo quality actions'.")
_GIVE = say("problèmes, approuvé ou rejeté.", "issues, approved or rejected.")
_COMMENT = say("Quoi corriger, sans nom ni téléphone.", "What to correct, no names or phones.")
_GIVEN: "dict[str, State]" = {
    "problèmes": "hasIssues", "problemes": "hasIssues", "issues": "hasIssues",
    "approuvé": "approved", "approuve": "approved", "approved": "approved",
    "rejeté": "rejected", "rejete": "rejected", "rejected": "rejected",
}  # fmt: skip
_STATES = {
    None: ("reçue", "received"), "hasIssues": ("problèmes", "issues"),
    "approved": ("approuvée", "approved"), "rejected": ("rejetée", "rejected"),
    "edited": ("modifiée", "edited"), "open": ("ouvert", "open"),
    "ignored": ("ignoré", "ignored"),
}  # fmt: skip
_OUTCOMES = {
    "begun": ("commencée", "begun"), "failed": ("échouée", "failed"),
    "undone": ("sans effet", "without effect"),
}  # fmt: skip


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    quality = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    title = say("Les problèmes trouvés dans les données.", "Problems found in the data.")
    app.add_typer(quality, name="quality", help=title)
    for name, command, fr, en in (
        ("list", show, "Les problèmes, le plus grave d'abord.", "Problems, most serious first."),
        ("run", run, "Contrôle ce qui a changé.", "Check what changed."),
        ("act", act, "Renvoie la fiche dans Central.", "Return the record in Central."),
        ("actions", actions, "Ce qui a été décidé.", "What was decided."),
        ("ignore", ignore, "Ce n'est pas un problème.", "It is no problem."),
        ("reopen", reopen, "C'en est un, finalement.", "It is one after all."),
        ("undo", undo, "Annule une action.", "Take an action back."),
    ):
        quality.command(name, help=say(fr, en))(command)


def show(
    context: typer.Context,
    rule: str = typer.Option("", "--rule", help=say("Une règle.", "One rule.")),
    enumerator: str = typer.Option("", "--enumerator", help=say("Un enquêteur.", "One of them.")),
    severity: int = typer.Option(0, "--severity", min=0, max=3, help="3, 2, 1"),
    ignored: bool = typer.Option(False, "--ignored", help=say("Les ignorés.", "Ignored ones.")),
    limit: int = typer.Option(20, "--limit", min=1, max=1000, help=say("Combien.", "How many.")),
) -> None:
    """One block for each problem: number, evidence, what to do."""
    from pipelines.quality.catalogue import rules
    from warehouse.engine import reading
    from warehouse.quality_queries import Filter, problems

    if rule and rule not in {known.code for known in rules()}:
        raise UsageError(
            f"« {rule} » n'est pas une règle. Liste : docs/fr/qualite.md.",
            f"'{rule}' is no rule. List: docs/fr/qualite.md.",
        )
    wanted = Filter("ignored" if ignored else "open", rule, enumerator, severity or None)
    with opened(configuration(context)) as engine, reading(engine) as connection:
        found, total = problems(connection, wanted, limit=limit)
    for each in found:
        for line in _block(each):
            out.print(line, markup=False)
    more = say(f", les {limit} premiers", f", the first {limit}") if total > limit else ""
    out.print(say(f"{total} problème(s){more}", f"{total} problem(s){more}"))


def run(context: typer.Context) -> None:
    """What `kafo sync` does at its end, alone."""
    from pipelines.quality.check import run as check

    config = configuration(context)
    with opened(config) as engine:
        done = check(engine, now=now(), thresholds=config.thresholds)
    out.print(
        say(
            f"✓ {done.checked} entretiens contrôlés ({done.seconds:.1f} s)\n"
            f"  {done.opened} problèmes nouveaux, {done.closed} disparus, {done.open} ouverts",
            f"✓ {done.checked} interviews checked ({done.seconds:.1f} s)\n"
            f"  {done.opened} new problems, {done.closed} vanished, {done.open} open",
        )
    )


def act(
    context: typer.Context,
    problem: str = typer.Argument(help=_PROBLEM),
    state: str = typer.Argument(help=_GIVE),
    comment: str = typer.Option(..., "--comment", help=_COMMENT),
) -> None:
    """Set the review state of the problem's record in ODK Central, with a comment."""
    from sync.review_state import set_state

    given = _GIVEN.get(state.lower())
    if given is None:
        raise UsageError(f"« {state} » : donnez {_GIVE}", f"'{state}': give {_GIVE}")
    config = configuration(context)
    with opened(config) as engine:
        found = _problem(engine, problem)
        if found.instance_id is None or found.project_id is None or found.form_id is None:
            raise UsageError(
                "Ce problème concerne un enquêteur, pas une fiche : parlez-lui, puis ignorez-le ou "
                "attendez qu'il disparaisse.",
                "This problem is about an enumerator, not a record: talk to them, then ignore it or "
                "wait until it vanishes.",
            )
        key = (found.project_id, found.form_id, found.instance_id)
        with central(config) as source:
            number = set_state(
                engine, source.client, key, given, comment=comment, actor=who(), now=now()
            )
    _tell(f"C{number}", given)


def actions(
    context: typer.Context,
    limit: int = typer.Option(20, "--limit", min=1, max=1000, help=say("Combien.", "How many.")),
) -> None:
    """Newest first: C… in ODK Central, P… on a problem here; without effect is said so."""
    from pipelines.quality.decide import decisions
    from sync.review_state import review_actions
    from warehouse.engine import reading

    with opened(configuration(context)) as engine, reading(engine) as connection:
        rows = [
            (row.acted_at, f"C{row.action_id}", row.form_id, row, row.note, row.outcome)
            for row in review_actions(connection, limit=limit)
        ]
        rows += [
            (row.acted_at, f"P{row.decision_id}", row.rule, row, row.why, "done")
            for row in decisions(connection, limit=limit)
        ]
    undone = {
        f"{number[0]}{row.undoes}" for _, number, _, row, _, result in rows if result == "done"
    }
    for at, number, what, row, why, outcome in sorted(rows, key=lambda r: r[0], reverse=True)[
        :limit
    ]:
        words = ("annulée", "taken back") if number in undone else _OUTCOMES.get(outcome)
        result = f" · {say(*words)}" if words else ""
        step = f"{say(*_STATES[row.before])} → {say(*_STATES[row.after])}"
        head = f"{number:<5} {at[:16].replace('T', ' ')}  {row.actor}: {what}, {step}{result}"
        out.print(head, markup=False)
        if why:
            out.print(f"      {why}", markup=False)
    if not rows:
        out.print(say("Aucune action.", "No action."))


def ignore(
    context: typer.Context,
    problem: str = typer.Argument(help=_PROBLEM),
    why: str = typer.Option(..., "--why", help=say("Pourquoi.", "Why.")),
) -> None:
    """It stays ignored in every later check, until somebody reopens it."""
    from pipelines.quality.decide import find
    from pipelines.quality.decide import ignore as decide
    from warehouse.engine import writing

    with opened(configuration(context)) as engine, writing(engine) as connection:
        name = find(connection, problem)
        number = decide(connection, name, who=who(), why=why, now=now())
    _tell(f"P{number}", "ignored")


def reopen(
    context: typer.Context,
    problem: str = typer.Argument(help=_PROBLEM),
    why: str = typer.Option("", "--why", help=say("Pourquoi.", "Why.")),
) -> None:
    """An ignored problem waits again."""
    from pipelines.quality.decide import find
    from pipelines.quality.decide import reopen as decide
    from warehouse.engine import writing

    with opened(configuration(context)) as engine, writing(engine) as connection:
        name = find(connection, problem)
        number = decide(connection, name, who=who(), why=why, now=now())
    _tell(f"P{number}", "open")


def undo(context: typer.Context, number: str = typer.Argument(help=_NUMBER)) -> None:
    """Give back the state that was before."""
    kind, digits = number[:1].upper(), number[1:]
    if kind not in ("C", "P") or not digits.isascii() or not digits.isdecimal():
        raise UsageError(
            f"« {number} » n'est pas un numéro d'action. Liste : kafo quality actions.",
            f"'{number}' is no number of an action. List: kafo quality actions.",
        )
    undone = _undo_central if kind == "C" else _undo_here
    undone(context, int(digits))
    out.print(say(f"✓ {kind}{digits} est annulée", f"✓ {kind}{digits} is undone"))


def _undo_central(context: typer.Context, number: int) -> None:
    from sync.review_state import undo as take_back

    config = configuration(context)
    with opened(config) as engine, central(config) as source:
        take_back(engine, source.client, number, actor=who(), now=now())


def _undo_here(context: typer.Context, number: int) -> None:
    from pipelines.quality.decide import undo as take_back
    from warehouse.engine import writing

    with opened(configuration(context)) as engine, writing(engine) as connection:
        take_back(connection, number, who=who(), now=now())


def _problem(engine: Engine, beginning: str) -> "Problem":
    from pipelines.quality.decide import find
    from warehouse.engine import reading
    from warehouse.quality_queries import find_problem

    with reading(engine) as connection:
        found = find_problem(connection, find(connection, beginning))
    assert found is not None
    return found


def _block(each: "Problem") -> Iterator[str]:
    record = f" · {each.form_id} {_short(each.instance_id)}" if each.instance_id else ""
    yield f"{each.severity} · {each.problem_id[:8]} · {each.rule} · {each.enumerator or '?'}{record}"
    yield f"    {say(*each.evidence)}"
    if each.state == "ignored":
        yield f"    {each.state_by}: {each.state_why}"
    else:
        yield f"    → {say(*each.action)}"


def _short(instance_id: str) -> str:
    return instance_id.removeprefix("uuid:")[:8]


def _tell(number: str, state: str) -> None:
    now_is = say(*_STATES[state])
    out.print(
        say(
            f"✓ {number} : {now_is}. Pour annuler : kafo quality undo {number}",
            f"✓ {number}: {now_is}. To undo: kafo quality undo {number}",
        )
    )
