"""The floor: rows painted from memory by a frozen page of plain HTML, and an empty page.

`/` shows table after table, one with each key: the page asks over a socket, and rows that were made
before come back as they are. So it costs what it costs to bring these very rows from a server onto
the screen of this browser; no change of the product changes it. Both are measured with one clock.
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
Row = tuple[str, ...]
"""the id of a ticket, then the text of each cell; the third is subject and snippet"""


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
    ticket_id, status, subject, snippet, *others = map(escape, row)
    cells = [status, f"{subject}<small>{snippet}</small>", *others]
    return f'<tr data-ticket-id="{ticket_id}"><td>{"<td>".join(cells)}</tr>'


if __name__ == "__main__":
    main(sys.argv[1])
