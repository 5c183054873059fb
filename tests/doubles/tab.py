"""A tab without a browser: opens a page, speaks its socket, keeps what the desk says is on it."""

import asyncio
import html
import json
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
from markupsafe import Markup
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
QUERY = re.compile(r"['\"](client_id|next_message_id)['\"]: ['\"]?([\w-]+)")
ADDRESS = re.compile(r"history\.(?:push|replace)State\(.*?\"(/[^\"]*)\"\)", re.DOTALL)
METHOD = re.compile(r"runMethod\((\d+), (\".*?\"), (\[.*\])\)", re.DOTALL)
ACT = re.compile(r'data-act="(\w+)"')
FIELDS = {"input", "select", "textarea"}
RELOADS = ("location.reload()", "history.go(0)")
COMPONENT = "nicegui-"
"""how the tag of a component with a script begins"""
ACK_SECONDS = 3.0
AGAIN_SECONDS = (1.0, 2.0, 4.0, 5.0)
"""as the browser's library waits between two tries to connect"""


class NotShownError(Exception):
    """The page did not come, or what was waited for was never shown."""


class Tab:
    """One page; `address` is where it is, `calls` what the desk has called in it by name.

    What is emitted while the line is cut leaves when it is back, as in a browser; a page whose desk
    has forgotten it is loaded anew, and then that is lost.
    """

    def __init__(
        self, url: str, address: str = "/", *, zone: str = "UTC", cookie: str = ""
    ) -> None:
        self.url = url
        self.address = address
        self.elements: dict[str, Any] = {}
        self.calls: deque[tuple[str, list[Any]]] = deque(maxlen=100)
        self.loads = 0
        self.status = 0
        self.is_joined = False
        self.asked = 0
        """how many lists this page has asked for"""
        self.took: list[float] = []
        """seconds from each thing asked for to a list that knows of it"""
        self._begun: dict[int, float] = {}
        self.packets: list[set[str]] = []
        """the components that each update drew, in the order in which they came"""
        self.beats: list[dict[str, Any]] = []
        """the time and the age of the data, as they were told beside all updates"""
        self.rows_sent: list[str] = []
        """the tickets whose rows were sent with an update, in the order in which they came"""
        self.on_news: Callable[[], None] = lambda: None
        """called after each thing the desk says"""
        self._cookies = {"Cookie": "; ".join(filter(None, (f"ticketdesk_zone={zone}", cookie)))}
        self._query: dict[str, str] = {}
        self._next = 0
        self._acked = 0
        self._line: ClientConnection | None = None
        self._waiting: list[str] = []
        self._leaving: asyncio.Queue[str] = asyncio.Queue()
        self._news = asyncio.Event()
        self._awake = asyncio.Event()
        self._awake.set()
        self._held = False
        self._is_sent_away = False
        self._keeping: asyncio.Task[None] | None = None
        self._acking: asyncio.Task[None] | None = None

    # ── Coming and going ─────────────────────────────────────────────────────────────────────────

    async def open(self, address: str | None = None) -> "Tab":
        """Load the page and keep its socket; again: as a person who goes to another address."""
        await self.close()
        self._is_sent_away = False
        self.address = address or self.address
        await self._load()
        self._keeping = asyncio.create_task(self._keep())
        self._acking = asyncio.create_task(self._ack())
        await self.until(lambda: self.is_joined, what="the socket")
        return self

    async def close(self) -> None:
        """Close the tab."""
        for task in (self._keeping, self._acking):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._keeping = self._acking = None
        self.is_joined = False

    def cut(self) -> None:
        """Lose the line, until `mend`."""
        self._held = True
        self.is_joined = False
        if self._line is not None:
            self._line.transport.abort()

    def mend(self) -> None:
        """The line is there again."""
        self._held = False

    def sleep(self) -> None:
        """Stop as a laptop that is shut: the socket stays, and nobody reads it."""
        self._awake.clear()

    def wake(self) -> None:
        """Go on."""
        self._awake.set()

    # ── What is on it ────────────────────────────────────────────────────────────────────────────

    def element(self, part: str) -> tuple[str, dict[str, Any]]:
        """The component with this name, and its number; of two conversations the open one."""
        found = [item for item in self.elements.items() if _name(item[1]) == part]
        if not found:
            raise NotShownError(f"There is no {part} on {self.address}.")
        if len(found) > 1:
            found = [one for one in found if self._is_of_open_ticket(one[1])] or found
        return found[0]

    def _is_of_open_ticket(self, log: dict[str, Any]) -> bool:
        ticket = self.data("reply_form")["ticket_id"]
        return any(key.startswith(f"{ticket} ") for key in log.get("items", ()))

    @property
    def read_ticket(self) -> str:
        """The ticket whose messages are on the screen; empty while they are being read."""
        ticket = str(self.data("reply_form")["ticket_id"])
        return ticket if self._is_of_open_ticket(self.element("log")[1]) else ""

    def data(self, part: str) -> Any:
        """What a component shows."""
        return self.element(part)[1]["props"].get("data")

    def items(self, part: str) -> list[dict[str, Any]]:
        """The items of a list, in order, each with its `key`, `html` and `attrs`."""
        return list(self.element(part)[1]["items"].values())

    @property
    def cards(self) -> dict[str, int | None]:
        """The numbers above the list."""
        props = [element.get("props", {}) for element in self.elements.values()]
        said = {one["data-stat"]: one.get("data-value", "") for one in props if "data-stat" in one}
        return {key: int(value) if value else None for key, value in said.items()}

    @property
    def views(self) -> dict[str, str]:
        """The views beside the list, each with what stands in its line."""
        lists = [element["items"] for element in self.elements.values() if "items" in element]
        items = [item for found in lists for item in found.values()]
        views = [item for item in items if item["attrs"].get("data-act") == "view"]
        return {item["key"]: item["html"] for item in views}

    def keys_of(self, act: str) -> list[str]:
        """The items of lists in which something is called so."""
        return [
            key
            for element in self.elements.values()
            for key, item in element.get("items", {}).items()
            if act in (item["attrs"].get("data-act"), *ACT.findall(item["html"]))
        ]

    @property
    def ids(self) -> list[str]:
        """The tickets in the list, in its order."""
        return [item["key"] for item in self.items("ticket_rows") if self.page["asked"] >= 0]

    @property
    def page(self) -> dict[str, Any]:
        """What the list says of its page: which list it is, and where its rows begin and end."""
        return dict(self.element("ticket_rows")[1]["props"]["page"])

    @property
    def count(self) -> int | None:
        """How many tickets the list says it has; None while they are being counted."""
        said = [
            element.get("props", {}).get("data-count")
            for element in self.elements.values()
            if "range" in element.get("class", [])
        ]
        return int(said[0]) if said and said[0] is not None else None

    async def until(self, seen: Callable[[], bool], *, what: str, seconds: float = 30) -> float:
        """Wait for news until `seen` holds; the seconds it took."""
        began = time.perf_counter()
        while not seen():
            if self._keeping is not None and self._keeping.done():
                self._keeping.result()  # what ended it
            left = began + seconds - time.perf_counter()
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(left, 0))
            except TimeoutError:
                raise NotShownError(f"{what} did not come within {seconds:g} s.") from None
        return time.perf_counter() - began

    # ── What a person does ───────────────────────────────────────────────────────────────────────

    def emit(self, part: str, event: str, **args: Any) -> None:
        """Say what a person did in a component."""
        number, element = self.element(part)
        self._emit(number, element, event, args)

    def act(self, act: str, key: str, value: str = "") -> None:
        """Press what is called so in an item of a list."""
        for number, element in self.elements.items():
            item = element.get("items", {}).get(key)
            if item and act in (item["attrs"].get("data-act"), *ACT.findall(item["html"])):
                self._emit(number, element, "act", {"act": act, "key": key, "value": value})
                return
        raise NotShownError(f"There is no {act} in {key} on {self.address}.")

    def button(self, label: str) -> tuple[str, dict[str, Any]]:
        """The first button that is called so, is the card of this number, or has this key."""
        for number, element in self.elements.items():
            if element["tag"] == "button" and label in _labels(element):
                return number, element
        raise NotShownError(f"There is no button {label!r} on {self.address}.")

    def can_press(self, label: str) -> bool:
        """Whether the button is there to be pressed."""
        try:
            props = self.button(label)[1].get("props", {})
        except NotShownError:
            return False
        return not (props.get("disabled") or props.get("hidden"))

    def press(self, label: str) -> None:
        """Press the button that is called so, or is the card of this number."""
        number, element = self.button(label)
        self._emit(number, element, "click", {})

    def field(self, label: str) -> tuple[str, dict[str, Any]]:
        """The field or the choice that is called so, or has this id, and its number."""
        for number, element in self.elements.items():
            if element["tag"] in FIELDS and label in _labels(element):
                return number, element
        raise NotShownError(f"There is no field {label!r} on {self.address}.")

    def fill(self, label: str, text: str) -> None:
        """Type into a field so that it holds `text`, or choose that."""
        number, element = self.field(label)
        [told_at] = {one["type"] for one in element["events"]}
        self._emit(number, element, told_at, text)

    def search(self, text: str) -> int:
        """Have the search field hold `text`; the number that list will have."""
        return self.ask_by(lambda: self.fill("Search tickets", text))

    def recover(self, words: dict[str, Any]) -> None:
        """Hand over words that the browser has kept."""
        for number, element in self.elements.items():
            if "data-recover" in element.get("props", {}):
                self._emit(number, element, "words", {"detail": words})

    def emit_page(self, event: str, value: str) -> None:
        """Say what happened to the page itself."""
        self._emit("0", self.elements["0"], event, value)

    def ask(self, part: str, event: str, **args: Any) -> int:
        """`emit` what asks for another list; the number that list will have."""
        return self.ask_by(lambda: self.emit(part, event, **args))

    def ask_by(self, press: Callable[[], None]) -> int:
        """The same for something that is pressed."""
        press()
        self.asked += 1
        self._begun[self.asked] = time.perf_counter()
        return self.asked

    async def answered(self, asked: int, *, seconds: float = 30) -> float:
        """Wait for the list with that number, or a later one; the seconds it took."""
        loads = self.loads
        return await self.until(
            lambda: self.loads != loads or self.page["asked"] >= asked,
            what=f"list {asked} of {self.address}",
            seconds=seconds,
        )

    @property
    def page_id(self) -> str:
        """By what the desk knows this page."""
        return self._query["client_id"]

    def say(self, event: str, message: dict[str, Any]) -> None:
        """Send this as it is, whatever is on the page."""
        self._waiting.append("42" + json.dumps([event, message]))
        self._flush()

    def message_of(self, press: Callable[[], None]) -> dict[str, Any]:
        """What `press` would send, which is not sent."""
        self._flush()
        is_joined, self.is_joined = self.is_joined, False
        press()
        self.is_joined = is_joined
        return dict(json.loads(self._waiting.pop()[2:])[1])

    def _emit(self, number: str, element: dict[str, Any], event: str, args: Any) -> None:
        for listener in element.get("events", []):
            if listener["type"] == event:
                said = {
                    "id": int(number),
                    "client_id": self.page_id,
                    "listener_id": listener["listener_id"],
                    "args": [json.dumps(args)],
                }
                self.say("event", said)
                return
        raise NotShownError(f"Nobody hears {event!r}.")

    # ── The wire ─────────────────────────────────────────────────────────────────────────────────

    async def _load(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            page = await client.get(self.address, headers=self._cookies)
        self.status = page.status_code
        found = ELEMENTS.search(page.text)
        if page.status_code != 200 or found is None:
            raise NotShownError(f"{self.address} answered {page.status_code}: {page.text[-300:]}")
        self.elements = json.loads(html.unescape(found[1]))
        for element in self.elements.values():
            _keep_items(None, element)
        self._query = dict(QUERY.findall(page.text)) | {"tab_id": str(uuid4())}
        self._query["document_id"] = str(uuid4())
        self._next = int(self._query["next_message_id"])
        self._waiting = []
        self._begun = {}
        self.asked = 1
        self.loads += 1
        self.is_joined = False
        self.on_news()
        self._news.set()

    async def _keep(self) -> None:
        tries = 0
        while not self._is_sent_away:
            await self._awake.wait()
            if not self._held:
                try:
                    if await self._converse():
                        await self._load()
                        continue
                    tries = 0
                except InvalidStatus:
                    tries += 1
                    await self._ask_who_is_let_in()
                except (OSError, NotShownError, WebSocketException, httpx.HTTPError, TimeoutError):
                    tries += 1
                finally:
                    self.is_joined = False
            await asyncio.sleep(0.05 if self._held else AGAIN_SECONDS[min(tries, 3)])

    async def _ask_who_is_let_in(self) -> None:
        """Load the page anew if nobody may see it any more, as its script does."""
        with suppress(NotShownError, httpx.HTTPError):
            async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
                if (await client.head(self.address, headers=self._cookies)).status_code == 401:
                    await self._load()

    async def _converse(self) -> bool:
        """Speak until the line breaks; True when the desk no longer knows this page."""
        how = {"implicit_handshake": "true", "EIO": "4", "transport": "websocket"}
        query = httpx.QueryParams(self._query | {"next_message_id": str(self._next)} | how)
        socket = f"{self.url.replace('http', 'ws')}/_nicegui_ws/socket.io/?{query}"
        async with connect(
            socket,
            origin=self.url,
            additional_headers=self._cookies,
            max_size=None,
            ping_interval=None,
        ) as line:
            self._line, self._leaving = line, asyncio.Queue()
            sending = asyncio.create_task(self._send_all(line, self._leaving))
            try:
                async for said in line:
                    await self._awake.wait()
                    if self._hear(str(said)):
                        return True
            finally:
                sending.cancel()
                self._line = None
        return False

    async def _send_all(self, line: ClientConnection, leaving: asyncio.Queue[str]) -> None:
        with suppress(WebSocketException, OSError):
            while True:
                await line.send(await leaving.get())

    def _hear(self, said: str) -> bool:
        """Take a packet; True when the page has to be loaded anew."""
        if said[:1] == "0":
            self._leaving.put_nowait("40")
        elif said == "2":
            self._leaving.put_nowait("3")
        elif said[:2] == "40":
            self.is_joined = True
            self._flush()
            self.on_news()
        elif said[:2] == "44":
            return True
        elif said[:2] == "41":  # the browser's library connects no more after this
            self._is_sent_away = True
        elif said[:2] == "42":
            return self._take(*json.loads(said[2:]))
        self._news.set()
        return False

    def _take(self, event: str, message: dict[str, Any]) -> bool:
        number = message.pop("_id", None)
        if number is not None:
            if number < self._next:
                return False
            self._next = number + 1
        if event == "update":
            self.packets.append({_name(element) for element in message.values() if element} - {""})
            for key, element in message.items():
                if element is None:
                    self.elements.pop(key, None)
                else:
                    _keep_items(self.elements.get(key), element)
                    self._note_rows(element)
                    self.elements[key] = element
                    self._time(element.get("props", {}))
            self.on_news()
        elif event == "desk_beat":
            self.beats.append(message)
        elif event == "run_javascript":
            self._run(message["code"])
            self.on_news()
            return any(again in message["code"] for again in RELOADS)
        self._news.set()
        return event == "try_reconnect"

    def _note_rows(self, element: dict[str, Any]) -> None:
        if _name(element) == "ticket_rows":
            self.rows_sent += [item["key"] for item in element["props"]["patch"]["items"]]

    def _time(self, props: dict[str, Any]) -> None:
        if "page" in props:
            for asked in [one for one in self._begun if one <= props["page"]["asked"]]:
                self.took.append(time.perf_counter() - self._begun.pop(asked))

    def _run(self, code: str) -> None:
        if found := METHOD.search(code):
            self.calls.append((json.loads(found[2]), json.loads(found[3])))
        elif found := ADDRESS.search(code):
            self.address = json.loads(f'"{found[1]}"')
        self._news.set()

    def _flush(self) -> None:
        """Let what was emitted go, in order, if there is a line."""
        while self.is_joined and self._waiting:
            self._leaving.put_nowait(self._waiting.pop(0))

    async def _ack(self) -> None:
        while True:
            await asyncio.sleep(ACK_SECONDS)
            if self.is_joined and self._acked < self._next and self._awake.is_set():
                said = {"client_id": self._query["client_id"], "next_message_id": self._next}
                self._leaving.put_nowait("42" + json.dumps(["ack", said]))
                self._acked = self._next


def _name(element: dict[str, Any]) -> str:
    """Which of our components it is, "" for none."""
    tag = str(element.get("tag", ""))
    name = tag.removeprefix(COMPONENT) if tag.startswith(COMPONENT) else ""
    if "log-list" in element.get("class", ()):
        return "log"
    return str(element.get("props", {}).get("part") or name)


def _labels(element: dict[str, Any]) -> tuple[str | None, ...]:
    """What a button or a field may be called."""
    props = element.get("props", {})
    shown = Markup(props.get("innerHTML", "")).striptags()  # noqa: S704  # only read
    text = element.get("text") or props.get("textContent")
    named = map(props.get, ("aria-label", "data-stat", "data-key", "id"))
    return *named, text, shown


def _keep_items(before: dict[str, Any] | None, element: dict[str, Any]) -> None:
    """Put what a list had before beside what it says now, which is only what changed."""
    patch = element.get("props", {}).get("patch")
    if patch:
        had = (before or {}).get("items", {})
        now = had | {item["key"]: item for item in patch["items"]}
        element["items"] = {key: now[key] for key in patch["order"] if key in now}
