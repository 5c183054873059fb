"""A desk in a process of its own, which can end itself at a named point: `python -m` this module.

It takes its commands as JSON on its input, says `ack ID` for each reply it made durable and
`end` when nothing is left to do. The environment names the point at which it kills itself.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.client.tickets import TicketsClient, open_client
from app.client.transport import Deadlines
from app.desk.commands import Commands
from app.domain.clock import SystemClock
from app.domain.errors import ApiError
from app.domain.faults import Faults
from app.domain.outbox_entry import OutboxEntry
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation, Status
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.sync.delivery.schedule import RetryPolicy
from app.sync.delivery.sender import Delivery
from tests.doubles.bench import NoReader
from tests.doubles.judge import sleepers

KILL_AT = "TICKETDESK_TEST_KILL_AT"
KEY = "sg_live_0123456789abcdef0123456789abcdef"
POLICY = RetryPolicy(
    confirm_delays=(0.05, 0.1, 0.1, 0.15, 0.2, 0.3), watch_delays=(0.3,), retry_delays=(0.05, 0.1)
)
Reach = Callable[[str], None]
E = TypeVar("E", bound=OutboxEntry)


class WatchedOutbox(Outbox):
    """Says which commit has just been made."""

    reach: Reach

    async def enqueue(self, entry: E) -> E:
        kept = await super().enqueue(entry)
        self.reach("intent")
        return kept

    async def change(self, entry: E, **changes: object) -> E | None:
        kept = await super().change(entry, **changes)
        points = {
            "inflight": "write-ahead",
            "accepted": "commit",
            "unknown": "commit",
            "confirmed": "bind",
        }
        if kept is not None and (point := points.get(str(changes.get("state")))):
            self.reach(point)
        return kept


class WatchedClient:
    """Says which request is about to be made and which has just been answered."""

    def __init__(self, client: TicketsClient, reach: Reach) -> None:
        self._client = client
        self._reach = reach
        self._reads = 0

    async def read(self, ticket_id: str) -> Conversation:
        self._reads += 1
        if self._reads == 1:
            self._reach("claim")
        thread = (await self._client.get_ticket(ticket_id, max_age_seconds=None)).conversation
        self._reach("baseline" if self._reads == 1 else "ladder read")
        return thread

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        try:
            await self._client.reply(ticket_id, text, idempotency_key=idempotency_key)
        except ApiError:
            self._reach("response")
            raise
        self._reach("response")

    async def set_status(self, ticket_id: str, status: Status) -> None:
        await self._client.set_status(ticket_id, status)


async def run(task: dict[str, object], reach: Reach) -> None:
    """Give the orders, deliver until nothing moves by itself any more."""
    clock, changes = SystemClock(), Signal[Changes]()
    WatchedOutbox.reach = staticmethod(reach)  # type: ignore[method-assign, assignment]
    outbox = await WatchedOutbox.open(Path(str(task["path"])), clock=clock)
    client = open_client(
        url=str(task["url"]),
        api_key=KEY,
        clock=clock,
        requests_per_second=None,
        deadlines=_deadlines(float(str(task["patience"]))),
    )
    watched = WatchedClient(client, reach)
    delivery = Delivery(
        client=watched, read=watched.read, outbox=outbox, changes=changes, clock=clock,
        faults=Faults(clock), policy=POLICY,
    )  # fmt: skip
    commands = Commands(
        outbox=outbox, local=LocalStore(outbox.database, clock=clock), delivery=delivery,
        reader=NoReader(), changes=changes, clock=clock, undo_window=0,
    )  # fmt: skip
    running = asyncio.create_task(delivery.run())
    for ticket_id, entry_id, text in task["orders"]:  # type: ignore[attr-defined]
        await commands.send_reply(ticket_id, entry_id, text)
        print("ack", entry_id, flush=True)  # noqa: T201  # heard by the parent
    while await _is_busy(outbox):  # noqa: ASYNC110  # the outbox has no event for this
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.aclose()
    await outbox.close()
    print("end", flush=True)  # noqa: T201  # heard by the parent


def _deadlines(seconds: float) -> Deadlines:
    return Deadlines(
        connect=seconds, write=seconds, read=seconds, whole_read=seconds, whole_write=seconds
    )


async def _is_busy(outbox: Outbox) -> bool:
    return bool([*sleepers([*await outbox.unsettled()])])


def main() -> None:
    """Read the orders and the point, then run."""
    point = os.environ.get(KILL_AT) or None

    def reach(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(run(json.load(sys.stdin), reach))


if __name__ == "__main__":
    main()
