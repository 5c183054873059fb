"""Listens on a port and runs the web server: one process, one event loop."""

import asyncio
import errno
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from app.domain.errors import DeskError

CLOSING_SECONDS = 2
BACKLOG = 2048


class PortError(DeskError):
    """The port cannot be listened on; the message names it and the flag."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port; 0 takes any free one. Errors: PortError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if os.name == "posix":  # elsewhere it would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        problem = {
            errno.EADDRINUSE: "is taken by another program",
            errno.EACCES: "needs more rights than this user has",
        }.get(error.errno or 0, f"cannot be used ({error.strerror})")
        raise PortError(
            f"Port {port} on {host} {problem}. Choose another one with --port, "
            f"for example --port {port + 1 if 1023 < port < 65535 else 8081}."
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """The address a browser on this machine uses."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers: where, how to end it from any thread, what else to say."""

    address: str
    stop: Callable[[], None]
    hint: str = ""


class WebServer(uvicorn.Server):
    """Serves one application on a socket that is already ours."""

    def __init__(self, app: ASGIApp, *, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Believing a forwarded address is for those who have said which proxy stands there.
                proxy_headers=False,
                timeout_graceful_shutdown=CLOSING_SECONDS,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._on_ready()

    def end(self) -> None:
        """End soon, in order; may be called from any thread."""
        self.should_exit = True


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run to its end on the fastest event loop there is."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main)


async def serve(
    listener: socket.socket, app: ASGIApp, *, on_ready: Callable[[Serving], None]
) -> None:
    """Serve until told to end by Ctrl+C, a polite kill or `Serving.stop`."""
    end_quietly()
    # What is loaded by now stays: left out of every later collection, and out of the search
    # through all objects with which the screen library looks for its server (0.2 s).
    gc.freeze()
    server = WebServer(app, on_ready=lambda: on_ready(Serving(address_of(listener), server.end)))
    await server.serve([listener])


def end_quietly() -> None:
    """Let Ctrl+C and a polite kill end the server in order, with exit code 0.

    The server repeats the signal to whoever listened before it; this listener hears it and is done.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _heard)


def _heard(_number: int, _frame: FrameType | None) -> None:
    return None
