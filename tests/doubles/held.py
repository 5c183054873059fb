"""A Tickets API that looks at a request, and answers it, only when it is told to."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.client.responses import ApiResponse
from app.client.transport import USUAL_DEADLINES
from app.domain.errors import UnreachableError
from app.domain.ticket import Sender, Status
from app.store.tickets.upsert import StoredTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """A ticket as it really is; every change is a new version, its clock knows whole seconds."""

    id: str
    version: int = 1
    status: str = Status.OPEN
    updated_at: datetime
    messages: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(eq=False)
class Request:
    """A request that has arrived; `answer` is None until the API has looked at it."""

    method: str
    ticket_id: str
    payload: dict[str, str]
    done: asyncio.Future[ApiResponse]
    answer: ApiResponse | None = None
    applied: int | None = None
    """the version that a write has made"""


@dataclass
class HeldApi:
    """The truth, and the requests about it; in the place of a transport."""

    tickets: dict[str, Actual] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    writes: list[Request] = field(default_factory=list)
    lost: list[Request] = field(default_factory=list)
    """given up by whoever asked, but still on their way to the API"""
    deadlines = USUAL_DEADLINES
    proxy = None

    async def read(self, target: str, *, within_seconds: float) -> ApiResponse:  # noqa: ARG002  # as a transport
        path = target.partition("?")[0]
        return await self._hold("GET", path, {})

    async def write(
        self,
        method: str,
        target: str,
        payload: Any,
        headers: dict[str, str],  # noqa: ARG002  # so
    ) -> ApiResponse:
        return await self._hold(method, target, payload)

    async def aclose(self) -> None:
        for request in self.requests:
            request.done.cancel()

    def change(self, ticket_id: str, now: datetime, **changes: Any) -> Actual:
        """Change a ticket."""
        held = self.tickets[ticket_id]
        changed = replace(
            held, version=held.version + 1, updated_at=now.replace(microsecond=0), **changes
        )
        self.tickets[ticket_id] = changed
        return changed

    def say(self, ticket_id: str, now: datetime, sender: str, text: str) -> Actual:
        """Add a message."""
        messages = self.tickets[ticket_id].messages
        at = now.replace(microsecond=0).isoformat()
        new = (f"msg_{len(messages) + 1}", sender, text, at)
        return self.change(ticket_id, now, messages=(*messages, new))

    def look(self, request: Request, now: datetime) -> None:
        """Let the API look at a request: apply it if it is a write, and know the answer."""
        id_ = request.ticket_id
        if request.method == "POST":
            text = request.payload["message"]
            request.applied = self.say(id_, now, Sender.SELLER, text).version
        elif request.method == "PATCH":
            request.applied = self.change(id_, now, status=request.payload["status"]).version
        body = self._ticket(self.tickets[id_]) if id_ else self._list()
        request.answer = ApiResponse(status=200, body=json.dumps(body).encode())

    def answer(self, request: Request) -> None:
        """Let the answer arrive."""
        self.requests.remove(request)
        if not request.done.done():
            assert request.answer is not None
            request.done.set_result(request.answer)

    def lose(self, request: Request) -> None:
        """Let the connection break; a write that was not looked at may still be."""
        self.requests.remove(request)
        if request.answer is None and request.method != "GET":
            self.lost.append(request)
        if not request.done.done():
            request.done.set_exception(UnreachableError("The connection broke off."))

    async def _hold(self, method: str, path: str, payload: dict[str, str]) -> ApiResponse:
        ticket_id = path.removeprefix("/tickets").removeprefix("/")
        done = asyncio.get_running_loop().create_future()
        request = Request(method, ticket_id, payload, done)
        self.requests.append(request)
        if method != "GET":
            self.writes.append(request)
        return await done

    def _list(self) -> dict[str, Any]:
        rows = list(self.tickets.values())
        rows.sort(key=lambda ticket: ticket.updated_at, reverse=True)
        counts = {"total": len(rows), "open": sum(t.status == Status.OPEN for t in rows)}
        return {
            "data": [_row(ticket) for ticket in rows],
            "meta": {"total": len(rows), "limit": 100, "offset": 0},
            "stats": counts | {"closed": counts["total"] - counts["open"], "needsResponse": 0},
        }

    def _ticket(self, ticket: Actual) -> dict[str, Any]:
        names = ("id", "sender", "message", "created_at")
        messages = [dict(zip(names, said, strict=True)) for said in ticket.messages]
        return {"data": _row(ticket) | {"messages": messages}}


def _row(ticket: Actual) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "subject": f"v{ticket.version}",
        "status": ticket.status,
        "message_count": len(ticket.messages),
        "updated_at": ticket.updated_at.isoformat(),
    }


@dataclass(eq=False)
class Order:
    """What a session has ordered; `version` is the one it has made, None until it is known."""

    session: str
    ticket_id: str
    status: Status | None
    text: str
    version: int | None = None
    confirmed: bool = False


def is_not_older(before: StoredTicket, held: StoredTicket) -> bool:
    """Whether neither the API's clock nor the messages went back."""
    one, other = before.ticket.updated_at, held.ticket.updated_at
    ids = {message.id for message in held.messages or ()}
    return one <= other and ids >= {message.id for message in before.messages or ()}  # type: ignore[operator]  # this API always says when


def has(held: StoredTicket, order: Order) -> bool:
    """Whether what is held shows an order, or what came after it."""
    version = int((held.ticket.subject or "v0")[1:])
    texts = {message.text for message in held.messages or ()}
    is_there = order.status is not None or order.text in texts
    return order.version is not None and version >= order.version and is_there
