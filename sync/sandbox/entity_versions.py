"""The history of an entity: versions with their conflicts and sources, differences, audits."""

import json
from itertools import pairwise

from sync.sandbox.call import Answer, Call
from sync.sandbox.datasets_state import dataset_of
from sync.sandbox.entities_state import differing, entity_of, version_json
from sync.sandbox.problems import not_found
from sync.sandbox.routes_audits import audit_json, jsonb
from sync.sandbox.store import Row
from sync.sandbox.submission_json import SUBMISSIONS, person, submission_json

Shown = dict[str, object]


def _versions_of(call: Call) -> list[Row]:
    dataset = dataset_of(call, "entity.read")
    sql = """
      select d.* from entity_defs d join entities e on e.id = d.entityId
      where e.datasetId = ? and e.uuid = ? order by d.id"""
    found = call.all(sql, dataset["id"], call.path["uuid"])
    if not found:
        raise not_found()
    return found


def differences(call: Call) -> Answer:
    """What each version changed."""
    data = [{"label": row["label"]} | json.loads(row["data"]) for row in _versions_of(call)]
    found: list[object] = []
    for before, after in pairwise(data):
        keys = jsonb({key: after[key] for key in differing(after, before)})
        assert isinstance(keys, dict)
        found.append([_change(key, before, after) for key in keys])
    return found  # type: ignore[return-value]


def _change(key: str, before: dict[str, str], after: dict[str, str]) -> Shown:
    old = {"old": before[key]} if key in before else {}
    return {**old, "new": after[key], "propertyName": key}


def versions(call: Call) -> Answer:
    """All versions, oldest first, with what Central says about their conflicts."""
    rows = _versions_of(call)
    resolved = _resolved(call, rows[0]["entityId"])
    branches: dict[str, int] = {}
    shown: list[Shown] = []
    last_good, bases = 0, set[int]()
    for row in rows:
        _follow_branch(branches, row)
        version: Shown = {
            "conflict": None,
            "resolved": False,
            "baseDiff": [],
            "serverDiff": [],
            "lastGoodVersion": False,
        }
        version |= version_json(row) | {"source": source_of(call, row)}
        if row["version"] > 1:
            received = jsonb(json.loads(row["dataReceived"]))
            assert isinstance(received, dict)
            version["baseDiff"] = differing(received, _whole(rows[row["baseVersion"] - 1]))
            version["serverDiff"] = differing(received, _whole(rows[row["version"] - 2]))
            if _conflicting(row, branches):
                version["conflict"] = "hard" if version["conflictingProperties"] else "soft"
                version["resolved"] = resolved >= row["id"]
                if not version["resolved"] and last_good == 0:
                    last_good = row["version"] - 1
                    shown[last_good - 1]["lastGoodVersion"] = True
            if last_good:
                bases.add(row["baseVersion"])
        shown.append(version)
    return _relevance(call, shown, last_good, bases)


def _relevance(call: Call, shown: list[Shown], last_good: int, bases: set[int]) -> Answer:
    for version in shown:
        number = version["version"]
        assert isinstance(number, int)
        version["relevantToConflict"] = bool(last_good) and (number >= last_good or number in bases)
    if not last_good:
        shown[-1]["lastGoodVersion"] = True
    if call.flag("relevantToConflict"):
        return [version for version in shown if version["relevantToConflict"]]
    return list(shown)


def _whole(row: Row) -> dict[str, str]:
    data: dict[str, str] = json.loads(row["data"])
    return data | {"label": row["label"]}


def _resolved(call: Call, entity: int) -> int:
    """The newest version that was there when the conflict was last resolved."""
    sql = """
      select max(json_extract(details, '$.entityDefId')) from audits
      where action = 'entity.update.resolve' and json_extract(details, '$.entityId') = ?"""
    found = call.one(sql, entity)
    return int(found[0]) if found is not None and found[0] is not None else 0


def _follow_branch(branches: dict[str, int], row: Row) -> None:
    """Keep for each branch the last version with nobody else's between it and the trunk."""
    branch = row["branchId"]
    if branch is None:
        return
    number, trunk = row["version"], row["trunkVersion"]
    if branch not in branches:
        joined = number == trunk + 1 if trunk is not None else number == 2
        branches[branch] = number if joined else (0 if trunk is not None else 1)
    elif row["baseVersion"] == branches[branch] and number == row["baseVersion"] + 1:
        branches[branch] = number


def _conflicting(row: Row, branches: dict[str, int]) -> bool:
    apart = row["branchId"] is not None and branches[row["branchId"]] < row["baseVersion"]
    return bool(apart or row["version"] != row["baseVersion"] + 1)


def source_of(call: Call, row: Row) -> Shown:
    """The event and the submission that made a version; {} for one made over REST."""
    source = call.one("select * from entity_def_sources where id = ?", row["sourceId"])
    if source is None or source["auditId"] is None:
        return {} if source is None or source["details"] is None else json.loads(source["details"])
    event = call.one("select * from audits where id = ?", source["auditId"])
    assert event is not None
    shown = audit_json(event) | {"actor": person(call, event["actorId"])}
    return {"event": shown, "submission": _submission(call, source["submissionDefId"])}


def _submission(call: Call, def_id: int) -> Shown:
    version = call.one("select submissionId from submission_defs where id = ?", def_id)
    assert version is not None
    sql = SUBMISSIONS + "where s.id = ? and s.deletedAt is null"
    submission = call.one(sql, version["submissionId"])
    sql = "select * from audits where submissionId = ? and action = 'submission.create'"
    created = call.one(sql, version["submissionId"])
    assert created is not None
    base: Shown = {
        "instanceId": json.loads(created["details"])["instanceId"],
        "createdAt": created["loggedAt"],
        "submitter": person(call, created["actorId"]),
    }
    if submission is None:
        return base
    form = call.one("select xmlFormId from forms where id = ?", submission["formId"])
    assert form is not None
    people = submission_json(_as_extended(call), submission)
    return {"xmlFormId": form["xmlFormId"], **people, **base}


def _as_extended(call: Call) -> Call:
    """The same request as if it had asked for people."""
    headers = {**dict(call.headers), "x-extended-metadata": "true"}
    return Call(
        call.world,
        call.db,
        call.now,
        call.method,
        call.path,
        call.query,
        headers,
        call.body,
        call.original_url,
        call.auth,
    )


def audits(call: Call) -> Answer:
    """The audit log of one entity."""
    entity = entity_of(call, dataset_of(call, "entity.read"))
    sql = """
      select * from audits where json_extract(details, '$.entity.uuid') = ?1
      or (action = 'entity.bulk.create' and json_extract(details, '$.sourceId') in
          (select sourceId from entity_defs where entityId = ?2))
      or (action in ('entity.bulk.delete', 'entity.bulk.restore') and exists
          (select 1 from json_each(details, '$.entityUuids') where value = ?1))
      order by loggedAt desc, id desc"""
    rows = call.db.execute(sql, (entity["uuid"], entity["id"])).fetchall()
    return [_with_source(call, row) for row in rows]


def _with_source(call: Call, row: Row) -> Shown:
    shown = audit_json(row)
    details = shown["details"]
    assert isinstance(details, dict)
    sql = "select * from entity_defs where id = ?"
    version = call.one(sql, details.get("entityDefId"))
    source = {} if version is None else source_of(call, version)
    shown["details"] = {"source": source, **details}
    return shown | {"actor": person(call, row["actorId"])}
