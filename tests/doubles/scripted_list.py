"""An API of nothing but a scripted list, and a scan of it into a real copy."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from app.client.tickets import TicketsClient, open_client
from app.domain.clock import SystemClock
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.scan_state import ScanPhase
from app.sync.full_scan.runner import FullScan

Row = dict[str, object]
PageOf = Callable[[int, int], list[Row] | str | int]
Meta = Callable[[int, int], Row]
BROKEN = "broken"


class ScriptedList:
    """An API of nothing but a list, newest first; `page_of` decides what each page holds."""

    def __init__(self, rows: int) -> None:
        self.rows: list[Row] = [row(f"tkt_{number:04}", number) for number in range(rows)]
        self.page_of: PageOf = self.usual_page
        self.meta: Meta = lambda page, limit: {
            "total": len(self.rows),
            "limit": limit,
            "offset": (page - 1) * limit,
        }
        self.asked: list[tuple[int, int]] = []

    def touch(self, number: int) -> None:
        """Something happens to a ticket, which moves it to the top."""
        moved = self.rows.pop(number) | {"updated_at": "2026-03-01T10:00:00Z"}
        self.rows.insert(0, moved)

    def usual_page(self, page: int, limit: int) -> list[Row]:
        return self.rows[(page - 1) * limit : page * limit]

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        page, limit = int(query["page"][0]), int(query["limit"][0])
        self.asked.append((page, limit))
        rows = self.page_of(page, limit)
        status = rows if isinstance(rows, int) else 200
        body = {"data": rows, "meta": self.meta(page, limit)}
        answer = b"{" if rows == BROKEN else json.dumps(body).encode()
        headers = [(b"content-type", b"application/json"), (b"retry-after", b"60")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def row(id_: object, age: int = 0, **fields: object) -> Row:
    """A row of the list that was last touched `age` minutes ago."""
    touched = datetime(2026, 3, 1, 9, tzinfo=UTC) - timedelta(minutes=age)
    return {
        "id": id_,
        "subject": "help",
        "status": "open",
        "awaiting_response_from": "owner",
        "updated_at": touched.isoformat(),
    } | fields


class Scanner:
    """A scan over scripted lists into a mirror of its own."""

    def __init__(self, mirror: TicketMirror) -> None:
        self.mirror = mirror
        self.changed: set[str] = set()
        self._clients: list[TicketsClient] = []

    def over(self, api: ScriptedList) -> FullScan:
        client = open_client(
            url="http://desk.example.com",
            api_key="sg_live_" + "k" * 32,
            clock=SystemClock(),
            app=api,
        )
        self._clients.append(client)
        return FullScan(client=client, mirror=self.mirror, announce=self.changed.update)

    async def scan(self, api: ScriptedList, *, pages: int = 3) -> FullScan:
        """Step until the scan counts as complete; fails when that takes absurdly long."""
        full_scan = self.over(api)
        await self.scan_with(full_scan, pages=pages)
        return full_scan

    async def scan_with(self, full_scan: FullScan, *, pages: int = 3) -> None:
        """Step until the scan counts as complete, or something fails."""
        for _ in range(200):
            await full_scan.step(pages=pages)
            if self.mirror.scan.is_complete:
                return
        raise AssertionError("the scan does not end")

    async def once(self, api: ScriptedList) -> FullScan:
        """One whole scan, a page at a time."""
        full_scan = self.over(api)
        for _ in range(200):
            await full_scan.step(pages=1)
            if self.mirror.scan.phase is ScanPhase.ENDED:
                return full_scan
        raise AssertionError("the scan does not end")

    async def close(self) -> None:
        """End what is under way and let go of the file."""
        for client in self._clients:
            await client.aclose()
        await self.mirror.close()

    async def held(self) -> set[str]:
        return await self.mirror.read(
            lambda c: {row["id"] for row in c.execute("SELECT id FROM ticket")}
        )
