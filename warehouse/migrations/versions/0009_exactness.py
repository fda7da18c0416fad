"""What exact synchronisation keeps besides: seals, purges, timings and outstanding media."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create them."""
