"""Duplicates: two records that may be one person, side by side; decided by one key, taken back by one."""

from sqlalchemy import Connection
from starlette.responses import Response

from forms.errors import KafoError
from kafo.web.personal import looking
from kafo.web.render import go, page
from kafo.web.site import Visit
from pipelines.directory.side_by_side import compare_persons
from pipelines.identity.acts import decide as decide_pair
from pipelines.identity.acts import undo as undo_action
from pipelines.identity.explain import PROBLEMS, Explanation, explain
from pipelines.identity.work_list import Task, waiting, work_list

_WORDS = {"same": "same", "different": "different", "later": "later"}
_LONGEST_ID = 100


def work(visit: Visit) -> Response:
    """The most worthwhile pair that waits, with how many others do."""
    with looking(visit) as look:
        tasks = work_list(look.connection, limit=1)
        counts = waiting(look.connection)
        comparison = explained = None
        if tasks:
            task = tasks[0]
            comparison = compare_persons(look.connection, (task.instance_a, task.instance_b))
            explained = _explained(look.connection, task)
            look.note("review", "match_pair", len(comparison.records))
    return page(
        visit, "duplicates.html", task=tasks[0] if tasks else None, comparison=comparison, explained=explained,
        left=sum(counts.values()), done=visit.number(visit.asked("done")),
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


def undo(visit: Visit) -> Response:
    """Take a decision back by its number."""
    number = visit.number(visit.field("action"))
    if number is not None:
        undo_action(visit.site.writer, number, who=visit.who.name, now=visit.site.now())
        visit.note("pair_undone", str(number))
    return go("/duplicates")


def _explained(connection: Connection, task: Task) -> Explanation | None:
    """Why the two may be one; nothing for a registration that left the register meanwhile."""
    try:
        return explain(connection, (task.instance_a, task.instance_b))
    except KafoError:
        return None
