"""What the sender of an event is asked, who else shared it, and held posts that may tell of an event that is there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

#: As in the models: 64 bits on PostgreSQL, SQLite's own rowid there.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("doubt", sa.String(20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("choices", sa.String(), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_via", sa.String(), nullable=False),
    )
    op.create_table(
        "sharers",
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("member_id", ROW_NUMBER, sa.ForeignKey("members.id"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "likenesses",
        sa.Column("held_id", ROW_NUMBER, sa.ForeignKey("held.id"), primary_key=True),
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), nullable=False),
    )
    op.create_index("ix_likenesses_item_id", "likenesses", ["item_id"])
    op.add_column("events", sa.Column("uncertain", sa.Boolean(), server_default=sa.false(), nullable=False))
