"""SIGKILL between any two steps of a real desk: nothing lost, nothing doubled, every label true."""

import asyncio
import signal
from itertools import cycle
from pathlib import Path

from app.domain.clock import SystemClock
from app.store.outbox.outbox import Outbox
from tests.doubles.judge import judge
from tests.doubles.kills import OUTCOMES, POINTS, KilledDesk, kill_once
from tests.doubles.upstream import Act

AT_ONCE = 4


async def test_reply_survives_a_kill_at_every_step(tmp_path: Path) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def kill(number: int, point: str, outcome: str) -> list[str]:
        folder = tmp_path / str(number)
        folder.mkdir()
        async with room:
            return (await kill_once(folder, point, outcome)).faults

    cases = [*zip(POINTS, cycle(OUTCOMES), strict=False)]
    faults = await asyncio.gather(*(kill(n, *case) for n, case in enumerate(cases)))

    assert [*filter(None, faults)] == []


async def test_desk_that_stood_still_during_a_send_sends_no_second_time(tmp_path: Path) -> None:
    desk = KilledDesk(tmp_path)
    await desk.upstream.listen()

    def stand_still() -> None:
        assert desk.process is not None
        desk.process.send_signal(signal.SIGSTOP)
        asyncio.get_running_loop().call_later(1.2, desk.process.send_signal, signal.SIGCONT)

    desk.upstream.writes.append(Act(first=stand_still))
    code = await desk.live([("tkt_1", "r1", "Hello")], patience=0.6)

    verdict = judge(desk.path, desk.truth, desk.acknowledged)
    await desk.close()
    assert (code, verdict.faults) == (0, [])
    assert (verdict.states["confirmed"], desk.truth.arrived["r1"]) == (1, 1)


async def test_second_desk_on_the_same_file_is_refused(tmp_path: Path) -> None:
    desk = KilledDesk(tmp_path)
    first = await Outbox.open(desk.path, clock=SystemClock())

    code = await desk.live([("tkt_1", "r1", "Intruder")])

    assert (code, desk.acknowledged) == (1, {})
    assert "in use by another Ticketdesk" in desk.complaint
    await first.close()
