"""One day of a desk on a real socket whose answers are drawn from a seed, judged at its end."""

import json
from pathlib import Path
from random import Random

from app.domain.errors import DeskError
from app.domain.outbox_entry import ReviewAction
from app.sync.delivery.schedule import RetryPolicy
from tests.doubles.judge import Verdict, judge
from tests.doubles.socket_bench import SocketBench
from tests.doubles.upstream import Act

LATE = (None, 0.0, 0.0, 5.0, 40.0, 222.0)
SAYS_NO = (400, 401, 403, 404, 413, 422, 429)
UNCLEAR = (200, 201, 204, 301, 307, 408, 409, 425, 500, 502, 503, 504)
BODIES = (None, None, None, b"", b'{"data": {"id": "t', b"<html>Sign in</html>", b"[]", b"{}")


class SocketDay:
    """A shop that answers as the seed says, and a desk that lives with it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)  # noqa: S311  # repeatable on purpose
        self.bench = SocketBench(folder)
        self.bench.policy = RetryPolicy(watch_delays=(60, 600, 1800, 7200, 28_800, 47_000))
        self.acknowledged: dict[str, str] = {}
        self.history: list[str] = []

    async def play(self, replies: int) -> Verdict:
        """Send `replies` with faults between them, then let two days pass; the verdict."""
        for ticket in ("tkt_0", "tkt_1"):
            self.bench.truth.open_ticket(ticket)
        await self.bench.listen()
        try:
            for number in range(replies):
                await self._fault_then_send(f"r{number}")
            self.bench.upstream.writes.clear()
            self.bench.upstream.reads.clear()
            await self.bench.upstream.refuse()
            await self.bench.upstream.listen()
            await self.bench.run_for(48 * 3600)
        finally:
            await self.bench.shut()
        return judge(self.bench.path, self.bench.truth, self.acknowledged)

    async def _fault_then_send(self, name: str) -> None:
        act = self._write_act()
        self.bench.upstream.writes.append(act)
        self.bench.upstream.reads.extend(
            self._read_act() for _ in range(self.random.choice((0, 3)))
        )
        if self.random.random() < 0.15:
            await self.bench.upstream.refuse()
        ticket, text = self.random.choice(("tkt_0", "tkt_1")), f"Hello & <b>{name}</b>"
        await self.bench.send(text, ticket=ticket, entry_id=name)
        self.acknowledged[name] = text
        seconds = self.random.choice((1, 20, 130, 400))
        self.history.append(json.dumps({"reply": name, "act": repr(act), "wait": seconds}))
        await self.bench.run_for(seconds)
        if self.bench.upstream.is_deaf:
            await self.bench.upstream.listen()
        await self._decide()

    async def _decide(self) -> None:
        for row in await self.bench.outbox.needing_review():
            action = self.random.choice((None, *ReviewAction))
            self.history.append(json.dumps({"review": row.entry_id, "action": action}))
            try:
                if action:
                    await self.bench.commands.review(row.entry_id, action)
            except DeskError as error:
                self.history.append(json.dumps({"error": str(error)}))

    def _write_act(self) -> Act:
        pick = self.random.choice
        if self.random.random() < 0.3:
            status = pick(SAYS_NO)
            return Act(late=None, status=status, headers=(("Retry-After", pick(("1", "90"))),))
        return Act(
            late=pick(LATE),
            status=pick(UNCLEAR),
            body=pick(BODIES),
            framed=pick(("length", "length", "chunked", "none", "short")),
            takes=pick((1.0, 1.0, 1.0, 0.5, 0.0)),
            cut=pick((None, None, 0, 0, 20)),
            end=pick(("close", "reset", "close", "reset", "hang")),
            rewrite=pick((str, str, lambda text: f" {text.replace('&', '&amp;')}\n")),
        )

    def _read_act(self) -> Act:
        pick = self.random.choice
        return Act(
            status=pick((200, 200, 500, 503)), cut=pick((None, None, 0, 50)), body=pick(BODIES)
        )


async def play_sockets(seed: int, folder: Path, *, replies: int = 3) -> tuple[Verdict, list[str]]:
    """Play the day of a seed; its verdict and what happened."""
    day = SocketDay(seed, folder)
    return await day.play(replies), day.history
