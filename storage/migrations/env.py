"""What Alembic runs: the migrations, on the connection and in the transaction that `storage.migrate` opened."""

from alembic import context

from storage.migrate import VERSION_TABLE
from storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
)
with context.begin_transaction():
    context.run_migrations()
