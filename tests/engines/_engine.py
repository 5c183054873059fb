"""What the story needs of a browser, and how each of three engines gives it."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

from tests.browser import a_browser

START_SECONDS = 60
ESCAPE = "\ue00c"
MINI_BROWSER = "webkit2gtk-4.*/MiniBrowser"
LISTENS = re.compile(r"BiDi listening on (ws://\S+)")


class MissingEngineError(Exception):
    """It is not on this machine; the sentence says what brings it."""


class Engine(ABC):
    """One page in one engine; clicks and keys are the browser's own, not made by a script."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Go to an address."""

    @abstractmethod
    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Make what the page sees so large."""

    @abstractmethod
    def picture(self) -> bytes:
        """What is seen, as PNG."""

    @abstractmethod
    def _perform(self, *actions: dict[str, Any]) -> None:
        """Carry out actions as WebDriver writes them."""

    def click(self, x: float, y: float) -> None:
        """Press and let go of the mouse there."""
        move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}
        buttons = ({"type": name, "button": 0} for name in ("pointerDown", "pointerUp"))
        self._perform({"type": "pointer", "id": "mouse", "actions": [move, *buttons]})

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        keys = [{"type": kind, "value": c} for c in text for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keys", "actions": keys})


class Chromium(Engine):
    """By way of Playwright."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, url: str) -> None:
        """As `Engine`."""
        self._page.goto(url)

    def run(self, expression: str) -> Any:
        """As `Engine`."""
        return self._page.evaluate(f"() => ({expression})")

    def resize(self, width: int, height: int) -> None:
        """As `Engine`."""
        self._page.set_viewport_size({"width": width, "height": height})

    def picture(self) -> bytes:
        """As `Engine`."""
        return self._page.screenshot()

    def click(self, x: float, y: float) -> None:
        """As `Engine`."""
        self._page.mouse.click(x, y)

    def type(self, text: str) -> None:
        """As `Engine`."""
        if text == ESCAPE:
            self._page.keyboard.press("Escape")
        else:
            self._page.keyboard.type(text)

    def _perform(self, *actions: dict[str, Any]) -> None:
        raise NotImplementedError


class Firefox(Engine):
    """By WebDriver BiDi, which Firefox speaks itself."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._ask("session.new", capabilities={})
        (tab,) = self._ask("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]

    def open(self, url: str) -> None:
        """As `Engine`."""
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """As `Engine`."""
        answer = self._ask(
            "script.evaluate",
            expression=f"JSON.stringify({expression}) ?? 'null'",
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def resize(self, width: int, height: int) -> None:
        """As `Engine`."""
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._tab, viewport=size)

    def picture(self) -> bytes:
        """As `Engine`."""
        answer = self._ask("browsingContext.captureScreenshot", context=self._tab)
        return base64.b64decode(answer["data"])

    def _perform(self, *actions: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._tab, actions=list(actions))

    def _ask(self, method: str, **params: object) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=START_SECONDS))
            if answer.get("id") == self._number:
                break
        if answer["type"] == "error":
            raise AssertionError(f"{method}: {answer['message']}")
        return answer["result"]


class WebKit(Engine):
    """By WebDriver, of WebKitGTK's own browser on a display that nobody sees."""

    def __init__(self, client: httpx.Client, binary: Path) -> None:
        self._client = client
        self._session = ""
        options = {"binary": str(binary), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        answer = self._ask("POST", "", capabilities=wanted)
        self._session = f"/{answer['sessionId']}"

    def open(self, url: str) -> None:
        """As `Engine`."""
        self._ask("POST", "/url", url=url)

    def run(self, expression: str) -> Any:
        """As `Engine`."""
        script = f"return JSON.stringify({expression})"
        return json.loads(self._ask("POST", "/execute/sync", script=script, args=[]) or "null")

    def resize(self, width: int, height: int) -> None:
        """As `Engine`: the window is larger than its page, by what is not known beforehand.

        Its bar of buttons lets it be no narrower than about 450 px, which is a phone's width still.
        """
        more_width = more_height = 0
        for _ in range(5):
            size = {"width": width + more_width, "height": height + more_height}
            self._ask("POST", "/window/rect", x=0, y=0, **size)
            time.sleep(0.3)
            inside = self.run("[innerWidth, innerHeight]")
            if inside == [width, height]:
                return
            more_width += width - inside[0]
            more_height += height - inside[1]
        if inside[0] < width or inside[1] != height:
            raise AssertionError(f"the page is {inside}, not {width} by {height}")

    def picture(self) -> bytes:
        """As `Engine`."""
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def end(self) -> None:
        """Close the browser."""
        self._ask("DELETE", "")

    def _perform(self, *actions: dict[str, Any]) -> None:
        self._ask("POST", "/actions", actions=list(actions))

    def _ask(self, method: str, path: str, **body: object) -> Any:
        content = body if method == "POST" else None
        answer = self._client.request(method, f"/session{self._session}{path}", json=content)
        value = answer.json()["value"]
        if answer.is_error:
            raise AssertionError(f"{path}: {value['message']}")
        return value


@contextmanager
def chromium() -> Iterator[Engine]:
    """The one of the tests."""
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        yield Chromium(browser.new_page())
        browser.close()


@contextmanager
def firefox() -> Iterator[Engine]:
    """Debian's Firefox ESR, or another Firefox."""
    program = _found("firefox-esr", "firefox", package="firefox-esr")
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        said = folder / "said.txt"
        words = ("--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", folder)
        ending.enter_context(_running(program, *map(str, words), said=said))
        address = _when(lambda: LISTENS.search(said.read_text("utf-8")))[1]
        socket = ending.enter_context(connect(f"{address}/session", max_size=None))
        yield Firefox(socket)


@contextmanager
def webkit() -> Iterator[Engine]:
    """WebKitGTK under Xvfb."""
    driver = _found("WebKitWebDriver", package="webkit2gtk-driver")
    screen = _found("Xvfb", package="xvfb")
    binary = next(Path("/usr/lib").glob(f"*/{MINI_BROWSER}"), None)
    if binary is None:
        raise MissingEngineError("MiniBrowser is missing: apt-get install webkit2gtk-driver")
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        told = folder / "display.txt"
        words = ("-displayfd", "1", "-screen", "0", "2000x2000x24", "-nolisten", "tcp")
        ending.enter_context(_running(screen, *words, said=told))
        display = _when(lambda: re.search(r"^(\d+)\n", told.read_text("utf-8"), re.MULTILINE))[1]
        port = 20_000 + os.getpid() % 20_000
        said = folder / "said.txt"
        environ = {"DISPLAY": f":{display}", "GDK_BACKEND": "x11"}
        ending.enter_context(_running(driver, f"--port={port}", said=said, environ=environ))
        client = ending.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=START_SECONDS)
        )
        _when(lambda: _answers(client))
        engine = WebKit(client, binary)
        ending.callback(engine.end)
        yield engine


def _found(*names: str, package: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise MissingEngineError(f"{names[0]} is missing: apt-get install {package}")


@contextmanager
def _running(
    program: str, *words: str, said: Path, environ: dict[str, str] | None = None
) -> Iterator[None]:
    with said.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  # a browser of the machine
            [program, *words], stdout=file, stderr=file, env=os.environ | (environ or {})
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/status").is_success
    except httpx.TransportError:
        return False


def _when(look: Any) -> Any:
    """What `look` finds as soon as it finds something."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"Not seen within {START_SECONDS} s.")


ENGINES = {"Chromium": chromium, "Firefox": firefox, "WebKitGTK": webkit}
