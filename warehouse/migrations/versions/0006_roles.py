"""PostgreSQL roles: who may see what, enforced by the database."""

from alembic import op

from warehouse.roles import create_roles

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create them; what they may read follows with the tables and views (`apply_grants`)."""
    if op.get_bind().dialect.name == "postgresql":
        create_roles(op.get_bind())
