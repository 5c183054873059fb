"""Every page at its address."""

from collections.abc import Callable

from fastapi import FastAPI

from app.desk.api_key import ApiKey
from app.desk.desk import Desk
from app.domain.clock import Clock
from app.pages.errors import register_errors
from app.pages.frame import Beats
from app.pages.health import Vitals, register_health
from app.pages.inbox import register_inbox
from app.pages.key import register_key
from app.pages.kiosk import register_kiosk, register_plain_kiosk
from app.pages.people import drawing
from app.pages.settings import register_settings


def register_pages(
    app: FastAPI,
    desk: Desk,
    *,
    head_html: str,
    plain_head_html: str,
    wall_worker: str,
    clock: Clock,
    demo: bool,
    vitals: Callable[[], Vitals],
    api_key: ApiKey | None = None,
) -> None:
    """Register the pages of one desk, before the screens are mounted on `app`.

    Args:
        head_html: goes into the head of each page as it is, `plain_head_html` into that of the
            plain wall.
        wall_worker: the address of the script that shows a board which was kept.
        demo: adds the badge and the way to the page that writes as a customer.
        vitals: is asked whenever Health is opened.
    """
    register_errors(head_html=head_html)
    register_health(app, desk, head_html=head_html, demo=demo, vitals=vitals)
    beats = Beats(desk.queries, clock=clock)
    register_inbox(desk, head_html=head_html, clock=clock, beats=beats, demo=demo)
    register_settings(desk, head_html=head_html, demo=demo, api_key=api_key)
    if api_key is not None:
        register_key(app, api_key, drawing(desk, head_html))
    walls = desk.doors.walls if desk.doors else None
    register_kiosk(
        desk.queries,
        desk.changes,
        walls,
        head_html=head_html,
        worker=wall_worker,
        clock=clock,
        beats=beats,
    )
    register_plain_kiosk(
        app,
        desk.queries,
        desk.changes,
        walls,
        head_html=plain_head_html,
        worker=wall_worker,
        clock=clock,
    )
