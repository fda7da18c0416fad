"""Accounts, sessions and settings of the pages."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create them."""
