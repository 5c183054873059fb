"""All tickets of one store: what the four endpoints and the demo's customers read and write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from app.server.contract import (
    Message,
    Meta,
    SortOrder,
    Stats,
    Ticket,
    TicketList,
    TicketResponse,
    TicketStatus,
    TicketWithMessages,
    is_storable,
    new_id,
)
from app.server.database import writing
from app.server.errors import TicketClosedError, UnknownTicketError
from app.server.idempotency import store_response, stored_response
from app.server.tables import messages, ticket_counts, tickets

CountGroup = tuple[str, str]
"""a status and whose answer is awaited"""

_C = ticket_counts.c
_T = tickets.c
_SORTING: dict[SortOrder, tuple[Any, ...]] = {
    "updated_desc": (_T.updated_at.desc(), _T.id),
    "updated_asc": (_T.updated_at, _T.id),
    "created_desc": (_T.created_at.desc(), _T.id),
    "created_asc": (_T.created_at, _T.id),
    "open_first": (_T.status.desc(), _T.updated_at.desc(), _T.id),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a ticket is about, where it is about an order."""

    order_id: str
    invoice_id: str
    product_name: str
    amount: Decimal
    """in `currency`"""
    currency: str


class TicketStore:
    """The tickets of one store in one database; every method is one transaction."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def page(
        self,
        *,
        offset: int = 0,
        limit: int = 25,
        status: TicketStatus | None = None,
        sort_order: SortOrder = "updated_desc",
    ) -> TicketList:
        """Up to `limit` tickets of the filtered list, after `offset` others; none past its end."""
        with self._engine.connect() as connection, connection.begin():
            stats = read_counts(connection)
            total = stats.total if status is None else getattr(stats, status)
            inside = offset < total
            rows = _rows(connection, offset, limit, status, sort_order) if inside else []
        return TicketList(
            data=rows, stats=stats, meta=Meta(total=total, limit=limit, offset=offset)
        )

    def stats(self) -> Stats:
        """The counts over the whole store."""
        with self._engine.connect() as connection, connection.begin():
            return read_counts(connection)

    def ticket(self, ticket_id: str) -> TicketResponse:
        """One ticket with its messages. Raises: UnknownTicketError."""
        with self._engine.connect() as connection, connection.begin():
            return _ticket_response(connection, ticket_id)

    def reply(
        self,
        ticket_id: str,
        text: str,
        *,
        key: str | None = None,
        on_closed: Literal["stay", "reopen", "refuse"] = "stay",
    ) -> TicketResponse:
        """Add the seller's message, once for each `key`.

        Raises: UnknownTicketError, KeyReusedError; TicketClosedError if `on_closed` is refuse.
        """
        with writing(self._engine) as connection:
            row = _locked(connection, ticket_id)
            if key and (
                given := stored_response(connection, key=key, ticket_id=ticket_id, text=text)
            ):
                return given
            if row.status == "closed" and on_closed == "refuse":
                raise TicketClosedError
            changes = _reopening(row) if on_closed == "reopen" else {}
            self._add_message(connection, row, "seller", text, has_owner_reply=True, **changes)
            answer = _ticket_response(connection, ticket_id)
            if key:
                now = self._now()
                store_response(connection, answer, key=key, text=text, now=now)
            return answer

    def set_status(self, ticket_id: str, status: TicketStatus) -> TicketResponse:
        """Close or reopen, unless it is so already. Raises: UnknownTicketError."""
        with writing(self._engine) as connection:
            row = _locked(connection, ticket_id)
            if row.status != status:
                now = self._moment(row)
                closed_at = now if status == "closed" else None
                _change(connection, row, status=status, closed_at=closed_at, updated_at=now)
            return _ticket_response(connection, ticket_id)

    def open_ticket(
        self, *, subject: str, customer_email: str, text: str, order: Order | None = None
    ) -> TicketResponse:
        """A customer's new ticket with its first message."""
        now = self._now().replace(microsecond=0)
        ticket_id = new_id("tkt_")
        row = {
            "id": ticket_id,
            "subject": subject,
            "status": "open",
            "awaiting_response_from": "owner",
            "customer_email": customer_email,
            **order_columns(order),
            "message_count": 0,
            "has_owner_reply": False,
            "created_at": now,
            "updated_at": now,
        }
        with writing(self._engine) as connection:
            connection.execute(insert(tickets).values(row))
            adjust_counts(connection, after=("open", "owner"))
            self._add_message(connection, _locked(connection, ticket_id), "customer", text)
            return _ticket_response(connection, ticket_id)

    def customer_writes(self, ticket_id: str, text: str) -> TicketResponse:
        """A customer's further message; it reopens a closed ticket. Raises: UnknownTicketError."""
        with writing(self._engine) as connection:
            row = _locked(connection, ticket_id)
            self._add_message(connection, row, "customer", text, **_reopening(row))
            return _ticket_response(connection, ticket_id)

    def _add_message(
        self, connection: Connection, row: Row[Any], sender: str, text: str, **changes: object
    ) -> None:
        now = self._moment(row)
        connection.execute(
            insert(messages).values(
                ticket_id=row.id,
                position=row.message_count + 1,
                id=new_id("msg_"),
                sender=sender,
                message=text,
                created_at=now,
            )
        )
        _change(
            connection,
            row,
            message_count=row.message_count + 1,
            awaiting_response_from="customer" if sender == "seller" else "owner",
            updated_at=now,
            **changes,
        )

    def _moment(self, row: Row[Any]) -> datetime:
        """Now, but never before the ticket's last change: a clock may be set back."""
        last_change: datetime = row.updated_at
        return max(self._now().replace(microsecond=0), last_change)


def order_columns(order: Order | None) -> dict[str, object]:
    """The order as a ticket's row holds it; all None without one."""
    return {
        "order_id": order and order.order_id,
        "invoice_id": order and order.invoice_id,
        "product_name": order and order.product_name,
        "order_amount": order and order.amount,
        "order_currency": order and order.currency,
    }


def _rows(
    connection: Connection,
    offset: int,
    limit: int,
    status: TicketStatus | None,
    sort_order: SortOrder,
) -> list[Ticket]:
    chosen = select(_T.id.label("chosen_id"))
    if status:
        chosen = chosen.where(_T.status == status)
    # Skipping runs over the index alone; only the page itself is read from the table.
    page = chosen.order_by(*_SORTING[sort_order]).limit(limit).offset(offset).subquery()
    rows = connection.execute(
        select(tickets).join(page, page.c.chosen_id == _T.id).order_by(*_SORTING[sort_order])
    )
    return [Ticket(**row._mapping) for row in rows]


def _ticket_response(connection: Connection, ticket_id: str) -> TicketResponse:
    row = _found(connection, select(tickets), ticket_id)
    found = connection.execute(
        select(messages).where(messages.c.ticket_id == ticket_id).order_by(messages.c.position)
    )
    conversation = [
        Message(id=m.id, sender=m.sender, message=m.message, created_at=m.created_at) for m in found
    ]
    ticket = TicketWithMessages(**row._mapping, messages=conversation)
    return TicketResponse(data=ticket)


def _locked(connection: Connection, ticket_id: str) -> Row[Any]:
    return _found(connection, select(tickets).with_for_update(), ticket_id)


def _found(connection: Connection, rows: Select[Any], ticket_id: str) -> Row[Any]:
    if not is_storable(ticket_id):
        raise UnknownTicketError
    row = connection.execute(rows.where(_T.id == ticket_id)).one_or_none()
    if row is None:
        raise UnknownTicketError
    return row


def _change(connection: Connection, row: Row[Any], **changes: object) -> None:
    connection.execute(update(tickets).where(_T.id == row.id).values(**changes))
    before: CountGroup = (row.status, row.awaiting_response_from)
    after: CountGroup = (
        str(changes.get("status", row.status)),
        str(changes.get("awaiting_response_from", row.awaiting_response_from)),
    )
    adjust_counts(connection, before=before, after=after)


def _reopening(row: Row[Any]) -> dict[str, object]:
    return {} if row.status == "open" else {"status": "open", "closed_at": None}


def read_counts(connection: Connection) -> Stats:
    """The four numbers of the API."""
    groups = {
        (row.status, row.awaiting_response_from): row.tickets
        for row in connection.execute(select(ticket_counts))
    }
    open_tickets = sum(number for (status, _), number in groups.items() if status == "open")
    total = sum(groups.values())
    return Stats(
        total=total,
        open=open_tickets,
        closed=total - open_tickets,
        needs_response=groups.get(("open", "owner"), 0),
    )


def adjust_counts(
    connection: Connection, *, before: CountGroup | None = None, after: CountGroup | None = None
) -> None:
    """Count one ticket that was of one group and is of another."""
    if before == after:
        return
    steps = [(group, step) for group, step in ((before, -1), (after, 1)) if group]
    # Always in one order, so that two writers cannot deadlock.
    for (status, awaiting), step in sorted(steps):
        connection.execute(
            update(ticket_counts)
            .where(_C.status == status, _C.awaiting_response_from == awaiting)
            .values(tickets=_C.tickets + step)
        )


def recount(connection: Connection) -> None:
    """Take the counts from the tickets, after many were written at once."""
    group = (tickets.c.status, tickets.c.awaiting_response_from)
    counted = {
        (status, awaiting): number
        for status, awaiting, number in connection.execute(
            select(*group, func.count()).group_by(*group)
        )
    }
    connection.execute(delete(ticket_counts))
    connection.execute(
        insert(ticket_counts),
        [
            {
                "status": status,
                "awaiting_response_from": awaiting,
                "tickets": counted.get((status, awaiting), 0),
            }
            for status in ("open", "closed")
            for awaiting in ("owner", "customer")
        ],
    )
