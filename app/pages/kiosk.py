"""The wall at `/kiosk`: large type, oldest first, nothing to click, nothing it could change.

At `/kiosk/plain` it is plain HTML, for televisions whose engine cannot run the framework.
"""

import asyncio
import hashlib

import nicegui
from fastapi import FastAPI
from nicegui import Client, ui
from nicegui import app as screens
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.desk.queries import Queries
from app.desk.walls import Walls
from app.domain.clock import Clock
from app.domain.signals import Changes, Signal
from app.domain.tasks import TaskSet
from app.domain.wall_links import USUAL, WallLink
from app.pages.frame import Beats, formatter_for, on_zone
from app.state.kiosk import FIRST_PAINT_SECONDS, KioskState, PlainKiosks
from components.kiosk_board import KioskBoard
from components.plain_board import LEAD, keep_html, plain_page
from components.site import SITE

WALL = "ticketdesk.wall"
"""where the guard leaves in a request's scope the link by which a display is let in"""


def register_kiosk(
    queries: Queries,
    changes: Signal[Changes],
    walls: Walls | None,
    *,
    head_html: str,
    worker: str,
    clock: Clock,
    beats: Beats,
) -> None:
    """Put the wall at `/kiosk`; `?theme=light` turns it light."""

    @ui.page("/kiosk", title="Ticketdesk wall")
    async def kiosk(request: Request, client: Client) -> None:
        ui.add_head_html(head_html)
        ui.add_head_html(LEAD)
        ui.add_head_html(keep_html(worker=worker, light=_is_light(request)))
        beats.follow(client, changes)
        board = KioskBoard(light=_is_light(request))
        link: WallLink | None = request.scope.get(WALL)
        wall = KioskState(
            queries,
            changes,
            fmt=formatter_for(request),
            clock=clock,
            shows=link.board if link else USUAL,
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


def register_plain_kiosk(
    app: FastAPI,
    queries: Queries,
    changes: Signal[Changes],
    walls: Walls | None,
    *,
    head_html: str,
    worker: str,
    clock: Clock,
) -> None:
    """Put the same board at `/kiosk/plain`; a display that the live one led there has `led`."""
    kiosks = PlainKiosks(queries, changes, clock=clock)
    screens.on_shutdown(kiosks.close)
    look = hashlib.sha256(head_html.encode()).hexdigest()[:8]

    @app.get("/kiosk/plain", include_in_schema=False)
    async def plain(request: Request) -> Response:
        link: WallLink | None = request.scope.get(WALL)
        fmt = formatter_for(request)
        light, to_keep = _is_light(request), "kept" in request.query_params
        shows = link.board if link else USUAL
        data = await kiosks.shown(fmt, shows, to_keep=to_keep)
        if link is not None and walls is not None and not to_keep:
            walls.plain_shown(link, queries.as_of)
        page = plain_page(
            data,
            head_html=f"{head_html}{keep_html(worker=worker, light=light)}",
            light=light,
            look=look,
            vue=SITE.link(_VUE) if "led" in request.query_params else "",
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})


_VUE = f"/_nicegui/{nicegui.__version__}/static/vue.esm-browser.prod.js"
"""what the framework itself has as its module of this name"""


def _is_light(request: Request) -> bool:
    return request.query_params.get("theme") == "light"


def _watch(client: Client, walls: Walls, link: WallLink, wall: KioskState) -> None:
    """Let Health know that this display is there, and how old what it shows is."""
    walls.page_opened(client.id, link, lambda: wall.as_of)
    client.on_connect(lambda: walls.page_connected(client.id, is_connected=True))
    client.on_disconnect(lambda: walls.page_connected(client.id, is_connected=False))
    client.on_delete(lambda: walls.page_closed(client.id))
