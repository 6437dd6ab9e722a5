"""The weekly digest: its editions and what stands in them; tips by their page, and votes for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: As in the models: 64 bits on PostgreSQL, SQLite's own rowid there.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("arranged", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decided_by", ROW_NUMBER, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("decided_via", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "digest_entries",
        sa.Column("week", sa.String(8), sa.ForeignKey("digests.week"), primary_key=True),
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
    )
    op.create_index("ix_digest_entries_item_id", "digest_entries", ["item_id"])
    op.create_table(
        "tips",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), nullable=False, unique=True),
    )
    op.create_table(
        "votes",
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("member_id", ROW_NUMBER, sa.ForeignKey("members.id"), primary_key=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    # In place: a table that SQLite builds anew would lose that its numbers are never given twice.
    op.add_column("outbox", sa.Column("picks", sa.Text(), server_default="", nullable=False))
