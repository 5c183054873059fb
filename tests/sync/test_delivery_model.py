"""Commands, faults, kills and reviews in any order: hypothesis looks for a broken promise."""

import asyncio
import tempfile
from pathlib import Path
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.doubles.judge import judge
from tests.doubles.schedule import Schedule


class DeskModel(RuleBasedStateMachine):
    """A desk, its shop and whatever may happen to them; judged after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.schedule: Schedule | None = None

    @initialize(random=st.randoms(use_true_random=False))
    def open(self, random: Random) -> None:
        self.schedule = Schedule(random, Path(self.folder.name))
        self.runner.run(self.schedule.open())

    def step(self, name: str) -> None:
        assert self.schedule is not None
        self.runner.run(self.schedule.survive(getattr(self.schedule, name)))

    @rule()
    def seller_sends(self) -> None:
        self.step("send")

    @rule()
    def next_write_meets_a_fate(self) -> None:
        self.step("fate")

    @rule()
    def next_reads_fail(self) -> None:
        self.step("reads_fail")

    @rule()
    def time_passes(self) -> None:
        self.step("wait")

    @rule()
    def person_reviews(self) -> None:
        self.step("review")

    @rule()
    def somebody_writes(self) -> None:
        self.step("other_writes")

    @rule()
    def seller_closes_or_reopens(self) -> None:
        self.step("change_status")

    @rule()
    def clock_jumps(self) -> None:
        self.step("clock")

    @rule()
    def program_will_die(self) -> None:
        self.step("die_soon")

    @invariant()
    def promises_hold(self) -> None:
        if self.schedule is not None:
            bench = self.schedule.bench
            verdict = judge(bench.path, bench.truth, self.schedule.acknowledged, quiet=False)
            assert verdict.faults == []

    def teardown(self) -> None:
        try:
            if self.schedule is not None:
                assert self.runner.run(self.schedule.end()).faults == []
        finally:
            self.runner.close()
            self.folder.cleanup()


def test_no_order_of_events_breaks_a_promise() -> None:
    run_state_machine_as_test(DeskModel, settings=settings(max_examples=25, stateful_step_count=20))
