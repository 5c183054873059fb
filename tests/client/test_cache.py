"""The cache: one request for all, nothing from before a write, nothing too old, bounded."""

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from app.client.cache import Cache
from app.client.scheduler import Priority, Urgency
from app.domain.errors import NotSentError, UnreachableError
from tests.client.doubles import pass_time, until_quiet
from tests.doubles.clock import HandClock

KEEP = 3.0


class Shop:
    """A cache and the requests it makes; each answers when the test says what."""

    def __init__(self, *, largest_bytes: int = 1000) -> None:
        self.clock = HandClock()
        self.cache: Cache[str] = Cache(
            clock=self.clock, keep_seconds=KEEP, largest_bytes=largest_bytes
        )
        self.requests: list[asyncio.Future[str]] = []
        self.callers: list[asyncio.Task[str]] = []
        self.urgencies: list[Urgency] = []
        self.size_bytes = 100

    async def ask(
        self,
        key: str = "k",
        *,
        max_age: float | None = KEEP,
        priority: Priority = Priority.INTERACTIVE,
    ) -> asyncio.Task[str]:
        urgency = Urgency(priority)
        ask = self.cache.get(key, self._fetch, max_age_seconds=max_age, urgency=urgency)
        self.callers.append(asyncio.create_task(ask))
        self.urgencies.append(urgency)
        await until_quiet()
        return self.callers[-1]

    async def answer(self, number: int, value: str | Exception) -> None:
        if isinstance(value, Exception):
            self.requests[number].set_exception(value)
        else:
            self.requests[number].set_result(value)
        await until_quiet()

    async def hold(self, key: str, value: str) -> None:
        await self.ask(key=key)
        await self.answer(-1, value)

    async def _fetch(self) -> tuple[str, int]:
        self.requests.append(asyncio.get_running_loop().create_future())
        return await self.requests[-1], self.size_bytes


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    opened = Shop()
    yield opened
    await opened.cache.aclose()
    await asyncio.gather(*opened.callers, return_exceptions=True)


async def test_fifty_callers_make_one_request(shop: Shop) -> None:
    callers = [await shop.ask() for _ in range(50)]

    await shop.answer(0, "v")

    assert {caller.result() for caller in callers} == {"v"}
    assert len(shop.requests) == 1


async def test_caller_who_leaves_takes_nothing_from_the_others(shop: Shop) -> None:
    first, second = await shop.ask(), await shop.ask()

    first.cancel()
    await until_quiet()
    await shop.answer(0, "v")

    assert second.result() == "v"


async def test_request_that_nobody_waits_for_any_more_is_given_up(shop: Shop) -> None:
    first, second = await shop.ask(), await shop.ask()

    first.cancel()
    second.cancel()
    third = await shop.ask()  # joins nothing that is being given up
    await shop.answer(1, "v")

    assert shop.requests[0].cancelled()
    assert third.result() == "v"


async def test_answer_is_kept_for_a_moment(shop: Shop) -> None:
    await shop.hold("k", "v")
    await pass_time(shop.clock, 2.9)

    assert (await shop.ask()).result() == "v"
    assert len(shop.requests) == 1


async def test_who_wants_a_younger_answer_shares_a_request_but_not_what_is_kept(shop: Shop) -> None:
    await shop.hold("k", "old")
    await pass_time(shop.clock, 1)

    younger = [await shop.ask(max_age=0.5), await shop.ask(max_age=0.0)]
    await shop.answer(1, "new")

    assert [caller.result() for caller in younger] == ["new", "new"]
    assert len(shop.requests) == 2


async def test_hits_and_shared_requests_are_counted(shop: Shop) -> None:
    for _ in range(3):
        await shop.ask()
    await shop.answer(0, "v")
    await shop.ask()
    await shop.ask(max_age=None)

    assert (shop.cache.shared, shop.cache.hits) == (2, 1)


async def test_shared_request_becomes_as_urgent_as_its_most_urgent_caller(shop: Shop) -> None:
    for priority in (Priority.IDLE, Priority.INTERACTIVE, Priority.BACKGROUND):
        await shop.ask(priority=priority)

    assert shop.urgencies[0].priority is Priority.INTERACTIVE


async def test_answer_past_its_time_is_not_given(shop: Shop) -> None:
    await shop.hold("k", "old")
    await pass_time(shop.clock, KEEP)

    caller = await shop.ask()

    assert not caller.done()


async def test_age_counts_from_the_question(shop: Shop) -> None:
    await shop.ask()
    await pass_time(shop.clock, KEEP)
    await shop.answer(0, "old")

    assert not (await shop.ask()).done()


async def test_fresh_read_passes_by_what_is_kept(shop: Shop) -> None:
    await shop.hold("k", "old")

    assert not (await shop.ask(max_age=None)).done()


async def test_baseline_read_joins_no_older_request(shop: Shop) -> None:
    older = await shop.ask()
    baseline = await shop.ask(max_age=None)

    await shop.answer(0, "older")
    assert older.result() == "older"
    assert not baseline.done()
    await shop.answer(1, "newer")
    assert baseline.result() == "newer"


async def test_older_request_never_overwrites_a_newer_answer(shop: Shop) -> None:
    await shop.ask()
    await shop.ask(max_age=None)
    await shop.answer(1, "newer")

    assert (await shop.ask()).result() == "newer"
    assert not (await shop.ask(max_age=None)).done()
    await shop.answer(0, "older")
    assert (await shop.ask()).result() == "newer"


async def test_older_value_is_not_given_once_a_request_after_it_was_answered(shop: Shop) -> None:
    await shop.hold("k", "old")
    for _ in range(2):
        await shop.ask(max_age=None)

    await shop.answer(1, "newer")

    assert not (await shop.ask()).done()


async def test_error_is_told_to_all_and_not_kept(shop: Shop) -> None:
    callers = [await shop.ask(), await shop.ask()]
    await shop.answer(0, UnreachableError("away"))
    for caller in callers:
        with pytest.raises(UnreachableError, match="away"):
            caller.result()

    await shop.ask()

    assert len(shop.requests) == 2


async def test_error_that_nobody_waits_for_is_no_complaint(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caller = await shop.ask()

    shop.requests[0].set_exception(UnreachableError("away"))
    caller.cancel()
    await until_quiet()
    shop.requests.clear()
    gc.collect()

    assert caplog.text == ""


async def test_dropped_key_forgets_what_is_kept_and_what_is_on_its_way(shop: Shop) -> None:
    await shop.hold("k", "before")
    await shop.ask(max_age=None)

    shop.cache.drop("k")
    after = await shop.ask()
    await shop.answer(1, "before, too")
    assert not after.done()

    await shop.answer(2, "after")
    assert after.result() == "after"
    assert (await shop.ask()).result() == "after"


async def test_oldest_is_forgotten_when_full(shop: Shop) -> None:
    for number in range(10):
        await shop.hold(str(number), "v")

    await shop.hold("one more", "v")

    assert shop.cache.size_bytes == 1000
    assert (await shop.ask(key="1")).done()
    assert not (await shop.ask(key="0")).done()


async def test_what_is_past_its_time_takes_no_memory(shop: Shop) -> None:
    await shop.hold("a", "v")
    await shop.hold("b", "v")
    await pass_time(shop.clock, KEEP)

    await shop.hold("c", "v")

    assert shop.cache.size_bytes == 100


async def test_answer_larger_than_the_bound_is_given_and_not_kept(shop: Shop) -> None:
    shop.size_bytes = 1001
    caller = await shop.ask()
    await shop.answer(0, "large")

    assert caller.result() == "large"
    assert shop.cache.size_bytes == 0


async def test_closing_ends_requests_and_tells_those_who_wait(shop: Shop) -> None:
    caller = await shop.ask()

    await shop.cache.aclose()
    await until_quiet()

    with pytest.raises(NotSentError, match="shutting down"):
        caller.result()
