"""The demo's small page on which one writes as a customer: plain HTML, no script."""

from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from app.server.customer_html import (
    CUSTOMER_PATH,
    PAGE_HEADERS,
    Draft,
    conversation_page,
    new_ticket_page,
)
from app.server.problems import UnknownTicketError
from app.server.repository import TicketStore

_RECENT = 10
_LONGEST_LINE = 200


def customer_page(store: TicketStore) -> APIRouter:
    """The page over one store, at `CUSTOMER_PATH`."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(CUSTOMER_PATH, methods=["GET", "POST"])
    async def write_as_customer(request: Request) -> Response:
        if request.method == "GET":
            ticket_id = request.query_params.get("ticket", "")
            return await run_in_threadpool(_shown, store, ticket_id, Draft())
        if not is_own_form(request.headers):
            return _html("<p>This form has to be sent from its own page.</p>", 403)
        return await run_in_threadpool(_written, store, _fields(await request.body()))

    return router


def is_own_form(headers: Headers) -> bool:
    """Whether a browser says that a form was sent from a page of the same origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("host", "")
    return headers.get("origin") in {f"http://{host}", f"https://{host}"}


def _fields(body: bytes) -> dict[str, str]:
    pairs = parse_qsl(body.decode("latin-1"), errors="replace")
    return {name: value.replace("\x00", "").replace("\r\n", "\n").strip() for name, value in pairs}


def _written(store: TicketStore, fields: dict[str, str]) -> Response:
    ticket_id = fields.get("ticket", "")
    draft = Draft(
        customer_email=fields.get("customer_email", ""),
        subject=fields.get("subject", ""),
        message=fields.get("message", ""),
    )
    if problem := _problem(draft, is_new=not ticket_id):
        return _shown(store, ticket_id, draft, problem=problem)
    try:
        if ticket_id:
            store.customer_writes(ticket_id, draft.message)
        else:
            ticket_id = store.open_ticket(
                subject=draft.subject, customer_email=draft.customer_email, text=draft.message
            ).data.id
    except UnknownTicketError:
        return _shown(store, ticket_id, draft)
    return RedirectResponse(f"{CUSTOMER_PATH}?ticket={quote(ticket_id)}", status_code=303)


def _problem(draft: Draft, *, is_new: bool) -> str:
    if not draft.message:
        return "Write a message first."
    if is_new and not ("@" in draft.customer_email and draft.subject):
        return "A new ticket needs your e-mail address and a subject."
    if max(len(draft.customer_email), len(draft.subject)) > _LONGEST_LINE:
        return f"E-mail address and subject have room for {_LONGEST_LINE} characters each."
    return ""


def _shown(store: TicketStore, ticket_id: str, draft: Draft, *, problem: str = "") -> Response:
    status = 422 if problem else 200
    if ticket_id:
        try:
            ticket = store.ticket(ticket_id).data
        except UnknownTicketError:
            status, problem = 404, "There is no ticket with this id. You can write a new one."
        else:
            return _html(conversation_page(ticket, draft=draft, problem=problem), status)
    recent = store.page(limit=_RECENT).data
    return _html(new_ticket_page(draft, recent=recent, problem=problem), status)


def _html(page: str, status: int) -> HTMLResponse:
    return HTMLResponse(page, status_code=status, headers=PAGE_HEADERS)
