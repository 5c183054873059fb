"""The cache against random histories: every answer held back and released in any order."""

import asyncio
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.client.cache import Cache
from app.client.scheduler import Priority, Urgency
from app.domain.errors import UnreachableError
from tests.client.doubles import pass_time, until_quiet
from tests.doubles.clock import HandClock

KEEP = 3.0
KEYS = st.sampled_from("ab")
SESSIONS = st.integers(0, 2)


@dataclass
class Request:
    """A request the server holds: it has seen `version` and answers when it is released."""

    key: str
    number: int
    version: int
    started: float
    answer: asyncio.Future[int]


@dataclass
class Question:
    """What a session asked, and what it may not be told."""

    key: str
    session: int
    fresh: bool
    asked: float
    at_least: int
    """the version its own past and finished writes entitle it to"""
    first_request: int
    """number of the first request that can start from now on"""
    task: asyncio.Task[int]


class Histories(RuleBasedStateMachine):
    """Three sessions, two keys, writes of ours and of others, a clock, and an unkind network."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HandClock()
        self.cache: Cache[int] = Cache(clock=self.clock, keep_seconds=KEEP, largest_bytes=10)
        self.version = dict.fromkeys("ab", 0)
        self.floor = dict.fromkeys("ab", 0)
        self.told: dict[tuple[int, str], int] = {}
        self.requests: list[Request] = []
        self.made = 0
        self.questions: list[Question] = []
        self.tasks: list[asyncio.Task[int]] = []

    def do(self, coroutine: object = None) -> None:
        if coroutine is not None:
            self.loop.run_until_complete(coroutine)  # type: ignore[arg-type]  # one of our own
        self.loop.run_until_complete(until_quiet())
        self.requests = [r for r in self.requests if not r.answer.done()]  # or given up
        for question in [q for q in self.questions if q.task.done()]:
            self.questions.remove(question)
            self.check(question)

    @rule(key=KEYS, session=SESSIONS, fresh=st.booleans())
    def ask(self, key: str, session: int, fresh: bool) -> None:
        async def fetch() -> tuple[int, int]:
            answer = asyncio.get_running_loop().create_future()
            started = self.clock.monotonic()
            self.requests.append(Request(key, self.made, self.version[key], started, answer))
            self.made += 1
            return await answer, 1

        at_least = max(self.floor[key], self.told.get((session, key), 0))
        now, made = self.clock.monotonic(), self.made
        max_age_seconds = None if fresh else KEEP
        ask = self.cache.get(
            key, fetch, max_age_seconds=max_age_seconds, urgency=Urgency(Priority.INTERACTIVE)
        )
        task = self.loop.create_task(ask)
        self.tasks.append(task)
        self.questions.append(Question(key, session, fresh, now, at_least, made, task))
        self.do()

    @rule(key=KEYS)
    def customer_writes(self, key: str) -> None:
        self.version[key] += 1

    @rule(key=KEYS)
    def we_write(self, key: str) -> None:
        self.version[key] += 1
        self.cache.drop(key)
        self.floor[key] = self.version[key]

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def answer_arrives(self, data: st.DataObject) -> None:
        request = self.requests.pop(data.draw(st.integers(0, len(self.requests) - 1)))
        request.answer.set_result(request.version)
        self.do()

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def request_fails(self, data: st.DataObject) -> None:
        request = self.requests.pop(data.draw(st.integers(0, len(self.requests) - 1)))
        request.answer.set_exception(UnreachableError("lost"))
        self.do()

    @precondition(lambda self: self.questions)
    @rule(data=st.data())
    def caller_leaves(self, data: st.DataObject) -> None:
        self.questions.pop(data.draw(st.integers(0, len(self.questions) - 1))).task.cancel()
        self.do()

    @rule(seconds=st.floats(0.1, 6))
    def time_passes(self, seconds: float) -> None:
        self.do(pass_time(self.clock, seconds))

    def check(self, question: Question) -> None:
        """Read your writes, never go back; a baseline is from a request of its own."""
        if question.task.exception():
            return
        value = question.task.result()
        assert value >= question.at_least
        seen = (question.session, question.key)
        self.told[seen] = max(self.told.get(seen, 0), value)

    @invariant()
    def nobody_waits_for_a_request_that_is_over(self) -> None:
        assert not self.questions or self.requests

    @invariant()
    def baselines_wait_for_requests_of_their_own(self) -> None:
        for question in self.questions:
            if question.fresh:
                assert any(r.number >= question.first_request for r in self.requests)

    def teardown(self) -> None:
        self.questions.clear()
        self.do(self.cache.aclose())
        self.do(asyncio.wait(self.tasks) if self.tasks else None)
        self.loop.close()
        assert all(
            task.cancelled() or task.exception() or task.result() >= 0 for task in self.tasks
        )


Histories.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestHistories = Histories.TestCase
