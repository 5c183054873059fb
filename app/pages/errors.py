"""What is shown where there is no page, and where one could not be built: one sentence each."""

from nicegui import app as screens
from nicegui import ui
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from components.html import NOTHING, Html, html
from components.i18n import _
from components.site import SITE

SAYS_WHERE_FROM = '<meta name="referrer" content="same-origin">'
"""in the head of a page with forms, which the guard takes from this desk's own pages alone"""
BACK = _("Back to the tickets")
NO_PAGE = _("There is no page at this address.")
FAULT = _("This page could not be shown because of a fault in the desk; it has been logged.")


def register_errors(*, head_html: str) -> None:
    """Say what is wrong in the desk's own words; a missing page costs no session."""

    @screens.exception_handler(404)
    async def no_page(request: Request, error: Exception) -> Response:
        said = error.detail if isinstance(error, HTTPException) else NO_PAGE
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"error": {"code": "not_found", "message": said}}, 404)
        return HTMLResponse(
            plain_page(
                head_html, NO_PAGE, html('<p><a href="{}">{}</a></p>', SITE.link("/"), BACK)
            ),
            404,
        )

    @screens.on_page_exception
    def fault(_error: Exception) -> None:
        ui.add_head_html(head_html)
        with ui.element("main").classes("alone"):
            ui.label(FAULT)
            ui.link(BACK, "/")


def plain_page(
    head_html: str,
    heading: str,
    inside: Html,
    *,
    style: str = "alone",
    header: Html = NOTHING,
) -> str:
    """A page that needs no socket; its forms say where they come from, to this desk alone."""
    main = html('<main class="{}"><h1>{}</h1>{}</main>', style, heading, inside)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"{SAYS_WHERE_FROM}<title>Ticketdesk</title>"
        f'<meta name="viewport" content="width=device-width">{head_html}</head>'
        f"<body>{header}{main}</body></html>"
    )
