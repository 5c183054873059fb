"""The pages of a scripted desk, asked over HTTP in this process, without a browser."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, ui
from nicegui import app as screens
from nicegui.testing.general import nicegui_reset_globals, prepare_simulation

from app.config.stored_key import KeyStore
from app.desk.api_key import ApiKey
from app.domain.clock import SystemClock
from app.pages.health import Vitals
from app.pages.register import register_pages
from tests.state.scripted import NOON, ScriptedDesk

KEY = "sg_live_0123456789abcdef"

VITALS = Vitals(
    api="https://api.example.com/v1",
    requests_last_minute=42,
    requests_per_second=2,
    errors=((NOON, "The Tickets API cannot be reached."),),
    versions=(("Ticketdesk", "2026.11.0"),),
)


@dataclass
class Site:
    """The scripted desk and a visitor to its pages."""

    desk: ScriptedDesk
    http: httpx.AsyncClient

    @property
    def tabs(self) -> list[Client]:
        """The tabs that are open."""
        return list(Client.instances.values())


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    scripted = ScriptedDesk()
    scripted.many(60)
    with nicegui_reset_globals(), _own_error_pages():
        prepare_simulation()
        web = FastAPI()
        register_pages(
            web,
            scripted.desk,
            head_html="<!-- head -->",
            plain_head_html="",
            wall_worker="",
            clock=SystemClock(),
            demo=True,
            vitals=lambda: VITALS,
            api_key=ApiKey(
                "https://api.example.com",
                KeyStore(tmp_path),
                key=KEY,
                is_configured=False,
                clock=SystemClock(),
            ),
        )
        ui.run_with(web, storage_secret="x" * 32, show_welcome_message=False)
        async with _running(web), _visitor(web) as http:
            yield Site(scripted, http)


@contextmanager
def _own_error_pages() -> Iterator[None]:
    """Give the framework its own page for a missing address back: by that it serves other tests."""
    theirs = dict(screens.exception_handlers)
    try:
        yield
    finally:
        screens.exception_handlers.clear()
        screens.exception_handlers.update(theirs)


@asynccontextmanager
async def _running(web: FastAPI) -> AsyncIterator[None]:
    async with web.router.lifespan_context(web):
        yield
        for tab in list(Client.instances.values()):
            tab.delete()
        await asyncio.sleep(0.01)
        Client.page_routes.clear()  # or the end of the simulation unloads our own modules


def _visitor(web: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://test")
