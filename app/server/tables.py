"""What the database holds: tickets, their messages, counts, and answers given before."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC, kept as whole seconds since 1970: the API's own grain."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # signature is SQLAlchemy's
        """To the database."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # signature is SQLAlchemy's
        """From the database."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount, kept as its digits: SQLite would make it a binary fraction."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # signature is SQLAlchemy's
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  # signature is SQLAlchemy's
        """From the database."""
        return None if value is None else Decimal(value)


metadata = MetaData()

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("awaiting_response_from", String(16), nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("order_id", String(64)),
    Column("invoice_id", String(64)),
    Column("product_name", Text),
    Column("order_amount", Money),
    Column("order_currency", String(16)),
    Column("message_count", Integer, nullable=False),
    Column("has_owner_reply", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
)
Index("tickets_by_update", tickets.c.updated_at.desc(), tickets.c.id)
Index("tickets_by_status", tickets.c.status, tickets.c.updated_at.desc(), tickets.c.id)

messages = Table(
    "messages",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    # Counts from 1 within the ticket: second-grained times cannot order a conversation.
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False),
    Column("sender", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # One conversation lies together on disk, so opening it is one read.
    sqlite_with_rowid=False,
)

# Every list answer counts the whole store, every few seconds: so the counts are kept, not taken.
ticket_counts = Table(
    "ticket_counts",
    metadata,
    Column("status", String(16), primary_key=True),
    Column("awaiting_response_from", String(16), primary_key=True),
    Column("tickets", Integer, nullable=False),
)

given_answers = Table(
    "given_answers",
    metadata,
    Column("idempotency_key", String(255), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)
Index("given_answers_by_age", given_answers.c.created_at)
