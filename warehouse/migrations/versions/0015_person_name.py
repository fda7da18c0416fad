"""What the directory finds people by: the parts of their names, the end of their phone numbers.

The next comparison of registrations writes the parts: its rules of reading names have a new version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table."""
    schema = "identity" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "person_name",
        sa.Column("part", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), primary_key=True),
        schema=schema,
        sqlite_with_rowid=False,
    )
    ends = sa.text("substr(phone, length(phone) - 5)")
    op.create_index("person_phone_end", "person", [ends], schema=schema)
    op.create_index("person_names", "person", ["last_name", "first_names"], schema=schema)
    op.create_index("person_name_person", "person_name", ["person_id"], schema=schema)
