"""A seller at work on a socket: everything a person does at this desk, drawn from a seed."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from markupsafe import Markup

from tests.doubles.tab import NotShownError, Tab
from tests.load._box import Box
from tests.load._ledger import MARK, Ledger

WORDS = (
    *("refund", "invoice", "license key", "not working", "@example.com", "double charge", "the"),
    *("re", "where is my order", "download", "zzqy", "12345", "is:waiting", "-refund", "premium"),
)
SAID = (
    "Thank you for writing.",
    "We have sent the link again.",
    "Could you tell us the order number?",
    "The refund is on its way.",
)
SORTS = ("Updated", "Subject", "Customer", "Product", "Amount", "Messages", "Status")
FILTERS = ("Open", "Closed", "All", "Needs response", "Clear filters")
OPTION = re.compile(r'<option value="([^"]+)"')
SHOWN_SECONDS = 30
TEXT = re.compile(r'<div class="msg-text" dir="auto">(.*?)</div>(?=<button|<footer|\Z)', re.DOTALL)
ACTION = re.compile(r'data-act="review" data-value="(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast people are, in seconds."""

    key: tuple[float, float] = (0.05, 0.25)
    between: tuple[float, float] = (0.5, 3.0)
    cut: tuple[float, float] = (0.5, 8.0)
    sleep: float = 60.0
    """how long a shut laptop stays shut"""


@dataclass(slots=True)
class Day:
    """What everybody who works here shares; `ids` are the tickets by whose they are."""

    ledger: Ledger
    pace: Pace
    sellers: int
    ids: dict[int, list[str]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    open: dict[str, str] = field(default_factory=dict)
    """by seller the ticket that is open"""

    def whose(self, ticket: str) -> int:
        """Who answers this ticket: nobody else types into it, so that each word has one owner."""
        return crc32(ticket.encode()) % self.sellers


def keys(chance: Random, word: str) -> Iterator[str]:
    """What stands in a field after each key: letters, slips, and sometimes given up half way."""
    gives_up = chance.random() < 0.25
    typed = ""
    for letter in word[: chance.randint(1, len(word))] if gives_up else word:
        typed += letter
        yield typed
        if chance.random() < 0.1:
            yield typed[:-1]
            yield typed
    if gives_up:
        yield ""


class Seller:
    """One person and one tab."""

    def __init__(self, number: int, tab: Tab, day: Day, chance: Random) -> None:
        self.number, self.tab, self._day, self._chance = number, tab, day, chance
        self.name = f"s{number}"
        self.box = Box(tab)
        self.done = 0
        self._written = 0
        self._before: list[str] = []
        tab.on_news = self._news
        self._actions: dict[Callable[[], Awaitable[None]], int] = {
            self.search: 24,
            self.filter: 8,
            self.card: 6,
            self.sort: 6,
            self.turn: 8,
            self.open: 18,
            self.switch: 5,
            self.write: 24,
            self.turn_status: 4,
            self.bulk: 2,
            self.shut: 5,
            self.back: 4,
            self.reload: 3,
            self.lose_line: 3,
            self.sleep: 1,
        }

    async def work(self, goes_on: Callable[["Seller"], bool]) -> None:
        """Do one thing after the other."""
        names, weights = zip(*self._actions.items(), strict=True)
        while goes_on(self):
            [act] = self._chance.choices(names, weights)
            try:
                await act()
            except NotShownError as error:
                name = getattr(act, "__name__", "?")
                self._day.ledger.faults.append(f"{self.name} at {name}: {error}")
            self.done += 1
            await asyncio.sleep(self._chance.uniform(*self._day.pace.between))

    # ── The list ─────────────────────────────────────────────────────────────────────────────────

    async def search(self) -> None:
        """Type a word."""
        await self._type(self._chance.choice(WORDS))

    async def filter(self) -> None:
        """Choose in the filter bar."""
        presses: list[Callable[[], None]] = [
            partial(self.tab.press, one) for one in FILTERS if self.tab.can_press(one)
        ]
        for choice in ("Product", "Currency"):
            if offered := OPTION.findall(self.tab.field(choice)[1]["props"]["data-options"]):
                value = unescape(self._chance.choice(offered))
                presses.append(partial(self.tab.fill, choice, value))
        if chips := self.tab.keys_of("chip"):
            presses.append(partial(self.tab.act, "chip", self._chance.choice(chips)))
        await self._asked("filter", self._chance.choice(presses))

    async def card(self) -> None:
        """Choose a number or a view."""
        views = list(self.tab.views)
        if self._chance.random() < 0.5:
            card = self._chance.choice(list(self.tab.cards))
            await self._asked("view", lambda: self.tab.press(card))
        elif views:
            view = self._chance.choice(views)
            await self._asked("view", lambda: self.tab.act("view", view))

    async def sort(self) -> None:
        """Click a column's head."""
        column = self._chance.choice([one for one in SORTS if self.tab.can_press(one)])
        await self._asked("sort", lambda: self.tab.press(column))

    async def turn(self) -> None:
        """Turn the page."""
        forward = self._chance.random() < 0.75
        if self.tab.can_press("Next page" if forward else "Previous page"):
            seen = {"forward": forward, "ids": self.tab.ids} | self.tab.page
            await self._asked("page turn", lambda: self.tab.emit("ticket_rows", "turn", **seen))

    async def bulk(self) -> None:
        """Choose some rows and close them, or reopen them; now and then take that back."""
        if ids := self.tab.ids[: self._chance.randint(1, 3)]:
            self.tab.emit("ticket_rows", "picked", ids=ids)
            self.tab.press(self._chance.choice(("Close", "Reopen")))
            await asyncio.sleep(self._chance.uniform(0.2, 1))
            if self.tab.can_press("Undo"):
                self.tab.press("Undo")

    # ── A conversation ───────────────────────────────────────────────────────────────────────────

    async def open(self) -> None:
        """Click a row and read."""
        if ids := self.tab.ids:
            await self._open(self._chance.choice(ids))

    async def switch(self) -> None:
        """Click one row after the other, faster than they can come."""
        ids = self.tab.ids
        for ticket in self._chance.sample(ids, min(4, len(ids))):
            self._leave_box()
            self.tab.emit("ticket_rows", "act", act="open", key=ticket)
            await asyncio.sleep(self._chance.uniform(0, 0.1))
        if ids:
            await self._open(self._chance.choice(ids))

    async def shut(self) -> None:
        """Close the conversation."""
        if self.ticket:
            self._leave_box()
            async with self._timed("close"):
                self.tab.press("Close conversation")
                await self._shown(lambda: not self.ticket, "the list alone")

    async def write(self) -> None:
        """Find a ticket of one's own and write; send it, take that back, or leave it."""
        await self._find_own()
        if not self.ticket or self._day.whose(self.ticket) != self.number:
            return
        await self._decide()
        text = self._sentence()
        began = self.box.text.strip()
        for part in _growing(text):
            self.box.type(f"{began} {part}".strip())
            await asyncio.sleep(self._chance.uniform(*self._day.pace.key))
        self.box.flush()
        what = self._chance.random()
        if what < 0.15:  # left for later
            await self._heard()
        elif what < 0.25:  # thought better of it
            self._day.ledger.let_go.update(MARK.findall(self.box.text))
            self.box.type("")
            self.box.flush()
        else:
            await self._send(take_back=what > 0.85, then_close=what < 0.3)

    async def turn_status(self) -> None:
        """Close the ticket, or reopen it."""
        for label in ("Close ticket", "Reopen ticket"):
            if self.ticket and self.tab.can_press(label):
                self.tab.press(label)
                await asyncio.sleep(0.2)
                return

    # ── The browser and the line ─────────────────────────────────────────────────────────────────

    async def back(self) -> None:
        """Go back to where one was."""
        if self._before:
            address = self._before.pop()
            self._leave_box()
            self.tab.address = address
            self.tab.asked += 1
            asked = self.tab.asked
            async with self._timed("back"):
                self.tab.emit_page("desk_popstate", address)
                await self.tab.answered(asked, seconds=SHOWN_SECONDS)

    async def reload(self) -> None:
        """Load the page anew."""
        await self._heard()
        async with self._timed("reload"):
            await self.tab.open()

    async def lose_line(self) -> None:
        """The line is cut for some seconds, while one goes on typing."""
        await self._heard()
        self.tab.cut()
        if self.ticket and self._day.whose(self.ticket) == self.number and self.box.text.strip():
            self.box.type(f"{self.box.text} (more)")
            self.box.flush()
        await asyncio.sleep(self._chance.uniform(*self._day.pace.cut))
        self.tab.mend()
        async with self._timed("line back"):
            await self._shown(lambda: self.tab.is_joined, "the line")
        await asyncio.sleep(0.2)

    async def sleep(self) -> None:
        """The laptop is shut for a while."""
        await self._heard()
        self.tab.sleep()
        await asyncio.sleep(self._day.pace.sleep)
        self.tab.wake()
        await asyncio.sleep(0.2)
        await self._shown(lambda: self.tab.is_joined, "the page after a sleep")
        await self._type("a")
        await self._type("")

    # ── Parts of these ───────────────────────────────────────────────────────────────────────────

    @property
    def ticket(self) -> str:
        """The ticket that is open."""
        return str((self.tab.data("reply_form") or {}).get("ticket_id", ""))

    async def rest(self) -> None:
        """Come to an end: everything handed over, the line there."""
        self.tab.wake()
        self.tab.mend()
        await self._shown(lambda: self.tab.is_joined, "the line at the end")
        await self._heard()

    async def review(self, ticket: str) -> None:
        """Open a ticket and answer what its replies ask."""
        await self._open(ticket)
        await self._decide()

    def _news(self) -> None:
        self.box.look()
        self._day.ledger.see(self.tab.read_ticket, shown_messages(self.tab))
        self._day.open[self.name] = self.tab.read_ticket

    async def _type(self, word: str) -> None:
        asked = 0
        for typed in keys(self._chance, word) if word else [""]:
            asked = self.tab.search(typed)
            await asyncio.sleep(self._chance.uniform(*self._day.pace.key))
        if self._chance.random() < 0.7:
            await self.tab.answered(asked, seconds=SHOWN_SECONDS)

    async def _asked(self, kind: str, press: Callable[[], None]) -> None:
        self._remember()
        async with self._timed(kind):
            await self.tab.answered(self.tab.ask_by(press), seconds=SHOWN_SECONDS)

    async def _open(self, ticket: str) -> None:
        self._leave_box()
        self._remember()

        def is_there() -> bool:
            return self.ticket == ticket == self.tab.read_ticket

        was_held = not is_there()
        async with self._timed("open" if was_held else "open again"):
            self.tab.emit("ticket_rows", "act", act="open", key=ticket)
            await self._shown(lambda: self.ticket == ticket, f"ticket {ticket}")
        # Its messages may have to wait for the API, which may be away.

    async def _find_own(self) -> None:
        """Open a ticket that this seller answers."""
        mine = [one for one in self.tab.ids if self._day.whose(one) == self.number]
        if mine:
            await self._open(self._chance.choice(mine))
        elif own := self._day.ids.get(self.number):
            ticket = self._chance.choice(own)
            asked = self.tab.search(ticket)
            await self.tab.answered(asked, seconds=SHOWN_SECONDS)
            if ticket in self.tab.ids:
                await self._open(ticket)
            self.tab.search("")

    async def _send(self, *, take_back: bool, then_close: bool) -> None:
        ticket, marks = self.ticket, MARK.findall(self.box.text)
        loads = self.tab.loads
        async with self._timed("send"):
            is_kept = await self.box.send(then_close=then_close)
        if is_kept:
            self._day.ledger.kept |= dict.fromkeys(marks, ticket)
        elif self.tab.loads == loads and self.box.data.get("may_reply"):
            self._day.ledger.faults.append(f"{self.name}: Send was not taken for {ticket}")
        if take_back:
            await asyncio.sleep(self._chance.uniform(0.1, 1.5))
            await self._act_on_pending({"undo"})

    async def _decide(self) -> None:
        """Answer what a reply on its way asks; never send again what may have arrived."""
        for message in self._pending():
            actions = set(message["actions"])
            if message["state"] == "uncertain":
                self._review(message, "check")
            elif actions & {"resend", "draft"}:
                self._review(message, self._chance.choice(("resend", "draft")))
            else:
                continue
            await asyncio.sleep(0.3)

    async def _act_on_pending(self, wanted: set[str]) -> None:
        for message in self._pending():
            for action in message["actions"]:
                if action in wanted:
                    async with self._timed("undo"):
                        self._review(message, action)
                        await self._shown(
                            lambda message=message: all(
                                other["id"] != message["id"] or other["state"] != "queued"
                                for other in self._pending()
                            ),
                            "what became of Undo",
                        )
                    return

    def _review(self, message: dict[str, Any], action: str) -> None:
        self.tab.act("review", message["key"], action)

    def _pending(self) -> Sequence[dict[str, Any]]:
        return [message for message in shown_messages(self.tab) if message["reply_id"]]

    def _leave_box(self) -> None:
        self.box.flush()

    async def _heard(self) -> None:
        """Wait until the desk has all that was typed; from then on it must not be lost."""
        self.box.flush()
        marks, ticket = MARK.findall(self.box.text), self.ticket
        if marks and self._day.whose(ticket) == self.number:
            await self._shown(lambda: self.box.is_acknowledged, "the desk's word for a draft")
            self._day.ledger.typed |= dict.fromkeys(marks, ticket)

    def _sentence(self) -> str:
        self._written += 1
        return f"[{self.name} {self._written}] {self._chance.choice(SAID)}"

    def _remember(self) -> None:
        if not self._before or self._before[-1] != self.tab.address:
            self._before = [*self._before[-10:], self.tab.address]

    async def _shown(self, seen: Callable[[], bool], what: str) -> None:
        await self.tab.until(seen, what=what, seconds=SHOWN_SECONDS)

    @asynccontextmanager
    async def _timed(self, kind: str) -> AsyncIterator[None]:
        began = time.perf_counter()
        yield
        self._day.times[kind].append(time.perf_counter() - began)


def _growing(text: str) -> Iterator[str]:
    """A sentence word by word."""
    words = text.split(" ")
    for end in range(2, len(words) + 1):
        yield " ".join(words[:end])


def shown_messages(tab: Tab) -> list[dict[str, Any]]:
    """The messages on the screen, read from what was drawn."""
    return [
        {
            "key": item["key"],
            "id": (message_id := item["attrs"]["data-message-id"]),
            "reply_id": item["key"].removesuffix(message_id).removeprefix(f"{tab.read_ticket} "),
            "sender": item["attrs"]["data-sender"],
            "state": item["attrs"].get("data-reply-state", ""),
            "text": Markup(TEXT.findall(item["html"])[0]).striptags(),  # noqa: S704  # only read
            "actions": ACTION.findall(item["html"]),
        }
        for item in tab.items("log")
        if "data-message-id" in item["attrs"]
    ]


def ticket_in(address: str) -> str:
    """The ticket that an address opens."""
    return parse_qs(urlsplit(address).query).get("ticket", [""])[0]
