"""How much more work a longer text is, measured in one run, so that no machine's speed matters."""

from collections.abc import Callable
from time import thread_time

FACTOR = 8
MOST_GROWTH = 28
"""of the work when a text is 8 times longer: linear work grows 8-fold, quadratic 64-fold"""
ATTEMPTS = 8
"""a machine under load disturbs some; work that grows too fast does so in each"""


def grows_too_fast(act: Callable[[str], object], piece: str, *, size: int, end: str = "") -> bool:
    """Whether `act` takes far more than 8 times as long for 8 times as many pieces, each time."""
    short, long = piece * (size // len(piece)), piece * (size // len(piece) * FACTOR)
    return all(_grows(lambda: act(short + end), lambda: act(long + end)) for _ in range(ATTEMPTS))


def _grows(short: Callable[[], object], long: Callable[[], object]) -> bool:
    # Before and after, and more often, so that what slows the one down does so with the other.
    before, whole, after = work(short, tries=16), work(long, tries=4), work(short, tries=16)
    return whole > MOST_GROWTH * min(before, after)


def work(act: Callable[[], object], *, tries: int = 4) -> float:
    """The least processor time of this thread that some tries took."""
    taken = []
    for _ in range(tries):
        began = thread_time()
        act()
        taken.append(thread_time() - began)
    return min(taken)
