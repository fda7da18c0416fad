"""Submissions and their versions as Central's REST API shows them."""

from sync.sandbox.accounts import actor_json
from sync.sandbox.call import Call
from sync.sandbox.store import Row

SUBMISSIONS = """
  select s.*, d.id as defId, d.submitterId as dSubmitterId, d.createdAt as dCreatedAt,
    d.instanceName as dInstanceName, d.instanceId as dInstanceId, d.deviceId as dDeviceId,
    d.userAgent as dUserAgent
  from submissions s join submission_defs d on d.id = s.currentDefId
"""


def submission_json(call: Call, row: Row) -> dict[str, object]:
    """A submission with its current version; people too when extended."""
    names = "instanceId submitterId deviceId createdAt updatedAt reviewState userAgent deletedAt"
    shown: dict[str, object] = {name: row[name] for name in names.split()}
    if call.extended:
        shown["submitter"] = person(call, row["submitterId"])
    current = {
        "submitterId": row["dSubmitterId"],
        "createdAt": row["dCreatedAt"],
        "instanceName": row["dInstanceName"],
        "instanceId": row["dInstanceId"],
        "current": True,
        "deviceId": row["dDeviceId"],
        "userAgent": row["dUserAgent"],
    }
    if call.extended:
        current["submitter"] = person(call, row["dSubmitterId"])
    return shown | {"currentVersion": current}


def person(call: Call, actor_id: object) -> dict[str, object] | None:
    """An actor, None when nobody is known."""
    row = call.one("select * from actors where id = ?", actor_id)
    return None if row is None else actor_json(row)


def version_json(call: Call, row: Row) -> dict[str, object]:
    """One version of a submission."""
    shown: dict[str, object] = {
        "submitterId": row["submitterId"],
        "createdAt": row["createdAt"],
        "instanceName": row["instanceName"],
        "instanceId": row["instanceId"],
        "current": bool(row["current"]),
        "deviceId": row["deviceId"],
        "userAgent": row["userAgent"],
    }
    if call.extended:
        form = call.one("select version from form_defs where id = ?", row["formDefId"])
        shown["submitter"] = person(call, row["submitterId"])
        shown["formVersion"] = None if form is None else form["version"]
    return shown
