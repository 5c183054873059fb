"""The cache: one request for all, nothing from before a write, nothing too old, bounded."""

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from app.client.cache import Cache
from app.domain.errors import NotSentError, UnreachableError
from tests.client.doubles import pass_time, until_quiet
from tests.doubles.clock import HandClock


class Shop:
    """A cache and the requests it makes; each answers when the test says what."""

    def __init__(self, *, largest_bytes: int = 1000) -> None:
        self.clock = HandClock()
        self.cache: Cache[str] = Cache(
            clock=self.clock, fresh_seconds=2, stale_seconds=10, largest_bytes=largest_bytes
        )
        self.requests: list[asyncio.Future[str]] = []
        self.callers: list[asyncio.Task[str]] = []
        self.size_bytes = 100

    async def ask(self, key: str = "k", *, fresh: bool = False) -> asyncio.Task[str]:
        self.callers.append(asyncio.create_task(self.cache.get(key, self._fetch, fresh=fresh)))
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


async def test_answer_is_kept_while_fresh(shop: Shop) -> None:
    await shop.hold("k", "v")
    await pass_time(shop.clock, 1.9)

    assert (await shop.ask()).result() == "v"
    assert len(shop.requests) == 1


async def test_stale_answer_is_given_and_asked_for_again_behind_it(shop: Shop) -> None:
    await shop.hold("k", "old")
    await pass_time(shop.clock, 5)

    assert [(await shop.ask()).result() for _ in range(3)] == ["old"] * 3
    assert len(shop.requests) == 2
    await shop.answer(1, "new")
    assert (await shop.ask()).result() == "new"


async def test_answer_past_its_time_is_not_given(shop: Shop) -> None:
    await shop.hold("k", "old")
    await pass_time(shop.clock, 10)

    caller = await shop.ask()

    assert not caller.done()


async def test_age_counts_from_the_question(shop: Shop) -> None:
    await shop.ask()
    await pass_time(shop.clock, 10)
    await shop.answer(0, "old")

    assert not (await shop.ask()).done()


async def test_fresh_read_passes_by_what_is_kept(shop: Shop) -> None:
    await shop.hold("k", "old")

    assert not (await shop.ask(fresh=True)).done()


async def test_baseline_read_joins_no_older_request(shop: Shop) -> None:
    older = await shop.ask()
    baseline = await shop.ask(fresh=True)

    await shop.answer(0, "older")
    assert older.result() == "older"
    assert not baseline.done()
    await shop.answer(1, "newer")
    assert baseline.result() == "newer"


async def test_older_request_never_overwrites_a_newer_answer(shop: Shop) -> None:
    await shop.ask()
    await shop.ask(fresh=True)
    await shop.answer(1, "newer")

    assert (await shop.ask()).result() == "newer"
    assert not (await shop.ask(fresh=True)).done()
    await shop.answer(0, "older")
    assert (await shop.ask()).result() == "newer"


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
    await shop.hold("k", "old")
    await pass_time(shop.clock, 5)
    await shop.ask()

    await shop.answer(1, UnreachableError("away"))
    shop.requests.clear()
    gc.collect()

    assert caplog.text == ""


async def test_dropped_key_forgets_what_is_kept_and_what_is_on_its_way(shop: Shop) -> None:
    await shop.hold("k", "before")
    await shop.ask(fresh=True)

    shop.cache.drop("k")
    after = await shop.ask()
    await shop.answer(1, "before, too")
    assert not after.done()

    await shop.answer(2, "after")
    assert after.result() == "after"
    assert (await shop.ask()).result() == "after"


async def test_drop_of_everything_reaches_every_key(shop: Shop) -> None:
    await shop.hold("a", "before")
    await shop.ask(key="b")

    shop.cache.drop_all()
    await shop.answer(1, "before, too")

    assert not (await shop.ask(key="a")).done()
    assert not (await shop.ask(key="b")).done()
    assert shop.cache.size_bytes == 0


async def test_least_used_is_forgotten_when_full(shop: Shop) -> None:
    for number in range(10):
        await shop.hold(str(number), "v")
    await shop.ask(key="0")

    await shop.hold("one more", "v")

    assert shop.cache.size_bytes == 1000
    assert (await shop.ask(key="0")).done()
    assert not (await shop.ask(key="1")).done()


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
