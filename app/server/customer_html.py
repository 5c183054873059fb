"""How the demo's customer page looks; every value from outside is escaped where it is placed."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import quote

from app.server.contract import Ticket, TicketWithMessages, iso

CUSTOMER_PATH = "/demo/customer"

# System colours follow the viewer's light or dark mode by themselves.
_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas) }
body { margin: 0 auto; max-width: 40rem; padding: 1.25rem; font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.375rem; margin: 0 }
h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p, .meta { margin: .25rem 0 1rem; color: color-mix(in srgb, CanvasText 70%, Canvas) }
.meta { font-size: .8125rem; margin: 0 0 .25rem }
form { display: grid; gap: .875rem; margin: 1.25rem 0 }
label { display: grid; gap: .25rem; font-weight: 600 }
input, textarea { font: inherit; padding: .5rem .625rem; border-radius: .5rem;
  background: Field; color: FieldText; min-width: 0;
  border: 1px solid color-mix(in srgb, CanvasText 50%, Canvas) }
textarea { min-height: 8rem; resize: vertical }
button { font: inherit; font-weight: 600; justify-self: start; min-height: 2.75rem;
  padding: 0 1.25rem; border: 0; border-radius: .5rem; background: CanvasText; color: Canvas;
  cursor: pointer }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px }
ul { list-style: none; margin: 0; padding: 0 }
li { border-top: 1px solid var(--line) }
li a { display: block; padding: .625rem 0; overflow-wrap: anywhere }
article { border: 1px solid var(--line); border-radius: .75rem; padding: .75rem .875rem;
  margin: .75rem 0; overflow-wrap: anywhere }
article.seller { background: color-mix(in srgb, CanvasText 6%, Canvas) }
article div { white-space: pre-wrap }
[role=alert] { border-left: .25rem solid; padding: .25rem .75rem; font-weight: 600 }
"""
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the form."""

    customer_email: str = ""
    subject: str = ""
    message: str = ""


def new_ticket_page(draft: Draft, *, recent: Sequence[Ticket] = (), problem: str = "") -> str:
    """A form for a new ticket, and the latest tickets to go on with."""
    links = "".join(
        f'<li><a href="{CUSTOMER_PATH}?ticket={quote(ticket.id)}" dir="auto">'
        f"{escape(ticket.subject)}</a></li>"
        for ticket in recent
    )
    return _page(
        "Write to the shop",
        "<p>This is the demo store: what you write here reaches the desk as a ticket.</p>"
        f"{_alert(problem)}"
        f'<form method="post" action="{CUSTOMER_PATH}">'
        f"{_input('Your e-mail', 'customer_email', draft.customer_email, kind='email')}"
        f"{_input('Subject', 'subject', draft.subject)}"
        f"{_textarea('Message', draft.message)}"
        "<button>Send</button></form>"
        f"<h2>Go on with a ticket</h2><ul>{links}</ul>",
    )


def conversation_page(ticket: TicketWithMessages, *, draft: Draft, problem: str = "") -> str:
    """What was said so far, and a form to say more."""
    said = "".join(
        f'<article class="{message.sender}">'
        f'<p class="meta">{"You" if message.sender == "customer" else "The shop"},'
        f" {iso(message.created_at)}</p>"
        f'<div dir="auto">{escape(message.message)}</div></article>'
        for message in ticket.messages
    )
    return _page(
        ticket.subject,
        f'<p class="meta">{escape(ticket.id)}, {ticket.status},'
        f" {escape(ticket.customer_email)}</p>{said}{_alert(problem)}"
        f'<form method="post" action="{CUSTOMER_PATH}">'
        f'<input type="hidden" name="ticket" value="{escape(ticket.id)}">'
        f"{_textarea('Your message', draft.message)}"
        "<button>Send</button></form>"
        f'<p><a href="{CUSTOMER_PATH}">Write about something else</a></p>',
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
