"""The audit log: who did what when, as Central words it."""

from sync.sandbox.call import Call, compact
from sync.sandbox.store import insert


def log(
    call: Call,
    action: str,
    actee: object,
    details: dict[str, object] | None = None,
    *,
    submission: int | None = None,
    actor: int | None = None,
) -> int:
    """Add an entry; `actor` when it is not the one who asks."""
    return insert(
        call.db,
        "audits",
        actorId=call.auth.actor_id if actor is None else actor,
        action=action,
        acteeId=actee,
        details=None if details is None else compact(details),
        notes=call.headers.get("x-action-notes"),
        loggedAt=call.now,
        submissionId=submission,
    )
