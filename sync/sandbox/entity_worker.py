"""What Central's worker does with a submission: create and update entities.

Central does it seconds later in another process; here it is done before the answer, so that tests
need not wait. Errors go to the audit log and never fail the submission.
"""

import json

from sync.sandbox.audit import log
from sync.sandbox.call import Call
from sync.sandbox.entities_state import (
    Version,
    add_source,
    add_version,
    create_entity,
    differing,
    entity_row,
)
from sync.sandbox.entity_data import Wish, wishes
from sync.sandbox.forms_state import read_form
from sync.sandbox.problems import Problem, missing_parameter
from sync.sandbox.store import Row, insert
from sync.sandbox.xml_tree import parse_submission

_UPDATES = ("submission.create", "submission.update.version", "submission.backlog.reprocess")


def after_submission(call: Call, def_id: int) -> None:
    """Create or update the entities that a new version of a submission speaks of."""
    _process(call, def_id, "submission.create", "submission.update.version")


def after_review(call: Call, def_id: int) -> None:
    """An approval creates the entities of lists that wait for one."""
    _process(call, def_id, "submission.update")


def _process(call: Call, def_id: int, *actions: str) -> None:
    version = call.one("select * from submission_defs where id = ?", def_id)
    assert version is not None
    marks = ", ".join("?" * len(actions))
    sql = f"select * from audits where submissionId = ? and action in ({marks}) order by id desc"
    event = call.one(sql, version["submissionId"], *actions)
    if event is not None:
        _handle(call, version, event)


def _handle(call: Call, version: Row, event: Row) -> None:
    """One event, undone as a whole when something in it is wrong."""
    form = call.one("select xml from form_defs where id = ?", version["formDefId"])
    assert form is not None
    xform = read_form(form["xml"])
    if not xform.entity_lists or version["localKey"] is not None or _done(call, version):
        return
    call.db.execute("savepoint entities")
    try:
        found = wishes(xform, parse_submission(version["xml"]))
        details = {"submission": {"instanceId": version["instanceId"]}}
        source = add_source(call, submission_def=version["id"], audit=event["id"], details=details)
        for wish in found:
            _grant(call, version, event, wish, source)
    except Problem as problem:
        call.db.execute("rollback to entities")
        _log_error(call, version, event, problem)
    call.db.execute("release entities")


def _done(call: Call, version: Row) -> bool:
    """A submission makes entities once, and not while it is held back."""
    sql = """
      select 1 from entity_defs e join entity_def_sources s on s.id = e.sourceId
      join submission_defs d on d.id = s.submissionDefId where d.submissionId = ?
      union select 1 from entity_backlog b join submission_defs d on d.id = b.submissionDefId
      where d.submissionId = ?"""
    return call.one(sql, version["submissionId"], version["submissionId"]) is not None


def _log_error(call: Call, version: Row, event: Row, problem: Problem) -> None:
    told: dict[str, object] = {"problemCode": problem.code}
    told |= {} if problem.details is None else {"problemDetails": problem.details}
    details: dict[str, object] = {
        "submissionId": version["submissionId"],
        "submissionDefId": version["id"],
        "errorMessage": problem.message,
        "problem": told,
    }
    number = version["submissionId"]
    log(call, "entity.error", None, details, submission=number, actor=event["actorId"])


def _grant(call: Call, version: Row, event: Row, wish: Wish, source: int) -> None:
    sql = """
      select d.*, x.actions from datasets d join forms f on f.projectId = d.projectId
      join form_defs v on v.formId = f.id
      left join dataset_form_defs x on x.datasetId = d.id and x.formDefId = v.id
      where v.id = ? and d.name = ? and d.publishedAt is not null and d.deletedAt is null"""
    dataset = call.one(sql, version["formDefId"], wish.dataset)
    if dataset is None:
        text = f"The dataset ({wish.dataset}) specified in the submission does not exist."
        raise Problem(404.7, text, {"datasetName": wish.dataset})
    permitted = (dataset["actions"] or "").split(",")
    for action in ("create", "update"):
        if wish.says(action) and action not in permitted:
            raise _not_permitted(action, permitted)
    done = False
    if wish.says("update"):
        done = _update_or_create(call, version, event, wish, source, dataset)
    elif wish.says("create"):
        done = _create(call, version, event, wish, source, dataset)
    if done:
        _release_held(call, event, wish)


def _not_permitted(action: str, permitted: list[str]) -> Problem:
    text = (
        f"The submission attempts an entity {action}, but the form does not permit that action. "
        f"The form permits the following actions: {', '.join(permitted)}."
    )
    return Problem(403.2, text, {"action": action, "permitted": permitted})


def _update_or_create(
    call: Call, version: Row, event: Row, wish: Wish, source: int, dataset: Row
) -> bool:
    try:
        return _update(call, version, event, wish, source, dataset)
    except Problem as problem:
        no_base = problem.code == 400.2 and problem.details == {"field": "baseVersion"}
        if wish.says("create") and (problem.code == 404.8 or no_base):
            return _create(call, version, event, wish, source, dataset)
        raise


def _create(call: Call, version: Row, event: Row, wish: Wish, source: int, dataset: Row) -> bool:
    approved = event["action"] == "submission.update"
    if bool(dataset["approvalRequired"]) != approved:
        return False
    if not wish.label or not wish.label.strip():
        raise missing_parameter("label")
    made = Version(
        label=wish.label,
        data=wish.data,
        received=wish.received,
        creator=version["submitterId"],
        agent=version["userAgent"],
        source=source,
        branch=wish.branch,
        trunk=wish.trunk_version,
    )
    create_entity(call, dataset, wish.uuid, made)
    _log(call, "entity.create", dataset, version, event, wish.uuid)
    return True


def _log(call: Call, action: str, dataset: Row, version: Row, event: Row, uuid: str) -> None:
    entity = entity_row(call, dataset["id"], uuid)
    assert entity is not None
    details: dict[str, object] = {
        "entityId": entity["id"],
        "entityDefId": entity["defId"],
        "entity": {"uuid": uuid, "dataset": dataset["name"]},
        "submissionId": version["submissionId"],
        "submissionDefId": version["id"],
    }
    number = version["submissionId"]
    log(call, action, dataset["acteeId"], details, submission=number, actor=event["actorId"])


def _update(call: Call, version: Row, event: Row, wish: Wish, source: int, dataset: Row) -> bool:
    if event["action"] not in _UPDATES:
        return False
    if wish.base_version is None:
        raise missing_parameter("baseVersion")
    entity = entity_row(call, dataset["id"], wish.uuid)
    if entity is None:
        raise _no_entity(call, dataset, wish.uuid)
    base = _base(call, entity, wish)
    if base is None:
        _hold(call, version, event, wish)
        return False
    if wish.trunk_version is not None and wish.trunk_version > entity["version"]:
        raise _no_version(dataset, wish.uuid, f"trunkVersion={wish.trunk_version}")
    conflict, conflicting = _conflict(call, entity, base, wish)
    made = Version(
        label=wish.label or entity["label"],
        data=json.loads(entity["data"]) | wish.data,
        received=wish.received,
        creator=version["submitterId"],
        agent=version["userAgent"],
        source=source,
        base=base["version"],
        conflicting=conflicting,
        branch=wish.branch,
        trunk=wish.trunk_version,
        branch_base=None if wish.branch is None else wish.base_version,
    )
    add_version(call, entity, made, conflict)
    _log(call, "entity.update.version", dataset, version, event, wish.uuid)
    return True


def _no_entity(call: Call, dataset: Row, uuid: str) -> Problem:
    if entity_row(call, dataset["id"], uuid, deleted=True) is not None:
        text = f"The entity with UUID ({uuid}) has been deleted."
        return Problem(404.11, text, {"entityUuid": uuid})
    text = (
        f"The entity with UUID ({uuid}) specified in the submission does not exist in the dataset "
        f"({dataset['name']})."
    )
    return Problem(404.8, text, {"entityUuid": uuid, "datasetName": dataset["name"]})


def _no_version(dataset: Row, uuid: str, version: object) -> Problem:
    text = (
        f"Base version ({version}) does not exist for entity UUID ({uuid}) in dataset "
        f"({dataset['name']})."
    )
    details = {"baseVersion": version, "entityUuid": uuid, "datasetName": dataset["name"]}
    return Problem(404.9, text, details)


def _base(call: Call, entity: Row, wish: Wish) -> Row | None:
    """The version that was changed; None while the offline update before this one is missing."""
    start = wish.branch is None or wish.base_version in (1, wish.trunk_version)
    if start:
        sql = "select * from entity_defs where entityId = ? and version = ?"
        found = call.one(sql, entity["id"], wish.base_version)
        if found is None and wish.branch is None:
            dataset = call.one("select * from datasets where id = ?", entity["datasetId"])
            assert dataset is not None
            raise _no_version(dataset, wish.uuid, wish.base_version)
        return found
    sql = "select * from entity_defs where entityId = ? and branchId = ? and branchBaseVersion = ?"
    before = None if wish.base_version is None else wish.base_version - 1
    return call.one(sql, entity["id"], wish.branch, before)


def _conflict(
    call: Call, entity: Row, base: Row, wish: Wish
) -> tuple[str | None, list[str] | None]:
    """Soft: others changed it meanwhile; hard: they changed the same properties."""
    conflict = entity["conflict"]
    if base["version"] == entity["version"]:
        interrupted = _interrupted(call, entity, wish)
        return ("soft" if interrupted and conflict != "hard" else conflict), None
    server, old = json.loads(entity["data"]), json.loads(base["data"])
    changed = {key: server[key] for key in differing(server, old)}
    if entity["label"] != base["label"]:
        changed["label"] = entity["label"]
    received = wish.received
    both = [key for key in received if key in changed and received[key] != changed[key]]
    if conflict != "hard":
        conflict = "hard" if both else "soft"
    return conflict, both


def _interrupted(call: Call, entity: Row, wish: Wish) -> bool:
    """Whether somebody else's version lies inside the offline branch."""
    if wish.branch is None:
        return False
    sql = """
      select 1 from entity_defs where entityId = ? and version > ?
      and branchId is not ?"""
    return call.one(sql, entity["id"], wish.trunk_version or 1, wish.branch) is not None


# -- offline updates that came too early


def _hold(call: Call, version: Row, event: Row, wish: Wish) -> None:
    _backlog(call, "hold", event, version)
    insert(
        call.db,
        "entity_backlog",
        submissionDefId=version["id"],
        branchId=wish.branch,
        branchBaseVersion=wish.base_version,
        loggedAt=call.now,
    )


def _backlog(call: Call, what: str, event: Row, version: Row) -> int:
    details: dict[str, object] = {
        "submissionId": version["submissionId"],
        "submissionDefId": version["id"],
    }
    action, number = f"submission.backlog.{what}", version["submissionId"]
    actor = event["actorId"]
    return log(call, action, event["acteeId"], details, submission=number, actor=actor)


def _release_held(call: Call, event: Row, wish: Wish) -> None:
    """The next update of the branch may have been waiting for this one."""
    sql = """
      select d.* from entity_backlog b join submission_defs d on d.id = b.submissionDefId
      where b.branchId = ? and b.branchBaseVersion = ?"""
    number = (wish.base_version or 0) + 1
    held = call.one(sql, wish.branch, number)
    if held is None:
        return
    call.db.execute("delete from entity_backlog where submissionDefId = ?", (held["id"],))
    again = _backlog(call, "reprocess", event, held)
    found = call.one("select * from audits where id = ?", again)
    assert found is not None
    _handle(call, held, found)
