"""Values that many screens show alike are made once for all of them."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import ref

T = TypeVar("T")

MADE_KEPT = 200


class Once(Generic[T]):
    """Calls `make` once for each object and way to show it; the oldest are forgotten.

    Shape: the object is told by its identity, since comparing it costs as much as showing it; what
           was made of it is let go with it, so that no list of a minute ago is kept.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._made: dict[tuple[Hashable, ...], tuple[Callable[[], object], T]] = {}

    def __call__(self, shown: object, *how: Hashable) -> T:
        """What `make` gives for `shown` and `how`."""
        key = (id(shown), *how)
        known = self._made.get(key)
        if known is not None and known[0]() is shown:
            return known[1]
        if len(self._made) >= MADE_KEPT:
            del self._made[next(iter(self._made))]
        value = self._make(shown, *how)
        there = (lambda: None) if shown is None else ref(shown, lambda _: self._forget(key))
        self._made[key] = (there, value)
        return value

    def _forget(self, key: tuple[Hashable, ...]) -> None:
        known = self._made.get(key)
        if known is not None and known[0]() is None:
            del self._made[key]
