"""What stands before the sockets of the screens, without any of them."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.web.websocket_guard import FrameGuard

POLL = {"type": "http", "path": "/_nicegui_ws/socket.io/"}
PAGE = {"type": "http", "path": "/"}


async def heard_by_the_library(scope: Scope, *messages: Message) -> list[Message]:
    """What the application behind the guard is told, in as many calls."""
    coming, heard = [*messages], []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive() for _ in messages])

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None: ...

    await FrameGuard(inside)(scope, receive, send)
    return heard


async def test_poll_that_was_given_up_before_it_was_read_is_dropped() -> None:
    assert await heard_by_the_library(POLL, {"type": "http.disconnect"}) == []


@pytest.mark.parametrize("scope", [POLL, PAGE])
async def test_every_other_request_is_heard_whole(scope: Scope) -> None:
    messages = [
        {"type": "http.request", "body": b"4", "more_body": True},
        {"type": "http.request", "body": b"0", "more_body": False},
        {"type": "http.disconnect"},
    ]

    assert await heard_by_the_library(scope, *messages) == messages
