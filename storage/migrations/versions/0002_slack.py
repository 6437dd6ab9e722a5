"""Slack: answers that are changed or taken away there, and cards that are drawn anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Columns are added in place: a table that SQLite builds anew would lose that its numbers are never given twice.
    op.add_column("comments", sa.Column("correction", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("comments", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comments", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("items", sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
