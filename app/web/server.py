"""Listens on a port and runs the web server: one process, one event loop."""

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from types import FrameType
from typing import Any

import click
import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from app.domain.errors import DeskError
from app.web.bounded_http import BoundedHttp

CLOSING_SECONDS = 2
BACKLOG = 2048


class PortError(DeskError):
    """The port cannot be listened on; the message names it and the flag."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port; 0 takes any free one. Raises: PortError."""
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


def address_of(listener: socket.socket, *, tls: "Tls | None" = None, path: str = "") -> str:
    """The address a browser on this machine uses."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # all of them
    scheme = "https" if tls else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"


def address_elsewhere(
    listener: socket.socket, *, tls: "Tls | None" = None, path: str = ""
) -> str | None:
    """The address a browser on another machine of the network uses; None where none can."""
    ip = ip_address(listener.getsockname()[0].partition("%")[0])
    if ip.is_unspecified:
        ip = _own_address(listener.family) or ip
    if ip.is_loopback or ip.is_unspecified:
        return None
    host = f"[{ip}]" if ip.version == 6 else str(ip)
    scheme = "https" if tls else "http"
    return f"{scheme}://{host}:{listener.getsockname()[1]}{path}"


def _own_address(family: socket.AddressFamily) -> IPv4Address | IPv6Address | None:
    """The address from which this machine would ask others; nothing is sent to find out."""
    anywhere = "2001:db8::1" if family == socket.AF_INET6 else "192.0.2.1"  # of documentation
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((anywhere, 9))
        except OSError:
            return None
        return ip_address(asking.getsockname()[0].partition("%")[0])


@dataclass(frozen=True, slots=True)
class Tls:
    """The files of a certificate and its key, which have been tried."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers: where, how to end it from any thread, what else to say."""

    address: str
    stop: Callable[[], None]
    hint: str = ""
    elsewhere: str | None = None
    """its address for other machines, None where only this one can reach it"""


class WebServer(uvicorn.Server):
    """Serves one application on a socket that is already ours."""

    def __init__(
        self, app: ASGIApp, *, on_ready: Callable[[], None], tls: Tls | None = None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedHttp,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # app/web/forwarded.py reads them
                ssl_certfile=tls.certificate if tls else None,
                ssl_keyfile=tls.key if tls else None,
                timeout_graceful_shutdown=CLOSING_SECONDS,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut)
        self._on_ready = on_ready
        self.failure: Exception | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so; if that fails, end in order and let `failure` tell."""
        await super().startup(sockets)
        try:
            self._on_ready()
        except Exception as error:  # noqa: BLE001  # raised again when everything is closed
            self.failure = error
            self.end()

    def end(self) -> None:
        """End soon, in order; may be called from any thread, and often."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `StopSignal`: the second one would end the library at once."""
        yield


class StopSignal:
    """Runs `end` at the first SIGINT, SIGTERM or hang-up and ignores further ones.

    `end` stops the server once there is one, else it cancels what is being started.
    """

    def __init__(self) -> None:
        self.end: Callable[[], object] = lambda: None
        self.is_received = False

    def listen(self) -> None:
        """Install the handlers; Python allows that in the main thread only."""
        if threading.current_thread() is threading.main_thread():
            for number in polite_signals():
                signal.signal(number, self._receive)

    def stop(self) -> None:
        """End what runs, in order; from any thread, and once."""
        if not self.is_received:
            self.is_received = True
            self.end()

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


_stop_signal = StopSignal()


def stop() -> None:
    """End whatever is served or started now, as a signal does; from any thread."""
    _stop_signal.stop()


def is_told_to_end() -> bool:
    """Whether a signal, or `stop`, has ended what was served or started."""
    return _stop_signal.is_received


def polite_signals() -> Iterator[signal.Signals]:
    """What asks a program to end; a hang-up that was to be survived (`nohup`) does not."""
    yield from (signal.SIGINT, signal.SIGTERM)
    for name in ("SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            yield number


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run to its end, or until told, on the fastest event loop there is."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_until_told(main))


async def _until_told(main: Coroutine[Any, Any, None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(main)
    _stop_signal.is_received = False
    _stop_signal.end = lambda: loop.call_soon_threadsafe(task.cancel)
    _stop_signal.listen()
    try:
        await task
    except asyncio.CancelledError:
        if not (_stop_signal.is_received and task.cancelled()):
            raise


async def serve(
    listener: socket.socket,
    app: ASGIApp,
    *,
    on_ready: Callable[[Serving], None],
    tls: Tls | None = None,
    path: str = "",
) -> None:
    """Serve until told to end by a signal or `Serving.stop`.

    Args:
        path: where below the root of the host the pages are.
    """
    # What is loaded by now stays: left out of every later collection, and out of the search
    # through all objects with which the screen library looks for its server (0.2 s).
    gc.freeze()
    address = address_of(listener, tls=tls, path=path)
    server = WebServer(app, on_ready=lambda: on_ready(Serving(address, server.end)), tls=tls)
    before, _stop_signal.end = _stop_signal.end, server.end
    try:
        await server.serve([listener])
    finally:
        _stop_signal.end = before
    if server.failure:
        raise server.failure


def say(text: str) -> None:
    """Tell whoever started us; that nobody listens any more keeps no server from serving."""
    try:
        click.echo(text)
        sys.stdout.flush()
    except OSError:  # a pipe that was closed, a terminal that is gone
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # to the end


def _is_no_cut(record: logging.LogRecord) -> bool:
    """What the end cuts off is no fault, so nothing is logged about it."""
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, asyncio.CancelledError) and not record.msg.startswith("Cancel ")
