"""The four documented endpoints."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from app.server.contract import (
    ProblemAnswer,
    Reply,
    StatusChange,
    TicketAnswer,
    TicketList,
    TicketStatus,
)
from app.server.faults import Faults
from app.server.repository import TicketStore

# The door checks the key; these tell the description how it may be sent.
_KEY_FORMS = [
    Security(HTTPBearer(scheme_name="bearer", auto_error=False)),
    Security(APIKeyHeader(name="Authorization", scheme_name="bare key", auto_error=False)),
]
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON, or a parameter is wrong."},
    401: {"description": "The API key is missing or wrong."},
    404: {"description": "There is no such ticket."},
    405: {"description": "The address does not take this method."},
    413: {"description": "The body is larger than 256 kB."},
    422: {"description": "A field of the body is missing, unknown or of a wrong kind."},
    429: {"description": "Too many requests.", "headers": {"Retry-After": _RETRY_AFTER}},
    500: {"description": "The server failed."},
}

Page = Annotated[int, Query(ge=1, description="Page number; past the end the list is empty.")]
Limit = Annotated[int, Query(ge=1, description="Items per page; more than 100 is served as 100.")]
StatusFilter = Annotated[TicketStatus | None, Query(description="Only tickets of this status.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Names this reply: sent again under the same key it is added only once.",
    ),
]


def ticket_routes(store: TicketStore, *, faults: Faults) -> APIRouter:
    """The endpoints over one store; `faults` makes the choices the document leaves open."""
    router = APIRouter(
        prefix="/v1/tickets", tags=["tickets"], dependencies=_KEY_FORMS, strict_content_type=False
    )

    @router.get("", summary="List all tickets", responses=_problems(400, 401, 405, 413, 429, 500))
    def list_tickets(page: Page = 1, limit: Limit = 25, status: StatusFilter = None) -> TicketList:
        served = min(limit, faults.max_limit)
        return store.page(
            offset=(page - 1) * served, limit=served, status=status, order=faults.order
        )

    @router.get(
        "/{ticket_id}",
        summary="Get ticket with messages",
        responses=_problems(401, 404, 405, 413, 429, 500),
    )
    def get_ticket(ticket_id: str) -> TicketAnswer:
        return store.ticket(ticket_id)

    @router.post(
        "/{ticket_id}",
        status_code=201,
        summary="Reply to a ticket",
        responses=_problems(*_PROBLEMS),
    )
    def reply_to_ticket(
        ticket_id: str, reply: Reply, idempotency_key: IdempotencyKey = None
    ) -> TicketAnswer:
        return store.reply(
            ticket_id, reply.message, key=idempotency_key, on_closed=faults.reply_on_closed
        )

    @router.patch(
        "/{ticket_id}", summary="Close or reopen a ticket", responses=_problems(*_PROBLEMS)
    )
    def update_ticket_status(ticket_id: str, change: StatusChange) -> TicketAnswer:
        return store.set_status(ticket_id, change.status)

    return router


def _problems(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    return {status: {**_PROBLEMS[status], "model": ProblemAnswer} for status in statuses}
