"""How much more work a longer text is, measured in one run, so that no machine's speed matters."""

from collections.abc import Callable
from time import thread_time

FACTOR = 8
MOST_GROWTH = 28
"""of the work when a text is 8 times longer: linear work grows 8-fold, quadratic 64-fold"""
ATTEMPTS = 8
"""a machine under load disturbs some; work that grows too fast does so in each"""


def work(act: Callable[[], object]) -> float:
    """The least processor time of this thread that some tries took."""
    taken = []
    for _ in range(4):
        began = thread_time()
        act()
        taken.append(thread_time() - began)
    return min(taken)


def grows_too_fast(act: Callable[[str], object], piece: str, *, size: int, end: str = "") -> bool:
    """Whether `act` takes far more than 8 times as long for 8 times as many pieces, each time."""
    short, long = piece * (size // len(piece)), piece * (size // len(piece) * FACTOR)
    return all(
        work(lambda: act(long + end)) > MOST_GROWTH * work(lambda: act(short + end))
        for _ in range(ATTEMPTS)
    )
