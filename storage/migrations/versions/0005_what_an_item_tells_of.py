"""The events and tips that an item tells of beside its own, for people to share."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

#: As in the models: 64 bits on PostgreSQL, SQLite's own rowid there.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", ROW_NUMBER, primary_key=True),
        sa.Column("item_id", ROW_NUMBER, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("end", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("precision", sa.String(20), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(20), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("online_url", sa.String(), nullable=False),
        sa.Column("registration_url", sa.String(), nullable=False),
        sa.Column("registration_email", sa.String(), nullable=False),
        sa.Column("registration_deadline", sa.String(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.String(20), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("choices", sa.String(), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("shared_as", ROW_NUMBER, sa.ForeignKey("items.id"), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("mentions_of_item", "mentions", ["item_id", "number"])
    op.create_index("mentions_by_start", "mentions", ["start"])
    op.create_index("ix_mentions_shared_as", "mentions", ["shared_as"])
