"""Values that many screens show alike are made once for all of them."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

MADE_KEPT = 200


class Once(Generic[T]):
    """Calls `make` once for each object and way to show it; the oldest are forgotten.

    Shape: the object is told by its identity, since comparing it costs as much as showing it.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._made: dict[tuple[Hashable, ...], tuple[object, T]] = {}

    def __call__(self, shown: object, *how: Hashable) -> T:
        """What `make` gives for `shown` and `how`."""
        key = (id(shown), *how)
        known = self._made.get(key)
        if known is not None and known[0] is shown:
            return known[1]
        if len(self._made) >= MADE_KEPT:
            del self._made[next(iter(self._made))]
        value = self._make(shown, *how)
        self._made[key] = (shown, value)  # held, so that no other object gets its identity
        return value
