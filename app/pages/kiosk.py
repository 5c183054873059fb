"""The wall at `/kiosk`: large type, oldest first, nothing to click, nothing it could change."""

import asyncio

from nicegui import Client, ui
from starlette.requests import Request

from app.desk.queries import Queries
from app.domain.clock import Clock
from app.domain.signals import Changes, Signal
from app.domain.tasks import TaskSet
from app.pages.frame import Beats, formatter_for, on_zone
from app.state.kiosk import KioskState
from components.kiosk_board import KioskBoard

FIRST_PAINT_SECONDS = 1.0


def register_kiosk(
    queries: Queries, changes: Signal[Changes], *, head_html: str, clock: Clock, beats: Beats
) -> None:
    """Put the wall at `/kiosk`; `?theme=light` turns it light."""

    @ui.page("/kiosk", title="Ticketdesk wall")
    async def kiosk(request: Request, client: Client) -> None:
        ui.add_head_html(head_html)
        beats.follow(client, changes)
        board = KioskBoard(light=request.query_params.get("theme") == "light")
        wall = KioskState(queries, changes, fmt=formatter_for(request), clock=clock)
        wall.board.follow(board.update)
        on_zone(wall.set_formatter)
        loading = TaskSet()
        client.on_delete(loading.close)
        client.on_delete(wall.close)
        await asyncio.wait([loading.start(wall.load())], timeout=FIRST_PAINT_SECONDS)
        wall.turn_pages()
