"""The floor: rows painted from memory by a frozen page of plain HTML, and an empty page.

`/` shows table after table, one with each key: the page asks over a socket, and rows that were made
before come back as they are, with the boxes and the look of the desk's own. So it costs what it
costs to bring these very rows from a server onto the screen of this browser, whoever does it; no
change of the product changes it. Both are measured with one clock.
`/empty` is a page of the framework with a word on it, served by the desk's own settings.
"""

import pickle
import sys
import tempfile
from html import escape
from pathlib import Path

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from nicegui import ui

from app.web.application import add_screens, new_web
from app.web.server import listen, run, serve

PAGE = Path(__file__).with_name("floor.html")
Row = dict[str, str]
"""what stands in the boxes of a row, by their names in `ROW`"""

# The boxes of a row as the desk drew them on 29 November 2026; frozen as the page is.
ROW = (
    '<tr role="row" data-ticket-id="{id}" class="tone-{tone}" tabindex="-1">'
    '<td class="c-pick" role="cell"><label><input type="checkbox" tabindex="-1" '
    'aria-label="Select {subject}"></label></td>'
    '<td class="c-status" role="cell">{status}</td>'
    '<td class="c-turn" role="cell"><span class="turn"><i class="dot" aria-hidden="true"></i>{turn}'
    '</span><div class="below"><span class="wait"><span title="{waiting}">{age}</span>'
    '<span class="sr">{waiting}</span></span></div></td>'
    '<td class="c-subject" role="cell"><a class="subject" dir="auto" tabindex="-1" '
    'href="/?ticket={id}" title="{subject}">{subject}</a>'
    '<div class="below"><span class="snippet" dir="auto">{snippet}</span></div></td>'
    '<td class="c-customer" role="cell" title="{customer}"><bdi>{customer}</bdi></td>'
    '<td class="c-product" role="cell" title="{product}"><bdi>{product}</bdi></td>'
    '<td class="c-amount" role="cell">{amount}</td>'
    '<td class="c-messages" role="cell"><span>{messages}</span>'
    '<button type="button" class="row-act" tabindex="-1">Close</button></td>'
    '<td class="c-updated" role="cell"><time datetime="{at}" title="{updated}">2 h</time>'
    '<span class="sr">{updated}</span></td></tr>'
)


def main(tables_file: str) -> None:
    """Serve until told to end."""
    tables = pickle.loads(Path(tables_file).read_bytes())  # noqa: S301  # our own file
    web = new_web()
    _add_floor(web, ["".join(map(_row, rows)) for rows in tables])

    @ui.page("/empty")
    def empty() -> None:
        ui.label("Ready").props["data-ready"] = True

    with tempfile.TemporaryDirectory() as sessions, listen("127.0.0.1", 0) as listener:
        add_screens(web, secret="floor", sessions=Path(sessions), secure_cookies=False)  # noqa: S106
        run(serve(listener, web, on_ready=lambda serving: sys.stdout.write(serving.address)))


def _add_floor(web: FastAPI, painted: list[str]) -> None:
    @web.get("/")
    async def floor() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"))

    @web.websocket("/rows")
    async def rows(line: WebSocket) -> None:
        await line.accept()
        try:
            while True:
                await line.send_text(painted[int(await line.receive_text())])
        except WebSocketDisconnect:
            return


def _row(row: Row) -> str:
    return ROW.format_map({name: escape(text) for name, text in row.items()})


if __name__ == "__main__":
    main(sys.argv[1])
