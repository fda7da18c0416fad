"""Access log, named exports, erasures, retention and published cells."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
