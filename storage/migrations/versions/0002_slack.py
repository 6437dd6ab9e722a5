"""Slack: answers that are changed or taken away there, and cards that are drawn anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: As in the models: 64 bits on PostgreSQL, SQLite's own rowid there.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Columns are added in place: a table that SQLite builds anew would lose that its numbers are never given twice.
    op.add_column("comments", sa.Column("correction", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("comments", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comments", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("items", sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
    held = sa.Column("held_id", ROW_NUMBER, sa.ForeignKey("held.id"), nullable=True)
    op.add_column("attachments", held, inline_references=True)
    op.create_index("ix_attachments_held_id", "attachments", ["held_id"])
