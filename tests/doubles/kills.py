"""Kills a desk with SIGKILL at a named point, starts it again on its file, and judges the end."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from app.domain.clock import SystemClock
from tests.doubles.desk_process import KILL_AT
from tests.doubles.judge import Verdict, judge
from tests.doubles.truth import Truth
from tests.doubles.upstream import Act, Upstream

INSIDE = ("intent", "claim", "baseline", "write-ahead", "response", "commit", "ladder read", "bind")
ON_THE_WIRE = ("connect", "headers", "half body", "body")
POINTS = INSIDE + ON_THE_WIRE
OUTCOMES = {
    "applied": Act(),
    "applied, answer lost": Act(cut=0),
    "never applied": Act(late=None, status=500),
    "applied late": Act(late=0.3, status=504),
}
LONG = "很长的回复。" * 5_000
"""Long enough to arrive in pieces."""
PATIENCE = 30


class KilledDesk:
    """One shop, one file, and the desks that live and die on it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "outbox.sqlite3"
        self.truth = Truth()
        self.truth.open_ticket("tkt_1")
        self.acknowledged: dict[str, str] = {}
        self.upstream = Upstream(self.truth, SystemClock(), receive_buffer=4096)
        self.process: asyncio.subprocess.Process | None = None
        self.complaint = ""

    async def live(
        self, orders: list[tuple[str, str, str]], *, kill_at: str = "", patience: float = 4
    ) -> int:
        """Run a desk until it ends; its exit code, negative when a signal ended it.

        Args:
            patience: seconds that the desk waits for an answer.
        """
        task = {
            "path": str(self.path), "url": self.upstream.url, "orders": orders,
            "patience": patience,
        }  # fmt: skip
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.doubles.desk_process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, KILL_AT: kill_at if kill_at in INSIDE else ""},
            cwd=Path(__file__).parents[2],
        )
        if kill_at in ON_THE_WIRE:
            self.upstream.at[kill_at] = lambda asked: self._kill(kill_at, asked.connection)
        try:
            said, complaint = await asyncio.wait_for(
                self.process.communicate(json.dumps(task).encode()), PATIENCE
            )
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise
        self.complaint = complaint.decode()
        texts = {entry_id: text for _, entry_id, text in orders}
        for line in said.decode().splitlines():
            if line.startswith("ack "):
                self.acknowledged[line[4:]] = texts[line[4:]]
        return await self.process.wait()

    async def close(self) -> None:
        """End the shop, and a desk that still runs."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self.upstream.close()

    def _kill(self, point: str, connection: int) -> None:
        if point == "connect" and connection == 1:
            return  # that one is the read before the send
        assert self.process is not None
        self.upstream.at.clear()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)


async def kill_once(folder: Path, point: str, outcome: str, *, replies: int = 1) -> Verdict:
    """Kill a desk at `point` of its first reply, start it again, judge what became of all."""
    desk = KilledDesk(folder)
    await desk.upstream.listen()
    try:
        desk.upstream.writes.append(OUTCOMES[outcome])
        text = LONG if point == "half body" else "Your key is resent."
        orders = [("tkt_1", f"r{n}", f"{text} {n}") for n in range(1, replies + 1)]
        first = await desk.live(orders, kill_at=point)
        second = await desk.live([])
        verdict = judge(desk.path, desk.truth, desk.acknowledged)
        reached = first == -signal.SIGKILL or (point == "bind" and outcome == "never applied")
        if not reached or second != 0:
            verdict.faults.append(
                f"{point}/{outcome}: {first}, {second}, {dict(verdict.states)} {desk.complaint}"
            )
        return verdict
    finally:
        await desk.close()
