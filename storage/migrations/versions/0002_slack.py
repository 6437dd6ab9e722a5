"""Slack: answers that are changed or taken away there, and cards that are drawn anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: As in the models: 64 bits on PostgreSQL, SQLite's own rowid there.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction", sa.Boolean(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
