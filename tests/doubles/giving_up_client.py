"""Requests of a client given up at random moments, over real sockets; then no slot may be lost."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from app.client.scheduler import Priority
from app.client.tickets import TicketsClient, open_client
from app.client.transport import Deadlines
from app.domain.clock import SystemClock
from app.domain.errors import ApiError, NotSentError
from app.domain.ticket import Status
from tests.client.doubles import KEY, Line, SocketApi, serving

AT_ONCE = 4
DEADLINES = Deadlines(connect=5, write=5, read=5, whole_read=2, whole_write=2)
PATIENCE_SECONDS = 60.0

Ask = Callable[[], Awaitable[object]]


class SlowApi:
    """How many requests are being answered now; with `together` they wait for each other."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._inside = 0
        self._all_here = asyncio.Event()
        self.together = False

    def gather(self) -> None:
        """From now on answer nobody before as many are here as there are slots."""
        self._all_here.clear()
        self.together = True

    async def talk(self, line: Line) -> None:
        """Answer one request after the other; now and then not in time, or not at all."""
        while True:
            line.received = b""
            await line.request()
            self._inside += 1
            try:
                await self._wait()
            finally:
                self._inside -= 1
            asked = line.received.split()[1].decode()
            listed = "?" in asked
            id_ = "tkt_1" if listed else asked.split("/tickets/")[1].split("/")[0]
            ticket = {"id": id_, "messages": [], "status": "open"}
            body = json.dumps({"data": [ticket] if listed else ticket, "meta": {}}).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            await line.send(head + body[:10])
            await asyncio.sleep(self._chance.choice([0, 0, 0.002]))
            await line.send(body[10:])

    async def _wait(self) -> None:
        if self.together:
            if self._inside >= AT_ONCE:
                self._all_here.set()
            await self._all_here.wait()
        else:
            is_late = self._chance.random() < 0.03
            await asyncio.sleep(6 if is_late else self._chance.choice([0, 0.001, 0.01, 0.02]))


class GivingUpClient:
    """Many askers of one client; made for one `play`."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  # repeatable, nothing secret
        self.given_up: Counter[str] = Counter()
        self.faults: list[str] = []

    async def play(self, count: int) -> None:
        """Give up `count` requests; after each round all slots are free and all askers served."""
        api = SlowApi(self._chance)
        async with serving(api.talk) as server:
            client = self._client(server)
            try:
                while self.given_up.total() < count and not self.faults:
                    await asyncio.gather(*[self._one(client) for _ in range(12)])
                    await self._check(client, api)
            finally:
                await client.aclose()

    def _client(self, server: SocketApi) -> TicketsClient:
        return open_client(
            url=server.url,
            api_key=KEY,
            clock=SystemClock(),
            requests_per_second=1000,
            concurrency=AT_ONCE,
            deadlines=DEADLINES,
        )

    async def _one(self, client: TicketsClient) -> None:
        name, ask = self._any(client)
        asking = asyncio.ensure_future(ask())
        asyncio.get_running_loop().call_later(self._chance.uniform(-0.005, 0.05), asking.cancel)
        (outcome,) = await asyncio.gather(asking, return_exceptions=True)
        if isinstance(outcome, asyncio.CancelledError):
            self.given_up[name] += 1
        elif isinstance(outcome, BaseException) and not isinstance(outcome, ApiError):
            self.faults.append(f"{name}: {outcome!r}")

    def _any(self, client: TicketsClient) -> tuple[str, Ask]:
        chance = self._chance
        id_, max_age_seconds, priority = (
            f"tkt_{chance.randrange(5)}",
            chance.choice([None, 0.0, 3.0]),
            chance.choice([*Priority]),
        )
        asks: dict[str, Ask] = {
            "list": lambda: client.list_tickets(chance.choice([1, 2]), priority=priority),
            "ticket": lambda: client.get_ticket(
                id_, priority=priority, max_age_seconds=max_age_seconds
            ),
            "reply": lambda: client.reply(id_, "Hello", idempotency_key="one"),
            "status": lambda: client.set_status(id_, Status.CLOSED),
        }
        name = chance.choices([*asks], [4, 4, 1, 1])[0]
        return name, asks[name]

    async def _check(self, client: TicketsClient, api: SlowApi) -> None:
        """As many requests as there are slots arrive together; a write and a shared read end."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._written(client)
                while not await self._all_served(client, api):
                    await self._written(client)
                await self._shared(client)
        except TimeoutError:
            self.faults.append("a slot, a lock or a flight was not let go")

    async def _all_served(self, client: TicketsClient, api: SlowApi) -> bool:
        api.gather()
        asks = [
            client.get_ticket(
                f"tkt_check{number}", priority=Priority.INTERACTIVE, max_age_seconds=None
            )
            for number in range(AT_ONCE)
        ]
        outcomes = await asyncio.gather(*asks, return_exceptions=True)
        api.together = False
        return not any(isinstance(outcome, BaseException) for outcome in outcomes)

    async def _written(self, client: TicketsClient) -> None:
        await _until_answered(lambda: client.set_status("tkt_check", Status.OPEN))

    async def _shared(self, client: TicketsClient) -> None:
        for number in range(5):
            await _until_answered(lambda n=number: client.get_ticket(f"tkt_{n}"))


async def _until_answered(ask: Ask) -> None:
    """Ask again while the API counts as down: what was given up may look like that."""
    while True:
        try:
            await ask()
        except NotSentError:
            await asyncio.sleep(0.2)
        except ApiError:
            await asyncio.sleep(0)
        else:
            return
