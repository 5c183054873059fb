"""When things happen in the demo shop: a believable backlog, messages in order, nothing ahead."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.timeline import closing_time, message_times, states_and_ages
from tests.server.workbench import NOON, chance


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"needs-seller": 1}),
        (2, {"needs-seller": 1, "waiting-customer": 1}),
        (412, {"needs-seller": 21, "waiting-customer": 20, "closed": 371}),
        (100_000, {"needs-seller": 316, "waiting-customer": 316, "closed": 99_368}),
    ],
)
def test_backlog_grows_slower_than_the_shop(number: int, expected: dict[str, int]) -> None:
    planned = states_and_ages(number, now=NOON, rng=chance())

    assert Counter(state for _, state in planned) == expected


def test_waits_reach_from_minutes_to_days() -> None:
    planned = states_and_ages(412, now=NOON, rng=chance())

    waits = sorted(age for age, state in planned if state == "needs-seller")
    assert waits[0] < timedelta(minutes=10)
    assert waits[-1] > timedelta(days=2)
    assert sum(wait > timedelta(hours=1) for wait in waits) > 8


def test_customers_write_more_by_day() -> None:
    planned = states_and_ages(20_000, now=NOON, rng=chance())

    hours = Counter((NOON - age).hour for age, _ in planned)
    assert sum(hours[h] for h in range(10, 18)) > 2.5 * sum(
        hours[h] for h in (0, 1, 2, 3, 4, 5, 6, 7)
    )


def test_history_is_planned_oldest_first() -> None:
    ages = [age for age, _ in states_and_ages(500, now=NOON, rng=chance())]

    assert ages == sorted(ages, reverse=True)


SENDERS = st.lists(st.sampled_from(["customer", "seller"]), min_size=1, max_size=30).map(tuple)


@given(senders=SENDERS, seed=st.integers(0, 999))
def test_messages_come_one_after_the_other(senders: tuple[str, ...], seed: int) -> None:
    times = message_times(senders, last=NOON, rng=chance(seed))

    pauses = [after - before for before, after in pairwise(times)]
    assert (len(times), times[-1]) == (len(senders), NOON)
    assert all(timedelta(seconds=59) <= pause <= timedelta(days=5, seconds=1) for pause in pauses)


@given(age=st.timedeltas(timedelta(minutes=2), timedelta(days=900)), seed=st.integers(0, 999))
def test_ticket_is_closed_between_its_last_message_and_now(age: timedelta, seed: int) -> None:
    last = (NOON - age).replace(microsecond=0)

    assert last <= closing_time(last, now=NOON, rng=chance(seed)) <= NOON
