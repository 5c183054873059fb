"""Tickets, messages, counts and given answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("awaiting_response_from", sa.String(16), nullable=False),
        sa.Column("customer_email", sa.Text, nullable=False),
        sa.Column("order_id", sa.String(64)),
        sa.Column("invoice_id", sa.String(64)),
        sa.Column("product_name", sa.Text),
        sa.Column("order_amount", sa.String(32)),
        sa.Column("order_currency", sa.String(16)),
        sa.Column("message_count", sa.Integer, nullable=False),
        sa.Column("has_owner_reply", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
    )
    newest_first = sa.text("updated_at DESC")
    op.create_index("tickets_by_update", "tickets", [newest_first, "id"])
    op.create_index("tickets_by_status", "tickets", ["status", newest_first, "id"])
    op.create_table(
        "messages",
        sa.Column("ticket_id", sa.String(64), sa.ForeignKey("tickets.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "given_answers",
        sa.Column("idempotency_key", sa.String(255), primary_key=True),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("given_answers_by_age", "given_answers", ["created_at"])
    _create_counts()


def _create_counts() -> None:
    counts = op.create_table(
        "ticket_counts",
        sa.Column("status", sa.String(16), primary_key=True),
        sa.Column("awaiting_response_from", sa.String(16), primary_key=True),
        sa.Column("tickets", sa.Integer, nullable=False),
    )
    op.bulk_insert(
        counts,
        [
            {"status": status, "awaiting_response_from": turn, "tickets": 0}
            for status in ("open", "closed")
            for turn in ("owner", "customer")
        ],
    )
