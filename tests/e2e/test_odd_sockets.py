"""What no page sends: dropped, one line in the log however often, and every page goes on."""

import asyncio
import json

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.doubles.tab import QUERY, Tab
from tests.e2e.desk import Running

PATH = "/_nicegui_ws/socket.io/?EIO=4&transport="

FRAMES: list[str | bytes] = [
    *("zzz", "9", "4", "2", "3hello", "5", "b", "bAAA=", '4{"a"', b"\x00\x01", b""),
    *("42", "42{}", "42[]", "42[1]", "421", "42[[]]", "42" + "[" * 5000, "44", "43", "431[1]"),
    *('42["event"]', '42["event",1]', '42["event",{},{}]', '42["handshake",{}]', '42["log",5]'),
    *(
        '42["handshake",5]',
        '42["connect"]',
        '42["connect",{}]',
        '42["disconnect"]',
        '42["nothing"]',
    ),
    *('451-["event",{"_placeholder":true,"num":0}]', "40/other,", "41/other,", "49", "4é"),
]


def told(page: str) -> list[str]:
    """Messages that name a page, with nothing else as it should be."""
    odd: tuple[object, ...] = (None, 5, "x", [], {}, "9" * 400)
    names = ("event", "ack", "log", "javascript_response", "handshake")
    fields = ("id", "args", "next_message_id", "level", "message", "tab_id", "document_id")
    said = [{"client_id": page}, {"client_id": [page]}, {"client_id": {"a": page}}]
    said += [{"client_id": page} | dict.fromkeys(fields, value) for value in odd]
    return ["42" + json.dumps([name, one]) for name in names for one in said]


async def opened(url: str, *, page: dict[str, str] | None = None) -> ClientConnection:
    """A socket, of a page or of nobody."""
    more = "".join(f"&{name}={value}" for name, value in (page or {}).items())
    socket = await connect(f"{url.replace('http', 'ws')}{PATH}websocket{more}", origin=url)
    await socket.recv()
    await socket.send("40")
    return socket


async def say(url: str, frames: list[str | bytes], page: dict[str, str] | None = None) -> None:
    """Send these, on a new socket whenever the desk has closed the old one."""
    socket = await opened(url, page=page)
    for frame in frames:
        try:
            await socket.send(frame)
            await asyncio.sleep(0.01)
        except WebSocketException:
            socket = await opened(url, page=page)
    await socket.close()


async def polled(url: str, frames: list[str | bytes]) -> None:
    """Send these without a WebSocket."""
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http:
        for frame in frames:
            met = await http.get(f"{PATH}polling")
            sid = json.loads(met.text[1:])["sid"]
            await http.post(f"{PATH}polling&sid={sid}", content="40")
            body = frame.encode() if isinstance(frame, str) else frame
            await http.post(f"{PATH}polling&sid={sid}", content=body)


async def page_of(url: str) -> dict[str, str]:
    async with httpx.AsyncClient() as http:
        return dict(QUERY.findall((await http.get(url)).text))


async def test_odd_messages_leave_one_line_and_a_desk_that_works(desk_process: Running) -> None:
    url = desk_process.url
    page = await page_of(url)
    handshake = page | {"implicit_handshake": "true", "tab_id": "t", "document_id": "d"}

    await say(url, FRAMES)
    await say(url, [*FRAMES, *told(page["client_id"])], handshake)
    await say(url, [*told("nobody's")])
    await polled(url, [frame for frame in FRAMES if frame != "2"])  # it would wait for a pong

    tab = await Tab(url).open()
    assert tab.ids
    await tab.close()
    log = (desk_process.folder / "data" / "ticketdesk.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert log.count("no page of ours sends") <= 2  # one a minute
    assert log.count("\n") <= 30, log  # what browsers may log themselves among them
    assert "Traceback" not in desk_process.said()


async def test_a_browser_cannot_fill_the_log(desk_process: Running) -> None:
    url = desk_process.url
    page = await page_of(url)
    handshake = page | {"implicit_handshake": "true", "tab_id": "t2", "document_id": "d2"}
    line = {"client_id": page["client_id"], "level": "error", "message": "oh " * 100_000}
    before = (desk_process.folder / "data" / "ticketdesk.log").stat().st_size

    await say(url, ["42" + json.dumps(["log", line])] * 200, handshake)

    after = (desk_process.folder / "data" / "ticketdesk.log").stat().st_size
    assert after - before < 50_000
