"""Duplicates: records that may be one person, side by side; decided by one key, taken back by one."""

from sqlalchemy import Connection, func, select
from starlette.responses import Response

from forms.errors import KafoError
from kafo.web.memory import Memory
from kafo.web.personal import looking
from kafo.web.render import go, page
from kafo.web.site import Visit
from kafo.web.waiting import pairs_waiting
from pipelines.directory.near import near_registrations
from pipelines.directory.side_by_side import compare_persons
from pipelines.identity.acts import decide as decide_pair
from pipelines.identity.acts import merge
from pipelines.identity.acts import undo as undo_action
from pipelines.identity.explain import PROBLEMS, Explanation, explain
from pipelines.identity.work_list import Task, still_waits, work_list
from warehouse.identity_tables import match_run

_WORDS = {"same": "same", "different": "different", "later": "later"}
_LONGEST_ID = 100
_TASKS, _AHEAD = "tasks", 20


def work(visit: Visit) -> Response:
    """The most worthwhile pair that waits, with how many others do."""
    with looking(visit) as look:
        tasks = _next(look.connection, visit.site.memory)
        left = pairs_waiting(look.connection, visit.site.memory)
        comparison = explained = None
        near: list[str] = []
        if tasks:
            task = tasks[0]
            pair = task.instance_a, task.instance_b
            near = near_registrations(look.connection, pair)
            comparison = compare_persons(look.connection, pair, near)
            explained = _explained(look.connection, task)
            look.note("review", "match_pair", len(comparison.records))
    return page(
        visit, "duplicates.html", task=tasks[0] if tasks else None, comparison=comparison, explained=explained,
        choose=bool(near), left=left, done=visit.number(visit.asked("done")),
        problems=PROBLEMS, verdict=_WORDS.get(visit.asked("verdict"), ""),
    )  # fmt: skip


def decide(visit: Visit) -> Response:
    """Keep the verdict and go on with the next pair."""
    pair = (visit.field("a", _LONGEST_ID), visit.field("b", _LONGEST_ID))
    verdict = visit.field("verdict", 20)
    now = visit.site.now()
    outcome = decide_pair(visit.site.writer, pair, verdict, who=visit.who.name, now=now)
    visit.note("pair_decided", f"{verdict} {outcome.action_id}")
    return go(f"/duplicates?done={outcome.action_id}&verdict={verdict}")


def unite(visit: Visit) -> Response:
    """The persons that were ticked are one."""
    now = visit.site.now()
    persons = visit.fields("person", _LONGEST_ID)
    if len(set(persons)) < 2:
        raise KafoError(
            "Cochez deux personnes ou plus, puis « Réunir ».",
            "Tick two persons or more, then 'Unite'.",
        )
    outcome = merge(visit.site.writer, persons, who=visit.who.name, now=now)
    visit.note("persons_united", f"{len(set(persons))} {outcome.action_id}")
    visit.site.memory.forget(_TASKS)
    return go(f"/duplicates?done={outcome.action_id}&verdict=same")


def undo(visit: Visit) -> Response:
    """Take a decision back by its number."""
    number = visit.number(visit.field("action"))
    if number is not None:
        undo_action(visit.site.writer, number, who=visit.who.name, now=visit.site.now())
        visit.note("pair_undone", str(number))
        visit.site.memory.forget(_TASKS)
    return go("/duplicates")


def _explained(connection: Connection, task: Task) -> Explanation | None:
    """Why the two may be one; nothing for a registration that left the register meanwhile."""
    try:
        return explain(connection, (task.instance_a, task.instance_b))
    except KafoError:
        return None


def _next(connection: Connection, memory: Memory) -> list[Task]:
    """The first of some tasks found at once, while it still waits: looking through all pairs of a big
    register after each decision would make the steward wait."""
    state = connection.scalar(select(func.max(match_run.c.run_id)))

    def found() -> list[Task]:
        return work_list(connection, limit=_AHEAD)

    for _ in range(2):
        for task in memory.of(_TASKS, state, found):
            if still_waits(connection, task):
                return [task]
        memory.forget(_TASKS)  # all decided: look again, once
    return []
