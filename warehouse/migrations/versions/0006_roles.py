"""PostgreSQL roles: who may see what, enforced by the database."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create them."""
