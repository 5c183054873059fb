"""The demo's small page on which one writes as a customer: plain HTML, no script."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from app.server.contract import Ticket, TicketWithMessages, iso
from app.server.errors import UnknownTicketError
from app.server.repository import TicketStore

CUSTOMER_PATH = "/demo/customer"

# System colours follow the viewer's light or dark mode by themselves.
_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 14%, Canvas);
  --control: color-mix(in srgb, CanvasText 45%, Canvas); background: Canvas; color: CanvasText;
  --text-2: color-mix(in srgb, CanvasText 76%, Canvas);
  --tint: color-mix(in srgb, LinkText 9%, Canvas) }
body { margin: 0 auto; max-width: 40rem; padding: 1.25rem; background: Canvas;
  font: .875rem/1.45 -apple-system, "Segoe UI", system-ui, sans-serif }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 }
h2 { font-size: 1rem; font-weight: 600; margin: 2rem 0 .5rem }
p { margin: .25rem 0 1rem; color: var(--text-2) }
.meta { font-size: .75rem; margin: 0 0 .25rem }
a { color: LinkText; text-decoration: none }
form { display: grid; gap: .875rem; margin: 1.25rem 0 }
label { display: grid; gap: .25rem; font-weight: 500 }
input, textarea { font: inherit; padding: .5rem .625rem; border-radius: 6px; min-width: 0;
  color: FieldText; background: Field; border: 1px solid var(--control) }
textarea { min-height: 8rem; resize: vertical }
button { font: inherit; font-weight: 500; justify-self: start; min-height: 2.75rem;
  padding: 0 1.25rem; border: 0; border-radius: 6px; color: Canvas;
  background: LinkText; cursor: pointer }
:focus-visible { outline: 2px solid LinkText; outline-offset: 2px }
ul { list-style: none; margin: 0; padding: 0 }
li { border-top: 1px solid var(--line) }
li a { display: block; padding: .75rem 0; overflow-wrap: anywhere }
article { border: 1px solid var(--line); border-radius: 10px;
  padding: .75rem .875rem; margin: .75rem 0; overflow-wrap: anywhere }
article.seller { background: var(--tint) }
article div { white-space: pre-wrap }
[role=alert] { padding: .25rem .75rem; font-weight: 500; border-left: .25rem solid;
  color: CanvasText }
"""
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_RECENT = 10
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The values of the form's fields."""

    customer_email: str = ""
    subject: str = ""
    message: str = ""


def customer_page(store: TicketStore) -> APIRouter:
    """The page over one store, at `CUSTOMER_PATH`."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(CUSTOMER_PATH, methods=["GET", "POST"])
    async def write_as_customer(request: Request) -> Response:
        if request.method == "GET":
            ticket_id = request.query_params.get("ticket", "")
            return await run_in_threadpool(_show, store, ticket_id, Form())
        if not is_same_origin(request.headers):
            return _html("<p>This form has to be sent from its own page.</p>", 403)
        return await run_in_threadpool(_submit, store, _fields(await request.body()))

    return router


def is_same_origin(headers: Headers) -> bool:
    """Whether a browser says that a form was sent from a page of the same origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("host", "")
    return headers.get("origin") in {f"http://{host}", f"https://{host}"}


def _fields(body: bytes) -> dict[str, str]:
    pairs = parse_qsl(body.decode("latin-1"), errors="replace")
    return {name: value.replace("\x00", "").replace("\r\n", "\n").strip() for name, value in pairs}


def _submit(store: TicketStore, fields: dict[str, str]) -> Response:
    ticket_id = fields.get("ticket", "")
    form = Form(
        customer_email=fields.get("customer_email", ""),
        subject=fields.get("subject", ""),
        message=fields.get("message", ""),
    )
    if problem := _problem(form, is_new=not ticket_id):
        return _show(store, ticket_id, form, problem=problem)
    try:
        if ticket_id:
            store.customer_writes(ticket_id, form.message)
        else:
            ticket_id = store.open_ticket(
                subject=form.subject, customer_email=form.customer_email, text=form.message
            ).data.id
    except UnknownTicketError:
        return _show(store, ticket_id, form)
    return RedirectResponse(f"{CUSTOMER_PATH}?ticket={quote(ticket_id)}", status_code=303)


def _problem(form: Form, *, is_new: bool) -> str:
    if not form.message:
        return "Write a message first."
    if is_new and not ("@" in form.customer_email and form.subject):
        return "A new ticket needs your e-mail address and a subject."
    if max(len(form.customer_email), len(form.subject)) > _LONGEST_LINE:
        return f"E-mail address and subject have room for {_LONGEST_LINE} characters each."
    return ""


def _show(store: TicketStore, ticket_id: str, form: Form, *, problem: str = "") -> Response:
    status = 422 if problem else 200
    if ticket_id:
        try:
            ticket = store.ticket(ticket_id).data
        except UnknownTicketError:
            status, problem = 404, "There is no ticket with this id. You can write a new one."
        else:
            return _html(conversation_page(ticket, form=form, problem=problem), status)
    recent = store.page(limit=_RECENT).data
    return _html(new_ticket_page(form, recent=recent, problem=problem), status)


def _html(page: str, status: int) -> HTMLResponse:
    return HTMLResponse(page, status_code=status, headers=PAGE_HEADERS)


def new_ticket_page(form: Form, *, recent: Sequence[Ticket] = (), problem: str = "") -> str:
    """A form for a new ticket, and the latest tickets to go on with."""
    links = "".join(
        f'<li><a href="?ticket={quote(ticket.id)}" dir="auto">{escape(ticket.subject)}</a></li>'
        for ticket in recent
    )
    return _page(
        "Write to the shop",
        "<p>This is the demo store: what you write here reaches the desk as a ticket.</p>"
        f"{_alert(problem)}"
        '<form method="post" action="?">'
        f"{_input('Your e-mail', 'customer_email', form.customer_email, kind='email')}"
        f"{_input('Subject', 'subject', form.subject)}"
        f"{_textarea('Message', form.message)}"
        "<button>Send</button></form>"
        f"<h2>Go on with a ticket</h2><ul>{links}</ul>",
    )


def conversation_page(ticket: TicketWithMessages, *, form: Form, problem: str = "") -> str:
    """The messages so far, and a form to say more."""
    articles = "".join(
        f'<article class="{message.sender}">'
        f'<p class="meta">{"You" if message.sender == "customer" else "The shop"},'
        f" {iso(message.created_at)}</p>"
        f'<div dir="auto">{escape(message.message)}</div></article>'
        for message in ticket.messages
    )
    return _page(
        ticket.subject,
        f'<p class="meta">{escape(ticket.id)}, {ticket.status},'
        f" {escape(ticket.customer_email)}</p>{articles}{_alert(problem)}"
        '<form method="post" action="?">'
        f'<input type="hidden" name="ticket" value="{escape(ticket.id)}">'
        f"{_textarea('Your message', form.message)}"
        "<button>Send</button></form>"
        '<p><a href="?">Write about something else</a></p>',
    )


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # Without this a site-wide no-referrer makes the form's own Origin unreadable.
        '<meta name="referrer" content="same-origin">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f'<body><main><h1 dir="auto">{escape(title)}</h1>{content}</main></body></html>'
    )


def _alert(problem: str) -> str:
    return f'<p role="alert">{escape(problem)}</p>' if problem else ""


def _input(label: str, name: str, value: str, *, kind: str = "text") -> str:
    return (
        f'<label>{label}<input type="{kind}" name="{name}" value="{escape(value)}"'
        ' required maxlength="200"></label>'
    )


def _textarea(label: str, value: str) -> str:
    # A line break right after the tag is swallowed by the browser; this one may be.
    return f'<label>{label}<textarea name="message" required>\n{escape(value)}</textarea></label>'
