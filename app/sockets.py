"""The screens' sockets: each speaks only for the page it was opened by."""

from collections.abc import Callable, Iterable
from typing import Any

from nicegui import core

Handler = Callable[[str, Any], None]


def bind_sockets(origins: Iterable[str]) -> None:
    """Let a socket speak only for the page it was opened by, and only from our own addresses.

    Without this any socket may send events for any page whose id it knows.
    """
    core.sio.eio.cors_allowed_origins = sorted(origins)
    for name in ("event", "javascript_response", "ack", "log"):
        core.sio.on(name, handler=_for_own_page(core.sio.handlers["/"][name]))


def _for_own_page(handler: Handler) -> Handler:
    def handle(sid: str, message: Any) -> None:
        page = message.get("client_id") if isinstance(message, dict) else None
        if page in core.sio.rooms(sid):
            handler(sid, message)

    return handle
