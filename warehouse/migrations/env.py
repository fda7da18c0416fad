"""Runs Alembic on the connection, and inside the transaction, that the caller opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=True,
    version_table="kafo_migration",
    version_table_schema="ops" if connection.dialect.name == "postgresql" else None,
)
context.run_migrations()
