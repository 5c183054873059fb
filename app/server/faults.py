"""Switches for tests: the opposite choices and the bad days of a real service; all off at first."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.server.contract import MAX_LIMIT
from app.server.repository import ListOrder, OnClosed

WriteAnswer = Literal["ticket", "empty", "success"]
ErrorShape = Literal["nested", "string", "message", "list", "html", "empty", "disguised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, sent instead of the API's own."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What happens to one request: wait, apply, wait, answer.

    Units: seconds.
    Shape: `applied` late means: `late_seconds` after the answer was given, or the line was lost;
           `line` lost drops the connection without a word (in process a ConnectionResetError, over
           a socket the web server makes a 500 of it); cut sends the head and half of the body.
    """

    method: str | None = None
    """only for requests with this method; None for any"""
    before_seconds: float = 0
    applied: Literal["now", "late", "never"] = "now"
    late_seconds: float = 0
    after_seconds: float = 0
    answer: Answer | None = None
    """None sends what the API answered; to a request not applied in time that is a 504"""
    line: Literal["kept", "lost", "cut"] = "kept"


def too_many_requests(retry_after: str | None, *, method: str | None = None) -> Mishap:
    """A refusal that asks for a pause; `retry_after` as it stands in the header."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    answer = Answer(status=429, body=b'{"error":{"code":"rate_limited"}}', headers=headers)
    return Mishap(method=method, applied="never", answer=answer)


@dataclass(slots=True, kw_only=True)
class Faults:
    """How the API behaves where the document is silent, and on a bad day; change it at any time."""

    order: ListOrder = "updated_desc"
    max_limit: int = MAX_LIMIT
    ignores_page: bool = False
    """every page of the list is the first"""
    reply_on_closed: OnClosed = "stay"
    write_answer: WriteAnswer = "ticket"
    detail: Literal["full", "short"] = "full"
    errors: ErrorShape = "nested"
    always: Mishap | None = None
    """happens to every request that no scripted mishap is for"""
    script: deque[Mishap] = field(default_factory=deque)
    """each happens to the next request it is for, once"""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    requests: list[tuple[str, str]] = field(default_factory=list)
    """method and path of every request that came, with its query"""
    late: set[asyncio.Task[None]] = field(default_factory=set)
    """writes still to be applied"""

    async def settle(self) -> None:
        """Wait until nothing is left to be applied late."""
        while self.late:
            await asyncio.gather(*self.late)

    def next_mishap(self, method: str) -> Mishap | None:
        """What happens to the request that is here now; a scripted one is used up."""
        for mishap in self.script:
            if mishap.method in (None, method):
                self.script.remove(mishap)
                return mishap
        if self.always and self.always.method in (None, method):
            return self.always
        return None
