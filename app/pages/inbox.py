"""The dashboard at `/`: the list, the numbers above it, the open conversation beside it."""

import asyncio
from contextlib import suppress

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from app.desk.desk import Desk
from app.domain.clock import Clock
from app.domain.errors import StoreError
from app.domain.filters import ListHabits, address, filter_from_query, names_list
from app.domain.saved_views import SavedView, first_list
from app.pages.dashboard import Dashboard
from app.pages.frame import TITLE, Beats, formatter_for
from app.pages.seller_page import open_frame
from app.pages.sign_in import signed_in
from components.i18n import _

FIRST_PAINT_SECONDS = 1.0
"""how long the page waits for its rows before it goes out without them"""


def register_inbox(desk: Desk, *, head_html: str, clock: Clock, beats: Beats, demo: bool) -> None:
    """Put the dashboard at `/`, and an address for each ticket at `/tickets/{id}`."""

    @ui.page("/", title=TITLE)
    async def inbox(request: Request, client: Client) -> None:
        own = desk.of(signed_in(request))
        frame = open_frame(_("Tickets"), own, head_html=head_html, demo=demo)
        query = dict(request.query_params)
        habits, saved = ListHabits(), tuple[SavedView, ...]()
        with suppress(StoreError):  # then the rows say so
            habits, saved = await asyncio.gather(
                own.queries.list_habits(), own.queries.saved_views()
            )
        chosen = filter_from_query(query) if names_list(query) else first_list(habits, saved)
        tab = Dashboard(
            client,
            own,
            frame,
            chosen,
            habits=habits,
            saved=saved,
            fmt=formatter_for(request),
            clock=clock,
            beats=beats,
        )
        await asyncio.wait(tab.begin(query.get("ticket", "")), timeout=FIRST_PAINT_SECONDS)

    @ui.page("/tickets/{ticket_id:path}")
    def ticket(ticket_id: str) -> RedirectResponse:
        return RedirectResponse(address(None, ticket_id))
