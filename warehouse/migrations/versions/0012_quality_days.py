"""The page of enumerators asks for the facts of the last days: an index, or a big register is read whole."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create it."""
    schema = "raw" if op.get_bind().dialect.name == "postgresql" else None
    op.create_index("quality_fact_day", "quality_fact", ["day"], schema=schema)
