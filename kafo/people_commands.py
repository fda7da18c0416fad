"""Commands `kafo people`: find who was registered more than once, look, decide, take back.

Names are shown to data stewards only: whoever looks says why, and the look is logged.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from sqlalchemy import Connection, Engine

from forms.errors import KafoError
from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, warehouse
from kafo.operator import who
from kafo.people_learning import learn, names

if TYPE_CHECKING:
    from pipelines.identity.acts import Outcome
    from pipelines.identity.work_list import Task

_REASON = say(
    "Pourquoi vous regardez, sans nom ni numéro.", "Why you look, without names or numbers."
)
_RECORD = say("Fiche : identifiant ou son début.", "Registration: instance ID or its beginning.")
_PERSON = say("Personne : identifiant ou carte.", "Person: ID or card.")
_NOTE = say("Remarque gardée avec la décision.", "A remark kept with the decision.")
_VERDICT = {
    "same": "same", "meme": "same", "même": "same", "oui": "same",
    "different": "different", "différent": "different", "non": "different",
    "later": "later", "plus-tard": "later",
}  # fmt: skip


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    people = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    title = say("Les personnes enregistrées plusieurs fois.", "People registered more than once.")
    app.add_typer(people, name="people", help=title)
    for name, command, fr, en in (
        ("match", match, "Compare les fiches nouvelles.", "Compare what is new."),
        ("review", review, "Ce qui attend une décision.", "What waits for a decision."),
        ("explain", explain, "Deux fiches côte à côte.", "Two registrations side by side."),
        ("decide", decide, "même, différent ou plus-tard.", "same, different or later."),
        ("merge", merge, "Des personnes n'en font qu'une.", "Several persons are one."),
        ("split", split, "Ces fiches sont d'une autre.", "These are another person's."),
        ("decisions", decisions, "Les décisions en vigueur.", "The decisions in force."),
        ("undo", undo, "Annule une décision.", "Take a decision back."),
        ("learn", learn, "Apprend de vos décisions.", "Learn from your decisions."),
        ("names", names, "Graphies de noms propres à ici.", "Spellings of names used here."),
        ("cards", cards, "Met à jour la liste des téléphones.", "Update the phones' list."),
    ):
        people.command(name, help=say(fr, en))(command)


def match(
    context: typer.Context,
    full: bool = typer.Option(False, "--full", help=say("Tout comparer.", "Compare everything.")),
) -> None:
    """Compare what changed since the last time with the register; prints numbers only."""
    from pipelines.identity.update import run

    engine = warehouse(configuration(context))
    with out.status(say("Comparaison…", "Comparing…")):
        done = run(engine, now=now(), full=full)
    if done.kind == "nothing":
        out.print(say("✓ rien de nouveau", "✓ nothing new"))
    else:
        out.print(
            say(
                f"✓ {done.changed} fiches comparées, {done.gone} parties ; personnes : {done.created} "
                f"nouvelles, {done.merged} réunies, {done.split} séparées ({done.seconds:.1f} s)",
                f"✓ {done.changed} registrations compared, {done.gone} gone; persons: {done.created} "
                f"new, {done.merged} merged, {done.split} split ({done.seconds:.1f} s)",
            ),
            soft_wrap=True,
        )
    _tell_waiting(engine)
    engine.dispose()


def review(
    context: typer.Context,
    limit: int = typer.Option(20, "--limit", min=1, max=200, help=say("Combien.", "How many.")),
    reason: str = typer.Option("", "--reason", help=_REASON),
) -> None:
    """The pairs that are worth most, as a table; look closer with `kafo people explain`."""
    from pipelines.identity.work_list import work_list
    from warehouse.engine import writing

    engine = warehouse(configuration(context))
    with writing(engine) as connection:
        tasks = work_list(connection, limit=limit)
        names = _names(connection, [i for t in tasks for i in (t.instance_a, t.instance_b)])
        _log(connection, "review", "match_pair", 2 * len(tasks), reason)
    if tasks:
        table = Table(say("fiche A", "registration A"), say("fiche B", "registration B"),
                      say("pourquoi", "why"), say("vraisemblance", "likelihood"))  # fmt: skip
        for task in tasks:
            table.add_row(
                names[task.instance_a], names[task.instance_b], _why(task), _percent(task)
            )
        out.print(table)
    _tell_waiting(engine)
    engine.dispose()


def explain(
    context: typer.Context,
    one: str = typer.Argument(help=_RECORD),
    other: str = typer.Argument(help=_RECORD),
    reason: str = typer.Option("", "--reason", help=_REASON),
) -> None:
    """Both registrations line by line, why they were matched, and what was decided."""
    from pipelines.directory.wording import wording
    from pipelines.identity.explain import PROBLEMS
    from pipelines.identity.explain import explain as explain_pair
    from pipelines.identity.find import registration_of
    from warehouse.engine import writing

    engine = warehouse(configuration(context))
    with writing(engine) as connection:
        pair = registration_of(connection, one), registration_of(connection, other)
        found = explain_pair(connection, pair)
        words = wording(connection)
        _log(connection, "explain", "match_pair", 2, reason)
    table = Table("", _short(found.pair[0]), _short(found.pair[1]), "")
    for line in found.lines:
        if line.left in (None, "") and line.right in (None, ""):
            continue
        mark = {True: "=", False: "≠", None: ""}[line.agrees]
        left, right = (say(*words.value(line.name, v)) for v in (line.left, line.right))
        table.add_row(say(*words.question(line.name)), left, right, mark)
    out.print(table)
    for each in found.reasons:
        bits = "" if each.bits is None else f" ({each.bits:+.1f})"
        out.print(f"  · {say(each.fr, each.en)}{bits}", markup=False, soft_wrap=True)
    if found.problem:
        why = say(*PROBLEMS[found.problem])
        out.print(say(f"Gardées séparées : {why}", f"Kept apart: {why}"), markup=False)
    if found.decision:
        d = found.decision
        out.print(f"→ {d.verdict} · {d.decided_by} · {d.decided_at[:10]} · n° {d.action_id}")
    engine.dispose()


def decide(
    context: typer.Context,
    one: str = typer.Argument(help=_RECORD),
    other: str = typer.Argument(help=_RECORD),
    verdict: str = typer.Argument(help=say("même, différent, plus-tard", "same, different, later")),
    note: str = typer.Option("", "--note", help=_NOTE),
) -> None:
    """One verdict on two registrations; it counts at once and in every later run."""
    from pipelines.identity.acts import decide as act
    from pipelines.identity.find import registration_of
    from warehouse.engine import reading

    engine = warehouse(configuration(context))
    with reading(engine) as connection:
        pair = registration_of(connection, one), registration_of(connection, other)
    word = _VERDICT.get(verdict.lower(), verdict)
    done = act(engine, pair, word, who=who(), now=now(), note=note or None)
    _tell(done)
    engine.dispose()


def merge(
    context: typer.Context,
    persons: list[str] = typer.Argument(help=_PERSON),
    note: str = typer.Option("", "--note", help=_NOTE),
) -> None:
    """All registrations of these persons are one; the oldest ID stays, the others lead to it."""
    from pipelines.identity.acts import merge as act
    from pipelines.identity.find import person_of
    from warehouse.engine import reading

    engine = warehouse(configuration(context))
    with reading(engine) as connection:
        found = [person_of(connection, name) for name in persons]
    _tell(act(engine, found, who=who(), now=now(), note=note or None))
    engine.dispose()


def split(
    context: typer.Context,
    person: str = typer.Argument(help=_PERSON),
    leaving: list[str] = typer.Argument(help=_RECORD),
    note: str = typer.Option("", "--note", help=_NOTE),
) -> None:
    """These registrations leave the person, for good."""
    from pipelines.identity.acts import split as act
    from pipelines.identity.find import person_of, registration_of
    from warehouse.engine import reading

    engine = warehouse(configuration(context))
    with reading(engine) as connection:
        person_id = person_of(connection, person)
        records = [registration_of(connection, name) for name in leaving]
    _tell(act(engine, person_id, records, who=who(), now=now(), note=note or None))
    engine.dispose()


def decisions(context: typer.Context) -> None:
    """Every decision in force, newest first, without names."""
    from pipelines.identity.decisions import active
    from warehouse.engine import reading

    engine = warehouse(configuration(context))
    with reading(engine) as connection:
        rows = active(connection)
    table = Table("n°", say("décision", "decision"), say("fiches", "registrations"),
                  say("par", "by"), say("le", "on"), say("remarque", "remark"))  # fmt: skip
    for row in reversed(rows):
        pair = f"{_short(row.instance_a)} {_short(row.instance_b)}"
        table.add_row(
            str(row.action_id), row.verdict, pair, row.decided_by, row.decided_at[:10],
            row.note or "",
        )  # fmt: skip
    out.print(table)
    engine.dispose()


def undo(context: typer.Context, number: int) -> None:
    """Take back a decision, a merge or a split by its number."""
    from pipelines.identity.acts import undo as act

    engine = warehouse(configuration(context))
    done = act(engine, number, who=who(), now=now())
    persons = len(set(done.person_of.values()))
    out.print(
        say(
            f"✓ décision n° {number} annulée : {len(done.person_of)} fiches, {persons} personne(s)",
            f"✓ decision no. {number} undone: {len(done.person_of)} registrations, {persons} person(s)",
        )
    )
    engine.dispose()


def cards(context: typer.Context) -> None:
    """Send to ODK Central what differs, so that every phone warns of every known person."""
    from kafo.connection import central
    from kafo.form_commands import salt
    from sync.card_list import refill

    config = configuration(context)
    engine = warehouse(config)
    with central(config) as source:
        for done in refill(engine, source.client, source.projects, salt=salt(config)):
            out.print(
                say(
                    f"✓ projet {done.project_id} : {done.created} lignes ajoutées, {done.changed} "
                    f"corrigées, {done.removed} retirées",
                    f"✓ project {done.project_id}: {done.created} rows added, {done.changed} "
                    f"corrected, {done.removed} removed",
                )
            )
    engine.dispose()


def _tell(done: "Outcome") -> None:
    persons = len(set(done.person_of.values()))
    out.print(
        say(
            f"✓ décision n° {done.action_id} : {len(done.person_of)} fiches, {persons} personne(s). "
            f"Pour l'annuler : kafo people undo {done.action_id}",
            f"✓ decision no. {done.action_id}: {len(done.person_of)} registrations, {persons} person(s). "
            f"To undo it: kafo people undo {done.action_id}",
        ),
        soft_wrap=True,
    )
    if done.conflicts:
        raise KafoError(
            "Cette décision en contredit d'autres ; les fiches restent séparées. Voyez « kafo people "
            "review » et annulez l'une des décisions.",
            "This decision contradicts others; the registrations stay apart. See 'kafo people review' "
            "and undo one of the decisions.",
        )


def _tell_waiting(engine: Engine) -> None:
    from pipelines.identity.work_list import waiting
    from warehouse.engine import reading

    with reading(engine) as connection:
        left = waiting(connection)
    out.print(
        say(
            f"À revoir : {left['pair']} paires, {left['kept_apart']} gardées séparées, "
            f"{left['conflict']} décisions contradictoires",
            f"To review: {left['pair']} pairs, {left['kept_apart']} kept apart, "
            f"{left['conflict']} contradicting decisions",
        ),
        soft_wrap=True,
    )


def _names(connection: Connection, instances: Sequence[str]) -> dict[str, str]:
    """Registration → name, year and the beginning of its ID."""
    from pipelines.identity.registrations import answers_of, sources

    found = dict.fromkeys(instances, "?")
    for source in sources(connection):
        for instance, said in answers_of(connection, source, list(found)).items():
            name = f"{said['last_name']} {said['first_names']}, {said['birth_year']}"
            found[instance] = f"{name}\n{_short(instance)}"
    return found


def _log(connection: Connection, action: str, what: str, rows: int, reason: str) -> None:
    from warehouse.access import log_access

    log_access(connection, now=now(), who=who(), action=action, what=what, rows=rows, reason=reason)


def _why(task: "Task") -> str:
    from pipelines.identity.explain import PROBLEMS

    if task.reason:
        return say(*PROBLEMS[task.reason])
    return say("remise à plus tard", "put off") if task.kind == "later" else say("doute", "doubt")


def _percent(task: "Task") -> str:
    return "" if task.probability is None else f"{task.probability:.0%}"


def _short(instance_id: str) -> str:
    return instance_id.removeprefix("uuid:")[:8]
