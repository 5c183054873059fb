"""The four documented endpoints."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Security
from fastapi.responses import JSONResponse, Response
from fastapi.security import APIKeyHeader, HTTPBearer

from app.server.contract import (
    Choices,
    ErrorResponse,
    Reply,
    StatusChange,
    TicketList,
    TicketResponse,
    TicketStatus,
)
from app.server.idempotency import IdempotencyKey
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
_SHORT_DETAIL = {
    *("id", "subject", "status", "customer_email", "order_id", "messages", "created_at")
}

Page = Annotated[int, Query(ge=1, description="Page number; past the end the list is empty.")]
Limit = Annotated[int, Query(ge=1, description="Items per page; more than 100 is served as 100.")]
StatusFilter = Annotated[TicketStatus | None, Query(description="Only tickets of this status.")]


def ticket_routes(store: TicketStore, *, choices: Choices) -> APIRouter:
    """The endpoints over one store."""
    router = APIRouter(
        prefix="/v1/tickets", tags=["tickets"], dependencies=_KEY_FORMS, strict_content_type=False
    )

    @router.get("", summary="List all tickets", responses=_problems(400, 401, 405, 413, 429, 500))
    def list_tickets(page: Page = 1, limit: Limit = 25, status: StatusFilter = None) -> TicketList:
        served = min(limit, choices.max_limit)
        return store.page(
            offset=(page - 1) * served,
            limit=served,
            status=status,
            sort_order=choices.sort_order,
        )

    @router.get(
        "/{ticket_id}",
        summary="Get ticket with messages",
        responses=_problems(401, 404, 405, 413, 429, 500),
        response_model=TicketResponse,
    )
    def get_ticket(ticket_id: str) -> TicketResponse | Response:
        return _detail_response(store.ticket(ticket_id), choices)

    @router.post(
        "/{ticket_id}",
        status_code=201,
        summary="Reply to a ticket",
        responses=_problems(*_PROBLEMS),
        response_model=TicketResponse,
    )
    def reply_to_ticket(
        ticket_id: str, reply: Reply, idempotency_key: IdempotencyKey = None
    ) -> TicketResponse | Response:
        answer = store.reply(
            ticket_id, reply.message, key=idempotency_key, on_closed=choices.reply_on_closed
        )
        return _write_response(answer, choices, status=201)

    @router.patch(
        "/{ticket_id}",
        summary="Close or reopen a ticket",
        responses=_problems(*_PROBLEMS),
        response_model=TicketResponse,
    )
    def update_ticket_status(ticket_id: str, change: StatusChange) -> TicketResponse | Response:
        return _write_response(store.set_status(ticket_id, change.status), choices)

    return router


def _problems(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    return {status: {**_PROBLEMS[status], "model": ErrorResponse} for status in statuses}


def _write_response(
    answer: TicketResponse, choices: Choices, *, status: int = 200
) -> TicketResponse | Response:
    match choices.write_response:
        case "ticket":
            return _detail_response(answer, choices, status=status)
        case "empty":
            return Response(status_code=204)
        case "success":
            return JSONResponse({"success": True})


def _detail_response(
    answer: TicketResponse, choices: Choices, *, status: int = 200
) -> TicketResponse | Response:
    if choices.detail == "full":
        return answer
    ticket = answer.data.model_dump(mode="json", include=_SHORT_DETAIL)
    return JSONResponse({"data": ticket}, status_code=status)
