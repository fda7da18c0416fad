"""Problems found in the data, and what people did about them."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create them."""
