"""When things happen in the demo shop: how old each ticket is and how long people take to write."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

State = Literal["closed", "needs-seller", "waiting-customer"]
"""what a ticket waits for; the words are those of the scenario files"""

_TICKETS_A_DAY = 3.4
_LONGEST_HISTORY = timedelta(days=1_095)
_WAITS: dict[State, tuple[timedelta, timedelta]] = {
    "needs-seller": (timedelta(minutes=3), timedelta(days=6)),
    "waiting-customer": (timedelta(minutes=20), timedelta(days=9)),
}
# How much is written in each hour (UTC) beside the busiest: people sleep, in several time zones.
_BUSY = (
    *(0.25, 0.18, 0.12, 0.10, 0.10, 0.15, 0.25, 0.42, 0.62, 0.78, 0.88, 0.92),
    *(0.90, 0.95, 1.00, 0.98, 0.95, 0.90, 0.88, 0.90, 0.88, 0.75, 0.55, 0.38),
)
# Median minutes until the next message, and how widely it varies (sigma of a lognormal).
_PACE = {"seller": (95.0, 1.1), "customer": (50.0, 1.4)}


def states_and_ages(
    number: int, *, now: datetime, rng: random.Random
) -> list[tuple[timedelta, State]]:
    """How long ago each of `number` tickets got its last message, oldest first, and its state.

    The backlog of open tickets grows with the square root of the shop: 41 of 412, 632 of 100,000.
    """
    still_open = min(number, round(2 * math.sqrt(number)))
    needs_seller = (still_open + 1) // 2
    planned: list[tuple[timedelta, State]] = [
        *((age, "needs-seller") for age in _waits("needs-seller", needs_seller, rng)),
        *(
            (age, "waiting-customer")
            for age in _waits("waiting-customer", still_open - needs_seller, rng)
        ),
        *((age, "closed") for age in _history(number - still_open, now=now, rng=rng)),
    ]
    return sorted(planned, reverse=True)


def message_times(
    senders: tuple[str, ...], *, last: datetime, rng: random.Random
) -> list[datetime]:
    """When each message was written, the last one at `last`."""
    times = [last]
    for before, sender in zip(senders[-2::-1], senders[:0:-1], strict=True):
        minutes, spread = _PACE[sender]
        if sender == before == "customer":
            minutes = 9.0  # something they forgot to say
        pause = timedelta(minutes=rng.lognormvariate(math.log(minutes), spread))
        times.append(times[-1] - min(max(pause, timedelta(minutes=1)), timedelta(days=5)))
    return [time.replace(microsecond=0) for time in reversed(times)]


def closing_time(last: datetime, *, now: datetime, rng: random.Random) -> datetime:
    """When a ticket was closed whose last message was written at `last`."""
    pause = timedelta(hours=rng.lognormvariate(math.log(5), 1.3))
    return min(last + pause, last + (now - last) * rng.random()).replace(microsecond=0)


def _waits(state: State, number: int, rng: random.Random) -> Iterator[timedelta]:
    """Ages from minutes to days, as many in each tenfold: what a backlog looks like."""
    shortest, longest = _WAITS[state]
    for place in range(number):
        yield shortest * (longest / shortest) ** ((place + rng.random()) / number)


def _history(number: int, *, now: datetime, rng: random.Random) -> Iterator[timedelta]:
    """Ages over the whole history of the shop, denser by day than by night."""
    whole = min(_LONGEST_HISTORY, timedelta(days=1 + number / _TICKETS_A_DAY))
    newest = now - timedelta(hours=2)
    for place in range(number):
        evenly = newest - whole * ((place + rng.random()) / number)
        (hour,) = rng.choices(range(24), weights=_BUSY)
        by_day = evenly.replace(hour=hour, minute=rng.randrange(60))
        yield now - (by_day if by_day < newest else evenly)
