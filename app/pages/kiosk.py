"""The wall at `/kiosk`: large type, oldest first, nothing to click, nothing it could change."""

import asyncio

from nicegui import Client, ui
from starlette.requests import Request

from app.desk.queries import Queries
from app.desk.walls import Walls
from app.domain.clock import Clock
from app.domain.signals import Changes, Signal
from app.domain.tasks import TaskSet
from app.domain.wall_links import Masking, WallLink, WallView
from app.pages.frame import Beats, formatter_for, on_zone
from app.state.kiosk import KioskState
from components.kiosk_board import KioskBoard

FIRST_PAINT_SECONDS = 1.0


WALL = "ticketdesk.wall"
"""where the guard leaves in a request's scope the link by which a display is let in"""


def register_kiosk(
    queries: Queries,
    changes: Signal[Changes],
    walls: Walls | None,
    *,
    head_html: str,
    clock: Clock,
    beats: Beats,
) -> None:
    """Put the wall at `/kiosk`; `?theme=light` turns it light."""

    @ui.page("/kiosk", title="Ticketdesk wall")
    async def kiosk(request: Request, client: Client) -> None:
        ui.add_head_html(head_html)
        beats.follow(client, changes)
        board = KioskBoard(light=request.query_params.get("theme") == "light")
        link: WallLink | None = request.scope.get(WALL)
        wall = KioskState(
            queries,
            changes,
            fmt=formatter_for(request),
            clock=clock,
            view=link.view if link else WallView.WAITING,
            masking=link.masking if link else Masking.MASKED,
        )
        if link is not None and walls is not None:
            _watch(client, walls, link, wall)
        wall.board.follow(board.update)
        on_zone(wall.set_formatter)
        loading = TaskSet()
        client.on_delete(loading.close)
        client.on_delete(wall.close)
        await asyncio.wait([loading.start(wall.load())], timeout=FIRST_PAINT_SECONDS)
        wall.turn_pages()


def _watch(client: Client, walls: Walls, link: WallLink, wall: KioskState) -> None:
    """Let Health know that this display is there, and how old what it shows is."""
    walls.page_opened(client.id, link, lambda: wall.as_of)
    client.on_connect(lambda: walls.page_connected(client.id, is_connected=True))
    client.on_disconnect(lambda: walls.page_connected(client.id, is_connected=False))
    client.on_delete(lambda: walls.page_closed(client.id))
