"""The embedded Tickets API as an ASGI app: run alone, called in process, or routed by the desk."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.server.contract import Choices
from app.server.demo.customer_page import CUSTOMER_PATH, customer_page
from app.server.exception_handlers import add_exception_handlers
from app.server.middleware import ApiGuard, is_api_path
from app.server.repository import TicketStore
from app.server.router import ticket_routes


def utc_now() -> datetime:
    """The time of day, aware UTC."""
    return datetime.now(UTC)


def build_api(
    engine: Engine,
    *,
    api_key: str,
    choices: Choices | None = None,
    demo: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The API over the store in `engine`; with `demo` also the page to write as a customer."""
    choices = choices or Choices()
    api = TicketsApi(
        title="Tickets API",
        version="1",
        description="Handle customer support tickets, view messages, and respond to inquiries.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    store = TicketStore(engine, now=now)
    api.include_router(ticket_routes(store, choices=choices))
    if demo:
        api.include_router(customer_page(store))
    add_exception_handlers(api, choices)
    api.add_middleware(ApiGuard, api_key=api_key, choices=choices)
    return api


class TicketsApi(FastAPI):
    """The framework's app, whose description names only answers that are given."""

    def openapi(self) -> dict[str, Any]:
        """The description; the framework adds a 422 of its own shape to whatever has parameters."""
        if self.openapi_schema is None:
            described = super().openapi()
            for operations in described["paths"].values():
                for operation in operations.values():
                    if "HTTPValidationError" in str(operation["responses"].get("422")):
                        del operation["responses"]["422"]
            for foreign in ("HTTPValidationError", "ValidationError"):
                described["components"]["schemas"].pop(foreign, None)
        return super().openapi()


class ApiRoute(BaseRoute):
    """Hands the API's own paths, and no others, to it from within another app.

    Add it by `host.router.routes.append(ApiRoute(api))`, before anything is mounted at the root.
    """

    def __init__(self, api: FastAPI) -> None:
        self._api = api
        self._paths = {CUSTOMER_PATH, api.openapi_url}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the API answers this path."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        ours = scope["type"] == "http" and (is_api_path(path) or path in self._paths)
        # It knows nothing of a path below which the other app stands.
        return (Match.FULL, {"path": path, "root_path": ""}) if ours else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the API answer."""
        await self._api(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """No address is made by name here."""
        raise NoMatchFound(name, path_params)
