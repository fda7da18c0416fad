"""What Central's worker does with a submission: create and update entities."""

from sync.sandbox.call import Call


def after_submission(call: Call, def_id: int) -> None:
    """Create or update the entities that a submission speaks of."""
    _ = (call, def_id)
