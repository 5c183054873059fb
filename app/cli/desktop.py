"""The desk in a window of its own, or on a wall: same app, loopback, one instance."""

import importlib.util
import signal
import subprocess
import threading
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import run_desk
from app.cli.browser import find_browser, has_screen, window_command
from app.config.data_dir import AlreadyRunningError, DataDir
from app.config.settings import LOOPBACK, Settings
from app.domain.errors import DeskError
from app.web.server import Serving, polite_signals, say

TITLE = "Ticketdesk"
SIZE = (1280, 860)
KIOSK_PATH = "/kiosk"


class NoWindowError(DeskError):
    """This kind of window cannot be opened here; the message says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """A way to show an address; what `lasts` returns only once the person has closed it."""

    name: str
    show: Callable[[str], None]
    lasts: bool = True


def open_desktop(settings: Settings) -> None:
    """Serve on a free port and show the desk; a second start shows the first one's desk."""
    if "port" not in settings.model_fields_set:
        settings = settings.model_copy(update={"port": 0})
    _show(settings, path="/", kiosk=False)


def open_kiosk(settings: Settings) -> None:
    """Serve and fill the screen with the wall display."""
    _show(settings, path=KIOSK_PATH, kiosk=True)


def print_kiosk_address(settings: Settings) -> None:
    """Print the address of the wall display, of the desk that runs or of one started now.

    Once there are users it is that of a new link, which lets one display in.
    """
    from app.cli.kiosk_link import has_users, made_link, next_name
    from app.cli.qr import show_qr

    data_dir = DataDir(settings.data_dir)
    folder = data_dir.folder
    link = f"?link={made_link(folder, next_name(folder))}" if has_users(folder) else ""

    def tell_address(own: str) -> None:
        address = (settings.public_url or own) + KIOSK_PATH + link
        show_qr(address)
        say(address)

    try:
        data_dir.lock()
    except AlreadyRunningError as running:
        if not running.address:
            raise
        tell_address(running.address)
        return
    data_dir.unlock()

    run_desk(settings, on_ready=lambda serving: tell_address(serving.address))


def _show(settings: Settings, *, path: str, kiosk: bool) -> None:
    for number in polite_signals():  # a polite kill and a hang-up are a Ctrl+C
        signal.signal(number, signal.default_int_handler)
    if settings.host in LOOPBACK:  # a certificate is for a name, and the window asks for a number
        settings = settings.model_copy(update={"tls_cert": None, "tls_key": None})
    windows = _windows(settings.data_dir / "window", kiosk=kiosk)
    ready: Future[Serving] = Future()
    server = threading.Thread(target=_serve_into, args=(settings, ready), daemon=True)
    server.start()
    try:
        serving = ready.result()
    except AlreadyRunningError as running:
        if not running.address:
            raise
        say(f"Ticketdesk is already running at {running.address}; showing that one.")
        _first_that_opens(windows, running.address + path)
        return
    try:
        if not _first_that_opens(windows, serving.address + path):
            say(f"The desk stays at {serving.address + path} until Ctrl+C.")
            threading.Event().wait()
    except KeyboardInterrupt:
        say("Closing.")
    finally:
        for number in polite_signals():  # what is being closed is closed whole
            signal.signal(number, signal.SIG_IGN)
        serving.stop()
        server.join()


def _serve_into(settings: Settings, ready: Future[Serving]) -> None:
    try:
        run_desk(settings, on_ready=ready.set_result)
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)


def _first_that_opens(windows: Iterable[Window], url: str) -> bool:
    """Show `url`; whether a window was there that the person has closed by now."""
    for window in windows:
        say(f"Opening {url} in {window.name}.")
        try:
            window.show(url)
        except NoWindowError as why:
            say(str(why))
        else:
            return window.lasts
    return False


def _windows(profile: Path, *, kiosk: bool) -> Iterator[Window]:
    if not kiosk and importlib.util.find_spec("webview"):
        yield Window("a native window", _native)
    elif not kiosk:
        say("No native window: pywebview is not installed (pip install pywebview).")
    if browser := find_browser():
        yield Window(
            f"{browser.stem} without its bars",
            lambda url: _alone(window_command(browser, url, profile=profile, kiosk=kiosk)),
        )
    else:
        say("No window without bars: found no Chromium, Chrome or Edge.")
    yield Window("the default browser", _default_browser, lasts=False)


def _native(url: str) -> None:
    import webview
    from webview.errors import WebViewException

    webview.create_window(TITLE, url, width=SIZE[0], height=SIZE[1])
    try:
        webview.start()
    except WebViewException as error:
        raise NoWindowError(f"No native window: {error}") from error


def _alone(command: list[str]) -> None:
    if not has_screen():
        raise NoWindowError("No window: this machine has no screen.")
    browser = subprocess.Popen(  # noqa: S603  # the browser found above, our own address
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        code = browser.wait()
    except KeyboardInterrupt:
        browser.terminate()
        browser.wait()
        raise
    if code:
        raise NoWindowError(f"No window without bars: the browser ended with code {code}.")


def _default_browser(url: str) -> None:
    if not has_screen() or not webbrowser.open(url):
        raise NoWindowError("No browser can be opened here; open the address in one yourself.")
