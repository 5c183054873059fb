"""What each person's socket may do, over a real desk: the frames of a seller's controls."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from app.domain.accounts import Role
from app.domain.clock import SystemClock
from components import keys
from tests.doubles.doors import WORD, open_doors
from tests.doubles.tab import Tab
from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, Running, start
from tests.e2e.shop import Shop

Press = Callable[[Tab, str], None]

OPEN = "/?view=all&ticket={}"
LAST = "written last"
"""in what a seller writes after whatever must not be written"""


def of_box(ticket: str, text: str) -> dict[str, object]:
    return {"ticket_id": ticket, "text": text, "base": 0, "revision": 1}


def send(tab: Tab, ticket: str) -> None:
    reply = {"reply_id": tab.data("reply_form")["reply_id"], "then_close": False}
    tab.emit("reply_form", "send", **of_box(ticket, "Dear customer"), **reply)


def recover(tab: Tab, ticket: str) -> None:
    tab.recover({"key": ticket, "ticket_id": ticket, "text": "Dear", "onto": "", "reply_id": ""})


CONTROLS: dict[str, tuple[str, Press]] = {
    "page": (OPEN, recover),
    "reply": (OPEN, send),
    "draft": (OPEN, lambda tab, ticket: tab.emit("reply_form", "draft", **of_box(ticket, "Dear"))),
    "note": (
        OPEN,
        lambda tab, ticket: tab.emit("note_form", "draft", **of_box(f"{ticket}\nnote", "Look")),
    ),
    "status": (OPEN, lambda tab, _: tab.press("Close ticket")),
    "claim": (OPEN, lambda tab, _: tab.press(keys.CLAIM)),
    "snooze": (OPEN, lambda tab, _: tab.press("Tomorrow")),
    "pin": (OPEN, lambda tab, _: tab.press("Pin")),
    "settings": ("/settings", lambda tab, _: tab.fill("undo-seconds", "7")),
}
"""each in words: where it stands, and how a seller uses it on a ticket"""

TABLES = {
    "outbox.sqlite3": ("outbox", "draft", "claim", "mark", "private_note", "saved_view", "setting"),
    "accounts.sqlite3": ("activity",),
}
"""what a person can change, and who did what"""

LOOKED_AT = {"seen"}
"""what is kept for everybody, readers too: what they have seen"""


@dataclass
class House:
    """A desk with users and a display, the cookie of each, and tickets that nobody has touched."""

    desk: Running
    cookies: dict[str, str]
    tickets: list[str]

    @asynccontextmanager
    async def tab(self, who: str, address: str) -> AsyncIterator[Tab]:
        tab = Tab(self.desk.url, address, cookie=self.cookies[who])
        try:
            await tab.open()
            if "ticket=" in address:
                await tab.until(lambda: bool(tab.read_ticket), what="the messages")
            yield tab
        finally:
            await tab.close()

    def written(self) -> set[str]:
        """Every row of theirs, by the columns that do not change while a reply is delivered."""
        return {
            f"{table} {row[:4]}"
            for file in (self.desk.folder / "data").rglob("*.sqlite3")
            for table in TABLES.get(file.name, ())
            for row in rows_of(file, table)
            if LOOKED_AT.isdisjoint(row)
        }

    async def new_rows(self, before: set[str], *, word: str = "") -> set[str]:
        """All that has changed by when there is a new row with this word."""
        async with asyncio.timeout(30):
            while not any(word in row for row in self.written() - before):  # noqa: ASYNC110  # so
                await asyncio.sleep(0.02)  # the other process tells nobody
        return self.written() ^ before

    async def written_by(self, act: Callable[[], None]) -> set[str]:
        """What has changed by when the draft is kept that a seller begins after `act`."""
        ticket = self.tickets[-1]
        async with self.tab("second", OPEN.format(ticket)) as other:
            before = self.written()
            act()
            await asyncio.sleep(0)
            other.emit("reply_form", "draft", **of_box(ticket, f"{LAST} {len(before)}"))
            return {row for row in await self.new_rows(before, word=LAST) if LAST not in row}


def rows_of(file: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
        return list(database.execute(f"SELECT * FROM {table}"))  # noqa: S608  # named above


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    seed(folder)
    link = asyncio.run(let_in(folder / "data"))
    desk = start("serve", folder=folder, TICKETDESK_API_KEY=KEY)
    cookies = {who: signed_in(desk.url, who) for who in ("reader", "seller", "second")}
    cookies["wall"] = cookie_of(httpx.get(f"{desk.url}/kiosk", params={"link": link}))
    yield House(desk, cookies, [str(one["id"]) for one in Shop(desk).tickets(status="open")])
    assert desk.stop() == 0
    assert "Traceback" not in desk.said()


async def let_in(data: Path) -> str:
    """Make the users and a link for a wall; the link."""
    async with open_doors(data, SystemClock()) as doors:
        await doors.add("owner")
        for name, role in {"reader": Role.READER, "seller": Role.SELLER}.items():
            await doors.add(name, role)
        await doors.add("second", Role.SELLER)
        return (await doors.walls.new("Hall", by="owner"))[1]


def signed_in(url: str, name: str) -> str:
    form = {"name": name, "password": WORD}
    return cookie_of(httpx.post(f"{url}/sign-in", data=form, headers={"Origin": url}))


def cookie_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


@pytest.mark.parametrize("control", CONTROLS)
async def test_control_of_a_seller_writes_for_a_seller_and_for_nobody_else(
    house: House, control: str
) -> None:
    address, press = CONTROLS[control]
    ticket = house.tickets.pop(0)
    address = address.format(ticket)
    async with house.tab("seller", address) as seller:
        message = seller.message_of(lambda: press(seller, ticket))
        async with house.tab("reader", address) as reader:
            own = reader.message_of(lambda: press(reader, ticket))
            said = [message, message | {"client_id": reader.page_id}, own]
            assert await house.written_by(lambda: say(reader, said)) == set()
        async with house.tab("wall", "/kiosk") as wall:
            said = [message, message | {"client_id": wall.page_id}]
            assert await house.written_by(lambda: say(wall, said)) == set()
        await refuse_nobody(house.desk.url, message)
        before = house.written()

        press(seller, ticket)

        assert await house.new_rows(before)


def say(tab: Tab, said: list[dict[str, Any]]) -> None:
    """Ask to speak for the first one's page, and send all of them."""
    whose = {"client_id": said[0]["client_id"], "tab_id": "t", "document_id": "d"}
    tab.say("handshake", whose | {"next_message_id": 0})
    for message in said:
        tab.say("event", message)


async def refuse_nobody(url: str, message: dict[str, Any]) -> None:
    query = f"EIO=4&implicit_handshake=true&client_id={message['client_id']}"
    with pytest.raises(InvalidStatus, match="40"):
        await connect(
            f"{url.replace('http', 'ws')}/_nicegui_ws/socket.io/?{query}&transport=websocket",
            origin=Origin(url),
        )
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http:
        polled = f"/_nicegui_ws/socket.io/?{query}&transport=polling"
        assert (await http.post(polled, content=json.dumps(message))).status_code == 401
