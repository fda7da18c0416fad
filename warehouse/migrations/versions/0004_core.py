"""The core tables: what the answers mean to a union, without names."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
