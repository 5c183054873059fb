"""One day of answers that come late and out of order, made from a seed and judged at each step."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

from app.client.scheduler import RequestScheduler
from app.client.tickets import TicketsClient
from app.domain.errors import ApiError
from app.domain.faults import Faults
from app.domain.signals import Changes, Signal
from app.domain.ticket import Sender, Status
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.upsert import StoredTicket, load_tickets
from app.sync.coordinator import SyncCoordinator
from app.sync.delivery.write_fence import WriteFence
from tests.doubles.held import Actual, HeldApi, Order, Request, has, is_not_older
from tests.doubles.leap import LeapClock

IDS = ("tkt_1", "tkt_2")
SESSIONS = ("ana", "ben", "cleo")
AGREEMENT = 3
"""looks at a quiet API after which the copy has to agree; two are needed after a restored backup"""
REST_SECONDS = 61.0


class Merging:
    """The real client, copy, coordinator and writes; what happens is written down."""

    def __init__(self, random: Random, mirror: TicketMirror, clock: LeapClock) -> None:
        self.random = random
        self.mirror = mirror
        self.clock = clock
        self.api = HeldApi()
        start = clock.now().replace(microsecond=0)
        self.api.tickets = {id_: Actual(id=id_, updated_at=start) for id_ in IDS}
        self.client = TicketsClient(
            transport=self.api,  # type: ignore[arg-type]  # it is used like one
            scheduler=RequestScheduler(clock=clock, requests_per_second=None, concurrency=9),
            clock=clock,
        )
        changes = Signal[Changes]()
        self.coordinator = SyncCoordinator(
            client=self.client, mirror=mirror, changes=changes, clock=clock, faults=Faults(clock)
        )
        self.writes = WriteFence(self.client, mirror)
        self.orders: list[Order] = []
        self.written: Counter[str] = Counter()
        self.restored: set[str] = set()
        self.seen: dict[tuple[str, str], StoredTicket] = {}
        self.tasks: set[asyncio.Future[object]] = set()
        self.history: list[str] = []
        self.faults: list[str] = []

    async def play(self, steps: int) -> None:
        """Live through `steps` random steps, then let everything arrive and be quiet."""
        await self._agree(1)
        actions: list[Callable[[], Coroutine[Any, Any, None]]] = (
            [self.customer_writes, self.colleague_decides, self.session_writes, self.lose]
            + [self.ask] * 4 + [self.api_looks] * 5 + [self.answer_comes] * 4 + [self.wait] * 2
            + [self.session_looks] * 3
        )  # fmt: skip
        for _ in range(steps):
            await self.random.choice(actions)()
            await self.clock.sleep(0.001)
        if self.random.random() < 0.05:
            await self.restore_backup()
        for session in SESSIONS:
            await self._judge(session)
        await self._agree(AGREEMENT)
        await self._check_agreement()

    async def customer_writes(self) -> None:
        id_ = self.random.choice(IDS)
        said = self.api.say(id_, self.clock.now(), Sender.CUSTOMER, "Hello?")
        self._note("customer", ticket=id_, version=said.version)

    async def colleague_decides(self) -> None:
        id_, status = self.random.choice(IDS), self.random.choice(tuple(Status))
        changed = self.api.change(id_, self.clock.now(), status=status)
        self._note("colleague", ticket=id_, status=status, version=changed.version)

    async def session_writes(self) -> None:
        status = self.random.choice((None, None, *Status))
        order = Order(
            session=self.random.choice(SESSIONS),
            ticket_id=self.random.choice(IDS),
            status=status,
            text=f"Answer {len(self.orders)}",
        )
        self.orders.append(order)
        self._note("write", ticket=order.ticket_id, status=status, text=order.text)
        self._start(self._deliver(order))

    async def ask(self) -> None:
        session, id_ = self.random.choice(SESSIONS), self.random.choice(IDS)
        what = self.random.choice(("head", "look", "texts", "open"))
        self._note("ask", for_=what, ticket=id_)
        if what == "look":
            self.coordinator.set_open_ticket(session, None)
            self.coordinator.set_open_ticket(session, id_)
            return
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "head": self.coordinator.refresh_now,
            "texts": self.coordinator._backfill.step,
            "open": self.coordinator._open_scan.step,
        }
        self._start(self._tried(steps[what]))

    async def api_looks(self) -> None:
        waiting = [r for r in self.api.requests if r.answer is None] + self.api.lost
        if waiting:
            request = self.random.choice(waiting)
            self._look(request)

    async def answer_comes(self) -> None:
        ready = [request for request in self.api.requests if request.answer]
        if ready:
            request = self.random.choice(ready)
            self._note("answer", method=request.method, ticket=request.ticket_id)
            self.api.answer(request)

    async def lose(self) -> None:
        if self.api.requests:
            request = self.random.choice(self.api.requests)
            self._note("lose", method=request.method, ticket=request.ticket_id)
            self.api.lose(request)

    async def wait(self) -> None:
        await self.clock.sleep(self.random.choice((0.2, 0.5, 1.1, 4)))

    async def session_looks(self) -> None:
        await self._judge(self.random.choice(SESSIONS))

    async def restore_backup(self) -> None:
        """The API goes back to how a ticket was, its clock included."""
        id_ = self.random.choice(IDS)
        held = self.api.tickets[id_]
        before = held.updated_at.replace(minute=0, second=0)
        self.api.tickets[id_] = Actual(
            id=id_, version=1, updated_at=before, messages=held.messages[:1]
        )
        self.restored.add(id_)
        self._note("restore", ticket=id_)

    def _look(self, request: Request) -> None:
        self.api.look(request, self.clock.now())
        if request in self.api.lost:
            self.api.lost.remove(request)
        self._note("looked", method=request.method, ticket=request.ticket_id, made=request.applied)

    async def _deliver(self, order: Order) -> None:
        """Write once, then read until a read that began afterwards has told what became of it."""
        is_accepted = True
        try:
            if order.status is None:
                await self.writes.reply(order.ticket_id, order.text, idempotency_key=order.text)
            else:
                await self.writes.set_status(order.ticket_id, order.status)
        except ApiError:
            is_accepted = False
        self.written[order.ticket_id] += 1
        order.version = self._version_made(order)
        while not order.confirmed:
            written = self.written[order.ticket_id]
            if not await self._tried(lambda: self.coordinator.read_ticket(order.ticket_id)):
                await self.clock.sleep(2)
                continue
            held = await self._held(order.ticket_id)
            order.confirmed = held is not None and has(held, order)
            self._note("read back", text=order.text, confirmed=order.confirmed)
            if not is_accepted or order.ticket_id in self.restored:
                return
            is_alone = written == self.written[order.ticket_id]  # else the next read tells
            if is_alone:
                self._expect(order.confirmed, f"{order.ticket_id} read back without {order.text}")
                return

    def _version_made(self, order: Order) -> int | None:
        """The version an order made; of equal orders the first that is nobody else's."""
        taken = {o.version for o in self.orders if o.ticket_id == order.ticket_id}
        wanted = {"message": order.text} if order.status is None else {"status": order.status}
        made = [
            request.applied
            for request in self.api.writes
            if request.ticket_id == order.ticket_id and request.payload == wanted
        ]
        return min((version for version in made if version and version not in taken), default=None)

    async def _judge(self, session: str) -> None:
        """What a session sees: never older than what it saw, never without a confirmed order."""
        for id_ in IDS:
            held = await self._held(id_)
            if held is None or id_ in self.restored:
                continue
            before = self.seen.get((session, id_))
            self.seen[session, id_] = held
            if before is not None:
                self._expect(is_not_older(before, held), f"{id_} went back for {session}")
            for order in self.orders:
                if order.ticket_id == id_ and order.confirmed:
                    self._expect(has(held, order), f"{id_} lost {order.text} {order.status}")

    async def _agree(self, looks: int) -> None:
        """Let everything arrive, then look a few times while nothing changes any more."""
        await self._settle()
        for _ in range(looks):
            for step in (self.coordinator.refresh_now, self._backfill_messages):
                self._start(self._tried(step))
                await self._settle()
            await self.clock.sleep(REST_SECONDS)

    async def _backfill_messages(self) -> None:
        while await self.coordinator._backfill.step():
            pass

    async def _settle(self) -> None:
        await self.clock.sleep(0.001)
        while self.api.requests or self.api.lost or self.tasks or self.coordinator._reads:
            for request in [*self.api.requests, *self.api.lost]:
                if request.answer is None:
                    self._look(request)
                if request in self.api.requests:
                    self.api.answer(request)
            await self.clock.sleep(0.5)

    async def _check_agreement(self) -> None:
        for id_, true in self.api.tickets.items():
            held = await self._held(id_)
            said = [message.id for message in (held.messages if held else None) or ()]
            agrees = held is not None and (
                (held.ticket.subject, held.ticket.status, held.ticket.updated_at, said)
                == (
                    f"v{true.version}",
                    true.status,
                    true.updated_at,
                    [message[0] for message in true.messages],
                )
            )
            self._expect(agrees, f"{id_} does not agree with the quiet API")
        open_ = sum(ticket.status == Status.OPEN for ticket in self.api.tickets.values())
        stats = self.mirror.reading.stats
        self._expect(bool(stats) and stats.open == open_, "the stats do not agree")  # type: ignore[union-attr]  # just asked
        self._expect(not await self.mirror.messages_due((), limit=1), "something is still due")

    async def _held(self, ticket_id: str) -> StoredTicket | None:
        found = await self.mirror.read(lambda c: load_tickets(c, [ticket_id]))
        return found[ticket_id][1] if ticket_id in found else None

    def _start(self, work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[object]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.faults.append(f"an error of our own: {error!r}")

    async def _tried(self, step: Callable[[], Awaitable[object]]) -> bool:
        try:
            await step()
        except ApiError as error:
            self._note("failed", error=str(error))
            return False
        return True

    def _expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.faults.append(what)
            self._note("BROKEN", promise=what)

    def _note(self, what: str, **details: object) -> None:
        at = round(self.clock.monotonic(), 3)
        self.history.append(json.dumps({"at": at, "what": what, **details}))


async def play(seed: int, folder: Path, *, steps: int = 60) -> Merging:
    """Play the day of a seed; on a `LeapLoop`."""
    clock = LeapClock()
    mirror = await TicketMirror.open(folder / "copy.sqlite3", clock=clock)
    day = Merging(Random(seed), mirror, clock)  # noqa: S311  # repeatable on purpose
    try:
        await day.play(steps)
    finally:
        for task in day.tasks:
            task.cancel()
        await asyncio.gather(*day.tasks, return_exceptions=True)
        await day.client.aclose()
        await mirror.close()
    return day
