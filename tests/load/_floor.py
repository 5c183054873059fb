"""The floor: the product's own table in an otherwise empty desk, painted from memory.

`/?` shows table after table, one with each key, and there is nothing behind it: no copy, no search,
no filter, no count. So it costs what it costs to bring these very rows onto the screen with this
framework, this style sheet and this browser, and is measured with the same clock.
`/empty` is a page of the framework with a word on it, served by the same settings.
"""

import pickle
import sys
import tempfile
from pathlib import Path

from nicegui import ui

from app.assets import asset_url
from app.serving import listen, run, serve
from app.web import add_screens, new_web
from components import theme
from components.frame import Frame
from components.ticket_table import TicketTable

# What the harness sets is the table to paint with the next key.
ON_KEY = """<script>
addEventListener("keydown", () => window.emitEvent("floor", window.nextTable));
</script>"""


def main(tables_file: str) -> None:
    """Serve until told to end."""
    tables = pickle.loads(Path(tables_file).read_bytes())  # noqa: S301  # our own file
    web = new_web()

    @ui.page("/")
    def floor() -> None:
        ui.add_head_html(theme.head_html(asset_url) + ON_KEY)
        with Frame(title="Floor").work:
            table = TicketTable(
                on_open=_nothing,
                on_sort=_nothing,
                on_page=_nothing,
                on_action=_nothing,
                on_empty_action=_nothing,
            )
        ui.on("floor", lambda event: table.update(tables[int(event.args)]))

    @ui.page("/empty")
    def empty() -> None:
        ui.label("Ready").props["data-ready"] = True

    with tempfile.TemporaryDirectory() as sessions, listen("127.0.0.1", 0) as listener:
        add_screens(web, secret="floor", sessions=Path(sessions), secure_cookies=False)  # noqa: S106
        run(serve(listener, web, on_ready=lambda serving: sys.stdout.write(serving.address)))


def _nothing(*_: object) -> None:
    return None


if __name__ == "__main__":
    main(sys.argv[1])
